//! Lengths that an instruction states: "in at most 50 words", "write a 300-word essay", "two
//! paragraphs".

use std::sync::LazyLock;

use regex::{Captures, Regex};
use rubrica_metrics::text;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Words,
    Sentences,
    Paragraphs,
}

impl Unit {
    /// Numbers of these in `text`, in the ways to count them, the usual one first: "meat-free" is two
    /// words or one.
    pub(super) fn counts(self, text: &str) -> [f64; 2] {
        let spaced =
            || text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        let counts = match self {
            Self::Words => [text::words(text).count(), spaced()],
            Self::Sentences => [text::sentences(text).len(); 2],
            Self::Paragraphs => [text::paragraphs(text).len(); 2],
        };
        counts.map(|n| n as f64)
    }

    /// The singular.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Words => "word",
            Self::Sentences => "sentence",
            Self::Paragraphs => "paragraph",
        }
    }
}

/// Which lengths an instruction allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    AtLeast(usize),
    AtMost(usize),
    About(usize),
}

/// A length that an instruction states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) unit: Unit,
    pub(super) bound: Bound,
}

/// The lengths that `instruction` states for the response, each unit once.
///
/// Only phrases that speak of what is to be written: "this 500-word article" does not.
pub(super) fn stated_lengths(instruction: &str) -> Vec<Stated> {
    const NUMBER: &str =
        "(?<n>[0-9]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
    static BOUNDED: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = format!(
            r"(?ix)\b(?<kind> at\s+least | (?:a\s+)?minimum\s+of | more\s+than | no\s+fewer\s+than | no\s+less\s+than
            | at\s+most | no\s+more\s+than | up\s+to | under | within | fewer\s+than | less\s+than | (?:a\s+)?maximum\s+of
            | not\s+more\s+than | max(?:imum|\.)? | below | shorter\s+than | about | around | approximately | roughly
            | exactly | in | using )
            \s+{NUMBER}[\s-]+(?:\w+\s+)?(?<unit>word|sentence|paragraph)s?\b(?<after>\s+(?:article|text|passage|document|story|essay|email|letter))?"
        );
        Regex::new(&pattern).expect("a valid pattern")
    });
    static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = format!(
            r"(?ix)\b(?: write | compose | draft | produce | create | prepare | give | provide )\b
            [^.!?\n]{{0,40}}?\b{NUMBER}[\s-]+(?<unit>word|sentence|paragraph)s?\b"
        );
        Regex::new(&pattern).expect("a valid pattern")
    });
    let mut found: Vec<Stated> = Vec::new();
    let mut add = |stated: Option<Stated>| {
        if let Some(stated) = stated
            && found.iter().all(|f| f.unit != stated.unit)
        {
            found.push(stated);
        }
    };
    for captures in BOUNDED.captures_iter(instruction) {
        // "in 500-word articles" tells what the text at hand is.
        let about_input = captures.name("after").is_some() && captures[0].contains('-');
        if !about_input && !partial(instruction, &captures) {
            add(read(&captures, &captures["kind"].to_lowercase()));
        }
    }
    for captures in WRITTEN.captures_iter(instruction) {
        if !partial(instruction, &captures) {
            add(read(&captures, "about"));
        }
    }
    found
}

/// Whether a length is that of a part: "three ideas, each in at most 10 words".
fn partial(instruction: &str, captures: &Captures<'_>) -> bool {
    static PART: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:each|every|per|apiece|title|headline)\b").expect("a valid pattern")
    });
    // "The mode, and in one sentence what it tells": the sentence is not all that is asked for.
    static MORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:and|also|plus|then|first|definition)\b").expect("a valid pattern")
    });
    let Some(place) = captures.get(0) else { return false };
    let stops = |c: char| matches!(c, '.' | '!' | '?' | '\n' | ';');
    let from = instruction[..place.start()].rfind(stops).map_or(0, |at| at + 1);
    let rest = &instruction[place.end()..];
    let behind = rest.split(|c| stops(c) || c == ',').next().unwrap_or_default();
    let before = &instruction[from..place.start()];
    let sentence = captures.name("unit").is_some_and(|unit| unit.as_str().starts_with(['s', 'S']));
    PART.is_match(before) || PART.is_match(behind) || sentence && MORE.is_match(before)
}

fn read(captures: &Captures<'_>, kind: &str) -> Option<Stated> {
    let n = number(&captures["n"])?;
    let unit = match captures["unit"].to_lowercase().as_str() {
        "word" => Unit::Words,
        "sentence" => Unit::Sentences,
        _ => Unit::Paragraphs,
    };
    let kind = kind.split_whitespace().collect::<Vec<_>>().join(" ");
    let bound = match kind.trim_start_matches("a ") {
        "at least" | "minimum of" | "no fewer than" | "no less than" => Bound::AtLeast(n),
        "more than" => Bound::AtLeast(n + 1),
        "at most" | "no more than" | "not more than" | "up to" | "within" | "maximum of"
        | "max" | "max." | "maximum" => Bound::AtMost(n),
        "under" | "below" | "shorter than" | "fewer than" | "less than" => {
            Bound::AtMost(n.checked_sub(1)?)
        }
        _ => Bound::About(n),
    };
    Some(Stated { unit, bound })
}

fn number(text: &str) -> Option<usize> {
    const NAMES: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let named = NAMES.iter().position(|name| name.eq_ignore_ascii_case(text)).map(|i| i + 1);
    named.or_else(|| text.parse().ok()).filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(instruction: &str, expected: &[(Unit, Bound)]) {
        let found: Vec<(Unit, Bound)> =
            stated_lengths(instruction).into_iter().map(|s| (s.unit, s.bound)).collect();
        assert_eq!(found, expected, "{instruction}");
    }

    #[test]
    fn reads_common_phrases() {
        use Bound::{About, AtLeast, AtMost};
        use Unit::{Paragraphs, Sentences, Words};
        check("Explain it in at most 50 words.", &[(Words, AtMost(50))]);
        check("Write at least three paragraphs.", &[(Paragraphs, AtLeast(3))]);
        check("Write a 300-word essay about bees.", &[(Words, About(300))]);
        check("Answer in two sentences.", &[(Sentences, About(2))]);
        check(
            "Summarise in under 100 words, using 3 short sentences.",
            &[(Words, AtMost(99)), (Sentences, About(3))],
        );
        check("Write more than 20 words", &[(Words, AtLeast(21))]);
        check("Answer, max 20 words, in German.", &[(Words, AtMost(20))]);
        check("A minimum of 250 words is expected.", &[(Words, AtLeast(250))]);
    }

    #[test]
    fn leaves_other_numbers_alone() {
        check("Summarise this 500-word article.", &[]);
        check("What do 12 monkeys eat?", &[]);
        check("Count the words in the 3 sentences above.", &[]);
        check("Why are some words in one language only?", &[]);
        check("Three ideas, each in at most 10 words.", &[]);
        check("Name the mode and, in one sentence, say what it tells.", &[]);
        check("Four tips, max 12 words each.", &[]);
        check("", &[]);
    }

    #[test]
    fn counts_what_is_written() {
        let text = "One two three. Four!\n\nFive.";
        assert_eq!(Unit::Words.counts(text), [5.0; 2]);
        assert_eq!(Unit::Sentences.counts(text), [3.0; 2]);
        assert_eq!(Unit::Paragraphs.counts(text), [2.0; 2]);
        assert_eq!(Unit::Words.counts("Meat-free: treat – or not?"), [5.0, 4.0]);
    }
}
