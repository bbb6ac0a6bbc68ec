import type { Signal } from "@preact/signals";
import { Field } from "../field.js";
import { megabytes } from "../words.js";

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
  const take = async (chosen: File | undefined) => {
    if (chosen !== undefined) records.value = { text: await chosen.text(), file: chosen.name };
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
            spellcheck={false}
            placeholder={placeholder}
            readOnly={long}
            value={long ? `${text.slice(0, 2000)}\n… ${megabytes(text.length)} in all; only the beginning is shown.` : text}
            onInput={(event) => (records.value = { text: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Or a file" hint={file ?? "JSON lines, a JSON array, or CSV with a header"}>
        {(ids) => (
          <input {...ids} type="file" accept=".jsonl,.ndjson,.json,.csv,text/csv" onChange={(event) => void take(event.currentTarget.files?.[0])} />
        )}
      </Field>
    </div>
  );
}
