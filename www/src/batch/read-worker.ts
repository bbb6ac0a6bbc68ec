/** Reads sources into a table, and hands its rows over by the chunk. */

import type { Ask, Read } from "./reading.js";
import { CHUNK } from "./store.js";
import { readSources, type Table } from "./table.js";

let table: Table = { columns: [], rows: [] };

addEventListener("message", ({ data }: MessageEvent<Ask>) => answer(data).then((said) => postMessage(said)));

async function answer(ask: Ask): Promise<Read> {
  if ("chunk" in ask) return { kind: "rows", chunk: ask.chunk, rows: table.rows.slice(ask.chunk * CHUNK, (ask.chunk + 1) * CHUNK) };
  try {
    const texts = ask.sources.map(async ({ name, data }) => ({ name, text: typeof data === "string" ? data : await data.text() }));
    table = readSources(await Promise.all(texts));
    return { kind: "columns", columns: table.columns, count: table.rows.length };
  } catch (error) {
    return { kind: "failed", error: error instanceof Error ? error.message : String(error) };
  }
}
