/** Search, filter, order and histogram of many rows. */

import { expect, test } from "vitest";
import { binsOf } from "../src/batch/bins.js";
import { Reader } from "../src/batch/mapping.js";
import type { Brief, Mark } from "../src/batch/outcome.js";
import { type Data, find, type Query } from "../src/batch/query.js";

const scores = [3, null, 1, 5, 3, 2];
const rows = ["Alpha", "beta", "GAMMA alpha", "delta", "epsilon", "zeta"].map((text, i) => (i === 5 ? { cells: [text], fault: "line 7" } : { cells: [text] }));
const briefs = scores.map((score, i): Brief | undefined => (i === 4 ? undefined : { score, criteria: [score], ...(score === null ? { fault: "empty" } : {}) }));
const marks = new Map<number, Mark>([[0, { value: 1, comment: "see Delta" }], [3, { value: 5, comment: "" }], [2, { value: null, comment: "later" }]]);
const data: Data = { rows, briefs, marks, reader: new Reader(["text"], { response: "text" }), withRubric: true, blind: false };
const first: Query = { search: "", show: "all", sort: "file", direction: "up" };
const ask = async (query: Partial<Query>, of: Partial<Data> = {}) => [...((await find({ ...data, ...of }, { ...first, ...query }, new AbortController().signal)) ?? [])];

test.each([
  [{}, [0, 1, 2, 3, 4, 5]],
  [{ direction: "down" }, [5, 4, 3, 2, 1, 0]],
  [{ sort: "score" }, [2, 5, 0, 3, 1, 4]],
  [{ sort: "score", direction: "down" }, [3, 0, 5, 2, 1, 4]],
  [{ sort: "length" }, [1, 0, 3, 5, 4, 2].sort((a, b) => (rows[a]?.cells[0]?.length ?? 0) - (rows[b]?.cells[0]?.length ?? 0) || a - b)],
  [{ sort: "gap", direction: "down", show: "marked" }, [0, 3]],
  [{ search: "ALPHA" }, [0, 2]],
  [{ search: "delta" }, [0, 3]],
  [{ search: "row 2" }, [1]],
  [{ show: "failed" }, [1, 5]],
  [{ show: "judged" }, [0, 2, 3, 5]],
  [{ show: "waiting" }, [4]],
  [{ show: "unmarked" }, [1, 2, 4, 5]],
  [{ bin: { key: "score", from: 3, to: 5, last: false } }, [0]],
  [{ bin: { key: "score", from: 3, to: 5, last: true } }, [0, 3]],
] as const)("%j", async (query, expected) => {
  expect(await ask(query)).toEqual(expected);
});

test("what is hidden tells nothing by its place", async () => {
  expect(await ask({ sort: "score" }, { blind: true })).toEqual([0, 3, 1, 2, 4, 5]);
  expect(await ask({ bin: { key: "score", from: 1, to: 5, last: true } }, { blind: true })).toEqual([0, 3]);
});

test("50,000 rows are ordered as a plain sort would, with ties in the order of the file", async () => {
  const n = 50_000;
  const many = Array.from({ length: n }, (_, i) => ({ cells: [`text ${i}`] }));
  const values = many.map((_, i) => (i * 7919) % 1009);
  const of = { rows: many, briefs: values.map((score) => ({ score, criteria: [] })), marks: new Map<number, Mark>() };
  const expected = values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  expect(await ask({ sort: "score", direction: "down" }, of)).toEqual(expected);
});

test("a search that another one overtook gives nothing", async () => {
  const stop = new AbortController();
  const many = Array.from({ length: 50_000 }, (_, i) => ({ cells: [`${"long ".repeat(20)} ${i}`] }));
  const late = find({ ...data, rows: many, briefs: [], marks: new Map() }, { ...first, search: "49999" }, stop.signal);
  stop.abort();
  expect(await late).toBeUndefined();
});

test("bins have both ends of the scale", () => {
  const bins = binsOf([1, 1.2, 3, 5, 5], { min: 1, max: 5 });
  expect(bins).toHaveLength(8);
  expect(bins.map(({ count }) => count)).toEqual([2, 0, 0, 0, 1, 0, 0, 2]);
  expect(binsOf([], { min: 0, max: 1 }).map(({ from }) => from)[5]).toBe(0.5);
});
