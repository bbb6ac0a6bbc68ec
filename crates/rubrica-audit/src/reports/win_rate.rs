//! Win rates against a baseline, plain, discrete and with length held fixed (AlpacaEval; Dubois et
//! al., 2024; AlpacaFarm; Dubois et al., 2023).
//!
//! The length-controlled rate is the minimal one: q = σ(θ + γ · tanh(Δ / s)), Δ being how much longer
//! the response is than the baseline's and s the standard deviation of Δ, fitted by maximum likelihood
//! without the difficulty of the instructions, which needs an outside table. The rate is σ(θ), what is
//! expected at equal lengths. The official fit has an L1 penalty chosen by cross-validation; ours has
//! an L2 penalty if asked for.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::moments::{mean, standard_deviation};
use rubrica_stats::ranking::{Coefficient, CovariateBattle, POINTS, fit_covariates};
use rubrica_stats::wilson::wilson;
use rubrica_stats::{Estimate, IntervalMethod, StatsError};
use serde::{Deserialize, Deserializer, Serialize};

use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{number, optional_name, optional_number};

/// One judged response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreferenceRow {
    /// The model; rows without it are those of one model.
    #[serde(default, alias = "generator", deserialize_with = "optional_name")]
    pub model: Option<String>,
    /// 1 when the baseline's response is better, 2 when the model's is, 1.5 for a draw; between them for
    /// a judge that gives probabilities. In files, 0 is a draw too, as AlpacaFarm writes it.
    #[serde(deserialize_with = "preference")]
    pub preference: f64,
    /// Length of the model's response, in any unit.
    #[serde(default, deserialize_with = "optional_number")]
    pub len: Option<f64>,
    /// Length of the baseline's response, in the same unit.
    #[serde(default, alias = "lenBaseline", deserialize_with = "optional_number")]
    pub len_baseline: Option<f64>,
}

fn preference<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<f64, D::Error> {
    let value = number(deserializer)?;
    Ok(if value == 0.0 { 1.5 } else { value })
}

/// How to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WinRateOptions {
    /// Coverage of the intervals, between 0 and 1.
    pub level: f64,
    /// Penalty of the length-controlled fit: half of it times the squares of its coefficients.
    pub ridge: f64,
}

impl Default for WinRateOptions {
    fn default() -> Self {
        Self { level: 0.95, ridge: 0.0 }
    }
}

/// How one model fares, in percent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WinRate {
    /// Its name; empty for rows without one.
    pub model: String,
    /// Mean preference less 1, with its normal interval.
    pub win_rate: Figure,
    /// Standard error of that mean.
    pub standard_error: Measured,
    /// Wins and half the draws among all.
    pub discrete_win_rate: f64,
    /// What is expected at equal lengths; none when no row has lengths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_controlled: Option<Figure>,
    /// Change of the log-odds from equal length to much longer; none without a fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length_effect: Option<Coefficient>,
    /// Rows.
    pub n: usize,
    /// Preferences above 1.5.
    pub n_wins: usize,
    /// Preferences below 1.5.
    pub n_wins_base: usize,
    /// Preferences of 1.5.
    pub n_draws: usize,
    /// Mean length of the model's responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_length: Option<f64>,
}

/// Win rates of all models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WinRateReport {
    /// Highest win rate first.
    pub models: Vec<WinRate>,
    /// What produced it.
    pub signature: Signature,
}

/// Win rates against the baseline.
///
/// # Errors
/// [`AuditError::Statistic`] without rows or with options out of range; [`AuditError::Input`] for a preference
/// outside `1..=2` or a negative length.
pub fn win_rates(rows: &[PreferenceRow], options: &WinRateOptions) -> Result<WinRateReport> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    // Also checks the level.
    wilson(0, 1, options.level)?;
    if !(options.ridge >= 0.0 && options.ridge.is_finite()) {
        return Err(AuditError::invalid("ridge", format!("is {}", options.ridge), ">= 0"));
    }
    let mut of: BTreeMap<&str, Vec<&PreferenceRow>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        if !(1.0..=2.0).contains(&row.preference) {
            let (path, problem) = (format!("[{index}].preference"), row.preference);
            return Err(AuditError::invalid(path, format!("is {problem}"), "1 to 2"));
        }
        for (field, length) in [("len", row.len), ("len_baseline", row.len_baseline)] {
            if let Some(length) = length.filter(|l| !(*l >= 0.0 && l.is_finite())) {
                let path = format!("[{index}].{field}");
                return Err(AuditError::invalid(path, format!("is {length}"), "a length >= 0"));
            }
        }
        of.entry(row.model.as_deref().unwrap_or("")).or_default().push(row);
    }
    let mut models: Vec<WinRate> =
        of.into_iter().map(|(model, rows)| of_model(model, &rows, options)).collect();
    let rate = |w: &WinRate| w.win_rate.value().unwrap_or(w.discrete_win_rate);
    models.sort_by(|a, b| rate(b).total_cmp(&rate(a)));
    let signature = Signature::new("win-rate")
        .with("level", options.level)
        .with("length_control", "minimal")
        .with("ridge", options.ridge);
    Ok(WinRateReport { models, signature })
}

