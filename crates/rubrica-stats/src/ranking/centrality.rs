//! Rank centrality (Negahban, Oh and Shah, 2017): the stationary distribution of a walk that moves
//! from a model to those that beat it.

use super::{WinMatrix, on_scale};
use crate::{Result, StatsError};

/// Rounds after which a walk that has not settled never will.
const ROUNDS: usize = 100_000;

/// Shares of the walk's time, `[models]`, summing to 1; the strengths of Bradley and Terry, up to a
/// factor, when battles follow that model. Ties are half a win each way; `prior` is added to the
/// wins of every model over every other one (regularised form), and every pair counts when it is
/// above 0, else those that met.
///
/// # Errors
/// A negative prior; [`StatsError::NotConnected`] when `prior` is 0 and the walk can get stuck.
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
    // Row i: chance of moving from i to j, which is the share of their battles that j won.
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
    let busiest = moves.chunks(n).map(|row| row.iter().filter(|m| **m > 0.0).count()).max();
    let degree = busiest.unwrap_or(1).max(1) as f64;
    for i in 0..n {
        let row = &mut moves[i * n..(i + 1) * n];
        row.iter_mut().for_each(|m| *m /= degree);
        row[i] = 1.0 - row.iter().sum::<f64>();
    }
    let mut shares = vec![1.0 / n as f64; n];
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; n];
        for (share, row) in shares.iter().zip(moves.chunks(n)) {
            for (sum, m) in next.iter_mut().zip(row) {
                *sum += share * m;
            }
        }
        let change: f64 = next.iter().zip(&shares).map(|(a, b)| (a - b).abs()).sum();
        shares = next;
        if change < 1e-15 {
            break;
        }
    }
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|s| *s /= total);
    Ok(Centrality { shares })
}

/// Shares of the walk's time.
#[derive(Debug, Clone, PartialEq)]
pub struct Centrality {
    shares: Vec<f64>,
}

impl Centrality {
    /// Share of each model, `[models]`.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The logarithms of the shares on the scale of Elo, mean 1000.
    pub fn ratings(&self) -> Vec<f64> {
        on_scale(&self.shares.iter().map(|s| s.ln()).collect::<Vec<_>>())
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
}
