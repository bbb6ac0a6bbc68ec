import type { ComponentChildren } from "preact";
import type { JudgeAudit, ReliabilityBin } from "rubrica/statistics";

const SIZE = 220;
const EDGE = 44;
/** Height of a name beside a point. */
const LINE = 13;

/** A square from 0 to 1 both ways with its diagonal. */
function Unit({ label, x, y, children }: { label: string; x: string; y: string; children: ComponentChildren }) {
  const ticks = [0, 0.5, 1];
  return (
    <svg class="unit-plot" viewBox={`0 0 ${SIZE + EDGE + 10} ${SIZE + EDGE + 10}`} role="img" aria-label={label}>
      <rect class="frame" x={EDGE} y={5} width={SIZE} height={SIZE} />
      <line class="diagonal" x1={EDGE} y1={SIZE + 5} x2={SIZE + EDGE} y2={5} />
      {ticks.map((tick) => (
        <g key={tick}>
          <text class="tick" x={EDGE + tick * SIZE} y={SIZE + 19} text-anchor="middle">
            {tick}
          </text>
          <text class="tick" x={EDGE - 5} y={SIZE + 9 - tick * SIZE} text-anchor="end">
            {tick}
          </text>
        </g>
      ))}
      <text class="axis-name" x={EDGE + SIZE / 2} y={SIZE + 36} text-anchor="middle">
        {x}
      </text>
      <text class="axis-name" transform={`translate(10 ${SIZE / 2 + 5}) rotate(-90)`} text-anchor="middle">
        {y}
      </text>
      {children}
    </svg>
  );
}

const at = (x: number, y: number) => ({ cx: EDGE + x * SIZE, cy: 5 + (1 - y) * SIZE });

/** Accuracy with A first against accuracy with B first; off the diagonal, the place decides. */
export function PositionPlot({ sources }: { sources: readonly [string, NonNullable<JudgeAudit["bySource"]>[string]][] }) {
  const placed = sources.flatMap(([name, { accuracyAb, accuracyBa }]) =>
    accuracyAb.value === null || accuracyBa.value === null ? [] : [{ name, ...at(accuracyAb.value, accuracyBa.value) }],
  );
  const points = withLabels(placed);
  return (
    <Unit label="Accuracy with A first against accuracy with B first, a point a source; the table has the numbers" x="right with A first" y="right with B first">
      {points.map(({ name, cx, cy, y }) => (
        <g key={name}>
          <circle class="dot" cx={cx} cy={cy} r={5} />
          <text class="point-name" x={cx + (cx > SIZE * 0.7 ? -9 : 9)} y={y} text-anchor={cx > SIZE * 0.7 ? "end" : "start"}>
            {name}
          </text>
        </g>
      ))}
    </Unit>
  );
}

interface Placed {
  readonly name: string;
  readonly cx: number;
  readonly cy: number;
}

/** From the top down, each with a height for its name at which it covers none above. */
function withLabels(points: readonly Placed[]): (Placed & { readonly y: number })[] {
  let last = Number.NEGATIVE_INFINITY;
  return [...points]
    .sort((a, b) => a.cy - b.cy)
    .map((point) => {
      last = Math.max(point.cy + 4, last + LINE);
      return { ...point, y: last };
    });
}

/** How often the judge is right at each probability; on the diagonal, probabilities mean what they say. */
export function ReliabilityPlot({ bins }: { bins: readonly ReliabilityBin[] }) {
  const most = Math.max(...bins.map(({ count }) => count), 1);
  return (
    <Unit label="Share right against probability, a point a bin; the table has the numbers" x="probability" y="share right">
      {bins.map(({ lower, count, confidence, frequency }) => (
        <circle key={lower} class="dot" {...at(confidence ?? 0, frequency ?? 0)} r={3 + 6 * Math.sqrt(count / most)} />
      ))}
    </Unit>
  );
}
