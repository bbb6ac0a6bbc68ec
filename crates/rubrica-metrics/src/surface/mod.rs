//! Metrics of the response alone: lengths, variety, repetition.

mod counts;
mod distinct;
mod repetition;
mod type_token_ratio;
mod words_per_sentence;

pub use counts::{Characters, Count, Counted, Paragraphs, Sentences, Words};
pub use distinct::{Distinct, TokenKind, TokenOptions};
pub use repetition::{Repetition, RepetitionOptions};
pub use type_token_ratio::TypeTokenRatio;
pub use words_per_sentence::WordsPerSentence;

use crate::catalogue::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<Count<Characters>>(),
    Entry::text::<Count<Words>>(),
    Entry::text::<Count<Sentences>>(),
    Entry::text::<Count<Paragraphs>>(),
    Entry::text::<WordsPerSentence>(),
    Entry::text::<TypeTokenRatio>(),
    Entry::text::<Distinct<1>>(),
    Entry::text::<Distinct<2>>(),
    Entry::text::<Distinct<3>>(),
    Entry::text::<Repetition>(),
];
