//! Strengths by maximum likelihood.

use super::linear::Cholesky;
use super::on_scale;
use super::win_matrix::WinMatrix;
use crate::{Result, StatsError};

/// How strengths make outcomes. With the log-strengths β, let d = βᵢ − βⱼ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PairedModel {
    /// P(i beats j) = σ(d); a tie counts as half a win for each (Bradley & Terry, 1952).
    #[default]
    BradleyTerry,
    /// P(i beats j) = σ(d − η), P(tie) = the rest, η ≥ 0 (Rao & Kupper, 1967).
    RaoKupper,
    /// P(i beats j) : P(j beats i) : P(tie) = e^(d/2) : e^(−d/2) : ν (Davidson, 1970).
    Davidson,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedFit {
    pub(super) model: PairedModel,
    /// Log-strengths with mean 0.
    pub(super) strengths: Vec<f64>,
    /// η of Rao and Kupper, ln ν of Davidson.
    pub(super) tie: Option<f64>,
}

/// Steps of Newton's method at most; a fit takes five to ten.
const STEPS: usize = 100;

/// Halves of a step at most; half of the last digit is none.
const HALVES: usize = 60;

/// Share of the likelihood that rounding may take from it. Without it, a step near the top would be cut to
/// nothing for want of a rise that is too small to be seen.
const ROUNDING: f64 = 1e-12;

impl PairedModel {
    /// Fits the strengths of all models.
    ///
    /// Newton's method on the concave likelihood, to the last digits.
    ///
    /// # Errors
    /// [`StatsError::NotConnected`] where no finite strengths exist, [`StatsError::TooFew`] for
    /// fewer than two models; [`StatsError::NothingToCount`] for a model of ties without ties, without
    /// wins, or with nothing that tells the two apart: wins one way and ties, say;
    /// [`StatsError::Unsettled`] for counts that differ by more than the digits of a number.
    pub fn fit(self, counts: &WinMatrix) -> Result<PairedFit> {
        self.fit_from(counts, None)
    }

    /// As [`PairedModel::fit`], from where another fit left off: a resample is not far away.
    pub(super) fn fit_from(
        self,
        counts: &WinMatrix,
        start: Option<&PairedFit>,
    ) -> Result<PairedFit> {
        counts.connected()?;
        if self != Self::BradleyTerry {
            let none = |what, expected| Err(StatsError::NothingToCount { what, expected });
            if counts.ties() == 0.0 {
                return none("ties", "at least one, or Bradley-Terry, which needs none");
            }
            if counts.ties() == counts.battles() {
                return none("wins", "at least one battle that is no tie");
            }
            counts.tells_ties()?;
        }
        let n = counts.models();
        let mut x: Vec<f64> = match start {
            Some(fit) => fit.strengths.iter().copied().chain(fit.tie).collect(),
            None => vec![0.0; n + usize::from(self != Self::BradleyTerry)],
        };
        if start.is_none() && self == Self::RaoKupper {
            x[n] = 0.5;
        }
        if !self.climb(counts, &mut x) {
            return Err(StatsError::Unsettled { what: "strengths" });
        }
        let tie = x.get(n).copied();
        x.truncate(n);
        let mean = x.iter().sum::<f64>() / n as f64;
        x.iter_mut().for_each(|s| *s -= mean);
        Ok(PairedFit { model: self, strengths: x, tie })
    }

    /// Newton's method from `x`; true when it arrived.
    fn climb(self, counts: &WinMatrix, x: &mut Vec<f64>) -> bool {
        let (cells, n) = (counts.cells(), counts.models());
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            let (slope, curvature) = self.derivatives(cells, x, n);
            let Some(factor) = Cholesky::new(curvature, x.len()) else { return false };
            let step = factor.solve(&slope);
            let size = step.iter().fold(0f64, |top, s| top.max(s.abs()));
            // Far from the top a whole step can overshoot; near it, none of Bradley-Terry's can.
            if self == Self::BradleyTerry && size < 0.1 {
                x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
            } else {
                let height = self.likelihood(cells, x, n);
                let least = height - ROUNDING * height.abs().max(1.0);
                let shares = (0..HALVES).map(|halves| 0.5f64.powi(halves as i32));
                let mut nexts = shares.map(|share| -> Vec<f64> {
                    x.iter().zip(&step).map(|(x, s)| x + share * s).collect()
                });
                // Also false for what is not a number.
                let Some(next) = nexts.find(|next| self.likelihood(cells, next, n) >= least) else {
                    return false;
                };
                *x = next;
            }
            let scale = x.iter().fold(1f64, |top, x| top.max(x.abs()));
            // Steps that no longer shrink, and are next to nothing beside the standard errors, are the
            // rounding of the slope.
            let decrement: f64 = step.iter().zip(&slope).map(|(step, slope)| step * slope).sum();
            if size < 1e-12 * scale || (size > before / 2.0 && decrement.abs() < 1e-10) {
                return true;
            }
            before = size;
        }
        false
    }
}

impl PairedFit {
    /// Ratings on the scale of Elo, mean 1000, `[models]`.
    pub fn ratings(&self) -> Vec<f64> {
        on_scale(&self.strengths)
    }

    /// θ of Rao and Kupper, ν of Davidson; none for Bradley-Terry.
    pub fn tie_parameter(&self) -> Option<f64> {
        self.tie.map(f64::exp)
    }

    /// Probabilities that `one` beats `other`, that they tie, and that `other` wins. Bradley-Terry
    /// knows no ties.
    pub fn probabilities(&self, one: usize, other: usize) -> [f64; 3] {
        let d = self.strengths[one] - self.strengths[other];
        let [one, other, tie] = self.model.log_probabilities(d, self.tie).map(f64::exp);
        [one, tie, other]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Battle, Outcome};
    use super::*;

