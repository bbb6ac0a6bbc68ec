//! Constraints in plain English, cut into clauses, and clauses into words.

use super::words::read_number;

/// A word in small letters, or a text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Quote(String),
}

/// Pieces between separators that stand outside of quotes.
pub(super) fn clauses(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut closing) = (0, None);
    let last = ['"', '”', '’', '`', '\''].map(|close| (close, text.rfind(close)));
    let closes_after = |close: char, at: usize| {
        last.iter().any(|(own, last)| *own == close && last.is_some_and(|last| last > at))
    };
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        let before = text[..at].chars().next_back();
        if let Some(close) = closing {
            let apostrophe = c == '\'' && next.is_some_and(char::is_alphanumeric);
            if c == close && !apostrophe {
                closing = None;
            }
            continue;
        }
        closing = closing_quote(c, before).filter(|close| closes_after(*close, at));
        let ends = match c {
            ',' => {
                // A list of phrases goes on after its comma, and so does a number.
                let rest = text[at + 1..].trim_start();
                let quote = rest.chars().next().is_some_and(|c| closing_quote(c, None).is_some());
                let or = rest.starts_with("or ");
                let number = next.is_some_and(|c| c.is_ascii_digit())
                    && before.is_some_and(|c| c.is_ascii_digit());
                !(quote || or || number || goes_on(&text[start..at], rest))
            }
            ';' | '\n' => true,
            '.' | '!' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if ends && closing.is_none() {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&text[start..]);
    let trim = |piece: &'_ str| piece.trim_start_matches(['-', '*', '•', ' ', '\t']).len();
    let pieces = pieces.into_iter().map(|piece| piece[piece.len() - trim(piece)..].trim());
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// Whether a list of words without quotes goes on behind its comma: "the words good, bad and ugly".
fn goes_on(before: &str, rest: &str) -> bool {
    // A longer clause is not read anyway.
    if before.len() > 1_000 {
        return false;
    }
    let lower = before.to_ascii_lowercase();
    let noun = [" words ", " words: ", " word ", " terms ", "words like ", "words such as "]
        .iter()
        .find_map(|noun| lower.find(noun).map(|at| at + noun.len()));
    let Some(at) = noun.filter(|at| !lower[*at..].trim().is_empty()) else { return false };
    if lower[at..].split_whitespace().any(|word| read_number(word).is_some())
        || lower[..at].contains(char::is_numeric)
    {
        return false;
    }
    // A single word, perhaps behind the last "and" or before it.
    let item = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("or ")).unwrap_or(rest);
    let end = item.find([',', ';', '.', '!', '\n']).unwrap_or(item.len().min(200));
    let Some(item) = item.get(..end) else { return false };
    let words: Vec<&str> = item.split_whitespace().collect();
    match words.as_slice() {
        [word] => !super::reads(word),
        [_, "and" | "or", _] => true,
        _ => false,
    }
}

fn closing_quote(c: char, before: Option<char>) -> Option<char> {
    match c {
        '"' => Some('"'),
        '“' => Some('”'),
        '‘' => Some('’'),
        '`' => Some('`'),
        '\'' if !before.is_some_and(char::is_alphanumeric) => Some('\''),
        _ => None,
    }
}

/// Where `word` stands in `text` otherwise than between two numbers, as in "between 3 and 5".
fn splits(text: &str, word: &str) -> Option<usize> {
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let ends_in = text[..*at].split(' ').next_back().and_then(read_number);
        let starts_with = text[at + word.len()..].split(' ').next().and_then(read_number);
        ends_in.is_none() || starts_with.is_none()
    })
}

/// The pieces of a clause between "and" and "but".
pub(super) fn parts(clause: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = clause;
    while let Some((at, length)) =
        [" and ", " but "].iter().filter_map(|word| Some((splits(rest, word)?, word.len()))).min()
    {
        parts.push(rest[..at].trim());
        rest = &rest[at + length..];
    }
    parts.push(rest.trim());
    // A part of a quotation reads no better than the whole.
    let balanced = parts.iter().all(|part| part.matches(['"', '“', '”']).count() % 2 == 0);
    if balanced {
        parts.into_iter().filter(|part| !part.is_empty()).collect()
    } else {
        vec![clause]
    }
}

pub(super) fn tokens(clause: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = clause.trim_start();
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let inside = closing_quote(c, before).and_then(|close| {
            let end = after.match_indices(close).map(|(end, _)| end);
            // An apostrophe within a word closes nothing.
            let goes_on =
                |end: usize| after[end + close.len_utf8()..].starts_with(char::is_alphanumeric);
            let mut end = end.filter(|end| close != '\'' || !goes_on(*end));
            end.next().map(|end| (&after[..end], end + close.len_utf8()))
        });
        if let Some((inside, length)) = inside {
            tokens.push(Token::Quote(inside.to_owned()));
            rest = &after[length..];
            before = None;
        } else if c.is_alphanumeric() {
            let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | ',' | '.');
            let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(['\'', ',', '.']);
            before = word.chars().next_back();
            tokens.push(Token::Word(word.to_lowercase().replace('’', "'")));
            rest = &rest[end..];
        } else {
            // Marks between words say nothing, but one that is a word by itself may.
            if !c.is_whitespace() && !matches!(c, '-' | ',' | '.' | ':' | '–' | '(' | ')' | '!') {
                tokens.push(Token::Word(c.to_string()));
            }
            before = Some(c);
            rest = after;
        }
    }
    tokens
}
