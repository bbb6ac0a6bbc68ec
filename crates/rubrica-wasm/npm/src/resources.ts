import type { Resource } from "./types.js";

/** What this thread has requested so far, as the browser recorded it. */
export function resources(): readonly Resource[] {
  const entries = performance.getEntriesByType?.("resource") ?? [];
  return (entries as PerformanceResourceTiming[]).map(({ name, startTime, transferSize }) => ({
    url: name,
    time: performance.timeOrigin + startTime,
    bytes: transferSize,
  }));
}
