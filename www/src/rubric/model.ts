/** The rubric that is being edited, as an object and as text, each following the other. */

import { computed, signal } from "@preact/signals";
import type { ResolvedCriterion, ResolvedRubric, Scale } from "rubrica";
import { builtinRubrics, parseRubric, RubricaError, rubricToYaml } from "rubrica/metrics";

export class RubricModel {
  readonly builtins = signal<readonly ResolvedRubric[]>([]);
  /** Name of the built-in that the rubric still is. */
  readonly chosen = signal<string | undefined>(undefined);
  readonly rubric = signal<ResolvedRubric | undefined>(undefined);
  readonly text = signal("");
  readonly error = signal<RubricaError | undefined>(undefined);

  private readonly ready: Promise<void>;
  /** Rises with every edit and choice: only the last one's result counts. */
  private edits = 0;
  /** Ends when the last edit has been read. */
  private latest: Promise<void>;

  constructor(first: string) {
    this.ready = builtinRubrics().then(
      (all) => {
        this.builtins.value = all;
      },
      (error: RubricaError) => {
        this.error.value = error;
      },
    );
    this.latest = this.choose(first);
  }

  /** Starts over from a built-in rubric. Asked before those are there, it waits for them. */
  choose(name: string): Promise<void> {
    return this.change(async (isLast) => {
      await this.ready;
      const found = this.builtins.value.find((rubric) => rubric.name === name);
      if (found === undefined || !isLast()) return;
      this.rubric.value = found;
      const text = await rubricToYaml(found);
      if (!isLast()) return;
      this.text.value = text;
      this.error.value = undefined;
      this.chosen.value = name;
    });
  }

  /** Takes a rubric that was kept, which may be a built-in. */
  take(rubric: ResolvedRubric): Promise<void> {
    return this.change(async (isLast) => {
      await this.ready;
      const text = await rubricToYaml(rubric);
      if (!isLast()) return;
      const whole = JSON.stringify(rubric);
      this.chosen.value = this.builtins.value.find((builtin) => JSON.stringify(builtin) === whole)?.name;
      this.rubric.value = rubric;
      this.text.value = text;
      this.error.value = undefined;
    });
  }

  /** Takes an edited object; a wrong one is kept for the form to show, with what is wrong. */
  edit(rubric: ResolvedRubric): Promise<void> {
    this.chosen.value = undefined;
    this.rubric.value = rubric;
    return this.change(async (isLast) => {
      await parseRubric(JSON.stringify(rubric));
      const text = await rubricToYaml(rubric);
      if (!isLast()) return;
      this.text.value = text;
      this.error.value = undefined;
    });
  }

  /** Takes edited text: YAML, JSON or a Prometheus rubric. */
  editText(text: string): Promise<void> {
    this.chosen.value = undefined;
    this.text.value = text;
    return this.change(async (isLast) => {
      const rubric = await parseRubric(text);
      if (!isLast()) return;
      this.rubric.value = rubric;
      this.error.value = undefined;
    });
  }

  /** The rubric as it was last edited. A wrong one is an error, never the one before it. */
  async settled(): Promise<ResolvedRubric> {
    let last: Promise<void>;
    do {
      last = this.latest;
      await last;
    } while (last !== this.latest);
    const { error, rubric } = this;
    if (error.value !== undefined) throw error.value;
    if (rubric.value === undefined) throw new RubricaError("invalid_input", "rubric: is missing; choose or write one", "rubric");
    return rubric.value;
  }

  private change(work: (isLast: () => boolean) => Promise<void>): Promise<void> {
    const edit = ++this.edits;
    const isLast = () => edit === this.edits;
    const done = work(isLast).catch((error: RubricaError) => {
      if (isLast()) this.error.value = error;
    });
    this.latest = done;
    return done;
  }

  /** What the rubric is, for telling whether it has changed. */
  readonly identity = computed(() =>
    this.error.value === undefined ? JSON.stringify(this.rubric.value) : this.text.value,
  );

  /** Why nothing can be judged under it. */
  readonly obstacle = computed(() =>
    this.error.value === undefined ? undefined : `The rubric is not right yet: ${this.error.value.message}`,
  );

  /** The message for a field, if it is the one at fault: `criteria[0].weight`. */
  messageAt(path: string): string | undefined {
    const error = this.error.value;
    return error?.path === path ? error.message : undefined;
  }
}

/** Points of a scale that can have an anchor: whole numbers, if they are few. */
export function anchorPoints({ kind, min, max }: Scale): number[] {
  if (kind === "continuous" || !Number.isFinite(min) || !Number.isFinite(max) || max - min > 10) return [];
  const first = Math.ceil(min);
  return Array.from({ length: Math.max(0, Math.floor(max) - first + 1) }, (_, i) => first + i);
}

/** A copy of `list` with the item at `index` moved by `by` places. */
export function moved<T>(list: readonly T[], index: number, by: number): T[] {
  const copy = [...list];
  const target = index + by;
  const item = copy[index];
  if (item === undefined || target < 0 || target >= copy.length) return copy;
  copy.splice(index, 1);
  copy.splice(target, 0, item);
  return copy;
}

/** An id that no criterion has yet. */
export function freshId(criteria: readonly ResolvedCriterion[]): string {
  for (let n = criteria.length + 1; ; n++) {
    const id = `criterion_${n}`;
    if (criteria.every((criterion) => criterion.id !== id)) return id;
  }
}
