// `node metrics.mjs SEGMENTS.jsonl PEERS`: the metrics in wasm and in npm packages on one thread of Node.
// PEERS is the folder in which package.json was installed. Prints {"wasm": {METRIC: {"per_s", "mean"}},
// "npm": {METRIC: {"package", "per_s", "mean"}}} as JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { metrics } from "../../npm/dist/metrics.js";

const RUNS = 5;
const EACH = 2000;
const READABILITY = ["flesch_kincaid_grade", "gunning_fog", "smog", "coleman_liau", "ari", "flesch_reading_ease"];

const [file, folder] = process.argv.slice(2);
const rows = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const pieces = Array.from({ length: RUNS }, (_, run) => rows.slice(run * EACH, (run + 1) * EACH));
const require = createRequire(pathToFileURL(`${folder}/`));
const load = async (name) => await import(pathToFileURL(require.resolve(name)));

/** Sentences per second of the fastest run and the mean of the first; `score` gives the sum over a piece. */
async function timed(score) {
  let best = Infinity;
  let mean;
  for (const piece of pieces) {
    const start = performance.now();
    const sum = await score(piece);
    best = Math.min(best, performance.now() - start);
    mean ??= sum / piece.length;
  }
  return { per_s: (EACH / best) * 1000, mean };
}

async function wasm(ids) {
  const last = ids.at(-1);
  return await timed(async (piece) => {
    const { samples } = await metrics(piece, { metrics: ids });
    return samples.reduce((sum, { scores }) => sum + (scores[last] ?? 0), 0);
  });
}

async function peer(name, score) {
  const found = await timed((piece) => piece.reduce((sum, row) => sum + score(row.response, row.reference), 0));
  return { package: name, ...found };
}

await metrics(rows.slice(0, 10), { metrics: ["bleu"] });
const found = { wasm: {}, npm: {} };
for (const id of ["bleu", "chrf", "rouge_l", "levenshtein"]) found.wasm[id] = await wasm([id]);
found.wasm.readability = await wasm(READABILITY);

const { bleu } = (await load("bleu-score")).default;
const { l } = await load("js-rouge");
const { distance } = (await load("fastest-levenshtein")).default;
const readability = (await load("text-readability")).default;
found.npm.bleu = await peer("bleu-score", (a, b) => 100 * bleu(b, a, 4));
found.npm.rouge_l = await peer("js-rouge", (a, b) => l(a, b, { caseSensitive: false }));
found.npm.levenshtein = await peer("fastest-levenshtein", (a, b) => 1 - distance(a, b) / Math.max(a.length, b.length));
found.npm.readability = await peer("text-readability", (text) => {
  readability.fleschKincaidGrade(text);
  readability.gunningFog(text);
  readability.smogIndex(text);
  readability.colemanLiauIndex(text);
  readability.automatedReadabilityIndex(text);
  return readability.fleschReadingEase(text);
});
console.log(JSON.stringify(found));
