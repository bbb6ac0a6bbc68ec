import { useSignal } from "@preact/signals";
import type { Batch } from "./plan.js";
import { model, running, shown } from "./state.js";

/** What is kept of the batch, and how to be rid of it. */
export function KeptPanel({ batch }: { batch: Batch }) {
  const sure = useSignal(false);
  const remove = async () => {
    running.pause();
    shown.value = undefined;
    sure.value = false;
    await model.remove();
  };
  return (
    <section class="kept" aria-label="What is kept">
      <p class="hint">
        {model.lasting.value ? (
          <>
            Kept in this browser until you delete it: the rows of <bdi>{batch.name}</bdi>, rubric and requirements, all results, your marks and comments. They survive a reload and a
            crash, and never leave this device.
          </>
        ) : (
          <>
            <b>Kept in this tab only:</b> the browser gives the page no storage, or another tab has a batch open. Download what you need before you close or reload it.
          </>
        )}
      </p>
      <div class="actions">
        {sure.value ? (
          <>
            <button type="button" class="danger" onClick={() => void remove()}>
              Delete rows, results and marks for good
            </button>
            <button type="button" onClick={() => (sure.value = false)}>
              Keep them
            </button>
          </>
        ) : (
          <button type="button" onClick={() => (sure.value = true)}>
            Delete this batch …
          </button>
        )}
      </div>
    </section>
  );
}
