/** Asks a worker that was started for one question. */

import { RubricaError } from "rubrica";
import { note } from "../requests/watch.js";
import type { Answer } from "./answer.js";

let asked = 0;

/** What `worker` answers to `question`. The worker ends with that; aborting ends it at once. `about` names the work. */
export function askOnce<T>(worker: Worker, about: string, question: object, signal: AbortSignal): Promise<T> {
  const id = `${about} ${asked++}`;
  const result = new Promise<T>((resolve, reject) => {
    const fail = (message: string) => reject(new RubricaError(about, message));
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      note(id, data.requests);
      if ("error" in data) fail(data.error);
      else resolve(data.value as T);
    });
    worker.addEventListener("error", (event) => fail(event.message));
    signal.addEventListener("abort", () => fail("cancelled"));
  });
  worker.postMessage(question);
  return result.finally(() => worker.terminate());
}
