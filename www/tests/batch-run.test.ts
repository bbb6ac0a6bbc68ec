/** Rows judged one by one: failures are kept, a run that was broken off goes on, nothing is judged twice. */

import { RubricaError } from "rubrica";
import { describe, expect, test } from "vitest";
import { BatchModel } from "../src/batch/model.js";
import type { Outcome } from "../src/batch/outcome.js";
import { judgeRows, Pace, wait } from "../src/batch/run.js";
import { CHUNK, MemoryStore } from "../src/batch/store.js";

const signature = { protocol: "absolute", version: "1" };
const judged = (score: number): Omit<Outcome, "seconds"> => ({
  judgment: { score, perCriterion: [{ criterion: "c", score, weight: 1 }], critique: { summary: "", points: [] }, signature },
});

describe("a run", () => {
  test("tells what failed, and goes on", async () => {
    const kept = new Map<number, Outcome>();
    await judgeRows({
      rows: [0, 1, 2],
      judge: async (row) => {
        if (row === 1) throw new RubricaError("empty_text", "the response is empty");
        return judged(row);
      },
      keep: (row, outcome) => kept.set(row, outcome),
      signal: new AbortController().signal,
    });
    expect([...kept.keys()]).toEqual([0, 1, 2]);
    expect(kept.get(1)).toMatchObject({ fault: "the response is empty" });
    expect(kept.get(2)?.judgment?.score).toBe(2);
  });

  test("leaves the row that it was at when it is stopped", async () => {
    const stop = new AbortController();
    const kept: number[] = [];
    await judgeRows({
      rows: [0, 1, 2],
      judge: async (row) => {
        if (row === 1) {
          stop.abort();
          throw new RubricaError("cancelled", "cancelled by the caller");
        }
        return judged(row);
      },
      keep: (row) => kept.push(row),
      signal: stop.signal,
    });
    expect(kept).toEqual([0]);
  });

  test("tries a row again after a crash, and gives up when the engine does not come back", async () => {
    let calls = 0;
    const kept: (string | undefined)[] = [];
    const crash = () => new RubricaError("engine_crashed", "out of memory");
    const run = judgeRows({
      rows: [0, 1, 2, 3, 4],
      judge: async (row) => {
        calls++;
        if (row > 0 || calls === 1) throw crash();
        return judged(row);
      },
      keep: (_, { fault }) => kept.push(fault),
      signal: new AbortController().signal,
    });
    await expect(run).rejects.toThrow("out of memory");
    expect(kept).toEqual([undefined, "out of memory", "out of memory", "out of memory"]);
  });
});

