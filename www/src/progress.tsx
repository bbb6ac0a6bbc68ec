import type { Signal } from "@preact/signals";
import { loadedBytes, loading } from "./judge.js";
import type { Task } from "./task.js";
import { megabytes } from "./words.js";

const STAGES: Record<string, string> = {
  encode: "Reading the text",
  score: "Scoring",
  occlude: "Reading it again without each part",
  metrics: "Computing metrics",
  fit: "Fitting",
};

/** What a task is doing, as a bar and, for screen readers, as words. */
export function Progress<T>({ task }: { task: Signal<Task<T>> }) {
  const now = task.value;
  if (now.state !== "running") return <div role="status" />;
  if (loading.value.state === "loading") {
    const { loaded, total } = loadedBytes.value;
    return (
      <Bar words="Loading the judge" detail={`${megabytes(loaded)} of ${megabytes(total)}`} share={total === 0 ? undefined : loaded / total} />
    );
  }
  const { progress } = now;
  if (progress === undefined) return <Bar words="Starting" />;
  const { stage, done, total, share } = progress;
  return <Bar words={STAGES[stage] ?? stage} detail={`${done} of ${total}`} share={share} />;
}

function Bar({ words, detail, share }: { words: string; detail?: string; share?: number | undefined }) {
  return (
    <div class="progress">
      <span role="status">{words} …</span>
      <span class="hint number" aria-hidden="true">
        {detail}
      </span>
      <progress aria-label={words} max={1} {...(share === undefined ? {} : { value: share })} />
    </div>
  );
}
