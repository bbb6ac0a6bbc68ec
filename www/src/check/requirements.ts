/** Requirements as they are typed, read into what the checks take. */

import { RubricaError } from "rubrica";
import type { Assertion } from "rubrica/metrics";

/** How requirements are written. */
export type Form = "english" | "json";

export type Requirements =
  | { readonly constraints: string }
  | { readonly assert: readonly Assertion[]; readonly threshold?: number }
  | { readonly instruction_id_list: readonly string[]; readonly kwargs?: readonly (object | null)[] };

/** Requirements, and the fields beside them that say nothing to a check. */
export interface Read {
  readonly requirements: Requirements;
  readonly ignored: readonly string[];
}

const SHAPES = 'a list of assertions, [{"type": …, "value": …}], or an object with instruction_id_list and kwargs, or with assert';
const FIELDS = {
  instruction_id_list: ["instruction_id_list", "kwargs"],
  assert: ["assert", "threshold"],
  constraints: ["constraints"],
} as const;
type Shape = keyof typeof FIELDS;

/** Reads `text`; what is wrong with it is told with its place and what was expected. */
export function readRequirements(form: Form, text: string): Read {
  if (text.trim() === "") throw wrong("requirements", "are empty", form === "english" ? "at least one" : SHAPES);
  if (form === "english") return { requirements: { constraints: text }, ignored: [] };
  const written = parsed(text);
  const row = Array.isArray(written) ? { assert: written as unknown[] } : written;
  if (!isObject(row)) throw wrong("requirements", `are ${shown(row)}`, SHAPES);
  if ("response" in row) throw wrong("response", "stands among the requirements", "it in the field above");
  const shapes = (Object.keys(FIELDS) as Shape[]).filter((shape) => shape in row);
  const [shape, other] = shapes;
  if (shape === undefined) throw wrong("requirements", `have ${fieldsOf(row)}`, SHAPES);
  if (other !== undefined) throw wrong("requirements", `have both ${shape} and ${other}`, "one of them");
  for (const rule of RULES[shape]) {
    if (rule.field in row) checkField(row[rule.field], rule);
  }
  const taken: readonly string[] = FIELDS[shape];
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => taken.includes(name)));
  const ignored = Object.keys(row).filter((name) => !taken.includes(name));
  return { requirements: kept as unknown as Requirements, ignored };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RubricaError("parse_error", `requirements: ${(error as Error).message}; expected ${SHAPES}`);
  }
}

interface Rule {
  readonly field: string;
  /** Whether the field is a list, of which each part has to be right. */
  readonly list: boolean;
  readonly isRight: (value: unknown) => boolean;
  readonly expected: string;
}

/** Fields whose type has to be right before a check can name what is wrong inside. */
const RULES: Record<Shape, readonly Rule[]> = {
  instruction_id_list: [
    { field: "instruction_id_list", list: true, isRight: isText, expected: "the id of an instruction" },
    { field: "kwargs", list: true, isRight: (value) => value === null || isObject(value), expected: "an object or null" },
  ],
  assert: [
    { field: "assert", list: true, isRight: isObject, expected: 'an object, {"type": …, "value": …}' },
    { field: "threshold", list: false, isRight: (value) => typeof value === "number", expected: "a number from 0 to 1" },
  ],
  constraints: [{ field: "constraints", list: false, isRight: isText, expected: "a text" }],
};

function checkField(value: unknown, { field, list, isRight, expected }: Rule): void {
  if (!list) {
    if (!isRight(value)) throw wrong(field, `is ${shown(value)}`, expected);
    return;
  }
  if (!Array.isArray(value)) throw wrong(field, `is ${shown(value)}`, `a list; each of it ${expected}`);
  if (value.length === 0 && field !== "kwargs") throw wrong(field, "is empty", "at least one");
  const at = value.findIndex((part) => !isRight(part));
  if (at !== -1) throw wrong(`${field}[${at}]`, `is ${shown(value[at])}`, expected);
}

function wrong(where: string, what: string, expected: string): RubricaError {
  return new RubricaError("invalid_input", `${where}: ${what}; expected ${expected}`, where);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(row: Record<string, unknown>): string {
  const names = Object.keys(row);
  return names.length === 0 ? "no fields" : `the fields ${names.join(", ")}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
