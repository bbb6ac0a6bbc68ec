//! Strengths by maximum likelihood.

use super::linear::Cholesky;
use super::on_scale;
use super::win_matrix::{Cell, WinMatrix};
use crate::{Result, StatsError, check, normal};

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

impl PairedModel {
    /// Fits the strengths of all models.
    ///
    /// Newton's method on the concave likelihood, to the last digits.
    ///
    /// # Errors
    /// [`StatsError::NotConnected`] where no finite strengths exist, [`StatsError::TooFew`] for
    /// fewer than two models; [`StatsError::NothingToCount`] for a model of ties without ties or
    /// without wins.
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
        }
        let n = counts.models();
        let mut x: Vec<f64> = match start {
            Some(fit) => fit.strengths.iter().copied().chain(fit.tie).collect(),
            None => vec![0.0; n + usize::from(self != Self::BradleyTerry)],
        };
        if start.is_none() && self == Self::RaoKupper {
            x[n] = 0.5;
        }
        let mut height = self.likelihood(counts.cells(), &x, n);
        for _ in 0..STEPS {
            let (slope, curvature) = self.derivatives(counts.cells(), &x, n);
            let Some(factor) = Cholesky::new(curvature, x.len()) else {
                return Err(StatsError::Unstable { defined: 0, replicates: 1 });
            };
            let step = factor.solve(&slope);
            let size = step.iter().fold(0f64, |top, s| top.max(s.abs()));
            // Far from the top a whole step can overshoot; near it, none of Bradley-Terry's can.
            let mut share = 1.0;
            if self == Self::BradleyTerry && size < 0.1 {
                x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
                share = 0.0;
            }
            while share > 0.0 {
                let next: Vec<f64> = x.iter().zip(&step).map(|(x, s)| x + share * s).collect();
                let now = self.likelihood(counts.cells(), &next, n);
                if now >= height || size * share < 1e-9 {
                    (x, height) = (next, now.max(height));
                    break;
                }
                share /= 2.0;
            }
            if size < 1e-12 {
                break;
            }
        }
        let tie = x.get(n).copied();
        x.truncate(n);
        let mean = x.iter().sum::<f64>() / n as f64;
        x.iter_mut().for_each(|s| *s -= mean);
        Ok(PairedFit { model: self, strengths: x, tie })
    }

    fn likelihood(self, cells: &[Cell], x: &[f64], n: usize) -> f64 {
        cells
            .iter()
            .map(|cell| {
                let d = x[cell.low] - x[cell.high];
                let logs = self.log_probabilities(d, x.get(n).copied());
                let counts = self.counted(cell);
                // 0 · ln 0 is 0.
                let terms = counts.iter().zip(logs).filter(|(count, _)| **count > 0.0);
                terms.map(|(count, log)| count * log).sum::<f64>()
            })
            .sum()
    }

    /// Wins of the lower, wins of the higher, ties, as the model counts them.
    fn counted(self, cell: &Cell) -> [f64; 3] {
        match self {
            Self::BradleyTerry => {
                [cell.low_wins + cell.ties / 2.0, cell.high_wins + cell.ties / 2.0, 0.0]
            }
            Self::RaoKupper | Self::Davidson => [cell.low_wins, cell.high_wins, cell.ties],
        }
    }

    /// Logarithms of the probabilities of the outcomes of [`PairedModel::counted`].
    fn log_probabilities(self, d: f64, tie: Option<f64>) -> [f64; 3] {
        let tie = tie.unwrap_or(0.0);
        match self {
            Self::BradleyTerry => [log_sigmoid(d), log_sigmoid(-d), f64::NEG_INFINITY],
            Self::RaoKupper => {
                let (low, high) = (log_sigmoid(d - tie), log_sigmoid(-d - tie));
                // Below 0 the model has no ties at all; the search turns back there.
                let rest = if tie > 0.0 { (2.0 * tie).exp_m1().ln() } else { f64::NEG_INFINITY };
                [low, high, rest + low + high]
            }
            Self::Davidson => {
                let top = (d.abs() / 2.0).max(tie);
                let sum = (d / 2.0 - top).exp() + (-d / 2.0 - top).exp() + (tie - top).exp();
                let all = top + sum.ln();
                [d / 2.0 - all, -d / 2.0 - all, tie - all]
            }
        }
    }

    /// Gradient of the likelihood, and its negative Hessian with the free direction (all strengths
    /// up together) held fast.
    pub(super) fn derivatives(self, cells: &[Cell], x: &[f64], n: usize) -> (Vec<f64>, Vec<f64>) {
        let size = x.len();
        let mut slope = vec![0.0; size];
        let mut curvature = vec![0.0; size * size];
        for cell in cells {
            let d = x[cell.low] - x[cell.high];
            let local = self.local(cell, d, x.get(n).copied());
            slope[cell.low] += local.d;
            slope[cell.high] -= local.d;
            let (i, j) = (cell.low, cell.high);
            curvature[i * size + i] += local.dd;
            curvature[j * size + j] += local.dd;
            curvature[i * size + j] -= local.dd;
            curvature[j * size + i] -= local.dd;
            if size > n {
                slope[n] += local.t;
                curvature[n * size + n] += local.tt;
                for (k, sign) in [(i, 1.0), (j, -1.0)] {
                    curvature[k * size + n] += sign * local.dt;
                    curvature[n * size + k] += sign * local.dt;
                }
            }
        }
        let scale = curvature.iter().step_by(size + 1).take(n).sum::<f64>() / n as f64;
        for i in 0..n {
            for j in 0..n {
                curvature[i * size + j] += scale / n as f64;
            }
        }
        (slope, curvature)
    }

    /// Gradient of the likelihood.
    pub(super) fn slope(self, cells: &[Cell], x: &[f64], n: usize) -> Vec<f64> {
        let mut slope = vec![0.0; x.len()];
        for cell in cells {
            let local = self.local(cell, x[cell.low] - x[cell.high], x.get(n).copied());
            slope[cell.low] += local.d;
            slope[cell.high] -= local.d;
            if let Some(tie) = slope.get_mut(n) {
                *tie += local.t;
            }
        }
        slope
    }

    fn local(self, cell: &Cell, d: f64, tie: Option<f64>) -> Local {
        let [low, high, ties] = self.counted(cell);
        let total = low + high + ties;
        let tie = tie.unwrap_or(0.0);
        match self {
            Self::BradleyTerry => {
                let p = sigmoid(d);
                Local { d: low - total * p, dd: total * p * (1.0 - p), ..Local::default() }
            }
            Self::RaoKupper => {
                let (lows, highs) = (low + ties, high + ties);
                let (p, q) = (sigmoid(tie - d), sigmoid(tie + d));
                let grow = 2.0 / (-(-2.0 * tie).exp_m1());
                let (pp, qq) = (lows * p * (1.0 - p), highs * q * (1.0 - q));
                Local {
                    d: lows * p - highs * q,
                    dd: pp + qq,
                    t: ties * grow - lows * p - highs * q,
                    tt: pp + qq + ties * grow * (grow - 2.0),
                    dt: qq - pp,
                }
            }
            Self::Davidson => {
                let [p, q, r] = self.log_probabilities(d, Some(tie)).map(f64::exp);
                let mean = (p - q) / 2.0;
                Local {
                    d: (low - high) / 2.0 - total * mean,
                    dd: total * ((p + q) / 4.0 - mean * mean),
                    t: ties - total * r,
                    tt: total * r * (1.0 - r),
                    dt: -total * mean * r,
                }
            }
        }
    }
}

