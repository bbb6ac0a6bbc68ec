/** How the judge agrees with a person's marks, by the statistics of the package. */

import type { AgreementReport, Figure, Report } from "rubrica/statistics";

/** A row that both judged. */
export interface Pair {
  readonly row: number;
  readonly judge: number;
  readonly mark: number;
}

export interface Question {
  readonly pairs: readonly Pair[];
  /** The points of the scale, if it has some: kappa needs both on them. */
  readonly points: readonly number[];
}

/** What the marks say of the judge. */
export interface MarkAgreement {
  readonly n: number;
  /** Cohen's, quadratic weights, the judge's score taken as the nearest point. */
  readonly kappa: Figure;
  readonly pearson: Figure;
  /** Mean of judge less mark. */
  readonly bias: Figure;
  /** Mean distance of the judge from the marks. */
  readonly distance: number;
  /** The same of one who always guesses the median of the other marks. */
  readonly constantDistance: number;
  /** By how much the judge is closer than that guess: below 0 it is farther off. */
  readonly gain: Figure;
}

/** The two functions of the package that are asked. */
export interface Statistics {
  agree(ratings: readonly { item_id: number; rater_id: string; value: number }[], options: { bootstrap: { replicates: number } }): Promise<AgreementReport>;
  report(name: string, rows: readonly object[], options: Record<string, unknown>): Promise<Report>;
}

export async function agreementOf({ pairs, points }: Question, ask: Statistics): Promise<MarkAgreement> {
  const marks = pairs.map(({ mark }) => mark);
  const distances = pairs.map(({ judge, mark }) => Math.abs(judge - mark));
  const guesses = mediansOfOthers(marks).map((guess, i) => Math.abs(guess - (marks[i] ?? guess)));
  const kappa = points.length === 0 ? none("the scale has no points that a score could be rounded to") : coefficient("cohen_kappa_quadratic", onPoints(pairs, points), ask);
  const [k, pearson, bias, gain] = await Promise.all([
    kappa,
    coefficient("pearson", pairs, ask),
    difference(pairs.map(({ judge }) => judge), marks, ask),
    difference(guesses, distances, ask),
  ]);
  return { n: pairs.length, kappa: k, pearson, bias, distance: mean(distances), constantDistance: mean(guesses), gain };
}

/** Whether the judge is shown to be closer to the marks than the constant guess; not while the interval reaches 0. */
export function addsSomething({ gain }: MarkAgreement): boolean {
  return gain.value !== null && gain.lower > 0;
}

async function coefficient(name: string, pairs: readonly Pair[], { agree }: Statistics): Promise<Figure> {
  const ratings = pairs.flatMap(({ row, judge, mark }) => [
    { item_id: row, rater_id: "judge", value: judge },
    { item_id: row, rater_id: "person", value: mark },
  ]);
  try {
    const found = await agree(ratings, { bootstrap: { replicates: replicatesOf(pairs.length) } });
    return found.coefficients[name] ?? none(found.undefined[name]?.reason ?? "it is not defined here");
  } catch (error) {
    return none((error as Error).message);
  }
}

/** Resamples for the intervals: of many rows fewer, as all is computed anew with every mark. */
function replicatesOf(rows: number): number {
  return Math.max(200, Math.min(1000, Math.round(16_000 / rows)));
}

/** Mean of `one` less mean of `other`, item by item, with its interval. */
async function difference(one: readonly number[], other: readonly number[], { report }: Statistics): Promise<Figure> {
  const rows = one.flatMap((score, item_id) => [
    { system: "one", item_id, score },
    { system: "other", item_id, score: other[item_id] ?? score },
  ]);
  try {
    const { pairs } = (await report("compare-systems", rows, { exchanges: 10 })) as Report & {
      readonly pairs: readonly { readonly first: string; readonly difference: Figure }[];
    };
    const [pair] = pairs;
    if (pair === undefined) return none("there is nothing to compare");
    return pair.first === "one" ? pair.difference : negated(pair.difference);
  } catch (error) {
    return none((error as Error).message);
  }
}

function negated(figure: Figure): Figure {
  if (figure.value === null) return figure;
  return { ...figure, value: 0 - figure.value, lower: 0 - figure.upper, upper: 0 - figure.lower };
}

function onPoints(pairs: readonly Pair[], points: readonly number[]): Pair[] {
  const nearest = (value: number) => points.reduce((best, point) => (Math.abs(point - value) < Math.abs(best - value) ? point : best), points[0] ?? value);
  return pairs.map((pair) => ({ ...pair, judge: nearest(pair.judge), mark: nearest(pair.mark) }));
}

/** For each value, the median of all the others: what one would guess who had seen those. */
export function mediansOfOthers(values: readonly number[]): number[] {
  const places = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const sorted = places.map((i) => values[i] ?? 0);
  const medians: number[] = [];
  const n = sorted.length - 1;
  for (const [place, i] of places.entries()) {
    const at = (k: number) => sorted[k < place ? k : k + 1] ?? 0;
    medians[i] = n === 0 ? (values[i] ?? 0) : (at(Math.floor((n - 1) / 2)) + at(Math.ceil((n - 1) / 2))) / 2;
  }
  return medians;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function none(reason: string): Figure {
  return { value: null, error: { code: "undefined", reason } };
}
