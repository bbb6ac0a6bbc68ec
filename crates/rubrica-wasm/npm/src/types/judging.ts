/** What is judged, by what, and what comes of it. */

/** A half-open range of a text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One turn of a conversation. */
export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
}

/** An instruction with the response to it, and what a judge may know besides. */
export interface Sample {
  id?: string | number;
  /** What the response answers; an essay has none. */
  instruction?: string;
  /** The text to judge. */
  response?: string;
  /** Several texts to choose from, for `bestOfN`. */
  responses?: readonly string[];
  /** A model answer. */
  reference?: string;
  /** Further model answers, for metrics that take several. */
  references?: readonly string[];
  /** Passages that the response should rest on. */
  context?: string | readonly string[];
  system?: string;
  messages?: readonly Message[];
  metadata?: Record<string, unknown>;
}

export type ScaleKind = "likert" | "binary" | "continuous";

/** A rating scale. Also written in short: `"1-5"`, `"binary"`, `"0..1"`. */
export interface Scale {
  kind: ScaleKind;
  min: number;
  max: number;
  /** What whole-numbered points mean. */
  anchors?: Record<string, string>;
}

export interface Criterion {
  id: string;
  /** The question that the judge answers about the response. */
  description: string;
  /** 1 to 5 when left out. */
  scale?: Scale | string;
  /** Share in the aggregate; 1 when left out, 0 reports the criterion without counting it. */
  weight?: number;
}

export type Aggregate = "weighted_mean" | "minimum";

export interface Rubric {
  name: string;
  description?: string;
  criteria: readonly Criterion[];
  aggregate?: Aggregate;
}

/** A criterion as Rubrica gives it back: every field is there. */
export interface ResolvedCriterion extends Criterion {
  scale: Scale;
  weight: number;
}

/** A rubric as Rubrica gives it back. */
export interface ResolvedRubric extends Rubric {
  criteria: readonly ResolvedCriterion[];
  aggregate: Aggregate;
}

/** Probabilities over the points of a scale. */
export interface Distribution {
  readonly points: readonly number[];
  readonly probabilities: readonly number[];
}

export interface ModelSignature {
  readonly id: string;
  readonly sha256: string;
  readonly precision: string;
  /** sha256 over the other files that were read: configuration, tokenizer, pooling, head. */
  readonly files?: string;
}

/** What produced a number. Two results with equal signatures are comparable. */
export interface Signature {
  readonly protocol: string;
  readonly version: string;
  readonly models?: readonly ModelSignature[];
  readonly device?: string;
  readonly template?: string;
  readonly rubric?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly seed?: number;
}

/** Why there is no score. */
export interface Undefined {
  readonly code: string;
  readonly reason: string;
}

export type Severity = "strength" | "note" | "minor" | "major";

/** What a point of a critique rests on. */
export type Evidence =
  | { readonly kind: "check"; readonly check: string; readonly found: string }
  | {
      readonly kind: "occlusion";
      readonly with: number;
      readonly without: number;
      /** `with − without`: above 0, the part helps. */
      readonly delta: number;
      /** False when the part was only left out of a pooled representation. */
      readonly exact: boolean;
    }
  | { readonly kind: "metric"; readonly metric: string; readonly value: number; readonly limit: number }
  | { readonly kind: "segment"; readonly label: string; readonly probability: number }
  | { readonly kind: "grounding"; readonly label: string; readonly probability: number }
  | { readonly kind: "context"; readonly text: string; readonly relevant: number; readonly used: number }
  | { readonly kind: "rule"; readonly rule: string; readonly found: string; readonly expected?: string }
  | { readonly kind: "anchor"; readonly score: number; readonly point: number }
  | { readonly kind: "written"; readonly model: string };

export interface Point {
  readonly criterion?: string;
  /** The part of the response that the point is about. */
  readonly span?: Span;
  readonly severity: Severity;
  readonly message: string;
  readonly suggestion?: string;
  /** Computed, or written by a generative model. */
  readonly layer: "evidence" | "written";
  readonly evidence: Evidence;
}

export interface Critique {
  readonly summary: string;
  /** Most severe first. */
  readonly points: readonly Point[];
}

export interface CriterionJudgment {
  readonly criterion: string;
  readonly score: number | null;
  readonly error?: Undefined;
  readonly distribution?: Distribution;
  /** Holds the true score with the coverage that the model card states. */
  readonly interval?: readonly [number, number];
  readonly weight: number;
}

/** The judgment of one response under one rubric. */
export interface Judgment {
  readonly id?: string | number;
  /** On the rubric's output scale; `null` with an `error` when there is none. */
  readonly score: number | null;
  readonly error?: Undefined;
  readonly distribution?: Distribution;
  /** How decided the judge is, 0 to 1; not how often it is right. */
  readonly confidence?: number;
  readonly perCriterion: readonly CriterionJudgment[];
  readonly critique: Critique;
  /** What to know before trusting the score. */
  readonly warnings?: readonly string[];
  readonly signature: Signature;
}

export type Preference = "a" | "b" | "tie";

export interface Candidate {
  text: string;
  model?: string;
}

/** Two responses to one prompt. */
export interface Comparison {
  id?: string | number;
  prompt?: string;
  a: string | Candidate;
  b: string | Candidate;
  reference?: string;
  context?: readonly string[];
  label?: Preference;
  source?: string;
  metadata?: Record<string, unknown>;
}

export interface OrderVerdict {
  readonly order: "ab" | "ba";
  readonly preferred: Preference;
  readonly probability: number;
}

export interface Verdict {
  readonly id?: string | number;
  readonly preferred: Preference;
  /** Probability that `a` is better, over both orders. */
  readonly probability: number;
  readonly perOrder: readonly OrderVerdict[];
  /** Both orders named the same winner: always so with a judge that reads each response alone, as all that load here do. */
  readonly consistent: boolean;
  readonly critique: Critique;
  readonly signature: Signature;
}

/** One response of a ranking. */
export interface Ranked {
  /** Index into the sample's responses. */
  readonly index: number;
  /** 1 is best; equal ranks are ties. */
  readonly rank: number;
  readonly score: number | null;
  readonly error?: Undefined;
  /** Probability of being the best, under the Bradley-Terry model. */
  readonly probability?: number;
}

export interface Ranking {
  readonly id?: string | number;
  /** Indices of the best responses; several when they tie. */
  readonly best: readonly number[];
  readonly ranking: readonly Ranked[];
  readonly signature: Signature;
}
