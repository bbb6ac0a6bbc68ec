import { Evaluator, type Judgment } from "rubrica";
import { metrics } from "rubrica/metrics";

async function run(): Promise<{ judgment: Judgment; chrf: number | null | undefined; where: string }> {
  const e = await Evaluator.create({ models: ["tiny-judge"] });
  const judgment = await e.score({ instruction: "Why?", response: "A small text." }, { rubric: "helpfulness" });
  const card = await metrics([{ response: "a", reference: "a" }], { metrics: ["chrf"] });
  return { judgment, chrf: card.samples[0]?.scores.chrf, where: e.info.where };
}

Object.assign(globalThis, { result: run() });
