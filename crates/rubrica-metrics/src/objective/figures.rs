//! The numbers of a text where they stand, in figures and in English words.

use std::borrow::Cow;
use std::ops::Range;

use super::math::plain;
use super::numbers::{CURRENCIES, numbers};

/// A number of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Where it stands in [`Figures::text`], in bytes; with its sign and its "million".
    pub range: Range<usize>,
    /// What it is worth.
    pub value: f64,
    /// What one step of its last written digit is worth: 0.1 of `2.5`, 100,000 of `2.5 million`; 0.01 of a
    /// fraction.
    pub step: f64,
    /// Written in words.
    pub spelt: bool,
}

/// The numbers of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures<'a> {
    /// The text as its numbers are read: digits of all scripts in ASCII, fractions as `a/b`, powers as
    /// `^n`. Borrowed where that changes nothing.
    pub text: Cow<'a, str>,
    /// The numbers, from left to right.
    pub found: Vec<Figure>,
}

/// The numbers of `text` in all spellings that [`Quantity`](super::Quantity) reads, and those in English
/// words ("twenty-five", "three hundred and two", "a dozen", "2.5 million"). Versions and addresses are none.
pub fn figures(text: &str) -> Figures<'_> {
    let read = match plain(text) {
        Cow::Owned(own) if own == text => Cow::Borrowed(text),
        read => read,
    };
    let mut found: Vec<Figure> = numbers(&read)
        .iter()
        .filter(|number| !number.dotted)
        .map(|number| in_digits(&read, number.start, number.digits, number.end, number.value))
        .collect();
    found.extend(in_words(&read));
    found.sort_by_key(|figure| figure.range.start);
    Figures { text: read, found }
}

fn in_digits(text: &str, start: usize, digits: usize, end: usize, value: f64) -> Figure {
    let written = &text[digits..end];
    let decimals = match written.rsplit_once('.') {
        Some((_, behind)) if behind.bytes().all(|b| b.is_ascii_digit()) => behind.len(),
        _ => 0,
    };
    let decimals = if written.contains('/') { 2 } else { decimals };
    let step = 10_f64.powi(-i32::try_from(decimals).unwrap_or(i32::MAX));
    let rest = &text[end..];
    let word = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '-']);
    let behind = rest.len() - word.len();
    let letters = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let scale = SCALES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word[..letters]));
    // "£2.5m", but not "2.5 m".
    let money = text[..digits].ends_with(CURRENCIES) && behind == 0;
    let short = [("k", 1e3), ("m", 1e6), ("mn", 1e6), ("bn", 1e9)];
    let short = short.iter().find(|(name, _)| money && name.eq_ignore_ascii_case(&word[..letters]));
    match scale.or(short) {
        Some((_, scale)) => Figure {
            range: start..end + behind + letters,
            value: value * scale,
            step: step * scale,
            spelt: false,
        },
        None => Figure { range: start..end, value, step, spelt: false },
    }
}

/// Numbers in letters, each at the place that it is worth.
pub(crate) const NUMBERS: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(&str, f64); 5] =
    [("hundred", 1e2), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12)];

/// What a single word is worth.
fn small(word: &str) -> Option<f64> {
    let place = |list: &[&str]| list.iter().position(|own| own.eq_ignore_ascii_case(word));
    place(&NUMBERS).map(|n| n as f64).or_else(|| place(&TENS).map(|n| 10.0 * (n + 2) as f64))
}

/// Numbers in words.
fn in_words(text: &str) -> Vec<Figure> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match spelt(text, &words[at..]) {
            Some((value, taken)) => {
                let range = words[at].start..words[at + taken - 1].end;
                found.push(Figure { range, value, step: 1.0, spelt: true });
                at += taken;
            }
            None => at += 1,
        }
    }
    found
}

/// Runs of letters.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric() || *c == '\'') {
        match words.last_mut() {
            Some(last) if last.end == at => last.end = at + c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
    }
    words
}

