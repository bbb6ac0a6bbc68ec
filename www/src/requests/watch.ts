/** Collects requests while the page is open. */

import { signal } from "@preact/signals";
import { judgeIfLoaded } from "../judge.js";
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
  publish([]);
}

let fromWorker: readonly Entry[] = [];

function publish(worker: readonly Entry[]): void {
  if (worker.length > 0) fromWorker = worker;
  entries.value = [...fromPage.values(), ...fromWorker].sort((a, b) => a.time - b.time);
}

export function watch(): void {
  for (const type of ["navigation", "resource"]) {
    new PerformanceObserver((list) => add(list.getEntries())).observe({ type, buffered: true });
  }
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    blocked.value = [...blocked.value, `${effectiveDirective}: ${blockedURI}`];
  });
}

/** Asks the judge's worker what it has requested. */
export async function askWorker(): Promise<void> {
  try {
    const list = (await (await judgeIfLoaded())?.resources()) ?? [];
    publish(list.map(({ url, time }) => ({ url, time, from: "worker" as const })));
  } catch {
    // No judge was loaded: there is nothing to ask.
  }
}
