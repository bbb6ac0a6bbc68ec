// Runs in the browser: the same shapes through Rubrica and through onnxruntime-web, turn by turn.

import init, { Engine } from "/wasm/rubrica_full.js";
import * as ort from "/ort/ort.wasm.bundle.min.mjs";

const QUIET = { progress() {}, cancelled: () => false, pause: () => Promise.resolve() };

async function bytes(url) {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
  return new Uint8Array(await reply.arrayBuffer());
}

/** Each engine is `{ name, load, run(batch, tokens) }`, with `load` in milliseconds. */
async function rubrica() {
  await init({ module_or_path: fetch("/wasm/rubrica_full.wasm") });
  const manifest = await (await fetch("/models/minilm-l6/manifest.json")).json();
  const needed = manifest.files.filter(
    ({ name }) => name === manifest.weights || !name.endsWith(".safetensors"),
  );
  const files = new Map();
  for (const { name } of needed) files.set(name, await bytes(`/models/minilm-l6/${name}`));
  const start = performance.now();
  const engine = await Engine.load([{ manifest: JSON.stringify(manifest), files }], "flex");
  const load = performance.now() - start;
  return { name: "rubrica", load, run: (batch, tokens) => engine.benchEncode(batch, tokens) };
}

/**
 * The judge on one text under one criterion, without its critique: one reading of `tokens` tokens. Another text each
 * time, since the judge remembers what it read last.
 */
async function judge(tokens) {
  const manifest = await (await fetch("/models/rubrica-judge-mini/manifest.json")).json();
  const files = new Map();
  for (const { name } of manifest.files) {
    files.set(name, await bytes(`/models/rubrica-judge-mini/${name}`));
  }
  const engine = await Engine.load([{ manifest: JSON.stringify(manifest), files }], "flex");
  // Words of one token each, less those of criterion and template.
  const criteria = [{ id: "good", description: "Is this good?" }];
  const words = Array.from({ length: tokens - 16 }, () => "blue");
  const options = {
    rubric: { name: "one", criteria },
    critique: { occlude: false, sentences: 0, metrics: false },
  };
  let round = 0;
  return () => {
    const response = words.with(round++ % words.length, "red").join(" ");
    return engine.score(JSON.stringify({ instruction: "Say blue.", response }), JSON.stringify(options), QUIET);
  };
}

/** Medians in milliseconds of one judgment and of the plain encoder on as many tokens, turn by turn. */
globalThis.benchJudge = async (tokens, rounds) => {
  const { run } = await rubrica();
  const sides = { judge: await judge(tokens), encoder: () => run(1, tokens) };
  const times = { judge: [], encoder: [] };
  for (const side of Object.values(sides)) await side();
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of Object.entries(sides)) {
      const start = performance.now();
      await side();
      times[name].push(performance.now() - start);
    }
  }
  const [judging, encoding] = [summary(times.judge).median, summary(times.encoder).median];
  return { tokens, rounds, judge: judging, encoder: encoding, ratio: judging / encoding };
};

async function onnx(name, file) {
  ort.env.wasm.wasmPaths = "/ort/";
  ort.env.wasm.numThreads = 1;
  const model = await bytes(`/onnx/${file}`);
  const start = performance.now();
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const load = performance.now() - start;
  const run = async (batch, tokens) => {
    const tensor = (value) =>
      new ort.Tensor("int64", BigInt64Array.from({ length: batch * tokens }, value), [batch, tokens]);
    const output = await session.run({
      // Any ids will do: the work does not depend on them.
      input_ids: tensor((_, i) => BigInt(1000 + ((i * 7919) % 28000))),
      attention_mask: tensor(() => 1n),
      token_type_ids: tensor(() => 0n),
    });
    await output.last_hidden_state.getData();
  };
  return { name, load, run };
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0] };
}

/** Median and minimum in milliseconds of each engine for each `[batch, tokens, rounds]`. */
globalThis.bench = async (shapes) => {
  const engines = [
    await rubrica(),
    await onnx("onnxruntime-web fp32", "model.onnx"),
    await onnx("onnxruntime-web int8", "model_int8.onnx"),
  ];
  const rows = [];
  for (const [batch, tokens, rounds] of shapes) {
    const times = new Map(engines.map(({ name }) => [name, []]));
    for (const { run } of engines) await run(batch, tokens);
    // Turn by turn, so that whatever else the machine does falls on all of them.
    for (let round = 0; round < rounds; round++) {
      for (const { name, run } of engines) {
        const start = performance.now();
        await run(batch, tokens);
        times.get(name).push(performance.now() - start);
      }
    }
    for (const [engine, list] of times) rows.push({ engine, batch, tokens, rounds, ...summary(list) });
  }
  return { loads: engines.map(({ name, load }) => ({ engine: name, load })), rows };
};
