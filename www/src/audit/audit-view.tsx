import { signal } from "@preact/signals";
import type { JudgeAudit } from "rubrica/metrics";
import { Field } from "../field.js";
import { ask } from "../statistics/ask.js";
import { type Records, RecordsField } from "../statistics/records.js";
import { follow, task } from "../task.js";
import { Actions, ResultArea } from "../work-area.js";
import { AuditResult } from "./audit-result.js";
import { PAIRS } from "./example.js";

type Terms = "original" | "shown";

const pairs = signal<Records>({ text: "" });
const terms = signal<Terms>("original");
const audited = task<JudgeAudit>();

function auditIt(): Promise<void> {
  return follow(audited, ({ signal }) => ask("auditJudge", pairs.value.text, { verdicts: terms.value }, signal));
}

export function AuditView() {
  const submit = (event: Event) => {
    event.preventDefault();
    void auditIt();
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit}>
        <div class="examples" role="group" aria-label="Examples">
          <button type="button" class="chip" onClick={() => (pairs.value = { text: PAIRS })}>
            A judge that likes length
          </button>
        </div>
        <RecordsField
          records={pairs}
          label="Judged pairs"
          hint="id, label, verdict_ab, verdict_ba; len_a, len_b, probability, source if known"
          placeholder={'{"id": 1, "label": "A", "verdict_ab": "A", "verdict_ba": "B", "len_a": 120, "len_b": 80}'}
        />
        <Field label="verdict_ba is told" hint="A and B swap places in the second order">
          {(ids) => (
            <select {...ids} value={terms} onChange={(event) => (terms.value = event.currentTarget.value as Terms)}>
              <option value="original">of the same A and B as verdict_ab</option>
              <option value="shown">as they were shown: A is what stood first</option>
            </select>
          )}
        </Field>
        <Actions task={audited} label="Audit" clear={() => (pairs.value = { text: "" })} />
      </form>
      <ResultArea task={audited} invitation={<Invitation />}>
        {(audit) => <AuditResult audit={audit} />}
      </ResultArea>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <h2>How far can a judge be trusted?</h2>
      <p>
        Paste or drop what a judge said of pairs whose better response is known, asked in both orders: is it right, does it
        keep to its verdict, does it prefer what stands first or what is longer? No judge is loaded for this.
      </p>
    </>
  );
}
