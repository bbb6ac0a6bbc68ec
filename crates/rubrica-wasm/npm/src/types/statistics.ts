/** Recorded battles, judgments and ratings, and what is told of them. */

import type { Preference, Signature, Undefined } from "./judging.js";

/**
 * A battle of two models, in the field names of Chatbot Arena; a ranking of two or more, best first, where a list is
 * one place; RewardBench's pair; a score of BenchBench, of which the higher wins in its scenario; or one of ICAI's
 * annotated pairs.
 */
export type Battle =
  | { model_a: string; model_b: string; winner: "model_a" | "model_b" | "tie"; category?: string }
  | { ranking: (string | string[])[] }
  | { chosen_model: string; rejected_model: string; subset?: string }
  | { model: string; scenario: string; score: number }
  | {
      response_a: { model: string };
      response_b: { model: string };
      annotations: Record<string, { pref: Preference | null }>;
    };

export type RankMethod =
  | "bradley-terry"
  | "elo"
  | "rao-kupper"
  | "davidson"
  | "rank-centrality"
  | "k-sort";

export interface RankOptions {
  /** `"bradley-terry"` when left out. */
  method?: RankMethod;
  /** Resamples of the bootstrap intervals; 0, the default, gives the sandwich interval where the method has one. */
  bootstrap?: number;
  /** Coverage of the intervals; 0.95 when left out. */
  level?: number;
  seed?: number;
  /** Rank centrality: wins added to each model over each other. */
  prior?: number;
  /** Elo: the greatest change of a rating in one battle. */
  k?: number;
  /** Also give the outcomes of each model against each other. */
  matrix?: boolean;
  /** Also give a board of each category, of battles with a `category` or `subset`. */
  byCategory?: boolean;
}

/** A model's place: 400 points are odds of ten to one, the mean is 1000. */
export interface RatedModel {
  model: string;
  rating: number;
  /** `null` where the end is open. */
  lower?: number | null;
  upper?: number | null;
  /** Resamples on which the model has no finite rating. */
  unbounded?: { above: number; below: number; leftOut: number };
  /** `k-sort`: what is believed of its skill. */
  mean?: number;
  deviation?: number;
  /** 1 + the number of models whose interval lies wholly above. */
  rank: number;
  /** From 1; the intervals of a tier overlap that of its first model. */
  tier: number;
  wins: number;
  ties: number;
  losses: number;
}

export interface Leaderboard {
  /** Best first. */
  ratings: RatedModel[];
  /** θ of Rao and Kupper, ν of Davidson. */
  tieParameter?: number | null;
  /** Wins, ties and losses of the row's model against the column's, in the order of `ratings`; with `matrix`. */
  matrix?: [wins: number, ties: number, losses: number][][] | null;
  /** The battles of each category alone; with `byCategory`. */
  byCategory?: Record<string, CategoryBoard>;
  signature: Signature;
}

/** The models of one category, rated by its battles alone; without ratings it says why. */
export interface CategoryBoard {
  /** Battles. */
  n: number;
  /** Best first; empty when there is an `error`. */
  ratings: RatedModel[];
  tieParameter?: number | null;
  matrix?: [wins: number, ties: number, losses: number][][] | null;
  error?: Undefined;
}

/** A number with its interval. */
export interface Estimate {
  value: number;
  lower: number;
  upper: number;
  level: number;
  n: number;
  clusters?: number;
  method: "percentile" | "bca" | "wilson" | "newcombe" | "fisher_z" | "f" | "normal";
}

/** An estimate, or why there is none. */
export type Figure = Estimate | { value: null; error: Undefined };

/** A pair as a judge saw it in both orders, with the label of people. */
export interface JudgedPair {
  id: string | number;
  label: Preference | "A" | "B" | "A>B" | "B>A" | "A=B";
  verdict_ab?: JudgedPair["label"] | null;
  verdict_ba?: JudgedPair["label"] | null;
  len_a?: number;
  len_b?: number;
  /** The judge's probability that `a` is better. */
  probability?: number;
  source?: string;
  /** Which of the two the judge itself wrote. */
  own?: Preference | "A" | "B";
  /** Counts of `a` by name, such as `headers`, `lists`, `bold`. */
  style_a?: Record<string, number>;
  /** The same counts of `b`. */
  style_b?: Record<string, number>;
}

