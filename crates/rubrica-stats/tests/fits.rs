//! A fit is the best there is: the equations that hold at the top of its likelihood hold.

use proptest::collection::vec;
use proptest::prelude::*;
use rubrica_stats::calibration::{Platt, fit_temperature, fit_temperature_binary};
use rubrica_stats::opinion::Logistic;
use rubrica_stats::ranking::{PairedModel, WinMatrix, rank_centrality};

const MODELS: usize = 5;

/// Outcomes of each pair of models: none, few, or very many.
fn counts() -> impl Strategy<Value = Vec<[f64; 3]>> {
    let count = || prop_oneof![3 => Just(0.0), 4 => (0..6u32).prop_map(f64::from), 1 => (0..1_000_000u32).prop_map(f64::from)];
    let cell = (count(), count(), count()).prop_map(|(wins, losses, ties)| [wins, losses, ties]);
    vec(cell, MODELS * (MODELS - 1) / 2)
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..MODELS).flat_map(|low| (low + 1..MODELS).map(move |high| (low, high)))
}

fn matrix(cells: &[[f64; 3]]) -> WinMatrix {
    let rows = pairs().zip(cells).map(|((low, high), cell)| (low, high, *cell));
    WinMatrix::from_pairs(MODELS, rows).expect("counts")
}

