//! What can go wrong in fitting.

/// Result with [`TrainError`].
pub type Result<T, E = TrainError> = std::result::Result<T, E>;

/// Fitting failed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// Lengths of the parts of a data set differ.
    #[error("{what} has {found} entries; expected {expected}")]
    Length {
        /// Which part.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length of the others.
        expected: usize,
    },
    /// Too little data to fit and to validate.
    #[error("{found} {what}; expected at least {expected}")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        expected: usize,
    },
    /// The loss left the numbers.
    #[error("loss is {loss} in epoch {epoch}; expected a finite number (lower the learning rate)")]
    Diverged {
        /// The loss.
        loss: f64,
        /// Where.
        epoch: usize,
    },
    /// A checkpoint could not be written, or does not fit the run.
    #[error("checkpoint: {0}")]
    Checkpoint(String),
    /// The caller cancelled.
    #[error(transparent)]
    Core(#[from] rubrica_core::Error),
}
