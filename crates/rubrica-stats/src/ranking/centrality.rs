//! Rank centrality (Negahban, Oh and Shah, 2017): the stationary distribution of a walk that moves
//! from a model to those that beat it.

use super::{WinMatrix, on_scale};
use crate::{Result, StatsError};

/// Shares of the walk's time, `[models]`, summing to 1; the strengths of Bradley and Terry, up to a
/// factor, when battles follow that model. Ties are half a win each way; `prior` is added to the
/// wins of every model over every other one (regularised form), and every pair counts when it is
/// above 0, else those that met.
///
/// # Errors
/// A negative prior; [`StatsError::NotConnected`] when `prior` is 0 and the walk can get stuck;
/// [`StatsError::NotFinite`] for a share whose logarithm has no finite value.
pub fn rank_centrality(counts: &WinMatrix, prior: f64) -> Result<Centrality> {
    if !(prior >= 0.0 && prior.is_finite()) {
        let what = "prior".to_owned();
        return Err(StatsError::OutOfRange { what, value: prior, expected: ">= 0" });
    }
    if prior == 0.0 {
        counts.connected()?;
    }
    let n = counts.models();
    crate::check::count("models", n, 2)?;
    // Row i: rate of moving from i to j, which is the share of their battles that j won. What all rates are
    // divided by, to make chances of them, does not change where the walk spends its time.
    let mut moves = vec![0.0; n * n];
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            let [wins, ties, losses] = counts.between(i, j);
            let total = wins + ties + losses + 2.0 * prior;
            if total > 0.0 {
                moves[i * n + j] = (losses + ties / 2.0 + prior) / total;
            }
        }
    }
    let logs = stationary(&mut moves, n);
    crate::check::values("shares of the walk", &logs, n)?;
    Ok(Centrality { shares: logs.iter().map(|l| l.exp()).collect(), logs })
}

/// Logarithms of the shares of time of a walk with these rates of moving from the row to the column,
/// `[n, n]`, which are used up; the diagonal does not count. By taking models out one at a time
/// (Grassmann, Taksar & Heyman, 1985): without a subtraction, so that the smallest share has as many digits as
/// the largest, however long the walk takes to mix.
fn stationary(moves: &mut [f64], n: usize) -> Vec<f64> {
    for out in (1..n).rev() {
        let (rows, gone) = moves.split_at_mut(out * n);
        let gone = &gone[..out];
        let leave: f64 = gone.iter().sum();
        for row in rows.chunks_exact_mut(n) {
            row[out] /= leave;
            let through = row[out];
            for (to, rate) in row[..out].iter_mut().zip(gone) {
                *to += through * rate;
            }
        }
    }
    let mut logs = vec![0.0; n];
    for back in 1..n {
        let terms: Vec<f64> = (0..back).map(|i| logs[i] + moves[i * n + back].ln()).collect();
        logs[back] = log_sum(&terms);
    }
    let total = log_sum(&logs);
    logs.iter().map(|l| l - total).collect()
}

/// ln Σ eˣ.
fn log_sum(terms: &[f64]) -> f64 {
    let top = terms.iter().fold(f64::NEG_INFINITY, |top, t| top.max(*t));
    top + terms.iter().map(|t| (t - top).exp()).sum::<f64>().ln()
}

/// Shares of the walk's time.
#[derive(Debug, Clone, PartialEq)]
pub struct Centrality {
    shares: Vec<f64>,
    logs: Vec<f64>,
}

impl Centrality {
    /// Share of each model, `[models]`.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The logarithms of the shares on the scale of Elo, mean 1000.
    pub fn ratings(&self) -> Vec<f64> {
        on_scale(&self.logs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_chain_of_four_models() {
        // PRISM's example, with its normalisation set right.
        let wins: Vec<f64> =
            [0, 6, 5, 7, 4, 0, 6, 5, 5, 4, 0, 6, 3, 5, 4, 0].map(f64::from).to_vec();
        let counts = WinMatrix::from_wins(4, &wins).expect("valid");
        for (prior, expected) in [
            (1.0, [0.315549, 0.247169, 0.247605, 0.189678]),
            (0.0, [0.329523, 0.245854, 0.246608, 0.178015]),
        ] {
            let found = rank_centrality(&counts, prior).expect("connected");
            for (share, expected) in found.shares().iter().zip(expected) {
                assert!((share - expected).abs() < 1e-6, "{prior}: {found:?}");
            }
        }
        assert!(rank_centrality(&counts, -1.0).is_err());
    }

    #[test]
    fn a_walk_that_hardly_moves_has_its_shares() {
        // Each of 30 models beats the next by odds of a million: the shares are powers of a million.
        let links = (1..30).map(|m| (m - 1, m, [1e6, 1.0, 0.0]));
        let counts = WinMatrix::from_pairs(30, links).expect("valid");
        let ratings = rank_centrality(&counts, 0.0).expect("connected").ratings();
        for pair in ratings.windows(2) {
            assert!((pair[0] - pair[1] - 2400.0).abs() < 1e-8, "{ratings:?}");
        }
        // Two groups between which next to nothing happens.
        let groups =
            [(0, 1, [500.0, 400.0, 0.0]), (2, 3, [3.0, 5.0, 2.0]), (1, 2, [1e-9, 2e-9, 0.0])];
        let counts = WinMatrix::from_pairs(4, groups).expect("valid");
        let found = rank_centrality(&counts, 0.0).expect("connected");
        let odds = |a: usize, b: usize| found.shares()[a] / found.shares()[b];
        assert!((odds(0, 1) - 1.25).abs() < 1e-12 && (odds(2, 3) - 2.0 / 3.0).abs() < 1e-12);
        assert!((odds(2, 1) - 2.0).abs() < 1e-12);
    }
}
