/** What comes of a row, whole and in short, and the person's own mark. */

import type { Judgment, ResolvedRubric, Scale, Scorecard } from "rubrica";
import type { Checked } from "../check/run.js";

/** All that came of a row. One that could not be judged has a `fault`. */
export interface Outcome {
  readonly judgment?: Judgment;
  readonly metrics?: Scorecard;
  readonly checked?: Checked;
  readonly fault?: string;
  /** Seconds that it took. */
  readonly seconds: number;
}

/** As much of an outcome as the list shows, sorts and counts. */
export interface Brief {
  readonly score: number | null;
  /** By criterion, in the rubric's order. */
  readonly criteria: readonly (number | null)[];
  readonly interval?: readonly [number, number];
  readonly confidence?: number;
  /** Requirements that are met, of how many. */
  readonly met?: readonly [met: number, of: number];
  readonly pass?: boolean;
  readonly fault?: string;
}

/** A person's own judgment of a row. */
export interface Mark {
  readonly value: number | null;
  readonly comment: string;
}

export function brief({ judgment, checked, fault }: Outcome): Brief {
  const only = judgment?.perCriterion.length === 1 ? judgment.perCriterion[0] : undefined;
  const reason = fault ?? (judgment !== undefined && judgment.score === null ? (judgment.error?.reason ?? "no score") : undefined);
  return {
    score: judgment?.score ?? null,
    criteria: judgment?.perCriterion.map(({ score }) => score) ?? [],
    ...(only?.interval === undefined ? {} : { interval: only.interval }),
    ...(judgment?.confidence === undefined ? {} : { confidence: judgment.confidence }),
    ...(checked === undefined ? {} : { met: metOf(checked), pass: checked.pass }),
    ...(reason === undefined ? {} : { fault: reason }),
  };
}

function metOf({ items, unread }: Checked): readonly [number, number] {
  return [items.filter(({ passed }) => passed).length, items.length + unread.length];
}

/** The scale that a rubric's score is given on: that of its criteria if they share their ends, else 0 to 1. */
export function outputScale({ criteria }: ResolvedRubric): Scale {
  const [first, ...others] = criteria.map(({ scale }) => scale);
  if (first === undefined) return { kind: "continuous", min: 0, max: 1 };
  const shared = others.every(({ min, max }) => min === first.min && max === first.max);
  if (!shared) return { kind: "continuous", min: 0, max: 1 };
  if (others.length === 0) return first;
  return { kind: first.kind, min: first.min, max: first.max };
}

/** Without a rubric, a mark says whether the requirements are met. */
export const PASS_SCALE: Scale = { kind: "binary", min: 0, max: 1 };

/** What the judge gives on the scale of marks: its score, or, with requirements alone, whether they are met. */
export function given({ score, pass }: Brief, withRubric: boolean): number | null {
  if (withRubric) return score;
  return pass === undefined ? null : Number(pass);
}
