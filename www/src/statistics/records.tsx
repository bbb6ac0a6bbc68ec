import { type Signal, useSignal } from "@preact/signals";
import { Field } from "../field.js";
import { megabytes } from "../words.js";
import { notText } from "./table.js";

/** Records as text, and the name of the file that they came from. */
export interface Records {
  readonly text: string;
  readonly file?: string;
}

/** A longer text is kept, but not shown: a text box of megabytes is slow. */
const SHOWN = 200_000;

interface Props {
  readonly records: Signal<Records>;
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
}

/** Records to paste, to choose as a file, or to drop. */
export function RecordsField({ records, label, hint, placeholder }: Props) {
  const { text, file } = records.value;
  const problem = useSignal<string | undefined>(undefined);
  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    const wrong = notText(new Uint8Array(await chosen.slice(0, 4096).arrayBuffer()));
    problem.value = wrong === undefined ? undefined : `${chosen.name} ${wrong}`;
    if (wrong === undefined) records.value = { text: await chosen.text(), file: chosen.name };
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  };
  const long = text.length > SHOWN;
  return (
    <div class="records-and-file" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Field label={label} hint={hint}>
        {(ids) => (
          <textarea
            {...ids}
            rows={12}
            class="records"
            dir="ltr"
            spellcheck={false}
            placeholder={placeholder}
            readOnly={long}
            value={long ? `${text.slice(0, 2000)}\n… ${megabytes(text.length)} in all; only the beginning is shown.` : text}
            onInput={(event) => (records.value = { text: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Or a file" hint={file ?? "JSON lines, a JSON array, or a table with a header, separated by commas, semicolons or tabs"} error={problem.value}>
        {(ids) => (
          <input {...ids} type="file" accept=".jsonl,.ndjson,.json,.csv,.tsv,.txt,text/csv" onChange={(event) => void take(event.currentTarget.files?.[0])} />
        )}
      </Field>
    </div>
  );
}
