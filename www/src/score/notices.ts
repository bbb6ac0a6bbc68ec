/** What to know before a text is judged: what is missing, what the judge was not made for, how long it takes. */

import type { ResolvedRubric } from "rubrica";

export interface Asked {
  readonly response: string;
  readonly instruction: string;
  readonly reference: string;
  readonly context: string;
  readonly rubric: ResolvedRubric | undefined;
}

/** Seconds that one thread takes for 256 tokens under one criterion (README, "How fast"), and tokens a word. */
const SECONDS_PER_WINDOW = 0.48;
const TOKENS_PER_WORD = 1.35;
/** A wait that is worth saying before it begins. */
const LONG = 10;

/** In the order in which they matter. */
export function notices({ response, instruction, reference, context, rubric }: Asked): readonly string[] {
  if (response.trim() === "" || rubric === undefined) return [];
  const questions = rubric.criteria.map(({ description }) => description).join(" ");
  const asks = (words: RegExp) => words.test(questions);
  const found: string[] = [];
  if (instruction.trim() === "" && asks(/\b(instruction|question|prompt|request|asked?)\b/i)) {
    found.push("The rubric asks about an instruction, and none is given: the judge then only sees the response.");
  }
  if (reference.trim() === "" && asks(/\b(reference|model answer)\b/i)) {
    found.push("The rubric asks about a reference, and none is given.");
  }
  if (context.trim() === "" && asks(/\b(context|passages?|sources?)\b/i)) {
    found.push("The rubric asks about a context, and none is given.");
  }
  if (latinShare(response) < 0.5) {
    found.push("The judge was fitted on English. Of other languages its scores say little; counts and checks still hold.");
  }
  const seconds = estimate(response, rubric.criteria.length);
  if (seconds >= LONG) found.push(`This takes about ${duration(seconds)}, and the page stays usable meanwhile.`);
  return found;
}

/** Seconds that a judgment is likely to take. */
export function estimate(response: string, criteria: number): number {
  // Scripts without spaces have about one token a letter.
  const words = response.trim().split(/\s+/u).length;
  const tokens = Math.max(words * TOKENS_PER_WORD, latinShare(response) < 0.5 ? response.length : 0);
  return (tokens / 256) * SECONDS_PER_WINDOW * criteria;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds / 10) * 10} seconds`;
  return `${Math.round(seconds / 60)} minutes`;
}

/** As much of a text as its script is told from: it is read anew with every key. */
const BEGINNING = 2000;

/** Share of the letters that are Latin; 1 without any letter. */
function latinShare(text: string): number {
  const letters = text.slice(0, BEGINNING).match(/\p{L}/gu) ?? [];
  const latin = letters.filter((letter) => /\p{Script=Latin}/u.test(letter)).length;
  return letters.length === 0 ? 1 : latin / letters.length;
}
