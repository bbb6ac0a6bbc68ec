import { useSignal } from "@preact/signals";
import { Field } from "../field.js";
import { submitOnCtrlEnter } from "../submit.js";
import { EXAMPLE } from "./example.js";
import type { Given } from "./reading.js";
import { model, pasted } from "./state.js";
import { unreadable } from "./table.js";

const KINDS = ".csv,.tsv,.xlsx,.jsonl,.ndjson,.json,.txt,.md,.markdown,text/csv,text/plain";

/** Files to choose or drop, or rows to paste. */
export function SourceField() {
  const wrong = useSignal<string | undefined>(undefined);
  const over = useSignal(false);
  const take = async (files: readonly File[]) => {
    if (files.length === 0) return;
    const faults = await Promise.all(files.map(fault));
    const told = faults.filter((message) => message !== undefined);
    wrong.value = told.length === 0 ? undefined : told.join("; ");
    if (told.length === 0) await model.read(files.map((file) => ({ name: file.name, data: file })));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    over.value = false;
    void take([...(event.dataTransfer?.files ?? [])]);
  };
  const hold = (event: DragEvent) => {
    event.preventDefault();
    over.value = true;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (pasted.value.trim() === "") {
      wrong.value = "nothing is pasted yet; expected a table with a header, or records in JSON";
      return;
    }
    wrong.value = undefined;
    void model.read([{ name: "pasted rows", data: pasted.value } satisfies Given]);
  };
  return (
    <form class="inputs" onSubmit={submit} onKeyDown={submitOnCtrlEnter}>
      <div class="examples" role="group" aria-label="Examples">
        <button type="button" class="chip" onClick={() => void model.read([EXAMPLE])}>
          Eight students' answers
        </button>
      </div>
      <div class={over.value ? "drop over" : "drop"} onDragOver={hold} onDragLeave={() => (over.value = false)} onDrop={drop}>
        <Field label="Files" hint="choose them, or drop them here" error={wrong.value}>
          {(ids) => (
            <input
              {...ids}
              type="file"
              multiple
              accept={KINDS}
              onChange={(event) => void take([...(event.currentTarget.files ?? [])])}
            />
          )}
        </Field>
        <p class="hint">
          A table with a header (CSV with commas, semicolons or tabs, or the first sheet of an Excel workbook), JSON lines, or a JSON array: one row a text. Or several
          text or Markdown files: each becomes a row.
        </p>
      </div>
      <Field label="Or paste rows" hint="with the header">
        {(ids) => (
          <textarea
            {...ids}
            rows={7}
            class="records"
            dir="ltr"
            spellcheck={false}
            placeholder={"question,answer\nWhy is the sky blue?,Air scatters blue light more than red."}
            value={pasted}
            onInput={(event) => (pasted.value = event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="actions">
        <button type="submit" class="primary">
          Read the rows
        </button>
      </div>
    </form>
  );
}

/** Why a file cannot be read, if it cannot. */
async function fault(file: File): Promise<string | undefined> {
  const message = unreadable(new Uint8Array(await file.slice(0, 4096).arrayBuffer()));
  return message === undefined ? undefined : `${file.name} ${message}`;
}
