/**
 * The records that cross between JavaScript and Rubrica's core. They mirror the crate
 * `rubrica-core`, with fields in camelCase and offsets in UTF-16 code units, as JavaScript counts.
 */

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
  id?: string;
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
  readonly id?: string;
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
  id?: string;
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
  readonly id?: string;
  readonly preferred: Preference;
  /** Probability that `a` is better, over both orders. */
  readonly probability: number;
  readonly perOrder: readonly OrderVerdict[];
  /** Both orders named the same winner. */
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
  readonly id?: string;
  /** Indices of the best responses; several when they tie. */
  readonly best: readonly number[];
  readonly ranking: readonly Ranked[];
  readonly signature: Signature;
}

/** A requirement that a text meets or not: `kind` and the options of that kind. */
export interface Check {
  kind: string;
  id?: string;
  [option: string]: unknown;
}

export interface CheckResult {
  readonly id: string;
  readonly passed: boolean;
  readonly found: string;
  readonly span?: Span;
  readonly suggestion?: string;
}

/** An assertion by its promptfoo name, such as `not-contains`. */
export interface Assertion {
  type: string;
  value?: unknown;
  threshold?: number;
  weight?: number;
}

/**
 * A response with what it has to meet, spelt as in files of IFEval and promptfoo: instructions, assertions, or
 * constraints in plain English. Other fields are not looked at.
 */
export type CheckedRow = { id?: unknown; response: string; [field: string]: unknown } & (
  | { instruction_id_list: readonly string[]; kwargs?: readonly (object | null)[] }
  | { assert: readonly Assertion[]; threshold?: number }
  | { constraints: string }
);

/** What a row of IFEval came to: a verdict for each instruction, on the response as it is and on its best variant. */
export interface FollowedRow {
  readonly followStrict: readonly boolean[];
  readonly followLoose: readonly boolean[];
}

/** What assertions came to. */
export interface AssertedRow {
  readonly pass: boolean;
  /** Mean of the assertions' scores by their weights, from 0 to 1. */
  readonly score: number;
  readonly results: readonly { readonly type: string; readonly pass: boolean; readonly score: number; readonly reason: string }[];
}

/** What constraints came to. One that was not read is never met. */
export interface ConstrainedRow {
  readonly pass: boolean;
  readonly results: readonly CheckResult[];
  readonly unread: readonly string[];
}

/** The result of a row of each shape. */
export type RowVerdict<R extends CheckedRow> = R extends { instruction_id_list: unknown }
  ? FollowedRow
  : R extends { assert: unknown }
    ? AssertedRow
    : ConstrainedRow;

/** Constraints in plain English, taken apart: checks, and the clauses that no rule understood. */
export interface Constraints {
  readonly checks: readonly Check[];
  readonly unread: readonly string[];
}

/** What a metric is. */
export interface MetricInfo {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly tier: "T0" | "T1" | "T2";
  readonly needs: "nothing" | "reference" | "instruction" | "context" | "lists";
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly higherIsBetter: boolean | null;
  readonly source: string;
}

