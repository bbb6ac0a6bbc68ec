/** Results as JSON lines: a row a line, with everything that is known of it. */

import { faultOf, type Input } from "./record.js";

export async function* jsonl({ batch, rows }: Input): AsyncGenerator<string> {
  const { columns } = batch;
  for await (const whole of rows) {
    const { number, name, row, outcome, mark } = whole;
    const input = Object.fromEntries(columns.map((column, i) => [column, row.cells[i] ?? ""]));
    const error = faultOf(whole);
    const line = {
      row: number,
      name,
      input,
      score: outcome?.judgment?.score ?? null,
      ...(error === undefined ? {} : { error }),
      ...(mark === undefined ? {} : { mark: mark.value, comment: mark.comment }),
      ...(outcome?.judgment === undefined ? {} : { judgment: outcome.judgment }),
      ...(outcome?.metrics === undefined ? {} : { metrics: outcome.metrics.samples[0]?.scores ?? {}, metricSignatures: outcome.metrics.signatures }),
      ...(outcome?.checked === undefined ? {} : { requirements: outcome.checked.verdict }),
    };
    yield `${JSON.stringify(line)}\n`;
  }
}
