/** Statistics in a worker of their own: they need no judge, and a million battles take a while. */

import { agree, auditJudge, rank } from "rubrica/metrics";
import type { Answer, Outcome, Question } from "./ask.js";

const WORK = { agree, rank, auditJudge };

addEventListener("message", async (event: MessageEvent<Question>) => {
  const { name, records, options } = event.data;
  const said = await answer(WORK[name](records, options));
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
