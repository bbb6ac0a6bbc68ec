import type { Scorecard } from "rubrica";

/** The metrics of one text, with the signature of each. */
export function MetricTable({ scorecard }: { scorecard: Scorecard }) {
  const [sample] = scorecard.samples;
  if (sample === undefined) return null;
  return (
    <details class="metrics" open>
      <summary>Metrics</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Value</th>
            <th scope="col">Signature</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(sample.scores).map(([id, value]) => (
            <tr key={id}>
              <th scope="row">{id.replaceAll("_", " ")}</th>
              <td class="number">
                {value === null ? <span title={sample.errors?.[id]?.reason}>undefined</span> : shown(value)}
              </td>
              <td class="signature">{scorecard.signatures[id]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 3 : 1);
}
