//! Whatever goes in, what comes out is a finite number or an error.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use rubrica_stats::agreement::{
    AgreementWeights, IccForm, KappaWeights, Metric, Ratings, TrustGate, category_trust,
    cohen_kappa, fleiss_kappa, fleiss_kappa_of_counts, gwet_ac1, gwet_ac2, icc, kappa_by_stratum,
    kendall_w, krippendorff_alpha,
};
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::calibration::{ConformalInterval, OrdinalSets, Platt, reliability_by_mass};
use rubrica_stats::correlation::{
    Grouping, StandardError, calibrate_ties, correlation_interval, dependent_difference_interval,
    grouped_correlation, kendall_tau_a, kendall_tau_c, pearson, steiger_test, steiger_test_apart,
    tau_eq, williams_test,
};
use rubrica_stats::moments::mean;
use rubrica_stats::opinion::{
    Logistic, Mapping, OpinionOptions, mean_opinion_scores, metric_report, screen_observers,
};
use rubrica_stats::profile::PerformanceProfile;
use rubrica_stats::significance::{
    Alternative, Correction, CorrelationPower, NullDistribution, PairedPower, PermutationOptions,
    ProportionPower, RankTest, adjust_p_values, correlation_power, fisher_exact, kruskal_wallis,
    mann_whitney, mcnemar, newcombe, paired_power, permutation_test, proportion_power,
    sign_flip_test, wilcoxon,
};
use rubrica_stats::{Result, regression::line, scale_shape::scale_shape, selective::risk_coverage};

/// Numbers at which formulas break, and plain ones.
fn awkward() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (1..6i32).prop_map(f64::from),
        2 => -3.0..3.0f64,
        1 => 0.0..=1.0f64,
        1 => prop_oneof![
            Just(0.0), Just(-0.0), Just(1.0), Just(-1.0), Just(f64::NAN), Just(f64::INFINITY),
            Just(f64::MAX),
            Just(f64::MIN),
            Just(5e-324), Just(-1e200), Just(1e-300), Just(1e9), Just(0.1 + 0.2),
        ],
    ]
}

fn series() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    vec((awkward(), awkward()), 0..9).prop_map(|pairs| pairs.into_iter().unzip())
}

/// All numbers of a result show in its debug text.
fn finite<T: Debug>(name: &str, result: Result<T>) -> std::result::Result<(), TestCaseError> {
    if let Ok(value) = result {
        let text = format!("{value:?}");
        prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{name}: {text}");
    }
    Ok(())
}

