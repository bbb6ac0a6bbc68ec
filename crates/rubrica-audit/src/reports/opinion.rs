//! Mean opinion scores, and how well a metric follows them: scores put on one scale by rater, unsteady
//! raters screened out (ITU-R BT.500), and SRCC, KRCC, PLCC and RMSE after a curve (VQEG, 2000; VE-Bench;
//! Sun et al., 2024).

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::Signature;
use rubrica_stats::agreement::Ratings;
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::correlation::{kendall_tau_b, pearson, spearman};
use rubrica_stats::opinion::{
    Logistic, Mapping, OpinionOptions as Scoring, mean_opinion_scores, metric_report,
    screen_observers,
};
use rubrica_stats::regression::{line, root_mean_squared_error};
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};
use crate::records::{name, number, optional_number};

/// What one person thinks of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// The item.
    #[serde(alias = "itemId", deserialize_with = "name")]
    pub item_id: String,
    /// The person.
    #[serde(alias = "raterId", deserialize_with = "name")]
    pub rater_id: String,
    /// The score, on any scale.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// What a metric says of the item; the same in all rows of an item that have it.
    #[serde(default, deserialize_with = "optional_number")]
    pub metric: Option<f64>,
}

/// How to score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpinionOptions {
    /// Put each rater on the scale `100 (z + 3) / 6` first.
    pub z_scores: bool,
    /// Leave out the raters that BT.500 calls unsteady.
    pub screening: bool,
    /// What takes the metric to the scale of opinions before PLCC and RMSE.
    pub mapping: Mapping,
    /// Resamples of items, level and seed of the intervals of the metric's figures; the level also of
    /// those of opinions, which are normal.
    pub bootstrap: Bootstrap,
}

impl Default for OpinionOptions {
    fn default() -> Self {
        Self {
            z_scores: true,
            screening: false,
            mapping: Mapping::default(),
            bootstrap: Bootstrap::default(),
        }
    }
}

/// The opinion of one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemOpinion {
    /// The item.
    pub item_id: String,
    /// Mean score; none when nobody is left who scored it.
    pub mos: Option<f64>,
    /// Standard deviation of the scores (divisor n − 1); none with fewer than two.
    pub deviation: Option<f64>,
    /// Lower end of the normal interval of the mean.
    pub lower: Option<f64>,
    /// Its upper end.
    pub upper: Option<f64>,
    /// Scores.
    pub n: usize,
}

/// How steady one rater is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RaterScreening {
    /// The rater.
    pub rater_id: String,
    /// Items scored.
    pub items: usize,
    /// Of these, items scored far above the others.
    pub above: usize,
    /// Items scored far below them.
    pub below: usize,
    /// Far off often and to both sides.
    pub unsteady: bool,
    /// One value throughout or fewer than two scores, so that there are no z-scores.
    pub constant: bool,
}

/// A metric held to the opinions, over the items that have both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpinionMetric {
    /// Spearman's correlation.
    pub srcc: Figure,
    /// Kendall's tau-b.
    pub krcc: Figure,
    /// Pearson's correlation after the mapping, which is fitted once and held fast in the resamples.
    pub plcc: Figure,
    /// Root mean squared error after it, on the scale of opinions.
    pub rmse: Figure,
    /// The fitted curve, if the mapping is one and has a fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curve: Option<Logistic>,
    /// Metric and mean opinion of each item, `[items][2]`, for a plot.
    pub points: Vec<[f64; 2]>,
}

/// Opinions of all items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpinionReport {
    /// By name.
    pub items: Vec<ItemOpinion>,
    /// By name.
    pub raters: Vec<RaterScreening>,
    /// None when no row has a metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<OpinionMetric>,
    /// What produced it.
    pub signature: Signature,
}

