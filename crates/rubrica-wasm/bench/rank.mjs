// `node rank.mjs BATTLES.jsonl BOOTSTRAP`: the same leaderboard in wasm, text in, ratings out, on one
// thread. Needs the build `statistics` only. Prints {"total_ms", "first"} as JSON.

import { readFileSync } from "node:fs";
import init, { rank } from "../npm/wasm/rubrica_statistics.js";

const [file, bootstrap] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
await init({ module_or_path: readFileSync(new URL("../npm/wasm/rubrica_statistics.wasm", import.meta.url)) });
rank('{"model_a":"x","model_b":"y","winner":"tie"}', "{}");
const start = performance.now();
const { ratings } = rank(text, JSON.stringify({ bootstrap: Number(bootstrap) }));
console.log(JSON.stringify({ total_ms: performance.now() - start, first: ratings[0].rating }));
