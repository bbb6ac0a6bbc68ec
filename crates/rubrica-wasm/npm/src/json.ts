import { RubricaError } from "./errors.js";

/**
 * A value as JSON text for the core, which reads it strictly. `leaveOut` names fields that stay on
 * this side.
 */
export function toJson(value: unknown, path: string, leaveOut: readonly string[] = []): string {
  const replace = (key: string, inner: unknown): unknown => {
    if (typeof inner === "number" && !Number.isFinite(inner)) {
      const where = key === "" ? path : `${path}.${key}`;
      throw new RubricaError("invalid_input", `${where}: is ${inner}; expected a finite number`, where);
    }
    return inner;
  };
  let text: string | undefined;
  try {
    text = JSON.stringify(leaveOut.length === 0 ? value : without(value, leaveOut), replace);
  } catch (error) {
    if (error instanceof RubricaError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RubricaError("invalid_input", `${path}: cannot be written as JSON (${reason})`, path);
  }
  if (text === undefined) {
    throw new RubricaError("invalid_input", `${path}: is ${typeof value}; expected an object`, path);
  }
  return text;
}

function without(value: unknown, fields: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.includes(key)));
}
