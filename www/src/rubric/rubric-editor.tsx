import { useSignal } from "@preact/signals";
import { Field } from "../field.js";
import type { RubricModel } from "./model.js";
import { RubricForm } from "./rubric-form.js";

const CUSTOM = "";

/** Chooses a built-in rubric, and edits it as a form or as text. */
export function RubricEditor({ model }: { model: RubricModel }) {
  const form = useSignal(true);
  const rubric = model.rubric.value;
  const error = model.error.value;
  const count = rubric?.criteria.length ?? 0;
  return (
    <section class="rubric" aria-labelledby="rubric-title">
      <h2 id="rubric-title">Rubric</h2>
      <div class="row">
        <label class="grow">
          <span class="label">Start from</span>
          <select
            value={model.chosen.value ?? CUSTOM}
            onChange={(event) => void model.choose(event.currentTarget.value)}
          >
            {model.chosen.value === undefined && <option value={CUSTOM}>your own</option>}
            {model.builtins.value.map(({ name, description }) => (
              <option key={name} value={name} title={description}>
                {name.replaceAll("_", " ")}
              </option>
            ))}
          </select>
        </label>
      </div>
      {rubric?.description !== undefined && <p class="hint">{rubric.description}</p>}
      <details>
        <summary>
          Edit the rubric <span class="hint">{count === 1 ? "one criterion" : `${count} criteria`}</span>
        </summary>
        <div class="segmented" role="group" aria-label="Edit as">
          <button type="button" aria-pressed={form.value} onClick={() => (form.value = true)}>
            Form
          </button>
          <button type="button" aria-pressed={!form.value} onClick={() => (form.value = false)}>
            YAML or JSON
          </button>
        </div>
        {form.value ? (
          <RubricForm model={model} />
        ) : (
          <Field label="Rubric as text" hint="YAML or JSON, also the JSON of a Prometheus rubric.">
            {(ids) => (
              <textarea
                {...ids}
                class="code"
                dir="ltr"
                rows={16}
                spellcheck={false}
                value={model.text.value}
                onInput={(event) => void model.editText(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
      </details>
      <div role="status">{error !== undefined && <p class="error">Rubric: {error.message}</p>}</div>
    </section>
  );
}
