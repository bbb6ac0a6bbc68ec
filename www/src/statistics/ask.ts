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
import { askOnce } from "../workers/ask.js";

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
  /** JSON lines, a JSON array or a table separated by commas, semicolons or tabs. */
  readonly records: string;
  readonly options: object;
}

/** The result for `records`. Aborting ends the work at once. */
export function ask<K extends keyof Work>(
  name: K,
  records: string,
  options: Work[K][0],
  signal: AbortSignal,
): Promise<Work[K][1]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return askOnce(worker, "statistics", { name, records, options } satisfies Question, signal);
}
