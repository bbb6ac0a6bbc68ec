import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/**
 * Writes `service-worker.js`: `src/service-worker.js` with the list of files that make up the page
 * and a version that changes with any of them.
 */
export function serviceWorker(source: string): Plugin {
  return {
    name: "rubrica-service-worker",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const files = Object.keys(bundle).filter((name) => !name.endsWith(".map")).sort();
        const hash = createHash("sha256");
        for (const name of files) {
          const file = bundle[name];
          if (file !== undefined) hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        }
        const template = readFileSync(source, "utf8");
        const version = hash.update(template).digest("hex").slice(0, 16);
        // The large module comes when a judge is loaded, and is kept from then on; the page asks for no metric by itself.
        const shell = files.filter((name) => !/rubrica_(full|slim).*\.wasm$/.test(name));
        const code = template
          .replace("__VERSION__", JSON.stringify(version))
          .replace("__SHELL__", JSON.stringify(["./", "icon.svg", ...shell]));
        this.emitFile({ type: "asset", fileName: "service-worker.js", source: code });
      },
    },
  };
}

/** The template, beside the page's sources. */
export function template(root: string): string {
  return join(root, "src/service-worker.js");
}
