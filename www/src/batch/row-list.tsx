import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fixed } from "../words.js";
import { order } from "./listing.js";
import type { Mark } from "./outcome.js";
import { type Direction, type Key, visible } from "./query.js";
import { model, query, shown } from "./state.js";

/** Height of a row, as in the style sheet. */
const HEIGHT = 44;
/** Rows that are drawn beyond what is seen. */
const BEYOND = 8;
const LETTERS = 240;

/** The rows as a list of which only what is seen is drawn: 50,000 are as quick as ten. */
export function RowList({ open }: { open: (row: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const place = useSignal(0);
  model.version.value;
  const rows = order.value;
  const plan = model.batch.value?.plan;
  const columns: Columns = { score: plan?.rubric !== undefined, met: plan?.requirements !== undefined, mark: plan !== undefined };
  const extra = Object.values(columns).filter(Boolean).length;
  const first = Math.max(0, Math.floor(top.value / HEIGHT) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / HEIGHT) + BEYOND);
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const at = Math.min(place.value, Math.max(0, rows.length - 1));

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => (height.value = element.clientHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [height]);
  useFollow(place, box);

  const go = (to: number) => {
    const next = Math.min(Math.max(to, 0), rows.length - 1);
    place.value = next;
    reveal(box.current, next);
    if (shown.value !== undefined && rows[next] !== undefined) shown.value = rows[next];
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("button") !== null) return;
    const page = Math.max(1, Math.floor(height.value / HEIGHT) - 2);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 };
    const row = rows[at];
    const to = steps[event.key];
    if (to !== undefined) go(to);
    else if (event.key === "Enter" && row !== undefined) open(row);
    else if (/^\d$/u.test(event.key) && row !== undefined && markable(Number(event.key))) model.mark(row, { value: Number(event.key) });
    else return;
    event.preventDefault();
  };
  return (
    <div
      class={`list has-${extra}`}
      role="grid"
      aria-label="Rows"
      aria-rowcount={rows.length + 1}
      aria-describedby="list-keys"
      tabIndex={0}
      ref={box}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
      onKeyDown={press}
      {...(at >= first && at < last ? { "aria-activedescendant": `list-row-${rows[at]}` } : {})}
    >
      <div class="list-row list-head" role="row" aria-rowindex={1}>
        <Head title="Name" key_="name" />
        <Head title="Response" key_="length" />
        {columns.score && <Head title="Score" key_="score" />}
        {columns.met && <Head title="Met" key_="met" />}
        {columns.mark && <Head title="My mark" key_="mark" />}
      </div>
      <div class="list-rows" role="rowgroup" style={{ height: `${rows.length * HEIGHT}px` }}>
        {drawn.map((i) => {
          const row = rows[i];
          return row === undefined ? null : (
            <RowLine
              key={row}
              row={row}
              place={i}
              active={i === at}
              columns={columns}
              choose={() => {
                place.value = i;
                open(row);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Whether a key is a mark: a point of a scale whose points are whole. */
function markable(value: number): boolean {
  const { kind, min, max } = model.scale.peek();
  return model.batch.peek()?.plan !== undefined && kind !== "continuous" && value >= min && value <= max;
}

/** Keeps the place at the row that is shown, whatever the order. */
function useFollow(place: Signal<number>, box: { current: HTMLDivElement | null }): void {
  const now = shown.value;
  const rows = order.value;
  useEffect(() => {
    if (now === undefined || rows[place.peek()] === now) return;
    const found = rows.indexOf(now);
    if (found === -1) return;
    place.value = found;
    reveal(box.current, found);
  }, [now, rows, place, box]);
}

function reveal(box: HTMLDivElement | null, place: number): void {
  if (box === null) return;
  const [from, to] = [place * HEIGHT, (place + 1) * HEIGHT];
  // The head covers a row at the top.
  if (from < box.scrollTop) box.scrollTop = from;
  else if (to > box.scrollTop + box.clientHeight - HEIGHT) box.scrollTop = to - box.clientHeight + HEIGHT;
}

function Head({ title, key_ }: { title: string; key_: Key }) {
  const { sort, direction } = query.value;
  const on = sort === key_;
  const turn = () => {
    const next: Direction = on && direction === "up" ? "down" : "up";
    query.value = { ...query.peek(), sort: key_, direction: next };
  };
  const about = key_ === "length" ? "Sort by the length of the response" : `Sort by ${title.toLowerCase()}`;
  return (
    <div role="columnheader" aria-sort={on ? (direction === "up" ? "ascending" : "descending") : "none"}>
      <button type="button" class="head" onClick={turn} title={about}>
        {title}
        <span aria-hidden="true">{on ? (direction === "up" ? " ▲" : " ▼") : ""}</span>
      </button>
    </div>
  );
}

/** Which columns there are beside name and response. */
interface Columns {
  readonly score: boolean;
  readonly met: boolean;
  readonly mark: boolean;
}

interface LineProps {
  readonly row: number;
  readonly place: number;
  readonly active: boolean;
  readonly columns: Columns;
  readonly choose: () => void;
}

function RowLine({ row, place, active, columns, choose }: LineProps) {
  const of = model.rows[row];
  const reader = model.reader.value;
  const isShown = useComputed(() => shown.value === row);
  if (of === undefined) return null;
  const data = model.data();
  const seen = visible(data, row);
  const hidden = seen === undefined && model.briefs[row] !== undefined;
  const fault = of.fault ?? model.briefs[row]?.fault;
  const name = reader.name(of, row);
  return (
    <div
      id={`list-row-${row}`}
      class={["list-row", active ? "active" : "", fault === undefined ? "" : "failed"].join(" ")}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isShown.value}
      style={{ transform: `translateY(${place * HEIGHT}px)` }}
      onClick={choose}
    >
      <div role="rowheader" class="cut" dir="auto" title={name}>
        {name}
      </div>
      <div role="gridcell" class="cut" dir="auto">
        {fault !== undefined && <span class="fault">✕ {fault} </span>}
        {reader.text(of, "response").slice(0, LETTERS)}
      </div>
      {columns.score && (
        <div role="gridcell" class="number">
          {fault !== undefined ? <span class="fault">failed</span> : hidden ? <span class="hint">hidden</span> : score(seen?.score)}
        </div>
      )}
      {columns.met && (
        <div role="gridcell" class="number">
          {hidden && fault === undefined ? <span class="hint">hidden</span> : seen?.met !== undefined && `${seen.met[0]} of ${seen.met[1]}`}
        </div>
      )}
      {columns.mark && (
        <div role="gridcell" class="number">
          {markWords(model.marks.get(row))}
        </div>
      )}
    </div>
  );
}

function score(value: number | null | undefined): string {
  return value === undefined || value === null ? "–" : fixed(value);
}

function markWords(mark: Mark | undefined): string {
  if (mark === undefined) return "";
  const value = mark.value === null ? "" : String(mark.value);
  return mark.comment.trim() === "" ? value : `${value} ✎`;
}
