/** The rubric that is being edited, as an object and as text, each following the other. */

import { signal } from "@preact/signals";
import type { ResolvedCriterion, ResolvedRubric, RubricaError, Scale } from "rubrica";
import { builtinRubrics, parseRubric, rubricToYaml } from "rubrica/metrics";

export class RubricModel {
  readonly builtins = signal<readonly ResolvedRubric[]>([]);
  /** Name of the built-in that the rubric still is. */
  readonly chosen = signal<string | undefined>(undefined);
  readonly rubric = signal<ResolvedRubric | undefined>(undefined);
  readonly text = signal("");
  readonly error = signal<RubricaError | undefined>(undefined);

  private readonly ready: Promise<void>;
  /** Rises with every edit: only the last one's result counts. */
  private edits = 0;

  constructor(first: string) {
    this.ready = builtinRubrics().then(
      (all) => {
        this.builtins.value = all;
        void this.choose(first);
      },
      (error: RubricaError) => {
        this.error.value = error;
      },
    );
  }

  /** Starts over from a built-in rubric. */
  async choose(name: string): Promise<void> {
    await this.ready;
    const found = this.builtins.value.find((rubric) => rubric.name === name);
    if (found === undefined) return;
    await this.edit(found);
    this.chosen.value = name;
  }

  /** Takes an edited object; a wrong one is kept for the form to show, with what is wrong. */
  async edit(rubric: ResolvedRubric): Promise<void> {
    const edit = ++this.edits;
    this.chosen.value = undefined;
    this.rubric.value = rubric;
    try {
      await parseRubric(JSON.stringify(rubric));
      const text = await rubricToYaml(rubric);
      if (edit !== this.edits) return;
      this.text.value = text;
      this.error.value = undefined;
    } catch (error) {
      if (edit === this.edits) this.error.value = error as RubricaError;
    }
  }

  /** Takes edited text: YAML, JSON or a Prometheus rubric. */
  async editText(text: string): Promise<void> {
    const edit = ++this.edits;
    this.chosen.value = undefined;
    this.text.value = text;
    try {
      const rubric = await parseRubric(text);
      if (edit !== this.edits) return;
      this.rubric.value = rubric;
      this.error.value = undefined;
    } catch (error) {
      if (edit === this.edits) this.error.value = error as RubricaError;
    }
  }

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
