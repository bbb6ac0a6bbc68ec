/** Checks row after row in one worker; a row that takes too long is given up, and the worker with it. */

import { RubricaError } from "rubrica";
import type { Checked, Question } from "../check/run.js";
import { note } from "../requests/watch.js";
import type { Answer } from "../workers/answer.js";

/** Seconds for one row: a pattern may take for ever on some texts. */
const PATIENCE = 20;

export class Checker {
  private worker: Worker | undefined;
  private requests = 0;

  ask(question: Question, signal: AbortSignal): Promise<Checked> {
    this.worker ??= new Worker(new URL("../check/worker.ts", import.meta.url), { type: "module" });
    const { worker } = this;
    return new Promise<Checked>((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
        how();
      };
      const giveUp = (message: string) => {
        this.end();
        settle(() => reject(new RubricaError("checks", message)));
      };
      const cancel = () => giveUp("cancelled");
      const timer = setTimeout(() => giveUp(`the requirements took more than ${PATIENCE} seconds on this text; expected less`), PATIENCE * 1000);
      signal.addEventListener("abort", cancel, { once: true });
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        this.tell(data.requests);
        settle(() => ("error" in data ? reject(new RubricaError("checks", data.error)) : resolve(data.value as Checked)));
      };
      worker.onerror = (event) => giveUp(event.message || "the worker of the checks did not start");
      worker.postMessage(question);
    });
  }

  end(): void {
    this.worker?.terminate();
    this.worker = undefined;
  }

  private tell(requests: Answer["requests"]): void {
    if (requests.length === this.requests) return;
    this.requests = requests.length;
    note("checks of the batch", requests);
  }
}
