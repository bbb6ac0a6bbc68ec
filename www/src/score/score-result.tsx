import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import type { Judgment } from "rubrica";
import { Critique } from "../critique/critique.js";
import { HighlightedText } from "../critique/highlighted-text.js";
import { ResultTools, SignatureLine } from "../signature.js";
import { confidence, fixed } from "../words.js";
import { DistributionChart, SmallDistribution } from "./distribution.js";
import { counted, meanings, sourceOf } from "./evidence.js";
import { MetricTable } from "./metric-table.js";
import { card, record } from "./record.js";
import type { Scored } from "./score-view.js";

/** A judgment: what is counted and found by rule, then what the judge makes of it, then how all that came about. */
export function ScoreResult({ text, judgment, metrics }: Scored) {
  const active = useSignal<number | undefined>(undefined);
  const { score, distribution, critique, perCriterion } = judgment;
  const top = distribution?.points.at(-1);
  const bottom = distribution?.points[0];
  const only = perCriterion.length === 1 ? perCriterion[0] : undefined;
  const counts = counted(metrics);
  return (
    <>
      {counts !== "" && (
        <p class="counted" data-testid="counted">
          Counted: {counts}.
        </p>
      )}
      <Critique title="Found by rule" summary={false} critique={critique} active={active} show={(point) => sourceOf(point) === "rule"} />
      <header class="verdict">
        <div>
          <div class="score" data-testid="score">
            {score === null ? <span class="undefined">no score</span> : fixed(score)}
            {top !== undefined && <span class="of"> of {top}</span>}
          </div>
          {only?.interval !== undefined && (
            <p class="hint">
              90 % interval {fixed(only.interval[0], 1)} to {fixed(only.interval[1], 1)}
              {bottom !== undefined && `, on a scale from ${bottom}`}
            </p>
          )}
        </div>
        {distribution !== undefined && (
          <figure>
            <DistributionChart distribution={distribution} score={score} />
            <figcaption class="hint">Coloured: the point nearest to the score, which is the mean of the bars.</figcaption>
          </figure>
        )}
      </header>
      {judgment.error !== undefined && <p class="error">{judgment.error.reason}</p>}
      {judgment.confidence !== undefined && <p class="hint">{confidence(judgment.confidence)}</p>}
      <Trust judgment={judgment} />
      {judgment.warnings?.map((warning) => (
        <p key={warning} class="warning" dir="auto">
          {warning}
        </p>
      ))}
      {perCriterion.length > 1 && <CriterionTable rows={perCriterion} />}
      <Meanings judgment={judgment} />
      <Critique critique={critique} active={active} show={(point) => sourceOf(point) === "judge"} />
      <HighlightedText text={text} points={critique.points} active={active} />
      <MetricTable scorecard={metrics} />
      <SignatureLine signature={judgment.signature} />
      <ResultTools name="judgment" value={{ judgment, metrics: metrics.samples[0], metricSignatures: metrics.signatures }} />
    </>
  );
}

/** What the judge is worth, in words, and where to read more. */
function Trust({ judgment }: { judgment: Judgment }) {
  const models = judgment.signature.models ?? [];
  return (
    <>
      {models.map(({ id }) => {
        const words = record(id);
        return (
          words !== undefined && (
            <p key={id} class="hint">
              How far to trust the judge: {words} <a href={card(id)} target="_blank" rel="noopener">The card of {id}</a> has all figures.
            </p>
          )
        );
      })}
    </>
  );
}

/** What the levels of the scale mean: the rubric's own words, not something that was seen in the text. */
function Meanings({ judgment }: { judgment: Judgment }) {
  const all = meanings(judgment);
  if (all.length === 0) return null;
  return (
    <details class="meanings">
      <summary>What the scale says at this score</summary>
      <p class="hint">These are the rubric's words for its levels. They say what a score means, not what was found in the text.</p>
      <dl>
        {all.map(({ criterion, point, text, next }) => (
          <Fragment key={criterion}>
            <dt>
              {criterion.replaceAll("_", " ")}, level {point}
            </dt>
            <dd dir="auto">{text}</dd>
            {next !== undefined && (
              <dd class="hint" dir="auto">
                {next}
              </dd>
            )}
          </Fragment>
        ))}
      </dl>
    </details>
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
                  (90 %: {fixed(interval[0], 1)} to {fixed(interval[1], 1)})
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
