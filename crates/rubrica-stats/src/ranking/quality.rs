//! What a benchmark is worth: does it tell models apart, and does it order them as people do?
//! (Arena-Hard; Li et al., 2024.)

use serde::{Deserialize, Serialize};

use crate::correlation::spearman;
use crate::{Result, StatsError, check, normal};

/// A model's score on a benchmark with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The score.
    pub value: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Scored {
    /// True when the intervals share more than an end.
    fn overlaps(&self, other: &Self) -> bool {
        let (low, high) = if self.value <= other.value { (self, other) } else { (other, self) };
        high.lower < low.upper
    }

    /// The variance that a normal interval at `level` of this width stands for.
    fn variance(&self, level: f64) -> f64 {
        let reach = 2.0 * normal::quantile(0.5 + level / 2.0);
        ((self.upper - self.lower) / reach).powi(2)
    }
}

/// Pairs of models whose intervals do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Separability {
    /// Such pairs.
    pub separated: usize,
    /// All pairs.
    pub pairs: usize,
    /// The first among the second, in `0..=1`.
    pub share: f64,
}

/// How many pairs of models the benchmark tells apart.
///
/// # Errors
/// Fewer than two models; a number that is not finite; a value outside its interval.
pub fn separability(scores: &[Scored]) -> Result<Separability> {
    checked("scores", scores)?;
    let pairs = scores.len() * (scores.len() - 1) / 2;
    let separated =
        each_pair(scores.len()).filter(|&(i, j)| !scores[i].overlaps(&scores[j])).count();
    Ok(Separability { separated, pairs, share: separated as f64 / pairs as f64 })
}

/// A benchmark held against people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkQuality {
    /// Whether the benchmark tells models apart.
    pub separability: Separability,
    /// Pairs that people tell apart.
    pub human_separated: usize,
    /// Mean over those pairs: 1 where the benchmark has them in the same order and apart, a half where
    /// its intervals overlap, 0 where it has them the other way round. None without such pairs.
    pub agreement: Option<f64>,
    /// Mean squared difference between the benchmark's chance that a model is the better one, which is
    /// Φ((μₐ − μᵦ) / √(σₐ² + σᵦ²)), and whether people have it so; over all pairs that people order.
    pub brier: f64,
    /// Spearman's rank correlation of the scores.
    pub spearman: f64,
}

/// Holds the scores of a benchmark against those by people, model by model, both with intervals at
/// `level`.
///
/// # Errors
/// As [`separability`], for both; different lengths, a level outside `0..1`; constant scores.
pub fn benchmark_quality(
    ours: &[Scored],
    human: &[Scored],
    level: f64,
) -> Result<BenchmarkQuality> {
    check::same_length(("ours", ours.len()), ("human", human.len()))?;
    check::open_unit("level", level)?;
    let separability = separability(ours)?;
    checked("human", human)?;
    let values = |scores: &[Scored]| scores.iter().map(|s| s.value).collect::<Vec<_>>();
    let spearman = spearman(&values(ours), &values(human))?;
    let (mut agreed, mut human_separated) = (0.0, 0);
    let (mut squares, mut ordered) = (0.0, 0);
    for (i, j) in each_pair(ours.len()) {
        let (a, b) = if human[i].value >= human[j].value { (i, j) } else { (j, i) };
        if human[a].value > human[b].value {
            ordered += 1;
            squares += (1.0 - chance(&ours[a], &ours[b], level)).powi(2);
        }
        if !human[a].overlaps(&human[b]) {
            human_separated += 1;
            agreed += match ours[a].overlaps(&ours[b]) {
                true => 0.5,
                false if ours[a].value > ours[b].value => 1.0,
                false => 0.0,
            };
        }
    }
    Ok(BenchmarkQuality {
        separability,
        human_separated,
        agreement: (human_separated > 0).then(|| agreed / human_separated as f64),
        // Scores that are not all equal have an ordered pair.
        brier: squares / f64::from(ordered),
        spearman,
    })
}

/// Chance that `a` is better than `b`, both estimates being normal.
fn chance(a: &Scored, b: &Scored, level: f64) -> f64 {
    let (gap, spread) = (a.value - b.value, (a.variance(level) + b.variance(level)).sqrt());
    if gap == 0.0 {
        0.5
    } else if spread == 0.0 {
        check::indicator(gap > 0.0)
    } else {
        normal::cdf(gap / spread)
    }
}

/// Tiers from 1, `[models]`: from the top, a model whose interval overlaps that of the first model of
/// a tier is in it, and else begins the next.
///
/// # Errors
/// As [`separability`], but one model is enough.
pub fn tiers(scores: &[Scored]) -> Result<Vec<usize>> {
    check::count("scores", scores.len(), 1)?;
    finite("scores", scores)?;
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&i, &j| scores[j].value.total_cmp(&scores[i].value));
    let mut tiers = vec![1; scores.len()];
    let (mut first, mut tier) = (order[0], 1);
    for model in order {
        let same = scores[model].value == scores[first].value;
        if !same && !scores[model].overlaps(&scores[first]) {
            (first, tier) = (model, tier + 1);
        }
        tiers[model] = tier;
    }
    Ok(tiers)
}

