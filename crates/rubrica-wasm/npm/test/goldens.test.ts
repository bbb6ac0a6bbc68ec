/** Every golden of a text metric, through the slim build: the numbers that Rust has. */

import { readdirSync, readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { metricCatalogue, metrics } from "../dist/metrics.js";

interface Case {
  readonly name: string;
  readonly response: string;
  readonly references: readonly string[];
  readonly context?: readonly string[];
  readonly options?: Record<string, unknown>;
  readonly expected: Record<string, number> | { readonly undefined: string };
}

interface Golden {
  readonly meta: { readonly tolerance: number };
  readonly case?: readonly Case[];
}

const folder = new URL("../../../../tests/golden/metrics/", import.meta.url);
const catalogue = await metricCatalogue();
const textMetrics = new Set(catalogue.filter(({ info }) => info.tier === "T0").map(({ info }) => info.id));

const goldens = readdirSync(folder)
  .map((file) => file.replace(/\.toml$/, ""))
  .filter((id) => textMetrics.has(id));

test("every metric without a model has its golden", () => {
  expect(goldens.toSorted()).toEqual([...textMetrics].toSorted());
});

describe.each(goldens)("%s", (id) => {
  const golden = parse(readFileSync(new URL(`${id}.toml`, folder), "utf8")) as unknown as Golden;
  const { tolerance } = golden.meta;

  test.each(golden.case ?? [])("$name", async ({ response, references, context = [], options = {}, expected }) => {
    const sample = { response, references, context };
    const card = await metrics([sample], { metrics: [{ id, options }] });
    const [found] = card.samples;
    if ("undefined" in expected) {
      expect(found?.scores[id]).toBeNull();
      expect(found?.errors?.[id]?.code).toBe(expected.undefined);
      return;
    }
    for (const [name, value] of Object.entries(expected)) {
      const got = name === "score" ? found?.scores[id] : found?.parts?.[id]?.[name];
      expect(Math.abs((got ?? Number.NaN) - value), name).toBeLessThanOrEqual(tolerance * Math.abs(value) + 1e-12);
    }
  });
});
