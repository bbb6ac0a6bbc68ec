//! The next label of a preference model (Wu & Sun, 2024).

use rubrica_core::Signature;
use rubrica_stats::ranking::PreferencePosterior;
use serde::{Deserialize, Serialize};

use super::candidates::{EXAMPLE, QueryCandidate, QueryLabel, QueryRow, numbered};
use crate::error::Result;
use crate::reports::report::{Example, Report};

/// How to choose what to label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueryOptions {
    /// Pairs with a disagreement up to it are not worth a label.
    pub epsilon: f64,
    /// Standard deviation of each weight before the first label.
    pub prior: f64,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self { epsilon: 0.1, prior: 1.0 }
    }
}

/// The pair to label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryReport {
    /// The pair; none when no label is worth its price.
    pub pair: Option<[String; 2]>,
    /// Its disagreement: the difference of log-odds expected between two draws from the posterior.
    pub disagreement: Option<f64>,
    /// What produced it.
    pub signature: Signature,
}

/// Chooses the pair to label, among all pairs of candidates: see [`PreferencePosterior`].
///
/// # Errors
/// As [`next_duel`](super::next_duel), but one candidate is enough, and has no pair.
pub fn next_query(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
    options: &QueryOptions,
) -> Result<QueryReport> {
    let (features, history) = numbered(candidates, labels)?;
    let posterior = PreferencePosterior::new(&features, &history, options.prior)?;
    let n = features.len();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let found = posterior.next_query(&features, &pairs, options.epsilon)?;
    let name = |place: usize| candidates[place].id.clone();
    Ok(QueryReport {
        pair: found.map(|query| pairs[query.pair]).map(|(i, j)| [name(i), name(j)]),
        disagreement: found.map(|query| query.disagreement),
        signature: Signature::new("next-query")
            .with("epsilon", options.epsilon)
            .with("prior", options.prior),
    })
}

impl Report for QueryReport {
    const NAME: &'static str = "next-query";
    const QUESTION: &'static str = "Which pair teaches a preference model most?";
    const SOURCE: &'static str = "preference-based learning via randomisation; Wu & Sun, 2024";
    const ROW: &'static str = "candidates {id, features [..]} and labels {a, b, winner}";
    const EXAMPLE: Example = Example { options: "{}", rows: EXAMPLE };
    type Row = QueryRow;
    type Options = QueryOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let (candidates, labels) = QueryRow::split(rows);
        next_query(&candidates, &labels, options)
    }
}

#[cfg(test)]
mod tests {
    use rubrica_core::Preference;

    use super::super::candidates::samples::{candidates, label};
    use super::*;

    #[test]
    fn labels_are_asked_for_until_they_are_not_worth_it() {
        let mut labels = Vec::new();
        let options = QueryOptions { epsilon: 0.8, prior: 1.0 };
        let first = next_query(&candidates(), &labels, &options).expect("valid");
        assert_eq!(first.pair, Some(["x".into(), "y".into()]));
        let mut last = first.disagreement.expect("a pair");
        for _ in 0..200 {
            let asked = next_query(&candidates(), &labels, &options).expect("valid");
            let Some([a, b]) = asked.pair else { break };
            let now = asked.disagreement.expect("a pair");
            assert!(now <= last + 1e-12);
            last = now;
            labels.push(label(&a, &b, Preference::A));
        }
        assert!(!labels.is_empty() && labels.len() < 50, "{}", labels.len());
        let one = next_query(&candidates()[..1], &[], &options).expect("one");
        assert_eq!((one.pair, one.disagreement), (None, None));
        assert_eq!(next_query(&[], &[], &options).expect_err("none").code(), "too_few_values");
    }
}
