//! Which scores may people have given? Conformal intervals and sets for a rubric score (Lei et al., 2018; Lu
//! et al., 2022): they hold the people's score of a new item with the chosen coverage, whatever the judge is
//! worth.

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::calibration::{ConformalInterval, OrdinalSets};
use rubrica_stats::moments::mean;
use rubrica_stats::rng::Rng;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::number;

/// A judge's score and the people's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredItem {
    /// What the judge says.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// What people say, within the scale.
    #[serde(deserialize_with = "number")]
    pub human: f64,
    /// The judge's probabilities of the points of the scale, lowest first.
    #[serde(default)]
    pub distribution: Option<Vec<f64>>,
}

/// How to make intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreIntervalOptions {
    /// Lowest point of the scale.
    pub min: f64,
    /// Highest point of the scale.
    pub max: f64,
    /// Share of new items whose interval holds the people's score, between 0 and 1.
    pub coverage: f64,
    /// Share of the items that the intervals are fitted on for the check; the others are looked at.
    pub share: f64,
    /// Level of the intervals of the checked coverage.
    pub level: f64,
    /// Seed of the split.
    pub seed: u64,
}

impl Default for ScoreIntervalOptions {
    fn default() -> Self {
        Self { min: 1.0, max: 5.0, coverage: 0.9, share: 0.5, level: 0.95, seed: 0 }
    }
}

/// One kind of interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckedIntervals<F> {
    /// Fitted on all items.
    pub fit: Measured<F>,
    /// Share of the held-out items whose interval, fitted on the other part, holds the people's score.
    pub covered: Figure,
    /// Mean width of those intervals (of sets: number of points).
    pub mean_width: Measured,
}

/// Intervals for the scores of a judge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreIntervalReport {
    /// Items.
    pub n: usize,
    /// The score plus and minus one number.
    pub interval: CheckedIntervals<ConformalInterval>,
    /// Neighbouring points, likeliest first, by the judge's distribution; none unless all rows have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sets: Option<CheckedIntervals<OrdinalSets>>,
    /// What produced it.
    pub signature: Signature,
}

/// Fits intervals for new scores on `rows`, and checks them on a part of the rows.
///
/// # Errors
/// [`AuditError::Statistic`] without rows; [`AuditError::Input`] for options out of range, a people's score off the
/// scale, distributions that do not fit the scale, or numbers that are not finite.
pub fn score_intervals(
    rows: &[ScoredItem],
    options: &ScoreIntervalOptions,
) -> Result<ScoreIntervalReport> {
    check(rows, options)?;
    let n = rows.len();
    let mut order: Vec<usize> = (0..n).collect();
    let mut rng = Rng::seeded(options.seed);
    rng.shuffle(&mut order);
    let fitted = ((n as f64 * options.share).round() as usize).min(n);
    let (fitting, held) = order.split_at(fitted);
    let all: Vec<usize> = (0..n).collect();
    let column = |of: fn(&ScoredItem) -> f64, at: &[usize]| -> Vec<f64> {
        at.iter().map(|i| of(&rows[*i])).collect()
    };
    let scale = (options.min, options.max);
    let interval = |at: &[usize]| {
        let (truth, score) = (column(|r| r.human, at), column(|r| r.score, at));
        ConformalInterval::fit(&truth, &score, scale, options.coverage)
    };
    let around = |fit: &ConformalInterval, row: &ScoredItem| {
        let (lower, upper) = fit.around(row.score);
        Ok(((lower..=upper).contains(&row.human), upper - lower))
    };
    let has_all = rows.iter().all(|row| row.distribution.is_some());
    let points = rows[0].distribution.as_ref().map_or(0, Vec::len);
    let point = |row: &ScoredItem| (row.human - options.min).round() as usize;
    let sets = |at: &[usize]| {
        let given = at.iter().flat_map(|i| rows[*i].distribution.iter().flatten().copied());
        let points_of: Vec<usize> = at.iter().map(|i| point(&rows[*i])).collect();
        OrdinalSets::fit(&given.collect::<Vec<f64>>(), points, &points_of, options.coverage)
    };
    let within = |fit: &OrdinalSets, row: &ScoredItem| {
        let (first, last) = fit.set(row.distribution.as_deref().unwrap_or_default())?;
        Ok(((first..=last).contains(&point(row)), (last - first + 1) as f64))
    };
    let held: Vec<&ScoredItem> = held.iter().map(|i| &rows[*i]).collect();
    let mut signature = Signature::new("score-intervals")
        .with("scale", format!("{}..{}", options.min, options.max))
        .with("coverage", options.coverage)
        .with("share", options.share)
        .with("level", options.level);
    signature.seed = Some(options.seed);
    Ok(ScoreIntervalReport {
        n,
        interval: checked(interval(&all), interval(fitting), &held, around, options.level),
        sets: has_all.then(|| checked(sets(&all), sets(fitting), &held, within, options.level)),
        signature,
    })
}

