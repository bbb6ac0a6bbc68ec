// Times MiniLM in Rubrica's wasm beside onnxruntime-web, in one run of one Chromium, one thread each.
// Called by `./x bench [--json]`, which makes what CHROMIUM, RUBRICA_MODELS, BENCH_ONNX and BENCH_SIZES name.

import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const SHAPES = [
  [1, 32, 40],
  [1, 128, 20],
  [16, 128, 5],
];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this through ./x bench`);
  return value;
}

/** Serves the folders by their first path segment. */
function serve(folders) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const [, top, ...rest] = path.split("/");
    const file = folders[top] && join(folders[top], ...rest);
    const found = file && statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!found) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function measure() {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const server = await serve({
    bench: here,
    wasm: join(here, "../npm/wasm"),
    ort: join(here, "node_modules/onnxruntime-web/dist"),
    models: setting("RUBRICA_MODELS"),
    onnx: setting("BENCH_ONNX"),
  });
  const browser = await chromium.launch({
    executablePath: setting("CHROMIUM"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${server.address().port}/bench/page.html`);
    await page.waitForFunction(() => "bench" in globalThis);
    const result = await page.evaluate((shapes) => globalThis.bench(shapes), SHAPES);
    const judgment = await page.evaluate(() => globalThis.benchJudge(256, 20));
    return { browser: browser.version(), ...result, judgment };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Adds to each row of a peer how many times as long Rubrica took. */
function withRatios(rows) {
  return rows.map((row) => {
    const ours = rows.find(
      ({ engine, batch, tokens }) =>
        engine === "rubrica" && batch === row.batch && tokens === row.tokens,
    );
    return { ...row, ratio: ours.median / row.median, ratioOfMinima: ours.min / row.min };
  });
}

function table(report) {
  const lines = [
    `MiniLM-L6, one wasm thread each, Chromium ${report.browser}; ratio = Rubrica's median / theirs`,
    "",
    `${"engine".padEnd(24)}${"shape".padStart(8)}${"median ms".padStart(12)}${"min ms".padStart(10)}${"ratio".padStart(8)}`,
  ];
  for (const { engine, batch, tokens, median, min, ratio } of report.rows) {
    const shape = `${batch}x${tokens}`.padStart(8);
    const times = median.toFixed(1).padStart(12) + min.toFixed(1).padStart(10);
    lines.push(engine.padEnd(24) + shape + times + ratio.toFixed(2).padStart(8));
  }
  lines.push("", "from bytes to ready:");
  for (const { engine, load } of report.loads) lines.push(`${engine.padEnd(24)}${load.toFixed(0).padStart(8)} ms`);
  const { tokens, judge, encoder, ratio } = report.judgment;
  lines.push("", `a judgment of ${tokens} tokens: ${judge.toFixed(1)} ms, ${ratio.toFixed(2)} times the encoder's ${encoder.toFixed(1)} ms`);
  lines.push("", "sizes in bytes:", JSON.stringify(report.sizes, null, 2));
  return lines.join("\n");
}

const measured = await measure();
const sizes = JSON.parse(readFileSync(setting("BENCH_SIZES"), "utf8"));
const report = { ...measured, rows: withRatios(measured.rows), sizes };
console.log(process.argv.includes("--json") ? JSON.stringify(report) : table(report));
