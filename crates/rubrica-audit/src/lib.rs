//! Recorded judgments, and what they say with no model present: leaderboards, audits of judges and raters,
//! reports after published evaluation protocols.
//!
//! Rows are read by [`records`], in our own shape and in those that others publish.

mod audit;
mod error;
pub mod leaderboard;
pub mod records;
pub mod reports;
mod shapes;

pub use audit::{
    AgreementOptions, AgreementReport, Calibration, DoublePassReport, Figure, ItemRating,
    JudgeAudit, JudgeAuditOptions, JudgedPair, Leaning, LengthBias, Measured, PositionBias,
    RatedValue, SourceAudit, StratumAgreement, VerdictTerms, agreement, audit_judge,
};
pub use error::AuditError;
