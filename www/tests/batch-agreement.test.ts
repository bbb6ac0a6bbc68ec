/** A judge beside a person's marks, with the package's own statistics. */

import { agree, report } from "rubrica/statistics";
import { expect, test } from "vitest";
import { addsSomething, agreementOf, mediansOfOthers } from "../src/batch/agreement.js";

const ask = { agree, report };
const points = [1, 2, 3, 4, 5];
const MARKS = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 2, 3, 4, 1, 5, 3];
const of = (judge: (mark: number, i: number) => number) => ({ pairs: MARKS.map((mark, row) => ({ row, mark, judge: judge(mark, row) })), points });

test("a judge that follows the marks from above has a bias, and adds to the constant guess", async () => {
  const found = await agreementOf(of((mark, i) => mark + 0.4 + (i % 2) * 0.05), ask);
  expect(found.n).toBe(16);
  expect(found.pearson.value).toBeGreaterThan(0.99);
  expect(found.kappa.value).toBeCloseTo(1, 10);
  expect(found.bias.value).toBeCloseTo(0.425, 10);
  if (found.bias.value === null) throw new Error("no bias");
  expect(found.bias.lower).toBeGreaterThan(0.4);
  expect(found.bias.upper).toBeLessThan(0.45);
  expect(found.distance).toBeCloseTo(0.425, 10);
  expect(addsSomething(found)).toBe(true);
});

test("a judge that is too low has a negative bias", async () => {
  const found = await agreementOf(of((mark) => mark - 0.5), ask);
  expect(found.bias.value).toBeCloseTo(-0.5, 10);
});

test("a judge that says the same of all adds nothing", async () => {
  const found = await agreementOf(of((_, i) => (i === 0 ? 2.9 : 3)), ask);
  expect(addsSomething(found)).toBe(false);
  expect(found.gain.value).not.toBeNull();
});

test("kappa is that of the rounded scores", async () => {
  const shifted = of((mark, i) => Math.min(5, mark + (i % 3 === 0 ? 0.6 : 0)));
  const rounded = { ...shifted, pairs: shifted.pairs.map((pair) => ({ ...pair, judge: Math.round(pair.judge) })) };
  const [one, other] = [await agreementOf(shifted, ask), await agreementOf(rounded, ask)];
  expect(one.kappa.value).toBe(other.kappa.value);
  const expected = await agree(rounded.pairs.flatMap(({ row, judge, mark }) => [{ item_id: row, rater_id: "judge", value: judge }, { item_id: row, rater_id: "person", value: mark }]), {});
  expect(one.kappa.value).toBe(expected.coefficients.cohen_kappa_quadratic?.value);
});

test("what is undefined says why", async () => {
  const found = await agreementOf({ pairs: [{ row: 0, judge: 2, mark: 3 }, { row: 1, judge: 2, mark: 3 }], points: [] }, ask);
  expect(found.pearson.value).toBeNull();
  expect(found.kappa).toMatchObject({ value: null, error: { reason: expect.stringContaining("no points") } });
});

test("the constant guess sees the other marks only", () => {
  expect(mediansOfOthers([1, 2, 3, 10])).toEqual([3, 3, 2, 2]);
  expect(mediansOfOthers([5, 1, 3])).toEqual([2, 4, 3]);
  expect(mediansOfOthers([2])).toEqual([2]);
});
