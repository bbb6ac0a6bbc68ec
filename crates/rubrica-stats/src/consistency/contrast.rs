//! Sets that differ in one thing: a set counts only when all of its members are right.
//!
//! MMVP's pairs (Tong et al., 2024) as DIVA reports them; TempCompass's conflict sets (Liu et al., 2024). Who
//! guesses, or answers by what the members share, gets half of the items and few of the sets.

use serde::{Deserialize, Serialize};

use crate::wilson::wilson;
use crate::{Estimate, Result, check};

/// Accuracy by items and by sets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContrastAccuracy {
    /// Members of all sets.
    pub items: usize,
    /// Share of the items that are right, in `0..=1`.
    pub item_accuracy: f64,
    /// Share of the sets that are right as a whole, with Wilson's interval.
    pub set_accuracy: Estimate,
    /// Share of whole sets that such item accuracy gives when the members are right or wrong independently of each
    /// other: a set accuracy far below it means that the members are told apart by nothing.
    pub independent: f64,
}

/// Accuracy over sets of outcomes; `level` is that of the interval.
///
/// # Errors
/// No sets, an empty one, a level outside `0..1`.
pub fn contrast_accuracy(sets: &[Vec<bool>], level: f64) -> Result<ContrastAccuracy> {
    check::count("sets", sets.len(), 1)?;
    for set in sets {
        check::count("members of a set", set.len(), 1)?;
    }
    let items: usize = sets.iter().map(Vec::len).sum();
    let right = sets.iter().flatten().filter(|right| **right).count();
    let whole = sets.iter().filter(|set| set.iter().all(|right| *right)).count();
    let item_accuracy = right as f64 / items as f64;
    Ok(ContrastAccuracy {
        items,
        item_accuracy,
        set_accuracy: wilson(whole, sets.len(), level)?,
        independent: expected_whole(sets.iter().map(Vec::len), item_accuracy),
    })
}

/// Share of whole sets when every member is right with probability `p` and on its own; with the chance of a guess
/// as `p`, the accuracy of guessing.
///
/// Sizes have to be there; without any the share is 0.
pub fn expected_whole(sizes: impl ExactSizeIterator<Item = usize>, p: f64) -> f64 {
    let n = sizes.len();
    if n == 0 {
        return 0.0;
    }
    sizes.map(|size| p.powi(i32::try_from(size).unwrap_or(i32::MAX))).sum::<f64>() / n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let code = |sets: &[Vec<bool>]| contrast_accuracy(sets, 0.95).expect_err("bad").code();
        assert_eq!(code(&[]), "too_few_values");
        assert_eq!(code(&[vec![]]), "too_few_values");
        assert!(contrast_accuracy(&[vec![true]], 1.0).is_err());
    }
}
