import { computed, signal } from "@preact/signals";
import { RubricaError } from "rubrica";
import type { Report, ReportInfo } from "rubrica/statistics";
import { useEffect } from "preact/hooks";
import { Field } from "../field.js";
import { ask } from "../statistics/ask.js";
import { type Records, RecordsField } from "../statistics/records.js";

/** A report with what it was asked for. */
export interface NamedReport {
  readonly info: ReportInfo;
  readonly report: Report;
}

const catalogue = signal<readonly ReportInfo[]>([]);
const chosen = signal("win-rate");
/** Options as JSON; empty for those of the report. */
const options = signal("");

/** Report and options, for telling whether they have changed. */
export const reportChoice = computed(() => [chosen.value, options.value]);

export const reportRows = signal<Records>({ text: "" });

export function chooseReport(name: string): void {
  if (name !== chosen.value) options.value = "";
  chosen.value = name;
}

async function known(signal: AbortSignal): Promise<readonly ReportInfo[]> {
  if (catalogue.value.length === 0) catalogue.value = await ask("reports", "", {}, signal);
  return catalogue.value;
}

/** Makes the chosen report of the rows. */
export async function makeReport(signal: AbortSignal): Promise<NamedReport> {
  const info = (await known(signal)).find(({ name }) => name === chosen.value);
  if (info === undefined) throw new RubricaError("unknown_name", `no report is called ${chosen.value}`);
  const named = { report: info.name, options: readOptions() };
  return { info, report: await ask("report", reportRows.value.text, named, signal) };
}

function readOptions(): Record<string, unknown> {
  const text = options.value.trim();
  if (text === "") return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new RubricaError("parse_error", `options: ${(error as Error).message}; expected a JSON object`);
  }
}

/** Reports by the questions that they answer. */
function byQuestion(reports: readonly ReportInfo[]): readonly ReportInfo[] {
  return [...reports].sort((one, other) => one.about.localeCompare(other.about, "en"));
}

/** Which report, of which rows, with which options. */
export function ReportFields() {
  useEffect(() => {
    // A page that is left while this is under way has nothing to be told.
    void known(new AbortController().signal).catch(() => undefined);
  }, []);
  const info = catalogue.value.find(({ name }) => name === chosen.value);
  return (
    <>
      <Field label="Report" hint={info === undefined ? "" : `${info.name}, after ${info.source}`}>
        {(ids) => (
          <select {...ids} value={chosen} onChange={(event) => chooseReport(event.currentTarget.value)}>
            {catalogue.value.length === 0 && <option value={chosen.value}>{chosen.value}</option>}
            {byQuestion(catalogue.value).map(({ name, about }) => (
              <option key={name} value={name}>
                {about}
              </option>
            ))}
          </select>
        )}
      </Field>
      <RecordsField records={reportRows} label="Rows" hint={info?.row ?? ""} placeholder="JSON lines, a JSON array, or CSV with a header" />
      <Field label="Options" hint="JSON; what is left out stays as shown">
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            class="records"
            dir="ltr"
            spellcheck={false}
            placeholder={JSON.stringify(info?.options ?? {})}
            value={options}
            onInput={(event) => (options.value = event.currentTarget.value)}
          />
        )}
      </Field>
    </>
  );
}
