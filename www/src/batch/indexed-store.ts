/** A batch in the browser's own database, which outlives the tab. */

import { RubricaError } from "rubrica";
import type { Brief, Mark, Outcome } from "./outcome.js";
import type { Batch } from "./plan.js";
import { CHUNK, MemoryStore, type Of, type Store } from "./store.js";
import type { Row } from "./table.js";

const NAME = "rubrica-batch";
const VERSION = 1;
const TABLES = ["batch", "rows", "outcomes", "briefs", "marks"] as const;
type TableName = (typeof TABLES)[number];

/** The database, or memory where there is none, as in some private windows. */
export async function openStore(): Promise<Store> {
  try {
    return new IndexedStore(await opened());
  } catch {
    return new MemoryStore();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      for (const table of TABLES) asked.result.createObjectStore(table);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("another tab holds an older database"));
  });
}

class IndexedStore implements Store {
  readonly lasting = true;

  constructor(private readonly database: IDBDatabase) {}

  batch() {
    return this.get<Batch>("batch", 0);
  }

  putBatch(batch: Batch) {
    return this.put("batch", [[0, batch]]);
  }

  putRows(chunk: number, rows: readonly Row[]) {
    return this.put("rows", [[chunk, rows]]);
  }

  async rows(chunk: number) {
    return (await this.get<readonly Row[]>("rows", chunk)) ?? [];
  }

  putOutcomes(outcomes: readonly Of<Outcome>[], briefs: readonly Of<Brief>[]) {
    return this.write(["outcomes", "briefs"], (table) => {
      for (const [row, outcome] of outcomes) table("outcomes").put(outcome, row);
      for (const [row, brief] of briefs) table("briefs").put(brief, row);
    });
  }

  outcome(row: number) {
    return this.get<Outcome>("outcomes", row);
  }

  outcomes(chunk: number) {
    return this.all<Outcome>("outcomes", IDBKeyRange.bound(chunk * CHUNK, (chunk + 1) * CHUNK, false, true));
  }

  briefs(chunk: number) {
    return this.all<Brief>("briefs", IDBKeyRange.bound(chunk * CHUNK, (chunk + 1) * CHUNK, false, true));
  }

  clearOutcomes() {
    return this.write(["outcomes", "briefs"], (table) => {
      table("outcomes").clear();
      table("briefs").clear();
    });
  }

  putMarks(marks: readonly Of<Mark>[]) {
    return this.put("marks", marks);
  }

  marks() {
    return this.all<Mark>("marks");
  }

  clear() {
    return this.write(TABLES, (table) => {
      for (const name of TABLES) table(name).clear();
    });
  }

  private put(name: TableName, entries: readonly Of<unknown>[]): Promise<void> {
    return this.write([name], (table) => {
      for (const [key, value] of entries) table(name).put(value, key);
    });
  }

  /** Settles when all of it is on disk, or fails with nothing written. */
  private write(names: readonly TableName[], work: (table: (name: TableName) => IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, "readwrite");
      const fail = () => reject(failure(transaction.error));
      transaction.oncomplete = () => resolve();
      transaction.onabort = fail;
      transaction.onerror = fail;
      work((name) => transaction.objectStore(name));
    });
  }

  private get<T>(name: TableName, key: number): Promise<T | undefined> {
    return this.read<T | undefined>(name, (table) => table.get(key));
  }

  private async all<T>(name: TableName, range?: IDBKeyRange): Promise<Of<T>[]> {
    const [keys, values] = await Promise.all([
      this.read<IDBValidKey[]>(name, (table) => table.getAllKeys(range)),
      this.read<T[]>(name, (table) => table.getAll(range)),
    ]);
    return values.map((value, i) => [keys[i] as number, value]);
  }

  private read<T>(name: TableName, ask: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = ask(this.database.transaction(name).objectStore(name));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(failure(request.error));
    });
  }
}

function failure(error: DOMException | null): RubricaError {
  const full = error?.name === "QuotaExceededError";
  const message = full
    ? "storage: this browser gives the page no more room; export what is there, delete the batch, and start with fewer rows"
    : `storage: ${error?.message ?? "the browser ended a write"}; expected it to keep the batch`;
  return new RubricaError("storage", message, undefined, { cause: error });
}
