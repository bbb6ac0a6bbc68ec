import type { Watch } from "./requests.js";
import type { CallProgress } from "./types.js";

/** What the core calls during long work; the same shape as the generated `Hooks`. */
export interface CoreHooks {
  progress(stage: string, done: number, total: number): void;
  cancelled(): boolean;
  pause(): Promise<void>;
}

/** Hooks of one call. `stopped` ends it besides the caller's own signal. */
export function hooks({ signal, onProgress }: Watch, stopped: () => boolean = () => false): CoreHooks {
  return {
    progress: (stage, done, total) =>
      onProgress?.({ stage: stage as CallProgress["stage"], done, total }),
    cancelled: () => signal?.aborted === true || stopped(),
    pause,
  };
}

/** Lets other tasks have their turn, not only microtasks: messages that cancel arrive in one. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate: immediately } = globalThis as { setImmediate?: (f: () => void) => void };
    if (immediately !== undefined) return void immediately(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
