/** Collects requests while the page is open. */

import { signal } from "@preact/signals";
import { evaluatorsAskedFor } from "../judge.js";
import type { Entry } from "./log.js";

export const entries = signal<readonly Entry[]>([]);
/** What the content security policy refused. */
export const blocked = signal<readonly string[]>([]);

const fromPage = new Map<string, Entry>();

function add(list: readonly PerformanceEntry[]): void {
  for (const { name, startTime } of list) {
    const time = performance.timeOrigin + startTime;
    fromPage.set(`${name} ${startTime}`, { url: name, time, from: "page" });
  }
  publish();
}

/** By worker, since each tells all of its requests whenever it is asked. */
const fromWorkers = new Map<string, readonly Entry[]>();

/** Notes what a worker has requested. */
export function note(worker: string, requests: readonly Omit<Entry, "from">[]): void {
  fromWorkers.set(worker, requests.map(({ url, time }) => ({ url, time, from: "worker" })));
  publish();
}

function publish(): void {
  entries.value = [...fromPage.values(), ...[...fromWorkers.values()].flat()].sort((a, b) => a.time - b.time);
}

export function watch(): void {
  for (const type of ["navigation", "resource"]) {
    new PerformanceObserver((list) => add(list.getEntries())).observe({ type, buffered: true });
  }
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    blocked.value = [...blocked.value, `${effectiveDirective}: ${blockedURI}`];
  });
}

/** Asks the workers of models what they have requested. */
export async function askWorkers(): Promise<void> {
  for (const [name, evaluator] of evaluatorsAskedFor()) {
    try {
      note(name, await (await evaluator).resources());
    } catch {
      // It was not loaded: there is nothing to ask.
    }
  }
}
