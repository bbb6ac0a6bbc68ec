//! Opinion scores: many people score many items, and a metric is held to their mean.
//!
//! The habits are those of quality tests of pictures and speech (ITU-R BT.500; VE-Bench): opinion
//! scores put on one scale by rater, unsteady raters screened out, and a metric compared with the
//! means after a curve that takes its scale to theirs.

mod logistic;
mod mos;
mod report;
mod screening;

pub use logistic::Logistic;
pub use mos::{MeanOpinion, OpinionOptions, OpinionScores, mean_opinion_scores, z_scores};
pub use report::{Mapping, MetricReport, metric_report};
pub use screening::{Observer, Screening, screen_observers};
