import type { JSX } from "preact";
import { AuditView } from "./audit/audit-view.js";
import { BatchView } from "./batch/batch-view.js";
import { CheckView } from "./check/check-view.js";
import { CompareView } from "./compare/compare-view.js";
import { loading } from "./judge.js";
import { RankView } from "./rank/rank-view.js";
import { RequestLog } from "./requests/request-log.js";
import { type View, view, VIEWS } from "./route.js";
import { ScoreView } from "./score/score-view.js";
import { theme, toggleTheme } from "./theme.js";

const TITLES: Record<View, string> = {
  score: "Score",
  compare: "Compare",
  batch: "Batch",
  check: "Check",
  rank: "Rank",
  audit: "Audit",
};
const SHOWN: Record<View, () => JSX.Element> = {
  score: ScoreView,
  compare: CompareView,
  batch: BatchView,
  check: CheckView,
  rank: RankView,
  audit: AuditView,
};

export function App() {
  const now = view.value;
  const Shown = SHOWN[now];
  document.title = `${TITLES[now]} · Rubrica`;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <h1>
          <img src="./icon.svg" alt="" width="26" height="26" /> Rubrica
        </h1>
        <nav aria-label="Views">
          {VIEWS.map((name) => (
            <a key={name} href={`#/${name}`} {...(name === now ? { "aria-current": "page" as const } : {})}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <p class="promise">Nothing that you paste leaves this device.</p>
        <button type="button" class="quiet" onClick={toggleTheme}>
          {theme() === "dark" ? "Light" : "Dark"} mode
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <Shown />
      </main>
      <footer>
        <DeviceLine />
        <RequestLog />
        <p class="hint">
          <a href="./third-party-notices.txt" target="_blank" rel="noopener">Licences of what this page contains</a>
        </p>
      </footer>
    </>
  );
}

/** The address after `#` names the view, so a skip link cannot use it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Where the judge runs, and why there. */
function DeviceLine() {
  const now = loading.value;
  if (now.state !== "ready") return null;
  const { device, models, threads, where } = now.info;
  const name = device.device === "flex" ? `CPU, ${threads === 1 ? "one thread" : `${threads} threads`}` : "GPU";
  return (
    <p class="device" data-testid="device">
      {models.map(({ id }) => id).join(", ")} on the {name}, in {where === "worker" ? "a worker" : "this thread"}
      {device.reason !== undefined && `: ${device.reason}`}.
    </p>
  );
}
