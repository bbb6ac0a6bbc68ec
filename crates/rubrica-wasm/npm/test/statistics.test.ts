/** Statistics on recorded judgments: from objects, JSON lines and CSV, with errors that name the place. */

import { expect, test } from "vitest";
import { agree, auditJudge, rank, report, reports, RubricaError } from "../dist/statistics.js";
import type { Battle } from "../dist/statistics.js";

const BATTLES: Battle[] = [
  { model_a: "gold", model_b: "tin", winner: "model_a" },
  { model_a: "gold", model_b: "tin", winner: "model_a" },
  { model_a: "gold", model_b: "tin", winner: "model_a" },
  { model_a: "tin", model_b: "gold", winner: "tie" },
];

test("a leaderboard is the same from objects, JSON lines and CSV", async () => {
  const lines = BATTLES.map((battle) => JSON.stringify(battle)).join("\n");
  const csv = ["model_a,model_b,winner", ...BATTLES.map((b) => `${b.model_a},${b.model_b},${b.winner}`)].join("\n");
  const options = { bootstrap: 50, seed: 3, matrix: true };
  const board = await rank(BATTLES, options);
  expect(await rank(lines, options)).toEqual(board);
  expect(await rank(csv, options)).toEqual(board);
  const [gold, tin] = board.ratings;
  // Odds of 3.5 to 0.5.
  expect((gold?.rating ?? 0) - (tin?.rating ?? 0)).toBeCloseTo(400 * Math.log10(7), 9);
  expect(board.matrix?.[0]?.[1]).toEqual([3, 1, 0]);
  expect(board.signature).toMatchObject({ protocol: "rank", seed: 3 });
});

test("a judge is audited", async () => {
  const audit = await auditJudge(
    [
      { id: 1, label: "A", verdict_ab: "A", verdict_ba: "A", len_a: 5, len_b: 9, source: "my own" },
      { id: 2, label: "B", verdict_ab: "A>B", verdict_ba: null },
    ],
    { bootstrap: { replicates: 100 } },
  );
  expect(audit.accuracy).toMatchObject({ value: 0.5, method: "wilson" });
  expect(audit.consistentAccuracy.value).toBe(0.5);
  expect(audit.length?.prefersLonger.value).toBe(0);
  // A caller's own names stay as they are.
  expect(Object.keys(audit.bySource ?? {})).toEqual(["my own"]);
});

test("raters agree or not", async () => {
  const rated = (item_id: number, rater_id: string, value: number) => ({ item_id, rater_id, value });
  const report = await agree([1, 3, 2, 1, 5].flatMap((value, item) => [rated(item, "x", value), rated(item, "y", value)]));
  expect(report.coefficients.cohen_kappa).toMatchObject({ value: 1, upper: 1, n: 5 });
  expect(report.undefined).toBeTypeOf("object");
});

test("reports are made by name", async () => {
  const names = (await reports()).map((info) => info.name);
  expect(names).toContain("one-to-many");
  const found = await report(
    "one-to-many",
    [
      { id: 1, chosen: 2, rejected: [1, 3] },
      { id: 2, chosen_won: [true, true] },
    ],
    { bootstrap: { replicates: 50 } },
  );
  expect(found.accuracy).toMatchObject({ value: 0.5 });
  expect(found.meanRank).toMatchObject({ value: 1.5 });
  const info = (await reports()).find(({ name }) => name === "group-rankings");
  expect(info?.options).toHaveProperty("tieThreshold");
});

test.each([
  [() => rank("model_a,model_b,winner\nx,y,model_a\n"), "not_connected", undefined],
  [() => rank([{ model_a: "x", model_b: "x", winner: "tie" }]), "invalid_input", "battles[0].model_b"],
  [() => rank('{"model_a":"x"}'), "parse_error", "battles: line 1"],
  [() => rank([], { method: "glicko" as "elo" }), "parse_error", "options.method"],
  [() => auditJudge([]), "too_few_values", undefined],
  [() => auditJudge([{ id: 1, label: "A", len_a: -1 }]), "invalid_input", "pairs[0].len_a"],
  [() => agree("item_id,rater_id,value\n1,x,1\n1,x,2\n"), "invalid_input", "ratings: line 3"],
  [() => report("one-to-man", []), "unknown_name", "name"],
  [() => report("wb-score", '{"score":"x"}'), "parse_error", "rows: line 1: score"],
  [() => report("wb-score", [{ score: 3 }], { bootstrap: { seed: -1 } }), "parse_error", "options.bootstrap.seed"],
])("mistake %# is told with its place", async (work, code, path) => {
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RubricaError);
  expect(error).toMatchObject(path === undefined ? { code } : { code, path });
});
