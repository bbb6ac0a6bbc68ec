import { Evaluator } from "rubrica";
import { metrics } from "rubrica/metrics";

const e = await Evaluator.create({ models: ["tiny-judge"] });
const judgment = await e.score({ instruction: "Why?", response: "A small text." }, { rubric: "helpfulness" });
const card = await metrics([{ response: "a", reference: "a" }], { metrics: ["chrf"] });
console.log(JSON.stringify({ judgment, chrf: card.samples[0]?.scores.chrf, where: e.info.where }));
await e.dispose();
