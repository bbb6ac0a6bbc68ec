//! Rank centrality as the analysis code of PRISM has it (Kirk et al., 2024), for comparison with its
//! published figures. From four models on it divides the wins of one pair by those of another: it lists
//! the pairs above the diagonal row by row, and below it row by row too, which are other pairs.

use super::WinMatrix;
use super::centrality::rank_centrality;
use crate::{Result, StatsError, check};

/// Rounds of the walk, as there.
const ROUNDS: usize = 1000;

/// Shares of the walk's time, `[models]`, with the wrong pairs; equal to those of [`rank_centrality`] for
/// up to three models.
///
/// # Errors
/// As [`rank_centrality`].
pub fn rank_centrality_compat(counts: &WinMatrix, prior: f64) -> Result<Vec<f64>> {
    rank_centrality(counts, prior)?;
    let n = counts.models();
    check::count("models", n, 2)?;
    let wins = |i: usize, j: usize| {
        let [wins, ties, _] = counts.between(i, j);
        wins + ties / 2.0 + prior
    };
    let above = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let below = (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    // Row i: chance of moving from i to j.
    let mut moves = vec![0.0; n * n];
    for ((i, j), (p, q)) in above.zip(below) {
        let total = wins(i, j) + wins(p, q);
        if total > 0.0 {
            moves[j * n + i] = wins(i, j) / total / n as f64;
            moves[q * n + p] = wins(p, q) / total / n as f64;
        }
    }
    for i in 0..n {
        moves[i * n + i] = 1.0 - moves[i * n..(i + 1) * n].iter().sum::<f64>();
    }
    let mut shares = vec![1.0 / n as f64; n];
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; n];
        for (share, row) in shares.iter().zip(moves.chunks(n)) {
            next.iter_mut().zip(row).for_each(|(sum, m)| *sum += share * m);
        }
        shares = next;
    }
    match shares.iter().position(|s| !s.is_finite()) {
        Some(index) => Err(StatsError::NotFinite { what: "shares", index }),
        None => Ok(shares),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_walk_of_four_models() {
        let wins: Vec<f64> =
            [0, 6, 5, 7, 4, 0, 6, 5, 5, 4, 0, 6, 3, 5, 4, 0].map(f64::from).to_vec();
        let counts = WinMatrix::from_wins(4, &wins).expect("valid");
        let found = rank_centrality_compat(&counts, 1.0).expect("connected");
        for (share, expected) in found.iter().zip([0.305833, 0.257555, 0.237163, 0.199449]) {
            assert!((share - expected).abs() < 1e-6, "{found:?}");
        }
        // The second and third change places.
        let right = rank_centrality(&counts, 1.0).expect("connected");
        assert!(right.shares()[1] < right.shares()[2] && found[1] > found[2]);
        assert!(rank_centrality_compat(&counts, -1.0).is_err());
    }

    #[test]
    fn three_models_have_no_wrong_pairs() {
        let wins = [0.0, 6.0, 5.0, 4.0, 0.0, 6.0, 5.0, 4.0, 0.0];
        let counts = WinMatrix::from_wins(3, &wins).expect("valid");
        let found = rank_centrality_compat(&counts, 1.0).expect("connected");
        let right = rank_centrality(&counts, 1.0).expect("connected");
        for (share, expected) in found.iter().zip(right.shares()) {
            assert!((share - expected).abs() < 1e-9);
        }
    }
}
