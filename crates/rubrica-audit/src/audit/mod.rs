//! Audits: how far can judges and raters be trusted? All on recorded verdicts and ratings, with no
//! model present.

mod agreement;
mod double_pass;
mod figure;
mod judge;
mod judged_pair;
mod leaning;
mod measured;
mod seen;

pub use agreement::{
    AgreementOptions, AgreementReport, ItemRating, RatedValue, StratumAgreement, agreement,
};
pub use double_pass::DoublePassReport;
pub use figure::Figure;
pub use judge::{
    Calibration, JudgeAudit, JudgeAuditOptions, PositionBias, SourceAudit, audit_judge,
};
pub use judged_pair::{JudgedPair, VerdictTerms};
pub use leaning::{Leaning, LengthBias};
pub use measured::Measured;