/// The fit on all items, and how that on a part of them does on the others.
fn checked<F>(
    all: rubrica_stats::Result<F>,
    part: rubrica_stats::Result<F>,
    held: &[&ScoredItem],
    holds: impl Fn(&F, &ScoredItem) -> rubrica_stats::Result<(bool, f64)>,
    level: f64,
) -> CheckedIntervals<F> {
    let looked = part.and_then(|fit| {
        held.iter().map(|row| holds(&fit, row)).collect::<rubrica_stats::Result<Vec<_>>>()
    });
    let (covered, mean_width) = match looked {
        Ok(looked) => {
            let widths: Vec<f64> = looked.iter().map(|l| l.1).collect();
            let held = looked.iter().filter(|l| l.0).count();
            (Figure::share(held, looked.len(), level), mean(&widths).into())
        }
        Err(reason) => (reason.clone().into(), reason.into()),
    };
    CheckedIntervals { fit: all.into(), covered, mean_width }
}

fn check(rows: &[ScoredItem], options: &ScoreIntervalOptions) -> Result<()> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    for (field, value) in
        [("coverage", options.coverage), ("share", options.share), ("level", options.level)]
    {
        if !(value > 0.0 && value < 1.0) {
            return Err(AuditError::invalid(field, format!("is {value}"), "between 0 and 1"));
        }
    }
    let (min, max) = (options.min, options.max);
    if !(min < max && (max - min).is_finite()) {
        return Err(AuditError::invalid("max", format!("is {max}"), format!("above min, {min}")));
    }
    for (index, row) in rows.iter().enumerate() {
        let path = |field: &str| format!("[{index}].{field}");
        if !row.score.is_finite() {
            return Err(AuditError::invalid(path("score"), format!("is {}", row.score), "finite"));
        }
        if !(min..=max).contains(&row.human) {
            let expected = format!("a score in {min}..={max}");
            return Err(AuditError::invalid(path("human"), format!("is {}", row.human), expected));
        }
        if let Some(given) = &row.distribution {
            let points = max - min + 1.0;
            if given.len() as f64 != points || row.human.fract() != min.fract() {
                let problem = format!("has {} points, people's score {}", given.len(), row.human);
                let expected = format!("{points} points, and one of them from people");
                return Err(AuditError::invalid(path("distribution"), problem, expected));
            }
            let bad = given.iter().find(|p| !(0.0..=1.0).contains(*p));
            if let Some(p) = bad {
                let problem = format!("has {p}");
                return Err(AuditError::invalid(path("distribution"), problem, "numbers in 0..=1"));
            }
        }
    }
    Ok(())
}

