import { expect, test, vi } from "vitest";
import { anchorPoints, freshId, moved, RubricModel } from "../src/rubric/model.js";

async function model() {
  const made = new RubricModel("essay");
  await vi.waitFor(() => expect(made.chosen.value).toBe("essay"));
  return made;
}

test("a built-in rubric comes as object and as text", async () => {
  const made = await model();
  expect(made.rubric.value?.criteria).toHaveLength(4);
  expect(made.text.value).toContain("name: essay");
  expect(made.builtins.value.length).toBeGreaterThan(5);
});

test("the form and the text follow each other", async () => {
  const made = await model();
  const rubric = made.rubric.value;
  if (rubric === undefined) throw new Error("no rubric");
  await made.edit({ ...rubric, name: "mine" });
  expect(made.text.value).toContain("name: mine");
  expect(made.chosen.value).toBeUndefined();
  await made.editText(made.text.value.replace("name: mine", "name: ours"));
  expect(made.rubric.value?.name).toBe("ours");
});

test("what is wrong is told at its field, and what was typed stays", async () => {
  const made = await model();
  const rubric = made.rubric.value;
  if (rubric === undefined) throw new Error("no rubric");
  await made.edit({ ...rubric, criteria: rubric.criteria.map((c, i) => (i === 2 ? { ...c, weight: -1 } : c)) });
  expect(made.messageAt("criteria[2].weight")).toContain("expected >= 0");
  expect(made.messageAt("criteria[1].weight")).toBeUndefined();
  await made.editText("criteria: [");
  expect(made.error.value?.code).toBe("parse_error");
  expect(made.text.value).toBe("criteria: [");
  await made.choose("tone");
  expect(made.error.value).toBeUndefined();
});

test("a Prometheus rubric can be pasted", async () => {
  const made = await model();
  const anchors = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`score${n}_description`, `meaning of ${n}`]));
  await made.editText(JSON.stringify({ criteria: "Is it kind?", ...anchors }));
  expect(made.rubric.value?.criteria[0]?.description).toBe("Is it kind?");
});

test("lists and scales", () => {
  expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(anchorPoints({ kind: "likert", min: 1, max: 3 })).toEqual([1, 2, 3]);
  expect(anchorPoints({ kind: "continuous", min: 0, max: 1 })).toEqual([]);
  expect(anchorPoints({ kind: "likert", min: 0, max: 100 })).toEqual([]);
  const scale = { kind: "likert", min: 1, max: 5 } as const;
  expect(freshId([{ id: "criterion_2", description: "", scale, weight: 1 }])).toBe("criterion_3");
});
