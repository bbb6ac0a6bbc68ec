//! Where sentences end, and what closes them.

use super::super::abbreviations::{Abbreviation, abbreviation, is_month_after_ordinal, is_starter};
use super::super::blocks::enumerator;

/// Bytes of the longest reference, such as `[12, 13, 15]`, that is taken for one.
const LONGEST_REFERENCE: usize = 24;

/// Moves a candidate boundary past what closes the sentence before it: quotes, brackets, emphasis
/// marks, a `[12]` reference, emoji. `None` where there is no boundary at all.
pub(super) fn settle(text: &str, candidate: usize) -> Option<usize> {
    let mut at = candidate;
    if text[..at].chars().next_back().is_none_or(char::is_whitespace) {
        return Some(past_pictographs(text, at));
    }
    // An opening bracket right after the full stop counts as closing in UAX 29: step back over it.
    at = text[..at].trim_end_matches(is_opener).len();
    let end = text[..at].trim_end_matches(is_closer).chars().next_back()?;
    loop {
        let rest = &text[at..];
        let marks = rest.len() - rest.trim_start_matches(is_closer).len();
        let step = if marks > 0 { marks } else { reference_mark(rest) };
        if step == 0 {
            break;
        }
        at += step;
    }
    let spaced = text[at..].chars().next().is_none_or(char::is_whitespace);
    // "Yahoo!Answers", "a?b=1", "End.Next" are no ends of sentences; "。" needs no space.
    (spaced || !end.is_ascii()).then(|| past_pictographs(text, at))
}

/// `at`, or the place after emoji that stand alone there: they belong to the sentence before.
fn past_pictographs(text: &str, at: usize) -> usize {
    let rest = text[at..].trim_start();
    let after = rest.trim_start_matches(is_pictograph);
    if after.len() < rest.len() && after.chars().next().is_none_or(char::is_whitespace) {
        text.len() - after.len()
    } else {
        at
    }
}

/// Bytes of a reference such as `[12]` or `[3, 4]` at the start of `text`; 0 without one.
fn reference_mark(text: &str) -> usize {
    let Some(body) = text.strip_prefix('[') else { return 0 };
    let digits = body
        .bytes()
        .take(LONGEST_REFERENCE - 2)
        .take_while(|b| b.is_ascii_digit() || matches!(b, b',' | b' ' | b'-'))
        .count();
    if digits > 0 && body[digits..].starts_with(']') { digits + 2 } else { 0 }
}

/// True when `before` (from the last cut on) ends where a sentence does, given what comes after.
pub(super) fn ends_sentence(before: &str, after: &str) -> bool {
    let before = before.trim_end();
    let before = before.trim_end_matches(|c: char| is_pictograph(c) || c.is_whitespace());
    let mut bare = before.trim_end_matches(is_closer);
    if bare.is_empty() {
        return false;
    }
    if let Some(mark) = trailing_reference(before) {
        // The mark is no part of how the sentence ends.
        bare = before[..before.len() - mark].trim_end_matches(is_closer);
    }
    let closed = bare.len() < before.len();
    let next = after.trim_start_matches(|c| is_opener(c) || is_closer(c));
    let next_small = next.chars().next().is_some_and(char::is_lowercase);
    if is_enumerator(bare) {
        return false;
    }
    match bare.chars().next_back() {
        Some('.') => ends_with_stop(bare, next, closed, next_small),
        // "Stop!" he said.
        Some('!' | '?') => !(closed && next_small),
        _ => true,
    }
}

/// Bytes of the references, such as `[1][2]`, at the end of `text`.
fn trailing_reference(text: &str) -> Option<usize> {
    let mut end = text.len();
    while text[..end].ends_with(']') {
        let tail = text[..end].bytes().rev().take(LONGEST_REFERENCE);
        let Some(back) = tail.clone().position(|byte| byte == b'[') else { break };
        let open = end - back - 1;
        if reference_mark(&text[open..end]) != end - open {
            break;
        }
        end = open;
    }
    (end < text.len()).then_some(text.len() - end)
}

