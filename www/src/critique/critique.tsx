import type { Signal } from "@preact/signals";
import type { Critique as CritiqueRecord, Point } from "rubrica";
import { evidence, SEVERITIES } from "../words.js";

interface Props {
  readonly critique: CritiqueRecord;
  /** Index of the point that is pointed at, here or in the text. */
  readonly active: Signal<number | undefined>;
  /** False where points are about no text that is shown. */
  readonly linked?: boolean;
}

/** The points of a critique, most severe first, each with what it rests on. */
export function Critique({ critique, active, linked = true }: Props) {
  const groups = SEVERITIES.map((severity) => ({
    ...severity,
    points: critique.points.flatMap((point, index) => (point.severity === severity.id ? [{ point, index }] : [])),
  })).filter(({ points }) => points.length > 0);
  return (
    <section class="critique" aria-labelledby="critique-title">
      <h2 id="critique-title">Critique</h2>
      <p class="summary">{critique.summary}</p>
      {groups.map(({ id, title, sign, points }) => (
        <section key={id} class={`group ${id}`} aria-label={title}>
          <h3>
            <span aria-hidden="true" class="sign">
              {sign}
            </span>
            {title}
          </h3>
          <ul>
            {points.map(({ point, index }) => (
              <PointItem key={index} point={point} index={index} active={active} linked={linked} />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

interface ItemProps {
  readonly point: Point;
  readonly index: number;
  readonly active: Signal<number | undefined>;
  readonly linked: boolean;
}

function PointItem({ point, index, active, linked }: ItemProps) {
  const { message, suggestion, layer, span, criterion } = point;
  const lit = active.value === index;
  const pointAt = () => {
    active.value = index;
  };
  const leave = () => release(active, `mark-${index}`);
  const showInText = (event: Event) => {
    event.preventDefault();
    active.value = index;
    reveal(`mark-${index}`);
  };
  return (
    <li id={`point-${index}`} class={lit ? "point lit" : "point"} tabIndex={-1} onMouseEnter={pointAt} onMouseLeave={leave} onFocus={pointAt}>
      <p class="message">{message}</p>
      {suggestion !== undefined && <p class="suggestion">{suggestion}</p>}
      <p class="evidence">
        {criterion !== undefined && <span class="tag">{criterion.replaceAll("_", " ")}</span>}
        {evidence(point.evidence)}
        <span class="layer">{layer === "evidence" ? "computed" : "written by a model"}</span>
        {linked && span !== undefined && (
          <a href={`#mark-${index}`} onClick={showInText} onFocus={pointAt} onBlur={leave}>
            Show in the text
          </a>
        )}
      </p>
    </li>
  );
}

/** Lets go of the active point, unless the focus is on `counterpart`: scrolling there moves the mouse off. */
export function release(active: Signal<number | undefined>, counterpart: string): void {
  if (document.activeElement?.id !== counterpart) active.value = undefined;
}

/** Brings an element into view and gives it the focus. */
export function reveal(id: string): void {
  const element = document.getElementById(id);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  element?.focus({ preventScroll: true });
}
