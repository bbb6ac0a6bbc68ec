//! Peer examination: every model examines all others (Language-Model-as-an-Examiner; Bai et al., 2023).
//! Strict and mild examiners are put on one scale, nobody's judgment of itself counts, and how far each
//! favours itself is told.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::{Error, Result, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::agreement::{Concordance, Ratings, kendall_w};
use rubrica_stats::correlation::kendall_tau_b;
use rubrica_stats::moments::{mean, standard_deviation};
use serde::{Deserialize, Serialize};

use super::fields::optional_name;
use super::told;
use crate::records::{name, number};

/// One score that an examiner gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExamScore {
    /// Who scored.
    #[serde(deserialize_with = "name")]
    pub examiner: String,
    /// Who answered.
    #[serde(deserialize_with = "name")]
    pub examinee: String,
    /// The question; scores of several are averaged.
    #[serde(default, alias = "questionId", deserialize_with = "optional_name")]
    pub question_id: Option<String>,
    /// What was scored, such as accuracy or fluency; each has its own scale.
    #[serde(default, deserialize_with = "optional_name")]
    pub criterion: Option<String>,
    /// The score, higher being better.
    #[serde(deserialize_with = "number")]
    pub score: f64,
}

/// How to combine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeerExamOptions {
    /// Leave scores as they are instead of taking each examiner's mean and spread out.
    pub raw: bool,
}

/// A model's place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExaminedModel {
    /// Its name.
    pub model: String,
    /// Mean over criteria and peers of the standardised score; with `raw`, of the score.
    pub score: f64,
    /// Mean over criteria and peers of the score as given.
    pub mean_score: f64,
    /// Examiners other than itself.
    pub peers: usize,
}

/// How far an examiner favours itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelfPreference {
    /// The examiner.
    pub examiner: String,
    /// Its score of itself less the mean of its peers' scores of it; mean over criteria.
    pub preference: f64,
    /// The same with every examiner's mean and spread (of its scores of others) taken out, so that a mild
    /// examiner does not seem to favour itself; none where a spread is 0.
    pub standardised: Option<f64>,
}

/// A peer examination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeerExam {
    /// Best first; models that only they themselves examined are not in it.
    pub ranking: Vec<ExaminedModel>,
    /// The ranking on each criterion, where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_criterion: BTreeMap<String, Vec<ExaminedModel>>,
    /// Examiners that scored themselves and were scored by others.
    pub self_preference: Vec<SelfPreference>,
    /// Kendall's W of the examiners over the models that all of them examined, none being an examiner
    /// there; none where that is not defined.
    pub kendall_w: Option<Concordance>,
    /// Mean over pairs of examiners of Kendall's tau-b, over the models that both examined, themselves
    /// left out.
    pub mean_tau: Option<f64>,
    /// What produced it.
    pub signature: Signature,
}

/// Mean scores by (examiner, examinee), of one criterion.
type Cells<'s> = BTreeMap<(&'s str, &'s str), f64>;