/// The share of battles, in percent, that a model of this rating is expected to win against one of the
/// rating `baseline`: Arena-Hard's score.
pub fn expected_score(rating: f64, baseline: f64) -> f64 {
    100.0 / (1.0 + 10f64.powf((baseline - rating) / 400.0))
}

fn each_pair(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)))
}

fn checked(what: &'static str, scores: &[Scored]) -> Result<()> {
    check::count(what, scores.len(), 2)?;
    finite(what, scores)
}

fn finite(what: &'static str, scores: &[Scored]) -> Result<()> {
    for (index, s) in scores.iter().enumerate() {
        if ![s.value, s.lower, s.upper].iter().all(|x| x.is_finite()) {
            return Err(StatsError::NotFinite { what, index });
        }
        // The squares of wider intervals need not be finite.
        if s.lower < -1e150 || s.upper > 1e150 {
            let what = format!("{what}[{index}]");
            let expected = "-1e150 to 1e150";
            return Err(StatsError::OutOfRange { what, value: s.value, expected });
        }
        if s.lower > s.value || s.value > s.upper {
            let what = format!("{what}[{index}].value");
            return Err(StatsError::OutOfRange {
                what,
                value: s.value,
                expected: "lower to upper",
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(rows: &[[f64; 3]]) -> Vec<Scored> {
        rows.iter().map(|&[lower, value, upper]| Scored { value, lower, upper }).collect()
    }

    #[test]
    fn four_models_by_hand() {
        let ours = scored(&[[8.0, 9.0, 10.0], [7.0, 7.5, 8.5], [3.0, 4.0, 5.0], [5.0, 6.0, 7.0]]);
        // Only the first two overlap; an end in common is no overlap.
        let found = separability(&ours).expect("four");
        assert_eq!(found, Separability { separated: 5, pairs: 6, share: 5.0 / 6.0 });
        assert_eq!(tiers(&ours).expect("four"), [1, 1, 3, 2]);
        let human = scored(&[[8.0, 9.0, 9.5], [5.0, 6.0, 7.0], [3.0, 4.0, 5.0], [0.0, 1.0, 2.0]]);
        let quality = benchmark_quality(&ours, &human, 0.95).expect("four");
        // Six pairs: one overlaps here, one is turned round.
        assert_eq!((quality.human_separated, quality.agreement), (6, Some(4.5 / 6.0)));
        assert!((quality.spearman - 0.8).abs() < 1e-12);
        // By scipy.stats.norm.cdf, 1.17.1.
        assert!((quality.brier - 0.1657679248979528).abs() < 1e-9, "{quality:?}");
    }

    #[test]
    fn chances_are_those_of_normal_estimates() {
        let ours = scored(&[[-1.959963984540054, 0.0, 1.959963984540054], [1.0, 1.0, 1.0]]);
        let human = scored(&[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);
        let quality = benchmark_quality(&ours, &human, 0.95).expect("two");
        // Φ(1) is 0.8413447460685429.
        assert!((quality.brier - (1.0 - 0.841_344_746_068_542_9f64).powi(2)).abs() < 1e-9);
        assert_eq!(quality.agreement, Some(0.5));
        let sure = benchmark_quality(&human, &human, 0.95).expect("two");
        assert_eq!((sure.brier, sure.agreement), (0.0, Some(1.0)));
        assert!((sure.spearman - 1.0).abs() < 1e-12);
        let vague = scored(&[[-9.0, 0.0, 9.0], [-9.0, 1.0, 9.0]]);
        assert_eq!(benchmark_quality(&human, &vague, 0.95).expect("two").agreement, None);
    }

    #[test]
    fn scores_of_ratings() {
        assert_eq!(expected_score(1000.0, 1000.0), 50.0);
        assert!((expected_score(1400.0, 1000.0) - 1000.0 / 11.0).abs() < 1e-12);
    }

    #[test]
    fn degenerate_scores_are_refused() {
        let one = scored(&[[0.0, 1.0, 2.0]]);
        assert_eq!(separability(&one).expect_err("one").code(), "too_few_values");
        assert_eq!(tiers(&one).expect("one"), [1]);
        assert_eq!(tiers(&[]).expect_err("none").code(), "too_few_values");
        let flat = scored(&[[1.0, 1.0, 1.0]; 3]);
        assert_eq!(tiers(&flat).expect("equal"), [1, 1, 1]);
        assert_eq!(benchmark_quality(&flat, &flat, 0.95).expect_err("").code(), "constant_input");
        let nan = scored(&[[0.0, 1.0, 2.0], [0.0, f64::NAN, 2.0]]);
        assert_eq!(separability(&nan).expect_err("nan").code(), "not_finite");
        let outside = scored(&[[0.0, 1.0, 2.0], [0.0, 3.0, 2.0]]);
        assert_eq!(separability(&outside).expect_err("outside").code(), "out_of_range");
        let wide = scored(&[[-1e200, 0.0, 1e200], [0.0, 1.0, 2.0]]);
        assert_eq!(separability(&wide).expect_err("wide").code(), "out_of_range");
        let code = benchmark_quality(&flat, &one, 0.95).expect_err("lengths").code();
        assert_eq!(code, "length_mismatch");
    }
}
