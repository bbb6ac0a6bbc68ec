import type { AgreementReport } from "rubrica/statistics";
import { ResultTools, SignatureLine } from "../signature.js";
import { FigureRow, Figures } from "../statistics/interval.js";
import { fixed } from "../words.js";

/** In the order in which they are shown. */
const NAMES: readonly (readonly [string, string])[] = [
  ["percent_agreement", "Equal ratings"],
  ["cohen_kappa", "Cohen's kappa"],
  ["cohen_kappa_linear", "Cohen's kappa, linear weights"],
  ["cohen_kappa_quadratic", "Cohen's kappa, quadratic weights"],
  ["fleiss_kappa", "Fleiss' kappa"],
  ["krippendorff_alpha_nominal", "Krippendorff's alpha, nominal"],
  ["krippendorff_alpha_ordinal", "Krippendorff's alpha, ordinal"],
  ["krippendorff_alpha_interval", "Krippendorff's alpha, interval"],
  ["krippendorff_alpha_ratio", "Krippendorff's alpha, ratio"],
  ["gwet_ac1", "Gwet's AC1"],
  ["gwet_ac2_linear", "Gwet's AC2, linear weights"],
  ["gwet_ac2_quadratic", "Gwet's AC2, quadratic weights"],
  ["icc_1_1", "ICC(1,1)"],
  ["icc_2_1", "ICC(2,1), absolute agreement"],
  ["icc_3_1", "ICC(3,1), consistency"],
  ["icc_1_k", "ICC(1,k)"],
  ["icc_2_k", "ICC(2,k), of the mean rating"],
  ["icc_3_k", "ICC(3,k), of the mean rating"],
  ["kendall_w", "Kendall's W"],
  ["pearson", "Pearson's r"],
  ["spearman", "Spearman's rho"],
  ["kendall_tau_b", "Kendall's tau-b"],
];

/** Every coefficient of agreement that the ratings allow. */
export function AgreementResult({ report }: { report: AgreementReport }) {
  const { items, raters, ratings, coefficients, signature } = report;
  const alpha = coefficients.krippendorff_alpha_ordinal ?? coefficients.krippendorff_alpha_nominal;
  const missing = NAMES.filter(([name]) => report.undefined[name] !== undefined);
  const strata = Object.entries(report.byStratum ?? {});
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="alpha">
          {alpha === undefined ? "none" : fixed(alpha.value)} <span class="of">Krippendorff's alpha</span>
        </div>
        <p class="hint">
          {items} items, {raters.length} raters, {ratings} ratings
        </p>
      </header>
      <Figures caption="Coefficients: 1 is full agreement, 0 what chance would give (but for equal ratings)">
        {NAMES.map(([name, title]) => {
          const found = coefficients[name];
          return found === undefined ? null : <FigureRow key={name} name={title} figure={found} from={-1} mark={0} />;
        })}
      </Figures>
      {strata.length > 0 && (
        <Figures caption="By stratum">
          {strata.map(([name, { items: n, coefficient, agreement }]) => (
            <FigureRow
              key={name}
              name={`${name}: ${coefficient === "cohen_kappa" ? "Cohen's kappa" : "Krippendorff's alpha"} of ${n} items`}
              figure={agreement}
              from={-1}
              mark={0}
            />
          ))}
        </Figures>
      )}
      {missing.length > 0 && (
        <details>
          <summary>{missing.length} coefficients are undefined here</summary>
          <ul>
            {missing.map(([name, title]) => (
              <li key={name}>
                {title}: {report.undefined[name]?.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <SignatureLine signature={signature} />
      <ResultTools name="agreement" value={report} />
    </>
  );
}