/// Combines the scores of examiners.
///
/// # Errors
/// [`Error::Statistic`] without a score of a model by another one; [`Error::Invalid`] for a score that is
/// not finite.
pub fn peer_exam(scores: &[ExamScore], options: &PeerExamOptions) -> Result<PeerExam> {
    let mut given: BTreeMap<&str, BTreeMap<(&str, &str), Vec<f64>>> = BTreeMap::new();
    for (index, row) in scores.iter().enumerate() {
        // Differences of larger ones need not be finite.
        if row.score.is_nan() || row.score.abs() > 1e100 {
            let path = format!("[{index}].score");
            return Err(Error::invalid(path, format!("is {}", row.score), "a score of some scale"));
        }
        let criterion = given.entry(row.criterion.as_deref().unwrap_or("")).or_default();
        criterion.entry((&row.examiner, &row.examinee)).or_default().push(row.score);
    }
    let mut cubes: BTreeMap<&str, Cells> = BTreeMap::new();
    for (criterion, cells) in &given {
        for (&key, values) in cells {
            let value = mean(values).map_err(|e| told(&e))?;
            cubes.entry(criterion).or_default().insert(key, value);
        }
    }
    if !cubes.values().flat_map(BTreeMap::keys).any(|(examiner, examinee)| examiner != examinee) {
        let (what, expected) = ("scores", "a score of a model by another one");
        return Err(told(&StatsError::NothingToCount { what, expected }));
    }
    let all: Vec<&Cells> = cubes.values().collect();
    let by_criterion = match cubes.len() {
        1 => BTreeMap::new(),
        _ => {
            cubes.iter().map(|(name, c)| ((*name).to_owned(), ranking(&[c], options.raw))).collect()
        }
    };
    let overall = average(&all);
    Ok(PeerExam {
        ranking: ranking(&all, options.raw),
        by_criterion,
        self_preference: self_preference(&all),
        kendall_w: concordance(&overall),
        mean_tau: mean_tau(&overall),
        signature: Signature::new("peer-exam")
            .with("scores", if options.raw { "raw" } else { "z-by-examiner" }),
    })
}

/// Mean and spread of what each examiner gave to others; a lone score has no spread.
fn styles<'s>(cells: &Cells<'s>) -> BTreeMap<&'s str, (f64, f64)> {
    let mut of: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for ((examiner, examinee), score) in cells {
        if examiner != examinee {
            of.entry(examiner).or_default().push(*score);
        }
    }
    let style = |values: Vec<f64>| {
        // Equal scores have spread 0, not one of their last digits.
        let level = values.iter().all(|v| *v == values[0]);
        let spread = if level { 0.0 } else { standard_deviation(&values).unwrap_or(0.0) };
        (mean(&values).unwrap_or(0.0), spread)
    };
    of.into_iter().map(|(examiner, values)| (examiner, style(values))).collect()
}

/// The score with the examiner's style taken out; 0 from an examiner who tells nobody apart.
fn standardised(score: f64, (mean, spread): (f64, f64)) -> f64 {
    if spread > 0.0 && spread.is_finite() { (score - mean) / spread } else { 0.0 }
}

/// What a model got, one mean over peers a criterion, and from whom.
#[derive(Default)]
struct Received<'s> {
    scores: Vec<f64>,
    plain: Vec<f64>,
    peers: BTreeSet<&'s str>,
}

fn ranking(cubes: &[&Cells], raw: bool) -> Vec<ExaminedModel> {
    let mut of: BTreeMap<&str, Received> = BTreeMap::new();
    for cells in cubes {
        let styles = styles(cells);
        let mut scores: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for ((examiner, examinee), &score) in cells.iter().filter(|((a, b), _)| a != b) {
            let own = scores.entry(examinee).or_default();
            own.0.push(if raw { score } else { standardised(score, styles[examiner]) });
            own.1.push(score);
            of.entry(examinee).or_default().peers.insert(examiner);
        }
        for (examinee, (values, plain)) in scores {
            let received = of.entry(examinee).or_default();
            received.scores.extend(mean(&values));
            received.plain.extend(mean(&plain));
        }
    }
    let row = |(model, received): (&str, Received)| {
        Some(ExaminedModel {
            model: model.to_owned(),
            score: mean(&received.scores).ok()?,
            mean_score: mean(&received.plain).ok()?,
            peers: received.peers.len(),
        })
    };
    let mut rows: Vec<ExaminedModel> = of.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| b.score.total_cmp(&a.score));
    rows
}

