/** The Check view in the built page. */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Opened, open, serveOwn, sideways, unfair } from "./site.js";

const check = (page: Page) => page.getByRole("button", { name: "Check", exact: true }).click();
const requirements = (page: Page) => page.getByRole("textbox", { name: "Requirements" });
/** What is listed under a heading, in its order. */
const under = (page: Page, name: string) => page.getByRole("region", { name, exact: true }).locator(".message").allInnerTexts();

async function example(page: Page, name: RegExp, met: string): Promise<void> {
  await page.getByRole("button", { name }).click();
  await check(page);
  await page.getByTestId("met").filter({ hasText: met }).waitFor();
}

describe("checking", () => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.context.close());

  test("constraints in plain English are checked, and what is not understood is listed", async () => {
    const { page, faults } = opened;
    await page.getByRole("link", { name: "Check" }).click();
    await example(page, /A post with wishes/, "3 of 6 met");
    expect(await under(page, "Not met")).toEqual(["No hashtags", "no exclamation marks"]);
    expect(await under(page, "Not understood, so not checked")).toEqual(["sound friendly"]);
    expect(await under(page, "Met")).toEqual(["at most 40 words", "in a list of three", 'Mention "Sundays"']);
    await page.getByText("Not passed: 2 not met, 1 not understood.").waitFor();
    const words = page.getByRole("listitem").filter({ hasText: "at most 40 words" });
    expect(await words.innerText()).toMatch(/length: unit “words”, max 40\s+the text has 32 words/);
    await page.getByRole("link", { name: "Show in the text" }).first().click();
    expect(await page.locator(".mark.lit:focus").innerText()).toBe("#library");
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download JSON" }).click();
    const file = JSON.parse(readFileSync(await (await downloading).path(), "utf8"));
    expect(file).toMatchObject({ pass: false, unread: ["sound friendly"] });
    expect(file.results).toHaveLength(5);
    expect(faults).toEqual([]);
  });

  test("no judge is loaded for it", async () => {
    const { page } = opened;
    await page.getByText("Request log").click();
    await page.getByRole("cell", { name: /rubrica_checks.*\.wasm/ }).first().waitFor();
    expect(await page.getByRole("cell", { name: /\/models\/|rubrica_full/ }).count()).toBe(0);
    await page.getByText("Request log").click();
  });

  test("requirements that are met pass", async () => {
    const { page } = opened;
    await page.getByLabel("Response to check").fill("Dear Ms. Lee\n\n- a\n- b");
    await requirements(page).fill('start with "Dear"\nno commas and two bullet points');
    await check(page);
    await page.getByText("Passed.").waitFor();
    expect(await page.getByTestId("met").innerText()).toBe("3 of 3 met");
    expect(await page.getByRole("region", { name: /^Not/ }).count()).toBe(0);
  });

  test("assertions of promptfoo are checked, with a schema, weights and a threshold", async () => {
    const { page } = opened;
    await example(page, /A support reply/, "3 of 4 met");
    expect(await under(page, "Not met")).toEqual(["is-json"]);
    await page.getByText('`/days` is `"14"`; expected type "integer"').waitFor();
    await page.getByText("Not passed: score 0.80, every assertion has to hold.").waitFor();
    const assertions = await requirements(page).inputValue();
    await requirements(page).fill(`{"description": "refunds", "threshold": 0.7, "assert": ${assertions}}`);
    await check(page);
    await page.getByText("Passed: score 0.80, at least 0.7 was asked for.").waitFor();
    await page.getByText("Not looked at, since no check reads it: description.").waitFor();
  });

  test("instructions of IFEval are checked strictly, and loosely where that differs", async () => {
    const { page } = opened;
    await example(page, /Three instructions/, "1 of 3 met");
    expect(await under(page, "Not met")).toEqual(["length_constraints:number_words"]);
    expect(await under(page, "Met loosely only")).toEqual(["change_case:english_lowercase"]);
    expect(await under(page, "Met")).toEqual(["punctuation:no_comma"]);
    await page.getByText("Not passed as written; loosely, 2 of 3 are met.").waitFor();
  });

  test("bad requirements get a message with the place and what was expected", async () => {
    const { page, faults } = opened;
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    const alert = page.getByRole("alert");
    for (const [text, message] of [
      ['[{"type": "equals" "value": 3}]', /requirements: .*position 19.*expected a list of assertions/],
      ["3", /requirements: are 3; expected a list of assertions/],
      ['{"tests": []}', /requirements: have the fields tests; expected/],
      ["[]", /assert: is empty; expected at least one/],
      ['[{"type": "is-json"}, 7]', /assert\[1\]: is 7; expected an object/],
      ['[{"type": "is-jsn"}]', /^assert\[0\]\.type: unknown assertion `is-jsn`; expected one of/],
      ['{"instruction_id_list": ["length_constraints:number_words"], "kwargs": [{"num_words": 3}]}', /^kwargs\[0\]\.relation: is missing/],
      ["", /requirements: are empty/],
    ] as const) {
      await requirements(page).fill(text);
      await check(page);
      await alert.filter({ hasText: message }).waitFor();
    }
    await requirements(page).fill("[");
    expect(await requirements(page).getAttribute("aria-invalid")).toBe("true");
    expect(await requirements(page).evaluate((box) => box.parentElement?.textContent)).toMatch(/expected a list of assertions/);
    await page.getByRole("button", { name: "Plain English" }).click();
    await page.getByLabel("Response to check").fill("");
    await check(page);
    await alert.filter({ hasText: "response: is empty" }).waitFor();
    await page.getByLabel("Response to check").fill("a");
    await requirements(page).fill(" ,; ");
    await check(page);
    await alert.filter({ hasText: "requirements: says nothing" }).waitFor();
    expect(faults).toEqual([]);
  });

  test("axe finds nothing serious, light or dark", async () => {
    const { page } = opened;
    for (const mode of ["Dark mode", "Light mode"]) {
      for (const [name, met] of [[/A post with wishes/, "3 of 6"], [/Three instructions/, "1 of 3"]] as const) {
        await example(page, name, met);
        expect(await unfair(page), mode).toEqual([]);
      }
      await page.getByRole("button", { name: mode }).click();
    }
  });

  test("it is cleared, and can be cancelled", async () => {
    const { page, faults } = opened;
    await example(page, /A post with wishes/, "3 of 6 met");
    // Held back, so that there is time to cancel.
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...question: unknown[]) {
        setTimeout(() => post.apply(this, question as [unknown]), 60_000);
      };
    });
    await check(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("heading", { name: "Does it do what was asked?" }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await requirements(page).inputValue()).toBe("");
    expect(await page.getByLabel("Response to check").inputValue()).toBe("");
    expect(faults).toEqual([]);
  });
});

