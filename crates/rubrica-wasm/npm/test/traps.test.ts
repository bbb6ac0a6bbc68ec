/** A module that traps in a microtask of its own rejects what is asked of it, and of no other. */

import { expect, test } from "vitest";
import { unlessTrapped } from "../dist/traps.js";

/** As the glue does it. */
function queue(module: string, task: () => void): void {
  const key = Symbol.for("rubrica.microtask");
  (globalThis as unknown as Record<symbol, (module: string, task: () => void) => void>)[key]?.(module, task);
}

const trap = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};
const never = () => new Promise<never>(() => {});

test("work that ends is answered", async () => {
  expect(await unlessTrapped("a", () => 1)).toBe(1);
  expect(await unlessTrapped("a", async () => 2)).toBe(2);
  await expect(unlessTrapped("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(unlessTrapped("a", trap)).rejects.toThrow("unreachable");
});

test("a trap rejects all that wait for the module", async () => {
  const both = [unlessTrapped("a", never), unlessTrapped("a", never)];
  let other = "open";
  const third = unlessTrapped("b", () => new Promise((resolve) => setTimeout(resolve, 20, "answered")));
  void third.then((value) => {
    other = String(value);
  });
  queue("a", trap);
  for (const call of both) {
    await expect(call).rejects.toMatchObject({ code: "engine_crashed", message: "RuntimeError: unreachable" });
  }
  expect(other).toBe("open");
  expect(await third).toBe("answered");
});

test("microtasks run in their order", async () => {
  const order: number[] = [];
  await unlessTrapped("a", () => 0);
  queue("a", () => order.push(1));
  queue("a", () => order.push(2));
  await Promise.resolve();
  await Promise.resolve();
  expect(order).toEqual([1, 2]);
});
