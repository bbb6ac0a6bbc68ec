//! Who should meet next: models of like strength, and those that are seldom seen together, after the
//! exploration-exploitation matchmaking of K-Sort Arena (Li et al., 2024).
//!
//! The paper's exact form is not verified. Ours: the worth of a meeting of i and j is
//! −|μᵢ − μⱼ| / c + α √(ln(1 + T) / (1 + nᵢⱼ)) with c² = 2β² + σᵢ² + σⱼ², T meetings in all and nᵢⱼ of
//! these two. The pair of most worth begins, and the model of most worth with all so far joins.

use serde::{Deserialize, Serialize};

use super::Belief;
use crate::{Result, StatsError, check};

/// Constants of the choice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Matchmaking {
    /// Models in a match, at least two.
    pub k: usize,
    /// Weight of rare meetings against close ones; 0 or more.
    pub alpha: f64,
    /// Spread of a model's performance around its skill; above 0.
    pub beta: f64,
}

impl Default for Matchmaking {
    fn default() -> Self {
        Self { k: 4, alpha: 1.0, beta: 25.0 / 6.0 }
    }
}

impl Matchmaking {
    /// The models of the next match. `meetings[i * n + j]` is how often i and j have met, which is
    /// symmetric, `[models, models]`. Equal worth goes to the first.
    ///
    /// # Errors
    /// Fewer models than `k`, or `k` below two; constants or beliefs out of range; meetings of another
    /// size, or not symmetric.
    pub fn next(&self, beliefs: &[Belief], meetings: &[u64]) -> Result<Vec<usize>> {
        let n = beliefs.len();
        let out = |what: &str, value, expected| {
            Err(StatsError::OutOfRange { what: what.to_owned(), value, expected })
        };
        if self.k < 2 {
            return out("k", self.k as f64, ">= 2");
        }
        if !(self.alpha >= 0.0 && self.alpha.is_finite()) {
            return out("alpha", self.alpha, ">= 0");
        }
        if !(self.beta > 0.0 && self.beta.is_finite()) {
            return out("beta", self.beta, "> 0");
        }
        check::count("models", n, self.k)?;
        check::same_length(("models × models", n * n), ("meetings", meetings.len()))?;
        for (index, belief) in beliefs.iter().enumerate() {
            if !(belief.mean.is_finite() && belief.deviation.is_finite()) {
                return Err(StatsError::NotFinite { what: "beliefs", index });
            }
        }
        let mut total = 0u64;
        for i in 0..n {
            for j in i + 1..n {
                if meetings[i * n + j] != meetings[j * n + i] {
                    let value = meetings[j * n + i] as f64;
                    return out(&format!("meetings[{j}][{i}]"), value, "the same both ways round");
                }
                total = total.saturating_add(meetings[i * n + j]);
            }
        }
        let explored = (total as f64).ln_1p();
        let worth = |i: usize, j: usize| {
            let (a, b) = (&beliefs[i], &beliefs[j]);
            let squares = 2.0 * self.beta * self.beta + a.deviation.powi(2) + b.deviation.powi(2);
            let close = -(a.mean - b.mean).abs() / squares.sqrt();
            close + self.alpha * (explored / (1.0 + meetings[i * n + j] as f64)).sqrt()
        };
        let mut chosen = Vec::with_capacity(self.k);
        let mut best = f64::NEG_INFINITY;
        for i in 0..n {
            for j in i + 1..n {
                if worth(i, j) > best {
                    best = worth(i, j);
                    chosen = vec![i, j];
                }
            }
        }
        // Worth of each model with all who are chosen.
        let mut sums: Vec<f64> = (0..n)
            .map(|m| chosen.iter().filter(|c| **c != m).map(|&c| worth(m, c)).sum())
            .collect();
        while chosen.len() < self.k {
            let free = (0..n).filter(|m| !chosen.contains(m));
            let next = free.fold(None, |top: Option<usize>, m| match top {
                Some(top) if sums[top] >= sums[m] => Some(top),
                _ => Some(m),
            });
            let Some(next) = next else { break };
            chosen.push(next);
            for (m, sum) in sums.iter_mut().enumerate().filter(|(m, _)| *m != next) {
                *sum += worth(m, next);
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ThurstoneMosteller;
    use super::*;
    use crate::rng::Rng;

    fn beliefs(means: &[f64]) -> Vec<Belief> {
        means.iter().map(|&mean| Belief { mean, deviation: 1.0 }).collect()
    }

    #[test]
    fn close_models_meet_then_those_who_have_not() {
        let four = beliefs(&[10.0, 30.0, 31.0, 50.0]);
        let pair = Matchmaking { k: 2, ..Matchmaking::default() };
        assert_eq!(pair.next(&four, &[0; 16]).expect("valid"), [1, 2]);
        // The two have met so often that the others are worth more.
        let mut met = vec![0; 16];
        (met[6], met[9]) = (1_000_000, 1_000_000);
        let eager = Matchmaking { k: 2, alpha: 10.0, ..Matchmaking::default() };
        assert_ne!(eager.next(&four, &met).expect("valid"), [1, 2]);
        let greedy = Matchmaking { k: 2, alpha: 0.0, ..Matchmaking::default() };
        assert_eq!(greedy.next(&four, &met).expect("valid"), [1, 2]);
        let three = Matchmaking { k: 3, ..Matchmaking::default() };
        let close = beliefs(&[10.0, 30.0, 31.0, 34.0]);
        assert_eq!(three.next(&close, &[0; 16]).expect("valid"), [1, 2, 3]);
    }

    /// A tournament of scripted skills ends in their order.
    #[test]
    fn a_tournament_finds_the_order() {
        let engine = ThurstoneMosteller::default();
        let n = 8;
        let mut beliefs = vec![engine.start; n];
        let mut meetings = vec![0u64; n * n];
        let mut rng = Rng::seeded(1);
        for _ in 0..150 {
            let chosen = Matchmaking::default().next(&beliefs, &meetings).expect("valid");
            let mut shown: Vec<(f64, usize)> =
                chosen.iter().map(|&m| (4.0 * m as f64 + rng.normal(), m)).collect();
            shown.sort_by(|a, b| b.0.total_cmp(&a.0));
            let ranking: Vec<Vec<usize>> = shown.iter().map(|(_, m)| vec![*m]).collect();
            engine.update(&mut beliefs, &ranking).expect("valid");
            for &i in &chosen {
                for &j in chosen.iter().filter(|j| **j != i) {
                    meetings[i * n + j] += 1;
                }
            }
        }
        assert!(beliefs.windows(2).all(|w| w[0].mean < w[1].mean), "{beliefs:?}");
        assert!((0..n).all(|i| (0..n).any(|j| meetings[i * n + j] > 0)));
    }

    #[test]
    fn mistakes_are_refused() {
        let three = beliefs(&[1.0, 2.0, 3.0]);
        let code = |m: Matchmaking, beliefs: &[Belief], met: &[u64]| {
            m.next(beliefs, met).expect_err("bad").code()
        };
        let base = Matchmaking { k: 2, ..Matchmaking::default() };
        assert_eq!(code(Matchmaking { k: 4, ..base }, &three, &[0; 9]), "too_few_values");
        assert_eq!(code(Matchmaking { k: 1, ..base }, &three, &[0; 9]), "out_of_range");
        assert_eq!(code(Matchmaking { alpha: -1.0, ..base }, &three, &[0; 9]), "out_of_range");
        assert_eq!(code(Matchmaking { beta: f64::NAN, ..base }, &three, &[0; 9]), "out_of_range");
        assert_eq!(code(base, &three, &[0; 4]), "length_mismatch");
        let mut uneven = [0; 9];
        uneven[1] = 1;
        assert_eq!(code(base, &three, &uneven), "out_of_range");
        assert_eq!(code(base, &beliefs(&[1.0, f64::NAN]), &[0; 4]), "not_finite");
        assert_eq!(code(base, &[], &[]), "too_few_values");
    }
}
