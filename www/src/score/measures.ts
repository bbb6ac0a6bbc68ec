/** The metrics that stand beside a judgment. */

import type { Sample } from "rubrica";

const ALWAYS = ["words", "sentences", "words_per_sentence", "type_token_ratio", "repetition", "flesch_kincaid_grade"];
const WITH_REFERENCE = ["token_f1", "rouge_1", "rouge_l", "bleu", "chrf"];

/** Those that can be computed of `sample` without a model. */
export function measuresOf({ reference }: Sample): readonly string[] {
  return reference === undefined ? ALWAYS : [...ALWAYS, ...WITH_REFERENCE];
}
