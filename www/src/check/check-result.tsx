import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import type { Point, Severity } from "rubrica";
import { Finding, Group } from "../critique/finding.js";
import { HighlightedText } from "../critique/highlighted-text.js";
import { ResultTools } from "../signature.js";
import { fixed } from "../words.js";
import type { Checked, Item } from "./run.js";

/** A result with the text that it is about: the box may be edited afterwards. */
export interface Shown {
  readonly text: string;
  readonly checked: Checked;
  /** Fields of the requirements that say nothing to a check. */
  readonly ignored: readonly string[];
}

type Outcome = "failed" | "loosely" | "passed";

const OUTCOMES: readonly { readonly id: Outcome; readonly severity: Severity; readonly title: string; readonly sign: string }[] = [
  { id: "failed", severity: "major", title: "Not met", sign: "✕" },
  { id: "loosely", severity: "note", title: "Met loosely only", sign: "≈" },
  { id: "passed", severity: "strength", title: "Met", sign: "✓" },
];

/** Each requirement with what came of it; first what is not met, then what was not understood. */
export function CheckResult({ text, checked, ignored }: Shown) {
  const active = useSignal<number | undefined>(undefined);
  const { items, unread, pass, verdict } = checked;
  const points = items.map(point);
  const groups = OUTCOMES.map((outcome) => ({
    ...outcome,
    found: items.flatMap((item, index) => (outcomeOf(item) === outcome.id ? [{ item, index }] : [])),
  }));
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="met">
          {items.filter(({ passed }) => passed).length} <span class="of">of {items.length + unread.length} met</span>
        </div>
        <p class="hint">{overall(checked)}</p>
      </header>
      {ignored.length > 0 && <p class="warning">Not looked at, since no check reads it: {ignored.join(", ")}.</p>}
      <section class="critique" aria-label="Each requirement">
        {groups.map(({ id, severity, title, sign, found }) => (
          <Fragment key={id}>
            {found.length > 0 && (
              <Group id={severity} title={title} sign={sign}>
                {found.map(({ item, index }) => (
                  <Finding
                    key={index}
                    index={index}
                    active={active}
                    message={item.asked}
                    suggestion={item.suggestion}
                    marked={item.span !== undefined}
                  >
                    {item.understood !== "" && <span class="tag">{item.understood}</span>}
                    {item.found}
                  </Finding>
                ))}
              </Group>
            )}
            {id === "failed" && unread.length > 0 && <Unread clauses={unread} />}
          </Fragment>
        ))}
      </section>
      {groups.some(({ id, found }) => id === "loosely" && found.length > 0) && (
        <p class="hint">
          Loosely, as in IFEval: the best of eight variants of the response, without its first line, its last line, or its
          asterisks.
        </p>
      )}
      {items.some(({ span }) => span !== undefined) && <HighlightedText text={text} points={points} active={active} />}
      <ResultTools name="checks" value={{ pass, ...verdict }} />
    </>
  );
}

function Unread({ clauses }: { clauses: readonly string[] }) {
  return (
    <Group id="minor" title="Not understood, so not checked" sign="?">
      {clauses.map((clause, index) => (
        <li key={index} class="point">
          <p class="message">{clause}</p>
          <p class="evidence">no rule reads this clause whole; it counts as not met</p>
        </li>
      ))}
    </Group>
  );
}

function outcomeOf({ passed, loosely }: Item): Outcome {
  if (passed) return "passed";
  return loosely === true ? "loosely" : "failed";
}

/** A requirement as a point, for the marks in the text. */
function point(item: Item): Point {
  const { asked, found, span } = item;
  const severity = OUTCOMES.find(({ id }) => id === outcomeOf(item))?.severity ?? "note";
  const evidence = { kind: "check", check: asked, found } as const;
  return { severity, message: `${asked}: ${found}`, layer: "evidence", evidence, ...(span === undefined ? {} : { span }) };
}

function overall({ pass, items, unread, score, threshold }: Checked): string {
  const whole = pass ? "Passed" : "Not passed";
  if (score !== undefined) {
    const asked = threshold === undefined ? "every assertion has to hold" : `at least ${threshold} was asked for`;
    return `${whole}: score ${fixed(score)}, ${asked}.`;
  }
  const loose = items.filter(({ loosely }) => loosely === true).length;
  if (items.some(({ loosely }) => loosely !== undefined)) return `${whole} as written; loosely, ${loose} of ${items.length} are met.`;
  const failed = items.filter(({ passed }) => !passed).length;
  const counts = [failed === 0 ? "" : `${failed} not met`, unread.length === 0 ? "" : `${unread.length} not understood`];
  return pass ? `${whole}.` : `${whole}: ${counts.filter((count) => count !== "").join(", ")}.`;
}
