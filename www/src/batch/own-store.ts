/** One tab at a time writes the kept batch: another would mix its own into it. */

import { openStore } from "./indexed-store.js";
import { MemoryStore, type Store } from "./store.js";

const LOCK = "rubrica-batch";
/** Milliseconds for the page before a reload to let go. */
const PATIENCE = 2000;

/** The kept batch for as long as this page is open; memory if another tab has it. */
export async function openOwn(): Promise<Store> {
  if (navigator.locks === undefined) return openStore();
  return (await locked()) ? openStore() : new MemoryStore();
}

/** Whether the lock is ours now. It ends with the page. */
function locked(): Promise<boolean> {
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    navigator.locks.request(LOCK, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(false));
  });
}
