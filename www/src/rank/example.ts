/** Battles of four writers, made by a fixed rule: the better one wins most of the time. */

const STRENGTH = { alder: 3, birch: 2, cedar: 1, dogwood: 0 } as const;

export const BATTLES = made();

function made(): string {
  const names = Object.keys(STRENGTH) as (keyof typeof STRENGTH)[];
  const lines: string[] = [];
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      for (let round = 0; round < 20; round++) {
        const better = round < 11 + 2 * (STRENGTH[a] - STRENGTH[b]);
        const winner = round % 9 === 4 ? "tie" : better ? "model_a" : "model_b";
        lines.push(JSON.stringify({ model_a: a, model_b: b, winner }));
      }
    }
  }
  return `${lines.join("\n")}\n`;
}
