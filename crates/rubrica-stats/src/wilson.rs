//! The Wilson score interval of a proportion (Wilson, 1927).

use crate::{Estimate, IntervalMethod, Result, StatsError, check, normal};

/// The share of successes with its score interval, without continuity correction.
///
/// Unlike the textbook interval it stays within `0..=1` and has width for 0 of n and n of n.
///
/// # Errors
/// No trials, more successes than trials, or a level outside `0..1`.
pub fn wilson(successes: usize, trials: usize, level: f64) -> Result<Estimate> {
    check::count("trials", trials, 1)?;
    check::open_unit("level", level)?;
    if successes > trials {
        return Err(StatsError::OutOfRange {
            what: "successes".into(),
            value: successes as f64,
            expected: "at most the number of trials",
        });
    }
    let n = trials as f64;
    let p = successes as f64 / n;
    let z = normal::quantile(0.5 + level / 2.0);
    let z2 = z * z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // The ends at 0 and 1 are exact; rounding must not put them beside the value.
    let lower = if successes == 0 { 0.0 } else { (centre - half).clamp(0.0, p) };
    let upper = if successes == trials { 1.0 } else { (centre + half).clamp(p, 1.0) };
    let method = IntervalMethod::Wilson;
    Ok(Estimate { value: p, lower, upper, level, n: trials, clusters: None, method, left_out: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_exact() {
        let none = wilson(0, 10, 0.95).expect("ten");
        assert_eq!((none.value, none.lower), (0.0, 0.0));
        assert!(none.upper > 0.2 && none.upper < 0.3);
        let all = wilson(10, 10, 0.95).expect("ten");
        assert_eq!((all.value, all.upper), (1.0, 1.0));
    }

    #[test]
    fn refuses_nonsense() {
        assert_eq!(wilson(0, 0, 0.95).expect_err("none").code(), "too_few_values");
        assert_eq!(wilson(3, 2, 0.95).expect_err("more").code(), "out_of_range");
        assert_eq!(wilson(1, 2, 1.0).expect_err("level").code(), "out_of_range");
    }
}
