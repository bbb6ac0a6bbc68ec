import { computed } from "@preact/signals";
import type { RubricaError } from "rubrica";
import { RequirementsField } from "../check/requirements-field.js";
import { RubricEditor } from "../rubric/rubric-editor.js";
import { estimate } from "../score/notices.js";
import { submitOnCtrlEnter } from "../submit.js";
import { ColumnsForm } from "./columns-form.js";
import { type Mapping, Reader } from "./mapping.js";
import type { Batch, Plan } from "./plan.js";
import { wait } from "./run.js";
import { model, occlude, requirements, rubric, running, withRequirements, withRubric } from "./state.js";

/** Why nothing can be judged yet. */
const obstacle = computed(() => {
  const mapping = model.batch.value?.mapping;
  if (mapping?.response === undefined) return "Choose the column of the response first.";
  if (!withRubric.value && !withRequirements.value) return "Choose a rubric, requirements, or both.";
  if (withRubric.value && rubric.obstacle.value !== undefined) return rubric.obstacle.value;
  if (withRequirements.value && requirements.text.value.trim() === "") return "Write the requirements first.";
  return withRequirements.value && requirements.form.value === "json" ? requirements.mistake.value : undefined;
});

async function start(mapping: Mapping): Promise<void> {
  try {
    const plan: Plan = {
      mapping,
      occlude: occlude.value,
      ...(withRubric.value ? { rubric: await rubric.settled() } : {}),
      ...(withRequirements.value ? { requirements: requirements.read().requirements } : {}),
    };
    await running.start(plan);
  } catch (error) {
    model.fail(error as RubricaError);
  }
}

/** What to do with each row. */
export function Setup({ batch }: { batch: Batch }) {
  model.version.value;
  const judged = model.counts.value.judged + model.briefs.filter((of) => of?.fault !== undefined).length;
  const locked = running.active.value || batch.unfinished === true;
  const rows = model.rows.filter(({ fault }) => fault === undefined).length;
  const submit = (event: Event) => {
    event.preventDefault();
    void start(batch.mapping);
  };
  const reason = obstacle.value;
  return (
    <form class="inputs" onSubmit={submit} onKeyDown={submitOnCtrlEnter}>
      <fieldset class="plain" disabled={locked}>
        <legend class="hidden">What to do with each row</legend>
        <div class="split">
          <ColumnsForm batch={batch} />
          <div class="inputs">
            <div>
              <h2>What to do with each row</h2>
              <label class="tick">
                <input type="checkbox" checked={withRubric} onChange={(event) => (withRubric.value = event.currentTarget.checked)} />
                Judge it under a rubric
              </label>
              <label class="tick">
                <input type="checkbox" checked={withRequirements} onChange={(event) => (withRequirements.value = event.currentTarget.checked)} />
                Check requirements by rule (no judge needed)
              </label>
            </div>
            {withRubric.value && (
              <>
                <RubricEditor model={rubric} />
                <label class="tick">
                  <input type="checkbox" checked={occlude} onChange={(event) => (occlude.value = event.currentTarget.checked)} />
                  Also find which sentences raise or lower the score (takes about three times as long)
                </label>
              </>
            )}
            {withRequirements.value && <RequirementsField draft={requirements} />}
          </div>
        </div>
        <div class="actions">
          <button type="submit" class="primary" disabled={reason !== undefined || rows === 0} {...(reason === undefined ? {} : { "aria-describedby": "batch-obstacle" })}>
            {judged > 0 ? "Judge all rows again" : `Judge ${rows === 1 ? "one row" : `${rows.toLocaleString("en")} rows`}`}
          </button>
          <p class="hint" id="batch-obstacle">
            {reason ?? (judged > 0 ? `This replaces ${judged.toLocaleString("en")} results. My marks stay.` : <Duration batch={batch} />)}
          </p>
        </div>
      </fieldset>
    </form>
  );
}

/** Rows that an estimate is made from. */
const LOOKED_AT = 200;
/** How many times as long it takes with {@link occlude}. */
const OCCLUDED = 3;

function Duration({ batch: { columns, mapping } }: { batch: Batch }) {
  if (!withRubric.value || mapping.response === undefined) return null;
  const reader = new Reader(columns, mapping);
  const { rows } = model;
  const step = Math.max(1, Math.floor(rows.length / LOOKED_AT));
  const some = rows.filter((_, i) => i % step === 0);
  const criteria = rubric.rubric.value?.criteria.length ?? 1;
  const seconds = some.reduce((sum, row) => sum + estimate(reader.text(row, "response"), criteria), 0) * (rows.length / Math.max(some.length, 1));
  return <>It takes {wait(seconds * (occlude.value ? OCCLUDED : 1)).replace(" left", "")} on one thread, and the page stays usable meanwhile.</>;
}
