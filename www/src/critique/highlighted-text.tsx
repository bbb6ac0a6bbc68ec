import type { Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Point } from "rubrica";
import { type Piece, pieces } from "../spans.js";
import { release, reveal } from "./finding.js";

interface Props {
  readonly text: string;
  readonly points: readonly Point[];
  readonly active: Signal<number | undefined>;
}

/** The text that was judged, with the parts that points are about marked and linked to them. */
export function HighlightedText({ text, points, active }: Props) {
  const parts = useMemo(() => pieces(text, points), [text, points]);
  const firstOf = useMemo(() => firstPieces(parts), [parts]);
  return (
    <section class="judged" aria-labelledby="judged-title">
      <h2 id="judged-title">The text, with what stood out</h2>
      <div class="text" dir="auto" data-testid="judged-text" tabIndex={0} role="region" aria-labelledby="judged-title">
        {parts.map((piece, index) =>
          piece.points.length === 0 ? (
            piece.text
          ) : (
            <Mark key={index} piece={piece} points={points} ids={firstOf.get(index) ?? []} active={active} />
          ),
        )}
      </div>
    </section>
  );
}

interface MarkProps {
  readonly piece: Piece;
  readonly points: readonly Point[];
  /** The points whose first piece this is: links to them lead here. */
  readonly ids: readonly number[];
  readonly active: Signal<number | undefined>;
}

function Mark({ piece, points, ids, active }: MarkProps) {
  const [top = 0] = piece.points;
  const lit = active.value !== undefined && piece.points.includes(active.value);
  const severity = points[top]?.severity ?? "note";
  const label = piece.points.map((index) => points[index]?.message ?? "").join(" ");
  const goTo = (event: Event) => {
    event.preventDefault();
    active.value = top;
    reveal(`point-${top}`);
  };
  return (
    <>
      {ids.filter((id) => id !== top).map((id) => (
        <span key={id} id={`mark-${id}`} tabIndex={-1} />
      ))}
      <a
        href={`#point-${top}`}
        {...(ids.includes(top) ? { id: `mark-${top}` } : {})}
        class={`mark ${severity}${lit ? " lit" : ""}`}
        title={label}
        onClick={goTo}
        onMouseEnter={() => (active.value = top)}
        onMouseLeave={() => release(active, top)}
        onFocus={() => (active.value = top)}
        onBlur={() => release(active, top)}
      >
        {piece.text}
      </a>
    </>
  );
}

/** By piece, the points that start in it. */
function firstPieces(parts: readonly Piece[]): Map<number, number[]> {
  const seen = new Set<number>();
  const first = new Map<number, number[]>();
  for (const [index, { points }] of parts.entries()) {
    const fresh = points.filter((point) => !seen.has(point));
    for (const point of fresh) seen.add(point);
    if (fresh.length > 0) first.set(index, fresh);
  }
  return first;
}
