//! Do probabilities mean what they say, and what mends them? Brier score and calibration error (Guo et al.,
//! 2017; Nguyen & O'Connor, 2015), a reliability diagram, and the fits of temperature, Platt (1999) and
//! isotonic regression (Zadrozny & Elkan, 2002), judged on items that they were not fitted on.

use rubrica_core::Signature;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::calibration::{
    Bin, Isotonic, Platt, Temperature, brier, fit_temperature_binary, reliability,
    reliability_by_mass,
};
use rubrica_stats::rng::Rng;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{number, truth};

/// A prediction and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The probability that was told, in `0..=1`.
    #[serde(deserialize_with = "number")]
    pub probability: f64,
    /// Whether it happened: the answer was right, the first response was the better one.
    #[serde(alias = "label", alias = "correct", deserialize_with = "truth")]
    pub happened: bool,
}

/// How to calibrate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalibrationOptions {
    /// Bins of the calibration errors and of the diagram.
    pub bins: usize,
    /// Parts of the cross-validation, at least 2: each is predicted by fits on the others.
    pub folds: usize,
    /// Resamples, level and seed of the intervals; the seed of the parts too.
    pub bootstrap: Bootstrap,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        Self { bins: 10, folds: 5, bootstrap: Bootstrap::default() }
    }
}

/// How good probabilities are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationFigures {
    /// Mean squared difference of probability and outcome, in `0..=1`.
    pub brier: Figure,
    /// Expected calibration error over bins of equal width.
    pub ece: Figure,
    /// The same over bins of equal mass.
    pub ece_mass: Figure,
}

/// A way to mend probabilities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationFit<F> {
    /// Fitted on all items.
    pub fit: Measured<F>,
    /// Figures of the mended probabilities, each by fits on the other parts.
    pub held_out: Measured<CalibrationFigures>,
}

/// Calibration as it is and as it could be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationReport {
    /// Predictions.
    pub n: usize,
    /// Share that happened.
    pub base_rate: Figure,
    /// The probabilities as they were told.
    pub figures: CalibrationFigures,
    /// The largest gap of a bin of equal width.
    pub mce: f64,
    /// The reliability diagram, bins of equal width.
    pub bins: Vec<Bin>,
    /// The same, bins of equal mass.
    pub bins_mass: Vec<Bin>,
    /// One number that divides the log-odds.
    pub temperature: CalibrationFit<Temperature>,
    /// A line on the log-odds.
    pub platt: CalibrationFit<Platt>,
    /// Any rising function of the probability.
    pub isotonic: CalibrationFit<Isotonic>,
    /// What produced it.
    pub signature: Signature,
}

/// Log-odds, with probabilities of 0 and 1 taken as this much off.
const EDGE: f64 = 1e-6;

fn log_odds(p: f64) -> f64 {
    let p = p.clamp(EDGE, 1.0 - EDGE);
    p.ln() - (-p).ln_1p()
}

