import { useSignal } from "@preact/signals";
import { Critique } from "../critique/critique.js";
import { HighlightedText } from "../critique/highlighted-text.js";
import { ResultTools, SignatureLine } from "../signature.js";
import { confidence, fixed } from "../words.js";
import { DistributionChart, SmallDistribution } from "./distribution.js";
import { MetricTable } from "./metric-table.js";
import type { Scored } from "./score-view.js";

/** A judgment: score, distribution, criteria, critique, text, metrics, signature. */
export function ScoreResult({ text, judgment, metrics }: Scored) {
  const active = useSignal<number | undefined>(undefined);
  const { score, distribution, critique, perCriterion } = judgment;
  const top = distribution?.points.at(-1);
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="score">
          {score === null ? <span class="undefined">no score</span> : fixed(score)}
          {top !== undefined && <span class="of"> of {top}</span>}
        </div>
        {distribution !== undefined && <DistributionChart distribution={distribution} score={score} />}
      </header>
      {judgment.error !== undefined && <p class="error">{judgment.error.reason}</p>}
      {judgment.confidence !== undefined && <p class="hint">{confidence(judgment.confidence)}</p>}
      {judgment.warnings?.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      {perCriterion.length > 1 && <CriterionTable rows={perCriterion} />}
      <Critique critique={critique} active={active} />
      <HighlightedText text={text} points={critique.points} active={active} />
      <MetricTable scorecard={metrics} />
      <SignatureLine signature={judgment.signature} />
      <ResultTools name="judgment" value={{ judgment, metrics: metrics.samples[0], metricSignatures: metrics.signatures }} />
    </>
  );
}

function CriterionTable({ rows }: { rows: Scored["judgment"]["perCriterion"] }) {
  return (
    <table class="criteria-table">
      <caption>By criterion</caption>
      <thead>
        <tr>
          <th scope="col">Criterion</th>
          <th scope="col">Score</th>
          <th scope="col">Distribution</th>
          <th scope="col">Weight</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ criterion, score, distribution, weight, error, interval }) => (
          <tr key={criterion}>
            <th scope="row">{criterion.replaceAll("_", " ")}</th>
            <td class="number">
              {score === null ? <span title={error?.reason}>none</span> : fixed(score)}
              {interval !== undefined && (
                <span class="hint">
                  {" "}
                  {fixed(interval[0], 1)} to {fixed(interval[1], 1)}
                </span>
              )}
            </td>
            <td>{distribution !== undefined && <SmallDistribution distribution={distribution} />}</td>
            <td class="number">{weight}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
