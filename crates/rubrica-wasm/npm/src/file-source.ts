import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { RubricaError } from "./errors.js";
import type { FileEntry } from "./manifest.js";
import type { ModelSource, OnBytes } from "./source.js";

/** Models in a folder on disk. */
export class FileSource implements ModelSource {
  constructor(private readonly folder: string) {}

  async manifest(model: string): Promise<string> {
    return new TextDecoder().decode(await this.read(model, "manifest.json"));
  }

  async file(model: string, entry: FileEntry, onBytes: OnBytes): Promise<Uint8Array> {
    const bytes = await this.read(model, entry.name);
    onBytes(bytes.length);
    return bytes;
  }

  private async read(model: string, name: string): Promise<Uint8Array> {
    const path = join(this.folder, model, name);
    try {
      return await readFile(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${path}: cannot be read (${reason}); expected the model's folder under modelsUrl`;
      throw new RubricaError("model_file_missing", message, `${model}/${name}`);
    }
  }
}

/** The nearest folder called `models`, in `start` or above it. */
export function nearestModels(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const models = join(folder, "models");
    if (existsSync(models)) return models;
    if (folder === dirname(folder)) {
      const message = `no \`models\` folder in ${start} or above it; name one with modelsUrl`;
      throw new RubricaError("model_file_missing", message);
    }
  }
}
