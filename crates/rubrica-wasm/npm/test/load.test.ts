/** Loading: progress, checks of size and hash, cancelling, and the browser's cache. */

import { expect, test } from "vitest";
import { CachedSource } from "../dist/cache.js";
import { RubricaError } from "../dist/errors.js";
import { loadModels } from "../dist/load.js";
import type { FileEntry } from "../dist/manifest.js";
import type { ModelSource, OnBytes } from "../dist/source.js";
import type { LoadProgress } from "../dist/types.js";
import { sha256 } from "./models.js";

const BYTES = new Uint8Array([1, 2, 3, 4]);
const ENTRY = { name: "w.safetensors", sha256: sha256(BYTES), bytes: 4 };
const BASE = new URL("http://localhost/models/");

/** Serves a judge and its encoder from memory, and counts. */
class Memory implements ModelSource {
  files = 0;
  offline = false;
  constructor(readonly bytes = BYTES, readonly entry: FileEntry = ENTRY) {}

  async manifest(model: string): Promise<string> {
    if (this.offline) throw new RubricaError("network", "offline");
    const other = { ...ENTRY, name: "other.safetensors" };
    const manifest = { id: model, kind: "encoder", weights: ENTRY.name, files: [this.entry, other] };
    return JSON.stringify(model === "judge-x" ? { ...manifest, kind: "probe", encoder: "encoder-x" } : manifest);
  }

  async file(_model: string, _entry: FileEntry, onBytes: OnBytes): Promise<Uint8Array> {
    if (this.offline) throw new RubricaError("network", "offline");
    this.files += 1;
    onBytes(2);
    onBytes(this.bytes.length);
    return this.bytes;
  }
}

/** Cache storage in memory, as much of it as is used. */
function storage(): CacheStorage {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => void kept.set(key, response),
    delete: async (key: string) => kept.delete(key),
  };
  return { open: async () => cache } as unknown as CacheStorage;
}

const quiet = () => {};

test("a judge brings its encoder, and only the weights that are used", async () => {
  const seen: LoadProgress[] = [];
  const models = await loadModels(["judge-x"], new Memory(), (p) => seen.push(p));
  expect(models.map(({ manifest }) => JSON.parse(manifest).id)).toEqual(["judge-x", "encoder-x"]);
  expect([...(models[1]?.files.keys() ?? [])]).toEqual([ENTRY.name]);
  expect(seen.map(({ status }) => status)).toEqual([
    ...["initiate", "download", "progress", "progress", "done"],
    ...["initiate", "download", "progress", "progress", "done"],
    "ready",
  ]);
  expect(seen[3]).toEqual({ status: "progress", file: "judge-x/w.safetensors", loaded: 4, total: 4 });
});

test.each([
  ["file_size_mismatch", { ...ENTRY, bytes: 5 }],
  ["file_hash_mismatch", { ...ENTRY, sha256: "0".repeat(64) }],
])("%s names the file and what was expected", async (code, entry) => {
  const loading = loadModels(["encoder-x"], new Memory(BYTES, entry), quiet);
  await expect(loading).rejects.toMatchObject({
    code,
    path: "encoder-x/w.safetensors",
    message: expect.stringContaining("expected"),
  });
});

test.each([[[]], [["../up"]], [["a/b"]]])("%j is no list of models", async (names) => {
  await expect(loadModels(names, new Memory(), quiet)).rejects.toMatchObject({ code: "invalid_input", path: "models" });
});

test("a signal stops between files", async () => {
  const controller = new AbortController();
  const onProgress = ({ status }: LoadProgress) => status === "done" && controller.abort();
  const loading = loadModels(["judge-x"], new Memory(), onProgress, controller.signal);
  await expect(loading).rejects.toMatchObject({ code: "cancelled" });
});

test("what was loaded once is there offline", async () => {
  const inner = new Memory();
  const source = new CachedSource(inner, storage(), BASE);
  await loadModels(["judge-x"], source, quiet);
  // Both models hold the same file: it was fetched once.
  expect(inner.files).toBe(1);
  inner.offline = true;
  expect(await loadModels(["judge-x"], source, quiet)).toHaveLength(2);
  inner.manifest = () => Promise.reject(new RubricaError("model_file_missing", "taken away"));
  await expect(loadModels(["judge-x"], source, quiet)).rejects.toMatchObject({ code: "model_file_missing" });
});

test("damaged bytes do not stay in the cache", async () => {
  const caches = storage();
  const cache = await caches.open("rubrica-models");
  await cache.put(`http://localhost/.rubrica-cache/file/${ENTRY.sha256}`, new Response(new Uint8Array([9, 9, 9, 9])));
  const source = new CachedSource(new Memory(), caches, BASE);
  await expect(loadModels(["encoder-x"], source, quiet)).rejects.toMatchObject({ code: "file_hash_mismatch" });
  expect(await loadModels(["encoder-x"], source, quiet)).toHaveLength(1);
});

test("storage that fails is no storage", async () => {
  const broken = { open: () => Promise.reject(new Error("no room")) } as unknown as CacheStorage;
  expect(await loadModels(["encoder-x"], new CachedSource(new Memory(), broken, BASE), quiet)).toHaveLength(1);
});
