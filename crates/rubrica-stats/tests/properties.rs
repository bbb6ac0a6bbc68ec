//! What must hold for any input: bounds, permutation invariance, symmetry.

use std::cmp::Ordering;

use proptest::collection::vec;
use proptest::prelude::*;
use rubrica_stats::agreement::{KappaWeights, cohen_kappa};
use rubrica_stats::bootstrap::{
    Bootstrap, BootstrapMethod, Units, bootstrap, bootstrap_difference,
};
use rubrica_stats::calibration::{Isotonic, conformal_quantile, reliability};
use rubrica_stats::classification::{
    accuracy, auroc, average_precision, balanced_accuracy, macro_f1,
};
use rubrica_stats::correlation::{kendall_tau_b, pearson, spearman};
use rubrica_stats::pairs::{PairCounts, Ties, order_counts, preference_counts};
use rubrica_stats::rng::Rng;
use rubrica_stats::{moments::mean, take, wilson::wilson};

/// Pairs of series; half of them with many ties.
fn series() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let smooth = vec((-1e6..1e6f64, -1e6..1e6f64), 2..40);
    let likert = vec((1..6i32, 1..6i32), 2..40)
        .prop_map(|v| v.into_iter().map(|(a, b)| (f64::from(a), f64::from(b))).collect());
    prop_oneof![smooth, likert].prop_map(|pairs: Vec<(f64, f64)>| pairs.into_iter().unzip())
}

fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Rng::seeded(seed).shuffle(&mut order);
    order
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// All pairs, one by one.
fn brute_force(x: &[f64], y: &[f64], epsilon: f64) -> PairCounts {
    let mut counts = PairCounts::default();
    for i in 0..x.len() {
        for j in 0..i {
            let (tie_x, tie_y) = ((x[i] - x[j]).abs() <= epsilon, y[i] == y[j]);
            *(match (tie_x, tie_y) {
                (true, true) => &mut counts.tied_both,
                (true, false) => &mut counts.tied_predicted,
                (false, true) => &mut counts.tied_gold,
                _ if (x[i] > x[j]) == (y[i] > y[j]) => &mut counts.concordant,
                _ => &mut counts.discordant,
            }) += 1;
        }
    }
    counts
}

