/** A check in words: its kind, and the options that are set. */

import type { Check } from "rubrica/metrics";

/** `{kind: "length", unit: "words", max: 80}` as `length: unit “words”, max 80`. */
export function understood({ kind, id: _, ...rest }: Check): string {
  const said = options(rest);
  return said === "" ? inWords(kind) : `${inWords(kind)}: ${said}`;
}

/** Options with their values, without those that are off or empty. */
export function options(of: object): string {
  return Object.entries(of)
    .filter(([, value]) => !isOff(value))
    .map(([name, value]) => (value === true ? inWords(name) : `${inWords(name)} ${shown(value)}`))
    .join(", ");
}

function isOff(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function shown(value: unknown): string {
  if (typeof value === "string") return `“${value}”`;
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.map(shown).join(", ");
  return JSON.stringify(value);
}

function inWords(name: string): string {
  return name.replaceAll("_", " ");
}
