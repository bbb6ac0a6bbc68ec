import type {
  AssertedRow,
  CallProgress,
  CheckResult,
  ConstrainedRow,
  Constraints,
  FollowedRow,
  Judgment,
  MetricEntry,
  Ranking,
  Resource,
  ResolvedRubric,
  Scorecard,
  Verdict,
} from "./types.js";

/** What the core is asked: arguments as they cross threads (records as JSON text), and the result. */
export interface Requests {
  score: { args: [sample: string, options: string]; result: Judgment };
  compare: { args: [pair: string, options: string]; result: Verdict };
  bestOfN: { args: [sample: string, options: string]; result: Ranking };
  metrics: { args: [samples: string, options: string]; result: Scorecard };
  embed: { args: [texts: readonly string[]]; result: readonly Float32Array[] };
  rubrics: { args: []; result: readonly ResolvedRubric[] };
  parseRubric: { args: [text: string]; result: ResolvedRubric };
  rubricToYaml: { args: [rubric: string]; result: string };
  metricCatalogue: { args: []; result: readonly MetricEntry[] };
  check: { args: [response: string, checks: string]; result: readonly CheckResult[] };
  checkRow: { args: [row: string]; result: FollowedRow | AssertedRow | ConstrainedRow };
  readConstraints: { args: [constraints: string]; result: Constraints };
  resources: { args: []; result: readonly Resource[] };
}

export type Method = keyof Requests;
export type Args<M extends Method> = Requests[M]["args"];
export type Result<M extends Method> = Requests[M]["result"];

/** A request of any method, with the arguments of that method. */
export type AnyRequest = { [M in Method]: { method: M; args: Args<M> } }[Method];

/** What a call reports to, and is stopped by. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CallProgress) => void) | undefined;
}

