//! Dale-Chall score, over the caller's list of familiar words.
//!
//! E. Dale and J. S. Chall, "A formula for predicting readability", Educational Research Bulletin 27,
//! 1948.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{TokenSet, words};

/// Options of [`DaleChall`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DaleChallOptions {
    /// The words that count as easy, with their inflected forms; case does not matter. The list of
    /// Dale and Chall has 3000; none comes with the metric.
    pub familiar_words: Vec<String>,
}

/// 0.1579 times the percentage of difficult words + 0.0496 words a sentence, + 3.6365 where more than
/// 5 % of the words are difficult. Parts: `difficult_words`, `words`, `sentences`.
///
/// A word is difficult when the caller's list does not have it; numbers and names count too. Undefined
/// without a list, for a text without words, and for one whose letters are not mostly Latin. A corpus
/// score is computed from the counts of the whole corpus.
#[derive(Debug, Clone)]
pub struct DaleChall {
    familiar: TokenSet<String>,
}

impl Described for DaleChall {
    type Options = DaleChallOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "dale_chall",
        title: "Dale-Chall",
        family: Family::Readability,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: None,
        unit: Unit::Points,
        higher_is_better: None,
        source: "Dale and Chall, Educational Research Bulletin 27, 1948",
    };

    fn new(options: DaleChallOptions) -> Result<Self> {
        Ok(Self { familiar: options.familiar_words.iter().map(|word| plain(word)).collect() })
    }
}

impl Metric for DaleChall {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("list", format!("caller[{}]", self.familiar.len()))
    }

    /// `[words, sentences, difficult words, texts of other scripts]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let Some(counts) = segment.counts() else { return Ok(vec![0.0, 0.0, 0.0, 1.0]) };
        let difficult = words(segment.response).filter(|w| !self.familiar.contains(&plain(w)));
        Ok(vec![counts.words, counts.sentences, difficult.count() as f64, 0.0])
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (words, sentences, difficult) = (statistics[0], statistics[1], statistics[2]);
        if self.familiar.is_empty() {
            return MetricScore::undefined("no_word_list", "there is no list of familiar words");
        }
        if words == 0.0 {
            return if statistics[3] > 0.0 {
                MetricScore::undefined("other_script", "the text is not in Latin script")
            } else {
                MetricScore::undefined("no_words", "the text has no words")
            };
        }
        let percentage = 100.0 * difficult / words;
        let raised = if percentage > 5.0 { 3.6365 } else { 0.0 };
        let score = MetricScore::new(0.1579 * percentage + 0.0496 * words / sentences + raised)
            .with("difficult_words", difficult)
            .with("words", words)
            .with("sentences", sentences);
        if level == Level::Corpus && statistics[3] > 0.0 {
            score.with("undefined_segments", statistics[3])
        } else {
            score
        }
    }
}

fn plain(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}
