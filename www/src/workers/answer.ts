/** What a worker answers: a value or what went wrong, and what it has requested on the way. */

export type Answer = Outcome & { readonly requests: readonly { readonly url: string; readonly time: number }[] };

type Outcome = { readonly value: unknown } | { readonly error: string };

/** Answers each question with what `work` makes of it. */
export function answerWith<Q>(work: (question: Q) => Promise<unknown>): void {
  addEventListener("message", async ({ data }: MessageEvent<Q>) => {
    const said = await outcome(() => work(data));
    const requests = performance
      .getEntriesByType("resource")
      .map(({ name: url, startTime }) => ({ url, time: performance.timeOrigin + startTime }));
    postMessage({ ...said, requests } satisfies Answer);
  });
}

async function outcome(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
