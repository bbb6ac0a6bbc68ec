import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Progress } from "./progress.js";
import type { Task } from "./task.js";

interface ActionsProps<T> {
  readonly task: Signal<Task<T>>;
  /** What the main button says. */
  readonly label: string;
  readonly clear: () => void;
}

/** The buttons under a form: start, cancel while it runs, clear. */
export function Actions<T>({ task, label, clear }: ActionsProps<T>) {
  const now = task.value;
  const clearAll = () => {
    if (now.state === "running") now.cancel();
    task.value = { state: "idle" };
    clear();
  };
  return (
    <div class="actions">
      <button type="submit" class="primary" disabled={now.state === "running"}>
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
    </div>
  );
}

interface AreaProps<T> {
  readonly task: Signal<Task<T>>;
  /** Shown before anything was asked. */
  readonly invitation: ComponentChildren;
  readonly children: (value: T) => ComponentChildren;
}

/** Where a task's progress, failure or result is shown. A result gets the focus when it comes. */
export function ResultArea<T>({ task, invitation, children }: AreaProps<T>) {
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
      {now.state === "done" && children(now.value)}
    </section>
  );
}