/// Calibration of `rows`.
///
/// # Errors
/// [`AuditError::Statistic`] without rows or with options out of range; [`AuditError::Input`] for a probability outside
/// `0..=1`.
pub fn calibration_report(
    rows: &[Forecast],
    options: &CalibrationOptions,
) -> Result<CalibrationReport> {
    if options.folds < 2 {
        return Err(AuditError::invalid("folds", format!("is {}", options.folds), ">= 2"));
    }
    for (index, row) in rows.iter().enumerate() {
        if !(0.0..=1.0).contains(&row.probability) {
            let path = format!("[{index}].probability");
            let problem = format!("is {}", row.probability);
            return Err(AuditError::invalid(path, problem, "a number in 0..=1"));
        }
    }
    let probabilities: Vec<f64> = rows.iter().map(|row| row.probability).collect();
    let happened: Vec<bool> = rows.iter().map(|row| row.happened).collect();
    let diagram = reliability(&happened, &probabilities, options.bins)?;
    let by_mass = reliability_by_mass(&happened, &probabilities, options.bins)?;
    let n = rows.len();
    let parts = parts(n, options);
    let data = Data { probabilities: &probabilities, happened: &happened, parts: &parts, options };
    let mut signature = Signature::new("calibration")
        .with("bins", options.bins)
        .with("folds", options.folds)
        .with("interval", format!("wilson;bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    let odds = |p: &[f64]| p.iter().map(|p| log_odds(*p)).collect::<Vec<f64>>();
    Ok(CalibrationReport {
        n,
        base_rate: Figure::share(
            happened.iter().filter(|h| **h).count(),
            n,
            options.bootstrap.level,
        ),
        figures: figures(&happened, &probabilities, options),
        mce: diagram.mce,
        bins: diagram.bins,
        bins_mass: by_mass.bins,
        temperature: data.fit(
            |p, h| fit_temperature_binary(&odds(p), h),
            |fit, p| 1.0 / (1.0 + (-log_odds(p) / fit.temperature).exp()),
        ),
        platt: data.fit(|p, h| Platt::fit(&odds(p), h), |fit, p| fit.probability(log_odds(p))),
        isotonic: data.fit(
            |p, h| {
                let outcome: Vec<f64> = h.iter().map(|h| f64::from(u8::from(*h))).collect();
                Isotonic::fit(p, &outcome)
            },
            |fit, p| fit.predict(p).clamp(0.0, 1.0),
        ),
        signature,
    })
}

/// A figure of what happened and the probabilities.
type Quality<'q> = dyn Fn(&[bool], &[f64]) -> rubrica_stats::Result<f64> + 'q;

fn figures(happened: &[bool], p: &[f64], options: &CalibrationOptions) -> CalibrationFigures {
    let figure = |of: &Quality<'_>| {
        Figure::of_items(p.len(), &options.bootstrap, |items| {
            of(&take(happened, items), &take(p, items))
        })
    };
    CalibrationFigures {
        brier: figure(&brier),
        ece: figure(&|h, p| Ok(reliability(h, p, options.bins)?.ece)),
        ece_mass: figure(&|h, p| Ok(reliability_by_mass(h, p, options.bins)?.ece)),
    }
}

/// The part of each item: as many in each as can be, in an order drawn by the seed.
fn parts(n: usize, options: &CalibrationOptions) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Rng::seeded(options.bootstrap.seed).shuffle(&mut order);
    let mut parts = vec![0; n];
    for (place, item) in order.into_iter().enumerate() {
        parts[item] = place % options.folds;
    }
    parts
}

struct Data<'d> {
    probabilities: &'d [f64],
    happened: &'d [bool],
    parts: &'d [usize],
    options: &'d CalibrationOptions,
}

impl Data<'_> {
    fn fit<F>(
        &self,
        fit: impl Fn(&[f64], &[bool]) -> rubrica_stats::Result<F>,
        mended: impl Fn(&F, f64) -> f64,
    ) -> CalibrationFit<F> {
        let held_out = self.held_out(&fit, &mended);
        CalibrationFit {
            fit: fit(self.probabilities, self.happened).into(),
            held_out: held_out.map(|p| figures(self.happened, &p, self.options)).into(),
        }
    }

    /// Every item's mended probability, by a fit on the other parts.
    fn held_out<F>(
        &self,
        fit: &impl Fn(&[f64], &[bool]) -> rubrica_stats::Result<F>,
        mended: &impl Fn(&F, f64) -> f64,
    ) -> rubrica_stats::Result<Vec<f64>> {
        let mut found = vec![0.0; self.parts.len()];
        for part in 0..self.options.folds.min(self.parts.len()) {
            let others: Vec<usize> =
                (0..self.parts.len()).filter(|i| self.parts[*i] != part).collect();
            let fitted = fit(&take(self.probabilities, &others), &take(self.happened, &others))?;
            for (i, place) in found.iter_mut().enumerate().filter(|(i, _)| self.parts[*i] == part) {
                *place = mended(&fitted, self.probabilities[i]);
            }
        }
        Ok(found)
    }
}

