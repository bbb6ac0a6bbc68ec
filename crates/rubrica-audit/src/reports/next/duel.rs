//! The next duel of a bandit, linear or by a network.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::ranking::{DuelOptions, NetworkOptions};
use serde::{Deserialize, Serialize};

use super::candidates::{EXAMPLE, QueryCandidate, QueryLabel, QueryRow, numbered};
use crate::error::Result;
use crate::reports::report::{Example, Report};

/// The next duel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DuelReport {
    /// The best by the scores so far.
    pub a: String,
    /// The other one with the highest bound.
    pub b: String,
    /// The best of those that were compared; none before the first label.
    pub best: Option<String>,
    /// Score of each candidate.
    pub scores: BTreeMap<String, f64>,
    /// Upper bound of each candidate.
    pub bounds: BTreeMap<String, f64>,
    /// What produced it.
    pub signature: Signature,
}

/// How the next duel is chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NextDuelOptions {
    /// Weight of what is not known, 0 or more.
    pub nu: f64,
    /// Ridge of the fit, and what every direction counts as seen from the start; above 0.
    pub lambda: f64,
    /// As the official code's linear mode: directions start from 1e-10 instead of `lambda`.
    pub compat: bool,
    /// Scores by a small network of the features; without it they are linear.
    pub network: Option<NetworkOptions>,
}

impl Default for NextDuelOptions {
    fn default() -> Self {
        let DuelOptions { nu, lambda, compat } = DuelOptions::default();
        Self { nu, lambda, compat, network: None }
    }
}

/// Chooses the next duel of a bandit: see [`DuelOptions`].
///
/// # Errors
/// [`AuditError::Input`] for a candidate that comes twice or a label about one thing; [`AuditError::Input`] for a
/// label about a candidate that is not there; [`AuditError::Statistic`] for fewer than two candidates, unequal
/// features, or options out of range.
pub fn next_duel(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
    options: &NextDuelOptions,
) -> Result<DuelReport> {
    let (features, history) = numbered(candidates, labels)?;
    let duel = DuelOptions { nu: options.nu, lambda: options.lambda, compat: options.compat };
    let (next, best) = match &options.network {
        Some(network) => duel.next_by_network(&features, &history, network)?,
        None => {
            let weights = duel.weights(&features, &history)?;
            let next = duel.next(&features, &history, &weights)?;
            (next, duel.best(&features, &history, &weights)?)
        }
    };
    let mut signature = Signature::new("next-duel")
        .with("nu", options.nu)
        .with("lambda", options.lambda)
        .with("compat", options.compat);
    signature = match &options.network {
        Some(NetworkOptions { hidden, steps, rate, seed }) => {
            signature.seed = Some(*seed);
            signature.with("network", format!("{hidden}x{hidden}:adam:{steps}:{rate}"))
        }
        None => signature.with("network", "none"),
    };
    let id = |place: usize| candidates[place].id.clone();
    let named = |values: &[f64]| {
        candidates.iter().map(|c| c.id.clone()).zip(values.iter().copied()).collect()
    };
    Ok(DuelReport {
        a: id(next.first),
        b: id(next.second),
        best: best.map(id),
        scores: named(&next.scores),
        bounds: named(&next.bounds),
        signature,
    })
}

impl Report for DuelReport {
    const NAME: &'static str = "next-duel";
    const QUESTION: &'static str = "Which two candidates should people compare next?";
    const SOURCE: &'static str = "dueling bandit, linear or by a network; POHF; Lin et al., 2024";
    const ROW: &'static str = "candidates {id, features [..]} and labels {a, b, winner}";
    const EXAMPLE: Example = Example { options: "{}", rows: EXAMPLE };
    type Row = QueryRow;
    type Options = NextDuelOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let (candidates, labels) = QueryRow::split(rows);
        next_duel(&candidates, &labels, options)
    }
}

#[cfg(test)]
mod tests {
    use rubrica_core::Preference;

    use super::super::candidates::samples::{candidates, label};
    use super::*;

    #[test]
    fn duels_go_on_from_what_was_said() {
        let options = NextDuelOptions::default();
        let labels = [label("x", "y", Preference::A), label("y", "z", Preference::Tie)];
        let found = next_duel(&candidates(), &labels, &options).expect("valid");
        assert_eq!((found.a.as_str(), found.best.as_deref()), ("x", Some("x")));
        assert!(found.bounds["z"] > found.scores["z"] && found.b != "x");
        let none = next_duel(&candidates(), &[], &options).expect("valid");
        assert_eq!(none.best, None);
        let error = next_duel(&candidates()[..1], &[], &options).expect_err("one");
        assert_eq!(error.code(), "too_few_values");
        let network =
            NextDuelOptions { network: Some(NetworkOptions::default()), ..options.clone() };
        let found = next_duel(&candidates(), &labels, &network).expect("valid");
        assert!(found.a != found.b && found.best.is_some());
        assert!(found.signature.to_string().contains("32x32:adam:30:0.001"), "{}", found.signature);
        let narrow = NetworkOptions { hidden: 0, ..NetworkOptions::default() };
        let narrow = NextDuelOptions { network: Some(narrow), ..options.clone() };
        let error = next_duel(&candidates(), &labels, &narrow).expect_err("no units");
        assert_eq!(error.code(), "out_of_range");
        let itself = [label("x", "x", Preference::A)];
        let error = next_duel(&candidates(), &itself, &options).expect_err("itself");
        assert_eq!(error.path(), Some("labels[0].b"));
    }
}
