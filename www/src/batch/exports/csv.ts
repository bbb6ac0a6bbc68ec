/** Results as CSV for spreadsheets: all columns of the file, then ours. */

import { oneLine } from "../../signature.js";
import type { Cell } from "./cell.js";
import { row } from "./cell.js";
import { faultOf, type Input, type Whole } from "./record.js";

/** Pieces of the file, of about a row each. */
export async function* csv({ batch, rows }: Input): AsyncGenerator<string> {
  const criteria = batch.plan?.rubric?.criteria.map(({ id }) => id) ?? [];
  const requirements = batch.plan?.requirements !== undefined;
  const ours = [
    "judge_score",
    "judge_interval_from",
    "judge_interval_to",
    ...criteria.map((id) => `judge_${id}`),
    ...(requirements ? ["requirements_met", "requirements", "requirements_pass"] : []),
    "error",
    "my_mark",
    "my_comment",
    "signature",
  ];
  // Spreadsheets take a file for UTF-8 by this mark.
  yield `\uFEFF${row([...batch.columns, ...ours])}`;
  for await (const whole of rows) yield row([...cells(batch.columns.length, whole), ...results(whole, criteria.length, requirements)]);
}

function cells(count: number, { row: { cells } }: Whole): string[] {
  return Array.from({ length: count }, (_, i) => cells[i] ?? "");
}

function results(whole: Whole, criteria: number, requirements: boolean): Cell[] {
  const { brief, outcome, mark } = whole;
  const signature = outcome?.judgment?.signature;
  return [
    brief?.score ?? "",
    brief?.interval?.[0] ?? "",
    brief?.interval?.[1] ?? "",
    ...Array.from({ length: criteria }, (_, i) => brief?.criteria[i] ?? ""),
    ...(requirements ? [brief?.met?.[0] ?? "", brief?.met?.[1] ?? "", brief?.pass === undefined ? "" : String(brief.pass)] : []),
    faultOf(whole) ?? "",
    mark?.value ?? "",
    mark?.comment ?? "",
    signature === undefined ? "" : oneLine(signature),
  ];
}
