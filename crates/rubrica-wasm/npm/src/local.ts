import initialise, * as core from "../wasm/rubrica_full.js";
import { whyNoGpu } from "./adapter.js";
import { BaseEvaluator } from "./base.js";
import { disposed, type RubricaError, toRubricaError } from "./errors.js";
import { hooks } from "./hooks.js";
import { loadModels, type ModelBytes, type OnLoad } from "./load.js";
import type { AnyRequest, Args, Method, Result, Watch } from "./requests.js";
import { resources } from "./resources.js";
import { unlessTrapped } from "./traps.js";
import type { ModelSource } from "./source.js";
import type { DeviceChoice, DeviceReport, EvaluatorInfo, ModelSignature } from "./types.js";

/** Name of the module's files. */
const MODULE = "rubrica_full";

/** What an evaluator is made from, once defaults are filled in. */
export interface Setup {
  readonly models: readonly string[];
  readonly device: DeviceChoice;
  readonly source: ModelSource;
  readonly wasm: URL | WebAssembly.Module | BufferSource;
  readonly where: EvaluatorInfo["where"];
  readonly onProgress: OnLoad;
  readonly signal?: AbortSignal | undefined;
}

/** Works on the thread that it is made on. */
export class LocalEvaluator extends BaseEvaluator {
  private running = new Set<Promise<unknown>>();
  private gone = false;
  /** A module that trapped answers nothing any more. */
  private crash: RubricaError | undefined;
  private recovering: Promise<void> | undefined;

  private constructor(
    private readonly setup: Setup,
    private engine: core.Engine,
    private report: EvaluatorInfo,
  ) {
    super();
  }

  static async create(setup: Setup): Promise<LocalEvaluator> {
    try {
      // The one module of a page or worker is initialised once, whoever asks first.
      const module = initialise({ module_or_path: setup.wasm });
      const { models, source, onProgress, signal } = setup;
      const [bytes] = await Promise.all([loadModels(models, source, onProgress, signal), module]);
      const { engine, report } = await start(setup, bytes, setup.device);
      return new LocalEvaluator(setup, engine, report);
    } catch (error) {
      throw toRubricaError(error);
    }
  }

  override get info(): EvaluatorInfo {
    return this.report;
  }

  override async ask<M extends Method>(method: M, args: Args<M>, watch: Watch) {
    const work = this.answer(method, args, watch);
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }

  private async answer<M extends Method>(method: M, args: Args<M>, watch: Watch) {
    if (this.gone) throw disposed();
    if (this.crash !== undefined) throw this.crash;
    try {
      return await this.run(method, args, watch);
    } catch (thrown) {
      const error = toRubricaError(thrown);
      if (this.gone) throw disposed();
      if (error.code === "engine_crashed") this.crash = error;
      if (error.code !== "device_lost") throw error;
      this.recovering ??= this.moveToCpu(error);
      await this.recovering;
      return await this.run(method, args, watch);
    }
  }

  private async run<M extends Method>(method: M, args: Args<M>, watch: Watch): Promise<Result<M>> {
    const request = { method, args } as AnyRequest;
    // The switch covers all methods, each with its own result: TypeScript cannot relate the two.
    return (await unlessTrapped(MODULE, () => this.dispatch(request, watch))) as Result<M>;
  }

  private async dispatch(request: AnyRequest, watch: Watch): Promise<unknown> {
    const { engine } = this;
    const watched = () => hooks(watch, () => this.gone);
    switch (request.method) {
      case "score":
        return await engine.score(...request.args, watched());
      case "compare":
        return await engine.compare(...request.args, watched());
      case "bestOfN":
        return await engine.bestOfN(...request.args, watched());
      case "metrics":
        return await engine.metrics(...request.args, watched());
      case "embed": {
        const [texts] = request.args;
        return rows(await engine.embed([...texts], watched()), texts.length);
      }
      case "rubrics":
        return core.builtinRubrics();
      case "parseRubric":
        return core.parseRubric(...request.args);
      case "rubricToYaml":
        return core.rubricToYaml(...request.args);
      case "metricCatalogue":
        return core.metricCatalogue();
      case "check":
        return core.runChecks(...request.args);
      case "checkRow":
        return core.checkRow(...request.args);
      case "readConstraints":
        return core.readConstraints(...request.args);
      case "resources":
        return resources();
    }
  }

  /** Loads everything again on the CPU, after the GPU was lost. */
  private async moveToCpu(lost: RubricaError): Promise<void> {
    const { models, source, onProgress } = this.setup;
    const bytes = await loadModels(models, source, onProgress);
    const { engine, report } = await start(this.setup, bytes, "flex");
    this.engine = engine;
    const { requested } = this.report.device;
    // What follows the first line is the GPU stack's own backtrace.
    const reason = `${lost.message.split("\n", 1)[0]}; the CPU is used`;
    this.report = { ...report, device: { ...report.device, requested, reason } };
  }

  override async dispose(): Promise<void> {
    if (this.gone) return;
    this.gone = true;
    await Promise.allSettled(this.running);
    if (this.crash === undefined) this.engine.free();
  }
}

async function start(setup: Setup, models: ModelBytes[], choice: DeviceChoice) {
  const reason = await whyNoGpu(choice);
  const load = () => core.Engine.load(models, reason === undefined ? choice : "flex");
  const engine = await unlessTrapped(MODULE, load);
  const found = engine.info() as { models: ModelSignature[]; device: DeviceReport };
  const device: DeviceReport =
    reason === undefined ? found.device : { ...found.device, requested: choice, reason };
  const report: EvaluatorInfo = {
    version: core.version(),
    models: found.models,
    device,
    threads: 1,
    where: setup.where,
  };
  return { engine, report };
}

/** A flat matrix as `count` rows. */
function rows(flat: Float32Array, count: number): Float32Array[] {
  const width = count === 0 ? 0 : flat.length / count;
  return Array.from({ length: count }, (_, i) => flat.slice(i * width, (i + 1) * width));
}