    fn counts(models: usize, rows: &[(usize, usize, usize, usize, usize)]) -> WinMatrix {
        let battles = rows.iter().flat_map(|&(first, second, wins, ties, losses)| {
            let of = move |outcome| Battle { first, second, outcome };
            std::iter::repeat_n(of(Outcome::First), wins)
                .chain(std::iter::repeat_n(of(Outcome::Tie), ties))
                .chain(std::iter::repeat_n(of(Outcome::Second), losses))
        });
        WinMatrix::new(models, battles).expect("valid")
    }

    #[test]
    fn two_models_have_the_odds_of_their_wins() {
        // A 3 wins + 1 tie against B: 3.5 to 0.5.
        let two = counts(2, &[(0, 1, 3, 1, 0)]);
        let ratings = PairedModel::BradleyTerry.fit(&two).expect("connected").ratings();
        assert!((ratings[0] - ratings[1] - 338.0392160057027).abs() < 1e-9, "{ratings:?}");
        assert!((ratings[0] + ratings[1] - 2000.0).abs() < 1e-9);
    }

    #[test]
    fn models_of_ties_give_back_what_was_counted() {
        // With two models both fit the three shares exactly.
        let two = counts(2, &[(0, 1, 50, 30, 20)]);
        for model in [PairedModel::RaoKupper, PairedModel::Davidson] {
            let fit = model.fit(&two).expect("connected");
            for (p, share) in fit.probabilities(0, 1).iter().zip([0.5, 0.3, 0.2]) {
                assert!((p - share).abs() < 1e-9, "{model:?} {:?}", fit.probabilities(0, 1));
            }
        }
        let nu = PairedModel::Davidson.fit(&two).expect("connected").tie_parameter();
        assert!((nu.expect("fitted") - 0.3 / (0.5f64 * 0.2).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn three_wins_and_a_tie_are_seven_to_one() {
        // Arena-Hard doubles battles and makes of a tie a win for each: 400 log10 of 7.
        let ratings = PairedModel::BradleyTerry.fit(&counts(2, &[(0, 1, 3, 1, 0)])).expect("a tie");
        let ratings = ratings.ratings();
        assert!((ratings[0] - ratings[1] - 400.0 * 7f64.log10()).abs() < 1e-9, "{ratings:?}");
        assert!((ratings[0] - ratings[1] - 338.04).abs() < 5e-3);
    }

    #[test]
    fn many_battles_are_fitted_to_the_last_digits() {
        // A chain of hundreds of thousands that hangs together by few.
        let pairs = [
            (0, 1, [400_003.0, 3.0, 70_001.0]),
            (1, 2, [1.0, 2.0, 1.0]),
            (2, 3, [90_000.0, 77_777.0, 5.0]),
            (3, 4, [1.0, 300_000.0, 2.0]),
        ];
        let counts = WinMatrix::from_pairs(5, pairs).expect("valid");
        for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson] {
            let fit = model.fit(&counts).expect("connected");
            let mut x = fit.strengths.clone();
            x.extend(fit.tie);
            let slope = model.slope(counts.cells(), &x, 5);
            assert!(slope.iter().all(|s| s.abs() < 1e-8), "{model:?}: {slope:?}");
        }
    }

    #[test]
    fn models_far_apart_are_fitted_too() {
        // Nearly all of a million battles went as they had to: what was expected of them differs from what was
        // counted in the last digits only.
        let pairs = [
            (0, 1, [0.0, 0.0, 4.0]),
            (0, 2, [1.0, 193_129.0, 0.0]),
            (0, 3, [0.0, 804_415.0, 1.0]),
            (0, 4, [4.0, 2.0, 0.0]),
            (1, 2, [1.0, 0.0, 0.0]),
            (1, 3, [4.0, 0.0, 1.0]),
            (2, 3, [896_153.0, 0.0, 0.0]),
            (2, 4, [3.0, 0.0, 0.0]),
        ];
        let counts = WinMatrix::from_pairs(5, pairs).expect("valid");
        let fit = PairedModel::Davidson.fit(&counts).expect("settles");
        let gap = fit.strengths[2] - fit.strengths[0];
        assert!((gap - 27.015).abs() < 2e-3, "{fit:?}");
        let mut x = fit.strengths.clone();
        x.extend(fit.tie);
        let slope = PairedModel::Davidson.slope(counts.cells(), &x, 5);
        assert!(slope.iter().all(|s| s.abs() < 1e-9), "{slope:?}");
    }

    #[test]
    fn what_has_no_finite_fit_is_refused() {
        let separated = counts(2, &[(0, 1, 5, 0, 0)]);
        let error = PairedModel::BradleyTerry.fit(&separated).expect_err("never beaten");
        assert_eq!(error.code(), "not_connected");
        let no_ties = counts(2, &[(0, 1, 5, 0, 3)]);
        assert_eq!(PairedModel::Davidson.fit(&no_ties).expect_err("").code(), "nothing_to_count");
        let all_ties = counts(2, &[(0, 1, 0, 4, 0)]);
        assert_eq!(PairedModel::RaoKupper.fit(&all_ties).expect_err("").code(), "nothing_to_count");
        // All that was seen gets ever likelier as the first grows stronger and ties more frequent.
        let one_way = counts(2, &[(0, 1, 5, 1, 0)]);
        for model in [PairedModel::RaoKupper, PairedModel::Davidson] {
            let error = model.fit(&one_way).expect_err("no end");
            assert_eq!(error.code(), "nothing_to_count", "{model:?}");
        }
        let level = PairedModel::BradleyTerry.fit(&all_ties).expect("level").ratings();
        assert_eq!(level, [1000.0, 1000.0]);
    }
}