export interface MetricEntry {
  readonly info: MetricInfo;
  /** Options with their default values, spelled as in the reference tool: `use_stemmer`. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** A metric by id, or with options that differ from the defaults, spelled as in the catalogue. */
export type MetricRequest = string | { id: string; options?: Record<string, unknown> };

export interface SampleScores {
  readonly id: string | null;
  readonly scores: Readonly<Record<string, number | null>>;
  readonly parts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly errors?: Readonly<Record<string, Undefined>>;
}

export interface CorpusScores {
  readonly corpus: Readonly<Record<string, number | null>>;
  readonly parts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly errors?: Readonly<Record<string, Undefined>>;
  readonly signatures: Readonly<Record<string, string>>;
  /** With `bootstrap`: by metric, that of its `score` and of each of its parts, or why there are none. */
  readonly intervals?: Readonly<Record<string, Readonly<Record<string, Estimate>> | { error: Undefined }>>;
}

export interface Scorecard {
  readonly samples: readonly SampleScores[];
  readonly corpus?: CorpusScores;
  readonly signatures: Readonly<Record<string, string>>;
}

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
  lower?: number;
  upper?: number;
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

export type MetricLimits = Record<string, number>;

export interface CritiqueOptions {
  /** Judge the response again without each part of it. */
  occlude?: boolean;
  weaknesses?: number;
  strengths?: number;
  perCriterion?: number;
  /** Least effect worth a point, as a share of the scale. */
  minDelta?: number;
  maxSegments?: number;
  /** Sentences with an error, or without support in the context, at most so many of either. */
  sentences?: number;
  anchors?: boolean;
  checks?: readonly Check[];
  metrics?: boolean;
  limits?: MetricLimits;
}

/** What a call may be given besides its own options. */
export interface CallOptions {
  /** Stops the work; the promise rejects with an error of code `cancelled`. */
  signal?: AbortSignal;
  onProgress?: (progress: CallProgress) => void;
}

export interface CallProgress {
  readonly stage: "encode" | "score" | "occlude" | "metrics" | "fit";
  readonly done: number;
  readonly total: number;
}

export interface ScoreOptions extends CallOptions {
  /** Name of a built-in rubric, YAML or JSON text, or a rubric. `helpfulness` when left out. */
  rubric?: string | Rubric;
  /** Characters above which a text is refused. */
  maxChars?: number;
  critique?: CritiqueOptions;
}

export interface CompareOptions extends CallOptions {
  /** A tie when the probability lies within this of one half. */
  tieMargin?: number;
  checks?: readonly Check[];
  differences?: boolean;
  maxChars?: number;
}

export interface BestOfNOptions extends CallOptions {
  tieMargin?: number;
  maxChars?: number;
}

export interface MetricsOptions extends CallOptions {
  metrics: readonly MetricRequest[];
  /** Score all samples together too. */
  corpus?: boolean;
  /** With `corpus`: intervals of its scores, from resamples of the samples. Loads the larger module. */
  bootstrap?: Bootstrap;
}

/** How to bootstrap. */
export interface Bootstrap {
  /** Resamples to draw, at least 10; 1000 when left out. */
  replicates?: number;
  /** Confidence level; 0.95 when left out. */
  level?: number;
  /** 0 when left out. */
  seed?: number;
  method?: "percentile" | "bca";
}

export type DeviceChoice = "auto" | "flex" | "webgpu";

/** What runs, and why. */
export interface DeviceReport {
  readonly requested: DeviceChoice;
  readonly device: "flex" | "webgpu";
  /** Why it is not the GPU, where the GPU was asked for or considered. */
  readonly reason?: string;
  readonly flexMs?: number;
  readonly webgpuMs?: number;
}

/** Loading, step by step; the names are those of transformers.js. */
export interface LoadProgress {
  readonly status: "initiate" | "download" | "progress" | "done" | "ready";
  /** The file, as `model/name`. */
  readonly file?: string;
  /** Bytes so far and in all. */
  readonly loaded?: number;
  readonly total?: number;
}

export interface EvaluatorInfo {
  readonly version: string;
  readonly models: readonly ModelSignature[];
  readonly device: DeviceReport;
  /** Threads that really run. */
  readonly threads: number;
  /** Where the work is done. */
  readonly where: "worker" | "this thread";
}

export interface CreateOptions {
  /**
   * What to load: `"judge"` (the default judge with its encoder), `"encoder"`, or ids of models
   * under `modelsUrl`.
   */
  models?: readonly string[];
  device?: DeviceChoice;
  /** Folder with one folder a model; next to the page when left out. Never another origin unless you say so. */
  modelsUrl?: string | URL;
  /** The `.wasm` file, or the compiled module; next to the package's own files when left out. */
  wasmUrl?: string | URL;
  wasmModule?: WebAssembly.Module;
  /** Work in a worker (the default where there are workers) or on this thread. */
  worker?: boolean;
  /** Keep downloaded files in the browser's cache storage. True when left out. */
  cache?: boolean;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** A request that was made, as the browser recorded it. */
export interface Resource {
  readonly url: string;
  /** When it started, in milliseconds since 1970. */
  readonly time: number;
  /** Bytes over the network; 0 when the browser's own cache answered. */
  readonly bytes: number;
}

/** Scores, compares and measures. Made by `Evaluator.create`. */
export interface EvaluatorApi {
  readonly info: EvaluatorInfo;
  score(sample: Sample, options?: ScoreOptions): Promise<Judgment>;
  compare(pair: Comparison, options?: CompareOptions): Promise<Verdict>;
  bestOfN(sample: Sample, options?: BestOfNOptions): Promise<Ranking>;
  metrics(samples: readonly Sample[], options: MetricsOptions): Promise<Scorecard>;
  embed(texts: readonly string[], options?: CallOptions): Promise<readonly Float32Array[]>;
  /** The built-in rubrics. */
  rubrics(): Promise<readonly ResolvedRubric[]>;
  /** Reads a rubric from JSON or YAML text; errors name the field. */
  parseRubric(text: string): Promise<ResolvedRubric>;
  rubricToYaml(rubric: Rubric): Promise<string>;
  metricCatalogue(): Promise<readonly MetricEntry[]>;
  check(response: string, checks: readonly Check[] | string): Promise<readonly CheckResult[]>;
  /** Which of its own requirements a row of IFEval, of promptfoo or of constraints meets. */
  checkRow<R extends CheckedRow>(row: R): Promise<RowVerdict<R>>;
  /** Takes constraints in plain English apart into checks. */
  readConstraints(constraints: string): Promise<Constraints>;
  /** What the evaluator's thread has requested so far; nothing after loading. */
  resources(): Promise<readonly Resource[]>;
  /** Frees models and memory. Calls under way reject with code `disposed`. */
  dispose(): Promise<void>;
}