/// Derivatives of one pair's part of the likelihood by the difference d and the tie parameter t;
/// second ones with the sign turned.
#[derive(Default)]
struct Local {
    d: f64,
    dd: f64,
    t: f64,
    tt: f64,
    dt: f64,
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn log_sigmoid(x: f64) -> f64 {
    if x > 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() }
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

    /// Standard errors of the ratings, from the sandwich of Huber (1967): valid though battles need
    /// not follow the model. For Bradley-Terry (as Chatbot Arena does, Chiang et al., 2024), and with
    /// the tie parameter held at its fit for the others.
    ///
    /// # Errors
    /// [`StatsError::Unstable`] when the curvature is singular.
    pub fn standard_errors(&self, counts: &WinMatrix) -> Result<Vec<f64>> {
        let n = counts.models();
        let mut x = self.strengths.clone();
        x.extend(self.tie);
        let (_, full) = self.model.derivatives(counts.cells(), &x, n);
        let curvature: Vec<f64> =
            full.chunks(x.len()).take(n).flat_map(|row| row[..n].to_vec()).collect();
        let Some(factor) = Cholesky::new(curvature, n) else {
            return Err(StatsError::Unstable { defined: 0, replicates: 1 });
        };
        // The pseudo-inverse of the Laplacian: the mean of the strengths is fixed, not estimated.
        let inverse: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let unit: Vec<f64> =
                    (0..n).map(|j| f64::from(u8::from(i == j)) - 1.0 / n as f64).collect();
                factor.solve(&unit)
            })
            .collect();
        let mut variance = vec![0.0; n];
        for cell in counts.cells() {
            let d = self.strengths[cell.low] - self.strengths[cell.high];
            let spread = self.score_square(cell, d);
            for (v, row) in variance.iter_mut().zip(&inverse) {
                let reach = row[cell.low] - row[cell.high];
                *v += reach * reach * spread;
            }
        }
        Ok(variance.into_iter().map(|v| super::POINTS * v.sqrt()).collect())
    }

    /// Sum over the battles of a pair of the squared score (slope of the log-likelihood by d).
    fn score_square(&self, cell: &Cell, d: f64) -> f64 {
        let tie = self.tie.unwrap_or(0.0);
        let scores = match self.model {
            PairedModel::BradleyTerry => {
                let p = sigmoid(d);
                [1.0 - p, -p, 0.5 - p]
            }
            PairedModel::RaoKupper => {
                let (p, q) = (sigmoid(tie - d), sigmoid(tie + d));
                [p, -q, p - q]
            }
            PairedModel::Davidson => {
                let [p, q, _] = self.model.log_probabilities(d, self.tie).map(f64::exp);
                let mean = (p - q) / 2.0;
                [0.5 - mean, -0.5 - mean, -mean]
            }
        };
        let counts = [cell.low_wins, cell.high_wins, cell.ties];
        counts.iter().zip(scores).map(|(count, s)| count * s * s).sum()
    }

    /// Sandwich intervals of the ratings at `level`, `[models]`.
    ///
    /// # Errors
    /// As [`PairedFit::standard_errors`]; a level out of range.
    pub fn sandwich(&self, counts: &WinMatrix, level: f64) -> Result<Vec<[f64; 2]>> {
        check::open_unit("level", level)?;
        let z = normal::quantile(0.5 + level / 2.0);
        let errors = self.standard_errors(counts)?;
        Ok(self.ratings().iter().zip(errors).map(|(r, e)| [r - z * e, r + z * e]).collect())
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
    fn derivatives_are_those_of_the_likelihood() {
        let three = counts(3, &[(0, 1, 5, 3, 2), (1, 2, 4, 1, 6), (0, 2, 7, 2, 1)]);
        for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson] {
            let ties = usize::from(model != PairedModel::BradleyTerry);
            let x = [0.3, -0.2, 0.1, 0.4][..3 + ties].to_vec();
            let (slope, curvature) = model.derivatives(three.cells(), &x, 3);
            let at = |i: usize, h: f64| {
                let mut moved = x.clone();
                moved[i] += h;
                moved
            };
            let scale = |i: usize, j: usize| {
                // What holds the free direction fast.
                let trace: f64 = (0..3)
                    .map(|k| {
                        let (up, down) = (at(k, 1e-4), at(k, -1e-4));
                        let l = |x: &[f64]| model.likelihood(three.cells(), x, 3);
                        -(l(&up) - 2.0 * l(&x) + l(&down)) / 1e-8
                    })
                    .sum();
                if i < 3 && j < 3 { trace / 9.0 } else { 0.0 }
            };
            for i in 0..x.len() {
                let l = |x: &[f64]| model.likelihood(three.cells(), x, 3);
                let numeric = (l(&at(i, 1e-6)) - l(&at(i, -1e-6))) / 2e-6;
                assert!((numeric - slope[i]).abs() < 1e-5, "{model:?} {i}: {numeric} {slope:?}");
                for j in 0..x.len() {
                    let up = model.derivatives(three.cells(), &at(j, 1e-6), 3).0[i];
                    let down = model.derivatives(three.cells(), &at(j, -1e-6), 3).0[i];
                    let numeric = -(up - down) / 2e-6 + scale(i, j);
                    let ours = curvature[i * x.len() + j];
                    assert!((numeric - ours).abs() < 1e-3, "{model:?} {i} {j}: {numeric} {ours}");
                }
            }
        }
    }

    #[test]
    fn intervals_hold_the_rating_and_shrink() {
        let few = counts(3, &[(0, 1, 12, 3, 8), (1, 2, 10, 1, 9), (0, 2, 14, 2, 6)]);
        let many = counts(3, &[(0, 1, 120, 30, 80), (1, 2, 100, 10, 90), (0, 2, 140, 20, 60)]);
        for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson] {
            let width = |counts: &WinMatrix| {
                let fit = model.fit(counts).expect("connected");
                let sandwich = fit.sandwich(counts, 0.95).expect("regular");
                let bootstrap = fit.bootstrap(counts, 400, 0.95, 1).expect("regular");
                for ((rating, s), b) in fit.ratings().iter().zip(&sandwich).zip(&bootstrap) {
                    assert!(s[0] < *rating && *rating < s[1]);
                    // Both estimate the same spread.
                    let ratio = (b[1] - b[0]) / (s[1] - s[0]);
                    assert!((0.8..1.25).contains(&ratio), "{model:?}: {ratio}");
                }
                sandwich[0][1] - sandwich[0][0]
            };
            let ratio = width(&few) / width(&many);
            assert!((ratio - 10f64.sqrt()).abs() < 0.2, "{model:?}: {ratio}");
        }
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
    fn what_has_no_finite_fit_is_refused() {
        let separated = counts(2, &[(0, 1, 5, 0, 0)]);
        let error = PairedModel::BradleyTerry.fit(&separated).expect_err("never beaten");
        assert_eq!(error.code(), "not_connected");
        let no_ties = counts(2, &[(0, 1, 5, 0, 3)]);
        assert_eq!(PairedModel::Davidson.fit(&no_ties).expect_err("").code(), "nothing_to_count");
        let all_ties = counts(2, &[(0, 1, 0, 4, 0)]);
        assert_eq!(PairedModel::RaoKupper.fit(&all_ties).expect_err("").code(), "nothing_to_count");
        let level = PairedModel::BradleyTerry.fit(&all_ties).expect("level").ratings();
        assert_eq!(level, [1000.0, 1000.0]);
    }
}
