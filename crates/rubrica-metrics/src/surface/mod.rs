//! Metrics of the response alone, or beside its source: lengths, variety, repetition, copying, and
//! markers of register.
//!
//! ```
//! use rubrica_metrics::surface::{Mtld, MtldOptions};
//! use rubrica_metrics::{Described, MetricExt, Segment};
//!
//! let mtld = Mtld::new(MtldOptions::default())?;
//! let score = mtld.sentence(&Segment::new("one two three one two three four", &[]))?;
//! assert!(score.value().is_some_and(|value| value > 1.0));
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod copy_ratio;
mod counts;
mod distinct;
mod extractive;
mod extractive_coverage;
mod extractive_density;
mod fragments;
mod hedging;
mod informality;
mod markers;
mod mtld;
mod novelty;
mod passive;
mod profanity;
mod quote_attribution;
mod repetition;
mod self_bleu;
mod sentiment;
mod sentiment_rules;
#[rustfmt::skip]
mod sentiment_words;
mod type_token_ratio;
mod words_per_sentence;

pub use copy_ratio::CopyRatio;
pub use counts::{Characters, Count, Counted, Paragraphs, Sentences, Words};
pub use distinct::{Distinct, TokenKind, TokenOptions};
pub use extractive::{Extractive, FragmentFormula};
pub use extractive_coverage::ExtractiveCoverage;
pub use extractive_density::ExtractiveDensity;
pub use hedging::{Hedging, hedges};
pub use informality::Informality;
pub use markers::{MarkerList, Markers};
pub use mtld::{Mtld, MtldOptions};
pub use novelty::{Novelty, NoveltyOptions};
pub use passive::Passive;
pub use profanity::Profanity;
pub use quote_attribution::{QuoteAttribution, QuoteAttributionOptions};
pub use repetition::{Repetition, RepetitionOptions};
pub use self_bleu::SelfBleu;
pub use sentiment::{EmojiWords, Lexicon, Sentiment, SentimentOptions};
pub use type_token_ratio::TypeTokenRatio;
pub use words_per_sentence::WordsPerSentence;

use crate::entry::Entry;

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
    Entry::text::<Mtld>(),
    Entry::text::<Repetition>(),
    Entry::text::<SelfBleu>(),
    Entry::text::<Novelty>(),
    Entry::text::<Extractive<ExtractiveCoverage>>(),
    Entry::text::<Extractive<ExtractiveDensity>>(),
    Entry::text::<Extractive<CopyRatio>>(),
    Entry::text::<QuoteAttribution>(),
    Entry::text::<Markers<Hedging>>(),
    Entry::text::<Markers<Informality>>(),
    Entry::text::<Markers<Profanity>>(),
    Entry::text::<Sentiment>(),
    Entry::text::<Passive>(),
];
