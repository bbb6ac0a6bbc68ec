import { RubricaError } from "./errors.js";
import type { FileEntry } from "./manifest.js";
import type { ModelSource, OnBytes } from "./source.js";

/** Name of the browser cache that holds model files. */
const CACHE = "rubrica-models";

/**
 * Keeps verified files in the browser's cache storage under their hash, and manifests under their
 * model, so that a page works offline after its first visit. Where there is no storage (private
 * windows, a full disk) everything is fetched each time.
 */
export class CachedSource implements ModelSource {
  constructor(
    private readonly inner: ModelSource,
    private readonly storage: CacheStorage,
    /** Where the models are; cache keys are made under its origin and never fetched. */
    private readonly base: URL,
  ) {}

  async manifest(model: string, signal?: AbortSignal): Promise<string> {
    const key = this.key(`manifest/${encodeURIComponent(this.base.href)}/${model}`);
    try {
      const text = await this.inner.manifest(model, signal);
      await this.put(key, text);
      return text;
    } catch (error) {
      // A server that answers "not there" is right; one that cannot be reached may be.
      if (!(error instanceof RubricaError) || error.code !== "network") throw error;
      const kept = await this.get(key);
      if (kept === undefined) throw error;
      return await kept.text();
    }
  }

  async file(model: string, entry: FileEntry, onBytes: OnBytes, signal?: AbortSignal) {
    const kept = await this.get(this.fileKey(entry));
    if (kept === undefined) return await this.inner.file(model, entry, onBytes, signal);
    const bytes = new Uint8Array(await kept.arrayBuffer());
    onBytes(bytes.length);
    return bytes;
  }

  async verified(entry: FileEntry, bytes: Uint8Array): Promise<void> {
    const key = this.fileKey(entry);
    if ((await this.get(key)) === undefined) await this.put(key, bytes as Uint8Array<ArrayBuffer>);
  }

  async refused(entry: FileEntry): Promise<void> {
    await this.quietly((cache) => cache.delete(this.fileKey(entry)));
  }

  private fileKey(entry: FileEntry): string {
    return this.key(`file/${entry.sha256}`);
  }

  private key(path: string): string {
    return new URL(`/.rubrica-cache/${path}`, this.base).href;
  }

  private async get(key: string): Promise<Response | undefined> {
    return await this.quietly((cache) => cache.match(key));
  }

  private async put(key: string, body: BodyInit): Promise<void> {
    await this.quietly((cache) => cache.put(key, new Response(body)));
  }

  /** Storage that fails is storage that is not there. */
  private async quietly<T>(work: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    try {
      return await work(await this.storage.open(CACHE));
    } catch {
      return undefined;
    }
  }
}
