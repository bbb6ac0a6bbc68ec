/** Checks of arguments that TypeScript would have made, for callers without it. */

import { RubricaError } from "./errors.js";

/** The error for an argument that is not what it should be. */
export function wrong(path: string, found: string, expected: string): RubricaError {
  return new RubricaError("invalid_input", `${path}: is ${found}; expected ${expected}`, path);
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "string":
      return "a text";
    case "number":
      return `the number ${value}`;
    case "boolean":
      return `${value}`;
    default:
      return `a ${typeof value}`;
  }
}

/** A text, or an error: bindings would throw a `TypeError` of their own, which looks like a crash. */
export function text(value: string, path: string): string {
  if (typeof value !== "string") throw wrong(path, kindOf(value), "a text");
  return value;
}

/** A list of texts. */
export function texts(value: readonly string[], path: string, example = "a list of texts"): readonly string[] {
  if (!Array.isArray(value)) throw wrong(path, kindOf(value), example);
  return value.map((item, index) => text(item as string, `${path}[${index}]`));
}

/** A URL, relative to `base`. */
export function url(value: string | URL, base: string | undefined, path: string): URL {
  if (typeof value !== "string" && !(value instanceof URL)) throw wrong(path, kindOf(value), "a URL");
  try {
    return new URL(value, base);
  } catch {
    throw wrong(path, `"${value}"`, "a URL");
  }
}
