import { computed, useComputed } from "@preact/signals";
import type { Judgment, ResolvedRubric, RubricaError, Sample, Scorecard } from "rubrica";
import { EXAMPLES, type Example } from "../examples.js";
import { Field } from "../field.js";
import { encoder } from "../judge.js";
import { keepRubric, kept } from "../kept.js";
import { RubricModel } from "../rubric/model.js";
import { RubricEditor } from "../rubric/rubric-editor.js";
import { submitOnCtrlEnter } from "../submit.js";
import { run, task } from "../task.js";
import { lengthOf } from "../words.js";
import { Actions, ResultArea } from "../work-area.js";
import { measuresOf } from "./measures.js";
import { notices } from "./notices.js";
import { card } from "./record.js";
import { ScoreResult } from "./score-result.js";

/** A judgment with the text that it is about: the box may be edited afterwards. */
export interface Scored {
  readonly text: string;
  readonly judgment: Judgment;
  readonly metrics: Scorecard;
}

const response = kept("score.response", "");
const instruction = kept("score.instruction", "");
const reference = kept("score.reference", "");
const context = kept("score.context", "");
/** Whether to compare embeddings too, for which a second model is fetched. */
const embeddings = kept("score.embeddings", false);
const rubric = new RubricModel("helpfulness");
keepRubric("score.rubric", rubric);
const scored = task<Scored>();
const inputs = computed(() => [
  response.value,
  instruction.value,
  reference.value,
  context.value,
  embeddings.value,
  rubric.identity.value,
]);

/** These need the encoder. */
const EMBEDDING_METRICS = ["bertscore", "embedding_cosine"];

function sample(): Sample {
  const optional = { instruction, reference, context };
  const given = Object.entries(optional).filter(([, { value }]) => value.trim() !== "");
  return { response: response.value, ...Object.fromEntries(given.map(([key, { value }]) => [key, value])) };
}

async function judgeIt(): Promise<void> {
  // The last edit of the rubric may still be on its way through the parser.
  let under: ResolvedRubric;
  try {
    under = await rubric.settled();
  } catch (error) {
    scored.value = { state: "failed", error: error as RubricaError };
    return;
  }
  const asked = sample();
  const compared = embeddings.value && asked.reference !== undefined;
  return run(scored, inputs, async (evaluator, watch) => {
    const judgment = await evaluator.score(asked, { rubric: under, ...watch });
    const metrics = await evaluator.metrics([asked], { metrics: measuresOf(asked), ...watch });
    if (compared) {
      const more = await (await encoder()).metrics([asked], { metrics: EMBEDDING_METRICS, ...watch });
      return { text: asked.response ?? "", judgment, metrics: both(metrics, more) };
    }
    return { text: asked.response ?? "", judgment, metrics };
  });
}

/** The scores of one sample from two calls. */
function both(one: Scorecard, other: Scorecard): Scorecard {
  const samples = one.samples.map((sample, i) => ({
    ...sample,
    scores: { ...sample.scores, ...other.samples[i]?.scores },
  }));
  return { samples, signatures: { ...one.signatures, ...other.signatures } };
}

function take(example: Example): void {
  instruction.value = example.instruction;
  response.value = example.response;
  reference.value = example.reference;
  context.value = "";
  void rubric.choose(example.rubric);
}

function clear(): void {
  for (const text of [response, instruction, reference, context]) text.value = "";
}

export function ScoreView() {
  const length = useComputed(() => lengthOf(response.value));
  const submit = (event: Event) => {
    event.preventDefault();
    void judgeIt();
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit} onKeyDown={submitOnCtrlEnter}>
        <div class="examples" role="group" aria-label="Examples">
          {EXAMPLES.map((example) => (
            <button key={example.title} type="button" class="chip" onClick={() => take(example)}>
              {example.title}
            </button>
          ))}
        </div>
        <Field label="Response to judge" hint={length}>
          {(ids) => (
            <textarea
              {...ids}
              rows={12}
              placeholder="Paste an answer, an essay, a summary …"
              value={response}
              onInput={(event) => (response.value = event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Instruction" hint="what the response answers, if anything">
          {(ids) => (
            <textarea {...ids} rows={2} value={instruction} onInput={(event) => (instruction.value = event.currentTarget.value)} />
          )}
        </Field>
        <details open={reference.value !== "" || context.value !== ""}>
          <summary>Reference answer and context</summary>
          <Field label="Reference" hint="a model answer">
            {(ids) => <textarea {...ids} rows={3} value={reference} onInput={(event) => (reference.value = event.currentTarget.value)} />}
          </Field>
          <label class="tick">
            <input type="checkbox" checked={embeddings} onChange={(event) => (embeddings.value = event.currentTarget.checked)} />
            Compare embeddings with the reference too (fetches 46 MB more, once)
          </label>
          <Field label="Context" hint="passages that the response should rest on">
            {(ids) => <textarea {...ids} rows={3} value={context} onInput={(event) => (context.value = event.currentTarget.value)} />}
          </Field>
        </details>
        <RubricEditor model={rubric} />
        <Notices />
        <Actions task={scored} label="Judge" clear={clear} obstacle={rubric.obstacle} />
      </form>
      <ResultArea task={scored} inputs={inputs} label="Judge" invitation={<Invitation />}>
        {(value) => <ScoreResult {...value} />}
      </ResultArea>
    </div>
  );
}

/** What to know before the button is pressed. */
function Notices() {
  const found = notices({
    response: response.value,
    instruction: instruction.value,
    reference: reference.value,
    context: context.value,
    rubric: rubric.rubric.value,
  });
  return (
    <div role="status" data-testid="notices">
      {found.length > 0 && (
        <ul class="hint">
          {found.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Invitation() {
  return (
    <>
      <h2>A score, and the reasons for it</h2>
      <p>
        Paste a text or take an example, choose or write a rubric, and press <em>Judge</em>. A small model reads the text
        here, in this tab: the first time it is fetched from this site (about 41 MB), after that the page works offline.
      </p>
      <p class="hint">
        The judge is small, and <a href={card("rubrica-judge-mini")} target="_blank" rel="noopener">its card</a> says how far it can be trusted: not far
        enough to grade people on its own.
      </p>
    </>
  );
}
