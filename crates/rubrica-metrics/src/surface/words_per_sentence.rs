//! Mean sentence length.

use rubrica_core::{Result, Signature, Tier};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::{sentences, words};

/// Words a sentence, undefined for a text without words. A corpus score is computed from the counts
/// of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct WordsPerSentence;

impl Described for WordsPerSentence {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "words_per_sentence",
        title: "Words per sentence",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: None,
        unit: Unit::Count,
        higher_is_better: None,
        source: "Unicode Standard Annex 29",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Metric for WordsPerSentence {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id)
    }

    /// `[words, sentences]`; zeros for a text without words.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let words = words(segment.response).count();
        let sentences = if words == 0 { 0 } else { sentences(segment.response).len() };
        Ok(vec![words as f64, sentences as f64])
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        if statistics[1] == 0.0 {
            return MetricScore::undefined("no_words", "the text has no words");
        }
        MetricScore::new(statistics[0] / statistics[1])
    }
}