/// Mean opinion scores of the items, and the metric's figures if rows have one.
///
/// # Errors
/// [`AuditError::Statistic`] without rows, with options out of range, or when no rater has z-scores;
/// [`AuditError::Input`] for two scores of one item by one rater, two metrics of one item, or a score that
/// is not finite.
pub fn opinion_scores(rows: &[Opinion], options: &OpinionOptions) -> Result<OpinionReport> {
    let items: BTreeSet<&str> = rows.iter().map(|row| row.item_id.as_str()).collect();
    let raters: BTreeSet<&str> = rows.iter().map(|row| row.rater_id.as_str()).collect();
    let mut metrics: BTreeMap<&str, f64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (index, row) in rows.iter().enumerate() {
        if !row.score.is_finite() {
            let path = format!("[{index}].score");
            return Err(AuditError::invalid(path, format!("is {}", row.score), "a finite number"));
        }
        if !seen.insert((&row.item_id, &row.rater_id)) {
            let problem = format!("{} scores {} a second time", row.rater_id, row.item_id);
            return Err(AuditError::invalid(format!("[{index}]"), problem, "one score of an item"));
        }
        if let Some(metric) = row.metric {
            let of_item = *metrics.entry(&row.item_id).or_insert(metric);
            if of_item != metric {
                let problem = format!("is {metric}, and {of_item} before, of {}", row.item_id);
                return Err(AuditError::invalid(
                    format!("[{index}].metric"),
                    problem,
                    "one an item",
                ));
            }
        }
    }
    let long: Vec<(&str, &str, f64)> =
        rows.iter().map(|row| (row.item_id.as_str(), row.rater_id.as_str(), row.score)).collect();
    let ratings = Ratings::from_long(&long)?;
    let scoring = Scoring {
        z_scores: options.z_scores,
        screening: options.screening,
        level: options.bootstrap.level,
    };
    let scores = mean_opinion_scores(&ratings, &scoring)?;
    let screening = screen_observers(&ratings)?;
    let both = items.iter().zip(&scores.items);
    let (x, y): (Vec<f64>, Vec<f64>) =
        both.filter_map(|(item, found)| Some((*metrics.get(item)?, found.mean?))).unzip();
    let metric = (!metrics.is_empty()).then(|| of_metric(&x, &y, options));
    let mut signature = Signature::new("opinion-scores")
        .with("z_scores", options.z_scores)
        .with("screening", if options.screening { "bt.500" } else { "none" })
        .with("mapping", mapping_name(options.mapping))
        .with("interval", format!("normal;bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(OpinionReport {
        items: items
            .into_iter()
            .zip(&scores.items)
            .map(|(item, found)| ItemOpinion {
                item_id: item.to_owned(),
                mos: found.mean,
                deviation: found.deviation,
                lower: found.lower,
                upper: found.upper,
                n: found.n,
            })
            .collect(),
        raters: raters
            .into_iter()
            .zip(&screening.observers)
            .enumerate()
            .map(|(index, (rater, observer))| RaterScreening {
                rater_id: rater.to_owned(),
                items: observer.items,
                above: observer.above,
                below: observer.below,
                unsteady: observer.rejected,
                constant: scores.constant.contains(&index),
            })
            .collect(),
        metric,
        signature,
    })
}

fn mapping_name(mapping: Mapping) -> &'static str {
    match mapping {
        Mapping::None => "none",
        Mapping::Linear => "linear",
        _ => "logistic",
    }
}

/// A figure of two series.
type Closeness<'c> = dyn Fn(&[f64], &[f64]) -> rubrica_stats::Result<f64> + 'c;

/// The figures of a metric `x` against opinions `y`.
fn of_metric(x: &[f64], y: &[f64], options: &OpinionOptions) -> OpinionMetric {
    let figure = |of: &Closeness<'_>, x: &[f64]| {
        Figure::of_items(x.len(), &options.bootstrap, |items| of(&take(x, items), &take(y, items)))
    };
    let (mapped, curve) = match mapped(x, y, options.mapping) {
        Ok(found) => found,
        Err(error) => {
            let undefined = || Figure::from(error.clone());
            let (srcc, krcc) = (figure(&spearman, x), figure(&kendall_tau_b, x));
            let points = x.iter().zip(y).map(|(x, y)| [*x, *y]).collect();
            let (plcc, rmse) = (undefined(), undefined());
            return OpinionMetric { srcc, krcc, plcc, rmse, curve: None, points };
        }
    };
    OpinionMetric {
        srcc: figure(&spearman, x),
        krcc: figure(&kendall_tau_b, x),
        plcc: figure(&pearson, &mapped),
        rmse: figure(&|x, y| root_mean_squared_error(y, x), &mapped),
        curve,
        points: x.iter().zip(y).map(|(x, y)| [*x, *y]).collect(),
    }
}

/// The metric on the scale of opinions, and the curve that took it there.
fn mapped(
    x: &[f64],
    y: &[f64],
    mapping: Mapping,
) -> rubrica_stats::Result<(Vec<f64>, Option<Logistic>)> {
    // Refuses what has no figures.
    let curve = metric_report(x, y, mapping)?.curve;
    Ok(match (curve, mapping) {
        (Some(curve), _) => (x.iter().map(|x| curve.predict(*x)).collect(), Some(curve)),
        (None, Mapping::Linear) => {
            let line = line(x, y)?;
            (x.iter().map(|x| line.slope * x + line.intercept).collect(), None)
        }
        (None, Mapping::None) => (x.to_vec(), None),
        // A mapping that this report does not know.
        (None, _) => {
            let expected = "none, linear or logistic";
            return Err(StatsError::NothingToCount { what: "mapping", expected });
        }
    })
}

