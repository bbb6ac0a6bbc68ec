import { computed, useComputed } from "@preact/signals";
import { RubricaError } from "rubrica";
import { Field } from "../field.js";
import { keepRequirements, kept } from "../kept.js";
import { submitOnCtrlEnter } from "../submit.js";
import { follow, task } from "../task.js";
import { lengthOf } from "../words.js";
import { Actions, ResultArea } from "../work-area.js";
import { askOnce } from "../workers/ask.js";
import { CheckResult, type Shown } from "./check-result.js";
import { CHECK_EXAMPLES } from "./example.js";
import { RequirementsDraft, RequirementsField } from "./requirements-field.js";
import type { Checked, Question } from "./run.js";

const response = kept("check.response", "");
const draft = new RequirementsDraft();
keepRequirements("check.requirements", draft);
const checked = task<Shown>();

const inputs = computed(() => [response.value, draft.form.value, draft.text.value]);

function checkIt(): Promise<void> {
  const text = response.value;
  return follow(checked, inputs, async ({ signal }): Promise<Shown> => {
    if (text.trim() === "") throw new RubricaError("empty_text", "response: is empty; expected a text to check");
    const { requirements, ignored } = draft.read();
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const question: Question = { response: text, requirements };
    return { text, ignored, checked: await askOnce<Checked>(worker, "checks", question, signal) };
  });
}

function clear(): void {
  for (const text of [response, draft.english, draft.json]) text.value = "";
}

export function CheckView() {
  const length = useComputed(() => lengthOf(response.value));
  const submit = (event: Event) => {
    event.preventDefault();
    void checkIt();
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit} onKeyDown={submitOnCtrlEnter}>
        <div class="examples" role="group" aria-label="Examples">
          {CHECK_EXAMPLES.map((example) => (
            <button
              key={example.title}
              type="button"
              class="chip"
              onClick={() => {
                response.value = example.response;
                draft.take(example.form, example.requirements);
              }}
            >
              {example.title}
            </button>
          ))}
        </div>
        <Field label="Response to check" hint={length}>
          {(ids) => (
            <textarea {...ids} rows={10} value={response} onInput={(event) => (response.value = event.currentTarget.value)} />
          )}
        </Field>
        <RequirementsField draft={draft} />
        <Actions task={checked} label="Check" clear={clear} />
      </form>
      <ResultArea task={checked} inputs={inputs} label="Check" invitation={<Invitation />}>
        {(value) => <CheckResult {...value} />}
      </ResultArea>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <h2>Does it do what was asked?</h2>
      <p>
        Some requirements can be checked by rule: how long a text is, what has to be in it or must not, its form, its
        language. Say them in plain English, such as <em>no commas, two to four sentences, start with "Dear"</em>, or paste
        assertions of promptfoo or instructions of IFEval. No judge is loaded for this.
      </p>
      <p class="hint">What no rule understands is listed, and counts as not met: it needs a judge or a reader.</p>
    </>
  );
}
