import { BaseEvaluator } from "./base.js";
import { cancelled, disposed, fromRecord, RubricaError } from "./errors.js";
import type { OnLoad } from "./load.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./protocol.js";
import type { AnyRequest, Args, Method, Result, Watch } from "./requests.js";
import type { EvaluatorInfo } from "./types.js";

/** As much of a `Worker` as is used here, so that tests can script one. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Starts the package's worker. Written so that bundlers see the file and take it along. */
export function startWorker(): WorkerLike {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "rubrica" });
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: RubricaError): void;
  readonly onProgress: Watch["onProgress"];
}

/** Works in a worker of its own, so that the page never waits. */
export class WorkerEvaluator extends BaseEvaluator {
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private gone = false;
  /** Why the worker is dead, until another is started. */
  private crash: RubricaError | undefined;
  private restarting: Promise<void> | undefined;

  private constructor(
    private readonly setup: WorkerSetup,
    private readonly start: () => WorkerLike,
    private worker: WorkerLike,
    private report: EvaluatorInfo,
  ) {
    super();
    this.listen();
  }

  static async create(
    setup: WorkerSetup,
    onProgress: OnLoad,
    signal?: AbortSignal,
    start: () => WorkerLike = startWorker,
  ): Promise<WorkerEvaluator> {
    const worker = start();
    const info = await created(worker, setup, onProgress, signal);
    return new WorkerEvaluator(setup, start, worker, info);
  }

  override get info(): EvaluatorInfo {
    return this.report;
  }

  override async ask<M extends Method>(method: M, args: Args<M>, watch: Watch): Promise<Result<M>> {
    if (this.gone) throw disposed();
    if (this.crash !== undefined) {
      this.restarting ??= this.restart(this.crash);
      await this.restarting;
    }
    return await new Promise<Result<M>>((resolve, reject) => {
      const { signal, onProgress } = watch;
      const id = this.nextId++;
      const cancel = () => this.worker.postMessage({ kind: "cancel", id });
      const done = () => signal?.removeEventListener("abort", cancel);
      this.pending.set(id, {
        onProgress,
        resolve: (value) => {
          done();
          resolve(value as Result<M>);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener("abort", cancel, { once: true });
      this.worker.postMessage({ kind: "call", id, ...({ method, args } as AnyRequest) });
    });
  }

  override async dispose(): Promise<void> {
    if (this.gone) return;
    this.gone = true;
    this.worker.terminate();
    this.rejectAll(disposed());
  }

  private listen(): void {
    const { worker } = this;
    worker.onmessage = ({ data }) => this.hear(data);
    worker.onerror = (event) => this.crashed(crash(event));
  }

  private hear(message: FromWorker): void {
    switch (message.kind) {
      case "progress":
        this.pending.get(message.id)?.onProgress?.(message.progress);
        return;
      case "result":
        this.report = message.info;
        this.settle(message.id, (call) => call.resolve(message.value));
        return;
      case "error": {
        this.report = message.info;
        const error = fromRecord(message.error);
        this.settle(message.id, (call) => call.reject(error));
        if (error.code === "engine_crashed") this.crashed(error);
        return;
      }
      default:
        // Loading is over: what belongs to it was heard in `created`.
        return;
    }
  }

  private settle(id: number, how: (call: Pending) => void): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (call !== undefined) how(call);
  }

  private crashed(error: RubricaError): void {
    if (this.crash !== undefined || this.gone) return;
    this.crash = error;
    this.worker.terminate();
    this.rejectAll(error);
  }

  private rejectAll(error: RubricaError): void {
    const calls = [...this.pending.values()];
    this.pending.clear();
    for (const call of calls) call.reject(error);
  }

  /** Another worker, on the CPU: whatever crashed the last one, the GPU is out of the question. */
  private async restart(reason: RubricaError): Promise<void> {
    try {
      const worker = this.start();
      const info = await created(worker, { ...this.setup, device: "flex" }, () => {});
      const { requested } = this.report.device;
      const device = { ...info.device, requested, reason: `restarted after: ${reason.message}` };
      this.report = { ...info, device };
      this.worker = worker;
      this.listen();
      this.crash = undefined;
    } finally {
      this.restarting = undefined;
    }
  }
}

/** Resolves when the worker has loaded everything; a worker that fails is ended. */
async function created(
  worker: WorkerLike,
  setup: WorkerSetup,
  onProgress: OnLoad,
  signal?: AbortSignal,
): Promise<EvaluatorInfo> {
  const cancel = () => worker.postMessage({ kind: "cancelCreate" });
  try {
    return await new Promise<EvaluatorInfo>((resolve, reject) => {
      if (signal?.aborted) throw cancelled();
      signal?.addEventListener("abort", cancel, { once: true });
      worker.onmessage = ({ data }) => {
        if (data.kind === "loading") onProgress(data.progress);
        else if (data.kind === "created") resolve(data.info);
        else if (data.kind === "failed") reject(fromRecord(data.error));
      };
      worker.onerror = (event) => reject(crash(event));
      worker.postMessage({ kind: "create", setup });
    });
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function crash(event: ErrorEvent): RubricaError {
  event.preventDefault?.();
  const what = event.message || "its script could not be loaded";
  return new RubricaError("engine_crashed", `the worker failed: ${what}`);
}
