/** The worker that `WorkerEvaluator` starts: a `LocalEvaluator` that answers messages. */

import { RubricaError, toRecord, toRubricaError } from "./errors.js";
import { LocalEvaluator } from "./local.js";
import type { FromWorker, ToWorker, WorkerSetup } from "./protocol.js";
import { httpSource } from "./http-source.js";
import type { Method, Watch } from "./requests.js";

/** As much of a worker's global scope as is used here. */
interface Scope {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

const scope = globalThis as unknown as Scope;
const post = (message: FromWorker) => scope.postMessage(message);
const loading = new AbortController();
const calls = new Map<number, AbortController>();
let evaluator: LocalEvaluator | undefined;

scope.addEventListener("message", ({ data }) => {
  switch (data.kind) {
    case "create":
      return void create(data.setup);
    case "call":
      return void call(data);
    case "cancel":
      return calls.get(data.id)?.abort();
    case "cancelCreate":
      return loading.abort();
  }
});

async function create({ models, device, modelsUrl, wasm, cache }: WorkerSetup): Promise<void> {
  try {
    evaluator = await LocalEvaluator.create({
      models,
      device,
      source: httpSource(new URL(modelsUrl), cache),
      wasm: typeof wasm === "string" ? new URL(wasm) : wasm,
      where: "worker",
      onProgress: (progress) => post({ kind: "loading", progress }),
      signal: loading.signal,
    });
    post({ kind: "created", info: evaluator.info });
  } catch (error) {
    post({ kind: "failed", error: toRecord(toRubricaError(error)) });
  }
}

async function call(message: Extract<ToWorker, { kind: "call" }>): Promise<void> {
  const { id, method, args } = message;
  if (evaluator === undefined) throw new RubricaError("engine_crashed", "called before it was created");
  const controller = new AbortController();
  calls.set(id, controller);
  const watch: Watch = {
    signal: controller.signal,
    onProgress: (progress) => post({ kind: "progress", id, progress }),
  };
  try {
    // Method and arguments belong together on the page's side, which TypeScript checked there.
    const value = await evaluator.ask(method as Method, args as never, watch);
    post({ kind: "result", id, value, info: evaluator.info });
  } catch (error) {
    post({ kind: "error", id, error: toRecord(toRubricaError(error)), info: evaluator.info });
  } finally {
    calls.delete(id);
  }
}