impl Report for ScoreIntervalReport {
    const NAME: &'static str = "score-intervals";
    const QUESTION: &'static str = "Which scores may people have given?";
    const SOURCE: &'static str = "conformal prediction; Lei et al., 2018; Lu et al., 2022";
    const ROW: &'static str = "score, human, distribution? [..]";
    const EXAMPLE: Example = Example {
        options: r#"{"coverage": 0.6}"#,
        rows: r#"{"score": 1.5, "human": 1, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
{"score": 2.5, "human": 3, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
{"score": 4.0, "human": 4, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
{"score": 4.5, "human": 3, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
{"score": 2.0, "human": 2, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
{"score": 3.5, "human": 4, "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]}
"#,
    };
    type Row = ScoredItem;
    type Options = ScoreIntervalOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        score_intervals(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: usize) -> Vec<ScoredItem> {
        let mut rng = Rng::seeded(7);
        let row = |_| {
            let human = 1.0 + rng.below(5) as f64;
            let score = (human + rng.normal()).clamp(1.0, 5.0);
            let mass = |point: usize| (-(point as f64 + 1.0 - score).powi(2) / 2.0).exp();
            let sum: f64 = (0..5).map(mass).sum();
            let distribution = Some((0..5).map(|point| mass(point) / sum).collect());
            ScoredItem { score, human, distribution }
        };
        (0..n).map(row).collect()
    }

    #[test]
    fn new_items_are_covered() {
        let found = score_intervals(&rows(2000), &ScoreIntervalOptions::default()).expect("many");
        let interval = &found.interval;
        // Five deviations of 1000 held-out items.
        assert!(interval.covered.value().is_some_and(|c| c > 0.9 - 0.048), "{interval:?}");
        assert!(
            interval.fit.value().is_some_and(|fit| fit.half_width > 1.0 && fit.half_width < 2.5)
        );
        assert!(interval.mean_width.value().is_some_and(|w| *w > 1.0 && *w < 4.0));
        let sets = found.sets.expect("distributions");
        assert!(sets.covered.value().is_some_and(|c| c > 0.9 - 0.048), "{sets:?}");
        assert!(sets.mean_width.value().is_some_and(|w| *w > 1.0 && *w < 5.0), "{sets:?}");
    }

    #[test]
    fn degenerate_scores() {
        let path = |rows: &[ScoredItem], options: &ScoreIntervalOptions| {
            let error = score_intervals(rows, options).expect_err("bad");
            error.path().filter(|p| !p.is_empty()).unwrap_or(error.code()).to_owned()
        };
        let plain = ScoreIntervalOptions::default();
        let one = |score, human| ScoredItem { score, human, distribution: None };
        assert_eq!(path(&[], &plain), "too_few_values");
        assert_eq!(path(&[one(1.0, 6.0)], &plain), "[0].human");
        assert_eq!(path(&[one(f64::NAN, 1.0)], &plain), "[0].score");
        let bad = ScoreIntervalOptions { max: 1.0, ..plain.clone() };
        assert_eq!(path(&[one(1.0, 1.0)], &bad), "max");
        let bad = ScoreIntervalOptions { share: 0.0, ..plain.clone() };
        assert_eq!(path(&[one(1.0, 1.0)], &bad), "share");
        let short = ScoredItem { distribution: Some(vec![1.0]), ..one(1.0, 1.0) };
        assert_eq!(path(&[short], &plain), "[0].distribution");
        let found = score_intervals(&[one(2.0, 3.0)], &plain).expect("too few to fit");
        assert_eq!(found.interval.fit.error().expect("one").code, "too_few_values");
        assert_eq!(found.interval.mean_width.error().expect("one").code, "too_few_values");
        assert!(found.interval.covered.value().is_none() && found.sets.is_none());
        let empty = ScoredItem { distribution: Some(vec![0.0; 5]), ..one(2.0, 3.0) };
        let found = score_intervals(&vec![empty; 40], &plain).expect("no mass");
        let sets = found.sets.expect("asked for");
        assert!(sets.fit.error().is_some_and(|e| e.reason.contains("probability above 0")));
    }
}
