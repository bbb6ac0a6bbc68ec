/**
 * Leaderboards, audits and reports of recorded judgments, without models: the wasm build of the statistics.
 *
 * @packageDocumentation
 */

import initialise, * as core from "../wasm/rubrica_statistics.js";
import { text as expectText } from "./given.js";
import { toJson } from "./json.js";
import { module } from "./small-module.js";
import type {
  AgreementOptions,
  AgreementReport,
  Battle,
  ItemRating,
  JudgeAudit,
  JudgeAuditOptions,
  JudgedPair,
  Leaderboard,
  RankOptions,
  Report,
  ReportInfo,
} from "./types.js";

export { RubricaError } from "./errors.js";
export type * from "./types.js";

const small = module("rubrica_statistics", initialise, () => new URL("../wasm/rubrica_statistics.wasm", import.meta.url));

/**
 * Loads the module, once. Every other function waits for it, so calling it is only needed to pass
 * the `.wasm` file: its URL, its bytes, or the compiled module.
 */
export const init = small.init;
const { ask } = small;

/** Records, or their text: JSON lines, a JSON array, or CSV with a header. */
type Records<T> = readonly T[] | string;

const text = <T>(records: Records<T>, name: string) =>
  typeof records === "string" ? records : toJson(records, name);

/** A leaderboard with intervals from battles of models. */
export function rank(battles: Records<Battle>, options: RankOptions = {}): Promise<Leaderboard> {
  return ask(() => core.rank(text(battles, "battles"), toJson(options, "options")));
}

/** What recorded verdicts say about a judge: accuracy, consistency, position and length bias. */
export function auditJudge(
  pairs: Records<JudgedPair>,
  options: JudgeAuditOptions = {},
): Promise<JudgeAudit> {
  return ask(() => core.auditJudge(text(pairs, "pairs"), toJson(options, "options")));
}

/** How far raters agree: every coefficient that is defined, with its interval. */
export function agree(
  ratings: Records<ItemRating>,
  options: AgreementOptions = {},
): Promise<AgreementReport> {
  return ask(() => core.agree(text(ratings, "ratings"), toJson(options, "options")));
}

/** The reports that {@link report} makes, with the rows and options of each. */
export function reports(): Promise<ReportInfo[]> {
  return ask(() => core.reports());
}

/**
 * A report of recorded judgments, after a published protocol: `one-to-many`, `wb-reward`, `win-rate` and others that
 * {@link reports} names. Rows are records or their text: JSON lines, a JSON array, or CSV with a header.
 */
export function report(name: string, rows: Records<object>, options: Record<string, unknown> = {}): Promise<Report> {
  return ask(() => core.report(expectText(name, "name"), text(rows, "rows"), toJson(options, "options")));
}