impl Report for CalibrationReport {
    const NAME: &'static str = "calibration";
    const QUESTION: &'static str = "Do probabilities mean what they say, and what mends them?";
    const SOURCE: &'static str = "Guo et al., 2017";
    const ROW: &'static str = "probability, happened";
    const EXAMPLE: Example = Example {
        options: r#"{"bootstrap": {"replicates": 50}}"#,
        rows: r#"{"probability": 0.9, "happened": true}
{"probability": 0.8, "happened": false}
{"probability": 0.3, "happened": false}
{"probability": 0.6, "happened": true}
{"probability": 0.2, "happened": false}
{"probability": 0.7, "happened": true}
"#,
    };
    type Row = Forecast;
    type Options = CalibrationOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        calibration_report(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Undefined;

    fn rows(of: &[(f64, bool)]) -> Vec<Forecast> {
        of.iter().map(|&(probability, happened)| Forecast { probability, happened }).collect()
    }

    #[test]
    fn brier_and_bins_by_hand() {
        let four = rows(&[(0.9, true), (0.8, false), (0.3, false), (0.6, true)]);
        let found = calibration_report(&four, &CalibrationOptions::default()).expect("four");
        // BIG-bench's p = [.9, .8, .3, .6], t = [1, 0, 0, 1].
        assert!((found.figures.brier.value().expect("four") - 0.225).abs() < 1e-12);
        let ece = (0.1 + 0.8 + 0.3 + 0.4) / 4.0;
        assert!((found.figures.ece.value().expect("four") - ece).abs() < 1e-12);
        assert!((found.mce - 0.8).abs() < 1e-12);
        assert_eq!((found.n, found.base_rate.value()), (4, Some(0.5)));
        assert_eq!(found.bins.iter().map(|bin| bin.count).sum::<usize>(), 4);
    }

    #[test]
    fn a_boastful_judge_is_mended() {
        // Says 0.99 or 0.01 and is right three times of four.
        let mut told = Vec::new();
        for i in 0..200 {
            let p = if i % 2 == 0 { 0.99 } else { 0.01 };
            told.push((p, (i % 8 < 6) == (i % 2 == 0)));
        }
        let found = calibration_report(&rows(&told), &CalibrationOptions::default()).expect("many");
        let value = |f: &CalibrationFigures| f.ece.value().expect("defined");
        assert!(value(&found.figures) > 0.2);
        let temperature = found.temperature.fit.value().expect("a fit").temperature;
        assert!((temperature - 99f64.ln() / 3f64.ln()).abs() < 0.01, "{temperature}");
        for held in [&found.temperature.held_out, &found.platt.held_out, &found.isotonic.held_out] {
            assert!(value(held.value().expect("fits")) < 0.06);
        }
    }

    #[test]
    fn degenerate_forecasts() {
        let path = |rows: &[Forecast], options: &CalibrationOptions| {
            let error = calibration_report(rows, options).expect_err("bad");
            error.path().filter(|p| !p.is_empty()).unwrap_or(error.code()).to_owned()
        };
        let plain = CalibrationOptions::default();
        assert_eq!(path(&[], &plain), "too_few_values");
        assert_eq!(path(&rows(&[(1.5, true)]), &plain), "[0].probability");
        assert_eq!(path(&rows(&[(f64::NAN, true)]), &plain), "[0].probability");
        let one = CalibrationOptions { folds: 1, ..plain.clone() };
        assert_eq!(path(&rows(&[(0.5, true)]), &one), "folds");
        let none = CalibrationOptions { bins: 0, ..plain.clone() };
        assert_eq!(path(&rows(&[(0.5, true)]), &none), "too_few_values");
        let alone = calibration_report(&rows(&[(1.0, true)]), &plain).expect("one");
        assert_eq!(alone.figures.brier.value(), Some(0.0));
        let code = |error: Option<&Undefined>| error.expect("undefined").code.clone();
        assert_eq!(code(alone.platt.fit.error()), "too_few_values");
        assert_eq!(code(alone.temperature.held_out.error()), "too_few_values");
        assert_eq!(code(alone.isotonic.held_out.error()), "too_few_values");
    }
}
