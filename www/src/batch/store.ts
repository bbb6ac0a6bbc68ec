/** Where a batch is kept: rows, results and marks, one batch at a time. */

import type { Brief, Mark, Outcome } from "./outcome.js";
import type { Batch } from "./plan.js";
import type { Row } from "./table.js";

/** A row's number, from 0, with something about it. */
export type Of<T> = readonly [row: number, value: T];

/** Rows that are read or written at once: so few that the page does not halt on them. */
export const CHUNK = 500;

export interface Store {
  /** Whether it outlives the tab. */
  readonly lasting: boolean;
  batch(): Promise<Batch | undefined>;
  putBatch(batch: Batch): Promise<void>;
  /** Rows `chunk * CHUNK` and on, at most `CHUNK` of them. */
  putRows(chunk: number, rows: readonly Row[]): Promise<void>;
  rows(chunk: number): Promise<readonly Row[]>;
  /** Written whole or not at all. */
  putOutcomes(outcomes: readonly Of<Outcome>[], briefs: readonly Of<Brief>[]): Promise<void>;
  outcome(row: number): Promise<Outcome | undefined>;
  /** What came of the rows of a chunk. */
  outcomes(chunk: number): Promise<readonly Of<Outcome>[]>;
  briefs(chunk: number): Promise<readonly Of<Brief>[]>;
  /** Forgets what came of all rows; marks stay. */
  clearOutcomes(): Promise<void>;
  putMarks(marks: readonly Of<Mark>[]): Promise<void>;
  marks(): Promise<readonly Of<Mark>[]>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

/** In memory, where the browser lets a page keep nothing. */
export class MemoryStore implements Store {
  readonly lasting = false;
  private kept: Batch | undefined;
  private readonly chunks = new Map<number, readonly Row[]>();
  private readonly whole = new Map<number, Outcome>();
  private readonly short = new Map<number, Brief>();
  private readonly own = new Map<number, Mark>();

  async batch() {
    return this.kept;
  }

  async putBatch(batch: Batch) {
    this.kept = batch;
  }

  async putRows(chunk: number, rows: readonly Row[]) {
    this.chunks.set(chunk, rows);
  }

  async rows(chunk: number) {
    return this.chunks.get(chunk) ?? [];
  }

  async putOutcomes(outcomes: readonly Of<Outcome>[], briefs: readonly Of<Brief>[]) {
    for (const [row, outcome] of outcomes) this.whole.set(row, outcome);
    for (const [row, brief] of briefs) this.short.set(row, brief);
  }

  async outcome(row: number) {
    return this.whole.get(row);
  }

  async outcomes(chunk: number) {
    return inChunk(this.whole, chunk);
  }

  async briefs(chunk: number) {
    return inChunk(this.short, chunk);
  }

  async clearOutcomes() {
    this.whole.clear();
    this.short.clear();
  }

  async putMarks(marks: readonly Of<Mark>[]) {
    for (const [row, mark] of marks) this.own.set(row, mark);
  }

  async marks() {
    return [...this.own];
  }

  async clear() {
    this.kept = undefined;
    for (const map of [this.chunks, this.whole, this.short, this.own]) map.clear();
  }
}

function inChunk<T>(all: ReadonlyMap<number, T>, chunk: number): Of<T>[] {
  const found: Of<T>[] = [];
  for (let row = chunk * CHUNK; row < (chunk + 1) * CHUNK; row++) {
    const value = all.get(row);
    if (value !== undefined) found.push([row, value]);
  }
  return found;
}
