//! What to ask next, by name: the next match of an arena, the next duel of a bandit, the next label of a
//! preference model.

use std::collections::BTreeMap;

use rubrica_core::{Error, Preference, Result, Signature};
use rubrica_stats::ranking::{
    Belief, Duel, DuelOptions, Matchmaking, NetworkOptions, PreferencePosterior,
};
use serde::{Deserialize, Serialize};

use super::fields::count;
use super::told;
use crate::records::{name, number};

/// A model and what is believed of its skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArenaModel {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub model: String,
    /// Mean of the belief.
    #[serde(deserialize_with = "number")]
    pub mean: f64,
    /// Standard deviation of the belief, above 0.
    #[serde(deserialize_with = "number")]
    pub deviation: f64,
}

/// How often two models have met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// One.
    #[serde(alias = "modelA", deserialize_with = "name")]
    pub model_a: String,
    /// The other.
    #[serde(alias = "modelB", deserialize_with = "name")]
    pub model_b: String,
    /// Times.
    #[serde(deserialize_with = "count")]
    pub count: u64,
}

/// The models that should meet next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextMatch {
    /// Their names, the pair of most worth first.
    pub models: Vec<String>,
    /// What produced it.
    pub signature: Signature,
}

/// Chooses the next match after K-Sort Arena: see [`Matchmaking`].
///
/// # Errors
/// [`Error::Invalid`] for a model that comes twice, a deviation that is not above 0, a meeting of a model
/// with itself; [`Error::Unknown`] for one of a model that is not there; [`Error::Statistic`] for fewer
/// models than a match has, or options out of range.
pub fn next_match(
    models: &[ArenaModel],
    meetings: &[Meeting],
    options: &Matchmaking,
) -> Result<NextMatch> {
    let names: Vec<&str> = models.iter().map(|m| m.model.as_str()).collect();
    let places = places("models", &names)?;
    let mut beliefs = Vec::with_capacity(models.len());
    for (index, model) in models.iter().enumerate() {
        let ArenaModel { mean, deviation, .. } = *model;
        if !(deviation > 0.0 && deviation.is_finite()) {
            let path = format!("models[{index}].deviation");
            return Err(Error::invalid(path, format!("is {deviation}"), "> 0"));
        }
        beliefs.push(Belief { mean, deviation });
    }
    let n = models.len();
    let mut counts = vec![0u64; n * n];
    for (index, meeting) in meetings.iter().enumerate() {
        let place = |field: &str, model: &str| {
            place(&places, format!("meetings[{index}].{field}"), "model", model)
        };
        let (a, b) = (place("model_a", &meeting.model_a)?, place("model_b", &meeting.model_b)?);
        if a == b {
            let problem = format!("is `{}`, as model_a is", meeting.model_b);
            let path = format!("meetings[{index}].model_b");
            return Err(Error::invalid(path, problem, "another model"));
        }
        for at in [a * n + b, b * n + a] {
            counts[at] = counts[at].saturating_add(meeting.count);
        }
    }
    let chosen = options.next(&beliefs, &counts).map_err(|e| told(&e))?;
    let signature = Signature::new("next-match")
        .with("k", options.k)
        .with("alpha", options.alpha)
        .with("beta", options.beta);
    Ok(NextMatch { models: chosen.into_iter().map(|m| names[m].to_owned()).collect(), signature })
}

/// Something that can be preferred, with its features: an embedding, or rubric scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryCandidate {
    /// Its name.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// Features, as many for all.
    pub features: Vec<f64>,
}

