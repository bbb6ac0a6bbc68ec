//! Sums in running text: "12 × 7 = 74", "20 % of 50 is 15", "three plus four makes 8".

use std::ops::Range;

use rubrica_metrics::objective::Figure;

/// A piece of a sum.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Figure),
    /// One of `+-*/`.
    Operator(char),
    Open,
    Close,
    Percent,
    Of,
    /// The noun or unit behind a number.
    Unit(String),
    /// "=" or a verb for it; with "about" or "≈", not exactly.
    Equals {
        about: bool,
    },
    /// Anything else, which ends a sum.
    Other,
}

/// A value with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) number: f64,
    pub(super) percent: bool,
    pub(super) units: Vec<String>,
    /// Whether anything was worked out.
    pub(super) worked: bool,
}

const PLUS: &[&str] = &["plus"];
const MINUS: &[&str] = &["minus", "less"];
const TIMES: &[&str] = &["times", "x", "X", "by"];
const EQUALS: &[&str] =
    &["is", "are", "equals", "equal", "makes", "make", "gives", "give", "yields", "totals", "="];
/// Words that may stand before a result or behind its verb, and make it a rough one.
const ABOUT: &[&str] = &[
    "about",
    "around",
    "roughly",
    "approximately",
    "nearly",
    "almost",
    "some",
    "circa",
    "ca",
    "just",
    "under",
    "over",
    "well",
    "close",
    "least",
    "most",
];
/// Phrases that join a sum and its result.
const JOINS: &[&str] = &[
    ", which is",
    ", which makes",
    ", which gives",
    ", i.e.",
    "comes to",
    "come to",
    "adds up to",
    "add up to",
    "works out at",
    "works out as",
    "works out to",
    "amounts to",
    "leaves",
    "which is",
    "is equal to",
    "gives you",
    "makes a total of",
];
/// Words that never are a unit.
const NO_UNITS: &[&str] = &[
    "and", "or", "but", "the", "a", "an", "in", "to", "from", "for", "with", "at", "on", "as",
    "so", "if", "then", "than", "per", "not", "it", "you", "we", "they", "i", "he", "she", "that",
    "which", "this", "each", "out", "through", "until", "when", "because", "was", "were", "has",
    "have", "can", "will", "would", "more", "up", "down", "into", "every", "am", "pm", "n", "k",
    "x", "y", "z", "b", "d", "q", "t",
];

/// The pieces of `text`, whose numbers are `figures`, with their places.
pub(super) fn tokens(text: &str, figures: &[Figure]) -> Vec<(Token, Range<usize>)> {
    let mut tokens: Vec<(Token, Range<usize>)> = Vec::new();
    let mut figures = figures.iter().peekable();
    let mut at = 0;
    while at < text.len() {
        while figures.next_if(|figure| figure.range.start < at).is_some() {}
        if let Some(figure) = figures.next_if(|figure| figure.range.start == at) {
            tokens.push((Token::Number(figure.clone()), figure.range.clone()));
            at = figure.range.end;
            continue;
        }
        let (token, length) = next(text, at, &tokens);
        if let Some(token) = token {
            tokens.push((token, at..at + length));
        }
        at += length;
    }
    tokens
}

/// The piece at `at`, if it is one, and its length in bytes.
fn next(text: &str, at: usize, before: &[(Token, Range<usize>)]) -> (Option<Token>, usize) {
    let rest = &text[at..];
    let c = rest.chars().next().unwrap_or(' ');
    let one = c.len_utf8();
    let after = rest[one..].chars().next();
    if c.is_whitespace() || "$€£¥₹".contains(c) {
        return (None, one);
    }
    if rest.starts_with("**") {
        // Emphasis, not a power: numbers read those themselves.
        return (None, 2);
    }
    let starts_word = !text[..at].ends_with(char::is_alphanumeric);
    if starts_word || c == ',' {
        let lower: String = rest.chars().take(24).flat_map(char::to_lowercase).collect();
        let join = JOINS.iter().find(|join| lower.starts_with(**join));
        if let Some(join) = join {
            let ends = !lower[join.len()..].starts_with(char::is_alphanumeric);
            if ends && rest.is_char_boundary(join.len()) {
                return (Some(Token::Equals { about: false }), join.len());
            }
        }
    }
    if c.is_alphabetic() || c == '°' {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '°' | '²' | '³' | '\'' | '’');
        let end = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
        return word(&rest[..end], &rest[end..], before);
    }
    let spaced = text[..at].ends_with(' ') && after == Some(' ');
    let token = match c {
        '+' => Token::Operator('+'),
        '−' => Token::Operator('-'),
        '-' | '–' if spaced => Token::Operator('-'),
        '-' if after.is_some_and(|c| c.is_ascii_digit()) && text.contains('=') => {
            Token::Operator('-')
        }
        '×' | '·' | '∙' | '*' => Token::Operator('*'),
        '÷' | '/' | ':' if c != ':' || spaced => Token::Operator('/'),
        '(' | '[' => Token::Open,
        ')' | ']' => Token::Close,
        '%' => Token::Percent,
        '≈' | '≃' | '~' => Token::Equals { about: true },
        '=' if !rest.starts_with("==") && !text[..at].ends_with(['=', '!', '<', '>', ':']) => {
            Token::Equals { about: false }
        }
        _ => Token::Other,
    };
    (Some(token), one)
}

