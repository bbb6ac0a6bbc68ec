import { text as expectText, texts as listOfTexts } from "./given.js";
import { toJson } from "./json.js";
import type { Args, Method, Result, Watch } from "./requests.js";
import { watched } from "./watched.js";
import type {
  BestOfNOptions,
  CallOptions,
  Check,
  CheckedRow,
  CompareOptions,
  Comparison,
  EvaluatorApi,
  EvaluatorInfo,
  MetricsOptions,
  RowVerdict,
  Rubric,
  Sample,
  ScoreOptions,
} from "./types.js";

/** Fields of options that stay on the caller's side. */
const WATCH = ["signal", "onProgress"];

/** The interface of all evaluators, over one way of asking the core. */
export abstract class BaseEvaluator implements EvaluatorApi {
  abstract readonly info: EvaluatorInfo;
  abstract dispose(): Promise<void>;
  /** Asks the core. Not called with a signal that is aborted already. @internal */
  abstract ask<M extends Method>(
    method: M,
    args: Args<M>,
    watch: Watch,
  ): Promise<Result<M>>;

  private async call<M extends Method>(method: M, args: Args<M>, options: CallOptions = {}) {
    return await watched(options, (watch: Watch) => this.ask(method, args, watch));
  }

  async score(sample: Sample, options: ScoreOptions = {}) {
    const args: Args<"score"> = [toJson(sample, "sample"), toJson(options, "options", WATCH)];
    return await this.call("score", args, options);
  }

  async compare(pair: Comparison, options: CompareOptions = {}) {
    const args: Args<"compare"> = [toJson(pair, "pair"), toJson(options, "options", WATCH)];
    return await this.call("compare", args, options);
  }

  async bestOfN(sample: Sample, options: BestOfNOptions = {}) {
    const args: Args<"bestOfN"> = [toJson(sample, "sample"), toJson(options, "options", WATCH)];
    return await this.call("bestOfN", args, options);
  }

  async metrics(samples: readonly Sample[], options: MetricsOptions) {
    const args: Args<"metrics"> = [toJson(samples, "samples"), toJson(options, "options", WATCH)];
    return await this.call("metrics", args, options);
  }

  async embed(texts: readonly string[], options: CallOptions = {}) {
    return await this.call("embed", [listOfTexts(texts, "texts")], options);
  }

  async rubrics() {
    return await this.call("rubrics", []);
  }

  async parseRubric(text: string) {
    return await this.call("parseRubric", [expectText(text, "text")]);
  }

  async rubricToYaml(rubric: Rubric) {
    return await this.call("rubricToYaml", [toJson(rubric, "rubric")]);
  }

  async metricCatalogue() {
    return await this.call("metricCatalogue", []);
  }

  async check(response: string, checks: readonly Check[] | string) {
    const asked = typeof checks === "string" ? checks : toJson(checks, "checks");
    return await this.call("check", [expectText(response, "response"), asked]);
  }

  async checkRow<R extends CheckedRow>(row: R) {
    return (await this.call("checkRow", [toJson(row, "row")])) as RowVerdict<R>;
  }

  async readConstraints(constraints: string) {
    return await this.call("readConstraints", [expectText(constraints, "constraints")]);
  }

  async resources() {
    return await this.call("resources", []);
  }
}
