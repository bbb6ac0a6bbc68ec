//! Bootstrap bounds of ratings, also where resamples have models that won or lost everything.
//!
//! Such a model has no finite rating on that resample: it stands above or below all that can be told. So it does
//! in its own interval, whose bound is then open, and the resample says nothing about the others.

use super::win_matrix::WinMatrix;
use crate::bootstrap::Bootstrap;
use crate::quantile::of_sorted;
use crate::{Result, StatsError};

/// The ends of one model's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower end; none where it is open, or where most resamples say nothing about the model.
    pub lower: Option<f64>,
    /// The upper end, likewise.
    pub upper: Option<f64>,
    /// Resamples on which the model stands above all numbers: nobody of the others ever beat or tied with it.
    pub above: usize,
    /// Resamples on which it stands below all numbers: it never beat or tied with any of the others.
    pub below: usize,
    /// Resamples that say nothing about it, as others have no finite rating.
    pub left_out: usize,
}

/// Intervals of all models from the same resamples.
#[derive(Debug, Clone, PartialEq)]
pub struct BootstrapBounds {
    /// One entry a model.
    pub models: Vec<Bounds>,
    /// Resamples that were drawn.
    pub replicates: usize,
    /// Those on which all models have finite ratings.
    pub finite: usize,
}

/// Collects ratings resample by resample.
pub(super) struct Collected {
    /// Finite ratings, `[models][resamples]`.
    finite: Vec<Vec<f64>>,
    above: Vec<usize>,
    below: Vec<usize>,
    /// Resamples so far, and those with ratings of all models.
    replicates: usize,
    whole: usize,
}

impl Collected {
    pub(super) fn new(models: usize) -> Self {
        let none = vec![0; models];
        let (finite, replicates, whole) = (vec![Vec::new(); models], 0, 0);
        Self { finite, above: none.clone(), below: none, replicates, whole }
    }

    /// Adds a resample; `drawn` gives its counts where it has no ratings.
    pub(super) fn add(&mut self, ratings: Result<Vec<f64>>, drawn: impl FnOnce() -> WinMatrix) {
        self.replicates += 1;
        match ratings {
            Ok(ratings) => {
                self.whole += 1;
                self.finite.iter_mut().zip(ratings).for_each(|(all, rating)| all.push(rating));
            }
            Err(_) => {
                let [above, below] = unbounded(&drawn());
                above.into_iter().for_each(|model| self.above[model] += 1);
                below.into_iter().for_each(|model| self.below[model] += 1);
            }
        }
    }

    /// The intervals of coverage `level`.
    pub(super) fn bounds(self, level: f64) -> BootstrapBounds {
        let tail = (1.0 - level) / 2.0;
        let Self { finite, above, below, replicates, whole } = self;
        let models =
            finite.into_iter().zip(above.into_iter().zip(below)).map(|(mut values, ends)| {
                let (above, below) = ends;
                values.sort_by(f64::total_cmp);
                let known = values.len() + above + below;
                let bound = |q| {
                    (2 * known >= replicates)
                        .then(|| open_quantile(&values, below, above, q))
                        .flatten()
                };
                let (lower, upper) = (bound(tail), bound(1.0 - tail));
                Bounds { lower, upper, above, below, left_out: replicates - known }
            });
        BootstrapBounds { models: models.collect(), replicates, finite: whole }
    }
}

/// The `q` quantile of sorted numbers with so many below and above all of them; none where it lies among those.
fn open_quantile(sorted: &[f64], below: usize, above: usize, q: f64) -> Option<f64> {
    let all = sorted.len() + below + above;
    let place = q * (all.checked_sub(1)? as f64);
    let (first, last) = (place.floor() as usize, place.ceil() as usize);
    if first < below || last >= below + sorted.len() {
        return None;
    }
    let inner = place - below as f64;
    match sorted.len() {
        1 => Some(sorted[0]),
        n => Some(of_sorted(sorted, inner / (n - 1) as f64)),
    }
}

/// Models above and below all numbers. The largest group of models that all beat each other, if only through
/// others, is the measure; without a single largest one, those that nobody reaches are above, and those that
/// reach nobody below.
fn unbounded(counts: &WinMatrix) -> [Vec<usize>; 2] {
    let n = counts.models();
    let [mut beats, mut beaten] = [vec![Vec::new(); n], vec![Vec::new(); n]];
    let mut edge = |from: usize, to: usize| {
        beats[from].push(to);
        beaten[to].push(from);
    };
    for cell in counts.cells() {
        if cell.low_wins + cell.ties > 0.0 {
            edge(cell.low, cell.high);
        }
        if cell.high_wins + cell.ties > 0.0 {
            edge(cell.high, cell.low);
        }
    }
    let group = groups(&beats, &beaten);
    let mut sizes = vec![0usize; n];
    group.iter().for_each(|g| sizes[*g] += 1);
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let mut of_that_size = (0..n).filter(|g| sizes[*g] == largest);
    let leaves = |edges: &[Vec<usize>], m: usize| edges[m].iter().any(|o| group[*o] != group[m]);
    let (Some(anchor), None) = (of_that_size.next(), of_that_size.next()) else {
        // Whole groups at the ends of the order.
        let ends = |to: &[Vec<usize>], from: &[Vec<usize>]| {
            let mut open = vec![false; n];
            let mut closed = vec![true; n];
            for m in 0..n {
                open[group[m]] |= leaves(to, m);
                closed[group[m]] &= !leaves(from, m);
            }
            (0..n).filter(|m| open[group[*m]] && closed[group[*m]]).collect()
        };
        return [ends(&beats, &beaten), ends(&beaten, &beats)];
    };
    let Some(member) = group.iter().position(|g| *g == anchor) else { return Default::default() };
    let beyond = |edges: &[Vec<usize>]| -> Vec<usize> {
        let seen = reached(edges, member);
        (0..n).filter(|m| seen[*m] && group[*m] != anchor).collect()
    };
    [beyond(&beaten), beyond(&beats)]
}

