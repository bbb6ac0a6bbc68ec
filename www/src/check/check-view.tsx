import { computed, signal, useComputed } from "@preact/signals";
import { RubricaError } from "rubrica";
import { Field } from "../field.js";
import { follow, task } from "../task.js";
import { lengthOf } from "../words.js";
import { Actions, ResultArea } from "../work-area.js";
import { askOnce } from "../workers/ask.js";
import { CheckResult, type Shown } from "./check-result.js";
import { CHECK_EXAMPLES } from "./example.js";
import { type Form, readRequirements } from "./requirements.js";
import type { Checked, Question } from "./run.js";

const response = signal("");
const form = signal<Form>("english");
const english = signal("");
const json = signal("");
const checked = task<Shown>();

const FORMS = { english, json };
const inputs = computed(() => [response.value, form.value, FORMS[form.value].value]);

/** What is wrong with the JSON so far; nothing while there is none. */
const mistake = computed(() => {
  if (json.value.trim() === "") return undefined;
  try {
    readRequirements("json", json.value);
    return undefined;
  } catch (error) {
    return (error as RubricaError).message;
  }
});

function checkIt(): Promise<void> {
  const text = response.value;
  return follow(checked, inputs, async ({ signal }): Promise<Shown> => {
    if (text.trim() === "") throw new RubricaError("empty_text", "response: is empty; expected a text to check");
    const { requirements, ignored } = readRequirements(form.value, FORMS[form.value].value);
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const question: Question = { response: text, requirements };
    return { text, ignored, checked: await askOnce<Checked>(worker, "checks", question, signal) };
  });
}

function clear(): void {
  for (const text of [response, english, json]) text.value = "";
}

export function CheckView() {
  const length = useComputed(() => lengthOf(response.value));
  const submit = (event: Event) => {
    event.preventDefault();
    void checkIt();
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit}>
        <div class="examples" role="group" aria-label="Examples">
          {CHECK_EXAMPLES.map((example) => (
            <button
              key={example.title}
              type="button"
              class="chip"
              onClick={() => {
                response.value = example.response;
                form.value = example.form;
                FORMS[example.form].value = example.requirements;
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
        <div>
          <div class="segmented" role="group" aria-label="Requirements in">
            <button type="button" aria-pressed={form.value === "english"} onClick={() => (form.value = "english")}>
              Plain English
            </button>
            <button type="button" aria-pressed={form.value === "json"} onClick={() => (form.value = "json")}>
              JSON
            </button>
          </div>
          {form.value === "english" ? <English /> : <Json />}
        </div>
        <Actions task={checked} label="Check" clear={clear} />
      </form>
      <ResultArea task={checked} inputs={inputs} label="Check" invitation={<Invitation />}>
        {(value) => <CheckResult {...value} />}
      </ResultArea>
    </div>
  );
}

function English() {
  return (
    <Field key="english" label="Requirements" hint="in short clauses, with commas or line ends between them">
      {(ids) => (
        <textarea
          {...ids}
          rows={5}
          placeholder="no hashtags, at most 80 words, in a list of three"
          value={english}
          onInput={(event) => (english.value = event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

function Json() {
  return (
    <Field key="json" label="Requirements" hint="assertions of promptfoo, or instructions of IFEval" error={mistake.value}>
      {(ids) => (
        <textarea
          {...ids}
          rows={11}
          class="code"
          dir="ltr"
          spellcheck={false}
          placeholder={'[{"type": "icontains", "value": "refund"}]'}
          value={json}
          onInput={(event) => (json.value = event.currentTarget.value)}
        />
      )}
    </Field>
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
