//! Sentiment of English text by the rules of VADER.
//!
//! C. Hutto and E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social
//! media text", ICWSM 2014; rules of vaderSentiment 3.3.2. Its lexicon of 7,500 words is too large to
//! build in: hand over its text as an option and scores equal the tool's, but for its rounding and for
//! apostrophes that are not straight ("don’t"), which the tool does not take for ones.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::sentiment_rules::{Word, valences};
use super::sentiment_words::own;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::is_mostly_latin;
use crate::text::{TokenMap, is_ascii_punctuation, number, tokens};

/// Valences by word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected an object of words, or the text of vader_lexicon.txt")]
pub enum Lexicon {
    /// Each word or emoticon, in small letters, with its valence, −4 to 4.
    Words(BTreeMap<String, f64>),
    /// The text of `vader_lexicon.txt`: a line a word, tab, valence; what follows is not read.
    Text(String),
}

/// Words by emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected an object of emoji, or the text of emoji_utf8_lexicon.txt")]
pub enum EmojiWords {
    /// Each emoji with the words that stand for it.
    Words(BTreeMap<String, String>),
    /// The text of `emoji_utf8_lexicon.txt`: a line an emoji, tab, words.
    Text(String),
}

/// Options of [`Sentiment`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentOptions {
    /// The lexicon; without it a short one of our own, which misses most rare words.
    pub lexicon: Option<Lexicon>,
    /// What emoji are read as; without it they are neutral.
    pub emoji: Option<EmojiWords>,
}

/// The compound score, −1 (bad) to 1 (good). Parts: `positive`, `neutral` and `negative`, shares of the
/// text that sum to 1, and `known_words`, how many words the lexicon has.
///
/// Undefined without words, and for a text of another script in which the lexicon knows nothing; the
/// tool gives 0 there. The corpus score is the mean over segments.
#[derive(Debug, Clone)]
pub struct Sentiment {
    lexicon: Option<TokenMap<String, f64>>,
    emoji: TokenMap<char, String>,
    given_emoji: bool,
}

impl Described for Sentiment {
    type Options = SentimentOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "sentiment",
        title: "Sentiment",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(-1.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: None,
        source: "Hutto and Gilbert, VADER, ICWSM 2014",
    };

    fn new(options: SentimentOptions) -> Result<Self> {
        let lexicon = match options.lexicon {
            None => None,
            Some(Lexicon::Words(words)) => Some(words.into_iter().collect()),
            Some(Lexicon::Text(text)) => {
                let valued = |(word, valence): (String, String)| Some((word, number(&valence)?));
                let lines = lines(&text, "lexicon", "word, tab, valence", valued)?;
                Some(lines.into_iter().collect::<TokenMap<String, f64>>())
            }
        };
        if let Some((word, valence)) =
            lexicon.iter().flatten().find(|(_, valence)| !(-4.0..=4.0).contains(*valence))
        {
            let problem = format!("is {valence}");
            return Err(Error::invalid(format!("lexicon.{word}"), problem, "-4 to 4"));
        }
        let emoji = match options.emoji {
            None => None,
            Some(EmojiWords::Words(words)) => Some(words.into_iter().collect::<Vec<_>>()),
            Some(EmojiWords::Text(text)) => Some(lines(&text, "emoji", "emoji, tab, words", Some)?),
        };
        // Like the tool, only emoji of one scalar are found.
        let single = |(emoji, words): (String, String)| {
            let mut scalars = emoji.chars();
            let first = scalars.next()?;
            scalars.next().is_none().then_some((first, words))
        };
        let given_emoji = emoji.is_some();
        let emoji = emoji.into_iter().flatten().filter_map(single).collect();
        Ok(Self { lexicon, emoji, given_emoji })
    }
}

/// The lines of a lexicon, as `read` reads their first two columns.
fn lines<T>(
    text: &str,
    option: &str,
    expected: &'static str,
    read: impl Fn((String, String)) -> Option<T>,
) -> Result<Vec<T>> {
    let columns = |line: &str| {
        let (word, rest) = line.trim_end_matches('\r').split_once('\t')?;
        let second = rest.split('\t').next().unwrap_or(rest);
        read((word.to_owned(), second.trim().to_owned()))
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(i, line): (usize, &str)| {
        let invalid =
            || Error::invalid(format!("{option}: line {}", i + 1), "is malformed", expected);
        columns(line).ok_or_else(invalid)
    };
    lines.map(read).collect()
}

impl Averaged for Sentiment {
    const VALUES: &'static [&'static str] =
        &["compound", "positive", "neutral", "negative", "known_words"];
    const UNDEFINED: (&'static str, &'static str) =
        ("no_words", "the text has no words of a language that the lexicon knows");

    fn sign(&self, signature: Signature) -> Signature {
        let lexicon = self.lexicon.as_ref();
        signature
            .with(
                "lexicon",
                lexicon.map_or("en/1".into(), |words| format!("given/{}", words.len())),
            )
            .with("emoji", if self.given_emoji { "given" } else { "none" })
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let text = self.with_emoji_read(segment.response);
        let text = text.trim();
        let words: Vec<Word> = tokens(text).map(|token| self.word(token)).collect();
        let known = words.iter().filter(|word| word.valence.is_some()).count();
        let is_text = words.iter().any(|word| word.lower.chars().any(char::is_alphanumeric));
        if known == 0 && !(is_text && is_mostly_latin(text)) {
            return Ok(None);
        }
        let [compound, positive, neutral, negative] = weigh(&valences(&words), emphasis(text));
        Ok(Some(vec![compound, positive, neutral, negative, known as f64]))
    }
}

