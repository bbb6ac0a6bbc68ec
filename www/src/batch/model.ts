/** The batch of this page: what is in memory, in step with what is kept. */

import { computed, signal } from "@preact/signals";
import type { RubricaError, Scale } from "rubrica";
import { openOwn } from "./own-store.js";
import { guess, type Mapping, markOf, Reader } from "./mapping.js";
import { type Brief, brief, type Mark, type Outcome, outputScale, PASS_SCALE } from "./outcome.js";
import type { Batch, Plan } from "./plan.js";
import { type Data, isMarked } from "./query.js";
import { type Given, read } from "./reading.js";
import { CHUNK, MemoryStore, type Store } from "./store.js";
import type { Row } from "./table.js";

/** Where the page is with its batch. */
export type Phase =
  | { readonly name: "opening" }
  | { readonly name: "empty" }
  | { readonly name: "reading"; readonly done: number; readonly of: number }
  | { readonly name: "ready" };

/** Rows by what became of them. */
export interface Counts {
  readonly all: number;
  readonly judged: number;
  readonly failed: number;
  readonly waiting: number;
  readonly marked: number;
}

/** Milliseconds in which results are gathered before they are written and shown. */
const GATHER = 300;

export class BatchModel {
  readonly phase = signal<Phase>({ name: "opening" });
  readonly batch = signal<Batch | undefined>(undefined);
  /** What went wrong last, in words. */
  readonly problem = signal<string | undefined>(undefined);
  /** What to know that is no fault. */
  readonly notice = signal<string | undefined>(undefined);
  /** Rises whenever rows, results or marks have changed. */
  readonly version = signal(0);
  readonly lasting = signal(true);

  rows: Row[] = [];
  briefs: (Brief | undefined)[] = [];
  marks = new Map<number, Mark>();

  private store: Store = new MemoryStore();
  private opened: Promise<void> | undefined;
  /** Results that are not written yet. */
  private pending = new Map<number, Outcome>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly reader = computed(() => new Reader(this.batch.value?.columns ?? [], this.batch.value?.plan?.mapping ?? this.batch.value?.mapping ?? {}));

  /** @param openStore where batches are kept. */
  constructor(private readonly openStore: () => Promise<Store> = openOwn) {}

  /** The scale of scores and marks. */
  readonly scale = computed((): Scale => {
    const rubric = this.batch.value?.plan?.rubric;
    return rubric === undefined ? PASS_SCALE : outputScale(rubric);
  });

  readonly counts = computed((): Counts => {
    this.version.value;
    let [judged, failed] = [0, 0];
    for (const [i, row] of this.rows.entries()) {
      const of = this.briefs[i];
      if (row.fault !== undefined || of?.fault !== undefined) failed++;
      else if (of !== undefined) judged++;
    }
    const marked = [...this.marks.values()].filter(isMarked).length;
    return { all: this.rows.length, judged, failed, waiting: this.rows.length - judged - failed, marked };
  });

  /** What the list looks through. */
  data(): Data {
    const { rows, briefs, marks } = this;
    const { plan, blind = false } = this.batch.peek() ?? {};
    return { rows, briefs, marks, reader: this.reader.peek(), withRubric: plan?.rubric !== undefined, blind };
  }

  /** Takes up the batch that was kept, once. */
  open(): Promise<void> {
    this.opened ??= this.restore().catch((error: RubricaError) => this.fail(error));
    return this.opened;
  }

  private async restore(): Promise<void> {
    this.store = await this.openStore();
    this.lasting.value = this.store.lasting;
    const kept = await this.store.batch();
    if (kept === undefined) {
      // What a page left behind that was closed while it read a file.
      await this.store.clear();
      this.phase.value = { name: "empty" };
      return;
    }
    this.phase.value = { name: "reading", done: 0, of: kept.count };
    for (let chunk = 0; chunk * CHUNK < kept.count; chunk++) {
      for (const row of await this.store.rows(chunk)) this.rows.push(row);
      for (const [row, brief] of await this.store.briefs(chunk)) this.briefs[row] = brief;
      this.phase.value = { name: "reading", done: this.rows.length, of: kept.count };
    }
    this.marks = new Map(await this.store.marks());
    this.batch.value = kept;
    this.version.value++;
    this.phase.value = { name: "ready" };
  }

  /** Reads files or pasted text as a new batch. */
  async read(sources: readonly Given[]): Promise<void> {
    await this.open();
    this.problem.value = undefined;
    this.notice.value = undefined;
    let columns: readonly string[] = [];
    try {
      await this.forget();
      await read(sources, {
        begin: async (found, count, notes) => {
          columns = found;
          this.notice.value = notes.length === 0 ? undefined : notes.join(" ");
          this.phase.value = { name: "reading", done: 0, of: count };
        },
        take: async (chunk, rows) => {
          await this.store.putRows(chunk, rows);
          for (const row of rows) this.rows.push(row);
          const { phase } = this;
          if (phase.value.name === "reading") phase.value = { ...phase.value, done: this.rows.length };
        },
      });
      const name = sources.map((source) => source.name).join(", ");
      if (this.rows.length === 0) throw new Error(`${name}: there are no rows in it; expected a header and at least one row, or records in JSON`);
      const mapping = guess({ columns, rows: this.rows });
      await this.change({ name, columns, count: this.rows.length, mapping });
      this.version.value++;
      this.phase.value = { name: "ready" };
    } catch (error) {
      await this.forget().catch(() => {});
      this.phase.value = { name: "empty" };
      this.fail(error as Error);
    }
  }

