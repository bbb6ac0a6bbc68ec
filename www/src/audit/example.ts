/** Verdicts of a judge that likes length and, in doubt, what stands first; made by a fixed rule. */

export const PAIRS = pairs();

/** Grades of 24 essays by three teachers, who agree less on the long ones. */
export const RATINGS = ratings();

/** A model against a baseline: it wins mostly where it says more; made by a fixed rule. */
export const WIN_ROWS = wins();

function wins(): string {
  const rows = ["preference,len,len_baseline"];
  for (let i = 0; i < 60; i++) {
    const length = 80 + ((i * 41) % 120);
    const other = 80 + ((i * 29) % 70);
    const wins = length + ((i * 37) % 110) > other + 50;
    rows.push(`${wins ? 2 : 1},${length},${other}`);
  }
  return `${rows.join("\n")}\n`;
}

function pairs(): string {
  const lines: string[] = [];
  for (let i = 0; i < 60; i++) {
    const label = i % 2 === 0 ? "A" : "B";
    const lengths = { A: 60 + ((i * 37) % 90), B: 60 + ((i * 53) % 90) };
    const longer = lengths.A >= lengths.B ? "A" : "B";
    const gap = Math.abs(lengths.A - lengths.B);
    const sure = gap > 25 ? longer : i % 5 < 3 ? label : undefined;
    const p = sure === undefined ? 0.55 : sure === "A" ? 0.6 + (gap % 35) / 100 : 0.4 - (gap % 35) / 100;
    lines.push(
      JSON.stringify({
        id: i + 1,
        source: i % 3 === 0 ? "summaries" : "answers",
        label,
        verdict_ab: sure ?? "A",
        verdict_ba: sure ?? "B",
        len_a: lengths.A,
        len_b: lengths.B,
        probability: Number(p.toFixed(2)),
      }),
    );
  }
  return `${lines.join("\n")}\n`;
}

function ratings(): string {
  const lines: string[] = [];
  for (let essay = 1; essay <= 24; essay++) {
    const grade = 1 + ((essay * 7) % 5);
    const stratum = essay % 2 === 0 ? "long" : "short";
    const wobble = stratum === "long" ? [0, -1, 1] : [0, 0, essay % 3 === 0 ? 1 : 0];
    for (const [i, rater_id] of ["ada", "ben", "cleo"].entries()) {
      const value = Math.min(5, Math.max(1, grade + (wobble[(essay + i) % 3] ?? 0)));
      lines.push(JSON.stringify({ item_id: essay, rater_id, value, stratum }));
    }
  }
  return `${lines.join("\n")}\n`;
}
