/** The examples of this README and of the project's, run in Node as they stand. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { MODELS, ROOT } from "./models.js";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const blocks = [PACKAGE, ROOT].flatMap((folder) => {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
});

test("there are examples", () => expect(blocks.length).toBeGreaterThanOrEqual(4));

test.each(blocks.map((code, index) => [index + 1, code] as const))("example %i runs", (index, code) => {
  // Inside the package, so that it finds itself by its name.
  const folder = join(PACKAGE, "dist/.readme");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${index}.mjs`);
  writeFileSync(file, code);
  const output = execFileSync("node", [file], { cwd: dirname(MODELS), encoding: "utf8" });
  expect(output.trim()).not.toBe("");
  expect(output).not.toContain("undefined");
});
