import { cancelled, RubricaError } from "./errors.js";
import type { FileEntry } from "./manifest.js";

/** Called with the bytes so far. */
export type OnBytes = (loaded: number) => void;

/** Where models come from. */
export interface ModelSource {
  /** The text of `MODEL/manifest.json`. */
  manifest(model: string, signal?: AbortSignal): Promise<string>;
  /** A file of a model, not yet verified. */
  file(model: string, entry: FileEntry, onBytes: OnBytes, signal?: AbortSignal): Promise<Uint8Array>;
  /** Told that `bytes` of `entry` are whole; a source that remembers files keeps them. */
  verified?(entry: FileEntry, bytes: Uint8Array): Promise<void>;
  /** Told that the bytes given for `entry` are not what they should be. */
  refused?(entry: FileEntry): Promise<void>;
}

/** Models under a URL, fetched with progress. */
export class HttpSource implements ModelSource {
  constructor(private readonly base: URL) {}

  async manifest(model: string, signal?: AbortSignal): Promise<string> {
    const reply = await this.get(`${model}/manifest.json`, signal);
    return await reply.text();
  }

  async file(model: string, entry: FileEntry, onBytes: OnBytes, signal?: AbortSignal) {
    const reply = await this.get(`${model}/${entry.name}`, signal);
    if (reply.body === null) return new Uint8Array(await reply.arrayBuffer());
    // One buffer of the announced size: joining chunks would hold the file twice.
    const bytes = new Uint8Array(entry.bytes);
    const reader = reply.body.getReader();
    let loaded = 0;
    for (;;) {
      const { done, value } = await read(reader, signal);
      if (done) break;
      if (loaded + value.length > bytes.length) {
        await reader.cancel();
        throw wrongSize(`${model}/${entry.name}`, entry, `more than ${entry.bytes}`);
      }
      bytes.set(value, loaded);
      loaded += value.length;
      onBytes(loaded);
    }
    return bytes.subarray(0, loaded);
  }

  private async get(path: string, signal?: AbortSignal): Promise<Response> {
    const url = new URL(path, this.base);
    let reply: Response;
    try {
      reply = await fetch(url, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      const reason = error instanceof Error ? error.message : String(error);
      throw new RubricaError("network", `${url}: cannot be fetched (${reason})`, path);
    }
    if (reply.status === 404) {
      const message = `${url}: is not there; expected the model's folder under modelsUrl`;
      throw new RubricaError("model_file_missing", message, path);
    }
    if (!reply.ok) {
      throw new RubricaError("network", `${url}: the server answered ${reply.status}`, path);
    }
    return reply;
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, signal?: AbortSignal) {
  try {
    return await reader.read();
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    const reason = error instanceof Error ? error.message : String(error);
    throw new RubricaError("network", `the download broke off (${reason})`);
  }
}

export function wrongSize(file: string, entry: FileEntry, found: string): RubricaError {
  const message = `${file}: has ${found} bytes; expected ${entry.bytes}: it was cut short or changed`;
  return new RubricaError("file_size_mismatch", message, file);
}