fn of_model(model: &str, rows: &[&PreferenceRow], options: &WinRateOptions) -> WinRate {
    let wins: Vec<f64> = rows.iter().map(|row| 100.0 * (row.preference - 1.0)).collect();
    let count = |test: fn(f64) -> bool| rows.iter().filter(|row| test(row.preference)).count();
    let (n_wins, n_draws) = (count(|p| p > 1.5), count(|p| p == 1.5));
    let n = rows.len();
    let error = standard_deviation(&wins).map(|sd| sd / (n as f64).sqrt());
    let found = error.clone().and_then(|error| Ok((mean(&wins)?, error)));
    let lengths: Vec<f64> = rows.iter().filter_map(|row| row.len).collect();
    let controlled = rows.iter().any(|row| row.len.is_some() && row.len_baseline.is_some());
    let controlled = controlled.then(|| length_controlled(rows, options));
    WinRate {
        model: model.to_owned(),
        win_rate: found.and_then(|(rate, error)| interval(rate, error, n, options.level)).into(),
        standard_error: error.into(),
        discrete_win_rate: 100.0 * (n_wins as f64 + n_draws as f64 / 2.0) / n as f64,
        length_effect: controlled.as_ref().and_then(|c| c.as_ref().ok()).map(|(_, effect)| *effect),
        length_controlled: controlled.map(|found| found.map(|(rate, _)| rate).into()),
        n,
        n_wins,
        n_wins_base: n - n_wins - n_draws,
        n_draws,
        mean_length: mean(&lengths).ok(),
    }
}

/// A rate in percent with its normal interval, which ends where percentages do.
fn interval(value: f64, error: f64, n: usize, level: f64) -> rubrica_stats::Result<Estimate> {
    let [lower, upper] = Coefficient { value, standard_error: error }.interval(level)?;
    let (lower, upper) = (lower.max(0.0), upper.min(100.0));
    let method = IntervalMethod::Normal;
    Ok(Estimate { value, lower, upper, level, n, clusters: None, method, left_out: 0 })
}

/// The rate at equal lengths, over the rows with both lengths, and what length does.
fn length_controlled(
    rows: &[&PreferenceRow],
    options: &WinRateOptions,
) -> rubrica_stats::Result<(Estimate, Coefficient)> {
    let both: Vec<(f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((row.preference - 1.0, row.len? - row.len_baseline?)))
        .collect();
    let apart: Vec<f64> = both.iter().map(|(_, apart)| *apart).collect();
    let spread = standard_deviation(&apart)?;
    if spread == 0.0 {
        return Err(StatsError::Constant { what: "differences of length" });
    }
    let battles: Vec<CovariateBattle> = both
        .iter()
        .map(|(score, apart)| CovariateBattle {
            first: 0,
            second: 1,
            score: *score,
            weight: 1.0,
            covariates: vec![(apart / spread).tanh()],
        })
        .collect();
    let fit = fit_covariates(2, &battles, options.ridge)?;
    let gap = fit.against(1)[0];
    let logit =
        Coefficient { value: gap.value / POINTS, standard_error: gap.standard_error / POINTS };
    let [lower, upper] = logit.interval(options.level)?;
    let percent = |x: f64| 100.0 / (1.0 + (-x).exp());
    let estimate = Estimate {
        value: percent(logit.value),
        lower: percent(lower),
        upper: percent(upper),
        level: options.level,
        n: both.len(),
        clusters: None,
        method: IntervalMethod::Normal,
        left_out: 0,
    };
    Ok((estimate, fit.coefficients[0]))
}

