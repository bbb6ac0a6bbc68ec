//! What readability formulas share: counts of a text, and the metric around a formula.

use std::marker::PhantomData;

use rubrica_core::{Result, Signature, Tier};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::{sentence_texts, syllables, words};

/// Counts of a text, or sums of them.
///
/// Tools count differently, and the formulas inherit that. Here a word is a UAX 29 word with a letter
/// or a digit (`well-known` is two, `don't` one), a sentence is one of [`crate::text::sentences`] (a heading or a
/// list item counts), letters and digits are counted without punctuation, and syllables are those of
/// [`syllables`]. `textstat` 0.7 counts `well-known` as one word, drops sentences of up to two words,
/// looks syllables up in CMUdict, and counts punctuation as characters in ARI.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Words.
    pub words: f64,
    /// Sentences that have words.
    pub sentences: f64,
    /// Syllables of all words.
    pub syllables: f64,
    /// Words of three and more syllables.
    pub polysyllables: f64,
    /// Letters of all words.
    pub letters: f64,
    /// Letters and digits of all words.
    pub characters: f64,
}

impl Counts {
    /// The counts of `text`.
    pub fn of(text: &str) -> Self {
        let mut counts = Self::default();
        for word in words(text) {
            let syllables = syllables(word);
            counts.words += 1.0;
            counts.syllables += syllables as f64;
            counts.polysyllables += f64::from(u8::from(syllables >= 3));
            counts.letters += word.chars().filter(|c| c.is_alphabetic()).count() as f64;
            counts.characters += word.chars().filter(|c| c.is_alphanumeric()).count() as f64;
        }
        let spoken = |sentence: &&str| sentence.chars().any(char::is_alphanumeric);
        counts.sentences = sentence_texts(text).iter().filter(|text| spoken(text)).count() as f64;
        counts
    }
}

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

/// True unless most letters of `text` are of another script than Latin.
pub(crate) fn is_mostly_latin(text: &str) -> bool {
    let (mut latin, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let is_latin = matches!(u32::from(c),
            0x41..=0x24F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xA720..=0xA7FF | 0xFB00..=0xFB06
            | 0xFF21..=0xFF5A);
        *(if is_latin { &mut latin } else { &mut other }) += 1;
    }
    latin >= other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Concrete;
    use crate::readability::FleschReadingEase;

    #[test]
    fn counts_of_a_text() {
        let counts = Counts::of("The cat can't sit. It's 3 well-known animals!\n");
        assert_eq!((counts.words, counts.sentences), (9.0, 2.0));
        assert_eq!((counts.syllables, counts.polysyllables), (11.0, 1.0));
        assert_eq!((counts.letters, counts.characters), (32.0, 33.0));
    }

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
