import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Critique as CritiqueRecord, Point } from "rubrica";
import { evidence, SEVERITIES } from "../words.js";
import { Finding, Group } from "./finding.js";

interface Props {
  readonly critique: CritiqueRecord;
  /** Index of the point that is pointed at, here or in the text. */
  readonly active: Signal<number | undefined>;
  readonly title?: string;
  /** Whether to say in a sentence or two what all points come to. */
  readonly summary?: boolean;
  /** Which points; all when left out. Without any of them and without a summary there is nothing to see. */
  readonly show?: (point: Point) => boolean;
  /** False where points are about no text that is shown. */
  readonly linked?: boolean;
}

/** The points of a critique, most severe first, each with what it rests on. */
export function Critique({ critique, active, title: heading = "Critique", summary = true, show = () => true, linked = true }: Props) {
  const id = useId();
  const groups = SEVERITIES.map((severity) => ({
    ...severity,
    points: critique.points.flatMap((point, index) => (point.severity === severity.id && show(point) ? [{ point, index }] : [])),
  })).filter(({ points }) => points.length > 0);
  if (groups.length === 0 && !summary) return null;
  return (
    <section class="critique" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{heading}</h2>
      {summary && (
        <p class="summary" dir="auto">
          {critique.summary}
        </p>
      )}
      {groups.map(({ id, title, sign, points }) => (
        <Group key={id} id={id} title={title} sign={sign}>
          {points.map(({ point: { message, suggestion, criterion, layer, span, evidence: rests }, index }) => (
            <Finding
              key={index}
              index={index}
              active={active}
              message={message}
              suggestion={suggestion}
              marked={linked && span !== undefined}
            >
              {criterion !== undefined && <span class="tag">{criterion.replaceAll("_", " ")}</span>}
              {evidence(rests)}
              <span class="layer">{layer === "evidence" ? "computed" : "written by a model"}</span>
            </Finding>
          ))}
        </Group>
      ))}
    </section>
  );
}
