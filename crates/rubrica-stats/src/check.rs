//! Checks of the inputs that all statistics share.

use crate::{Result, StatsError};

/// At least `needed` values, all finite.
pub(crate) fn values(what: &'static str, values: &[f64], needed: usize) -> Result<()> {
    count(what, values.len(), needed)?;
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(StatsError::NotFinite { what, index }),
        None => Ok(()),
    }
}

/// Two inputs of the same length, at least `needed` values in each, all finite.
pub(crate) fn paired(
    (left, x): (&'static str, &[f64]),
    (right, y): (&'static str, &[f64]),
    needed: usize,
) -> Result<()> {
    same_length((left, x.len()), (right, y.len()))?;
    values(left, x, needed)?;
    values(right, y, needed)
}

/// At least `needed` of something.
pub(crate) fn count(what: &'static str, found: usize, needed: usize) -> Result<()> {
    if found < needed { Err(StatsError::TooFew { what, found, needed }) } else { Ok(()) }
}

/// Two lengths that must agree.
pub(crate) fn same_length(
    (left, left_len): (&'static str, usize),
    (right, right_len): (&'static str, usize),
) -> Result<()> {
    if left_len == right_len {
        Ok(())
    } else {
        Err(StatsError::LengthMismatch { left, left_len, right, right_len })
    }
}

/// An option strictly between 0 and 1.
pub(crate) fn open_unit(what: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(StatsError::OutOfRange {
            what: what.into(),
            value,
            expected: "a number between 0 and 1, both excluded",
        })
    }
}

/// An option or input that has to be a number in a range.
pub(crate) fn in_range(
    what: &str,
    value: f64,
    holds: impl Fn(f64) -> bool,
    expected: &'static str,
) -> Result<()> {
    if value.is_finite() && holds(value) {
        Ok(())
    } else {
        Err(StatsError::OutOfRange { what: what.into(), value, expected })
    }
}

/// Probabilities: every value in `0..=1`.
pub(crate) fn probabilities(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        Some(index) => Err(StatsError::OutOfRange {
            what: format!("{what}[{index}]"),
            value: values[index],
            expected: "0 to 1",
        }),
        None => Ok(()),
    }
}

/// 1 for true and 0 for false.
pub(crate) fn indicator(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}
