/** The built page in Chromium, served from a sub-path: what its tests share. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type Site, serve } from "../../crates/rubrica-wasm/npm/test/serve.js";

export const WWW = fileURLToPath(new URL("..", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser: Browser;
let site: Site;

/** A server of the built page for tests that shut it. */
export function serveOwn(): Promise<Site> {
  return serve({ "some-folder": join(WWW, "dist") });
}

beforeAll(async () => {
  site = await serveOwn();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});
afterAll(async () => {
  await browser?.close();
  site?.server.close();
});

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors on the page, and requests to other sites. */
  readonly faults: string[];
}

export async function open(options: BrowserContextOptions = {}, at: Site = site): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 1000 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && `${origin}/` !== at.url) faults.push(`left the site: ${request.url()}`);
  });
  await page.goto(`${at.url}some-folder/`);
  await page.getByRole("combobox", { name: "Start from" }).selectOption("helpfulness");
  return { context, page, faults };
}

/** What axe finds that is serious. */
export async function unfair(page: Page): Promise<string[]> {
  // Colours on their way from light to dark are neither.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations;
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Pixels that stick out of the screen. */
export const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
