//! The difference of two proportions (Newcombe, 1998, method 10).

use crate::{Estimate, IntervalMethod, Result, wilson::wilson};

/// `p₁ − p₂` of independent samples, with the hybrid score interval: the Wilson limits of both,
/// combined as the sides of a right triangle. In `-1..=1`.
///
/// `n` of the estimate counts the trials of both samples.
///
/// # Errors
/// A sample without trials, more successes than trials, or a level outside `0..1`.
pub fn newcombe(
    (successes_1, trials_1): (usize, usize),
    (successes_2, trials_2): (usize, usize),
    level: f64,
) -> Result<Estimate> {
    let one = wilson(successes_1, trials_1, level)?;
    let two = wilson(successes_2, trials_2, level)?;
    let value = one.value - two.value;
    Ok(Estimate {
        value,
        lower: value - (one.value - one.lower).hypot(two.upper - two.value),
        upper: value + (one.upper - one.value).hypot(two.value - two.lower),
        level,
        n: trials_1 + trials_2,
        clusters: None,
        method: IntervalMethod::Newcombe,
        left_out: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombes_own_example() {
        // Table II, example (a): 56/70 and 48/80 give .0524 to .3339.
        let found = newcombe((56, 70), (48, 80), 0.95).expect("valid");
        assert!((found.lower - 0.0524).abs() < 5e-5 && (found.upper - 0.3339).abs() < 5e-5);
        let turned = newcombe((48, 80), (56, 70), 0.95).expect("valid");
        assert!((turned.lower + found.upper).abs() < 1e-15);
    }

    #[test]
    fn ends_and_refusals() {
        let far = newcombe((10, 10), (0, 10), 0.95).expect("valid");
        assert!(far.value == 1.0 && far.upper == 1.0 && far.lower > 0.5);
        assert_eq!(newcombe((0, 0), (1, 2), 0.95).expect_err("none").code(), "too_few_values");
        assert_eq!(newcombe((1, 2), (3, 2), 0.95).expect_err("more").code(), "out_of_range");
    }
}
