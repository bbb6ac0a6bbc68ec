import { render } from "preact";
import { App } from "./app.js";
import { watch } from "./requests/watch.js";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/result.css";
import "./styles/batch.css";

watch();
const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
render(<App />, root);

if (import.meta.env.PROD) {
  // Without one (private windows, plain http) the page works too, but not offline.
  navigator.serviceWorker?.register("./service-worker.js").catch(() => {});
}
