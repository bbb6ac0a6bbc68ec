//! Passive voice, by rule, in English.
//!
//! R. Quirk et al., "A comprehensive grammar of the English language", Longman, 1985, section 3.63: a form of
//! "be" with a past participle. Without a parser that is a guess: see [`Passive`].

use rubrica_core::{Result, Signature, Tier};

use super::markers::lower_words;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::is_mostly_latin;
use crate::text::sentence_texts;

/// The share of sentences with a form of "be" or "get" and a past participle after it, 0 to 1. Parts:
/// `passives`, how many there are, and `sentences`.
///
/// Between the two may stand up to four of "not", "been", "being", adverbs, and pronouns ("was it done"). A participle ends in `ed` or
/// is one of a list of irregular ones; "is tired" and "was married" count too, though they describe a
/// state. Undefined without words and for text that is not mostly in Latin script; meaningless for other
/// languages than English. A corpus score is computed from the counts of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct Passive;

impl Described for Passive {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "passive",
        title: "Passive voice",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: None,
        source: "Quirk et al., A Comprehensive Grammar, 1985",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Metric for Passive {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("rules", "en/1")
    }

    /// `[sentences with a passive, passives, sentences, texts of other scripts]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        if !is_mostly_latin(segment.response) {
            return Ok(vec![0.0, 0.0, 0.0, 1.0]);
        }
        let (mut with, mut passives, mut sentences) = (0.0, 0.0, 0.0);
        for sentence in sentence_texts(segment.response) {
            let words = lower_words(sentence);
            let found = count(&words) as f64;
            with += f64::from(u8::from(found > 0.0));
            passives += found;
            sentences += f64::from(u8::from(!words.is_empty()));
        }
        Ok(vec![with, passives, sentences, 0.0])
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (with, passives, sentences) = (statistics[0], statistics[1], statistics[2]);
        let other_scripts = statistics[3];
        if sentences == 0.0 {
            return if other_scripts > 0.0 {
                MetricScore::undefined("other_script", "the text is not in Latin script")
            } else {
                MetricScore::undefined("no_words", "the text has no words")
            };
        }
        let score = MetricScore::new(with / sentences)
            .with("passives", passives)
            .with("sentences", sentences);
        if level == Level::Corpus && other_scripts > 0.0 {
            score.with("undefined_segments", other_scripts)
        } else {
            score
        }
    }
}

/// Forms of "be" and "get" with a participle after them.
fn count(words: &[String]) -> usize {
    let mut passives = 0;
    let mut rest = words;
    while let Some(at) = rest.iter().position(|word| is_auxiliary(word)) {
        rest = &rest[at + 1..];
        let between = rest.iter().take(4).take_while(|word| may_stand_between(word)).count();
        if rest.get(between).is_some_and(|word| is_participle(word)) {
            passives += 1;
            rest = &rest[between + 1..];
        }
    }
    passives
}

fn is_auxiliary(word: &str) -> bool {
    let forms = [
        "am", "are", "be", "been", "being", "get", "gets", "getting", "got", "is", "was", "were",
        "isn't", "aren't", "wasn't", "weren't", "it's", "i'm", "that's", "they're", "we're",
        "you're", "he's", "she's",
    ];
    forms.contains(&word)
}

fn may_stand_between(word: &str) -> bool {
    let words = [
        "already", "also", "always", "been", "being", "ever", "he", "i", "it", "never", "not",
        "now", "often", "she", "still", "they", "we", "yet", "you",
    ];
    words.contains(&word) || (word.len() > 4 && word.ends_with("ly"))
}

fn is_participle(word: &str) -> bool {
    let regular = word.len() > 3 && word.ends_with("ed");
    (regular && !NOT_PARTICIPLES.contains(&word)) || IRREGULAR.binary_search(&word).is_ok()
}

/// Words in `ed` that are none.
const NOT_PARTICIPLES: &[&str] = &[
    "biped", "bleed", "breed", "creed", "deed", "embed", "exceed", "feed", "fled", "greed", "heed",
    "hundred", "indeed", "kindred", "naked", "need", "proceed", "reed", "sacred", "seed", "shed",
    "sled", "speed", "steed", "succeed", "weed", "wicked",
];

/// Past participles that do not end in `ed`, sorted.
const IRREGULAR: &[&str] = &[
    "beaten",
    "begun",
    "bitten",
    "blown",
    "born",
    "borne",
    "bought",
    "bound",
    "broken",
    "brought",
    "built",
    "burnt",
    "caught",
    "chosen",
    "cut",
    "dealt",
    "done",
    "drawn",
    "driven",
    "eaten",
    "fallen",
    "fed",
    "felt",
    "forbidden",
    "forgotten",
    "fought",
    "found",
    "frozen",
    "given",
    "grown",
    "heard",
    "held",
    "hidden",
    "hit",
    "hung",
    "hurt",
    "kept",
    "known",
    "laid",
    "led",
    "left",
    "lent",
    "lost",
    "made",
    "meant",
    "met",
    "mistaken",
    "paid",
    "proven",
    "put",
    "read",
    "ridden",
    "run",
    "said",
    "seen",
    "sent",
    "set",
    "shaken",
    "shot",
    "shown",
    "shut",
    "sold",
    "spent",
    "split",
    "spoken",
    "spread",
    "stolen",
    "struck",
    "stuck",
    "sung",
    "sworn",
    "swung",
    "taken",
    "taught",
    "thought",
    "thrown",
    "told",
    "torn",
    "understood",
    "won",
    "worn",
    "woven",
    "written",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_the_passive() {
        assert!(IRREGULAR.windows(2).all(|pair| pair[0] < pair[1]));
        for (sentence, passives) in [
            ("The ball was kicked by Tom.", 1),
            ("It has not yet been done, but it will be carefully written.", 2),
            ("It's being built and was never really used.", 2),
            ("Tom kicked the ball and is happy.", 0),
            ("There are a hundred. Is indeed so.", 0),
            ("He got hurt.", 1),
            ("She has been there.", 0),
        ] {
            assert_eq!(count(&lower_words(sentence)), passives, "{sentence}");
        }
    }
}
