import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Scorecard } from "rubrica";
import { CheckResult } from "../check/check-result.js";
import { Field } from "../field.js";
import { anchorPoints } from "../rubric/model.js";
import { ScoreResult } from "../score/score-result.js";
import { order } from "./listing.js";
import type { Outcome } from "./outcome.js";
import { isMarked, visible } from "./query.js";
import { model, shown } from "./state.js";

const NOTHING: Scorecard = { samples: [], signatures: {} };

/** One row whole: its texts, my mark, and what the judge says. */
export function RowPanel({ row, close }: { row: number; close: () => void }) {
  model.version.value;
  const panel = useRef<HTMLElement>(null);
  const of = model.rows[row];
  const reader = model.reader.value;
  const rows = order.value;
  const place = rows.indexOf(row);
  useEffect(() => {
    panel.current?.scrollTo?.({ top: 0 });
  }, []);
  if (of === undefined) return null;
  const fault = of.fault ?? model.briefs[row]?.fault;
  const step = (by: number) => {
    const next = rows[place + by];
    if (next !== undefined) shown.value = next;
  };
  const data = model.data();
  const hidden = visible(data, row) === undefined && model.briefs[row] !== undefined;
  return (
    <section class="result row-panel" aria-label="Row" tabIndex={-1} ref={panel} id="row-panel">
      <header class="row-head">
        <h2 dir="auto">{reader.name(of, row)}</h2>
        <div class="actions">
          <button type="button" onClick={() => step(-1)} disabled={place <= 0}>
            Previous
          </button>
          <button type="button" onClick={() => step(1)} disabled={place === -1 || place >= rows.length - 1}>
            Next
          </button>
          <button type="button" class="quiet" onClick={close}>
            Close
          </button>
        </div>
      </header>
      {fault !== undefined && (
        <p class="error" data-testid="fault">
          This row could not be judged: {fault}.
        </p>
      )}
      <Texts row={row} />
      {model.batch.value?.plan !== undefined && <MarkForm key={row} row={row} />}
      {hidden ? (
        <p class="hint">What the judge says is hidden until you have marked this row.</p>
      ) : (
        <Judged key={row} row={row} />
      )}
    </section>
  );
}

/** What the judge read besides the response, and a response without a result. */
function Texts({ row }: { row: number }) {
  const of = model.rows[row];
  const reader = model.reader.value;
  if (of === undefined) return null;
  const texts = (
    [
      ["Instruction", "instruction"],
      ["Response", "response"],
      ["Reference", "reference"],
      ["Context", "context"],
    ] as const
  ).map(([title, part]) => [title, reader.text(of, part)] as const);
  const raw = of.fault === undefined ? [] : [["As it stands in the file", of.cells.join(" | ")] as const];
  return (
    <dl class="texts">
      {[...texts, ...raw]
        .filter(([, text]) => text.trim() !== "")
        .map(([title, text]) => (
          <div key={title}>
            <dt class="label">{title}</dt>
            <dd dir="auto" tabIndex={0}>{text}</dd>
          </div>
        ))}
    </dl>
  );
}

/** My own mark and comment. */
function MarkForm({ row }: { row: number }) {
  const mark = model.marks.get(row) ?? { value: null, comment: "" };
  const scale = model.scale.value;
  const points = anchorPoints(scale);
  const alone = model.batch.value?.plan?.rubric === undefined;
  const words = (point: number) => (alone ? (point === 1 ? "met" : "not met") : String(point));
  return (
    <section class="mark-form" aria-label="My mark">
      {points.length > 0 ? (
        <div class="mark-line">
          <span class="label" aria-hidden="true">My mark</span>
          <div class="segmented" role="group" aria-label="My mark">
            {points.map((point) => (
              <button
                key={point}
                type="button"
                aria-pressed={mark.value === point}
                title={scale.anchors?.[point]}
                onClick={() => model.mark(row, { value: mark.value === point ? null : point })}
              >
                {words(point)}
              </button>
            ))}
          </div>
          {isMarked(mark) && <span class="hint">press it again to take it back</span>}
        </div>
      ) : (
        <Field label="My mark" hint={`from ${scale.min} to ${scale.max}`}>
          {(ids) => (
            <input
              {...ids}
              type="number"
              step="any"
              min={scale.min}
              max={scale.max}
              value={mark.value ?? ""}
              onInput={({ currentTarget: { valueAsNumber: value } }) => {
                if (Number.isNaN(value)) model.mark(row, { value: null });
                else if (value >= scale.min && value <= scale.max) model.mark(row, { value });
              }}
            />
          )}
        </Field>
      )}
      <Field label="My comment">
        {(ids) => <textarea {...ids} rows={2} value={mark.comment} onInput={(event) => model.mark(row, { comment: event.currentTarget.value })} />}
      </Field>
    </section>
  );
}

/** The judgment and the checks of a row, as Score and Check show them. */
function Judged({ row }: { row: number }) {
  const outcome = useSignal<Outcome | undefined>(undefined);
  const checks = useSignal(false);
  const brief = model.briefs[row];
  useEffect(() => {
    let wanted = true;
    outcome.value = undefined;
    if (brief === undefined) return;
    model.outcome(row).then(
      (found) => {
        if (wanted) outcome.value = found;
      },
      (error: Error) => model.fail(error),
    );
    return () => {
      wanted = false;
    };
  }, [row, brief, outcome]);
  const of = model.rows[row];
  if (of === undefined || brief === undefined) return of?.fault === undefined ? <p class="hint">Not judged yet.</p> : null;
  const { judgment, metrics = NOTHING, checked } = outcome.value ?? {};
  const text = model.reader.value.text(of, "response");
  const both = judgment !== undefined && checked !== undefined;
  return (
    <>
      {both && (
        <div class="segmented" role="group" aria-label="What to show">
          <button type="button" aria-pressed={!checks.value} onClick={() => (checks.value = false)}>
            Judgment
          </button>
          <button type="button" aria-pressed={checks.value} onClick={() => (checks.value = true)}>
            Requirements
          </button>
        </div>
      )}
      {judgment !== undefined && !(both && checks.value) && <ScoreResult text={text} judgment={judgment} metrics={metrics} />}
      {checked !== undefined && (!both || checks.value) && <CheckResult text={text} checked={checked} ignored={[]} />}
    </>
  );
}
