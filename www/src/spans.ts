/** Spans of a text, which may overlap, as pieces that do not. */

import type { Point, Severity, Span } from "rubrica";

export interface Piece {
  readonly text: string;
  /** Indices of the points that cover the piece, most severe first. */
  readonly points: readonly number[];
}

const ORDER: Record<Severity, number> = { major: 0, minor: 1, note: 2, strength: 3 };

/** `text` cut wherever a span of `points` starts or ends. Offsets are UTF-16 units. */
export function pieces(text: string, points: readonly Point[]): Piece[] {
  const spans = points.flatMap(({ span }, index) => (span === undefined ? [] : [{ span, index }]));
  const edges = new Set([0, text.length]);
  for (const { span } of spans) edges.add(clamp(span.start, text)).add(clamp(span.end, text));
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(1).map((end, i) => {
    const start = cuts[i] ?? 0;
    const covering = spans.filter(({ span }) => covers(span, start, end)).map(({ index }) => index);
    covering.sort((a, b) => severity(points, a) - severity(points, b));
    return { text: text.slice(start, end), points: covering };
  });
}

function clamp(offset: number, text: string): number {
  return Math.max(0, Math.min(offset, text.length));
}

function covers(span: Span, start: number, end: number): boolean {
  return span.start <= start && end <= span.end;
}

function severity(points: readonly Point[], index: number): number {
  const point = points[index];
  return point === undefined ? 4 : ORDER[point.severity];
}
