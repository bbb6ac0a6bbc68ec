/** Asks the statistics worker. */

import type {
  AgreementOptions,
  AgreementReport,
  JudgeAudit,
  JudgeAuditOptions,
  Leaderboard,
  RankOptions,
  Report,
  ReportInfo,
} from "rubrica/statistics";
import { RubricaError } from "rubrica";
import { note } from "../requests/watch.js";

/** What can be asked: options in, result out. */
interface Work {
  agree: [AgreementOptions, AgreementReport];
  rank: [RankOptions, Leaderboard];
  auditJudge: [JudgeAuditOptions, JudgeAudit];
  report: [NamedOptions, Report];
  /** What reports there are; the records play no part. */
  reports: [object, ReportInfo[]];
}

/** A report, and its options. */
export interface NamedOptions {
  readonly report: string;
  readonly options: Record<string, unknown>;
}

export interface Question {
  readonly name: keyof Work;
  /** JSON lines, a JSON array or CSV. */
  readonly records: string;
  readonly options: object;
}

export type Outcome = { readonly value: unknown } | { readonly error: string };

/** With what the worker has requested on the way. */
export type Answer = Outcome & { readonly requests: readonly { readonly url: string; readonly time: number }[] };

let asked = 0;

/** The result for `records`. Aborting ends the work at once. */
export function ask<K extends keyof Work>(
  name: K,
  records: string,
  options: Work[K][0],
  signal: AbortSignal,
): Promise<Work[K][1]> {
  const id = `statistics ${asked++}`;
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const result = new Promise<Work[K][1]>((resolve, reject) => {
    const fail = (message: string) => reject(new RubricaError("statistics", message));
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      note(id, data.requests);
      if ("error" in data) fail(data.error);
      else resolve(data.value as Work[K][1]);
    });
    worker.addEventListener("error", (event) => fail(event.message));
    signal.addEventListener("abort", () => fail("cancelled"));
  });
  worker.postMessage({ name, records, options } satisfies Question);
  return result.finally(() => worker.terminate());
}