fn reached(edges: &[Vec<usize>], start: usize) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    let mut stack = vec![start];
    seen[start] = true;
    while let Some(model) = stack.pop() {
        for &next in &edges[model] {
            if !std::mem::replace(&mut seen[next], true) {
                stack.push(next);
            }
        }
    }
    seen
}

/// The group of each model: those that reach each other (Kosaraju's two passes).
fn groups(forth: &[Vec<usize>], back: &[Vec<usize>]) -> Vec<usize> {
    let n = forth.len();
    let (mut seen, mut order) = (vec![false; n], Vec::with_capacity(n));
    for start in 0..n {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut stack = vec![(start, 0)];
        while let Some((model, at)) = stack.pop() {
            match forth[model].get(at) {
                None => order.push(model),
                Some(&next) => {
                    stack.push((model, at + 1));
                    if !std::mem::replace(&mut seen[next], true) {
                        stack.push((next, 0));
                    }
                }
            }
        }
    }
    let mut group = vec![usize::MAX; n];
    let mut number = 0;
    for start in order.into_iter().rev() {
        if group[start] != usize::MAX {
            continue;
        }
        let mut stack = vec![start];
        group[start] = number;
        while let Some(model) = stack.pop() {
            for &next in &back[model] {
                if group[next] == usize::MAX {
                    group[next] = number;
                    stack.push(next);
                }
            }
        }
        number += 1;
    }
    group
}

/// Resamples that may be asked for: memory grows with them and with the models.
pub(super) fn check_replicates(replicates: usize, models: usize) -> Result<()> {
    Bootstrap::check_replicates(replicates)?;
    /// Ratings that are held, at most: 400 MB.
    const MOST: usize = 50_000_000;
    if replicates.saturating_mul(models) > MOST {
        let what = "replicates".to_owned();
        let expected = "at most 50 million ratings of all models and resamples together";
        return Err(StatsError::OutOfRange { what, value: replicates as f64, expected });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(models: usize, wins: &[(usize, usize)]) -> WinMatrix {
        let pairs = wins.iter().map(|&(a, b)| (a, b, [1.0, 0.0, 0.0]));
        WinMatrix::from_pairs(models, pairs).expect("valid")
    }

    #[test]
    fn who_stands_above_and_below() {
        for (models, wins, above, below) in [
            // All beat each other, if only through others.
            (3, &[(0, 1), (1, 2), (2, 0)][..], &[][..], &[][..]),
            // One is never beaten, by a group that hangs together.
            (3, &[(0, 1), (1, 2), (2, 1)], &[0], &[]),
            (3, &[(1, 0), (1, 2), (2, 1)], &[], &[0]),
            // Two groups of one, and a chain of three.
            (2, &[(0, 1)], &[0], &[1]),
            (3, &[(0, 1), (1, 2)], &[0], &[2]),
            // One never met the others.
            (4, &[(0, 1), (1, 0), (2, 0)], &[2], &[]),
            // Above through others, and two groups of the same size.
            (4, &[(0, 1), (1, 2), (2, 3), (3, 2)], &[0, 1], &[]),
            (4, &[(0, 1), (1, 0), (0, 2), (2, 3), (3, 2)], &[0, 1], &[2, 3]),
        ] {
            let [a, b] = unbounded(&matrix(models, wins));
            assert_eq!((a.as_slice(), b.as_slice()), (above, below), "{wins:?}");
        }
    }

    #[test]
    fn quantiles_among_open_ends() {
        let sorted = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(open_quantile(&sorted, 0, 0, 0.5), Some(3.0));
        assert_eq!(open_quantile(&sorted, 2, 2, 0.5), Some(3.0));
        assert_eq!(open_quantile(&sorted, 2, 2, 0.25), Some(1.0));
        assert_eq!(open_quantile(&sorted, 2, 2, 0.2), None);
        assert_eq!(open_quantile(&sorted, 0, 1, 1.0), None);
        assert_eq!(open_quantile(&sorted, 0, 1, 0.8), Some(5.0));
        assert_eq!(open_quantile(&[7.0], 1, 1, 0.5), Some(7.0));
        assert_eq!(open_quantile(&[], 3, 0, 0.5), None);
        assert_eq!(open_quantile(&[], 0, 0, 0.5), None);
    }

    #[test]
    fn a_bound_is_open_where_most_of_the_tail_is() {
        let mut all = Collected::new(3);
        for i in 0..90 {
            all.add(Ok(vec![f64::from(i), -f64::from(i), 0.0]), || unreachable!("has ratings"));
        }
        for _ in 0..10 {
            let none = Err(StatsError::Unsettled { what: "strengths" });
            all.add(none, || matrix(3, &[(0, 1), (1, 2), (2, 1)]));
        }
        let found = all.bounds(0.9);
        assert_eq!((found.replicates, found.finite), (100, 90));
        let [first, second, _] = found.models[..] else { panic!("three models") };
        assert_eq!((first.above, first.left_out, first.upper), (10, 0, None));
        assert!((first.lower.expect("closed") - 4.95).abs() < 1e-9);
        assert_eq!((second.above, second.below, second.left_out), (0, 0, 10));
        assert!(second.lower.is_some() && second.upper.is_some());
    }

    #[test]
    fn too_many_resamples_are_refused() {
        assert!(check_replicates(1000, 200).is_ok());
        assert!(check_replicates(4_000_000_000, 2).is_err());
        assert!(check_replicates(1_000_000, 1000).is_err());
        assert!(check_replicates(1, 2).is_err());
    }
}
