/** Reads files in a worker: a table of 50,000 rows takes a while. */

import { RubricaError } from "rubrica";
import { CHUNK } from "./store.js";
import type { Row } from "./table.js";

/** From the worker: the columns, rows by the chunk, each when the last one was taken, or what went wrong. */
export type Read =
  | { readonly kind: "columns"; readonly columns: readonly string[]; readonly count: number; readonly notes: readonly string[] }
  | { readonly kind: "rows"; readonly chunk: number; readonly rows: readonly Row[] }
  | { readonly kind: "failed"; readonly error: string };

/** A file, or what was pasted. */
export interface Given {
  readonly name: string;
  readonly data: Blob | string;
}

/** To the worker: what to read, then which chunk comes next. */
export type Ask = { readonly sources: readonly Given[] } | { readonly chunk: number };

export interface Takes {
  /** With what to know about the files, in words. */
  readonly begin: (columns: readonly string[], count: number, notes: readonly string[]) => Promise<void>;
  readonly take: (chunk: number, rows: readonly Row[]) => Promise<void>;
}

/** Reads `sources`, giving rows on as they come. */
export async function read(sources: readonly Given[], { begin, take }: Takes): Promise<void> {
  const worker = new Worker(new URL("./read-worker.ts", import.meta.url), { type: "module" });
  const ask = (question: Ask) =>
    new Promise<Read>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Read>) => resolve(data);
      worker.onerror = (event) => reject(new RubricaError("parse_error", `the file could not be read: ${event.message || "its worker did not start"}`));
      worker.postMessage(question);
    });
  try {
    const first = await ask({ sources });
    if (first.kind === "failed") throw new RubricaError("parse_error", first.error);
    if (first.kind !== "columns") throw new RubricaError("parse_error", "the file's columns did not come first");
    await begin(first.columns, first.count, first.notes);
    for (let chunk = 0; chunk * CHUNK < first.count; chunk++) {
      const next = await ask({ chunk });
      if (next.kind === "rows") await take(chunk, next.rows);
    }
  } finally {
    worker.terminate();
  }
}
