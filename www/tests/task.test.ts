/** A result belongs to the inputs that it was made of. */

import { computed, signal } from "@preact/signals";
import { expect, test } from "vitest";
import { follow, progressed, sameInputs, task } from "../src/task.js";

test("inputs are those that stood when the work began", async () => {
  const text = signal("one");
  const inputs = computed(() => [text.value]);
  const done = task<string>();
  const work = follow(done, inputs, async () => {
    const read = text.value;
    text.value = "two";
    return read;
  });
  await work;
  const now = done.value;
  if (now.state !== "done") throw new Error(now.state);
  expect(now.value).toBe("one");
  expect(sameInputs(now.of, inputs.value)).toBe(false);
  text.value = "one";
  expect(sameInputs(now.of, inputs.value)).toBe(true);
});

test("inputs are compared one by one", () => {
  expect(sameInputs([], [])).toBe(true);
  expect(sameInputs(["a", 1], ["a", 1])).toBe(true);
  expect(sameInputs(["a"], ["a", ""])).toBe(false);
  expect(sameInputs(["a", Number.NaN], ["a", Number.NaN])).toBe(true);
});

test("a second run takes the place of the first", async () => {
  const inputs = signal([]);
  const done = task<number>();
  const first = follow(done, inputs, async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return 1;
  });
  await follow(done, inputs, async () => 2);
  await first;
  expect(done.value).toMatchObject({ state: "done", value: 2 });
});

test("the bar never goes back, whatever stage begins anew", () => {
  let now = progressed(undefined, { stage: "encode", done: 0, total: 4 });
  const shares = [now.share];
  for (const [stage, done] of [["encode", 4], ["score", 1], ["encode", 1], ["occlude", 2], ["score", 4], ["metrics", 4]] as const) {
    now = progressed(now, { stage, done, total: 4 });
    shares.push(now.share);
  }
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
});
