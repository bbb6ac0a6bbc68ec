import { Field } from "../field.js";
import { type Part, PARTS, Reader } from "./mapping.js";
import type { Batch } from "./plan.js";
import { model } from "./state.js";

const LABELS: Readonly<Record<Part, readonly [label: string, hint: string]>> = {
  response: ["Response", "the text to judge"],
  instruction: ["Instruction", "what it answers"],
  reference: ["Reference", "a model answer"],
  context: ["Context", "passages to rest on"],
  id: ["Name", "what to call a row"],
  mark: ["My marks", "if the file has some"],
};

/** Which column is what, with the first rows as they are read then. */
export function ColumnsForm({ batch }: { batch: Batch }) {
  const { columns, mapping } = batch;
  const choose = (part: Part, column: string) => {
    const { [part]: _, ...others } = mapping;
    void model.map(column === "" ? others : { ...others, [part]: column });
  };
  return (
    <section class="columns-form" aria-labelledby="columns-title">
      <h2 id="columns-title">Columns</h2>
      <p class="hint">Guessed from their names. Please check them.</p>
      <div class="columns">
        {PARTS.map((part) => (
          <Field key={part} label={LABELS[part][0]} hint={LABELS[part][1]}>
            {(ids) => (
              <select {...ids} value={mapping[part] ?? ""} onChange={(event) => choose(part, event.currentTarget.value)}>
                <option value="">{part === "id" ? "the row's number" : "none"}</option>
                {columns.map((column) => (
                  <option key={column} value={column}>
                    {column}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ))}
      </div>
      <Preview batch={batch} />
    </section>
  );
}

const ROWS = 3;
const LETTERS = 120;

function Preview({ batch: { columns, mapping, count } }: { batch: Batch }) {
  const reader = new Reader(columns, mapping);
  const parts = PARTS.filter((part) => part !== "id" && mapping[part] !== undefined);
  const faults = model.rows.filter(({ fault }) => fault !== undefined);
  return (
    <>
      <div class="wide" tabIndex={0} role="region" aria-label="The first rows">
        <table class="preview">
          <caption class="hint">
            The first {Math.min(ROWS, count)} of {count.toLocaleString("en")} rows, as they are read
          </caption>
          <thead>
            <tr>
              <th scope="col">{LABELS.id[0]}</th>
              {parts.map((part) => (
                <th key={part} scope="col">
                  {LABELS[part][0]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {model.rows.slice(0, ROWS).map((row, i) => (
              <tr key={i}>
                <th scope="row">{reader.name(row, i)}</th>
                {parts.map((part) => (
                  <td key={part} dir="auto">
                    {cut(reader.text(row, part))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {faults.length > 0 && (
        <p class="warning" data-testid="faults">
          {faults.length === 1 ? "One row" : `${faults.length} rows`} cannot be read, and {faults.length === 1 ? "is" : "are"} listed as failed. The first: {faults[0]?.fault}.
        </p>
      )}
    </>
  );
}

function cut(text: string): string {
  return text.length > LETTERS ? `${text.slice(0, LETTERS)}…` : text;
}
