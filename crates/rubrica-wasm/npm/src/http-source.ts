import { CachedSource } from "./cache.js";
import { HttpSource, type ModelSource } from "./source.js";

/** Models under `base`, kept in the browser's cache storage where there is one. */
export function httpSource(base: URL, cache: boolean): ModelSource {
  const plain = new HttpSource(base);
  const storage = (globalThis as { caches?: CacheStorage }).caches;
  return cache && storage !== undefined ? new CachedSource(plain, storage, base) : plain;
}
