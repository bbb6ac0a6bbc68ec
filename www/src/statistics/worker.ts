/** Statistics in a worker of their own: they need no judge, and a million battles take a while. */

import { agree, auditJudge, rank, report, reports } from "rubrica/statistics";
import type { Answer, NamedOptions, Outcome, Question } from "./ask.js";

const WORK = {
  agree,
  rank,
  auditJudge,
  report: (records: string, { report: name, options }: NamedOptions) => report(name, records, options),
  reports: () => reports(),
};

addEventListener("message", async (event: MessageEvent<Question>) => {
  const { name, records, options } = event.data;
  const said = await answer(WORK[name](records, options as never));
  const requests = performance
    .getEntriesByType("resource")
    .map(({ name: url, startTime }) => ({ url, time: performance.timeOrigin + startTime }));
  postMessage({ ...said, requests } satisfies Answer);
});

async function answer(work: Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
