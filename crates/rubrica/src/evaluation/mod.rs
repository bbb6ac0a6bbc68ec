//! Measuring judges on labelled data, with intervals and baselines.
//!
//! Everything that gives a response a number is a [`Scorer`]: the judge, and each baseline. All see
//! the same rows and are measured by the same statistics on the same bootstrap resamples.

mod baselines;
mod blind;
#[cfg(feature = "models")]
mod cross;
mod lexical;
mod measures;
mod published;
mod report;
mod scorer;

use rubrica_core::{Job, Preference, Result, Stage};
use rubrica_stats::bootstrap::{Bootstrap, Units};

pub use baselines::{Cosine, Length};
pub use blind::Blind;
#[cfg(feature = "models")]
pub use cross::CrossScorer;
pub use lexical::Lexical;
pub use measures::Measure;
pub use published::published;
pub use report::{Baseline, EvaluationReport, Row, Summary};
pub use scorer::{JudgeScorer, Local, Scorer};

use crate::data::{LabelledPair, LabelledRating, Shape};

/// Labelled rows to measure on.
#[derive(Debug, Clone, Default)]
pub struct EvaluationData {
    /// Rows of `pairwise`.
    pub pairs: Vec<LabelledPair>,
    /// Rows of the other shapes.
    pub ratings: Vec<LabelledRating>,
}

/// Measures `judge` and `baselines` on every data set of `data`.
///
/// Intervals are percentile bootstrap intervals over prompts (all rows of a prompt are drawn
/// together; over rows where a set has one prompt only), level and replicates as in `bootstrap`. A measure that is not defined on a set (one
/// class only, say) is left out.
///
/// # Errors
/// [`rubrica_core::Error::Cancelled`], or what the judge's model gives rise to.
pub async fn evaluate(
    judge: &dyn Scorer,
    baselines: &[&dyn Scorer],
    data: &EvaluationData,
    bootstrap: &Bootstrap,
    job: &dyn Job,
) -> Result<EvaluationReport> {
    let mut sets: Vec<(Shape, String)> =
        data.pairs.iter().map(|p| (Shape::Pairwise, p.source.clone())).collect();
    sets.extend(data.ratings.iter().map(|r| (r.shape, r.source.clone())));
    sets.sort();
    sets.dedup();
    let mut rows = Vec::new();
    for (done, (shape, source)) in sets.iter().enumerate() {
        job.step(Stage::Score, done, sets.len()).await?;
        if *shape == Shape::Pairwise {
            let pairs: Vec<&LabelledPair> =
                data.pairs.iter().filter(|p| p.source == *source).collect();
            rows.extend(pairwise_rows(judge, baselines, source, &pairs, bootstrap, job).await?);
        } else {
            let ratings: Vec<&LabelledRating> =
                data.ratings.iter().filter(|r| r.shape == *shape && r.source == *source).collect();
            rows.extend(
                rating_rows(judge, baselines, *shape, source, &ratings, bootstrap, job).await?,
            );
        }
    }
    job.step(Stage::Score, sets.len(), sets.len()).await?;
    Ok(EvaluationReport::new(judge.name(), rows))
}

async fn pairwise_rows(
    judge: &dyn Scorer,
    baselines: &[&dyn Scorer],
    source: &str,
    pairs: &[&LabelledPair],
    bootstrap: &Bootstrap,
    job: &dyn Job,
) -> Result<Vec<Row>> {
    let groups: Vec<u64> = pairs.iter().map(|p| p.group).collect();
    let labels: Vec<Preference> = pairs.iter().map(|p| p.label).collect();
    let shorter: Vec<bool> = pairs
        .iter()
        .map(|p| {
            let [a, b] = p.responses.each_ref().map(|r| r.chars().count());
            (p.label == Preference::A && a < b) || (p.label == Preference::B && b < a)
        })
        .collect();
    let mut margins = Vec::new();
    for scorer in std::iter::once(&judge).chain(baselines) {
        margins.push((*scorer, scorer.margins(pairs, job).await?));
    }
    let mut rows = Vec::new();
    let parts = Measure::PAIRWISE.map(|measure| (measure, pair_parts(source, pairs)));
    let parts = parts.iter().flat_map(|(measure, parts)| parts.iter().map(move |p| (measure, p)));
    for (measure, (set, part)) in parts {
        let counts = |i: &usize| measure.counts_pair(labels[*i], shorter[*i]);
        let keep: Vec<usize> = part.iter().copied().filter(counts).collect();
        let units = units(&keep, &groups);
        let estimates = margins.iter().map(|(scorer, margins)| {
            let statistic = |items: &[usize]| {
                let items: Vec<usize> = items.iter().map(|&i| keep[i]).collect();
                measure.pairwise(&items, margins, &labels, scorer.tie_margin())
            };
            (scorer.name(), units.as_ref().and_then(|u| report::estimate(u, bootstrap, statistic)))
        });
        let in_domain = pairs.iter().any(|p| p.in_domain);
        let row = Row::of(set, Shape::Pairwise, in_domain, measure.name(), keep.len(), estimates);
        rows.extend(row);
    }
    Ok(rows)
}