impl Sentiment {
    /// `text` with the words of each emoji in its place.
    fn with_emoji_read(&self, text: &str) -> String {
        let mut read = String::with_capacity(text.len());
        let mut after_space = true;
        for c in text.chars() {
            match self.emoji.get(&c) {
                Some(words) => {
                    if !after_space {
                        read.push(' ');
                    }
                    read.push_str(words);
                    after_space = false;
                }
                None => {
                    read.push(c);
                    after_space = c == ' ';
                }
            }
        }
        read
    }

    /// A token without the punctuation at its ends, unless it is an emoticon: then two scalars at most
    /// are left.
    fn word(&self, token: &str) -> Word {
        let bare = token.trim_matches(is_ascii_punctuation);
        let bare = if bare.chars().nth(2).is_none() { token } else { bare };
        let mut lower = bare.to_lowercase();
        if !self.knows(&lower) {
            lower = with_straight_apostrophes(lower);
        }
        let capitals =
            bare.chars().any(char::is_uppercase) && !bare.chars().any(char::is_lowercase);
        let valence = self.valence(&lower);
        Word { lower, capitals, valence }
    }

    fn valence(&self, lower: &str) -> Option<f64> {
        match &self.lexicon {
            Some(lexicon) => lexicon.get(lower).copied(),
            None => own(lower),
        }
    }

    fn knows(&self, lower: &str) -> bool {
        self.valence(lower).is_some()
    }
}

/// `word` with straight apostrophes between its letters, so that "don’t" is a negation as "don't" is.
fn with_straight_apostrophes(word: String) -> String {
    const APOSTROPHES: [char; 8] = ['’', '‘', 'ʼ', '′', '´', '`', '＇', '‛'];
    if !word.contains(APOSTROPHES) {
        return word;
    }
    let chars: Vec<char> = word.chars().collect();
    let letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
    let straight = |(at, c): (usize, &char)| {
        let inside = at > 0 && letter(at - 1) && letter(at + 1);
        if inside && APOSTROPHES.contains(c) { '\'' } else { *c }
    };
    chars.iter().enumerate().map(straight).collect()
}

/// What exclamation and question marks add.
fn emphasis(text: &str) -> f64 {
    let count = |mark| text.matches(mark).count();
    let questions = match count('?') {
        0 | 1 => 0.0,
        few @ (2 | 3) => few as f64 * 0.18,
        _ => 0.96,
    };
    count('!').min(4) as f64 * 0.292 + questions
}

/// Compound score and the shares of positive, neutral and negative.
fn weigh(valences: &[f64], emphasis: f64) -> [f64; 4] {
    let mut sum: f64 = valences.iter().sum();
    if sum != 0.0 {
        sum += emphasis.copysign(sum);
    }
    let compound = (sum / (sum * sum + 15.0).sqrt()).clamp(-1.0, 1.0);
    // A word counts one more than its valence, as a neutral one counts one.
    let mut positive: f64 = valences.iter().filter(|v| **v > 0.0).map(|v| v + 1.0).sum();
    let mut negative: f64 = valences.iter().filter(|v| **v < 0.0).map(|v| 1.0 - v).sum();
    let neutral = valences.iter().filter(|v| **v == 0.0).count() as f64;
    if positive > negative {
        positive += emphasis;
    } else if positive < negative {
        negative += emphasis;
    }
    let total = positive + negative + neutral;
    [compound, positive / total, neutral / total, negative / total]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;
    use serde_json::json;

    fn score(options: serde_json::Value, text: &str) -> Option<f64> {
        let options = crate::options::read(&options).expect("valid");
        let metric = Sentiment::new(options).expect("valid");
        metric.sentence(&Segment::new(text, &[])).expect("any text").value()
    }

    #[test]
    fn a_lexicon_may_be_the_text_of_a_file() {
        let text = "blah\t2.5\t0.9\t[1, 2]\r\n\nugh\t-3\n";
        let given = score(json!({"lexicon": text, "emoji": "🎉\tblah\n"}), "so ugh 🎉");
        let same = json!({"lexicon": {"blah": 2.5, "ugh": -3}, "emoji": {"🎉": "blah"}});
        assert_eq!(given, score(same, "so ugh 🎉"));
        assert!(given.expect("defined") < 0.0);
        let read = |options| crate::options::read(&options).and_then(Sentiment::new);
        let error = read(json!({"lexicon": "good\t2\nbad"})).expect_err("no valence");
        assert_eq!(error.path(), Some("lexicon: line 2"));
        let error = read(json!({"lexicon": {"good": 9.5}})).expect_err("too much");
        assert_eq!(error.path(), Some("lexicon.good"));
    }

    #[test]
    fn apostrophes_of_all_kinds_negate() {
        for text in [
            "I don’t like it",
            "I donʼt like it",
            "I DON’T like it",
            "It isn′t good",
            "They can＇t help",
        ] {
            let straight = text.replace(['’', 'ʼ', '′', '＇'], "'");
            let found = score(json!(null), text);
            assert_eq!(found, score(json!(null), &straight), "{text}");
            assert!(found.expect("defined") < 0.0, "{text}");
        }
        let own = json!({"lexicon": {"rock’n’roll": 3.0}});
        assert!(score(own, "rock’n’roll").expect("defined") > 0.0);
    }

    #[test]
    fn what_is_not_understood_is_undefined() {
        assert_eq!(score(json!(null), "这很好"), None);
        assert_eq!(score(json!(null), "..."), None);
        assert_eq!(score(json!(null), "A chair."), Some(0.0));
    }
}
