import type { ComponentChildren } from "preact";
import type { Figure } from "rubrica/statistics";
import { fixed } from "../words.js";

interface Props {
  readonly value: number;
  readonly lower?: number | null | undefined;
  readonly upper?: number | null | undefined;
  /** Ends of the axis. */
  readonly from: number;
  readonly to: number;
  /** A value to mark with a line, such as chance. */
  readonly mark?: number;
}

const WIDTH = 160;

/** A value and its interval on an axis. Decoration: the numbers stand in the same row. */
export function Interval({ value, lower, upper, from, to, mark }: Props) {
  const x = (at: number) => 4 + ((Math.min(Math.max(at, from), to) - from) / (to - from || 1)) * (WIDTH - 8);
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} 16`} aria-hidden="true">
      <line class="axis" x1={4} x2={WIDTH - 4} y1={8} y2={8} />
      {mark !== undefined && <line class="mark" x1={x(mark)} x2={x(mark)} y1={1} y2={15} />}
      {lower != null && upper != null && <line class="reach" x1={x(lower)} x2={x(upper)} y1={8} y2={8} />}
      <circle class="dot" cx={x(value)} cy={8} r={3.5} />
    </svg>
  );
}

/** A row of a table of figures: name, value, interval, and the same as a plot. */
export function FigureRow({ name, figure, from = 0, to = 1, mark }: { name: string; figure: Figure; from?: number; to?: number; mark?: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {figure.value === null ? (
        <td colSpan={3}>none: {figure.error.reason}</td>
      ) : (
        <>
          <td class="number">{fixed(figure.value, 3)}</td>
          <td class="number">
            {fixed(figure.lower, 3)} to {fixed(figure.upper, 3)}
          </td>
          <td>
            <Interval value={figure.value} lower={figure.lower} upper={figure.upper} from={from} to={to} {...(mark === undefined ? {} : { mark })} />
          </td>
        </>
      )}
    </tr>
  );
}

/** A table of figures. */
export function Figures({ caption, children }: { caption: string; children: ComponentChildren }) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={caption}>
      <table class="figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col">Value</th>
            <th scope="col">95 % interval</th>
            <td aria-hidden="true" />
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