const SIDES: [Alternative; 3] = [Alternative::TwoSided, Alternative::Less, Alternative::Greater];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agreement(cells in vec(proptest::option::weighted(0.9, awkward()), 0..16), raters in 0usize..5) {
        let Ok(ratings) = Ratings::new(cells, raters) else { return Ok(()) };
        finite("fleiss", fleiss_kappa(&ratings))?;
        finite("ac1", gwet_ac1(&ratings, None))?;
        for weights in [AgreementWeights::Linear, AgreementWeights::Quadratic,
            AgreementWeights::Radical, AgreementWeights::Ordinal, AgreementWeights::Ratio] {
            finite("ac2", gwet_ac2(&ratings, weights, None))?;
        }
        for metric in [Metric::Nominal, Metric::Ordinal, Metric::Interval, Metric::Ratio] {
            finite("alpha", krippendorff_alpha(&ratings, metric))?;
        }
        for form in IccForm::ALL {
            finite("icc", icc(&ratings, form, 0.95))?;
        }
        finite("w", kendall_w(&ratings))?;
        finite("screening", screen_observers(&ratings))?;
        for z_scores in [false, true] {
            let options = OpinionOptions { z_scores, screening: true, level: 0.95 };
            finite("mos", mean_opinion_scores(&ratings, &options))?;
        }
    }

    #[test]
    fn labels(
        rows in vec((0..3u8, 0..3u8, 0..2u8), 0..20),
        counts in vec(0usize..4, 0..12),
        categories in 0usize..4,
    ) {
        let (a, (b, s)): (Vec<u8>, (Vec<u8>, Vec<u8>)) =
            rows.into_iter().map(|(a, b, s)| (a, (b, s))).unzip();
        let options = Bootstrap { replicates: 20, ..Bootstrap::default() };
        finite("strata", kappa_by_stratum(&a, &b, &s, &options))?;
        let labels = |v: &[u8]| v.iter().map(|l| (*l < 2).then_some(*l)).collect::<Vec<_>>();
        let people = [labels(&a), labels(&b)];
        finite("trust", category_trust(&people, &labels(&s), &TrustGate::default()))?;
        finite("counts", fleiss_kappa_of_counts(&counts, categories))?;
    }

    #[test]
    fn correlations((x, y) in series(), systems in 0usize..4, r in awkward(), s in awkward(), n in 0usize..9) {
        for f in [kendall_tau_a, kendall_tau_c] {
            finite("tau", f(&x, &y))?;
        }
        let grid = |v: &[f64]| v.iter().map(|v| (*v != 4.0).then_some(*v)).collect::<Vec<_>>();
        let (gx, gy) = (grid(&x), grid(&y));
        for grouping in [Grouping::None, Grouping::ByItem, Grouping::BySystem, Grouping::System] {
            finite("grouped", grouped_correlation(&gx, &gy, systems, grouping, pearson))?;
            finite("ties", calibrate_ties(&gx, &gy, systems, grouping))?;
            finite("tau eq", tau_eq(&gx, &gy, systems, grouping, r))?;
        }
        for error in [StandardError::Pearson, StandardError::SpearmanBonettWright,
            StandardError::SpearmanFieller, StandardError::KendallFieller] {
            finite("interval", correlation_interval(r, n, 0.95, error))?;
        }
        let t = x.first().copied().unwrap_or(0.5);
        finite("williams", williams_test(r, s, t, n))?;
        finite("steiger", steiger_test(r, s, t, n))?;
        finite("apart", steiger_test_apart(r, s, [t, r, s, t], n))?;
        finite("zou", dependent_difference_interval(r, s, t, n, 0.95))?;
    }

    #[test]
    fn tests_of_significance((x, y) in series(), table in vec(0u64..6, 4), p in awkward(), q in awkward()) {
        let counts: Vec<usize> = table.iter().map(|n| *n as usize).collect();
        for alternative in SIDES {
            let options = PermutationOptions { exchanges: 50, seed: 1, alternative };
            let difference = |a: &[f64], b: &[f64]| Ok(mean(a)? - mean(b)?);
            finite("permutation", permutation_test(&x, &y, &options, difference))?;
            finite("flip", sign_flip_test(&x, &options))?;
            for null in [NullDistribution::Auto, NullDistribution::Exact, NullDistribution::Asymptotic] {
                let options = RankTest { alternative, null, continuity: table[0] > 2 };
                finite("wilcoxon", wilcoxon(&x, &options))?;
                finite("mann-whitney", mann_whitney(&x, &y, &options))?;
            }
            finite("fisher", fisher_exact([[table[0], table[1]], [table[2], table[3]]], alternative))?;
            let test = ProportionPower { first: p, second: q, alpha: 0.05, alternative };
            finite("proportions", test.at(counts[0], counts[1]))?;
            finite("size", proportion_power(&test, 0.8))?;
            let test = PairedPower { effect: p, alpha: 0.05, alternative };
            finite("pairs", test.at(counts[0]))?;
            finite("size", paired_power(&test, 0.8))?;
            let test = CorrelationPower { r: p, alpha: 0.05, alternative };
            finite("correlation", test.at(counts[0] + 3))?;
            finite("size", correlation_power(&test, 0.8))?;
        }
        finite("kruskal", kruskal_wallis(&[&x, &y]))?;
        finite("mcnemar", mcnemar(counts[0], counts[1], table[2] > 2, table[3] > 2))?;
        finite("newcombe", newcombe((counts[0], counts[1]), (counts[2], counts[3]), 0.95))?;
        for correction in [Correction::Bonferroni, Correction::Holm,
            Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli] {
            finite("adjusted", adjust_p_values(&x, correction))?;
        }
    }

    #[test]
    fn fits((x, y) in series(), points in 0usize..4, coverage in 0.05..0.9f64) {
        let happened: Vec<bool> = y.iter().map(|v| *v > 2.0).collect();
        finite("platt", Platt::fit(&x, &happened))?;
        finite("mass", reliability_by_mass(&happened, &x, points))?;
        finite("interval", ConformalInterval::fit(&x, &y, (1.0, 5.0), coverage))?;
        let classes: Vec<usize> = y.iter().take(x.len() / points.max(1)).map(|v| *v as usize).collect();
        finite("sets", OrdinalSets::fit(&x, points, &classes, coverage))?;
        finite("logistic", Logistic::fit(&x, &y))?;
        finite("line", line(&x, &y))?;
        for mapping in [Mapping::None, Mapping::Linear, Mapping::Logistic] {
            finite("report", metric_report(&x, &y, mapping))?;
        }
        finite("shape", scale_shape(&x, &y))?;
        finite("risk", risk_coverage(&happened, &x))?;
        let costs: Vec<Option<f64>> = x.iter().map(|v| (*v != 4.0).then_some(*v)).collect();
        let profile = PerformanceProfile::new(&costs, points);
        finite("scores", profile.clone().and_then(|p| p.scores(p.largest_ratio())))?;
        finite("profile", profile)?;
    }

    /// Coefficients of agreement do not care which rater comes first, nor which item.
    #[test]
    fn raters_and_items_are_interchangeable(cells in vec(1..6i32, 12), shift in 1usize..4) {
        let rows: Vec<Vec<f64>> =
            cells.chunks_exact(4).map(|row| row.iter().map(|v| f64::from(*v)).collect()).collect();
        let turned = rows.iter().rev().map(|row| {
            let mut row = row.clone();
            row.rotate_left(shift);
            row
        });
        let ratings = Ratings::complete(&rows.concat(), 4).expect("three items");
        let other = Ratings::complete(&turned.flatten().collect::<Vec<_>>(), 4).expect("three");
        let all = |r: &Ratings| {
            let mut values = vec![fleiss_kappa(r), gwet_ac1(r, None), kendall_w(r).map(|w| w.w)];
            values.push(gwet_ac2(r, AgreementWeights::Ordinal, Some(&[1.0, 2.0, 3.0, 4.0, 5.0])));
            for metric in [Metric::Nominal, Metric::Ordinal, Metric::Interval, Metric::Ratio] {
                values.push(krippendorff_alpha(r, metric));
            }
            values.extend(IccForm::ALL.map(|form| icc(r, form, 0.9).map(|found| found.value)));
            values
        };
        for (one, two) in all(&ratings).into_iter().zip(all(&other)) {
            match (one, two) {
                (Ok(one), Ok(two)) => {
                    prop_assert!((one - two).abs() < 1e-9 * one.abs().max(1.0) && one <= 1.0 + 1e-12);
                }
                (one, two) => prop_assert_eq!(one.is_err(), two.is_err()),
            }
        }
        // With two raters and no gaps, Fleiss' and Cohen's kappa differ only in the chance term.
        let (a, b): (Vec<i32>, Vec<i32>) = cells.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip();
        if let Ok(kappa) = cohen_kappa(&a, &b, KappaWeights::None) {
            let pair: Vec<f64> = cells.iter().map(|v| f64::from(*v)).collect();
            let fleiss = fleiss_kappa(&Ratings::complete(&pair, 2).expect("six"));
            prop_assert!(fleiss.expect("defined") <= kappa + 1e-12);
        }
    }
}
