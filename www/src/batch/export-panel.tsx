import { useSignal } from "@preact/signals";
import type { Signature } from "rubrica";
import { download } from "../download.js";
import { agreementNow, verdict } from "./agreement-panel.js";
import { binsOf } from "./bins.js";
import { csv } from "./exports/csv.js";
import { jsonl } from "./exports/jsonl.js";
import type { Input, Whole } from "./exports/record.js";
import { type Front, report } from "./exports/report.js";
import { Pause } from "./pause.js";
import type { Batch } from "./plan.js";
import { model } from "./state.js";

type Kind = "csv" | "jsonl" | "html";

const TYPES: Readonly<Record<Kind, string>> = { csv: "text/csv", jsonl: "application/x-ndjson", html: "text/html" };

/** Takes results and marks out of the page. */
export function ExportPanel({ batch }: { batch: Batch }) {
  const said = useSignal("");
  const busy = useSignal(false);
  const save = async (kind: Kind) => {
    busy.value = true;
    said.value = "Writing …";
    try {
      const parts = await gathered(await pieces(kind, batch));
      download(`rubrica-batch.${kind}`, parts, TYPES[kind]);
      said.value = "Downloaded.";
    } catch (error) {
      said.value = `It could not be written: ${(error as Error).message}`;
    }
    busy.value = false;
  };
  return (
    <section class="result" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div class="actions">
        <button type="button" disabled={busy} onClick={() => void save("csv")}>
          Download CSV
        </button>
        <button type="button" disabled={busy} onClick={() => void save("jsonl")}>
          Download JSON lines
        </button>
        <button type="button" disabled={busy} onClick={() => void save("html")}>
          Download HTML report
        </button>
        <span role="status" class="hint">
          {said}
        </span>
      </div>
      <p class="hint">
        All rows in the order of the file, with your marks, whether hidden or not. In the CSV, a cell that begins with =, +, - or @ and is no number gets a ' in front, so
        that no spreadsheet runs it as a formula. The report is one file without scripts that opens from disk and prints.
      </p>
    </section>
  );
}

async function pieces(kind: Kind, batch: Batch): Promise<AsyncIterable<string>> {
  const input: Input = { batch, rows: wholes() };
  if (kind === "csv") return csv(input);
  if (kind === "jsonl") return jsonl(input);
  return report(input, await front());
}

async function* wholes(): AsyncGenerator<Whole> {
  const reader = model.reader.peek();
  for await (const [i, outcome] of model.outcomes()) {
    const row = model.rows[i];
    if (row === undefined) continue;
    yield {
      number: i + 1,
      name: reader.name(row, i),
      row,
      text: reader.text(row, "response"),
      instruction: reader.text(row, "instruction"),
      brief: model.briefs[i],
      outcome,
      mark: model.marks.get(i),
    };
  }
}

async function front(): Promise<Front> {
  const signatures = new Map<string, Signature>();
  for await (const [, outcome] of model.outcomes()) {
    const signature = outcome?.judgment?.signature;
    if (signature !== undefined) signatures.set(JSON.stringify(signature), signature);
  }
  const scores = model.briefs.map((brief) => brief?.score).filter((score) => typeof score === "number");
  const agreement = agreementNow();
  return {
    counts: model.counts.peek(),
    bins: binsOf(scores, model.scale.peek()),
    signatures: [...signatures.values()],
    agreement,
    verdict: agreement === undefined ? undefined : verdict(agreement),
    made: new Date(),
  };
}

/** Letters of pieces that are put together before they go to the browser's own memory. */
const PART = 1_000_000;

async function gathered(pieces: AsyncIterable<string>): Promise<Blob[]> {
  const parts: Blob[] = [];
  const pause = new Pause();
  let part = "";
  for await (const piece of pieces) {
    part += piece;
    if (part.length > PART) {
      parts.push(new Blob([part]));
      part = "";
    }
    if (pause.due) await pause.turn();
  }
  return [...parts, new Blob([part])];
}
