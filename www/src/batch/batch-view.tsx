import { effect, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AgreementPanel } from "./agreement-panel.js";
import { ExportPanel } from "./export-panel.js";
import { KeptPanel } from "./kept-panel.js";
import { Histogram, ListTools } from "./list-tools.js";
import { order } from "./listing.js";
import type { Batch } from "./plan.js";
import type { Key } from "./query.js";
import { RowList } from "./row-list.js";
import { RowPanel } from "./row-panel.js";
import { RunPanel } from "./run-panel.js";
import { Setup } from "./setup.js";
import { SourceField } from "./source-field.js";
import { FIRST, model, query, running, shown, takeUp } from "./state.js";

/** A new batch is looked at from its first row, in its own order; a kept one with what was set for it. */
let seen: string | undefined;
effect(() => {
  if (model.phase.value.name !== "ready") {
    seen = undefined;
    return;
  }
  const batch = model.batch.peek();
  if (batch === undefined || seen === batch.name) return;
  seen = batch.name;
  query.value = FIRST;
  shown.value = undefined;
  if (batch.plan !== undefined) takeUp(batch.plan);
});

export function BatchView() {
  useEffect(() => {
    void model.open();
  }, []);
  const phase = model.phase.value;
  const batch = model.batch.value;
  return (
    <div class="batch">
      {model.problem.value !== undefined && (
        <p class="error" role="alert">
          {model.problem.value}
        </p>
      )}
      {phase.name === "opening" && <p role="status">Looking whether a batch was kept …</p>}
      {phase.name === "reading" && (
        <div class="progress">
          <span role="status">Reading {phase.of.toLocaleString("en")} rows …</span>
          <progress aria-label="Rows read" max={Math.max(1, phase.of)} value={phase.done} />
        </div>
      )}
      {phase.name === "empty" && (
        <div class="split">
          <SourceField />
          <section class="result">
            <Invitation />
          </section>
        </div>
      )}
      {phase.name === "ready" && batch !== undefined && <Open batch={batch} />}
    </div>
  );
}

function Open({ batch }: { batch: Batch }) {
  const started = batch.plan !== undefined;
  const of = useSignal<Key>("score");
  const open = (row: number) => {
    shown.value = row;
    requestAnimationFrame(() => {
      // Beside the list on wide screens, below it on others.
      if (!matchMedia("(min-width: 64rem)").matches) document.getElementById("row-panel")?.scrollIntoView({ block: "start" });
      document.getElementById("row-panel")?.focus({ preventScroll: true });
    });
  };
  const close = () => {
    shown.value = undefined;
    document.querySelector<HTMLElement>(".list")?.focus();
  };
  return (
    <>
      <p class="batch-name">
        <bdi>{batch.name}</bdi>, {batch.count === 1 ? "one row" : `${batch.count.toLocaleString("en")} rows`}
      </p>
      <details class="setup" open={!started}>
        <summary>
          What is judged, and how{" "}
          {(running.active.value || batch.unfinished === true) && <span class="hint">cannot be changed until the run is done or cancelled</span>}
        </summary>
        <Setup batch={batch} />
      </details>
      <RunPanel batch={batch} />
      {model.notice.value !== undefined && <p class="warning">{model.notice.value}</p>}
      <section class="rows" aria-labelledby="rows-title">
        <h2 id="rows-title">Rows</h2>
        <div class="rows-head">
          <ListTools />
          <Histogram of={of.value} choose={(key) => (of.value = key)} />
        </div>
        <p class="hint" id="list-keys">
          Arrow keys, Page up and down, Home and End move through the rows, Enter opens one{started && ", a digit marks it"}.
        </p>
        <div class={shown.value === undefined ? "list-and-row" : "list-and-row open"}>
          <RowList open={open} />
          {order.value.length === 0 && <p class="hint none">No row fits.</p>}
          {shown.value !== undefined && <RowPanel row={shown.value} close={close} />}
        </div>
      </section>
      {started && <AgreementPanel />}
      {started && <ExportPanel batch={batch} />}
      <KeptPanel batch={batch} />
    </>
  );
}

function Invitation() {
  return (
    <div class="invitation">
      <h2>Many texts at once</h2>
      <p>
        Bring a table of answers, essays or summaries, one a row. Each is judged under a rubric, checked against requirements, or both, here in this tab. You can pause, close the page
        and go on later.
      </p>
      <p>
        Then sort and search the rows, read what stands out, set marks of your own beside the judge's, and see how far the two agree.
      </p>
      <p class="hint">
        The rows are kept in this browser, on this device, until you delete them there. The judge takes about a second for a short text.
      </p>
    </div>
  );
}
