/** Which rows the list shows, in which order, found in pieces so that the page never halts. */

import { given, type Brief, type Mark } from "./outcome.js";
import type { Reader } from "./mapping.js";
import { Pause } from "./pause.js";
import type { Row } from "./table.js";

export const SHOWS = {
  all: "all rows",
  judged: "judged",
  failed: "failed",
  waiting: "not judged yet",
  marked: "marked by me",
  unmarked: "not marked by me",
  unmet: "requirements not met",
} as const;
export type Show = keyof typeof SHOWS;

export type Direction = "up" | "down";

/** What rows can be sorted by; a criterion by its number. */
export type Key = "file" | "name" | "length" | "score" | "spread" | "met" | "mark" | "gap" | `criterion ${number}`;

export interface Query {
  readonly search: string;
  readonly show: Show;
  readonly sort: Key;
  readonly direction: Direction;
  /** Only rows whose value of `key` lies in it; the upper end belongs to the last bin only. */
  readonly bin?: Bin;
}

export interface Bin {
  readonly key: Key;
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
}

/** What there is to look through. */
export interface Data {
  readonly rows: readonly Row[];
  readonly reader: Reader;
  readonly briefs: readonly (Brief | undefined)[];
  readonly marks: ReadonlyMap<number, Mark>;
  readonly withRubric: boolean;
  /** Whether the judge's word counts for nothing where there is no mark yet. */
  readonly blind: boolean;
}

/** Rows in the order of `query`; nothing when `signal` is aborted first. */
export async function find(data: Data, query: Query, signal: AbortSignal): Promise<Uint32Array | undefined> {
  const pause = new Pause();
  const needle = query.search.trim().toLowerCase();
  const found: number[] = [];
  for (let row = 0; row < data.rows.length; row++) {
    if (shown(data, query, row) && (needle === "" || contains(data, row, needle))) found.push(row);
    if (pause.due) {
      await pause.turn();
      if (signal.aborted) return undefined;
    }
  }
  if (query.sort === "file") return Uint32Array.from(query.direction === "up" ? found : found.reverse());
  const keys: (number | string | null)[] = [];
  for (const row of found) {
    keys[row] = keyOf(data, query.sort, row);
    if (pause.due) {
      await pause.turn();
      if (signal.aborted) return undefined;
    }
  }
  return await sorted(Uint32Array.from(found), order(keys, query.direction), pause, signal);
}

function shown(data: Data, { show, bin }: Query, row: number): boolean {
  const brief = data.briefs[row];
  const marked = isMarked(data.marks.get(row));
  if (bin !== undefined) {
    const value = keyOf(data, bin.key, row);
    if (typeof value !== "number" || value < bin.from || (bin.last ? value > bin.to : value >= bin.to)) return false;
  }
  switch (show) {
    case "all":
      return true;
    case "judged":
      return brief !== undefined && brief.fault === undefined;
    case "failed":
      return brief?.fault !== undefined || data.rows[row]?.fault !== undefined;
    case "waiting":
      return brief === undefined && data.rows[row]?.fault === undefined;
    case "marked":
      return marked;
    case "unmarked":
      return !marked;
    case "unmet":
      return visible(data, row)?.pass === false;
  }
}

export function isMarked(mark: Mark | undefined): boolean {
  return mark !== undefined && mark.value !== null;
}

/** What the judge said, unless it is hidden. */
export function visible({ briefs, marks, blind }: Data, row: number): Brief | undefined {
  return blind && !isMarked(marks.get(row)) ? undefined : briefs[row];
}

function contains({ rows, reader, marks }: Data, row: number, needle: string): boolean {
  const cells = rows[row]?.cells ?? [];
  if (cells.some((cell) => cell.toLowerCase().includes(needle))) return true;
  const comment = marks.get(row)?.comment ?? "";
  return comment.toLowerCase().includes(needle) || reader.name(rows[row] as Row, row).toLowerCase().includes(needle);
}

/** A row's value to sort by; null where it has none. */
export function keyOf(data: Data, key: Key, row: number): number | string | null {
  const { rows, reader, marks, withRubric } = data;
  const of = rows[row] as Row;
  const brief = visible(data, row);
  const mark = marks.get(row)?.value ?? null;
  switch (key) {
    case "file":
      return row;
    case "name":
      return reader.name(of, row);
    case "length":
      return reader.text(of, "response").length;
    case "score":
      return brief?.score ?? null;
    case "spread":
      return brief?.confidence ?? null;
    case "met":
      return brief?.met === undefined ? null : brief.met[0] / Math.max(brief.met[1], 1);
    case "mark":
      return mark;
    case "gap": {
      const judged = brief === undefined ? null : given(brief, withRubric);
      return judged === null || mark === null ? null : Math.abs(judged - mark);
    }
    default:
      return brief?.criteria[Number(key.slice("criterion ".length))] ?? null;
  }
}

/** Rows without a value stand last, whatever the direction; equal ones in the order of the file. */
function order(keys: readonly (number | string | null)[], direction: Direction) {
  const sign = direction === "up" ? 1 : -1;
  return (a: number, b: number): number => {
    const [x = null, y = null] = [keys[a], keys[b]];
    if (x === y) return a - b;
    if (x === null) return 1;
    if (y === null) return -1;
    return x < y ? -sign : sign;
  };
}

const RUN = 512;

/** Merge sort, which can rest between any two steps. */
async function sorted(rows: Uint32Array, compare: (a: number, b: number) => number, pause: Pause, signal: AbortSignal): Promise<Uint32Array | undefined> {
  let from: Uint32Array = rows;
  let into: Uint32Array = new Uint32Array(rows.length);
  for (let start = 0; start < from.length; start += RUN) {
    from.subarray(start, start + RUN).sort(compare);
    if (pause.due) {
      await pause.turn();
      if (signal.aborted) return undefined;
    }
  }
  for (let width = RUN; width < rows.length; width *= 2) {
    for (let start = 0; start < rows.length; start += 2 * width) {
      const middle = Math.min(start + width, rows.length);
      const end = Math.min(start + 2 * width, rows.length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        const takesLeft = right >= end || (left < middle && compare(from[left] as number, from[right] as number) <= 0);
        into[at] = from[takesLeft ? left++ : right++] as number;
        if ((at & 255) === 0 && pause.due) {
          await pause.turn();
          if (signal.aborted) return undefined;
        }
      }
    }
    [from, into] = [into, from];
  }
  return from;
}
