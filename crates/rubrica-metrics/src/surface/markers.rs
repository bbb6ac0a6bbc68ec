//! The metric around a list of English words and phrases that mark something.

use std::marker::PhantomData;

use rubrica_core::{Result, Signature, Tier};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::is_mostly_latin;
use crate::text::words;

/// Longest phrase of a list, in words.
const LONGEST: usize = 4;

/// Words and phrases that mark something.
pub trait MarkerList: Send + Sync {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// Where the list comes from.
    const SOURCE: &'static str;
    /// Version of the list, for signatures.
    const VERSION: &'static str;
    /// Words and phrases of up to four words in small letters, sorted.
    const PHRASES: &'static [&'static str];

    /// True of a word that is a marker by its form.
    fn is_marker(_word: &str) -> bool {
        false
    }
}

/// Markers per 100 words of the response, 0 to 100. Parts: `markers`, `words`.
///
/// The list is short and English, so the score compares texts of one kind; it is no measure of what a
/// text means. Where phrases overlap, the longest from the left counts. Undefined without words and
/// for text that is not mostly in Latin script. A corpus score is computed from the counts of the whole
/// corpus.
#[derive(Debug, Clone, Copy)]
pub struct Markers<L>(PhantomData<L>);

impl<L: MarkerList> Described for Markers<L> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: L::ID,
        title: L::TITLE,
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(100.0),
        unit: Unit::Percent,
        higher_is_better: None,
        source: L::SOURCE,
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<L: MarkerList> Metric for Markers<L> {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(L::ID).with("list", L::VERSION)
    }

    /// `[markers, words, texts of other scripts]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        if !is_mostly_latin(segment.response) {
            return Ok(vec![0.0, 0.0, 1.0]);
        }
        let words = lower_words(segment.response);
        Ok(vec![count::<L>(&words) as f64, words.len() as f64, 0.0])
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (markers, words, other_scripts) = (statistics[0], statistics[1], statistics[2]);
        if words == 0.0 {
            return if other_scripts > 0.0 {
                MetricScore::undefined("other_script", "the text is not in Latin script")
            } else {
                MetricScore::undefined("no_words", "the text has no words")
            };
        }
        let score =
            MetricScore::new(100.0 * markers / words).with("markers", markers).with("words", words);
        if level == Level::Corpus && other_scripts > 0.0 {
            score.with("undefined_segments", other_scripts)
        } else {
            score
        }
    }
}

/// The words of `text` in small letters, with straight apostrophes.
pub(super) fn lower_words(text: &str) -> Vec<String> {
    words(text).map(|word| word.to_lowercase().replace('’', "'")).collect()
}

/// Markers among `words`.
pub(super) fn count<L: MarkerList>(words: &[String]) -> usize {
    let (mut markers, mut at) = (0, 0);
    while at < words.len() {
        let longest = LONGEST.min(words.len() - at);
        let phrase = (1..=longest).rev().find(|length| {
            let phrase = words[at..at + length].join(" ");
            L::PHRASES.binary_search(&phrase.as_str()).is_ok()
        });
        let length = phrase.or_else(|| L::is_marker(&words[at]).then_some(1));
        markers += usize::from(length.is_some());
        at += length.unwrap_or(1);
    }
    markers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::{Hedging, Informality, Profanity};

    fn check_list<L: MarkerList>() {
        assert!(L::PHRASES.windows(2).all(|pair| pair[0] < pair[1]), "{}: not sorted", L::ID);
        for phrase in L::PHRASES {
            assert_eq!(lower_words(phrase).join(" "), *phrase, "{}", L::ID);
            assert!(phrase.split(' ').count() <= LONGEST, "{}: {phrase}", L::ID);
        }
    }

    #[test]
    fn lists_are_sorted_and_can_match() {
        check_list::<Hedging>();
        check_list::<Informality>();
        check_list::<Profanity>();
    }

    #[test]
    fn the_longest_phrase_counts_once() {
        let words = lower_words("It is more or less done, I think, perhaps.");
        assert_eq!(count::<Hedging>(&words), 3);
    }
}
