//! Audits: how far can a judge be trusted? All on recorded verdicts, with no model present.

mod figure;
mod judge;

pub use figure::Figure;
pub use judge::{
    Calibration, JudgeAudit, JudgeAuditOptions, JudgedPair, LengthBias, PositionBias, SourceAudit,
    VerdictTerms, audit_judge,
};
