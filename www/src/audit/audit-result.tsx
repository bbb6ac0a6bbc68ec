import type { Figure, JudgeAudit, Leaning } from "rubrica/statistics";
import { ResultTools, SignatureLine } from "../signature.js";
import { FigureRow, Figures } from "../statistics/interval.js";
import { fixed, percent } from "../words.js";
import { PositionPlot, ReliabilityPlot } from "./plots.js";

/** What the audit found, as tables and plots. */
export function AuditResult({ audit }: { audit: JudgeAudit }) {
  const { position, length, calibration } = audit;
  const sources = Object.entries(audit.bySource ?? {});
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="accuracy">
          {audit.accuracy.value === null ? "none" : percent(audit.accuracy.value)} <span class="of">right of {audit.n}</span>
        </div>
      </header>
      <Figures caption="Right and steady">
        <FigureRow name="Accuracy, both orders together" figure={audit.accuracy} mark={0.5} />
        <FigureRow name="Right in both orders" figure={audit.consistentAccuracy} />
        <FigureRow name="Right with A first" figure={audit.accuracyAb} mark={0.5} />
        <FigureRow name="Right with B first" figure={audit.accuracyBa} mark={0.5} />
        <FigureRow name="Same verdict in both orders" figure={audit.consistency} />
        <FigureRow name="Cohen's kappa with the labels" figure={audit.kappa} from={-1} mark={0} />
      </Figures>
      <Figures caption="Position">
        <FigureRow name="The winner stood first (no bias: one half)" figure={position.prefersFirst} mark={0.5} />
        <FigureRow name="The first wins in both orders" figure={position.firstBothTimes} />
        <FigureRow name="The second wins in both orders" figure={position.secondBothTimes} />
      </Figures>
      {length != null && (
        <Figures caption="Length, where it differs">
          <FigureRow name="The judge's winner is longer" figure={length.prefersLonger} mark={0.5} />
          <FigureRow name="The labelled winner is longer" figure={length.labelLonger} mark={0.5} />
          <FigureRow name="Difference: liking of length beyond the labels" figure={length.excess} from={-1} mark={0} />
          <FigureRow name="Accuracy where the longer is better" figure={length.accuracyLongerBetter} mark={0.5} />
          <FigureRow name="Accuracy where the shorter is better" figure={length.accuracyShorterBetter} mark={0.5} />
        </Figures>
      )}
      {audit.selfPreference != null && <Liking of="its own" caption="Its own responses" leaning={audit.selfPreference} />}
      {Object.entries(audit.style ?? {}).map(([name, leaning]) => (
        <Liking key={name} of={`the one with more ${name}`} caption={`Style: ${name}, where it differs`} leaning={leaning} />
      ))}
      {sources.length > 0 && <Sources sources={sources} />}
      {calibration != null && <Calibration calibration={calibration} />}
      <SignatureLine signature={audit.signature} />
      <ResultTools name="audit" value={audit} />
    </>
  );
}

function Liking({ of, caption, leaning }: { of: string; caption: string; leaning: Leaning }) {
  return (
    <Figures caption={caption}>
      <FigureRow name={`The judge's winner is ${of}`} figure={leaning.prefers} mark={0.5} />
      <FigureRow name={`The labelled winner is ${of}`} figure={leaning.label} mark={0.5} />
      <FigureRow name="Difference: liking beyond the labels" figure={leaning.excess} from={-1} mark={0} />
      <FigureRow name={`Accuracy where ${of} is better`} figure={leaning.accuracyMarkedBetter} mark={0.5} />
      <FigureRow name="Accuracy where the other is better" figure={leaning.accuracyOtherBetter} mark={0.5} />
    </Figures>
  );
}

function Sources({ sources }: { sources: readonly [string, NonNullable<JudgeAudit["bySource"]>[string]][] }) {
  const share = (figure: Figure) => (figure.value === null ? "none" : fixed(figure.value, 3));
  return (
    <section class="plot-and-table">
      <PositionPlot sources={sources} />
      <div class="wide" tabIndex={0} role="region" aria-label="By source">
        <table>
          <caption>By source</caption>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Pairs</th>
              <th scope="col">Accuracy</th>
              <th scope="col">A first</th>
              <th scope="col">B first</th>
              <th scope="col">Same verdict</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(([name, { n, accuracy, accuracyAb, accuracyBa, consistency }]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{n}</td>
                {[accuracy, accuracyAb, accuracyBa, consistency].map((figure, i) => (
                  <td key={i} class="number">
                    {share(figure)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Calibration({ calibration }: { calibration: NonNullable<JudgeAudit["calibration"]> }) {
  const filled = calibration.bins.filter(({ count }) => count > 0);
  return (
    <section class="plot-and-table">
      <ReliabilityPlot bins={filled} />
      <div>
        <Figures caption="Probabilities">
          <FigureRow name="Brier score" figure={calibration.brier} />
          <FigureRow name="Calibration error" figure={calibration.ece} />
        </Figures>
        <table>
          <caption>Reliability</caption>
          <thead>
            <tr>
              <th scope="col">Probability</th>
              <th scope="col">Pairs</th>
              <th scope="col">Mean</th>
              <th scope="col">Right</th>
            </tr>
          </thead>
          <tbody>
            {filled.map(({ lower, upper, count, confidence, frequency }) => (
              <tr key={lower}>
                <th scope="row">
                  {fixed(lower, 1)} to {fixed(upper, 1)}
                </th>
                <td class="number">{count}</td>
                <td class="number">{fixed(confidence ?? 0, 3)}</td>
                <td class="number">{fixed(frequency ?? 0, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