fn self_preference(cubes: &[&Cells]) -> Vec<SelfPreference> {
    let mut of: BTreeMap<&str, (Vec<f64>, Vec<Option<f64>>)> = BTreeMap::new();
    for cells in cubes {
        let styles = styles(cells);
        for ((examiner, _), &own) in cells.iter().filter(|((a, b), _)| a == b) {
            let peers: Vec<(&str, f64)> = cells
                .iter()
                .filter(|((other, examinee), _)| examinee == examiner && other != examiner)
                .map(|((other, _), score)| (*other, *score))
                .collect();
            let plain: Vec<f64> = peers.iter().map(|(_, score)| *score).collect();
            let Ok(peers_mean) = mean(&plain) else { continue };
            let put = |who: &str, score: f64| {
                styles.get(who).filter(|s| s.1 > 0.0).map(|style| standardised(score, *style))
            };
            let others: Option<Vec<f64>> = peers.iter().map(|(who, s)| put(who, *s)).collect();
            let others = others.and_then(|values| mean(&values).ok());
            let entry = of.entry(examiner).or_default();
            entry.0.push(own - peers_mean);
            entry.1.push(put(examiner, own).zip(others).map(|(own, others)| own - others));
        }
    }
    let row = |(examiner, (plain, put)): (&str, (Vec<f64>, Vec<Option<f64>>))| {
        let put: Option<Vec<f64>> = put.into_iter().collect();
        Some(SelfPreference {
            examiner: examiner.to_owned(),
            preference: mean(&plain).ok()?,
            standardised: put.and_then(|values| mean(&values).ok()),
        })
    };
    of.into_iter().filter_map(row).collect()
}

/// Mean over criteria of each cell's place on its examiner's scale.
fn average<'s>(cubes: &[&Cells<'s>]) -> Cells<'s> {
    let mut sums: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    for cells in cubes {
        let styles = styles(cells);
        for (&(examiner, examinee), &score) in cells.iter() {
            if let Some(style) = styles.get(examiner) {
                sums.entry((examiner, examinee)).or_default().push(standardised(score, *style));
            }
        }
    }
    sums.into_iter().filter_map(|(key, values)| Some((key, mean(&values).ok()?))).collect()
}

fn examiners<'s>(cells: &Cells<'s>) -> Vec<&'s str> {
    let all: BTreeSet<&str> = cells.keys().map(|(examiner, _)| *examiner).collect();
    all.into_iter().collect()
}

fn concordance(cells: &Cells) -> Option<Concordance> {
    let examiners = examiners(cells);
    let examinees: BTreeSet<&str> = cells.keys().map(|(_, examinee)| *examinee).collect();
    let mut rows = Vec::new();
    for examinee in examinees.into_iter().filter(|e| !examiners.contains(e)) {
        let row: Option<Vec<f64>> =
            examiners.iter().map(|examiner| cells.get(&(*examiner, examinee)).copied()).collect();
        rows.extend(row.into_iter().flatten());
    }
    kendall_w(&Ratings::complete(&rows, examiners.len()).ok()?).ok()
}