fn word(word: &str, rest: &str, before: &[(Token, Range<usize>)]) -> (Option<Token>, usize) {
    let lower = word.to_lowercase();
    let bare = lower.trim_end_matches(['²', '³']);
    let lists = |list: &[&str]| list.contains(&lower.as_str());
    let last = before.last().map(|(token, _)| token);
    let mut length = word.len();
    let token = if lists(PLUS) {
        Token::Operator('+')
    } else if lists(MINUS) {
        Token::Operator('-')
    } else if matches!(lower.as_str(), "divided" | "multiplied") {
        if !rest.starts_with(" by ") {
            return (Some(Token::Other), length);
        }
        length += " by".len();
        Token::Operator(if lower == "divided" { '/' } else { '*' })
    } else if lists(TIMES) {
        Token::Operator('*')
    } else if lists(EQUALS) {
        Token::Equals { about: false }
    } else if lists(ABOUT) {
        match last {
            Some(Token::Equals { .. }) => Token::Equals { about: true },
            _ => Token::Other,
        }
    } else if matches!(lower.as_str(), "percent") || lower == "per" && rest.starts_with(" cent") {
        if lower == "per" {
            length += " cent".len();
        }
        Token::Percent
    } else if lower == "of" {
        Token::Of
    } else if NO_UNITS.contains(&bare) {
        Token::Other
    } else if matches!(last, Some(Token::Number(_))) {
        // "km/h"
        let more = rest.strip_prefix('/').map_or(0, |more| {
            let end = more.find(|c: char| !c.is_alphanumeric()).unwrap_or(more.len());
            if more.starts_with(char::is_alphabetic) { end + 1 } else { 0 }
        });
        length += more;
        Token::Unit(lower)
    } else {
        Token::Other
    };
    (Some(token), length)
}

/// The value of a whole sum; `None` for what is none.
pub(super) fn value(tokens: &[Token]) -> Option<Value> {
    let mut reader = Reader { tokens, at: 0, depth: 0 };
    let value = reader.sum()?;
    (reader.at == tokens.len() && value.number.is_finite()).then_some(value)
}

/// Brackets within brackets that are looked into.
const DEEPEST: usize = 8;

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn operator(&mut self, of: &[char]) -> Option<char> {
        match self.tokens.get(self.at) {
            Some(Token::Operator(c)) if of.contains(c) => {
                self.at += 1;
                Some(*c)
            }
            Some(Token::Of) if of.contains(&'o') => {
                self.at += 1;
                Some('o')
            }
            _ => None,
        }
    }

    fn sum(&mut self) -> Option<Value> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            let right = self.product()?;
            let signed = if operator == '+' { right.number } else { -right.number };
            // Two hours and thirty minutes do not add up to 32.
            let mixed = left.units.first().zip(right.units.first()).is_some_and(|(a, b)| a != b);
            if mixed || left.percent && !right.percent {
                return None;
            }
            left.number += match (left.percent, right.percent) {
                // "80 + 20 %"
                (false, true) => left.number * signed / 100.0,
                _ => signed,
            };
            left.worked = true;
            left.units.extend(right.units);
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Value> {
        let mut left = self.factor()?;
        while let Some(operator) = self.operator(&['*', '/', 'o']) {
            let right = self.factor()?;
            let part = |value: &Value| {
                if value.percent { value.number / 100.0 } else { value.number }
            };
            if operator == 'o' && !(left.percent || left.number < 1.0) {
                return None;
            }
            let (a, b) = (part(&left), part(&right));
            let number = if operator == '/' { a / b } else { a * b };
            let percent = left.percent && (right.percent || operator == '/') && operator != 'o';
            left = Value {
                number: if percent { 100.0 * number } else { number },
                percent,
                units: left.units.into_iter().chain(right.units).collect(),
                worked: true,
            };
        }
        Some(left)
    }

    fn factor(&mut self) -> Option<Value> {
        let mut value = match self.tokens.get(self.at)? {
            Token::Number(figure) => {
                self.at += 1;
                Value { number: figure.value, percent: false, units: Vec::new(), worked: false }
            }
            Token::Open if self.depth < DEEPEST => {
                (self.at, self.depth) = (self.at + 1, self.depth + 1);
                let inside = self.sum()?;
                self.depth -= 1;
                if self.tokens.get(self.at)? != &Token::Close {
                    return None;
                }
                self.at += 1;
                inside
            }
            _ => return None,
        };
        if self.tokens.get(self.at) == Some(&Token::Percent) {
            (self.at, value.percent) = (self.at + 1, true);
        }
        while let Some(Token::Unit(unit)) = self.tokens.get(self.at) {
            value.units.push(unit.clone());
            self.at += 1;
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use rubrica_metrics::objective::figures;

    use super::*;

    fn worth(text: &str) -> Option<f64> {
        let read = figures(text);
        let tokens: Vec<Token> =
            tokens(&read.text, &read.found).into_iter().map(|(token, _)| token).collect();
        value(&tokens).map(|value| value.number)
    }

    #[test]
    fn sums_of_all_kinds() {
        for (text, expected) in [
            ("12 × 7", 84.0),
            ("3 + 4 * 2", 11.0),
            ("(3 + 4) · 2", 14.0),
            ("20 % of 50", 10.0),
            ("three plus four", 7.0),
            ("£12 − £5", 7.0),
            ("100 - 20%", 80.0),
            ("20% + 15%", 35.0),
            ("1/2 of 30", 15.0),
            ("50% × 50%", 25.0),
            ("60 min divided by 5", 12.0),
            ("2½ × 2", 5.0),
            ("5 km/h × 2 h", 10.0),
        ] {
            let found = worth(text).unwrap_or(f64::NAN);
            assert!((found - expected).abs() < 1e-9, "{text}: {found}");
        }
    }

    #[test]
    fn what_is_no_sum() {
        for text in ["", "+ 3", "3 +", "(3", "2 h + 30 min", "12 of 20", "3 the 4", "1 × (2"] {
            assert_eq!(worth(text), None, "{text}");
        }
        assert_eq!(worth(&"(".repeat(10_000)), None);
    }
}
