//! Metrics of rankings and of scores for labelled items.
//!
//! A segment holds one ranking, or the items of one query, as JSON in its texts:
//! - a ranking is a list of ids, best first, with the grades of what is relevant as its reference
//!   (`["d3", "d1"]` against `{"d1": 2, "d7": 1}`, or against `["d1", "d7"]` where each is 1); or the
//!   list of the grades themselves, best first (`[0, 2]`), with all grades there are as its reference
//!   (`[2, 1]`), or without one when the list has them all;
//! - scores are a list of numbers, with a list of as many labels, 0 or 1, as their reference.
//!
//! Anything else is refused with `bad_form`.
//!
//! ```
//! use rubrica_metrics::retrieval::{Gain, Ndcg, NdcgOptions};
//! use rubrica_metrics::{Described, MetricExt, Segment};
//!
//! let ndcg = Ndcg::new(NdcgOptions { gain: Gain::Linear, ..NdcgOptions::default() })?;
//! let score = ndcg.sentence(&Segment::new(r#"["b", "a"]"#, &[r#"{"a": 1}"#]))?;
//! assert!((score.value().unwrap_or(0.0) - 1.0 / 3f64.log2()).abs() < 1e-12);
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod auc;
mod average_precision;
mod formula;
mod gauc;
mod hit_at_k;
mod log_loss;
mod ndcg;
mod precision_at_k;
mod ranking;
mod recall_at_k;
mod reciprocal_rank;
mod scored;

pub use auc::Auc;
pub use average_precision::AveragePrecision;
pub use formula::{RankFormula, RankOptions, Ranked};
pub use gauc::{Gauc, GaucOptions, GroupWeight};
pub use hit_at_k::HitAtK;
pub use log_loss::LogLoss;
pub use ndcg::{Gain, Ndcg, NdcgOptions};
pub use precision_at_k::PrecisionAtK;
pub use ranking::Ranking;
pub use recall_at_k::RecallAtK;
pub use reciprocal_rank::ReciprocalRank;
pub use scored::{Scored, auc};

use crate::entry::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<Ndcg>(),
    Entry::text::<Ranked<AveragePrecision>>(),
    Entry::text::<Ranked<ReciprocalRank>>(),
    Entry::text::<Ranked<RecallAtK>>(),
    Entry::text::<Ranked<HitAtK>>(),
    Entry::text::<Ranked<PrecisionAtK>>(),
    Entry::text::<Auc>(),
    Entry::text::<Gauc>(),
    Entry::text::<LogLoss>(),
];
