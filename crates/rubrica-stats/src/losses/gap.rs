//! By how much a revision is better than its original: the gap reward of PIT.
//!
//! Wang et al., "Enable language models to implicitly learn self-improvement from data" (PIT), ICLR 2024. A gap head
//! `r(x, y₁, y₂)` says how much better `y₁` is than `y₂`. For a winner `w` and a loser `l` the order is `r_wl ≥ r_ww
//! ≈ r_ll ≥ r_lw`; the loss is `−Σ ln σ(r_i − r_j)` over (wl, ww), (wl, ll), (wl, lw), (ww, lw), (ll, lw). The five
//! terms are from a summary of the paper.

use serde::{Deserialize, Serialize};

use super::{Loss, finite, sigmoid, softplus};
use crate::{Result, check};

/// The gap head's four values for a winner and a loser.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GapScores {
    /// Winner over loser.
    pub winner_loser: f64,
    /// Winner over itself.
    pub winner_winner: f64,
    /// Loser over itself.
    pub loser_loser: f64,
    /// Loser over winner.
    pub loser_winner: f64,
}

/// The pairs of the loss, higher first, in the order of the fields.
const TERMS: [(usize, usize); 5] = [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)];

/// Value and gradient by the four values, in the order of the fields.
///
/// # Errors
/// A value that is not finite.
pub fn gap_loss(scores: &GapScores) -> Result<Loss> {
    let r = [scores.winner_loser, scores.winner_winner, scores.loser_loser, scores.loser_winner];
    check::values("gap scores", &r, 4)?;
    let (mut value, mut gradient) = (0.0, vec![0.0; 4]);
    for (high, low) in TERMS {
        let gap = r[high] - r[low];
        value += softplus(-gap);
        gradient[high] -= sigmoid(-gap);
        gradient[low] += sigmoid(-gap);
    }
    finite(value, gradient)
}

/// What a gap head says of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Improvement {
    /// By how much the revision is better: `(r(after, before) − r(before, after)) / 2`, which changes its sign when
    /// the two are swapped.
    pub gap: f64,
    /// Probability that it is better, `σ(gap)`.
    pub p_better: f64,
    /// `|r(after, before) + r(before, after)|`: 0 for a head that does not care which comes first.
    pub asymmetry: f64,
}

/// A revision against its original, from both orders.
///
/// # Errors
/// A value that is not finite.
pub fn improvement(after_before: f64, before_after: f64) -> Result<Improvement> {
    check::values("gap scores", &[after_before, before_after], 2)?;
    let gap = after_before / 2.0 - before_after / 2.0;
    let asymmetry = (after_before + before_after).abs();
    check::values("gap scores", &[gap, asymmetry], 2)?;
    Ok(Improvement { gap, p_better: sigmoid(gap), asymmetry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapping_turns_the_sign() {
        let (there, back) = (improvement(1.2, -0.8), improvement(-0.8, 1.2));
        let (there, back) = (there.expect("valid"), back.expect("valid"));
        assert_eq!((there.gap, back.gap), (1.0, -1.0));
        assert!((there.p_better + back.p_better - 1.0).abs() < 1e-12);
        assert!((there.asymmetry - 0.4).abs() < 1e-12);
        assert_eq!(improvement(f64::NAN, 0.0).expect_err("bad").code(), "not_finite");
    }
}