/** A report that can be asked for by name. */
export interface ReportInfo {
  name: string;
  /** The question that it answers. */
  about: string;
  /** The protocol that it follows. */
  source: string;
  /** Fields of a row; those with `?` may be missing. */
  row: string;
  /** Its options, as they are when nothing is said. */
  options: Record<string, unknown>;
}

/** What a report tells. A figure is a {@link Figure}. */
export interface Report {
  signature?: Signature;
  [field: string]: unknown;
}

export interface JudgeAuditOptions {
  /** `"original"` (the default): A is the same response in both verdicts; `"shown"`: the one shown first. */
  verdicts?: "original" | "shown";
  /** The annotator that is the judge, for ICAI's annotated pairs with more than one besides `gold`. */
  annotator?: string;
  /** The annotator that is right, for ICAI's annotated pairs; the file's default when left out. */
  gold?: string;
  bootstrap?: { replicates?: number; level?: number; seed?: number };
}

/** Liking of the response that a pair marks: the judge's own, or the one with more headers. */
export interface Leaning {
  /** Share of the judge's winners that are marked. */
  prefers: Figure;
  /** Share of the labelled winners that are. */
  label: Figure;
  /** The first minus the second. */
  excess: Figure;
  accuracyMarkedBetter: Figure;
  accuracyOtherBetter: Figure;
}

export interface SourceAudit {
  n: number;
  accuracy: Figure;
  accuracyAb: Figure;
  accuracyBa: Figure;
  consistency: Figure;
}

/** A bin of a reliability diagram; an empty one has no figures. */
export interface ReliabilityBin {
  lower: number;
  upper: number;
  count: number;
  confidence?: number | null;
  frequency?: number | null;
}

export interface JudgeAudit {
  n: number;
  counts: {
    n: number;
    correct: number;
    incorrect: number;
    ties: number;
    inconsistent: number;
    unreadable: number;
  };
  accuracy: Figure;
  consistentAccuracy: Figure;
  accuracyAb: Figure;
  accuracyBa: Figure;
  consistency: Figure;
  kappa: Figure;
  position: { prefersFirst: Figure; firstBothTimes: Figure; secondBothTimes: Figure };
  length?: {
    prefersLonger: Figure;
    labelLonger: Figure;
    excess: Figure;
    accuracyLongerBetter: Figure;
    accuracyShorterBetter: Figure;
  } | null;
  /** Liking of its own responses; when rows say which are. */
  selfPreference?: Leaning | null;
  /** Liking of the response that has more of something, by the name of the count. */
  style?: Record<string, Leaning>;
  calibration?: { brier: Figure; ece: Figure; bins: ReliabilityBin[] } | null;
  bySource?: Record<string, SourceAudit>;
  signature: Signature;
}

/** When a metric stands out in a critique; see the crate `rubrica-judge` for each field. */
/** One rating of one item by one rater. */
export interface ItemRating {
  item_id: string | number;
  rater_id: string | number;
  /** A number on a scale, or the name of a category. */
  value: number | string;
  /** Group of the item, for a breakdown. */
  stratum?: string;
}

export interface AgreementOptions {
  bootstrap?: { replicates?: number; level?: number; seed?: number };
}

export interface AgreementReport {
  items: number;
  raters: string[];
  ratings: number;
  /** The categories, when values are names. */
  categories?: string[];
  /** Coefficients that are defined: `cohen_kappa`, `krippendorff_alpha_ordinal`, `icc_2_1` and others. */
  coefficients: Record<string, Estimate>;
  /** The others, and why. */
  undefined: Record<string, Undefined>;
  byStratum?: Record<string, { items: number; coefficient: string; agreement: Figure }>;
  signature: Signature;
}