/// Nothing is missing: the error tells that there is no fit, and it is not that the fit did not settle.
fn no_end(code: &str) -> bool {
    ["not_connected", "nothing_to_count"].contains(&code)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_expected_is_what_was_counted(cells in counts()) {
        let counts = matrix(&cells);
        for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson] {
            let fit = match model.fit(&counts) {
                Ok(fit) => fit,
                Err(error) => {
                    // Where hundreds of thousands of battles went one way and single ones the other, the
                    // curvature has no more digits for the single ones: the fit may give up, and says so.
                    let pressed = counts.battles() > 1e5;
                    let gave_up = pressed && error.code() == "not_settled";
                    prop_assert!(gave_up || no_end(error.code()), "{model:?}: {error}");
                    continue;
                }
            };
            // Scores of the models and of the tie parameter: all 0 at the top.
            let mut slope = [0.0; MODELS + 1];
            for ((low, high), [wins, losses, ties]) in pairs().zip(cells.iter().copied()) {
                let [win, tie, lose] = fit.probabilities(low, high);
                let n = wins + losses + ties;
                let (across, tied) = match model {
                    PairedModel::BradleyTerry => (wins + ties / 2.0 - n * win, 0.0),
                    PairedModel::Davidson => {
                        (wins + ties / 2.0 - n * (win + tie / 2.0), ties - n * tie)
                    }
                    PairedModel::RaoKupper => {
                        let (p, q) = ((wins + ties) * (1.0 - win), (losses + ties) * (1.0 - lose));
                        let theta = fit.tie_parameter().expect("fitted");
                        (p - q, ties * 2.0 / (1.0 - 1.0 / (theta * theta)) - p - q)
                    }
                };
                slope[low] += across;
                slope[high] -= across;
                slope[MODELS] += tied;
            }
            let most = counts.battles();
            for (place, slope) in slope.iter().enumerate() {
                prop_assert!(slope.abs() < 1e-9 * most.max(1e3), "{model:?} {place}: {slope} of {most}");
            }
        }
    }

    #[test]
    fn a_walk_arrives_as_often_as_it_leaves(cells in counts(), prior in prop_oneof![Just(0.0), 1e-9..5.0f64]) {
        let counts = matrix(&cells);
        let found = match rank_centrality(&counts, prior) {
            Ok(found) => found,
            Err(error) => {
                prop_assert!(no_end(error.code()), "{error}");
                return Ok(());
            }
        };
        let rate = |from: usize, to: usize| {
            let [wins, ties, losses] = counts.between(from, to);
            let total = wins + ties + losses + 2.0 * prior;
            if total > 0.0 { (losses + ties / 2.0 + prior) / total } else { 0.0 }
        };
        for model in 0..MODELS {
            let others = || (0..MODELS).filter(|other| *other != model);
            let arrives: f64 = others().map(|o| found.shares()[o] * rate(o, model)).sum();
            let leaves: f64 = others().map(|o| found.shares()[model] * rate(model, o)).sum();
            prop_assert!((arrives / leaves - 1.0).abs() < 1e-9, "{model}: {arrives} {leaves}");
        }
        prop_assert!((found.shares().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(found.ratings().iter().all(|rating| rating.is_finite()));
    }

    #[test]
    fn a_curve_of_probabilities_has_the_counted_mean(
        items in vec((prop_oneof![-1.0..1.0f64, -1e5..1e5f64, Just(0.5)], any::<bool>()), 2..40),
        shift in prop_oneof![Just(0.0), -1e4..1e4f64],
    ) {
        let (scores, happened): (Vec<f64>, Vec<bool>) =
            items.into_iter().map(|(score, happened)| (score + shift, happened)).unzip();
        let fit = match Platt::fit(&scores, &happened) {
            Ok(fit) => fit,
            Err(error) => {
                prop_assert!(["one_class", "constant_input"].contains(&error.code()), "{error}");
                return Ok(());
            }
        };
        let positive = happened.iter().filter(|h| **h).count() as f64;
        let negative = happened.len() as f64 - positive;
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let reach = scores.iter().fold(0f64, |top, s| top.max((s - mean).abs()));
        let (mut gap, mut tilt) = (0.0, 0.0);
        for (score, happened) in scores.iter().zip(&happened) {
            let target =
                if *happened { (positive + 1.0) / (positive + 2.0) } else { 1.0 / (negative + 2.0) };
            let apart = fit.probability(*score) - target;
            gap += apart;
            tilt += apart * (score - mean) / reach;
        }
        prop_assert!(gap.abs() < 1e-7 && tilt.abs() < 1e-7, "{fit:?}: {gap} {tilt}");
    }

    #[test]
    fn no_other_temperature_is_better(
        logits in vec(prop_oneof![-9.0..9.0f64, -1e3..1e3f64, Just(0.0)], 3..60),
        truths in vec(0..3usize, 60),
    ) {
        let rows = logits.len() / 3;
        let loss = |temperature: f64, event: bool| -> f64 {
            let term = |(row, truth): (&[f64], &usize)| {
                let top = row.iter().fold(f64::NEG_INFINITY, |top, z| top.max(*z));
                let all: f64 = row.iter().map(|z| ((z - top) / temperature).exp()).sum();
                all.ln() - (row[*truth] - top) / temperature
            };
            if event {
                let two = |(z, truth): (&f64, &usize)| term((&[0.0, *z], &usize::from(*truth > 0)));
                logits.iter().zip(&truths).map(two).sum()
            } else {
                logits.chunks_exact(3).zip(&truths).map(term).sum()
            }
        };
        let happened: Vec<bool> = truths.iter().take(logits.len()).map(|t| *t > 0).collect();
        let found = [
            fit_temperature(&logits[..3 * rows], 3, &truths[..rows]),
            fit_temperature_binary(&logits, &happened),
        ];
        for (fit, event) in found.into_iter().zip([false, true]) {
            let Ok(fit) = fit else { continue };
            let best = loss(fit.temperature, event);
            for factor in [0.5, 0.99, 0.9999, 1.0001, 1.01, 2.0] {
                let other = fit.temperature * factor;
                if (0.01..=100.0).contains(&other) {
                    let there = loss(other, event);
                    prop_assert!(there >= best - 1e-9 * best.abs().max(1.0), "{fit:?} {other}");
                }
            }
        }
    }

    #[test]
    fn no_curve_beside_the_fitted_one_is_nearer(
        points in vec((-3.0..3.0f64, -2.0..2.0f64), 6..30),
        scale in prop_oneof![Just(1.0), Just(1e-6), Just(1e9), Just(1e160)],
        shift in prop_oneof![Just(0.0), Just(40.0)],
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) =
            points.iter().map(|(x, noise)| (*x, (shift + x.tanh() + noise) * scale)).unzip();
        let Ok(fit) = Logistic::fit(&x, &y) else { return Ok(()) };
        let far = |curve: &Logistic| -> f64 {
            x.iter().zip(&y).map(|(x, y)| ((curve.predict(*x) - y) / scale).powi(2)).sum()
        };
        let best = far(&fit);
        prop_assert!(best.is_finite());
        if fit.converged {
            for step in [-1e-4, 1e-4] {
                let reach = step * (fit.top - fit.bottom);
                for other in [
                    Logistic { top: fit.top + reach, ..fit },
                    Logistic { bottom: fit.bottom + reach, ..fit },
                    Logistic { middle: fit.middle + step * fit.width, ..fit },
                    Logistic { width: fit.width * (1.0 + step), ..fit },
                ] {
                    prop_assert!(far(&other) >= best * (1.0 - 1e-7), "{fit:?} {other:?}");
                }
            }
        }
    }
}
