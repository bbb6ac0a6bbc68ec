/** The Batch view in the built page, with the judge that users have. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTable } from "../src/batch/table.js";
import { type Opened, open, sideways, unfair } from "./site.js";
import { workbook } from "./workbook.js";

const FOLDER = mkdtempSync(join(tmpdir(), "rubrica-batch-"));

function file(name: string, text: string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
}

async function toBatch(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Batch" }).click();
  await page.getByLabel("Files").waitFor();
}

const state = (page: Page) => page.getByTestId("state");
const grid = (page: Page) => page.getByRole("grid", { name: "Rows" });
const rowOf = (page: Page, name: string) => grid(page).getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

async function saved(page: Page, button: string): Promise<string> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  return (await downloading).path();
}

describe("rows with the judge", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.context.close());

  const ANSWERS = Array.from({ length: 12 }, (_, i) =>
    i === 4
      ? ""
      : i % 2
        ? // Long enough for the judge to be caught at work.
          Array.from({ length: 12 }, (_, n) => `Air scatters short waves more than long ones, so blue light comes from all sides; reason ${i}, part ${n}.`).join(" ")
        : `=${i} It is "just" so; I do not know. ${"Nobody asked me before, and it does not matter much to me. ".repeat(14)}`,
  );
  const CSV = `name;question;answer\r\n${ANSWERS.map((answer, i) => `n${i};Why is the sky blue?;"${answer.replaceAll('"', '""')}"`).join("\r\n")}\r\nbroken;row\r\n`;

  test("a file is read, its columns are guessed, and what is wrong in it is told", async () => {
    const { page } = opened;
    await toBatch(page);
    await page.getByLabel("Files").setInputFiles(file("answers.csv", CSV));
    await page.getByRole("heading", { name: "Columns" }).waitFor();
    const chosen = async (label: string) => page.getByRole("region", { name: "Columns" }).getByLabel(label, { exact: true }).inputValue();
    expect([await chosen("Response"), await chosen("Instruction"), await chosen("Name"), await chosen("Context")]).toEqual(["answer", "question", "name", ""]);
    expect(await page.getByTestId("faults").innerText()).toBe("One row cannot be read, and is listed as failed. The first: line 14: has 2 fields; expected 3, as in the first line.");
    await page.getByLabel("Response", { exact: true }).selectOption("");
    await page.getByText("Choose the column of the response first.").waitFor();
    await page.getByLabel("Response", { exact: true }).selectOption("answer");
    expect(await unfair(page)).toEqual([]);
  });

  test("a run that is paused and a page that is closed in the middle go on where they were", async () => {
    const { page, context } = opened;
    await page.getByRole("button", { name: "Judge 12 rows" }).press("Control+Enter");
    await page.getByText(/Judging: [3-9] of 13 rows/).waitFor({ timeout: 120_000 });
    await page.getByRole("button", { name: "Pause" }).click();
    await state(page).filter({ hasText: /^Paused: / }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText(/Judging: ([6-9]|1\d) of 13 rows/).waitFor();
    // Nobody is told: a crash looks like that too.
    const address = page.url();
    await page.close({ runBeforeUnload: false });
    const again = await context.newPage();
    again.on("pageerror", (error) => opened.faults.push(String(error)));
    opened = { ...opened, page: again };
    await again.goto(address);
    await state(again).filter({ hasText: /^Paused: ([2-9]|10) of 13 rows are judged/ }).waitFor();
    const before = await rowOf(again, "n1").innerText();
    await again.getByRole("button", { name: "Resume" }).click();
    await state(again).filter({ hasText: "Done: 11 of 13 rows are judged, 2 failed." }).waitFor({ timeout: 120_000 });
    expect(await rowOf(again, "n1").innerText()).toBe(before);
    expect(opened.faults).toEqual([]);
  });

  test("rows that failed are listed with their reason", async () => {
    const { page } = opened;
    await page.getByLabel("Show", { exact: true }).selectOption("failed");
    await page.getByTestId("found").filter({ hasText: "2 of 13 rows" }).waitFor();
    expect(await rowOf(page, "n4").innerText()).toContain("the response is empty");
    await rowOf(page, "broken").click();
    expect(await page.getByTestId("fault").innerText()).toContain("line 14: has 2 fields; expected 3");
    await page.getByText("broken | row").waitFor();
    await page.getByLabel("Show", { exact: true }).selectOption("all");
    await page.getByRole("button", { name: "Close" }).click();
  });

  test("a row opens the whole judgment, and arrow keys lead on", async () => {
    const { page } = opened;
    await grid(page).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const panel = page.getByRole("region", { name: "Row", exact: true });
    await panel.getByTestId("score").waitFor();
    expect(await panel.getByRole("heading", { level: 2 }).first().innerText()).toBe("n1");
    expect(await panel.getByTestId("judged-text").innerText()).toContain("reason 1");
    expect(await panel.getByText(/rubrica-judge-mini@/).count()).toBeGreaterThan(0);
    await grid(page).focus();
    await page.keyboard.press("ArrowDown");
    await panel.getByRole("heading", { name: "n2", exact: true }).waitFor();
    await page.getByLabel("Sort by").selectOption("score");
    await page.getByLabel("Direction").selectOption("down");
    const bars = page.getByRole("group", { name: /^Bars/ }).getByRole("button", { name: /: [1-9]\d* rows?$/ });
    const bar = await bars.first().locator(".hidden").textContent();
    await bars.first().click();
    await page.getByTestId("found").filter({ hasText: new RegExp(`^${bar?.match(/: (\d+)/)?.[1]} of 13 rows`) }).waitFor();
    await page.getByRole("button", { name: "show all values" }).click();
    await page.getByLabel("Sort by").selectOption("file");
    await page.getByLabel("Direction").selectOption("up");
  });

  test("own marks stand beside the judge's, which are hidden on wish, and both are compared", async () => {
    const { page } = opened;
    await page.getByLabel("Hide what the judge says").check();
    await page.getByText("What the judge says is hidden until you have marked this row.").waitFor();
    expect(await rowOf(page, "n3").innerText()).toContain("hidden");
    await page.getByRole("group", { name: "My mark" }).getByRole("button", { name: "2" }).click();
    await page.getByRole("region", { name: "Row", exact: true }).getByTestId("score").waitFor();
    await page.getByLabel("My comment").fill("@ada: says nothing");
    await page.getByRole("button", { name: "Close" }).click();
    await grid(page).focus();
    await page.keyboard.press("Home");
    for (const key of ["1", "ArrowDown", "5", "ArrowDown", "ArrowDown", "4", "ArrowDown", "ArrowDown", "5", "ArrowDown", "2", "ArrowDown", "4"]) await page.keyboard.press(key);
    await page.getByRole("table", { name: /^Over 7 rows/ }).waitFor();
    expect(await page.getByTestId("agreement").innerText()).toMatch(/^On these 7 rows the judge /);
    for (const name of ["Cohen's kappa", "Pearson's r", "Bias: judge less my mark", "How much closer"]) {
      expect(await page.getByRole("row", { name: new RegExp(name) }).innerText(), name).toMatch(/-?\d\.\d{3}\s/);
    }
    await page.reload();
    await page.getByRole("table", { name: /^Over 7 rows/ }).waitFor();
    expect(await page.getByLabel("Hide what the judge says").isChecked()).toBe(true);
    await rowOf(page, "n2").click();
    expect(await page.getByLabel("My comment").inputValue()).toBe("@ada: says nothing");
  });

  test("axe finds nothing serious, light or dark", async () => {
    const { page } = opened;
    expect(await unfair(page)).toEqual([]);
    await page.getByRole("button", { name: "Dark mode" }).click();
    expect(await unfair(page)).toEqual([]);
    await page.getByRole("button", { name: "Light mode" }).click();
  });

  test("exports hold all rows, and the report opens from disk without a network", async () => {
    const { page, context } = opened;
    const { columns, rows } = readTable(readFileSync(await saved(page, "Download CSV"), "utf8"));
    const at = (name: string) => columns.indexOf(name);
    expect(rows).toHaveLength(13);
    expect(rows[0]?.cells[at("answer")]).toMatch(/^'=0 It is "just" so; I do not know\. Nobody/);
    expect(rows[2]?.cells[at("my_comment")]).toBe("'@ada: says nothing");
    expect(Number(rows[1]?.cells[at("judge_score")])).toBeGreaterThan(1);
    expect(rows[4]?.cells[at("error")]).toContain("the response is empty");
    const lines = readFileSync(await saved(page, "Download JSON lines"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
    expect(lines).toHaveLength(13);
    expect(lines[1].judgment.signature.models[0].id).toBe("rubrica-judge-mini");
    const path = join(FOLDER, "report.html");
    writeFileSync(path, readFileSync(await saved(page, "Download HTML report")));
    const html = await context.newPage();
    const asked: string[] = [];
    html.on("request", (request) => asked.push(request.url()));
    await html.goto(pathToFileURL(path).href);
    expect(asked).toEqual([pathToFileURL(path).href]);
    expect(await html.locator("article").count()).toBe(13);
    await html.getByText("55 times in 100").waitFor();
    expect(await unfair(html)).toEqual([]);
    await html.close();
    expect(opened.faults).toEqual([]);
  });

  test("a second tab does not write into the batch of the first", async () => {
    const { page, context } = opened;
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByLabel("Files").waitFor();
    await other.getByRole("button", { name: "Eight students' answers" }).click();
    await other.getByText("Kept in this tab only:").waitFor();
    await other.close();
    await page.reload();
    await page.getByText("answers.csv, 13 rows").waitFor();
  });

  test("it is deleted when it is asked for twice", async () => {
    const { page } = opened;
    await page.getByRole("button", { name: "Delete this batch" }).click();
    await page.getByRole("button", { name: "Keep them" }).click();
    await page.getByRole("button", { name: "Delete this batch" }).click();
    await page.getByRole("button", { name: "Delete rows, results and marks for good" }).click();
    await page.getByLabel("Files").waitFor();
    await page.reload();
    await page.getByLabel("Files").waitFor();
    expect(opened.faults).toEqual([]);
  });
});

describe("rows without a judge", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.context.close());

  test("requirements are checked by rule, and no judge is loaded", async () => {
    const { page } = opened;
    await toBatch(page);
    await page.getByLabel("Or paste rows").fill("text\nDear Ms Lee\n#hello there\n");
    await page.getByLabel("Or paste rows").press("Control+Enter");
    await page.getByLabel("Judge it under a rubric").uncheck();
    await page.getByLabel("Check requirements by rule").check();
    await page.getByRole("textbox", { name: "Requirements" }).fill("no hashtags, at most 2 words");
    await page.getByRole("button", { name: "Judge 2 rows" }).click();
    await state(page).filter({ hasText: "Done: 2 of 2 rows are judged." }).waitFor();
    expect(await rowOf(page, "row 1").innerText()).toContain("1 of 2");
    expect(await rowOf(page, "row 2").innerText()).toContain("1 of 2");
    await rowOf(page, "row 2").click();
    await page.getByRole("region", { name: "Row", exact: true }).getByRole("region", { name: "Not met", exact: true }).waitFor();
    await page.getByRole("group", { name: "My mark" }).getByRole("button", { name: "not met", exact: true }).click();
    await page.getByText("Request log").click();
    expect(await page.getByRole("cell", { name: /\/models\/|rubrica_full/ }).count()).toBe(0);
    expect(opened.faults).toEqual([]);
  });

  test("what is no table says so", async () => {
    const { page } = opened;
    await page.getByRole("button", { name: "Delete this batch" }).click();
    await page.getByRole("button", { name: "Delete rows, results and marks for good" }).click();
    await page.getByLabel("Files").setInputFiles(file("sheet.xlsx", "PK\u0003\u0004"));
    await page.getByRole("alert").filter({ hasText: "sheet.xlsx: the workbook cannot be unpacked" }).waitFor();
    await page.getByLabel("Files").setInputFiles(file("data.parquet", "PAR1"));
    await page.getByText("data.parquet is a Parquet file; expected JSON lines, a JSON array or CSV").waitFor();
    await page.getByLabel("Files").setInputFiles(file("empty.csv", "a,b\n"));
    await page.getByRole("alert").filter({ hasText: "empty.csv: there are no rows in it" }).waitFor();
    await page.getByLabel("Files").setInputFiles([file("one.txt", "The first."), file("two.md", "The second.")]);
    await page.getByText("one.txt, two.md, 2 rows").waitFor();
    expect(await rowOf(page, "two.md").innerText()).toContain("The second.");
    await page.getByRole("button", { name: "Delete this batch" }).click();
    await page.getByRole("button", { name: "Delete rows, results and marks for good" }).click();
  });

  test("a workbook's first sheet is read", async () => {
    const { page } = opened;
    const path = join(FOLDER, "book.xlsx");
    writeFileSync(path, workbook());
    await page.getByLabel("Files").setInputFiles(path);
    await page.getByText("Of book.xlsx the first sheet was read, Answers & marks; not read: Notes.").waitFor();
    expect(await page.getByLabel("Response", { exact: true }).inputValue()).toBe("an answer");
    expect(await rowOf(page, "東京").innerText()).toContain("5 < 7 & so");
    await page.getByRole("button", { name: "Delete this batch" }).click();
    await page.getByRole("button", { name: "Delete rows, results and marks for good" }).click();
    expect(opened.faults).toEqual([]);
  });

  test("50,000 rows are read, sorted, searched and scrolled, and the page never halts", async () => {
    const { page } = opened;
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i},Why number ${i}?,"Answer ${i}: ${"it depends, and there is more to say. ".repeat(1 + ((i * 31) % 9))}",${1 + ((i * 17) % 5)}`);
    const path = file("many.csv", `id,question,answer,grade\n${rows.join("\n")}\n`);
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    });
    await page.getByLabel("Files").setInputFiles(path);
    const found = page.getByTestId("found");
    await found.filter({ hasText: "50,000 of 50,000 rows" }).waitFor();
    await page.getByLabel("Sort by").selectOption("length");
    await grid(page).getByRole("row").nth(1).filter({ hasText: "Answer 0: " }).waitFor();
    await page.getByLabel("Direction").selectOption("down");
    await grid(page).getByRole("row").nth(1).filter({ hasText: "Answer 10001: " }).waitFor();
    await page.getByLabel("Sort by").selectOption("name");
    await page.getByRole("searchbox", { name: "Search" }).fill("answer 49999:");
    await found.filter({ hasText: /^1 of 50,000 rows/ }).waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByLabel("Sort by").selectOption("file");
    await page.getByLabel("Direction").selectOption("up");
    await found.filter({ hasText: "50,000 of 50,000 rows" }).waitFor();
    await grid(page).focus();
    await page.keyboard.press("End");
    await rowOf(page, "49999").waitFor();
    for (let i = 0; i < 20; i++) {
      await grid(page).evaluate((box, to) => {
        box.scrollTop = to;
      }, i * 100_000);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    expect(await grid(page).getByRole("row").count()).toBeLessThan(60);
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Row", exact: true }).waitFor();
    const longest = await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks));
    console.log(`longest main-thread task with 50,000 rows: ${longest === 0 ? "under 50" : longest.toFixed(0)} ms`);
    // On an idle machine it stays under 100 ms.
    expect(longest).toBeLessThan(250);
    await page.reload();
    await found.filter({ hasText: "50,000 of 50,000 rows" }).waitFor();
    expect(opened.faults).toEqual([]);
  });
});

test("a phone shows the batch in its width", async () => {
  const { context, page, faults } = await open({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await toBatch(page);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Eight students' answers" }).click();
  await page.getByRole("heading", { name: "Columns" }).waitFor();
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await unfair(page)).toEqual([]);
  await rowOf(page, "Ben").click();
  await page.getByRole("region", { name: "Row", exact: true }).waitFor();
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await unfair(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test("text, rubric and theme of Score survive a reload, and Ctrl+Enter judges", async () => {
  const { context, page } = await open();
  await page.getByLabel("Response to judge").fill("Air scatters blue light.");
  await page.getByLabel("Instruction").fill("Why is the sky blue?");
  await page.getByText("Edit the rubric").click();
  await page.getByRole("button", { name: "YAML or JSON" }).click();
  await page.getByLabel("Rubric as text").fill("name: mine\ncriteria:\n  - id: short\n    description: Is it short?\n");
  await page.getByRole("button", { name: "Dark mode" }).click();
  await page.reload();
  expect(await page.getByLabel("Response to judge").inputValue()).toBe("Air scatters blue light.");
  expect(await page.getByLabel("Instruction").inputValue()).toBe("Why is the sky blue?");
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  await page.getByText("Edit the rubric").click();
  await page.getByLabel("Question", { exact: true }).filter({ visible: true }).waitFor();
  expect(await page.getByLabel("Question", { exact: true }).inputValue()).toBe("Is it short?");
  await page.getByLabel("Response to judge").press("Control+Enter");
  await page.getByTestId("score").waitFor();
  await context.close();
});