impl Report for OpinionReport {
    const NAME: &'static str = "opinion-scores";
    const QUESTION: &'static str =
        "What do people think of each item, and does a metric follow them?";
    const SOURCE: &'static str = "ITU-R BT.500; VE-Bench; Sun et al., 2024";
    const ROW: &'static str = "item_id, rater_id, score, metric?";
    const EXAMPLE: Example = Example {
        options: r#"{"bootstrap": {"replicates": 20}}"#,
        rows: r#"{"item_id": 1, "rater_id": "ada", "score": 1, "metric": 1}
{"item_id": 1, "rater_id": "ben", "score": 2, "metric": 1}
{"item_id": 2, "rater_id": "ada", "score": 2, "metric": 4}
{"item_id": 2, "rater_id": "ben", "score": 4, "metric": 4}
{"item_id": 3, "rater_id": "ada", "score": 3, "metric": 9}
{"item_id": 3, "rater_id": "ben", "score": 6, "metric": 9}
{"item_id": 4, "rater_id": "ada", "score": 4, "metric": 16}
{"item_id": 4, "rater_id": "ben", "score": 1, "metric": 16}
{"item_id": 5, "rater_id": "ada", "score": 5, "metric": 25}
{"item_id": 5, "rater_id": "ben", "score": 3, "metric": 25}
{"item_id": 6, "rater_id": "ada", "score": 6, "metric": 36}
{"item_id": 6, "rater_id": "ben", "score": 5, "metric": 36}
"#,
    };
    type Row = Opinion;
    type Options = OpinionOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        opinion_scores(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinion(item: &str, rater: &str, score: f64, metric: Option<f64>) -> Opinion {
        Opinion { item_id: item.into(), rater_id: rater.into(), score, metric }
    }

    /// Three raters on three items; the second is harsh and spread out, the third says one thing.
    fn panel() -> Vec<Opinion> {
        let given = [[3.0, 1.0, 4.0], [4.0, 3.0, 4.0], [5.0, 5.0, 4.0]];
        let mut rows = Vec::new();
        for (item, scores) in ["x", "y", "z"].iter().zip(given) {
            for (rater, score) in ["ada", "ben", "cy"].iter().zip(scores) {
                rows.push(opinion(item, rater, score, None));
            }
        }
        rows
    }

    #[test]
    fn raters_are_put_on_one_scale() {
        let found = opinion_scores(&panel(), &OpinionOptions::default()).expect("three");
        let means: Vec<f64> = found.items.iter().filter_map(|item| item.mos).collect();
        for (mean, expected) in means.iter().zip([100.0 / 3.0, 50.0, 200.0 / 3.0]) {
            assert!((mean - expected).abs() < 1e-12, "{means:?}");
        }
        assert_eq!((found.raters[2].rater_id.as_str(), found.raters[2].constant), ("cy", true));
        assert!(found.metric.is_none() && found.items[0].n == 2);
    }

    #[test]
    fn a_metric_is_held_to_the_opinions() {
        // Kendall's tau-b of the seeds, by SciPy 1.17.1: 0.6.
        let rows: Vec<Opinion> = [(1.0, 1.0), (3.0, 2.0), (2.0, 3.0), (5.0, 4.0), (4.0, 5.0)]
            .iter()
            .enumerate()
            .map(|(item, (score, metric))| opinion(&item.to_string(), "ada", *score, Some(*metric)))
            .collect();
        let options =
            OpinionOptions { z_scores: false, mapping: Mapping::None, ..Default::default() };
        let metric = opinion_scores(&rows, &options).expect("five").metric.expect("a metric");
        assert!((metric.krcc.value().expect("five") - 0.6).abs() < 1e-12);
        assert!((metric.srcc.value().expect("five") - 0.8).abs() < 1e-12);
        assert!((metric.rmse.value().expect("five") - 0.8f64.sqrt()).abs() < 1e-12);
        assert_eq!(metric.points[1], [2.0, 3.0]);
        let linear = OpinionOptions { mapping: Mapping::Linear, ..options.clone() };
        let linear = opinion_scores(&rows, &linear).expect("five").metric.expect("a metric");
        assert!((linear.plcc.value().expect("five") - 0.8).abs() < 1e-12);
        let curve = OpinionOptions { mapping: Mapping::Logistic, ..options };
        let curve = opinion_scores(&rows, &curve).expect("five").metric.expect("a metric");
        assert!(curve.curve.is_some() && curve.plcc.value() > Some(0.7));
    }

    #[test]
    fn what_is_undefined_says_why_and_mistakes_where() {
        let raw = OpinionOptions { z_scores: false, ..Default::default() };
        let few = [opinion("x", "ada", 1.0, Some(2.0)), opinion("y", "ada", 2.0, Some(2.0))];
        let metric = opinion_scores(&few, &raw).expect("two").metric.expect("a metric");
        assert_eq!((metric.srcc.value(), metric.plcc.value()), (None, None));
        let code = |rows: &[Opinion]| {
            let error = opinion_scores(rows, &OpinionOptions::default()).expect_err("bad");
            error.path().unwrap_or(error.code()).to_owned()
        };
        assert_eq!(code(&[]), "too_few_values");
        assert_eq!(code(&few[..1]), "constant_input");
        assert_eq!(code(&[few[0].clone(), few[0].clone()]), "[1]");
        assert_eq!(code(&[few[0].clone(), opinion("x", "ben", 1.0, Some(3.0))]), "[1].metric");
        assert_eq!(code(&[opinion("x", "ada", f64::NAN, None)]), "[0].score");
    }
}
