import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { models } from "./build/models.js";
import { serviceWorker, template } from "./build/service-worker.js";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  // Works from any sub-path.
  base: "./",
  root,
  plugins: [models(`${root}../models`), serviceWorker(template(root))],
  build: {
    target: "es2022",
    // A wasm module or icon inside a script would need a looser policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  preview: { headers: { "X-Content-Type-Options": "nosniff" } },
});
