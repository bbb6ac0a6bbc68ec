import { loadedBytes, loading } from "../judge.js";
import { megabytes } from "../words.js";
import type { Batch } from "./plan.js";
import { wait } from "./run.js";
import { model, running } from "./state.js";

/** How the run goes, and what can be done about it. */
export function RunPanel({ batch }: { batch: Batch }) {
  model.version.value;
  const { all, judged, failed, waiting } = model.counts.value;
  const progress = running.progress.value;
  const retry = model.failed().length;
  if (running.active.value) {
    const loads = loading.value.state === "loading" && batch.plan?.rubric !== undefined;
    return (
      <section class="run" aria-label="Progress">
        <div class="progress">
          <span role="status">{loads ? "Loading the judge …" : `Judging: ${judged + failed} of ${all} rows`}</span>
          <span class="hint number" data-testid="pace">
            {loads ? `${megabytes(loadedBytes.value.loaded)} of ${megabytes(loadedBytes.value.total)}` : pace(progress)}
          </span>
          <progress aria-label="Rows judged" max={all} value={judged + failed} />
        </div>
        <div class="actions">
          <button type="button" onClick={() => running.pause()}>
            Pause
          </button>
          <button type="button" onClick={() => void running.cancel()}>
            Cancel
          </button>
          <Failed failed={failed} />
        </div>
      </section>
    );
  }
  if (batch.plan === undefined) return <div role="status" />;
  return (
    <section class="run" aria-label="Progress">
      <p role="status" data-testid="state">
        {batch.unfinished === true ? "Paused" : waiting > 0 ? "Cancelled" : "Done"}: {judged.toLocaleString("en")} of {all.toLocaleString("en")} rows are
        judged{failed > 0 && `, ${failed.toLocaleString("en")} failed`}
        {waiting > 0 && `, ${waiting.toLocaleString("en")} are left`}.
      </p>
      <div class="actions">
        {waiting > 0 && (
          <button type="button" class="primary" onClick={() => void running.resume()}>
            {batch.unfinished === true ? "Resume" : "Judge the rest"}
          </button>
        )}
        {batch.unfinished === true && (
          <button type="button" onClick={() => void running.cancel()}>
            Cancel
          </button>
        )}
        {retry > 0 && waiting === 0 && (
          <button type="button" onClick={() => void running.retry()}>
            Try the failed rows again
          </button>
        )}
        <Failed failed={failed} />
      </div>
    </section>
  );
}

function Failed({ failed }: { failed: number }) {
  if (failed === 0) return null;
  return <span class="hint">Rows that failed are in the list with their reason.</span>;
}

function pace(progress: { rate?: number | undefined; left?: number | undefined } | undefined): string {
  if (progress?.rate === undefined) return "";
  const rate = progress.rate < 10 ? progress.rate.toFixed(1) : Math.round(progress.rate).toLocaleString("en");
  return `${rate} rows a minute${progress.left === undefined ? "" : `, ${wait(progress.left)}`}`;
}
