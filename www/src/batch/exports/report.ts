/** Results as one HTML file: no script, nothing from elsewhere, fit for paper. */

import type { ResolvedRubric, Signature } from "rubrica";
import { record } from "../../score/record.js";
import { oneLine } from "../../signature.js";
import { fixed } from "../../words.js";
import type { MarkAgreement } from "../agreement.js";
import type { Count } from "../bins.js";
import { faultOf, type Input, modelsOf, type Whole } from "./record.js";
import { STYLE } from "./report-style.js";

/** What a report tells beside the rows. */
export interface Front {
  readonly counts: { readonly all: number; readonly judged: number; readonly failed: number; readonly waiting: number; readonly marked: number };
  readonly bins: readonly Count[];
  /** Of the rows; more than one when devices or versions changed on the way. */
  readonly signatures: readonly Signature[];
  readonly agreement?: MarkAgreement | undefined;
  /** What the agreement comes to, in a sentence. */
  readonly verdict?: string | undefined;
  readonly made: Date;
}

export async function* report({ batch, rows }: Input, front: Front): AsyncGenerator<string> {
  const title = `Rubrica: ${batch.name}`;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${safe(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${safe(title)}</h1>
<p>${count(front)} Made on ${safe(front.made.toISOString().slice(0, 10))}.</p>
</header>
<main>
${caveat(front.signatures)}
${histogram(front.bins)}
${agreement(front)}
${rubric(batch.plan?.rubric)}
${requirements(batch.plan?.requirements)}
${signatures(front.signatures)}
<section aria-labelledby="rows"><h2 id="rows">All rows</h2>
`;
  for await (const whole of rows) yield article(whole);
  yield "</section>\n</main>\n</body>\n</html>\n";
}

/** Text as it may stand between tags and in attributes. */
export function safe(text: string): string {
  return text.replace(/[&<>"']/gu, (letter) => `&#${letter.charCodeAt(0)};`);
}

function count({ counts: { all, judged, failed, waiting, marked } }: Front): string {
  const parts = [`${all} rows`, `${judged} judged`, ...(failed > 0 ? [`${failed} failed`] : []), ...(waiting > 0 ? [`${waiting} not judged`] : []), ...(marked > 0 ? [`${marked} marked by a person`] : [])];
  return `${parts.join(", ")}.`;
}

function caveat(signatures: readonly Signature[]): string {
  const ids = [...new Set(signatures.flatMap(({ models = [] }) => models.map(({ id }) => id)))];
  if (ids.length === 0) return "";
  const told = ids.map((id) => `<p><b>${safe(id)}</b>. ${safe(record(id) ?? "There is no record of how often this judge is right.")}</p>`).join("");
  return `<section class="caveat" aria-labelledby="trust"><h2 id="trust">How far to trust these scores</h2>${told}<p>A score helps to find what is worth reading. It is not enough to grade people with.</p></section>`;
}

function histogram(bins: readonly Count[]): string {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  if (bins.every(({ count }) => count === 0)) return "";
  const width = 36;
  const bars = bins
    .map(({ from, count }, i) => {
      const height = Math.round((count / most) * 90);
      return `<rect x="${i * width + 3}" y="${100 - height}" width="${width - 6}" height="${height}"/><text x="${i * width + width / 2}" y="116">${short(from)}</text>`;
    })
    .join("");
  const lines = bins.map(({ from, to, count }) => `<tr><th scope="row">${short(from)} to ${short(to)}</th><td>${count}</td></tr>`).join("");
  return `<section aria-labelledby="spread"><h2 id="spread">How the scores spread</h2>
<div class="both"><svg viewBox="0 0 ${bins.length * width} 122" role="img" aria-label="Histogram of scores; the table has the numbers">${bars}</svg>
<table><thead><tr><th scope="col">Score</th><th scope="col">Rows</th></tr></thead><tbody>${lines}</tbody></table></div></section>`;
}

function agreement({ agreement: of, verdict }: Front): string {
  if (of === undefined) return "";
  const rows = (
    [
      ["Cohen's kappa, quadratic weights", of.kappa],
      ["Pearson's r", of.pearson],
      ["Bias: judge less mark, on average", of.bias],
      ["How much closer than the constant guess", of.gain],
    ] as const
  ).map(([name, figure]) => {
    const value = figure.value === null ? `<td colspan="2">none: ${safe(figure.error.reason)}</td>` : `<td>${fixed(figure.value, 3)}</td><td>${fixed(figure.lower, 3)} to ${fixed(figure.upper, 3)}</td>`;
    return `<tr><th scope="row">${safe(name)}</th>${value}</tr>`;
  });
  return `<section aria-labelledby="agreement"><h2 id="agreement">The judge and the person's marks</h2><p>${safe(verdict ?? "")}</p>
<table><caption>Over ${of.n} rows that both judged</caption><thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">95 % interval</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}

function rubric(of: ResolvedRubric | undefined): string {
  if (of === undefined) return "";
  const criteria = of.criteria.map(({ id, description, weight, scale }) => {
    const anchors = Object.entries(scale.anchors ?? {}).map(([point, text]) => `<li><b>${safe(point)}</b> ${safe(text)}</li>`);
    return `<li><b>${safe(id)}</b> (weight ${weight}, ${scale.min} to ${scale.max}): ${safe(description)}${anchors.length === 0 ? "" : `<ul>${anchors.join("")}</ul>`}</li>`;
  });
  const whole = of.aggregate === "minimum" ? "the worst criterion" : "the weighted mean of the criteria";
  return `<section aria-labelledby="rubric"><h2 id="rubric">Rubric: ${safe(of.name)}</h2>${of.description === undefined ? "" : `<p>${safe(of.description)}</p>`}<p>The score is ${whole}.</p><ul>${criteria.join("")}</ul></section>`;
}

function requirements(of: object | undefined): string {
  if (of === undefined) return "";
  const text = "constraints" in of ? String(of.constraints) : JSON.stringify(of, null, 2);
  return `<section aria-labelledby="requirements"><h2 id="requirements">Requirements</h2><pre>${safe(text)}</pre></section>`;
}

function signatures(all: readonly Signature[]): string {
  if (all.length === 0) return "";
  const several = all.length > 1 ? "<p>The rows were not all judged in the same way: scores under different signatures are not comparable.</p>" : "";
  const lines = all.map((of) => `<li><code>${safe(oneLine(of))}</code><br>${safe(modelsOf(of))}</li>`).join("");
  return `<section aria-labelledby="signature"><h2 id="signature">Models and signature</h2>${several}<ul>${lines}</ul></section>`;
}

function article(whole: Whole): string {
  const { number, name, text, instruction, brief, outcome, mark, row } = whole;
  const fault = faultOf(whole);
  const interval = brief?.interval === undefined ? "" : ` <span>90 % interval ${fixed(brief.interval[0], 1)} to ${fixed(brief.interval[1], 1)}</span>`;
  const score = brief === undefined || brief.score === null ? "" : `<p class="score">${fixed(brief.score)}${interval}</p>`;
  const each = outcome?.judgment?.perCriterion ?? [];
  const criteria = each.length < 2 ? "" : `<p>${each.map(({ criterion, score }) => `${safe(criterion.replaceAll("_", " "))} ${score === null ? "none" : fixed(score)}`).join(", ")}</p>`;
  const checked = outcome?.checked;
  const met = checked === undefined ? "" : `<ul>${[...checked.items.map(({ asked, passed, found }) => `${passed ? "✓" : "✕"} ${asked}: ${found}`), ...checked.unread.map((clause) => `? ${clause}: no rule understands it`)].map((line) => `<li>${safe(line)}</li>`).join("")}</ul>`;
  const warnings = (outcome?.judgment?.warnings ?? []).map((warning) => `<p class="warning">${safe(warning)}</p>`).join("");
  const own = mark === undefined || (mark.value === null && mark.comment === "") ? "" : `<p class="own"><b>Mark ${mark.value ?? "none"}</b> ${safe(mark.comment)}</p>`;
  const critique = (outcome?.judgment?.critique.points ?? [])
    .filter(({ evidence }) => evidence.kind !== "anchor")
    .map(({ severity, message, span }) => {
      const about = span === undefined ? "" : ` <q>${safe(excerpt(text.slice(span.start, span.end)))}</q>`;
      return `<li>${severity}: ${safe(message)}${about}</li>`;
    })
    .join("");
  return `<article><h3 dir="auto">${safe(name)}${name === `row ${number}` ? "" : ` <span>row ${number}</span>`}</h3>
${fault === undefined ? "" : `<p class="warning">Failed: ${safe(fault)}${text === "" ? ` <code>${safe(row.cells.join(" | "))}</code>` : ""}</p>`}${fault === undefined && outcome === undefined ? "<p>Not judged.</p>" : ""}${score}${criteria}${met}${warnings}${own}
${instruction === "" ? "" : `<p class="instruction" dir="auto">${safe(instruction)}</p>`}
<blockquote dir="auto">${safe(text)}</blockquote>
${critique === "" ? "" : `<ul class="points" dir="auto">${critique}</ul>`}
</article>
`;
}

/** As much of a passage as tells it apart. */
function excerpt(passage: string): string {
  const letters = [...passage.trim()];
  return letters.length > 120 ? `${letters.slice(0, 120).join("")}…` : letters.join("");
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : fixed(value, 1);
}
