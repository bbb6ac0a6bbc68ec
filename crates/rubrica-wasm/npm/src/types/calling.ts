/** Options of calls, and the evaluator that takes them. */

import type {
  Comparison,
  Judgment,
  ModelSignature,
  Ranking,
  ResolvedRubric,
  Rubric,
  Sample,
  Verdict,
} from "./judging.js";
import type {
  Check,
  CheckResult,
  CheckedRow,
  Constraints,
  MetricEntry,
  MetricRequest,
  RowVerdict,
  Scorecard,
} from "./measuring.js";

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
  /** Sums, dates, counts and clauses of the instruction, worked out again. */
  rules?: boolean;
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
  readonly stage: "encode" | "score" | "occlude" | "metrics" | "fit" | "generate";
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
