import { computed, signal } from "@preact/signals";
import type { Leaderboard, RankMethod } from "rubrica/statistics";
import { Field } from "../field.js";
import { ask } from "../statistics/ask.js";
import { type Records, RecordsField } from "../statistics/records.js";
import { follow, task } from "../task.js";
import { Actions, ResultArea } from "../work-area.js";
import { BATTLES } from "./example.js";
import { LeaderboardResult } from "./leaderboard-result.js";

const METHODS: Record<RankMethod, string> = {
  "bradley-terry": "Bradley-Terry",
  "rao-kupper": "Rao-Kupper (ties by a threshold)",
  davidson: "Davidson (ties by a propensity)",
  elo: "Elo (in the order of the battles)",
  "rank-centrality": "Rank centrality",
  "k-sort": "K-sort (beliefs, in the order of the battles)",
};

const battles = signal<Records>({ text: "" });
const method = signal<RankMethod>("bradley-terry");
const bootstrap = signal(100);
const ranked = task<Leaderboard>();
const inputs = computed(() => [battles.value.text, method.value, bootstrap.value]);

function rankThem(): Promise<void> {
  const options = { method: method.value, bootstrap: bootstrap.value, matrix: true, byCategory: true };
  return follow(ranked, inputs, ({ signal }) => ask("rank", battles.value.text, options, signal));
}

export function RankView() {
  const submit = (event: Event) => {
    event.preventDefault();
    void rankThem();
  };
  return (
    <div class="split">
      <form class="inputs" onSubmit={submit}>
        <div class="examples" role="group" aria-label="Examples">
          <button type="button" class="chip" onClick={() => (battles.value = { text: BATTLES })}>
            Four writers, 120 battles
          </button>
        </div>
        <RecordsField
          records={battles}
          label="Battles"
          hint="model_a, model_b, winner, category if known; ranking [best, ..]; or rows of RewardBench, ICAI or BenchBench"
          placeholder={'{"model_a": "alder", "model_b": "birch", "winner": "model_a"}'}
        />
        <Field label="Method">
          {(ids) => (
            <select {...ids} value={method} onChange={(event) => (method.value = event.currentTarget.value as RankMethod)}>
              {Object.entries(METHODS).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Resamples" hint="for the intervals; 0 for those of a formula, where there is one">
          {(ids) => (
            <input
              {...ids}
              type="number"
              min={0}
              max={10000}
              value={bootstrap}
              onInput={(event) => (bootstrap.value = event.currentTarget.valueAsNumber || 0)}
            />
          )}
        </Field>
        <Actions task={ranked} label="Rank" clear={() => (battles.value = { text: "" })} />
      </form>
      <ResultArea task={ranked} inputs={inputs} label="Rank" invitation={<Invitation />}>
        {(leaderboard) => <LeaderboardResult leaderboard={leaderboard} />}
      </ResultArea>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <h2>Who is better, and is that certain?</h2>
      <p>
        Paste or drop battles: two names and the winner of each. They become ratings with intervals; two models share a
        rank where their intervals overlap. No judge is loaded for this.
      </p>
    </>
  );
}
