import type { ReadonlySignal, Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Progress } from "./progress.js";
import { type Inputs, sameInputs, type Task } from "./task.js";

interface ActionsProps<T> {
  readonly task: Signal<Task<T>>;
  /** What the main button says. */
  readonly label: string;
  readonly clear: () => void;
  /** Why it cannot be started now, if there is a reason. */
  readonly obstacle?: ReadonlySignal<string | undefined>;
}

/** The buttons under a form: start, cancel while it runs, clear. */
export function Actions<T>({ task, label, clear, obstacle }: ActionsProps<T>) {
  const now = task.value;
  const id = useId();
  const reason = obstacle?.value;
  const clearAll = () => {
    if (now.state === "running") now.cancel();
    task.value = { state: "idle" };
    clear();
  };
  return (
    <div class="actions">
      <button
        type="submit"
        class="primary"
        disabled={now.state === "running" || reason !== undefined}
        {...(reason === undefined ? {} : { "aria-describedby": id })}
      >
        {label}
      </button>
      {now.state === "running" && (
        <button type="button" onClick={now.cancel}>
          Cancel
        </button>
      )}
      <button type="button" class="quiet" onClick={clearAll}>
        Clear
      </button>
      {reason !== undefined && (
        <p class="hint" id={id}>
          {reason}
        </p>
      )}
    </div>
  );
}

interface AreaProps<T> {
  readonly task: Signal<Task<T>>;
  /** What stands in the form now. */
  readonly inputs: ReadonlySignal<Inputs>;
  /** What to press for a result of it. */
  readonly label: string;
  /** Shown before anything was asked. */
  readonly invitation: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/**
 * Where a task's progress, failure or result is shown. A result gets the focus when it comes; once the form has
 * been edited it is kept, but marked as that of another input.
 */
export function ResultArea<T>({ task, inputs, label, invitation, children }: AreaProps<T>) {
  const area = useRef<HTMLElement>(null);
  const now = task.value;
  useEffect(() => {
    let before = task.peek();
    return task.subscribe((after) => {
      // On a wide screen the result is in view already.
      const preventScroll = matchMedia("(min-width: 64rem)").matches;
      if (before.state === "running" && after.state === "done") area.current?.focus({ preventScroll });
      before = after;
    });
  }, [task]);
  return (
    <section class="result" aria-label="Result" tabIndex={-1} ref={area}>
      <Progress task={task} />
      {now.state === "idle" && <div class="invitation">{invitation}</div>}
      {now.state === "failed" && (
        <p class="error" role="alert">
          {now.error.message}
        </p>
      )}
      {now.state === "done" && (
        <Result stale={!sameInputs(now.of, inputs.value)} label={label}>
          {children(now.value)}
        </Result>
      )}
    </section>
  );
}

function Result({ stale, label, children }: { stale: boolean; label: string; children: ComponentChildren }) {
  return (
    <>
      <div role="status">
        {stale && (
          <p class="warning" data-testid="stale">
            This is the result for what stood here before it was edited. Press {label} again for a new one.
          </p>
        )}
      </div>
      <div class={stale ? "result-body stale" : "result-body"}>{children}</div>
    </>
  );
}
