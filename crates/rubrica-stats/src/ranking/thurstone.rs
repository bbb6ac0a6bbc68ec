//! Beliefs about strengths, updated after each ranking of two or more models: the Thurstone-Mosteller
//! full-pair update of Weng and Lin (2011), as in K-Sort Arena (Li et al., 2024).

use serde::{Deserialize, Serialize};
use statrs::distribution::{Continuous, Normal};

use crate::{Result, StatsError, normal};

/// A normal belief about a strength.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// Expected strength.
    pub mean: f64,
    /// Standard deviation, above 0.
    pub deviation: f64,
}

impl Belief {
    /// The strength that is exceeded with near certainty: mean − 3 deviations, by which K-Sort Arena
    /// ranks.
    pub fn conservative(&self) -> f64 {
        self.mean - 3.0 * self.deviation
    }
}

/// Constants of the update.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThurstoneMosteller {
    /// Belief about a model before its first battle.
    pub start: Belief,
    /// Standard deviation of a performance about its strength, above 0.
    pub noise: f64,
}

impl Default for ThurstoneMosteller {
    fn default() -> Self {
        Self { start: Belief { mean: 25.0, deviation: 25.0 / 3.0 }, noise: 25.0 / 6.0 }
    }
}

/// Least share of its variance that a belief keeps.
const KEPT: f64 = 1e-4;

impl ThurstoneMosteller {
    /// Updates `beliefs` after a ranking: `groups` holds the models from best to worst, those that
    /// tie together. All pairs are taken at once, from the beliefs before.
    ///
    /// # Errors
    /// A model out of range or named twice.
    pub fn update(&self, beliefs: &mut [Belief], groups: &[Vec<usize>]) -> Result<()> {
        let order: Vec<(usize, usize)> = groups
            .iter()
            .enumerate()
            .flat_map(|(place, group)| group.iter().map(move |&model| (model, place)))
            .collect();
        for (index, (model, _)) in order.iter().enumerate() {
            if *model >= beliefs.len() || order[..index].iter().any(|(m, _)| m == model) {
                return Err(StatsError::UnknownClass { what: "ranking", index });
            }
        }
        let before: Vec<Belief> = order.iter().map(|(model, _)| beliefs[*model]).collect();
        for (i, &(model, place)) in order.iter().enumerate() {
            let own = before[i];
            let variance = own.deviation * own.deviation;
            let (mut shift, mut shrink) = (0.0, 0.0);
            for (j, &(_, other_place)) in order.iter().enumerate() {
                if i == j {
                    continue;
                }
                let other = before[j];
                let spread =
                    (2.0 * self.noise * self.noise + variance + other.deviation * other.deviation)
                        .sqrt();
                let t = (own.mean - other.mean) / spread;
                let (v, w) = match place.cmp(&other_place) {
                    std::cmp::Ordering::Less => won(t),
                    std::cmp::Ordering::Greater => {
                        let (v, w) = won(-t);
                        (-v, w)
                    }
                    // A tie is a difference of 0.
                    std::cmp::Ordering::Equal => (-t, 1.0),
                };
                shift += variance / spread * v;
                shrink += variance / (spread * spread) * w;
            }
            let kept = (1.0 - shrink).max(KEPT);
            beliefs[model] =
                Belief { mean: own.mean + shift, deviation: own.deviation * kept.sqrt() };
        }
        Ok(())
    }
}

/// Mean and reduction of variance of a standard normal that is above −t.
fn won(t: f64) -> (f64, f64) {
    let below = normal::cdf(t);
    let v = if below > 1e-300 { Normal::standard().pdf(t) / below } else { -t };
    (v, v * (v + t))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_win_and_a_ranking_of_four() {
        let engine = ThurstoneMosteller::default();
        let mut two = [engine.start; 2];
        engine.update(&mut two, &[vec![0], vec![1]]).expect("in range");
        let close = |a: f64, b: f64| (a - b).abs() < 1e-4;
        assert!(close(two[0].mean, 29.20522) && close(two[0].deviation, 7.19448), "{two:?}");
        assert!(close(two[1].mean, 20.79478) && close(two[1].deviation, 7.19448), "{two:?}");
        let mut four = [engine.start; 4];
        engine.update(&mut four, &[vec![0], vec![1], vec![2], vec![3]]).expect("in range");
        for (belief, mean) in four.iter().zip([37.6157, 29.2052, 20.7948, 12.3843]) {
            assert!(close(belief.mean, mean) && close(belief.deviation, 4.0488), "{four:?}");
        }
    }

    #[test]
    fn ties_draw_together_and_mistakes_are_refused() {
        let engine = ThurstoneMosteller::default();
        let mut beliefs = [engine.start; 3];
        beliefs[0].mean = 30.0;
        engine.update(&mut beliefs, &[vec![0, 1]]).expect("in range");
        assert!(beliefs[0].mean < 30.0 && beliefs[1].mean > 25.0);
        assert!(engine.update(&mut beliefs, &[vec![0], vec![0]]).is_err());
        assert!(engine.update(&mut beliefs, &[vec![0], vec![7]]).is_err());
        let far = Belief { mean: -1e6, deviation: 1.0 };
        let mut beliefs = [far, Belief { mean: 1e6, deviation: 1.0 }];
        engine.update(&mut beliefs, &[vec![0], vec![1]]).expect("in range");
        assert!(beliefs.iter().all(|b| b.mean.is_finite() && b.deviation > 0.0), "{beliefs:?}");
    }
}
