//! Word and character error rate, equal to jiwer's but for white space other than a space.
//!
//! Its version 4.0.0 splits words at U+0020 alone, so that a tab, a line end or a no-break space is part of a
//! word there: "a\tb" against "a b" has a rate of 1. Here every white space parts words, as in `str.split` of
//! Python, and the rate is 0.
//!
//! Morris, Maier and Green, "From WER and RIL to MER and WIL: improved evaluation measures for
//! connected speech recognition", Interspeech 2004.

use rubrica_core::{Result, Signature, Tier};

use super::levenshtein::distance;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::{Vocabulary, is_python_space, tokens};

/// Insertions, deletions and replacements that turn the response into the reference, over the length
/// of the reference; of several references, the one with the lowest rate. `WORDS`: counted in words
/// between white space (`wer`), else in Unicode scalars of the trimmed text (`cer`). Parts: `edits`
/// and `reference_length`.
///
/// 0 is best, and there is no highest rate. Where all references are empty, the rate is the number of
/// insertions, as in jiwer. A corpus score is computed from the counts of the whole corpus. Texts
/// that would take too long are refused.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRate<const WORDS: bool>;

impl<const WORDS: bool> Described for ErrorRate<WORDS> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: if WORDS { "wer" } else { "cer" },
        title: if WORDS { "Word error rate" } else { "Character error rate" },
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: None,
        unit: Unit::Ratio,
        higher_is_better: Some(false),
        source: "Morris, Maier and Green, Interspeech 2004",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl<const WORDS: bool> Metric for ErrorRate<WORDS> {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
    }

    /// `[edits, reference length]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let mut best: Option<[f64; 2]> = None;
        for reference in references {
            let (a, b) = if WORDS {
                let mut vocabulary = Vocabulary::default();
                (vocabulary.ids(tokens(segment.response)), vocabulary.ids(tokens(reference)))
            } else {
                let mut vocabulary = Vocabulary::default();
                let mut ids =
                    |text: &str| vocabulary.ids(text.trim_matches(is_python_space).chars());
                (ids(segment.response), ids(reference))
            };
            let row = [distance(Self::INFO.id, &a, &b)? as f64, b.len() as f64];
            if best.is_none_or(|best| rate(&row) < rate(&best)) {
                best = Some(row);
            }
        }
        Ok(best.unwrap_or_default().to_vec())
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        MetricScore::new(rate(statistics))
            .with("edits", statistics[0])
            .with("reference_length", statistics[1])
    }
}

fn rate(row: &[f64]) -> f64 {
    row[0] / row[1].max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn every_white_space_parts_words() {
        for text in ["a\tb c", "a b\nc", "a\u{a0}b c", " a  b\r\nc "] {
            let score = ErrorRate::<true>.sentence(&Segment::new(text, &["a b c"]));
            assert_eq!(score.expect("has one").value(), Some(0.0), "{text:?}");
        }
    }

    #[test]
    fn the_nearest_reference_counts() {
        let segment = Segment::new("a b c", &["x y", "a b d e"]);
        let score = ErrorRate::<true>.sentence(&segment).expect("has references");
        assert_eq!((score.value(), score.parts["edits"]), (Some(0.5), 2.0));
        let score = ErrorRate::<false>.sentence(&Segment::new(" ab ", &["abc"])).expect("has one");
        assert_eq!(score.value(), Some(1.0 / 3.0));
    }
}
