/** The views of recorded battles, verdicts and ratings in the built page. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Opened, open, unfair } from "./site.js";

describe("statistics on records", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.context.close());

  test("battles make a leaderboard with intervals and a win matrix", async () => {
    const { page, faults } = opened;
    await page.getByRole("link", { name: "Rank" }).click();
    await page.getByRole("button", { name: "Four writers, 120 battles" }).click();
    await page.getByRole("button", { name: "Rank", exact: true }).click();
    await page.getByTestId("leader").waitFor();
    expect(await page.getByTestId("leader").innerText()).toBe("alder and birch share the lead");
    expect(await page.getByRole("table", { name: "Leaderboard" }).locator("tbody th").allInnerTexts()).toEqual([
      "alder",
      "birch",
      "cedar",
      "dogwood",
    ]);
    expect(await page.locator(".heat").count()).toBe(12);
    expect(await unfair(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  test("battles with categories make a board of each", async () => {
    const { page, faults } = opened;
    const battles = Array.from({ length: 25 }, (_, i) => {
      const category = i < 24 ? "sums" : "odes";
      return JSON.stringify({ model_a: "ash", model_b: "elm", winner: i % 3 === 1 ? "model_b" : "model_a", category });
    });
    await page.getByRole("textbox", { name: "Battles" }).fill(battles.join("\n"));
    await page.getByRole("button", { name: "Rank", exact: true }).click();
    await page.getByRole("table", { name: "sums, 24 battles" }).waitFor();
    expect(await page.getByRole("table", { name: "sums, 24 battles" }).locator("tbody th").allInnerTexts()).toEqual(["ash", "elm"]);
    // One battle, one winner: no finite rating.
    expect(await page.getByText("odes, 1 battle: no ratings").count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test("battles that rank nobody say why", async () => {
    const { page } = opened;
    const alert = page.getByRole("alert");
    for (const [records, message] of [
      ["", /0 values; expected at least 1/],
      ["model_a,model_b,winner\nx,y,model_a\n", /x never lost to or tied with y/],
      ['{"model_a": "x", "model_b": "y", "winner": "z"}', /battles: line 1/],
    ] as const) {
      await page.getByRole("textbox", { name: "Battles" }).fill(records);
      await page.getByRole("button", { name: "Rank", exact: true }).click();
      await alert.filter({ hasText: message }).waitFor();
    }
  });

  test("verdicts and ratings are audited, with a table for each plot", async () => {
    const { page, faults } = opened;
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("button", { name: "A judge that likes length" }).click();
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    await page.getByTestId("accuracy").waitFor();
    for (const name of ["Right and steady", "Position", "Length, where it differs", "By source", "Reliability"]) {
      expect(await page.getByRole("table", { name }).count(), name).toBe(1);
    }
    expect(await page.getByRole("img").count()).toBe(2);
    await page.getByRole("button", { name: /Dark mode/ }).click();
    expect(await unfair(page)).toEqual([]);
    await page.getByRole("button", { name: "Three teachers, 24 essays" }).click();
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    await page.getByTestId("alpha").waitFor();
    expect(await page.getByRole("row", { name: /^ICC\(2,1\)/ }).count()).toBe(1);
    expect(await page.getByRole("row", { name: /^long: Krippendorff's alpha of 12 items/ }).count()).toBe(1);
    expect(await unfair(page)).toEqual([]);
    await page.getByRole("button", { name: "A model that wins by length" }).click();
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    await page.getByRole("table", { name: "models" }).waitFor();
    // Held to equal lengths, it loses what it wins by saying more.
    expect(await page.getByRole("row", { name: /^win rate/ }).innerText()).toMatch(/56\.6667/);
    expect(await page.getByRole("row", { name: /^length controlled/ }).innerText()).toMatch(/32\.3187 \(14\.0103 to 58\.3244\)/);
    expect(await page.getByLabel("Report", { exact: true }).locator("option").count()).toBeGreaterThan(20);
    expect(await unfair(page)).toEqual([]);
    await page.getByLabel("Options").fill('{"level": 2}');
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: /level/ }).waitFor();
    expect(faults).toEqual([]);
  });

  test("records inside records are figures too, and wide tables stand upright", async () => {
    const { page } = opened;
    await page.getByLabel("Report", { exact: true }).selectOption("compare-systems");
    const rows = ["a", "b", "c"].flatMap((system, s) => Array.from({ length: 20 }, (_, i) => ({ system, item_id: i, score: (s * i + i) % 5 })));
    await page.getByLabel("Rows", { exact: true }).fill(rows.map((row) => JSON.stringify(row)).join("\n"));
    await page.getByLabel("Options").fill('{"exchanges": 99}');
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    const pairs = page.getByRole("table", { name: "pairs" });
    await pairs.waitFor();
    expect(await pairs.getByRole("columnheader").allInnerTexts()).toEqual(["first", "a", "a", "b"]);
    expect(await pairs.getByRole("row", { name: /^second b c c$/ }).count()).toBe(1);
    expect(await pairs.getByRole("row", { name: /^randomisation: exchanges 99 99 99$/ }).count()).toBe(1);
    expect(await pairs.innerText()).not.toContain("{");
    expect(await unfair(page)).toEqual([]);
  });

  test("names of sources that meet in the plot stand apart", async () => {
    const { page } = opened;
    await page.getByLabel("Kind of data").selectOption("judge");
    const pair = (id: number, source: string) => ({ id, source, label: "A", verdict_ab: id % 2 ? "A" : "B", verdict_ba: id % 2 ? "A" : "B" });
    const pairs = ["one", "two", "three"].flatMap((source) => [1, 2, 3, 4].map((id) => pair(id, source)));
    await page.getByLabel("Judged pairs").fill(pairs.map((row) => JSON.stringify(row)).join("\n"));
    await page.getByRole("button", { name: "Audit", exact: true }).click();
    const names = page.locator(".point-name");
    await names.nth(2).waitFor();
    const heights = await names.evaluateAll((all) => all.map((name) => Number(name.getAttribute("y"))).sort((a, b) => a - b));
    const [top = 0, middle = 0, bottom = 0] = heights;
    expect(Math.min(middle - top, bottom - middle)).toBeGreaterThanOrEqual(12);
  });
});
