/** The rows that the list shows, kept in step with query, results and marks. */

import { effect, signal } from "@preact/signals";
import { find } from "./query.js";
import { model, query, running } from "./state.js";

/** Rows in the order of the list. */
export const order = signal<Uint32Array>(new Uint32Array());
/** Whether another order is being found. */
export const finding = signal(false);

/** Milliseconds between two orders while results come in. */
const REST = 1000;

let under: AbortController | undefined;
let asked: unknown;
let timer: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  model.version.value;
  model.batch.value;
  const now = query.value;
  clearTimeout(timer);
  // What a person asks for comes at once; what the judge adds now and then.
  const wait = now === asked && running.active.peek() ? REST : 0;
  asked = now;
  timer = setTimeout(() => void renew(), wait);
});

async function renew(): Promise<void> {
  under?.abort();
  const own = new AbortController();
  under = own;
  finding.value = true;
  const found = await find(model.data(), query.peek(), own.signal);
  if (own.signal.aborted) return;
  finding.value = false;
  if (found !== undefined) order.value = found;
}
