//! Text metrics and verifiable checks.
//!
//! A [`Metric`] turns a [`Segment`] (a response with its references) into additive statistics and
//! computes scores from their sums, for one segment or for a corpus. [`catalogue()`] lists all metrics,
//! [`metric()`] makes one from its id and options. Metrics over an encoder's vectors are in
//! [`semantic`], those over a language model's log-probabilities in [`likelihood`], yes-or-no requirements in [`check`], the segmentation that all share in [`text`].
//!
//! Scores keep the range of the reference tool of their metric: BLEU and chrF run to 100, ROUGE to 1.
//! A score that does not exist is undefined with a reason; it is never NaN.
//!
//! Errors are [`rubrica_core::Error`]s. Besides its codes there are `missing_reference`,
//! `missing_context`, `missing_instruction`, `bad_form`, `texts_too_long`, `embedding_shape`,
//! `bad_likelihood` and, in a build without the feature `checks`, `no_patterns`.
//!
//! ```
//! use rubrica_metrics::{Segment, metric};
//! use serde_json::json;
//!
//! let bleu = metric("bleu", &json!({"lowercase": true}))?;
//! let segment = Segment::new("The cat sat on the mat.", &["the cat sat on a mat."]);
//! let score = bleu.sentence(&segment)?;
//! assert!((score.value().unwrap_or(0.0) - 48.89).abs() < 0.01);
//! # Ok::<(), rubrica_core::Error>(())
//! ```
//!
//! Where the metric is known beforehand, its type takes typed options:
//!
//! ```
//! use rubrica_metrics::overlap::{Bleu, BleuOptions, Smoothing};
//! use rubrica_metrics::{Described, MetricExt, Segment};
//!
//! let options = BleuOptions { smooth_method: Smoothing::Floor, ..BleuOptions::default() };
//! let bleu = Bleu::new(options)?;
//! let segments = [
//!     Segment::new("The cat sat on the mat.", &["the cat sat on a mat."]),
//!     Segment::new("It rained all night.", &["It rained all through the night."]),
//! ];
//! let corpus = bleu.corpus(&segments)?;
//! assert!((corpus.value().unwrap_or(0.0) - 18.52).abs() < 0.01);
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod averaged;
mod catalogue;
#[cfg(feature = "checks")]
pub mod check;
#[rustfmt::skip]
mod default_options;
mod entry;
mod error;
mod info;
pub mod likelihood;
mod metric;
pub mod objective;
mod options;
pub mod overlap;
mod parallel;
pub mod readability;
#[rustfmt::skip]
mod reference_tools;
pub mod retrieval;
mod segment;
pub mod semantic;
pub mod surface;
pub mod text;

pub use catalogue::{AnyMetric, any_metric, catalogue, default_options, metric};
pub use info::{Family, MetricInfo, Needs, ReferenceTool, Unit, reference_tool};
pub use metric::{Described, Level, Metric, MetricExt, MetricScore};
pub use options::NoOptions;
pub use parallel::each_row;
pub use segment::Segment;
