import { computed, signal } from "@preact/signals";
import type { AgreementReport, JudgeAudit } from "rubrica/statistics";
import { Field } from "../field.js";
import { ask } from "../statistics/ask.js";
import { type Records, RecordsField } from "../statistics/records.js";
import { follow, task } from "../task.js";
import { Actions, ResultArea } from "../work-area.js";
import { AgreementResult } from "./agreement-result.js";
import { AuditResult } from "./audit-result.js";
import { PAIRS, RATINGS, WIN_ROWS } from "./example.js";
import { chooseReport, makeReport, type NamedReport, reportChoice, ReportFields, reportRows } from "./report-fields.js";
import { ReportResult } from "./report-result.js";

type Terms = "original" | "shown";

/** The kinds of data that can be audited. */
type Kind = "judge" | "raters" | "report";

type Audited =
  | { readonly kind: "judge"; readonly audit: JudgeAudit }
  | { readonly kind: "raters"; readonly report: AgreementReport }
  | { readonly kind: "report"; readonly named: NamedReport };

const kind = signal<Kind>("judge");
const ratings = signal<Records>({ text: "" });

const pairs = signal<Records>({ text: "" });
const terms = signal<Terms>("original");
const audited = task<Audited>();

const RECORDS = { judge: pairs, raters: ratings, report: reportRows };
const inputs = computed(() => [
  kind.value,
  RECORDS[kind.value].value.text,
  ...(kind.value === "judge" ? [terms.value] : []),
  ...(kind.value === "report" ? reportChoice.value : []),
]);

function auditIt(): Promise<void> {
  return follow(audited, inputs, async ({ signal }): Promise<Audited> => {
    if (kind.value === "raters") {
      return { kind: "raters", report: await ask("agree", ratings.value.text, {}, signal) };
    }
    if (kind.value === "report") return { kind: "report", named: await makeReport(signal) };
    const options = { verdicts: terms.value };
    return { kind: "judge", audit: await ask("auditJudge", pairs.value.text, options, signal) };
  });
}

function clear(): void {
  RECORDS[kind.value].value = { text: "" };
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
          <button type="button" class="chip" onClick={() => show("judge", PAIRS)}>
            A judge that likes length
          </button>
          <button type="button" class="chip" onClick={() => show("raters", RATINGS)}>
            Three teachers, 24 essays
          </button>
          <button type="button" class="chip" onClick={showReport}>
            A model that wins by length
          </button>
        </div>
        <Field label="Kind of data">
          {(ids) => (
            <select {...ids} value={kind} onChange={(event) => (kind.value = event.currentTarget.value as Kind)}>
              <option value="judge">a judge's verdicts on pairs, and the right ones</option>
              <option value="raters">ratings of the same items by several raters</option>
              <option value="report">rows of a published protocol</option>
            </select>
          )}
        </Field>
        {kind.value === "judge" && <PairFields />}
        {kind.value === "raters" && <RatingFields />}
        {kind.value === "report" && <ReportFields />}
        <Actions task={audited} label="Audit" clear={clear} />
      </form>
      <ResultArea task={audited} inputs={inputs} label="Audit" invitation={<Invitation />}>
        {(value) => {
          if (value.kind === "judge") return <AuditResult audit={value.audit} />;
          if (value.kind === "raters") return <AgreementResult report={value.report} />;
          return <ReportResult named={value.named} />;
        }}
      </ResultArea>
    </div>
  );
}

function show(what: Kind, text: string): void {
  kind.value = what;
  RECORDS[what].value = { text };
}

function showReport(): void {
  chooseReport("win-rate");
  show("report", WIN_ROWS);
}

function PairFields() {
  return (
    <>
      <RecordsField
        records={pairs}
        label="Judged pairs"
        hint="id, label, verdict_ab, verdict_ba; len_a, len_b, probability, source, own if known; or rows of JudgeBench, RewardBench or ICAI"
        placeholder={'{"id": 1, "label": "A", "verdict_ab": "A", "verdict_ba": "B", "len_a": 120, "len_b": 80}'}
      />
      <Field label="In the second order, A means" hint="verdict_ba, where A and B have swapped places">
        {(ids) => (
          <select {...ids} value={terms} onChange={(event) => (terms.value = event.currentTarget.value as Terms)}>
            <option value="original">the same response as in verdict_ab</option>
            <option value="shown">the response that was shown first</option>
          </select>
        )}
      </Field>
    </>
  );
}

function RatingFields() {
  return (
    <RecordsField
      records={ratings}
      label="Ratings"
      hint="item_id, rater_id, value; stratum if known; or rows of ICAI, Chatbot Arena or BenchBench"
      placeholder={'{"item_id": 1, "rater_id": "ada", "value": 4}'}
    />
  );
}

function Invitation() {
  return (
    <>
      <h2>How far can a judge be trusted?</h2>
      <p>
        Paste or drop a judge's verdicts on pairs whose better response is known, asked in both orders: is it right, does it
        keep to its verdict, does it prefer what stands first or what is longer? Or ratings of the same items by several people
        or judges: do they agree? Or the rows of a published protocol, from win rates with length held fixed to agreement
        between benchmarks. No judge is loaded for this.
      </p>
    </>
  );
}
