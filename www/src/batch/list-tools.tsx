import { useComputed } from "@preact/signals";
import { Field } from "../field.js";
import { fixed } from "../words.js";
import { binsOf } from "./bins.js";
import { finding, order } from "./listing.js";
import { outputScale } from "./outcome.js";
import { type Bin, type Direction, type Key, keyOf, type Query, SHOWS, type Show } from "./query.js";
import { model, query } from "./state.js";

/** Search, filter and order of the list. */
export function ListTools() {
  const { search, show, sort, direction, bin } = query.value;
  const change = (to: Partial<Query>) => (query.value = { ...query.peek(), ...to });
  const { all } = model.counts.value;
  return (
    <div class="list-tools">
      <div class="row">
        <Field label="Search">
          {(ids) => (
            <input {...ids} type="search" placeholder="any words" value={search} onInput={(event) => change({ search: event.currentTarget.value })} />
          )}
        </Field>
        <Field label="Show">
          {(ids) => (
            <select {...ids} value={show} onChange={(event) => change({ show: event.currentTarget.value as Show })}>
              {Object.entries(SHOWS).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Sort by">
          {(ids) => (
            <select {...ids} value={sort} onChange={(event) => change({ sort: event.currentTarget.value as Key })}>
              {keys().map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Direction">
          {(ids) => (
            <select {...ids} value={direction} onChange={(event) => change({ direction: event.currentTarget.value as Direction })}>
              <option value="up">{ends(sort)[0]}</option>
              <option value="down">{ends(sort)[1]}</option>
            </select>
          )}
        </Field>
      </div>
      <p class="hint" role="status" data-testid="found">
        {finding.value ? "Looking …" : `${order.value.length.toLocaleString("en")} of ${all.toLocaleString("en")} rows`}
        {bin !== undefined && (
          <>
            , only those from {short(bin.from)} to {short(bin.to)}{" "}
            <button type="button" class="link" onClick={() => (query.value = without(query.peek()))}>
              show all values
            </button>
          </>
        )}
      </p>
    </div>
  );
}

function without({ bin: _, ...others }: Query): Query {
  return others;
}

/** What rows of this batch can be sorted by, by name. */
function keys(): readonly (readonly [Key, string])[] {
  const plan = model.batch.value?.plan;
  const criteria = plan?.rubric?.criteria ?? [];
  const each = criteria.length > 1 ? criteria.map(({ id }, i) => [`criterion ${i}` as const, id.replaceAll("_", " ")] as const) : [];
  return [
    ["file", "order of the file"],
    ["name", "name"],
    ["length", "length of the response"],
    ...(plan?.rubric === undefined ? [] : ([["score", "score"], ...each, ["spread", "concentration of the score's bars"]] as const)),
    ...(plan?.requirements === undefined ? [] : ([["met", "requirements met"]] as const)),
    ["mark", "my mark"],
    ["gap", "distance of my mark and the judge"],
  ];
}

/** What stands first, in either direction. */
function ends(key: Key): readonly [string, string] {
  if (key === "file") return ["from the top", "from the bottom"];
  if (key === "name") return ["A to Z", "Z to A"];
  return key === "length" ? ["shortest first", "longest first"] : ["lowest first", "highest first"];
}

/** How a value spreads over the rows; a bar shows its rows alone. */
export function Histogram({ of, choose }: { of: Key; choose: (key: Key) => void }) {
  const batch = model.batch.value;
  const rubric = batch?.plan?.rubric;
  const counts = useComputed(() => {
    model.version.value;
    const data = model.data();
    const values = data.rows.map((_, row) => keyOf(data, of, row)).filter((value) => typeof value === "number");
    return binsOf(values, scaleOf(of));
  });
  if (rubric === undefined) return null;
  const most = Math.max(1, ...counts.value.map(({ count }) => count));
  const { criteria } = rubric;
  const now = query.value.bin;
  return (
    <section class="histogram" aria-label="Histogram">
      <Field label="Histogram of">
        {(ids) => (
          <select {...ids} value={of} onChange={(event) => choose(event.currentTarget.value as Key)}>
            <option value="score">score</option>
            {criteria.length > 1 &&
              criteria.map(({ id }, i) => (
                <option key={id} value={`criterion ${i}`}>
                  {id.replaceAll("_", " ")}
                </option>
              ))}
            <option value="mark">my mark</option>
          </select>
        )}
      </Field>
      <div class="bars" role="group" aria-label="Bars: press one to see its rows alone">
        {counts.value.map(({ from, to, count }, i) => {
          const on = now?.key === of && now.from === from;
          const bin: Bin = { key: of, from, to, last: i === counts.value.length - 1 };
          return (
            <button
              key={from}
              type="button"
              class="bar-button"
              aria-pressed={on}
              title={`${short(from)} to ${short(to)}: ${count}`}
              onClick={() => (query.value = on ? without(query.peek()) : { ...query.peek(), bin })}
            >
              <span class="hidden">
                {short(from)} to {short(to)}: {count} {count === 1 ? "row" : "rows"}
              </span>
              <span class="bar-count" aria-hidden="true">
                {count > 0 && count.toLocaleString("en")}
              </span>
              <span class="bar-fill" style={{ height: `${(count / most) * 4}rem` }} />
              <span class="bar-from" aria-hidden="true">
                {short(from)}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );

  function scaleOf(key: Key) {
    const criterion = key.startsWith("criterion ") ? rubric?.criteria[Number(key.slice(10))] : undefined;
    return criterion?.scale ?? (rubric === undefined ? { min: 0, max: 1 } : outputScale(rubric));
  }
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : fixed(value, 1);
}
