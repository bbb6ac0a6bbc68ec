/**
 * Calls whose module traps while it works on its own.
 *
 * What is asked of a module goes on in microtasks that its glue queues. One that traps there throws into no call: Node
 * would end the process, a page would log an error, and the promise would stay open for ever. `./x build` makes the glue
 * look for a function under {@link KEY} to queue them with; here it is.
 */

import { toRubricaError, type RubricaError } from "./errors.js";

const KEY = Symbol.for("rubrica.microtask");

/** Queues a microtask of a module, by the name of its files. */
type Queue = (module: string, task: () => void) => void;

/** Calls that wait, by the module that works on them. */
const waiting = new Map<string, Set<(error: RubricaError) => void>>();

const queue: Queue = (module, task) =>
  queueMicrotask(() => {
    try {
      task();
    } catch (error) {
      // Which of the calls it was cannot be told: the module is in no state to answer the others.
      const calls = [...(waiting.get(module) ?? [])];
      for (const reject of calls) reject(toRubricaError(error));
      if (calls.length === 0) throw error;
    }
  });

/** The result of `work`, or a rejection of code `engine_crashed` when `module` traps first. */
export async function unlessTrapped<T>(module: string, work: () => T | Promise<T>): Promise<T> {
  (globalThis as { [KEY]?: Queue })[KEY] = queue;
  const open = waiting.get(module) ?? new Set();
  waiting.set(module, open);
  let stop: (error: RubricaError) => void = () => {};
  const trapped = new Promise<never>((_, reject) => {
    stop = reject;
    open.add(reject);
  });
  try {
    return await Promise.race([Promise.resolve(work()), trapped]);
  } finally {
    open.delete(stop);
  }
}
