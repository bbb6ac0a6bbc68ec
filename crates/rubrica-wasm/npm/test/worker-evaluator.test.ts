/** The page's side of the worker, against scripted workers. */

import { expect, test, vi } from "vitest";
import type { FromWorker, ToWorker } from "../dist/protocol.js";
import type { EvaluatorInfo } from "../dist/types.js";
import { WorkerEvaluator, type WorkerLike } from "../dist/worker-evaluator.js";

const INFO: EvaluatorInfo = {
  version: "0",
  models: [],
  device: { requested: "auto", device: "webgpu" },
  threads: 1,
  where: "worker",
};
const SETUP = { models: ["m"], device: "auto", modelsUrl: "http://x/", wasm: "http://x/w", cache: false } as const;

type Script = (message: ToWorker, reply: (message: FromWorker) => void, worker: Scripted) => void;

/** A worker that answers as its script says, a turn later. */
class Scripted implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  readonly heard: ToWorker[] = [];
  terminated = false;

  constructor(private readonly script: Script) {}

  postMessage(message: ToWorker): void {
    this.heard.push(message);
    const reply = (data: FromWorker) => this.onmessage?.({ data } as MessageEvent<FromWorker>);
    queueMicrotask(() => this.script(message, reply, this));
  }

  terminate(): void {
    this.terminated = true;
  }
}

/** Answers `create`, and calls by `answer`. */
function script(answer: Script): Script {
  return (message, reply, worker) => {
    if (message.kind === "create") {
      const device = message.setup.device === "flex" ? "flex" : "webgpu";
      reply({ kind: "loading", progress: { status: "ready" } });
      reply({ kind: "created", info: { ...INFO, device: { requested: message.setup.device, device } } });
    } else answer(message, reply, worker);
  };
}

async function evaluator(...scripts: Script[]) {
  const workers: Scripted[] = [];
  const start = () => {
    const worker = new Scripted(scripts[Math.min(workers.length, scripts.length - 1)] as Script);
    workers.push(worker);
    return worker;
  };
  const progress = vi.fn();
  const made = await WorkerEvaluator.create(SETUP, progress, undefined, start);
  return { made, workers, progress };
}

const answering = script((message, reply) => {
  if (message.kind !== "call") return;
  const { id } = message;
  reply({ kind: "progress", id, progress: { stage: "encode", done: 1, total: 2 } });
  reply({ kind: "result", id, value: { score: id }, info: INFO });
});

test("calls are answered by their own replies, with progress", async () => {
  const { made, progress } = await evaluator(answering);
  expect(progress).toHaveBeenCalledWith({ status: "ready" });
  const onProgress = vi.fn();
  const both = await Promise.all([made.score({ response: "a" }, { onProgress }), made.score({ response: "b" })]);
  expect(both.map(({ score }) => score)).toEqual([0, 1]);
  expect(onProgress).toHaveBeenCalledExactlyOnceWith({ stage: "encode", done: 1, total: 2 });
});

test("options cross as JSON, without what cannot cross", async () => {
  const { made, workers } = await evaluator(answering);
  await made.score({ response: "a" }, { rubric: "tone", signal: new AbortController().signal, onProgress() {} });
  expect(workers[0]?.heard.at(-1)).toEqual({
    kind: "call",
    id: 0,
    method: "score",
    args: [`{"response":"a"}`, `{"rubric":"tone"}`],
  });
});

test("errors keep code and path", async () => {
  const error = { code: "empty_text", message: "response: text is empty", path: "response" };
  const { made } = await evaluator(
    script((message, reply) => message.kind === "call" && reply({ kind: "error", id: message.id, error, info: INFO })),
  );
  await expect(made.score({ response: "" })).rejects.toMatchObject({ name: "RubricaError", ...error });
});

test("a signal is passed on, and an aborted one is not even asked", async () => {
  const cancelled = { code: "cancelled", message: "cancelled" };
  let open = -1;
  const { made, workers } = await evaluator(
    script((message, reply) => {
      if (message.kind === "call") open = message.id;
      if (message.kind === "cancel") reply({ kind: "error", id: open, error: cancelled, info: INFO });
    }),
  );
  const controller = new AbortController();
  const call = made.score({ response: "a" }, { signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toMatchObject(cancelled);
  const heard = workers[0]?.heard.length;
  await expect(made.score({ response: "a" }, { signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
  expect(workers[0]?.heard.length).toBe(heard);
});

test("a progress function that throws ends its own call, and is told to the worker", async () => {
  const { made, workers } = await evaluator(
    script((message, reply) => {
      if (message.kind !== "call") return;
      const { id } = message;
      reply({ kind: "progress", id, progress: { stage: "encode", done: 1, total: 2 } });
      setTimeout(() => reply({ kind: "result", id, value: { score: 1 }, info: INFO }), 10);
    }),
  );
  const onProgress = () => {
    throw new Error("mine");
  };
  await expect(made.score({ response: "a" }, { onProgress })).rejects.toMatchObject({ path: "options.onProgress" });
  expect(workers[0]?.heard.at(-1)).toMatchObject({ kind: "cancel" });
  await expect(made.score({ response: "a" }, null as never)).rejects.toMatchObject({ path: "options" });
  await expect(made.embed("abc" as never)).rejects.toMatchObject({ code: "invalid_input", path: "texts" });
  await expect(made.parseRubric(5 as never)).rejects.toMatchObject({ code: "invalid_input", path: "text" });
});

test("a crash rejects what is open, and the next call gets another worker, on the CPU", async () => {
  const crashing = script((_, __, worker) => worker.onerror?.({ message: "unreachable" } as ErrorEvent));
  const { made, workers } = await evaluator(crashing, answering);
  const open = [made.score({ response: "a" }), made.score({ response: "b" })];
  for (const call of open) await expect(call).rejects.toMatchObject({ code: "engine_crashed" });
  expect(workers[0]?.terminated).toBe(true);
  expect(await made.score({ response: "c" })).toMatchObject({ score: 2 });
  expect(workers).toHaveLength(2);
  const create = workers[1]?.heard[0];
  expect(create?.kind === "create" && create.setup.device).toBe("flex");
});

test("the reason of a restart is told", async () => {
  const crashing = script((_, __, worker) => worker.onerror?.({ message: "unreachable" } as ErrorEvent));
  const silent = script(() => {});
  const { made } = await evaluator(crashing, silent);
  await expect(made.score({ response: "a" })).rejects.toMatchObject({ code: "engine_crashed" });
  void made.score({ response: "b" }).catch(() => {});
  await vi.waitFor(() => expect(made.info.device.device).toBe("flex"));
  expect(made.info.device).toMatchObject({ requested: "auto", reason: expect.stringContaining("unreachable") });
});

test("a worker that cannot load is ended", async () => {
  const error = { code: "file_hash_mismatch", message: "sha256 is wrong" };
  const worker = new Scripted((message, reply) => message.kind === "create" && reply({ kind: "failed", error }));
  await expect(WorkerEvaluator.create(SETUP, () => {}, undefined, () => worker)).rejects.toMatchObject(error);
  expect(worker.terminated).toBe(true);
});

test("dispose ends the worker and refuses calls", async () => {
  const { made, workers } = await evaluator(script(() => {}));
  const open = made.score({ response: "a" });
  await made.dispose();
  await expect(open).rejects.toMatchObject({ code: "disposed" });
  await expect(made.rubrics()).rejects.toMatchObject({ code: "disposed" });
  expect(workers[0]?.terminated).toBe(true);
});