proptest! {
    #[test]
    fn correlations((x, y) in series(), seed: u64) {
        let order = shuffled(x.len(), seed);
        let flipped: Vec<f64> = y.iter().map(|v| -v).collect();
        for f in [pearson, spearman, kendall_tau_b] {
            let Ok(r) = f(&x, &y) else { continue };
            prop_assert!((-1.0..=1.0).contains(&r));
            prop_assert!(near(r, f(&y, &x).expect("symmetric")));
            prop_assert!(near(r, -f(&x, &flipped).expect("flipped")));
            prop_assert!(near(r, f(&take(&x, &order), &take(&y, &order)).expect("permuted")));
            prop_assert!(near(f(&x, &x).expect("itself"), 1.0));
        }
    }

    #[test]
    fn undefined_for_all_or_none((x, y) in series()) {
        let errors = [pearson(&x, &y).err(), spearman(&x, &y).err(), kendall_tau_b(&x, &y).err()];
        prop_assert_eq!(&errors[0], &errors[1]);
        prop_assert_eq!(&errors[1], &errors[2]);
    }

    #[test]
    fn order_counts_equal_brute_force((x, y) in series(), epsilon in prop_oneof![Just(0.0), 0.0..3.0]) {
        let counts = order_counts(&x, &y, epsilon).expect("valid");
        prop_assert_eq!(counts, brute_force(&x, &y, epsilon));
        let n = x.len() as u64;
        prop_assert_eq!(counts.total(), n * (n - 1) / 2);
    }

    #[test]
    fn swapping_sides_swaps_nothing(
        margins in vec(-3.0..3.0f64, 1..40),
        labels in vec(-1..2i32, 40),
        epsilon in 0.0..1.0,
    ) {
        let gold: Vec<Ordering> = labels[..margins.len()].iter().map(|l| l.cmp(&0)).collect();
        let swapped: Vec<f64> = margins.iter().map(|m| -m).collect();
        let reversed: Vec<Ordering> = gold.iter().map(|o| o.reverse()).collect();
        let counts = preference_counts(&margins, &gold, epsilon).expect("valid");
        prop_assert_eq!(counts, preference_counts(&swapped, &reversed, epsilon).expect("valid"));
        for ties in [Ties::Half, Ties::Wrong, Ties::Skip, Ties::Match] {
            if let Ok(accuracy) = counts.accuracy(ties) {
                prop_assert!((0.0..=1.0).contains(&accuracy));
            }
        }
        // Right for one label is wrong for the other, when ties count half.
        let against = preference_counts(&swapped, &gold, epsilon).expect("valid");
        if let (Ok(a), Ok(b)) = (counts.accuracy(Ties::Half), against.accuracy(Ties::Half)) {
            prop_assert!(near(a + b, 1.0));
        }
    }

    #[test]
    fn curves(items in vec((any::<bool>(), 0..6i32), 1..40), seed: u64) {
        let (positive, scores): (Vec<bool>, Vec<f64>) =
            items.into_iter().map(|(p, s)| (p, f64::from(s))).unzip();
        let order = shuffled(positive.len(), seed);
        let negated: Vec<f64> = scores.iter().map(|s| -s).collect();
        if let Ok(area) = auroc(&positive, &scores) {
            prop_assert!((0.0..=1.0).contains(&area));
            prop_assert!(near(area, 1.0 - auroc(&positive, &negated).expect("negated")));
            let permuted = auroc(&take(&positive, &order), &take(&scores, &order));
            prop_assert!(near(area, permuted.expect("permuted")));
        }
        if let Ok(ap) = average_precision(&positive, &scores) {
            prop_assert!(ap > 0.0 && ap <= 1.0);
            let permuted = average_precision(&take(&positive, &order), &take(&scores, &order));
            prop_assert!(near(ap, permuted.expect("permuted")));
        }
    }

    #[test]
    fn classes(items in vec((0..4u8, 0..4u8), 1..40), seed: u64) {
        let (truth, predicted): (Vec<u8>, Vec<u8>) = items.into_iter().unzip();
        let order = shuffled(truth.len(), seed);
        let (t, p) = (take(&truth, &order), take(&predicted, &order));
        for f in [accuracy, balanced_accuracy, macro_f1] {
            let Ok(value) = f(&truth, &predicted) else { continue };
            prop_assert!((0.0..=1.0).contains(&value));
            prop_assert!(near(value, f(&t, &p).expect("permuted")));
            prop_assert_eq!(f(&truth, &truth).expect("perfect"), 1.0);
        }
        for weights in [KappaWeights::None, KappaWeights::Linear, KappaWeights::Quadratic] {
            if let Ok(kappa) = cohen_kappa(&truth, &predicted, weights) {
                prop_assert!((-1.0 - 1e-12..=1.0).contains(&kappa));
                let other = cohen_kappa(&predicted, &truth, weights).expect("symmetric");
                prop_assert!(near(kappa, other));
            }
        }
    }

    #[test]
    fn wilson_holds_the_share(n in 1usize..500, k in 0usize..500, level in 0.01..0.999) {
        let k = k.min(n);
        let estimate = wilson(k, n, level).expect("valid");
        prop_assert!(0.0 <= estimate.lower && estimate.upper <= 1.0);
        prop_assert!(estimate.lower <= estimate.value && estimate.value <= estimate.upper);
        let mirrored = wilson(n - k, n, level).expect("valid");
        prop_assert!(near(estimate.lower, 1.0 - mirrored.upper));
    }

    #[test]
    fn isotonic_rises_and_keeps_the_mean((x, y) in series(), seed: u64) {
        let fit = Isotonic::fit(&x, &y).expect("valid");
        let mut sorted = x.clone();
        sorted.sort_by(f64::total_cmp);
        let values: Vec<f64> = sorted.iter().map(|x| fit.predict(*x)).collect();
        prop_assert!(values.windows(2).all(|w| w[0] <= w[1]));
        let scale = y.iter().fold(1.0, |m: f64, v| m.max(v.abs()));
        prop_assert!((mean(&values).expect("some") - mean(&y).expect("some")).abs() < 1e-9 * scale);
        let order = shuffled(x.len(), seed);
        let again = Isotonic::fit(&take(&x, &order), &take(&y, &order)).expect("valid");
        prop_assert!((again.predict(x[0]) - fit.predict(x[0])).abs() < 1e-9 * scale);
    }

    #[test]
    fn calibration_error_is_bounded(items in vec((any::<bool>(), 0.0..=1.0f64), 1..60), bins in 1usize..20) {
        let (happened, p): (Vec<bool>, Vec<f64>) = items.into_iter().unzip();
        let diagram = reliability(&happened, &p, bins).expect("valid");
        prop_assert!(0.0 <= diagram.ece && diagram.ece <= diagram.mce + 1e-12 && diagram.mce <= 1.0);
        prop_assert_eq!(diagram.bins.iter().map(|b| b.count).sum::<usize>(), p.len());
    }

    #[test]
    fn conformal_quantile_is_monotone(scores in vec(0.0..9.0f64, 20..60), low in 0.05..0.9) {
        let (small, large) =
            (conformal_quantile(&scores, low).expect("some"), conformal_quantile(&scores, 0.95));
        prop_assert!(small <= large.expect("enough"));
        let held = scores.iter().filter(|s| **s <= small).count();
        prop_assert!(held as f64 >= low * scores.len() as f64 - 1e-6);
    }

    #[test]
    fn intervals_are_ordered(values in vec(-100.0..100.0f64, 3..30), seed: u64, bca: bool) {
        let method = if bca { BootstrapMethod::Bca } else { BootstrapMethod::Percentile };
        let options = Bootstrap { replicates: 50, seed, method, ..Bootstrap::default() };
        let units = Units::items(values.len());
        let statistic = |items: &[usize]| mean(&take(&values, items));
        let estimate = bootstrap(&units, &options, statistic).expect("valid");
        prop_assert!(estimate.lower <= estimate.upper);
        // a − b and b − a mirror each other.
        let squares: Vec<f64> = values.iter().map(|v| v * v).collect();
        let other = |items: &[usize]| mean(&take(&squares, items));
        let options = Bootstrap { method: BootstrapMethod::Percentile, ..options };
        let one = bootstrap_difference(&units, &options, statistic, other).expect("valid");
        let two = bootstrap_difference(&units, &options, other, statistic).expect("valid");
        prop_assert!((one.lower + two.upper).abs() < 1e-6 && (one.value + two.value).abs() < 1e-9);
    }
}