  /** Another mapping of columns, until the batch is started. */
  map(mapping: Mapping): Promise<void> {
    const now = this.batch.peek();
    return now === undefined ? Promise.resolve() : this.change({ ...now, mapping });
  }

  setBlind(blind: boolean): Promise<void> {
    const now = this.batch.peek();
    return now === undefined ? Promise.resolve() : this.change({ ...now, blind });
  }

  /** Begins anew under `plan`: earlier results go, marks stay. */
  async begin(plan: Plan): Promise<void> {
    const now = this.batch.peek();
    if (now === undefined) return;
    await this.store.clearOutcomes();
    this.briefs = [];
    await this.change({ ...now, mapping: plan.mapping, plan, unfinished: true });
    await this.importMarks();
    this.version.value++;
  }

  /** Whether rows are still wanted. */
  async setUnfinished(unfinished: boolean): Promise<void> {
    const now = this.batch.peek();
    if (now !== undefined && now.unfinished !== unfinished) await this.change({ ...now, unfinished });
  }

  /** Marks that the file brought along, where there is none yet. */
  private async importMarks(): Promise<void> {
    const { reader, rows } = this;
    const { min, max } = this.scale.peek();
    const found: [number, Mark][] = [];
    let [wordy, outside] = [0, 0];
    for (const [i, row] of rows.entries()) {
      const cell = reader.peek().text(row, "mark");
      if (cell.trim() === "") continue;
      const value = markOf(cell);
      if (value === undefined) wordy++;
      else if (value < min || value > max) outside++;
      else if (!isMarked(this.marks.get(i))) found.push([i, { value, comment: this.marks.get(i)?.comment ?? "" }]);
    }
    this.notice.value = leftOut(wordy, outside, `from ${min} to ${max}`);
    // One mark off the scale, and the column is on another.
    if (outside > 0) return;
    for (const [i, mark] of found) this.marks.set(i, mark);
    await this.store.putMarks(found);
  }

  /** Rows that were not judged yet. */
  waiting(): number[] {
    return this.rows.flatMap(({ fault }, i) => (fault === undefined && this.briefs[i] === undefined ? [i] : []));
  }

  /** Rows that could not be judged, but may be the next time. */
  failed(): number[] {
    return this.rows.flatMap(({ fault }, i) => (fault === undefined && this.briefs[i]?.fault !== undefined ? [i] : []));
  }

  /** Takes a result: shown and written with others of the moment. */
  keep(row: number, outcome: Outcome): void {
    this.pending.set(row, outcome);
    this.briefs[row] = brief(outcome);
    this.timer ??= setTimeout(() => {
      this.flush().catch((error: RubricaError) => this.fail(error));
    }, GATHER);
  }

  /** Writes what is not written yet. Until that succeeds it stays in memory. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const outcomes = [...this.pending];
    this.version.value++;
    await this.store.putOutcomes(outcomes, outcomes.map(([row, outcome]) => [row, brief(outcome)]));
    for (const [row, outcome] of outcomes) {
      if (this.pending.get(row) === outcome) this.pending.delete(row);
    }
  }

  async outcome(row: number): Promise<Outcome | undefined> {
    return this.pending.get(row) ?? (await this.store.outcome(row));
  }

  /** What came of all rows, a chunk at a time. */
  async *outcomes(): AsyncGenerator<readonly [row: number, outcome: Outcome | undefined]> {
    await this.flush();
    for (let chunk = 0; chunk * CHUNK < this.rows.length; chunk++) {
      const found = new Map(await this.store.outcomes(chunk));
      for (let row = chunk * CHUNK; row < Math.min((chunk + 1) * CHUNK, this.rows.length); row++) yield [row, found.get(row)];
    }
  }

  mark(row: number, change: Partial<Mark>): void {
    const before = this.marks.get(row) ?? { value: null, comment: "" };
    const mark = { ...before, ...change };
    this.marks.set(row, mark);
    this.version.value++;
    this.store.putMarks([[row, mark]]).catch((error: RubricaError) => this.fail(error));
  }

  /** Forgets the batch, here and in the browser's database. */
  async remove(): Promise<void> {
    await this.forget();
    this.problem.value = undefined;
    this.notice.value = undefined;
    this.phase.value = { name: "empty" };
  }

  fail(error: Error): void {
    this.problem.value = error.message;
  }

  private async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending.clear();
    this.rows = [];
    this.briefs = [];
    this.marks = new Map();
    this.batch.value = undefined;
    this.version.value++;
    await this.store.clear();
  }

  private async change(batch: Batch): Promise<void> {
    this.batch.value = batch;
    await this.store.putBatch(batch);
  }
}

/** Which of a file's marks were not taken, and why. */
function leftOut(wordy: number, outside: number, scale: string): string | undefined {
  if (outside > 0) return `The file's marks were not taken: ${outside} of them ${outside === 1 ? "lies" : "lie"} outside the scale ${scale}.`;
  if (wordy === 0) return undefined;
  return `${wordy} of the file's marks ${wordy === 1 ? "was left out: it is no number" : "were left out: they are no numbers"}.`;
}
