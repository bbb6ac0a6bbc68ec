//! The Brier score (Brier, 1950).

use crate::{Result, StatsError, check};

/// Mean squared difference of the probability and what happened (1 or 0), in `0..=1`.
///
/// # Errors
/// No items, different lengths, or a probability outside `0..=1`.
pub fn brier(happened: &[bool], probabilities: &[f64]) -> Result<f64> {
    check::same_length(("happened", happened.len()), ("probabilities", probabilities.len()))?;
    check::count("probabilities", probabilities.len(), 1)?;
    check::probabilities("probabilities", probabilities)?;
    let error = |(p, &h): (&f64, &bool)| (p - f64::from(u8::from(h))).powi(2);
    let sum: f64 = probabilities.iter().zip(happened).map(error).sum();
    Ok(sum / happened.len() as f64)
}

/// The same over several classes: mean over items of Σₖ (pₖ − tₖ)², in `0..=2` (for two classes,
/// twice [`brier`]).
///
/// `probabilities` is row-major `[items, classes]`; `classes` holds the class of each item.
///
/// # Errors
/// No items, a class out of range, rows that do not fit, or a probability outside `0..=1`.
pub fn brier_multiclass(class: &[usize], probabilities: &[f64], classes: usize) -> Result<f64> {
    check::count("class", class.len(), 1)?;
    check::count("classes", classes, 2)?;
    check::same_length(
        ("class × classes", class.len() * classes),
        ("probabilities", probabilities.len()),
    )?;
    check::probabilities("probabilities", probabilities)?;
    let mut sum = 0.0;
    for (index, (&truth, row)) in class.iter().zip(probabilities.chunks_exact(classes)).enumerate()
    {
        if truth >= classes {
            return Err(StatsError::UnknownClass { what: "class", index });
        }
        let hit = |k| f64::from(u8::from(k == truth));
        sum += row.iter().enumerate().map(|(k, p)| (p - hit(k)).powi(2)).sum::<f64>();
    }
    Ok(sum / class.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_values() {
        let (happened, p) = ([true, false, false, true], [0.9, 0.8, 0.3, 0.6]);
        assert!((brier(&happened, &p).expect("four") - 0.225).abs() < 1e-15);
        let rows: Vec<f64> = p.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let two = brier_multiclass(&[1, 0, 0, 1], &rows, 2).expect("four");
        assert!((two - 0.45).abs() < 1e-15);
    }

    #[test]
    fn refuses_nonsense() {
        assert_eq!(brier(&[true], &[1.5]).expect_err("range").code(), "out_of_range");
        assert_eq!(brier(&[true], &[f64::NAN]).expect_err("nan").code(), "out_of_range");
        assert_eq!(brier(&[], &[]).expect_err("none").code(), "too_few_values");
        let error = brier_multiclass(&[2], &[0.5, 0.5], 2).expect_err("class");
        assert_eq!(error.code(), "unknown_class");
        let error = brier_multiclass(&[0, 1], &[0.5, 0.5], 2).expect_err("rows");
        assert_eq!(error.code(), "length_mismatch");
    }
}
