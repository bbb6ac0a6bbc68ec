import { effect, signal } from "@preact/signals";
import { FigureRow, Figures } from "../statistics/interval.js";
import { fixed } from "../words.js";
import { askOnce } from "../workers/ask.js";
import { addsSomething, type MarkAgreement, type Pair, type Question } from "./agreement.js";
import { given } from "./outcome.js";
import { anchorPoints } from "../rubric/model.js";
import { model } from "./state.js";

/** Milliseconds after the last key before figures are computed. */
const REST = 300;

const found = signal<MarkAgreement | undefined>(undefined);
const problem = signal<string | undefined>(undefined);
/** Rows that both judged. */
const both = signal(0);
/** Marks that lie outside the scale, as after another rubric. */
const outside = signal(0);
let asked = "";
let under: AbortController | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  model.version.value;
  const withRubric = model.batch.value?.plan?.rubric !== undefined;
  const { min, max } = model.scale.value;
  const pairs: Pair[] = [];
  let off = 0;
  for (const [row, { value }] of model.marks) {
    const of = model.briefs[row];
    const judge = of === undefined || of.fault !== undefined ? null : given(of, withRubric);
    if (value !== null && (value < min || value > max)) off++;
    else if (judge !== null && value !== null) pairs.push({ row, judge, mark: value });
  }
  outside.value = off;
  pairs.sort((a, b) => a.row - b.row);
  const question: Question = { pairs, points: anchorPoints(model.scale.value) };
  const key = JSON.stringify(question);
  if (key === asked) return;
  asked = key;
  clearTimeout(timer);
  under?.abort();
  timer = setTimeout(() => void compute(question), REST);
});

async function compute(question: Question): Promise<void> {
  both.value = question.pairs.length;
  problem.value = undefined;
  if (question.pairs.length < 2) {
    found.value = undefined;
    return;
  }
  const own = new AbortController();
  under = own;
  try {
    const worker = new Worker(new URL("./agreement-worker.ts", import.meta.url), { type: "module" });
    const answer = await askOnce<MarkAgreement>(worker, "agreement", question, own.signal);
    if (!own.signal.aborted) found.value = answer;
  } catch (error) {
    if (!own.signal.aborted) problem.value = (error as Error).message;
  }
}

/** What was last computed, for a report. */
export function agreementNow(): MarkAgreement | undefined {
  return found.value;
}

/** How far the judge agrees with my marks, as they are set. */
export function AgreementPanel() {
  const now = found.value;
  const blind = model.batch.value?.blind === true;
  const { min, max } = model.scale.value;
  const span = max - min;
  return (
    <section class="result" aria-labelledby="agreement-title">
      <h2 id="agreement-title">My marks and the judge</h2>
      <p class="hint">
        Mark some rows yourself, best chosen at random, and see how far the judge agrees with you before you use its other scores. With the list in focus, a
        digit marks a row.
      </p>
      <label class="tick">
        <input type="checkbox" checked={blind} onChange={(event) => void model.setBlind(event.currentTarget.checked)} />
        Hide what the judge says of a row until I have marked it
      </label>
      {outside.value > 0 && (
        <p class="warning">
          {outside.value === 1 ? "One mark lies" : `${outside.value} marks lie`} outside the scale from {min} to {max}, and {outside.value === 1 ? "is" : "are"} left out.
        </p>
      )}
      {model.batch.value?.plan?.rubric === undefined && <p class="hint">Without a rubric, the judge's word is whether all requirements are met: 1 or 0.</p>}
      {problem.value !== undefined && <p class="error">{problem.value}</p>}
      {now === undefined ? (
        <p role="status">
          {both.value === 0 ? "No row has both a mark of yours and a result of the judge yet." : "One row has both; figures need at least two."}
        </p>
      ) : (
        <>
          <p role="status" class="summary" data-testid="agreement">
            {verdict(now)}
          </p>
          <Figures caption={`Over ${now.n} rows that you have marked and the judge has scored`}>
            <FigureRow name="Cohen's kappa, quadratic weights" figure={now.kappa} from={-1} mark={0} />
            <FigureRow name="Pearson's r" figure={now.pearson} from={-1} mark={0} />
            <FigureRow name="Bias: judge less my mark, on average" figure={now.bias} from={-span} to={span} mark={0} />
            <FigureRow name="How much closer than the constant guess" figure={now.gain} from={-span} to={span} mark={0} />
          </Figures>
          <p class="hint">
            Kappa takes the judge's score as the nearest point, over the points that occur. The constant guess is the median of your other marks, for every row: it is{" "}
            {fixed(now.constantDistance)} off on average, the judge {fixed(now.distance)}.
          </p>
        </>
      )}
    </section>
  );
}

/** What it comes to, in a sentence. */
export function verdict(now: MarkAgreement): string {
  if (now.gain.value === null) return `On ${now.n} rows nothing can be said yet: ${now.gain.error.reason}.`;
  if (addsSomething(now)) {
    return `On these ${now.n} rows the judge is closer to your marks than the constant guess, by ${fixed(now.gain.value)} (${fixed(now.gain.lower)} to ${fixed(now.gain.upper)}).`;
  }
  return `On these ${now.n} rows the judge adds nothing over the constant guess: it is not shown to be closer to your marks than the same mark for every row.`;
}
