import { computed } from "@preact/signals";
import type { Ranking, Verdict } from "rubrica";
import { COMPARE_EXAMPLE } from "../examples.js";
import { Field } from "../field.js";
import { kept } from "../kept.js";
import { submitOnCtrlEnter } from "../submit.js";
import { run, task } from "../task.js";
import { lengthOf } from "../words.js";
import { Actions, ResultArea } from "../work-area.js";
import { RankingResult } from "./ranking-result.js";
import { VerdictResult } from "./verdict-result.js";

/** Two responses make a verdict, more a ranking; with the texts that they are about. */
export type Compared =
  | { readonly kind: "verdict"; readonly verdict: Verdict; readonly texts: readonly [string, string] }
  | { readonly kind: "ranking"; readonly ranking: Ranking; readonly texts: readonly string[] };

const MOST = 8;
const prompt = kept("compare.prompt", "");
const responses = kept<readonly string[]>("compare.responses", ["", ""]);
const compared = task<Compared>();
const inputs = computed(() => [prompt.value, ...responses.value]);

/** A, B, C … */
export function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

function compareThem(): Promise<void> {
  const texts = responses.value;
  const asked = prompt.value.trim() === "" ? {} : { prompt: prompt.value };
  return run(compared, inputs, async (evaluator, watch): Promise<Compared> => {
    const [a = "", b = "", ...others] = texts;
    if (others.length === 0) {
      const verdict = await evaluator.compare({ ...asked, a, b }, watch);
      return { kind: "verdict", verdict, texts: [a, b] };
    }
    const instruction = asked.prompt === undefined ? {} : { instruction: asked.prompt };
    const ranking = await evaluator.bestOfN({ ...instruction, responses: texts }, watch);
    return { kind: "ranking", ranking, texts };
  });
}

function edit(index: number, text: string): void {
  responses.value = responses.value.map((old, i) => (i === index ? text : old));
}

function clear(): void {
  prompt.value = "";
  responses.value = ["", ""];
}

export function CompareView() {
  const submit = (event: Event) => {
    event.preventDefault();
    void compareThem();
  };
  const takeExample = () => {
    prompt.value = COMPARE_EXAMPLE.prompt;
    responses.value = COMPARE_EXAMPLE.responses;
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit} onKeyDown={submitOnCtrlEnter}>
        <div class="examples" role="group" aria-label="Examples">
          <button type="button" class="chip" onClick={takeExample}>
            Why is the sea salty?
          </button>
        </div>
        <Field label="Prompt" hint="what the responses answer, if anything">
          {(ids) => <textarea {...ids} rows={2} value={prompt} onInput={(event) => (prompt.value = event.currentTarget.value)} />}
        </Field>
        {responses.value.map((text, index) => (
          <div key={index} class="response">
            <Field label={`Response ${letter(index)}`} hint={lengthOf(text)}>
              {(ids) => <textarea {...ids} rows={6} value={text} onInput={(event) => edit(index, event.currentTarget.value)} />}
            </Field>
            {responses.value.length > 2 && (
              <button
                type="button"
                class="quiet"
                onClick={() => (responses.value = responses.value.filter((_, i) => i !== index))}
              >
                Remove response {letter(index)}
              </button>
            )}
          </div>
        ))}
        {responses.value.length < MOST && (
          <button type="button" onClick={() => (responses.value = [...responses.value, ""])}>
            Add a response
          </button>
        )}
        <Actions task={compared} label="Compare" clear={clear} />
      </form>
      <ResultArea task={compared} inputs={inputs} label="Compare" invitation={<Invitation />}>
        {(value) => (value.kind === "verdict" ? <VerdictResult {...value} /> : <RankingResult {...value} />)}
      </ResultArea>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <h2>Which one is better, and where do they differ?</h2>
      <p>
        Two responses are compared, three or more are ranked. The judge reads each response on its own and gives it a reward;
        the larger one wins, so the order in which they stand cannot decide.
      </p>
    </>
  );
}
