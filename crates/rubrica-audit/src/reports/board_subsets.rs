//! How far two boards agree, over all models that both have or over subsets of them.

use rubrica_stats::correlation::{kendall_tau_b, pearson};
use rubrica_stats::rng::Rng;
use rubrica_stats::{StatsError, take};
use serde::{Deserialize, Serialize};

/// What agreement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoardCorrelation {
    /// Kendall's tau-b: the order.
    #[default]
    Kendall,
    /// Pearson's r: the scores.
    Pearson,
}

/// Which models a subset has, in their order on the second benchmark of a pair (for agreement with the
/// aggregate: on the aggregate).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubsetStrategy {
    /// Any, drawn anew in each experiment.
    #[default]
    Random,
    /// The best.
    Top,
    /// The worst.
    Bottom,
    /// Those in the middle.
    Middle,
    /// Neighbours, from a place that is drawn anew in each experiment.
    Somewhere,
}

/// Which subsets of the models, and what agreement on them is.
pub(super) struct Subsets {
    pub(super) correlation: BoardCorrelation,
    /// Models of a subset; 0 for all.
    pub(super) n_models: usize,
    pub(super) strategy: SubsetStrategy,
    /// Subsets to draw, where chance plays a part.
    pub(super) experiments: usize,
    /// Fewer models in common are not compared.
    pub(super) min_common: usize,
}

/// Scores of the models that both have, by the second, best first.
pub(super) fn common(first: &[Option<f64>], second: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    let both = first.iter().zip(second).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
    let mut both: Vec<(f64, f64)> = both.collect();
    both.sort_by(|a, b| b.1.total_cmp(&a.1));
    both.into_iter().unzip()
}

/// The correlation on each subset where it is defined.
///
/// # Errors
/// Too few models; that of a subset where it is defined on none.
pub(super) fn over_subsets(
    x: &[f64],
    y: &[f64],
    options: &Subsets,
    rng: &mut Rng,
) -> rubrica_stats::Result<Vec<f64>> {
    let (n, wanted) = (x.len(), options.n_models);
    let needed = wanted.max(options.min_common);
    if n < needed {
        return Err(StatsError::TooFew { what: "common models", found: n, needed });
    }
    let window = |start: usize| (start..start + wanted).collect::<Vec<usize>>();
    let mut subsets = Vec::new();
    if wanted == 0 {
        subsets.push((0..n).collect());
    } else {
        match options.strategy {
            SubsetStrategy::Top => subsets.push(window(0)),
            SubsetStrategy::Bottom => subsets.push(window(n - wanted)),
            SubsetStrategy::Middle => subsets.push(window((n - wanted) / 2)),
            SubsetStrategy::Somewhere => {
                let starts = (0..options.experiments).map(|_| rng.below(n - wanted + 1));
                subsets.extend(starts.map(window));
            }
            SubsetStrategy::Random => {
                for _ in 0..options.experiments {
                    let mut order: Vec<usize> = (0..n).collect();
                    rng.shuffle(&mut order);
                    order.truncate(wanted);
                    subsets.push(order);
                }
            }
        }
    }
    let on =
        |items: Vec<usize>| correlation(&take(x, &items), &take(y, &items), options.correlation);
    let (mut found, mut reason) = (Vec::new(), None);
    for value in subsets.into_iter().map(on) {
        match value {
            Ok(value) => found.push(value),
            Err(error) => reason = Some(error),
        }
    }
    match reason {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// How far two boards agree.
pub(super) fn correlation(
    x: &[f64],
    y: &[f64],
    of: BoardCorrelation,
) -> rubrica_stats::Result<f64> {
    match of {
        BoardCorrelation::Kendall => kendall_tau_b(x, y),
        BoardCorrelation::Pearson => pearson(x, y),
    }
}