/// The number that `words` start with, and how many of them it takes.
fn spelt(text: &str, words: &[Range<usize>]) -> Option<(f64, usize)> {
    let word = |i: usize| words.get(i).map(|range| &text[range.clone()]);
    // Words of one number have a space or a hyphen between them.
    let near = |i: usize| {
        i == 0
            || words.get(i).is_some_and(|w| matches!(&text[words[i - 1].end..w.start], " " | "-"))
    };
    let is =
        |i: usize, name: &str| near(i) && word(i).is_some_and(|w| w.eq_ignore_ascii_case(name));
    let scale = |i: usize| {
        let found = SCALES.iter().find(|(name, _)| is(i, name))?;
        Some(found.1)
    };
    let (mut total, mut group, mut at, mut last) = (0.0, 0.0, 0, f64::INFINITY);
    if is(0, "a") || is(0, "an") {
        let dozen = is(1, "dozen");
        let first = if dozen { Some(12.0) } else { scale(1) }?;
        (group, last, at) = (first, first, 2);
        if first >= 1e3 {
            (total, group) = (first, 0.0);
        }
    } else if is(0, "dozen") || small(word(0)?).is_none() {
        return None;
    }
    while near(at) && at < words.len() {
        let joined = usize::from(at > 0 && is(at, "and") && last >= 100.0);
        let next = word(at + joined).filter(|_| near(at + joined)).and_then(small);
        if let Some(value) =
            next.filter(|v| *v < last && (last >= 100.0 || last >= 20.0 && *v < 10.0 && *v > 0.0))
        {
            (group, last, at) = (group + value, value, at + joined + 1);
        } else if let Some(scale) = scale(at).filter(|s| at > 0 && (*s > 1e2 || group < 100.0)) {
            if scale == 1e2 {
                group *= scale;
            } else {
                (total, group) = (total + group.max(1.0) * scale, 0.0);
            }
            (last, at) = (scale, at + 1);
        } else if is(at, "dozen") && total == 0.0 {
            return Some((group * 12.0, at + 1));
        } else {
            break;
        }
    }
    (at > 0).then_some((total + group, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, f64)> {
        let read = figures(text);
        let pair = |f: &Figure| (read.text[f.range.clone()].to_owned(), f.value);
        read.found.iter().map(pair).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, f64)]) {
        let expected: Vec<(String, f64)> =
            expected.iter().map(|(text, value)| ((*text).to_owned(), *value)).collect();
        assert_eq!(read(text), expected, "{text}");
    }

    #[test]
    fn figures_and_words_in_one_text() {
        check("Three of 12 × £1,200.50", &[("Three", 3.0), ("12", 12.0), ("1,200.50", 1200.5)]);
        check("about 2.5 million or −4", &[("2.5 million", 2.5e6), ("−4", -4.0)]);
        check("£17.9m of 3 m", &[("17.9m", 17.9e6), ("3", 3.0)]);
        check("½ of ٤٢ in version 1.2.3", &[("1/2", 0.5), ("42", 42.0)]);
        check("m2 and x1 are none", &[]);
    }

    #[test]
    fn words() {
        for (text, value) in [
            ("seven", 7.0),
            ("Twenty-five", 25.0),
            ("ninety nine", 99.0),
            ("three hundred", 300.0),
            ("three hundred and two", 302.0),
            ("two thousand four hundred and sixty-one", 2461.0),
            ("a hundred and ten", 110.0),
            ("a dozen", 12.0),
            ("two dozen", 24.0),
            ("a million", 1e6),
            ("one million two hundred thousand", 1.2e6),
            ("twelve thousand", 12_000.0),
        ] {
            check(text, &[(text, value)]);
        }
        check("two, three and four", &[("two", 2.0), ("three", 3.0), ("four", 4.0)]);
        check("a cat and an hour, and thousands of them", &[]);
        check("someone often tended", &[]);
        check("nineteen eighty", &[("nineteen", 19.0), ("eighty", 80.0)]);
    }

    #[test]
    fn the_step_of_the_last_digit() {
        let steps = |text: &str| figures(text).found.iter().map(|f| f.step).collect::<Vec<_>>();
        assert_eq!(steps("400, 2.50, 2.5 million, forty"), [1.0, 0.01, 1e5, 1.0]);
    }

    #[test]
    fn hostile_texts_are_taken() {
        for text in
            ["", "\0", "one-", "a hundred and", "hundred hundred", &"one hundred ".repeat(2_000)]
        {
            assert!(figures(text).found.iter().all(|f| f.value.is_finite()), "{text}");
        }
    }
}
