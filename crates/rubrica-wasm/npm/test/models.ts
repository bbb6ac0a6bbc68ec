/** Tiny models of tests, whole or tampered with. */

import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
export const TINY = join(ROOT, "tests/fixtures/models");
/** The real models; `./x models` fetches what is not committed. */
export const MODELS = process.env.RUBRICA_MODELS ?? join(ROOT, "models");

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A copy of the tiny models with one file changed; `honest` puts the new hash into the manifest. */
export function tampered(
  model: string,
  file: string,
  change: (bytes: Uint8Array) => Uint8Array,
  honest: boolean,
): string {
  const folder = mkdtempSync(join(tmpdir(), "rubrica-models-"));
  cpSync(TINY, folder, { recursive: true });
  const path = join(folder, model, file);
  const bytes = change(new Uint8Array(readFileSync(path)));
  writeFileSync(path, bytes);
  if (honest) {
    const manifestPath = join(folder, model, "manifest.json");
    const manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
    const entry = manifest.files.find(({ name }: { name: string }) => name === file);
    Object.assign(entry, { sha256: sha256(bytes), bytes: bytes.length });
    writeFileSync(manifestPath, JSON.stringify(manifest));
  }
  return folder;
}

/** A golden vector that no device reproduces. */
export function wrongGolden(bytes: Uint8Array): Uint8Array {
  const golden = JSON.parse(new TextDecoder().decode(bytes));
  golden.embedding = golden.embedding.map((x: number) => -x);
  return new TextEncoder().encode(JSON.stringify(golden));
}

export function otherArchitecture(bytes: Uint8Array): Uint8Array {
  const config = JSON.parse(new TextDecoder().decode(bytes));
  return new TextEncoder().encode(JSON.stringify({ ...config, model_type: "mamba" }));
}