/// A preference between two candidates. Ties say nothing, and are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLabel {
    /// One.
    #[serde(deserialize_with = "name")]
    pub a: String,
    /// The other.
    #[serde(deserialize_with = "name")]
    pub b: String,
    /// Which is better.
    pub winner: Preference,
}

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
/// [`Error::Invalid`] for a candidate that comes twice or a label about one thing; [`Error::Unknown`] for a
/// label about a candidate that is not there; [`Error::Statistic`] for fewer than two candidates, unequal
/// features, or options out of range.
pub fn next_duel(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
    options: &NextDuelOptions,
) -> Result<DuelReport> {
    let (features, history) = numbered(candidates, labels)?;
    let told = |e| told(&e);
    let duel = DuelOptions { nu: options.nu, lambda: options.lambda, compat: options.compat };
    let (next, best) = match &options.network {
        Some(network) => duel.next_by_network(&features, &history, network).map_err(told)?,
        None => {
            let weights = duel.weights(&features, &history).map_err(told)?;
            let next = duel.next(&features, &history, &weights).map_err(told)?;
            (next, duel.best(&features, &history, &weights).map_err(told)?)
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
/// As [`next_duel`], but one candidate is enough, and has no pair.
pub fn next_query(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
    options: &QueryOptions,
) -> Result<QueryReport> {
    let (features, history) = numbered(candidates, labels)?;
    let told = |e| told(&e);
    let posterior = PreferencePosterior::new(&features, &history, options.prior).map_err(told)?;
    let n = features.len();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
    let found = posterior.next_query(&features, &pairs, options.epsilon).map_err(told)?;
    let name = |place: usize| candidates[place].id.clone();
    Ok(QueryReport {
        pair: found.map(|query| pairs[query.pair]).map(|(i, j)| [name(i), name(j)]),
        disagreement: found.map(|query| query.disagreement),
        signature: Signature::new("next-query")
            .with("epsilon", options.epsilon)
            .with("prior", options.prior),
    })
}

fn numbered(
    candidates: &[QueryCandidate],
    labels: &[QueryLabel],
) -> Result<(Vec<Vec<f64>>, Vec<Duel>)> {
    let names: Vec<&str> = candidates.iter().map(|c| c.id.as_str()).collect();
    let places = places("candidates", &names)?;
    let mut history = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        let place = |field: &str, id: &str| {
            place(&places, format!("labels[{index}].{field}"), "candidate", id)
        };
        let (first, second) = (place("a", &label.a)?, place("b", &label.b)?);
        if first == second {
            let problem = format!("is `{}`, as a is", label.b);
            return Err(Error::invalid(format!("labels[{index}].b"), problem, "another candidate"));
        }
        if label.winner != Preference::Tie {
            history.push(Duel { first, second, first_won: label.winner == Preference::A });
        }
    }
    Ok((candidates.iter().map(|c| c.features.clone()).collect(), history))
}

fn places<'n>(what: &str, names: &[&'n str]) -> Result<BTreeMap<&'n str, usize>> {
    let mut places = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        if places.insert(*name, index).is_some() {
            let problem = format!("is `{name}` a second time");
            return Err(Error::invalid(format!("{what}[{index}]"), problem, "each name once"));
        }
    }
    Ok(places)
}

fn place(
    places: &BTreeMap<&str, usize>,
    path: String,
    what: &'static str,
    name: &str,
) -> Result<usize> {
    places.get(name).copied().ok_or_else(|| {
        let known: Vec<&str> = places.keys().copied().collect();
        Error::Unknown { path, what, name: name.to_owned(), known: known.join(", ") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<QueryCandidate> {
        [("x", [1.0, 0.0]), ("y", [0.0, 1.0]), ("z", [0.7, 0.7])]
            .map(|(id, features)| QueryCandidate { id: id.into(), features: features.into() })
            .into()
    }

    fn label(a: &str, b: &str, winner: Preference) -> QueryLabel {
        QueryLabel { a: a.into(), b: b.into(), winner }
    }

    #[test]
    fn the_next_match_is_named() {
        let model = |name: &str, mean| ArenaModel { model: name.into(), mean, deviation: 1.0 };
        let models = [model("low", 1.0), model("high", 30.0), model("near", 29.0)];
        let meeting =
            |a: &str, b: &str, count| Meeting { model_a: a.into(), model_b: b.into(), count };
        let two = Matchmaking { k: 2, ..Matchmaking::default() };
        let found = next_match(&models, &[meeting("low", "high", 2)], &two).expect("valid");
        assert_eq!(found.models, ["high", "near"]);
        let error = next_match(&models, &[meeting("low", "?", 2)], &two).expect_err("unknown");
        assert_eq!((error.code(), error.path()), ("unknown_name", Some("meetings[0].model_b")));
        let error = next_match(&models, &[meeting("low", "low", 2)], &two).expect_err("itself");
        assert_eq!(error.path(), Some("meetings[0].model_b"));
        let twice = [model("low", 1.0), model("low", 1.0)];
        assert_eq!(next_match(&twice, &[], &two).expect_err("").path(), Some("models[1]"));
        assert_eq!(next_match(&[], &[], &two).expect_err("none").code(), "too_few_values");
    }

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
