import type { Leaderboard, RatedModel } from "rubrica/statistics";
import { ResultTools, SignatureLine } from "../signature.js";
import { Interval } from "../statistics/interval.js";
import { fixed, percent } from "../words.js";

/** A larger matrix cannot be read; the JSON has it. */
const MOST = 30;

/** Ratings with their intervals, and who won how often against whom. */
export function LeaderboardResult({ leaderboard }: { leaderboard: Leaderboard }) {
  const { ratings, matrix, tieParameter, byCategory = {}, signature } = leaderboard;
  const leaders = ratings.filter(({ rank }) => rank === 1).map(({ model }) => model);
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="leader">
          {lead(leaders)}
        </div>
      </header>
      <Board caption="Leaderboard" ratings={ratings} />
      {tieParameter != null && <p class="hint">Tie parameter: {fixed(tieParameter, 3)}.</p>}
      {matrix != null && matrix.length <= MOST && <WinMatrix names={ratings.map(({ model }) => model)} matrix={matrix} />}
      {Object.entries(byCategory).map(([category, { n, ratings, error }]) =>
        error === undefined ? (
          <Board key={category} caption={`${category}, ${battles(n)}`} ratings={ratings} />
        ) : (
          <p key={category} class="hint">
            {category}, {battles(n)}: no ratings, since {error.reason}
          </p>
        ),
      )}
      <SignatureLine signature={signature} />
      <ResultTools name="leaderboard" value={leaderboard} />
    </>
  );
}

function battles(count: number): string {
  return count === 1 ? "1 battle" : `${count} battles`;
}

function Board({ caption, ratings }: { caption: string; ratings: readonly RatedModel[] }) {
  const ends = ratings.flatMap(({ rating, lower, upper }) => [rating, lower ?? rating, upper ?? rating]);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Rank</th>
            <th scope="col">Tier</th>
            <th scope="col">Model</th>
            <th scope="col">Rating</th>
            <th scope="col">95 % interval</th>
            <td aria-hidden="true">
              {fixed(from, 0)} to {fixed(to, 0)}
            </td>
            <th scope="col">Won</th>
            <th scope="col">Tied</th>
            <th scope="col">Lost</th>
          </tr>
        </thead>
        <tbody>
          {ratings.map(({ model, rank, tier, rating, lower, upper, wins, ties, losses }) => (
            <tr key={model}>
              <td class="number">{rank}</td>
              <td class="number">{tier}</td>
              <th scope="row">{model}</th>
              <td class="number">{fixed(rating, 1)}</td>
              <td class="number">{lower == null || upper == null ? "none" : `${fixed(lower, 1)} to ${fixed(upper, 1)}`}</td>
              <td aria-hidden="true">
                <Interval value={rating} lower={lower} upper={upper} from={from} to={to} />
              </td>
              <td class="number">{wins}</td>
              <td class="number">{ties}</td>
              <td class="number">{losses}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function lead(names: readonly string[]): string {
  if (names.length === 1) return `${names[0]} leads`;
  return `${names.length > 3 ? names.length : names.join(" and ")} share the lead`;
}

function WinMatrix({ names, matrix }: { names: readonly string[]; matrix: NonNullable<Leaderboard["matrix"]> }) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="Wins against each other">
      <table class="matrix">
        <caption>Share won by the row against the column, a tie being half a win</caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, i) => (
            <tr key={names[i]}>
              <th scope="row">{names[i]}</th>
              {row.map(([wins, ties, losses], j) => {
                const all = wins + ties + losses;
                if (all === 0) return <td key={names[j]} class="number none">{i === j ? "" : "–"}</td>;
                const share = (wins + ties / 2) / all;
                return (
                  <td key={names[j]} class="number heat" style={{ "--share": `${Math.round(share * 100)}%` }} title={`${wins} won, ${ties} tied, ${losses} lost`}>
                    {percent(share)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
