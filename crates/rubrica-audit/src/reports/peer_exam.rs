//! Peer examination: every model examines all others (Language-Model-as-an-Examiner; Bai et al., 2023).
//! Strict and mild examiners are put on one scale, nobody's judgment of itself counts, and how far each
//! favours itself is told.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::agreement::{Concordance, Ratings, kendall_w};
use rubrica_stats::correlation::kendall_tau_b;
use rubrica_stats::moments::{mean, standard_deviation};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Measured;
use crate::error::{AuditError, Result};
use crate::records::{name, number, optional_name};

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
    /// examiner does not seem to favour itself; undefined where a spread is 0.
    pub standardised: Measured,
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
    /// there.
    pub kendall_w: Measured<Concordance>,
    /// Mean over pairs of examiners of Kendall's tau-b, over the models that both examined, themselves
    /// left out.
    pub mean_tau: Measured,
    /// What produced it.
    pub signature: Signature,
}

/// Mean scores by (examiner, examinee), of one criterion.
type Cells<'s> = BTreeMap<(&'s str, &'s str), f64>;

/// Combines the scores of examiners.
///
/// # Errors
/// [`AuditError::Statistic`] without a score of a model by another one; [`AuditError::Input`] for a score that is
/// not finite.
pub fn peer_exam(scores: &[ExamScore], options: &PeerExamOptions) -> Result<PeerExam> {
    let mut given: BTreeMap<&str, BTreeMap<(&str, &str), Vec<f64>>> = BTreeMap::new();
    for (index, row) in scores.iter().enumerate() {
        // Differences of larger ones need not be finite.
        if row.score.is_nan() || row.score.abs() > 1e100 {
            let path = format!("[{index}].score");
            return Err(AuditError::invalid(
                path,
                format!("is {}", row.score),
                "a score of some scale",
            ));
        }
        let criterion = given.entry(row.criterion.as_deref().unwrap_or("")).or_default();
        criterion.entry((&row.examiner, &row.examinee)).or_default().push(row.score);
    }
    let mut cubes: BTreeMap<&str, Cells> = BTreeMap::new();
    for (criterion, cells) in &given {
        for (&key, values) in cells {
            let value = mean(values)?;
            cubes.entry(criterion).or_default().insert(key, value);
        }
    }
    if !cubes.values().flat_map(BTreeMap::keys).any(|(examiner, examinee)| examiner != examinee) {
        let (what, expected) = ("scores", "a score of a model by another one");
        return Err(StatsError::NothingToCount { what, expected }.into());
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
        kendall_w: concordance(&overall).into(),
        mean_tau: mean_tau(&overall).into(),
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
    let mut of: BTreeMap<&str, (Vec<f64>, Vec<rubrica_stats::Result<f64>>)> = BTreeMap::new();
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
                let style = styles.get(who).filter(|s| s.1 > 0.0);
                let what = "scores that an examiner gave to others";
                style.map(|s| standardised(score, *s)).ok_or(StatsError::Constant { what })
            };
            let others = peers.iter().map(|(who, s)| put(who, *s)).collect::<Result<Vec<_>, _>>();
            let others = others.and_then(|values| mean(&values));
            let entry = of.entry(examiner).or_default();
            entry.0.push(own - peers_mean);
            entry.1.push(put(examiner, own).and_then(|own| Ok(own - others?)));
        }
    }
    let row = |(examiner, (plain, put)): (&str, (Vec<f64>, Vec<_>))| {
        let put = put.into_iter().collect::<Result<Vec<f64>, StatsError>>();
        Some(SelfPreference {
            examiner: examiner.to_owned(),
            preference: mean(&plain).ok()?,
            standardised: put.and_then(|values| mean(&values)).into(),
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

fn concordance(cells: &Cells) -> rubrica_stats::Result<Concordance> {
    let examiners = examiners(cells);
    let examinees: BTreeSet<&str> = cells.keys().map(|(_, examinee)| *examinee).collect();
    let mut rows = Vec::new();
    for examinee in examinees.into_iter().filter(|e| !examiners.contains(e)) {
        let row: Option<Vec<f64>> =
            examiners.iter().map(|examiner| cells.get(&(*examiner, examinee)).copied()).collect();
        rows.extend(row.into_iter().flatten());
    }
    kendall_w(&Ratings::complete(&rows, examiners.len())?)
}

fn mean_tau(cells: &Cells) -> rubrica_stats::Result<f64> {
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
    mean(&taus)
}

impl Report for PeerExam {
    const NAME: &'static str = "peer-exam";
    const QUESTION: &'static str = "Who is best when every model examines all others?";
    const SOURCE: &'static str = "Language-Model-as-an-Examiner; Bai et al., 2023";
    const ROW: &'static str = "examiner, examinee, score, question_id?, criterion?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"examiner": "x", "examinee": "y", "score": 3}
{"examiner": "x", "examinee": "z", "score": 1}
{"examiner": "y", "examinee": "x", "score": 5}
{"examiner": "y", "examinee": "z", "score": 2}
{"examiner": "z", "examinee": "x", "score": 4}
{"examiner": "z", "examinee": "y", "score": 4}
"#,
    };
    type Row = ExamScore;
    type Options = PeerExamOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        peer_exam(&rows, options)
    }
}

#[cfg(test)]
#[path = "peer_exam_tests.rs"]
mod tests;
