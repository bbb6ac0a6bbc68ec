/** Judges rows one after the other: a row that fails is told with its reason, and the others go on. */

import type { RubricaError } from "rubrica";
import type { Outcome } from "./outcome.js";

export interface Work {
  /** Rows that are still to do, in order. */
  readonly rows: readonly number[];
  readonly judge: (row: number, signal: AbortSignal) => Promise<Omit<Outcome, "seconds">>;
  /** Told of each row, before the next is begun. */
  readonly keep: (row: number, outcome: Outcome) => void;
  readonly signal: AbortSignal;
}

/** The engine as a whole is at fault, not the row that it was reading. */
const ENGINE = new Set(["engine_crashed", "device_lost"]);
/** Rows in a row that may crash it before the run ends. */
const CRASHES = 3;

/**
 * Works until all is done or `signal` is aborted; a row that is under way then is begun anew the next time.
 *
 * @throws RubricaError of code `engine_crashed` or `device_lost` when the engine does not come back.
 */
export async function judgeRows({ rows, judge, keep, signal }: Work): Promise<void> {
  let crashes = 0;
  for (const row of rows) {
    if (signal.aborted) return;
    const begun = performance.now();
    const outcome = await tried(() => judge(row, signal));
    // Whoever stopped it may have deleted the batch since.
    if (signal.aborted) return;
    const seconds = (performance.now() - begun) / 1000;
    if (!("error" in outcome)) {
      crashes = 0;
      keep(row, { ...outcome, seconds });
      continue;
    }
    const { error } = outcome;
    keep(row, { fault: error.message, seconds });
    crashes = ENGINE.has(error.code) ? crashes + 1 : 0;
    if (crashes >= CRASHES) throw error;
  }
}

/** What comes of `work`; once more if the engine crashed on the way. */
async function tried<T>(work: () => Promise<T>): Promise<T | { readonly error: RubricaError }> {
  try {
    return await work();
  } catch (first) {
    if (!ENGINE.has((first as RubricaError).code)) return { error: first as RubricaError };
  }
  try {
    return await work();
  } catch (error) {
    return { error: error as RubricaError };
  }
}

/** Rows and characters a second, over the last rows. */
export class Pace {
  private readonly last: { readonly at: number; readonly characters: number }[] = [];

  /** Begins to count at `at`, in seconds. */
  constructor(at: number) {
    this.last.push({ at, characters: 0 });
  }

  add(at: number, characters: number): void {
    this.last.push({ at, characters });
    if (this.last.length > 40) this.last.shift();
  }

  /** Rows a minute; nothing before there are any. */
  get rate(): number | undefined {
    const seconds = this.seconds;
    return seconds > 0 ? ((this.last.length - 1) / seconds) * 60 : undefined;
  }

  /** Seconds that `characters` in `rows` take: half of the time goes by rows, half by length. */
  left(rows: number, characters: number): number | undefined {
    const seconds = this.seconds;
    const read = this.last.slice(1).reduce((sum, row) => sum + row.characters, 0);
    if (seconds <= 0 || read === 0) return undefined;
    return (seconds / 2) * (rows / (this.last.length - 1) + characters / read);
  }

  private get seconds(): number {
    return (this.last.at(-1)?.at ?? 0) - (this.last[0]?.at ?? 0);
  }
}

/** A wait in words. */
export function wait(seconds: number): string {
  if (seconds < 60) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `about ${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
  return `about ${(minutes / 60).toFixed(1)} hours left`;
}
