//! Tokens as NLTK's `word_tokenize` makes them, as far as letters go.
//!
//! After the Penn Treebank conventions: contractions come apart (`DO N'T`, `CAN NOT`), hyphens do not,
//! and marks stand alone. Quotes keep the shape that they have in the text.

use super::punkt::sentences;
use crate::text::is_python_space;

/// Words that are two tokens, with the length of the first.
const CONTRACTIONS: [(&str, usize); 7] = [
    ("cannot", 3),
    ("d'ye", 1),
    ("gimme", 3),
    ("gonna", 3),
    ("gotta", 3),
    ("lemme", 3),
    ("more'n", 4),
];

/// Calls `each` for every token of `text`.
pub(super) fn for_each_token(text: &str, mut each: impl FnMut(&str)) {
    for range in sentences(text) {
        let padded = padded(&text[range]);
        for token in padded.split(is_python_space).filter(|token| !token.is_empty()) {
            for part in clitics(token) {
                split_contractions(part, &mut each);
            }
        }
    }
}

/// `sentence` with spaces around what is a token of its own.
fn padded(sentence: &str) -> String {
    let mut padded = String::with_capacity(sentence.len() + 16);
    let mut rest = without_final_stop(sentence, &mut padded);
    let mut after_letter = false;
    while let Some(c) = rest.chars().next() {
        let run = |mark: char| rest.len() - rest.trim_start_matches(mark).len();
        let (length, alone) = match c {
            '`' | '.' if c == '`' || run(c) > 1 => (run(c), true),
            '-' if rest.starts_with("--") => (2, true),
            '\'' if rest.starts_with("''") => (2, true),
            ':' | ',' => (1, !rest[1..].starts_with(char::is_numeric)),
            '«' | '»' | '“' | '”' | '‘' | '’' | '„' | '"' | '\u{2012}'..='\u{2015}' => {
                (c.len_utf8(), true)
            }
            ';' | '@' | '#' | '$' | '%' | '&' | '?' | '!' | '*' => (1, true),
            '[' | ']' | '(' | ')' | '{' | '}' | '<' | '>' => (1, true),
            _ => (c.len_utf8(), false),
        };
        let (piece, after) = rest.split_at(length);
        if alone {
            padded.extend([" ", piece, " "]);
        } else {
            padded.push_str(piece);
            if c == '\'' && !after_letter && opens(after) {
                padded.push(' ');
            }
        }
        after_letter = is_letter(c);
        rest = after;
    }
    padded
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether an apostrophe before `rest` opens a quotation: a word comes that is no clitic.
fn opens(rest: &str) -> bool {
    let end = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
    let clitics = ["re", "ve", "ll", "m", "t", "s", "d", "n"];
    end > 0 && !clitics.iter().any(|clitic| clitic.eq_ignore_ascii_case(&rest[..end]))
}

/// `sentence` without a full stop at its end, which tells nothing; marks after it go to `padded`.
fn without_final_stop<'a>(sentence: &'a str, padded: &mut String) -> &'a str {
    let closing = [']', ')', '}', '>', '"', '\'', ' ', '»', '”', '’'];
    let body = sentence.trim_end_matches(is_python_space).trim_end_matches(closing);
    match body.strip_suffix('.') {
        Some(before) if !before.is_empty() && !before.ends_with('.') => {
            padded.push_str(". ");
            before
        }
        _ => sentence,
    }
}

/// A token and the clitics at its end: `'s`, `'m`, `'d`, then `'ll`, `'re`, `'ve`, `n't`.
fn clitics(token: &str) -> Vec<&str> {
    let cut = |token: &str, endings: &[&str]| {
        let ending = endings.iter().find(|ending| token.ends_with(**ending))?;
        let at = token.len() - ending.len();
        let before = token[..at].chars().next_back()?;
        (before != '\'').then_some(at)
    };
    let mut parts = Vec::with_capacity(3);
    let (stem, last) = match cut(token, &["'s", "'S", "'m", "'M", "'d", "'D", "'"]) {
        Some(at) => (&token[..at], Some(&token[at..])),
        None => (token, None),
    };
    match cut(stem, &["'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"]) {
        Some(at) => parts.extend([&stem[..at], &stem[at..]]),
        None => parts.push(stem),
    }
    parts.extend(last);
    parts
}

/// Cuts `token` within contractions; one pass.
fn split_contractions(token: &str, each: &mut impl FnMut(&str)) {
    let mut from = 0;
    let mut after_letter = false;
    for (at, c) in token.char_indices() {
        let cut = CONTRACTIONS.iter().find_map(|(word, cut)| {
            let end = at + word.len();
            let whole = !after_letter && token.get(at..end)?.eq_ignore_ascii_case(word);
            (whole && !token[end..].starts_with(is_letter)).then_some(at + cut)
        });
        if let Some(cut) = cut {
            each(&token[from..cut]);
            from = cut;
        }
        after_letter = is_letter(c);
    }
    if token[from..].eq_ignore_ascii_case("wanna") {
        each(&token[from..from + 3]);
        from += 3;
    }
    each(&token[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_take_linear_time() {
        for piece in ["'", "-", "`", ".", "A'", "'a", "cannot", "'s", ","] {
            let text = piece.repeat(1_000_000 / piece.len());
            let mut bytes = 0;
            for_each_token(&text, |token| bytes += token.len());
            assert!(bytes <= text.len(), "{piece}");
        }
    }

    #[test]
    fn letters_come_apart_as_in_nltk() {
        let tokens = |text: &str| {
            let mut tokens: Vec<String> = Vec::new();
            for_each_token(text, |token| {
                if token.contains(char::is_alphabetic) {
                    tokens.push(token.to_owned());
                }
            });
            tokens
        };
        assert_eq!(
            tokens("I CAN'T, well-KNOWN U.S. man."),
            ["I", "CA", "N'T", "well-KNOWN", "U.S.", "man"]
        );
        assert_eq!(
            tokens("IT'S 'GOOD'. WE'LL cannot."),
            ["IT", "'S", "GOOD", "WE", "'LL", "can", "not"]
        );
        assert_eq!(tokens("A--B (C)D*E* F:G 1:2H"), ["A", "B", "C", "D", "E", "F", "G", "1:2H"]);
        assert_eq!(tokens("f(x='AB', 't X')"), ["f", "x=", "AB", "'t", "X"]);
        assert_eq!(tokens("DON’T WANNA “X”"), ["DON", "T", "WAN", "NA", "X"]);
    }
}
