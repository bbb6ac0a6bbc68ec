import { computed, type Signal, signal } from "@preact/signals";
import type { RubricaError } from "rubrica";
import { Field } from "../field.js";
import { type Form, type Read, readRequirements } from "./requirements.js";

/** Requirements while they are written, in both forms. */
export class RequirementsDraft {
  readonly form = signal<Form>("english");
  readonly english = signal("");
  readonly json = signal("");

  /** What stands in the form that is shown. */
  readonly text = computed(() => this.of(this.form.value).value);

  /** What is wrong with the JSON so far; nothing while there is none. */
  readonly mistake = computed(() => {
    if (this.json.value.trim() === "") return undefined;
    try {
      readRequirements("json", this.json.value);
      return undefined;
    } catch (error) {
      return (error as RubricaError).message;
    }
  });

  of(form: Form): Signal<string> {
    return form === "english" ? this.english : this.json;
  }

  /** @throws RubricaError that says what is wrong with them, and where. */
  read(): Read {
    return readRequirements(this.form.value, this.text.value);
  }

  take(form: Form, text: string): void {
    this.form.value = form;
    this.of(form).value = text;
  }
}

/** Requirements in plain English or as JSON. */
export function RequirementsField({ draft }: { draft: RequirementsDraft }) {
  const { form } = draft;
  return (
    <div>
      <div class="segmented" role="group" aria-label="Requirements in">
        <button type="button" aria-pressed={form.value === "english"} onClick={() => (form.value = "english")}>
          Plain English
        </button>
        <button type="button" aria-pressed={form.value === "json"} onClick={() => (form.value = "json")}>
          JSON
        </button>
      </div>
      {form.value === "english" ? <English draft={draft} /> : <Json draft={draft} />}
    </div>
  );
}

function English({ draft: { english } }: { draft: RequirementsDraft }) {
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

function Json({ draft: { json, mistake } }: { draft: RequirementsDraft }) {
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
