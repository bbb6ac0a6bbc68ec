/** The packed package, installed into fresh projects: Vite, webpack, a plain page, Node. Each judges once. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import webpack from "webpack";
import { serve } from "../test/serve.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PACKAGE = join(HERE, "..");
const TINY = join(HERE, "../../../../tests/fixtures/models");

/** What each project gives. */
interface Result {
  readonly judgment: { readonly score: number; readonly signature: { readonly device: string } };
  readonly chrf: number;
  readonly where: string;
}

let work: string;
let tarball: string;
let browser: Browser;
const scores: number[] = [];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "rubrica-packaging-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", work], { cwd: PACKAGE });
  tarball = join(work, readdirSync(work).find((name) => name.endsWith(".tgz")) ?? "no tarball");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath, args });
});
afterAll(async () => {
  await browser?.close();
  rmSync(work, { recursive: true });
});

/** A copy of a project with the package installed from its tarball, and nothing else. */
function project(name: string): string {
  const folder = join(work, name);
  cpSync(join(HERE, "projects", name), folder, { recursive: true });
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
  execFileSync("npm", ["install", "--prefix", folder, ...flags, tarball], { cwd: folder });
  return folder;
}

async function open(folder: string): Promise<Result> {
  cpSync(TINY, join(folder, "models"), { recursive: true });
  const { url, server } = await serve({ site: folder });
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("request", (request) => request.url().startsWith(url) || faults.push(`left the site: ${request.url()}`));
  await page.goto(`${url}site/index.html`);
  await page.waitForFunction(() => "result" in globalThis);
  const result = await page.evaluate(() => (globalThis as unknown as { result: Promise<Result> }).result);
  expect(faults).toEqual([]);
  await page.close();
  server.close();
  return result;
}

function check(result: Result, where: string): void {
  expect(result).toMatchObject({ judgment: { signature: { device: "flex" } }, where });
  expect(result.chrf).toBeCloseTo(100, 6);
  scores.push(result.judgment.score);
}

test("Vite", async () => {
  const root = project("vite");
  await build({ root, base: "./", logLevel: "error", worker: { format: "es" }, build: { target: "es2022", assetsInlineLimit: 0 } });
  check(await open(join(root, "dist")), "worker");
});

test("webpack", async () => {
  const root = project("webpack");
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    const options: webpack.Configuration = {
      context: root,
      entry: "./main.js",
      mode: "production",
      output: { path: join(root, "dist"), filename: "main.js" },
      performance: { hints: false },
    };
    webpack(options, (error, found) => (error ? reject(error) : resolve(found)));
  });
  expect(stats?.toString({ all: false, errors: true, warnings: true })).toBe("");
  cpSync(join(root, "index.html"), join(root, "dist/index.html"));
  check(await open(join(root, "dist")), "worker");
});

test("a plain page", async () => {
  const root = project("plain");
  symlinkSync(join(root, "node_modules/rubrica"), join(root, "rubrica"));
  check(await open(root), "worker");
});

test("Node", () => {
  const root = project("node");
  cpSync(TINY, join(root, "models"), { recursive: true });
  const text = execFileSync("node", ["main.mjs"], { cwd: root, encoding: "utf8" });
  check(JSON.parse(text) as Result, "this thread");
});

test("all of them give the same score", () => {
  expect(scores).toHaveLength(4);
  expect(new Set(scores).size).toBe(1);
});
