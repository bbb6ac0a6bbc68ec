//! What readability formulas share: the metric around a formula.

use std::marker::PhantomData;

use rubrica_core::{Result, Signature, Tier};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::Counts;

/// A readability formula.
pub trait Formula: Send + Sync {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// Unit of the score.
    const UNIT: Unit;
    /// Where the formula comes from.
    const SOURCE: &'static str;

    /// The score for counts with at least one word and one sentence.
    fn compute(counts: &Counts) -> f64;
}

/// The score of a formula. Parts: the counts that it was computed from.
///
/// Undefined for a text without words, and for one whose letters are not mostly Latin: the formulas
/// were fitted on English, and on other languages in Latin script they are a rough guide at most. A
/// corpus score is computed from the counts of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct Readability<F>(PhantomData<F>);

impl<F: Formula> Described for Readability<F> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: F::ID,
        title: F::TITLE,
        family: Family::Readability,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: None,
        high: None,
        unit: F::UNIT,
        higher_is_better: None,
        source: F::SOURCE,
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<F: Formula> Metric for Readability<F> {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("syl", "rules/1")
    }

    /// `[words, sentences, syllables, polysyllables, letters, characters, texts of other scripts]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let Some(c) = segment.counts() else {
            return Ok(vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        };
        Ok(vec![c.words, c.sentences, c.syllables, c.polysyllables, c.letters, c.characters, 0.0])
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let counts = Counts {
            words: statistics[0],
            sentences: statistics[1],
            syllables: statistics[2],
            polysyllables: statistics[3],
            letters: statistics[4],
            characters: statistics[5],
        };
        let other_scripts = statistics[6];
        if counts.words == 0.0 {
            return if other_scripts > 0.0 {
                MetricScore::undefined("other_script", "the text is not in Latin script")
            } else {
                MetricScore::undefined("no_words", "the text has no words")
            };
        }
        let score = MetricScore::new(F::compute(&counts))
            .with("words", counts.words)
            .with("sentences", counts.sentences)
            .with("syllables", counts.syllables)
            .with("polysyllables", counts.polysyllables)
            .with("letters", counts.letters)
            .with("characters", counts.characters);
        if level == Level::Corpus && other_scripts > 0.0 {
            score.with("undefined_segments", other_scripts)
        } else {
            score
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;
    use crate::readability::FleschReadingEase;

    #[test]
    fn other_scripts_and_empty_texts_have_no_score() {
        let metric = Readability::<FleschReadingEase>::new(NoOptions {}).expect("valid");
        let reason = |text| {
            let score = metric.sentence(&Segment::new(text, &[])).expect("needs nothing").score;
            match score {
                rubrica_core::Score::Undefined(reason) => reason.code,
                rubrica_core::Score::Defined(value) => panic!("{text:?} has the score {value}"),
            }
        };
        assert_eq!(reason(" !? "), "no_words");
        assert_eq!(reason("Это по-русски."), "other_script");
        let segments = ["It is. ", "Это", ""].map(|text| Segment::new(text, &[]));
        let score = metric.corpus(&segments).expect("needs nothing");
        assert_eq!(score.parts["undefined_segments"], 1.0);
        assert_eq!(score.parts["words"], 2.0);
    }
}
