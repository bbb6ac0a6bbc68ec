/** Which column is what: guessed from names, then mapped by hand. */

import type { Sample } from "rubrica";
import type { Row, Table } from "./table.js";

export const PARTS = ["response", "instruction", "reference", "context", "id", "mark"] as const;
export type Part = (typeof PARTS)[number];

/** The column of each part, where there is one. */
export type Mapping = Readonly<Partial<Record<Part, string>>>;

/** Names that people give to columns, the plainest first. */
const NAMES: Readonly<Record<Part, readonly string[]>> = {
  response: ["response", "answer", "output", "completion", "essay", "summary", "submission", "text", "generation", "prediction", "reply", "content", "body", "message"],
  instruction: ["instruction", "prompt", "question", "query", "task", "assignment", "request", "input", "title"],
  reference: ["reference", "expected", "gold", "ground_truth", "model_answer", "reference_answer", "ideal", "target", "correct_answer"],
  context: ["context", "contexts", "passages", "passage", "documents", "document", "source", "sources", "article"],
  id: ["id", "item_id", "key", "file", "filename", "name", "student", "nr", "no", "number", "index"],
  mark: ["mark", "my_mark", "human", "human_score", "grade", "rating", "score", "points", "label"],
};

/** Ends of names that settle what a column is: `student_answer` is an answer. */
const ORDER: readonly Part[] = ["reference", "response", "instruction", "context", "id", "mark"];

/** The likely mapping. Without a telling name, the response is the column with most text. */
export function guess(table: Table): Mapping {
  const free = new Set(table.columns);
  const found: Partial<Record<Part, string>> = {};
  const take = (part: Part, fits: (name: string, known: string) => boolean) => {
    if (found[part] !== undefined) return;
    for (const known of NAMES[part]) {
      const column = [...free].find((name) => fits(plain(name), known));
      if (column === undefined) continue;
      found[part] = column;
      free.delete(column);
      return;
    }
  };
  for (const part of PARTS) take(part, (name, known) => name === known);
  for (const part of ORDER) take(part, (name, known) => `_${name}_`.includes(`_${known}_`));
  if (found.response === undefined) {
    const longest = [...free].sort((a, b) => letters(table, b) - letters(table, a))[0];
    if (longest !== undefined) found.response = longest;
  }
  return found;
}

/** `Model Answer` and `modelAnswer` as `model_answer`. */
function plain(name: string): string {
  return name
    .trim()
    .replace(/([a-z])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_");
}

function letters({ columns, rows }: Table, column: string): number {
  const place = columns.indexOf(column);
  return rows.slice(0, 50).reduce((sum, { cells }) => sum + (cells[place]?.length ?? 0), 0);
}

/** Reads rows by a mapping. */
export class Reader {
  private readonly places: Readonly<Record<Part, number>>;

  constructor(columns: readonly string[], mapping: Mapping) {
    const place = (part: Part) => (mapping[part] === undefined ? -1 : columns.indexOf(mapping[part]));
    this.places = Object.fromEntries(PARTS.map((part) => [part, place(part)])) as Record<Part, number>;
  }

  /** The text of a part; empty where there is none. */
  text(row: Row, part: Part): string {
    return row.cells[this.places[part]] ?? "";
  }

  /** What a row is called: its id, or else its number. */
  name(row: Row, index: number): string {
    const id = this.text(row, "id").trim();
    return id === "" ? `row ${index + 1}` : id;
  }

  /** What the judge is given. */
  sample(row: Row, index: number): Sample {
    const optional = (["instruction", "reference", "context"] as const).map((part) => [part, this.text(row, part)] as const);
    const given = optional.filter(([, text]) => text.trim() !== "");
    return { id: this.name(row, index), response: this.text(row, "response"), ...Object.fromEntries(given) };
  }

  /** Characters that the judge reads of a row. */
  length(row: Row): number {
    return (["response", "instruction", "reference", "context"] as const).reduce((sum, part) => sum + this.text(row, part).length, 0);
  }
}

/** A mark as a number; nothing where a cell has none. A decimal comma is read as a point. */
export function markOf(cell: string): number | undefined {
  const text = cell.trim().replace(/^(-?\d+),(\d+)$/u, "$1.$2");
  if (text === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