describe("a batch that was kept", () => {
  const rows = Array.from({ length: CHUNK + 7 }, (_, i) => (i === 2 ? { cells: [], fault: "line 4: has 0 fields; expected 2" } : { cells: [String(i), `text ${i}`] }));

  async function filled(): Promise<MemoryStore> {
    const store = new MemoryStore();
    await store.putRows(0, rows.slice(0, CHUNK));
    await store.putRows(1, rows.slice(CHUNK));
    await store.putBatch({ name: "a.csv", columns: ["mark", "text"], count: rows.length, mapping: { response: "text" } });
    return store;
  }

  test("goes on where it was broken off, on another page", async () => {
    const store = await filled();
    const first = new BatchModel(async () => store);
    await first.open();
    await first.begin({ mapping: { response: "text" }, occlude: false });
    const stop = new AbortController();
    const times = new Map<number, number>();
    const judge = async (row: number) => {
      times.set(row, (times.get(row) ?? 0) + 1);
      if (row === 5) throw new RubricaError("text_too_long", "too long");
      return judged(row);
    };
    await judgeRows({
      rows: first.waiting(),
      judge: async (row) => {
        if (row !== 10) return judge(row);
        stop.abort();
        throw new RubricaError("cancelled", "cancelled by the caller");
      },
      keep: (row, outcome) => first.keep(row, outcome),
      signal: stop.signal,
    });
    await first.flush();
    first.mark(3, { value: 4 });
    first.mark(3, { comment: "unsent" });

    const second = new BatchModel(async () => store);
    await second.open();
    expect(second.batch.value).toMatchObject({ unfinished: true, count: rows.length });
    expect(second.counts.value).toEqual({ all: rows.length, judged: 8, failed: 2, waiting: rows.length - 10, marked: 1 });
    expect(second.marks.get(3)).toEqual({ value: 4, comment: "unsent" });
    expect(second.waiting()[0]).toBe(10);
    await judgeRows({ rows: second.waiting(), judge, keep: (row, outcome) => second.keep(row, outcome), signal: new AbortController().signal });
    await second.flush();
    expect(second.counts.value).toMatchObject({ failed: 2, waiting: 0 });
    expect([...times.values()].every((n) => n === 1)).toBe(true);
    expect(times.size).toBe(rows.length - 1);
    expect(second.failed()).toEqual([5]);
    expect((await second.outcome(CHUNK + 1))?.judgment?.score).toBe(CHUNK + 1);
    const all: number[] = [];
    for await (const [row] of second.outcomes()) all.push(row);
    expect(all).toEqual(rows.map((_, i) => i));
  });

  test("takes marks from a column, and says which it left out", async () => {
    const store = new MemoryStore();
    const rows = ["1", "0", "x", ""].map((mark) => ({ cells: [mark, "text"] }));
    await store.putRows(0, rows);
    await store.putBatch({ name: "a.csv", columns: ["mark", "text"], count: 4, mapping: { response: "text", mark: "mark" } });
    const model = new BatchModel(async () => store);
    await model.open();
    await model.begin({ mapping: { response: "text", mark: "mark" }, occlude: false });
    expect([...model.marks]).toEqual([[0, { value: 1, comment: "" }], [1, { value: 0, comment: "" }]]);
    expect(model.notice.value).toBe("1 of the file's marks was left out: it is no number.");
    // One mark off the scale, and the column is on another: none of it says anything.
    await store.clear();
    await store.putRows(0, [...rows, { cells: ["5", "text"] }]);
    await store.putBatch({ name: "a.csv", columns: ["mark", "text"], count: 5, mapping: { response: "text", mark: "mark" } });
    const other = new BatchModel(async () => store);
    await other.open();
    await other.begin({ mapping: { response: "text", mark: "mark" }, occlude: false });
    expect(other.marks.size).toBe(0);
    expect(other.notice.value).toBe("The file's marks were not taken: 1 of them lies outside the scale from 0 to 1.");
  });

  test("judged again it loses results, never marks", async () => {
    const store = await filled();
    const model = new BatchModel(async () => store);
    await model.open();
    await model.begin({ mapping: { response: "text" }, occlude: false });
    model.keep(0, { ...judged(1), seconds: 1 });
    await model.flush();
    model.mark(0, { value: 1 });
    await model.begin({ mapping: { response: "text" }, occlude: true });
    expect(model.counts.value).toMatchObject({ judged: 0, marked: 1 });
    expect(await model.outcome(0)).toBeUndefined();
    await model.remove();
    expect(await store.batch()).toBeUndefined();
    expect(await store.marks()).toEqual([]);
  });

  test("what cannot be written stays in memory, and is told", async () => {
    const store = await filled();
    store.putOutcomes = async () => {
      throw new RubricaError("storage", "no room");
    };
    const model = new BatchModel(async () => store);
    await model.open();
    model.keep(1, { ...judged(3), seconds: 1 });
    await expect(model.flush()).rejects.toThrow("no room");
    expect((await model.outcome(1))?.judgment?.score).toBe(3);
  });
});

test("rate and time left follow the last rows", () => {
  const pace = new Pace(0);
  expect(pace.rate).toBeUndefined();
  expect(pace.left(3, 300)).toBeUndefined();
  pace.add(2, 100);
  pace.add(4, 100);
  expect(pace.rate).toBe(30);
  expect(pace.left(3, 300)).toBe(6);
  // Longer rows take longer.
  expect(pace.left(3, 900)).toBe(12);
  expect([20, 70, 600, 21_600].map(wait)).toEqual(["less than a minute left", "about 1 minute left", "about 10 minutes left", "about 6.0 hours left"]);
});
