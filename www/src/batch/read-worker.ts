/** Reads sources into a table, and hands its rows over by the chunk. */

import { decode } from "./decode.js";
import type { Ask, Given, Read } from "./reading.js";
import { CHUNK } from "./store.js";
import { isWorkbook, readSources, type Source, type Table } from "./table.js";

let table: Table = { columns: [], rows: [] };

addEventListener("message", ({ data }: MessageEvent<Ask>) => answer(data).then((said) => postMessage(said)));

async function answer(ask: Ask): Promise<Read> {
  if ("chunk" in ask) return { kind: "rows", chunk: ask.chunk, rows: table.rows.slice(ask.chunk * CHUNK, (ask.chunk + 1) * CHUNK) };
  try {
    const notes: string[] = [];
    table = readSources(await Promise.all(ask.sources.map((given) => opened(given, notes))));
    return { kind: "columns", columns: table.columns, count: table.rows.length, notes };
  } catch (error) {
    return { kind: "failed", error: error instanceof Error ? error.message : String(error) };
  }
}

/** A file's text, or its first sheet; `notes` says what to know about it. */
async function opened({ name, data }: Given, notes: string[]): Promise<Source> {
  if (typeof data === "string") return { name, text: data };
  const bytes = new Uint8Array(await data.arrayBuffer());
  if (!isWorkbook(bytes)) {
    const { text, as } = decode(bytes);
    if (as !== undefined) notes.push(`${name} is not in UTF-8; it was read as ${as}. If letters look wrong, save it as UTF-8.`);
    return { name, text };
  }
  const { readWorkbook } = await import("./xlsx.js");
  try {
    const { table, sheet, others } = readWorkbook(bytes);
    if (others.length > 0) notes.push(`Of ${name} the first sheet was read, ${sheet}; not read: ${others.join(", ")}.`);
    return { name, table };
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