/// A part of a set: its name, and the rows in it.
type Part = (String, Vec<usize>);

/// All pairs; by how far apart the two were rated; those whose style speaks against the better one.
fn pair_parts(source: &str, pairs: &[&LabelledPair]) -> Vec<Part> {
    let having = |name: String, has: &dyn Fn(&LabelledPair) -> bool| {
        let rows: Vec<usize> = (0..pairs.len()).filter(|&i| has(pairs[i])).collect();
        (!rows.is_empty()).then_some((name, rows))
    };
    let mut parts = vec![(source.to_owned(), (0..pairs.len()).collect())];
    for distance in 1..=4u8 {
        let bin = |d: f64| if d < 1.0 { 1.0 } else { d.floor().min(4.0) };
        let has = |p: &LabelledPair| p.distance.is_some_and(|d| bin(d) == f64::from(distance));
        parts.extend(having(format!("{source}/distance {distance}"), &has));
    }
    let has = |p: &LabelledPair| p.surface.is_some_and(|s| s < 0.5);
    parts.extend(having(format!("{source}/against the surface"), &has));
    parts
}

/// The faultless parts of responses together with those that have each kind of fault.
fn fault_parts(source: &str, ratings: &[&LabelledRating]) -> Vec<Part> {
    let kinds: std::collections::BTreeSet<&String> =
        ratings.iter().flat_map(|r| &r.faults).collect();
    let parts = kinds.into_iter().map(|kind| {
        let has = |i: &usize| ratings[*i].faults.is_empty() || ratings[*i].faults.contains(kind);
        (format!("{source}/{kind}"), (0..ratings.len()).filter(has).collect())
    });
    parts.collect()
}

async fn rating_rows(
    judge: &dyn Scorer,
    baselines: &[&dyn Scorer],
    shape: Shape,
    source: &str,
    ratings: &[&LabelledRating],
    bootstrap: &Bootstrap,
    job: &dyn Job,
) -> Result<Vec<Row>> {
    let targets: Vec<f64> = ratings.iter().map(|r| r.target()).collect();
    let groups: Vec<u64> = ratings.iter().map(|r| r.group).collect();
    let mut dimensions: Vec<&str> = ratings.iter().map(|r| r.dimension.as_str()).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let mut scores = Vec::new();
    for scorer in std::iter::once(&judge).chain(baselines) {
        scores.push((*scorer, scorer.scores(ratings, job).await?));
    }
    let in_domain = ratings.iter().any(|r| r.in_domain);
    let mut rows = Vec::new();
    for measure in Measure::of_shape(shape) {
        // One row a dimension, and one that is their mean; one a kind of fault.
        let all: Vec<usize> = (0..ratings.len()).collect();
        let mut parts: Vec<(String, Vec<usize>, Vec<&str>)> =
            vec![(source.to_owned(), all, dimensions.clone())];
        if dimensions.len() > 1 {
            parts.extend(dimensions.iter().map(|d| {
                let of_it = |i: &usize| ratings[*i].dimension == *d;
                let rows = (0..ratings.len()).filter(of_it).collect();
                (format!("{source}/{d}"), rows, vec![*d])
            }));
        }
        if *measure == Measure::Auroc {
            let faults = fault_parts(source, ratings).into_iter();
            parts.extend(faults.map(|(set, rows)| (set, rows, dimensions.clone())));
        }
        for (set, keep, dimensions) in parts {
            let units = units(&keep, &groups);
            let estimates = scores.iter().map(|(scorer, scores)| {
                let statistic = |items: &[usize]| {
                    let mut sum = 0.0;
                    for dimension in &dimensions {
                        let items: Vec<usize> = items
                            .iter()
                            .map(|&i| keep[i])
                            .filter(|&i| ratings[i].dimension == *dimension)
                            .collect();
                        sum += measure.rating(
                            &items,
                            scores,
                            &targets,
                            &groups,
                            scorer.threshold(shape),
                        )?;
                    }
                    Ok(sum / dimensions.len() as f64)
                };
                let estimate =
                    units.as_ref().and_then(|u| report::estimate(u, bootstrap, statistic));
                (scorer.name(), estimate)
            });
            rows.extend(Row::of(&set, shape, in_domain, measure.name(), keep.len(), estimates));
        }
    }
    Ok(rows)
}

/// What is resampled: the prompts of the kept rows; the rows themselves where all share one prompt,
/// as texts to classify do.
fn units(keep: &[usize], groups: &[u64]) -> Option<Units> {
    let ids: Vec<u64> = keep.iter().map(|&i| groups[i]).collect();
    let prompts = Units::clusters(&ids).ok()?;
    Some(if prompts.len() == 1 { Units::items(ids.len()) } else { prompts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_resampled_and_rows_where_there_is_one_prompt() {
        assert!(units(&[], &[]).is_none());
        assert_eq!(units(&[0, 1, 2], &[7, 7, 8]).map(|u| u.len()), Some(2));
        assert_eq!(units(&[0, 1, 2], &[7, 7, 7]).map(|u| u.len()), Some(3));
    }
}