/// True when `text` is nothing but the number or letter of a list item, such as `2.` or `**a)`.
fn is_enumerator(text: &str) -> bool {
    // Markers are short; a long run of marks is none.
    let text = if text.len() <= 40 { text } else { return false };
    let marks = |c: char| is_opener(c) || is_closer(c) || matches!(c, '-' | '+' | '#' | '>');
    let body = text.trim_start_matches(|c: char| marks(c) || c.is_whitespace());
    !body.is_empty() && enumerator(body) == body.len()
}

/// [`ends_sentence`] where the last character of `bare` is a full stop.
fn ends_with_stop(bare: &str, next: &str, closed: bool, next_small: bool) -> bool {
    let token = bare.rsplit(char::is_whitespace).next().unwrap_or(bare);
    let token = token.trim_start_matches(|c| is_opener(c) || is_closer(c));
    let word = token.trim_end_matches('.');
    let dots = token.len() - word.len();
    if next_small && (closed || dots > 1) {
        return false;
    }
    if word.is_empty() || closed || dots > 1 {
        return true;
    }
    let next_digit = next.chars().next().is_some_and(char::is_numeric);
    let next_word: String =
        next.chars().take_while(|c| c.is_alphabetic() || *c == '\'').take(24).collect();
    let next_word = next_word.split('\'').next().unwrap_or("").to_lowercase();
    // Longer tokens are no abbreviations; do not copy them.
    let lower = if word.len() <= 24 { word.to_lowercase() } else { String::new() };
    let kind = initials(word).or_else(|| abbreviation(&lower));
    if next_small {
        // People who write no capitals still end sentences; unknown abbreviations are short.
        let ordinary = |c: char| c.is_alphabetic() || matches!(c, '\'' | '’' | '-');
        let number = word.len() > 2 && word.bytes().all(|b| b.is_ascii_digit());
        return kind.is_none()
            && (number || (word.chars().nth(1).is_some() && word.chars().all(ordinary)));
    }
    let ordinal = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    if ordinal && is_month_after_ordinal(&next_word) {
        return false;
    }
    match kind {
        None => true,
        Some(Abbreviation::Always) => false,
        Some(Abbreviation::UnlessStarter) => !next_digit && is_starter(&next_word),
        Some(Abbreviation::BeforeNumber) => !next_digit,
        Some(Abbreviation::BeforeSmall) => true,
    }
}

/// `J`, `U.S`, `z.B`: initials, or an abbreviation with a full stop a letter.
fn initials(word: &str) -> Option<Abbreviation> {
    let mut parts = word.split('.').peekable();
    let single = |part: &str| {
        let mut chars = part.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    let several = word.contains('.');
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let fits =
        parts.all(|part| single(part) || (several && part.len() <= 3 && is_ascii_word(part)));
    (fits && (several || capital)).then_some(Abbreviation::UnlessStarter)
}

fn is_ascii_word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Quotes, brackets and Markdown marks that may close a sentence after its full stop.
fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | ')'
            | ']'
            | '}'
            | '*'
            | '_'
            | '~'
            | '`'
            | '”'
            | '’'
            | '»'
            | '›'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
            | '〉'
    )
}

/// Quotes and brackets that open what follows.
fn is_opener(c: char) -> bool {
    matches!(
        c,
        '(' | '[' | '{' | '“' | '‘' | '«' | '‹' | '¿' | '¡' | '「' | '『' | '（' | '【' | '《'
    )
}

/// Emoji and their modifiers, near enough for telling them from marks.
pub(super) fn is_pictograph(c: char) -> bool {
    matches!(
        u32::from(c),
        0x200D | 0x20E3 | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE0F | 0x1F000..=0x1FAFF
    )
}
