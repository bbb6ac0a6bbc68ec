//! Audits: how far can a judge be trusted? All on recorded verdicts, with no model present.

mod figure;
mod judge;

pub use figure::Figure;
pub use judge::{
    JudgeAudit, JudgeAuditOptions, JudgedPair, LengthBias, PositionBias, VerdictTerms, audit_judge,
};
