import type { Ranking } from "rubrica";
import { ResultTools, SignatureLine } from "../signature.js";
import { fixed, percent } from "../words.js";
import { letter } from "./compare-view.js";

/** Three or more responses, best first. */
export function RankingResult({ ranking, texts }: { ranking: Ranking; texts: readonly string[] }) {
  const rows = [...ranking.ranking].sort((a, b) => a.rank - b.rank);
  const best = ranking.best.map(letter).join(" and ");
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="preferred">
          {ranking.best.length === 1 ? `${best} is best` : `${best} tie`}
        </div>
      </header>
      <table>
        <caption>Ranking</caption>
        <thead>
          <tr>
            <th scope="col">Rank</th>
            <th scope="col">Response</th>
            <th scope="col">Reward</th>
            <th scope="col">Best with</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ index, rank, score, probability, error }) => (
            <tr key={index}>
              <td class="number">{rank}</td>
              <th scope="row">
                {letter(index)} <bdi class="excerpt">{texts[index]?.slice(0, 80)}</bdi>
              </th>
              <td class="number">{score === null ? <span title={error?.reason}>none</span> : fixed(score)}</td>
              <td class="number">{probability === undefined ? "" : percent(probability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <SignatureLine signature={ranking.signature} />
      <ResultTools name="ranking" value={ranking} />
    </>
  );
}
