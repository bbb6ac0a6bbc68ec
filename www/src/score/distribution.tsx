import type { Distribution } from "rubrica";
import { percent } from "../words.js";

const HEIGHT = 72;
const BAR = 34;
const GAP = 10;

/** Probabilities over the points of a scale, as bars. */
export function DistributionChart({ distribution, score }: { distribution: Distribution; score: number | null }) {
  const { points, probabilities } = distribution;
  const width = points.length * (BAR + GAP) - GAP;
  const words = points.map((point, i) => `${point}: ${percent(probabilities[i] ?? 0)}`).join(", ");
  const highest = Math.max(...probabilities, 0.01);
  const nearest = score === null ? -1 : nearestIndex(points, score);
  return (
    <svg class="distribution" viewBox={`0 0 ${width} ${HEIGHT + 36}`} role="img" aria-label={`Distribution over the scale: ${words}`}>
      {points.map((point, i) => {
        const probability = probabilities[i] ?? 0;
        const height = Math.max(1.5, (probability / highest) * HEIGHT);
        const x = i * (BAR + GAP);
        return (
          <g key={point}>
            <rect class={i === nearest ? "bar best" : "bar"} x={x} y={HEIGHT + 14 - height} width={BAR} height={height} rx={3} />
            <text class="bar-value" x={x + BAR / 2} y={HEIGHT + 9 - height}>
              {percent(probability)}
            </text>
            <text class="bar-label" x={x + BAR / 2} y={HEIGHT + 31}>
              {Number.isInteger(point) ? point : point.toFixed(1)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** The same, without words, for a table's cell. */
export function SmallDistribution({ distribution }: { distribution: Distribution }) {
  const { points, probabilities } = distribution;
  const highest = Math.max(...probabilities, 0.01);
  const label = points.map((point, i) => `${point}: ${percent(probabilities[i] ?? 0)}`).join(", ");
  return (
    <svg class="small-distribution" viewBox={`0 0 ${points.length * 9 - 2} 20`} role="img" aria-label={label}>
      {probabilities.map((probability, i) => {
        const height = Math.max(1, (probability / highest) * 20);
        return <rect key={points[i]} class="bar" x={i * 9} y={20 - height} width={7} height={height} rx={1} />;
      })}
    </svg>
  );
}

function nearestIndex(points: readonly number[], score: number): number {
  let best = 0;
  for (const [i, point] of points.entries()) {
    if (Math.abs(point - score) < Math.abs((points[best] ?? 0) - score)) best = i;
  }
  return best;
}
