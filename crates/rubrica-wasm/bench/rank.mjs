// `node rank.mjs BATTLES.jsonl BOOTSTRAP`: the same leaderboard in wasm, text in, ratings out, on one
// thread. Prints {"total_ms", "first"} as JSON.

import { readFileSync } from "node:fs";
import { rank } from "../npm/dist/statistics.js";

const [file, bootstrap] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
await rank('{"model_a":"x","model_b":"y","winner":"tie"}');
const start = performance.now();
const { ratings } = await rank(text, { bootstrap: Number(bootstrap) });
console.log(JSON.stringify({ total_ms: performance.now() - start, first: ratings[0].rating }));
