//! Why a statistic has no value.

/// Result with [`StatsError`].
pub type Result<T, E = StatsError> = std::result::Result<T, E>;

/// Why a statistic has no value. Each variant has a stable [`StatsError::code`].
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StatsError {
    /// Fewer values than the statistic needs.
    #[error("{what}: {found} values; expected at least {needed}")]
    TooFew {
        /// Which input.
        what: &'static str,
        /// Values there are.
        found: usize,
        /// Values that the statistic needs.
        needed: usize,
    },
    /// Two inputs that belong together differ in length.
    #[error("{left} has {left_len} values and {right} has {right_len}; expected as many in both")]
    LengthMismatch {
        /// The first input.
        left: &'static str,
        /// Its length.
        left_len: usize,
        /// The second input.
        right: &'static str,
        /// Its length.
        right_len: usize,
    },
    /// An input does not vary, and the statistic divides by its variation.
    #[error("{what}: all values are equal; expected at least two different ones")]
    Constant {
        /// Which input.
        what: &'static str,
    },
    /// Both classes are needed, and only one is there.
    #[error("{what}: only one class is there; expected {expected}")]
    OneClass {
        /// Which input.
        what: &'static str,
        /// The classes that are needed.
        expected: &'static str,
    },
    /// NaN or an infinity in the input.
    #[error("{what}[{index}]: value is not finite; expected a number")]
    NotFinite {
        /// Which input.
        what: &'static str,
        /// Position of the first such value.
        index: usize,
    },
    /// A value or option outside its range.
    #[error("{what}: {value} is out of range; expected {expected}")]
    OutOfRange {
        /// Which input, with its position where it has one.
        what: String,
        /// The value.
        value: f64,
        /// The range.
        expected: &'static str,
    },
    /// A class that is not among the given ones.
    #[error("{what}[{index}]: class is not among the given ones")]
    UnknownClass {
        /// Which input.
        what: &'static str,
        /// Its position.
        index: usize,
    },
    /// Nothing is left to count, such as when every pair is a tie and ties are left out.
    #[error("{what}: nothing to count; expected {expected}")]
    NothingToCount {
        /// Which input.
        what: &'static str,
        /// What would be countable.
        expected: &'static str,
    },
    /// Some models cannot be compared with the others, so that no finite ratings exist.
    #[error(
        "the models {reached:?} never {never} model {missing}, not even through others; expected wins or ties \
         both ways between any two groups of models"
    )]
    NotConnected {
        /// Models that hang together.
        reached: Vec<usize>,
        /// A model outside.
        missing: usize,
        /// What never happens between them: `beat or tied with`, or `lost to or tied with`.
        never: &'static str,
    },
    /// A key that may occur once occurs again, such as two ratings of one item by one rater.
    #[error("{what}[{index}]: given a second time; expected each once")]
    Duplicate {
        /// Which input.
        what: &'static str,
        /// Position of the second one.
        index: usize,
    },
    /// A fit came to no end within its steps.
    #[error("{what}: the fit does not settle; expected data that differ less in size")]
    Unsettled {
        /// What was fitted.
        what: &'static str,
    },
    /// The statistic was undefined on most resamples.
    #[error(
        "statistic is defined on {defined} of {replicates} resamples; expected at least half of them"
    )]
    Unstable {
        /// Resamples with a value.
        defined: usize,
        /// Resamples drawn.
        replicates: usize,
    },
}

impl StatsError {
    /// A stable identifier for programs. Codes are never reused for another meaning.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooFew { .. } => "too_few_values",
            Self::LengthMismatch { .. } => "length_mismatch",
            Self::Constant { .. } => "constant_input",
            Self::OneClass { .. } => "one_class",
            Self::NotFinite { .. } => "not_finite",
            Self::OutOfRange { .. } => "out_of_range",
            Self::UnknownClass { .. } => "unknown_class",
            Self::NothingToCount { .. } => "nothing_to_count",
            Self::NotConnected { .. } => "not_connected",
            Self::Duplicate { .. } => "duplicate_entry",
            Self::Unsettled { .. } => "not_settled",
            Self::Unstable { .. } => "unstable_statistic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_and_expected() {
        let error = StatsError::TooFew { what: "x", found: 1, needed: 2 };
        assert_eq!(error.to_string(), "x: 1 values; expected at least 2");
        assert_eq!(error.code(), "too_few_values");
    }
}
