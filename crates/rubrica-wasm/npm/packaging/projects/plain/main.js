import { Evaluator } from "./rubrica/dist/index.js";
import { metrics } from "./rubrica/dist/metrics.js";

async function run() {
  const e = await Evaluator.create({ models: ["tiny-judge"] });
  const judgment = await e.score({ instruction: "Why?", response: "A small text." }, { rubric: "helpfulness" });
  const card = await metrics([{ response: "a", reference: "a" }], { metrics: ["chrf"] });
  return { judgment, chrf: card.samples[0]?.scores.chrf, where: e.info.where };
}

Object.assign(globalThis, { result: run() });