impl Report for WinRateReport {
    const NAME: &'static str = "win-rate";
    const QUESTION: &'static str = "How often does a model beat a baseline, length held fixed?";
    const SOURCE: &'static str = "AlpacaEval; Dubois et al., 2024";
    const ROW: &'static str = "preference (1 baseline, 2 model), model?, len?, len_baseline?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"preference": 1.0, "len": 10, "len_baseline": 30}
{"preference": 2.0, "len": 40, "len_baseline": 30}
{"preference": 2.0, "len": 35, "len_baseline": 33}
{"preference": 1.5, "len": 20, "len_baseline": 21}
{"preference": 1.0, "len": 30, "len_baseline": 20}
"#,
    };
    type Row = PreferenceRow;
    type Options = WinRateOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        win_rates(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(preference: f64, lengths: Option<[f64; 2]>) -> PreferenceRow {
        let (len, len_baseline) = (lengths.map(|l| l[0]), lengths.map(|l| l[1]));
        PreferenceRow { model: None, preference, len, len_baseline }
    }

    fn one(rows: &[PreferenceRow]) -> WinRate {
        win_rates(rows, &WinRateOptions::default()).expect("valid").models.remove(0)
    }

    #[test]
    fn four_preferences_of_alpaca_eval() {
        let found = one(&[1.0, 2.0, 2.0, 1.5].map(|p| row(p, None)));
        assert_eq!(found.win_rate.value(), Some(62.5));
        assert!((found.standard_error.value().expect("four") - 23.935677693908453).abs() < 1e-9);
        assert_eq!((found.n_wins, found.n_wins_base, found.n_draws), (2, 1, 1));
        assert_eq!((found.discrete_win_rate, found.length_controlled), (62.5, None));
        // A judge that gives probabilities: its discrete rate is another one.
        let soft = one(&[1.9, 1.6, 1.2].map(|p| row(p, None)));
        assert!((soft.win_rate.value().expect("three") - 170.0 / 3.0).abs() < 1e-9);
        assert!((soft.discrete_win_rate - 200.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn length_is_taken_out() {
        // As good as the baseline at equal length, longer 3 of 4 times, and longer wins 3 of 4.
        let mut rows = Vec::new();
        for (lengths, wins, losses) in [([300.0, 100.0], 27, 9), ([100.0, 300.0], 3, 9)] {
            rows.extend((0..wins).map(|_| row(2.0, Some(lengths))));
            rows.extend((0..losses).map(|_| row(1.0, Some(lengths))));
        }
        let found = one(&rows);
        assert_eq!(found.win_rate.value(), Some(62.5));
        let controlled = found.length_controlled.as_ref().expect("lengths");
        assert!((controlled.value().expect("a fit") - 50.0).abs() < 1e-6, "{found:?}");
        assert!(found.length_effect.expect("a fit").value > 1.0);
        assert_eq!(found.mean_length, Some(250.0));
        let Figure::Estimate(estimate) = controlled else { panic!("{controlled:?}") };
        assert!(estimate.lower < 50.0 && estimate.upper > 50.0 && estimate.n == 48);
    }

    #[test]
    fn what_has_no_fit_says_why() {
        let sure = one(&[row(2.0, Some([3.0, 1.0])), row(2.0, Some([1.0, 3.0]))]);
        assert_eq!(sure.win_rate.value(), Some(100.0));
        let code = |found: &WinRate| match found.length_controlled.as_ref().expect("lengths") {
            Figure::Undefined { error, .. } => error.code.clone(),
            Figure::Estimate(estimate) => panic!("{estimate:?}"),
        };
        assert_eq!(code(&sure), "not_connected");
        let flat = one(&[row(2.0, Some([3.0, 1.0])), row(1.0, Some([3.0, 1.0]))]);
        assert_eq!(code(&flat), "constant_input");
        let single = one(&[row(2.0, Some([3.0, 1.0]))]);
        assert_eq!((single.win_rate.value(), single.standard_error.value()), (None, None));
        assert_eq!((code(&single).as_str(), single.discrete_win_rate), ("too_few_values", 100.0));
        let draws = one(&[row(1.5, None), row(1.5, None)]);
        assert_eq!(
            (draws.win_rate.value(), draws.standard_error.value()),
            (Some(50.0), Some(&0.0))
        );
    }

    #[test]
    fn mistakes_are_named() {
        let run = |rows: &[PreferenceRow], options: &WinRateOptions| {
            win_rates(rows, options).expect_err("bad")
        };
        let plain = WinRateOptions::default();
        assert_eq!(run(&[], &plain).code(), "too_few_values");
        let read: PreferenceRow = serde_json::from_str("{\"preference\":0}").expect("a draw");
        assert_eq!(read.preference, 1.5);
        assert_eq!(run(&[row(0.0, None)], &plain).path(), Some("[0].preference"));
        assert_eq!(run(&[row(f64::NAN, None)], &plain).path(), Some("[0].preference"));
        assert_eq!(run(&[row(1.0, Some([1.0, -1.0]))], &plain).path(), Some("[0].len_baseline"));
        let level = WinRateOptions { level: 0.0, ..plain.clone() };
        assert_eq!(run(&[row(1.0, None)], &level).code(), "out_of_range");
        let ridge = WinRateOptions { ridge: -1.0, ..plain };
        assert_eq!(run(&[row(1.0, None)], &ridge).path(), Some("ridge"));
    }
}
