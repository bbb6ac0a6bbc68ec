/** What judges are worth on texts that they were not fitted on, from their cards. */

/** How often, in 100 pairs of held-out answers, the judge prefers the one that people prefer. Guessing: 50. */
export const RIGHT_OF_100: Readonly<Record<string, number>> = { "rubrica-judge-mini": 55 };

/** Where the card of a model lies. */
export function card(model: string): string {
  return `./models/${model}/card.txt`;
}

/** The record in words, where there is one. */
export function record(model: string): string | undefined {
  const right = RIGHT_OF_100[model];
  return right === undefined
    ? undefined
    : `Of two answers to one question it prefers the one that people prefer ${right} times in 100, where guessing gets 50.`;
}
