//! How much a score matters.

use rubrica_core::Severity;

/// The severity of standing at `fraction` (in `0..=1`) of the way from the lower to the upper end of
/// a scale: quarters, so that 4 and 5 of 1 to 5 are strengths, 3 is a note, 2 minor, 1 major.
pub(crate) fn of_fraction(fraction: f64) -> Severity {
    match fraction {
        f if f >= 0.75 => Severity::Strength,
        f if f >= 0.5 => Severity::Note,
        f if f >= 0.25 => Severity::Minor,
        _ => Severity::Major,
    }
}

/// The severity of losing `share` (in `0..=1`) of a scale through one part of a response.
pub(crate) fn of_loss(share: f64) -> Severity {
    if share >= 0.1 { Severity::Major } else { Severity::Minor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_of_one_to_five() {
        let scale = rubrica_core::Scale::likert(1, 5);
        let of = |score| of_fraction(scale.normalise(score));
        assert_eq!([of(1.0), of(2.0), of(3.0)], [Severity::Major, Severity::Minor, Severity::Note]);
        assert_eq!([of(4.0), of(5.0)], [Severity::Strength; 2]);
        assert_eq!([of_loss(0.02), of_loss(0.2)], [Severity::Minor, Severity::Major]);
    }
}
