import type { Signal } from "@preact/signals";
import type { Critique as CritiqueRecord } from "rubrica";
import { evidence, SEVERITIES } from "../words.js";
import { Finding, Group } from "./finding.js";

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