fn mean_tau(cells: &Cells) -> Option<f64> {
    let examiners = examiners(cells);
    let mut taus = Vec::new();
    for (index, one) in examiners.iter().enumerate() {
        for other in &examiners[index + 1..] {
            let both = cells.iter().filter(|((examiner, examinee), _)| {
                examiner == one && examinee != one && examinee != other
            });
            let (x, y): (Vec<f64>, Vec<f64>) = both
                .filter_map(|((_, examinee), score)| {
                    Some((*score, *cells.get(&(*other, *examinee))?))
                })
                .unzip();
            taus.extend(kendall_tau_b(&x, &y));
        }
    }
    mean(&taus).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(examiner: &str, examinee: &str, score: f64) -> ExamScore {
        let (examiner, examinee) = (examiner.to_owned(), examinee.to_owned());
        ExamScore { examiner, examinee, question_id: None, criterion: None, score }
    }

    fn three() -> Vec<ExamScore> {
        vec![
            score("a", "b", 4.0),
            score("a", "c", 2.0),
            score("b", "a", 5.0),
            score("b", "c", 1.0),
            score("c", "a", 3.0),
            score("c", "b", 3.0),
        ]
    }

    fn models(ranking: &[ExaminedModel]) -> Vec<(&str, f64)> {
        ranking.iter().map(|m| (m.model.as_str(), m.score)).collect()
    }

    #[test]
    fn three_models_by_hand() {
        let raw = peer_exam(&three(), &PeerExamOptions { raw: true }).expect("valid");
        assert_eq!(models(&raw.ranking), [("a", 4.0), ("b", 3.5), ("c", 1.5)]);
        assert!(raw.self_preference.is_empty() && raw.by_criterion.is_empty());
        // Standardised: a's and b's scores are ±1/√2, those of c tell nobody apart.
        let put = peer_exam(&three(), &PeerExamOptions::default()).expect("valid");
        let half = 0.5f64.sqrt() / 2.0;
        for (found, expected) in models(&put.ranking).iter().zip([half, half, -2.0 * half]) {
            assert!((found.1 - expected).abs() < 1e-12, "{put:?}");
        }
        assert_eq!(put.ranking[0].mean_score + put.ranking[1].mean_score, 7.5);
        // Nobody but examiners was examined.
        assert_eq!((put.kendall_w, put.mean_tau), (None, None));
    }

    #[test]
    fn strict_examiners_do_not_decide() {
        // One gives low scores to whom it sees, and sees only good ones.
        let rows = [
            score("mild", "x", 9.0),
            score("mild", "y", 8.0),
            score("mild", "z", 7.0),
            score("strict", "x", 2.0),
            score("strict", "y", 1.0),
            score("other", "z", 7.0),
            score("other", "y", 8.0),
        ];
        let order = |raw| {
            let found = peer_exam(&rows, &PeerExamOptions { raw }).expect("valid");
            found.ranking.iter().map(|m| m.model.clone()).collect::<Vec<_>>()
        };
        assert_eq!(order(true), ["z", "y", "x"]);
        assert_eq!(order(false), ["x", "y", "z"]);
    }

    #[test]
    fn self_preference_is_told() {
        let mut rows = three();
        rows.extend([score("a", "a", 6.0), score("b", "b", 3.0)]);
        let found = peer_exam(&rows, &PeerExamOptions { raw: true }).expect("valid");
        // Its own score does not count for its place.
        assert_eq!(found.ranking[0].score, 4.0);
        let told: Vec<(&str, f64)> =
            found.self_preference.iter().map(|s| (s.examiner.as_str(), s.preference)).collect();
        assert_eq!(told, [("a", 2.0), ("b", -0.5)]);
        // Among a's peers is c, which has no spread.
        assert_eq!(found.self_preference[0].standardised, None);
    }

    #[test]
    fn examiners_agree_on_those_outside() {
        let mut rows = Vec::new();
        for (examiner, scale) in [("p", 1.0), ("q", 10.0), ("r", 3.0)] {
            for (place, examinee) in ["w", "x", "y", "z"].into_iter().enumerate() {
                for criterion in ["clear", "right"] {
                    let mut one = score(examiner, examinee, scale * place as f64);
                    one.criterion = Some(criterion.into());
                    rows.push(one);
                }
            }
        }
        let found = peer_exam(&rows, &PeerExamOptions::default()).expect("valid");
        assert_eq!(found.kendall_w.expect("complete").w, 1.0);
        assert!((found.mean_tau.expect("three pairs") - 1.0).abs() < 1e-12);
        assert_eq!(found.by_criterion["clear"][0].model, "z");
        assert_eq!(found.ranking[0].peers, 3);
    }

    #[test]
    fn mistakes_are_named() {
        let options = PeerExamOptions::default();
        let code = |rows: &[ExamScore]| peer_exam(rows, &options).expect_err("bad").code();
        assert_eq!(code(&[]), "nothing_to_count");
        assert_eq!(code(&[score("a", "a", 1.0)]), "nothing_to_count");
        assert_eq!(code(&[score("a", "b", f64::NAN)]), "invalid_input");
        let one = peer_exam(&[score("a", "b", 3.0)], &options).expect("one score");
        assert_eq!((one.ranking[0].score, one.ranking[0].mean_score), (0.0, 3.0));
    }
}
