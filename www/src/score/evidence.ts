/** The points of a critique by what they are: rules' findings, the judge's, and the scale's own words. */

import type { Judgment, Point, Scorecard } from "rubrica";

/** Where a point belongs in the result. */
export type Source = "rule" | "judge" | "scale";

export function sourceOf({ evidence }: Point): Source {
  switch (evidence.kind) {
    case "check":
    case "metric":
    case "rule":
      return "rule";
    case "anchor":
      return "scale";
    default:
      return "judge";
  }
}

/** What the scale says at the level that is nearest to a score: a definition, which nobody looked for in the text. */
export interface Meaning {
  readonly criterion: string;
  readonly point: number;
  readonly text: string;
  /** What the next level asks for. */
  readonly next?: string;
}

export function meanings({ critique }: Judgment): readonly Meaning[] {
  return critique.points.flatMap(({ criterion = "", message, suggestion, evidence }) => {
    if (evidence.kind !== "anchor") return [];
    const { point } = evidence;
    const mark = `nearest to ${point}: `;
    const at = message.indexOf(mark);
    const text = at < 0 ? message : message.slice(at + mark.length);
    return [{ criterion, point, text, ...(suggestion === undefined ? {} : { next: suggestion }) }];
  });
}

/** Counts that need no judge, in a sentence. */
export function counted({ samples }: Scorecard): string {
  const scores = samples[0]?.scores ?? {};
  const { words, sentences, flesch_kincaid_grade: grade, repetition } = scores;
  const parts = [
    number(words) ? `${words} ${words === 1 ? "word" : "words"}` : undefined,
    number(sentences) ? `${sentences} ${sentences === 1 ? "sentence" : "sentences"}` : undefined,
    number(grade) ? `school grade ${grade.toFixed(1)} to read (Flesch-Kincaid)` : undefined,
    number(repetition) && repetition > 0 ? `${Math.round(repetition * 100)} % repeated` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function number(value: number | null | undefined): value is number {
  return typeof value === "number";
}
