/** Values in bins of equal width. */

import type { Scale } from "rubrica";

export interface Count {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Bins over a scale: two a point where points are few, else ten. */
export function binsOf(values: Iterable<number>, { min, max }: Pick<Scale, "min" | "max">): Count[] {
  const span = max - min;
  const bins = Number.isInteger(span) && span >= 2 && span <= 10 ? 2 * span : 10;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const at = Math.min(bins - 1, Math.max(0, Math.floor(((value - min) / span) * bins)));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, i) => ({ from: min + (i * span) / bins, to: min + ((i + 1) * span) / bins, count }));
}
