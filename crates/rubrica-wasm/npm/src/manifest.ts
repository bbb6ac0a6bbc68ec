import { RubricaError } from "./errors.js";

/** The judge that `"judge"` stands for. */
export const DEFAULT_JUDGE = "rubrica-judge-mini";
/** The encoder that `"encoder"` stands for. */
export const DEFAULT_ENCODER = "minilm-l6";

export interface FileEntry {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** `manifest.json` of a model, as far as loading needs it; the core checks the rest. */
export interface Manifest {
  readonly id: string;
  readonly kind: string;
  readonly weights: string;
  readonly encoder?: string;
  readonly files: readonly FileEntry[];
}

/** Reads a manifest. */
export function readManifest(text: string, from: string): Manifest {
  const wrong = (what: string): never => {
    throw new RubricaError("parse_error", `${from}: ${what}`, from);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return wrong(`is not JSON (${String(error)}); expected a model's manifest`);
  }
  const { id, kind, weights, encoder, files } = Object(value) as Record<string, unknown>;
  if (typeof id !== "string" || typeof kind !== "string" || typeof weights !== "string") {
    return wrong("lacks a field; expected id, kind, weights and files");
  }
  if (!Array.isArray(files) || !files.every(isFileEntry)) {
    return wrong("files is wrong; expected a list of { name, sha256, bytes }");
  }
  const manifest = { id, kind, weights, files };
  return typeof encoder === "string" ? { ...manifest, encoder } : manifest;
}

function isFileEntry(value: unknown): value is FileEntry {
  const { name, sha256, bytes } = Object(value) as Record<string, unknown>;
  return typeof name === "string" && typeof sha256 === "string" && typeof bytes === "number";
}

/** The files that loading needs: not the weights stored in another precision. */
export function neededFiles(manifest: Manifest): readonly FileEntry[] {
  return manifest.files.filter(
    ({ name }) => name === manifest.weights || !name.endsWith(".safetensors"),
  );
}

/** The model that a name of `CreateOptions.models` stands for. */
export function modelId(name: string): string {
  if (name === "judge") return DEFAULT_JUDGE;
  if (name === "encoder") return DEFAULT_ENCODER;
  if (!/^[\w.-]+$/.test(name) || name.startsWith(".")) {
    const problem = `models: "${name}" is no model's id`;
    throw new RubricaError("invalid_input", `${problem}; expected a folder's name`, "models");
  }
  return name;
}