test("a phone shows every view in its width, from the keyboard too", async () => {
  const { context, page } = await open({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  for (const name of ["Score", "Compare", "Batch", "Rank", "Audit", "Check"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.locator("main form").waitFor();
    expect(await sideways(page), name).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: /A support reply/ }).press("Enter");
  await requirements(page).press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Check");
  await page.keyboard.press("Enter");
  await page.locator('[aria-label="Result"]:focus').getByTestId("met").waitFor();
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await unfair(page)).toEqual([]);
  await context.close();
});

test("dark mode is for screens: paper gets dark ink", async () => {
  const { context, page } = await open({ colorScheme: "dark" });
  const brightness = () =>
    page.evaluate(() => {
      const [r = 0, g = 0, b = 0] = getComputedStyle(document.body).color.match(/\d+/g)?.map(Number) ?? [];
      return (r + g + b) / 3;
    });
  expect(await brightness()).toBeGreaterThan(200);
  await page.emulateMedia({ media: "print" });
  expect(await brightness()).toBeLessThan(60);
  await context.close();
});

test("after the first visit it works without a network", async () => {
  const own = await serveOwn();
  const { context, page, faults } = await open({}, own);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  own.server.closeAllConnections();
  await new Promise((resolve) => own.server.close(resolve));
  await page.reload();
  await page.getByRole("link", { name: "Check" }).click();
  await example(page, /A post with wishes/, "3 of 6 met");
  expect(faults.filter((fault) => fault.startsWith("left the site"))).toEqual([]);
  await context.close();
});
