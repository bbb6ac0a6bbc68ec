/** The caller's signal and progress function: checked, and kept from breaking what they watch. */

import { cancelled, RubricaError } from "./errors.js";
import { kindOf, wrong } from "./given.js";

/** What every call may be given. */
export interface Given<P> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: P) => void) | undefined;
}

/**
 * Runs `work` with the signal and progress of `options`. A progress function that throws stops the work, and its error
 * is what the call rejects with: thrown into the core or a message handler, it would be lost and leave the call open.
 */
export async function watched<P, T>(options: Given<P> | undefined, work: (watch: Given<P>) => Promise<T>): Promise<T> {
  const { signal, onProgress } = given(options);
  if (signal?.aborted) throw cancelled();
  if (onProgress === undefined) return await work({ signal });
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal?.addEventListener("abort", abort, { once: true });
  let failure: RubricaError | undefined;
  const report = (progress: P): void => {
    if (failure !== undefined) return;
    try {
      onProgress(progress);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const path = "options.onProgress";
      failure = new RubricaError("invalid_input", `${path}: threw an error (${reason})`, path, { cause });
      stop.abort();
    }
  };
  try {
    const value = await work({ signal: stop.signal, onProgress: report });
    if (failure !== undefined) throw failure;
    return value;
  } catch (error) {
    throw failure ?? error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Checks what types cannot: JavaScript may pass anything. */
export function given<P>(options: Given<P> | undefined): Given<P> {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw wrong("options", kindOf(options), "an object");
  }
  const { signal, onProgress } = options;
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw wrong("options.onProgress", kindOf(onProgress), "a function");
  }
  if (signal !== undefined && !isSignal(signal)) throw wrong("options.signal", kindOf(signal), "an AbortSignal");
  return { signal, onProgress };
}

/** One of another realm is no instance of this one's class. */
function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}
