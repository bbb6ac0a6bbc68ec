//! The words that constraints are made of.

use crate::objective::NUMBERS;

/// Words that say nothing about what is asked for.
pub(super) const FILLERS: &str = " please the your you response answer text reply output must should shall has have to \
    be is it its write use uses using keep contain contains include includes including mention mentions mentioning say saying in with \
    a an of do word phrase that only entire whole all limit give make valid consist consists and then ";

/// Words that forbid.
pub(super) const NEGATIONS: &str = " no not without avoid never don't omit exclude ";

/// Marks that can be forbidden, with a regular expression that finds them.
pub(super) const MARKS: [(&str, &str); 22] = [
    ("hashtag hashtags", r"\B#[\p{L}\p{M}\p{N}_]*[\p{L}_][\p{L}\p{M}\p{N}_]*"),
    ("link links url urls", r"(?:https?://|\bwww\.)\S+"),
    ("digit digits number numbers numeral numerals", r"\p{Nd}"),
    ("heading headings header headers", r"(?m)^#{1,6}\s"),
    ("emoji emojis", r"[\x{2600}-\x{27bf}\x{1f000}-\x{1faff}]"),
    ("exclamation", "[!！]"),
    ("question", "[?？]"),
    ("semicolon semicolons", "[;；]"),
    ("colon colons", "[:：]"),
    ("dash dashes", "[–—]"),
    ("hyphen hyphens", "-"),
    ("asterisk asterisks", r"\*"),
    ("parenthesis parentheses", "[()（）]"),
    ("bracket brackets", r"[\[\](){}]"),
    ("quotes quotations", "[\"“”„«»]"),
    ("bold", r"\*\*|__"),
    ("code", "```"),
    ("mention mentions handle handles", r"\B@[\p{L}\p{N}_]+"),
    ("ellipsis ellipses", r"\.\.\.|…"),
    ("newline newlines", "\n"),
    ("tab tabs", "\t"),
    ("html", "<[a-zA-Z/!]"),
];

pub(super) const LANGUAGES: [(&str, &str); 16] = [
    ("english", "en"),
    ("german", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("italian", "it"),
    ("portuguese", "pt"),
    ("dutch", "nl"),
    ("russian", "ru"),
    ("chinese", "zh"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("hindi", "hi"),
    ("bengali", "bn"),
    ("hebrew", "he"),
    ("greek", "el"),
    ("thai", "th"),
];

/// Whether `words`, between spaces, has `word`.
pub(super) fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|own| own == word)
}

/// A number in digits or, up to twenty, in letters.
pub(super) fn read_number(word: &str) -> Option<usize> {
    let digits = word.replace(',', "");
    digits.parse().ok().or_else(|| NUMBERS.iter().position(|number| *number == word))
}
