//! Answers that are right or wrong by rule: extraction, comparison, and success over several tries.
//!
//! A response is what a model wrote: a metric finds the answer in it by [`Extract`], and an answer
//! that it cannot find is wrong, never an error. A reference is the caller's: one that the metric
//! cannot read is refused with `bad_form`.
//!
//! ```
//! use rubrica_metrics::objective::{NumericMatch, NumericMatchOptions};
//! use rubrica_metrics::{Described, MetricExt, Segment};
//!
//! let exact = NumericMatch::new(NumericMatchOptions::default())?;
//! let score = exact.sentence(&Segment::new("So the answer is 8,000.", &["8000"]))?;
//! assert_eq!(score.value(), Some(1.0));
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod answer_match;
mod choice;
mod cues;
mod extract;
mod figures;
mod items;
mod maj_at_k;
mod math;
mod multiple_choice;
mod numbers;
mod numeric_match;
mod ordering;
mod pass_at_k;
mod pattern;
mod quantity;
mod selective;
mod set_jaccard;
mod staged_success;
mod table_join_f1;
mod true_false;
mod verdict;

pub use answer_match::{AnswerMatch, AnswerMatchOptions, Likeness};
pub use extract::{Extract, Extractor};
#[cfg(feature = "checks")]
pub(crate) use figures::NUMBERS;
pub use figures::{Figure, Figures, figures};
pub use items::items;
pub use maj_at_k::{MajAtK, MajAtKOptions};
pub use multiple_choice::{MultipleChoice, MultipleChoiceOptions};
pub use numeric_match::{NumericMatch, NumericMatchOptions, UnitRule};
pub use ordering::{Ordering, OrderingOptions};
pub use pass_at_k::{PassAtK, PassAtKOptions, pass_at_k};
pub use quantity::Quantity;
pub use selective::{Selective, SelectiveOptions};
pub use set_jaccard::{SetJaccard, SetJaccardOptions};
pub use staged_success::StagedSuccess;
pub use table_join_f1::{TableJoinF1, TableJoinF1Options};
pub use true_false::{TrueFalse, TrueFalseOptions};

use crate::entry::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<AnswerMatch>(),
    Entry::text::<MultipleChoice>(),
    Entry::text::<TrueFalse>(),
    Entry::text::<NumericMatch>(),
    Entry::text::<Ordering>(),
    Entry::text::<TableJoinF1>(),
    Entry::text::<SetJaccard>(),
    Entry::text::<Selective>(),
    Entry::text::<StagedSuccess>(),
    Entry::text::<PassAtK>(),
    Entry::text::<MajAtK>(),
];
