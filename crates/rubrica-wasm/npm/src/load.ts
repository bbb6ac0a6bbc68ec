import { cancelled, RubricaError } from "./errors.js";
import { type FileEntry, type Manifest, modelId, neededFiles, readManifest } from "./manifest.js";
import { type ModelSource, wrongSize } from "./source.js";
import type { LoadProgress } from "./types.js";

/** A model as it crosses into the core. */
export interface ModelBytes {
  readonly manifest: string;
  readonly files: Map<string, Uint8Array>;
}

export type OnLoad = (progress: LoadProgress) => void;

/** Models with their files, verified, and with the encoders that judges among them need. */
export async function loadModels(
  names: readonly string[],
  source: ModelSource,
  onProgress: OnLoad,
  signal?: AbortSignal,
): Promise<ModelBytes[]> {
  const wanted = [...new Set(names.map(modelId))];
  if (wanted.length === 0) {
    throw new RubricaError("invalid_input", `models: is empty; expected ["judge"]`, "models");
  }
  const loaded: ModelBytes[] = [];
  // The list grows by the encoders that manifests name.
  for (const id of wanted) {
    if (signal?.aborted) throw cancelled();
    const path = `${id}/manifest.json`;
    const text = await source.manifest(id, signal);
    const manifest = readManifest(text, path);
    const { encoder } = manifest;
    if (encoder !== undefined && !wanted.includes(modelId(encoder))) wanted.push(modelId(encoder));
    loaded.push({ manifest: text, files: await loadFiles(id, manifest, source, onProgress, signal) });
  }
  onProgress({ status: "ready" });
  return loaded;
}

async function loadFiles(
  id: string,
  manifest: Manifest,
  source: ModelSource,
  onProgress: OnLoad,
  signal?: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of neededFiles(manifest)) {
    if (signal?.aborted) throw cancelled();
    const file = `${id}/${entry.name}`;
    const total = entry.bytes;
    onProgress({ status: "initiate", file, loaded: 0, total });
    onProgress({ status: "download", file, loaded: 0, total });
    const onBytes = (loaded: number) => onProgress({ status: "progress", file, loaded, total });
    const bytes = await source.file(id, entry, onBytes, signal);
    try {
      await verify(file, entry, bytes);
    } catch (error) {
      await source.refused?.(entry);
      throw error;
    }
    await source.verified?.(entry, bytes);
    files.set(entry.name, bytes);
    onProgress({ status: "done", file, loaded: total, total });
  }
  return files;
}

async function verify(file: string, entry: FileEntry, bytes: Uint8Array): Promise<void> {
  if (bytes.length !== entry.bytes) throw wrongSize(file, entry, String(bytes.length));
  // Pages served over plain http from another machine have no Web Crypto. The core checks the
  // hash of weights again in any case.
  if (globalThis.crypto?.subtle === undefined) return;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const found = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
  if (found !== entry.sha256) {
    const message = `${file}: sha256 is ${found}; expected ${entry.sha256}`;
    throw new RubricaError("file_hash_mismatch", message, file);
  }
}
