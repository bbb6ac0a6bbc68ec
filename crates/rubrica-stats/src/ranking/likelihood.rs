//! What the models of paired comparisons make likely: the likelihood of strengths with its derivatives.

use super::paired::PairedModel;
use super::win_matrix::Cell;

impl PairedModel {
    pub(super) fn likelihood(self, cells: &[Cell], x: &[f64], n: usize) -> f64 {
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
    pub(super) fn log_probabilities(self, d: f64, tie: Option<f64>) -> [f64; 3] {
        let tie = tie.unwrap_or(0.0);
        match self {
            Self::BradleyTerry => [log_sigmoid(d), log_sigmoid(-d), f64::NEG_INFINITY],
            Self::RaoKupper => {
                let (low, high) = (log_sigmoid(d - tie), log_sigmoid(-d - tie));
                let wins = low.exp() + high.exp();
                // Below 0 the model has no ties at all; the search turns back there.
                let ties = if tie <= 0.0 {
                    f64::NEG_INFINITY
                } else if wins < 0.5 {
                    (-wins).ln_1p()
                } else {
                    (2.0 * tie).exp_m1().ln() + low + high
                };
                [low, high, ties]
            }
            Self::Davidson => [
                log_share(-d, tie - d / 2.0),
                log_share(d, tie + d / 2.0),
                log_share(d / 2.0 - tie, -d / 2.0 - tie),
            ],
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
            // Each is a sum of what pulls one way less what pulls the other way: a difference of a count and
            // what was expected of it would lose its digits where that is nearly all.
            Self::BradleyTerry => {
                let (p, q) = (sigmoid(d), sigmoid(-d));
                Local { d: low * q - high * p, dd: total * p * q, ..Local::default() }
            }
            Self::RaoKupper => {
                let (p, q) = (sigmoid(tie - d), sigmoid(tie + d));
                let (not_p, not_q) = (sigmoid(d - tie), sigmoid(-d - tie));
                let apart = if p + q > 1.0 { not_q - not_p } else { p - q };
                // What the slope of the logarithm of e²ᵗ − 1 has over 2.
                let over = 2.0 / (2.0 * tie).exp_m1();
                let (pp, qq) = ((low + ties) * p * not_p, (high + ties) * q * not_q);
                Local {
                    d: ties * apart + low * p - high * q,
                    dd: pp + qq,
                    t: ties * (over + not_p + not_q) - low * p - high * q,
                    tt: pp + qq + ties * (2.0 + over) * over,
                    dt: qq - pp,
                }
            }
            Self::Davidson => {
                let [p, q, r] = self.log_probabilities(d, Some(tie)).map(f64::exp);
                Local {
                    d: low * (q + r / 2.0) - high * (p + r / 2.0) - ties * (p - q) / 2.0,
                    dd: total * (r * (p + q) / 4.0 + p * q),
                    t: ties * (p + q) - (low + high) * r,
                    tt: total * r * (p + q),
                    dt: -total * r * (p - q) / 2.0,
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

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// −ln(1 + eᵃ + eᵇ): the logarithm of a share beside two others, a and b being their logarithms less its own.
fn log_share(a: f64, b: f64) -> f64 {
    let top = a.max(b);
    if top <= 0.0 {
        -(a.exp() + b.exp()).ln_1p()
    } else {
        -top - ((-top).exp() + (a - top).exp() + (b - top).exp()).ln()
    }
}

fn log_sigmoid(x: f64) -> f64 {
    if x > 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::super::WinMatrix;
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let pairs = [(0, 1, [5.0, 2.0, 3.0]), (1, 2, [4.0, 6.0, 1.0]), (0, 2, [7.0, 1.0, 2.0])];
        let three = WinMatrix::from_pairs(3, pairs).expect("valid");
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
}
