import { cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

interface Manifest {
  readonly weights: string;
  readonly files: readonly { readonly name: string }[];
}

/** Copies `from`'s models beside the page: manifests, the files that loading needs, and cards as text. */
export function models(from: string): Plugin {
  let out = "";
  return {
    name: "rubrica-models",
    apply: "build",
    configResolved(config) {
      out = join(config.root, config.build.outDir, "models");
    },
    writeBundle() {
      for (const id of readdirSync(from)) {
        const path = join(from, id, "manifest.json");
        if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
        const { weights, files } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
        const needed = files.filter(({ name }) => name === weights || !name.endsWith(".safetensors"));
        for (const name of ["manifest.json", ...needed.map((file) => file.name)]) {
          const target = join(out, id, name);
          mkdirSync(dirname(target), { recursive: true });
          cpSync(join(from, id, name), target);
        }
        const card = join(from, id, "README.md");
        if (statSync(card, { throwIfNoEntry: false })?.isFile()) cpSync(card, join(out, id, "card.txt"));
      }
    },
  };
}
