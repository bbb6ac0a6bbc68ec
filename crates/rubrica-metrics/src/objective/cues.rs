//! Where a text says its answer: after "the answer is", "Answer:", `####` and the like.

use super::math::{in_math, unwrapped};
use crate::text::sentence_texts;

/// An answer that a cue leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cued<'a> {
    /// The first sentence behind the cue, without the marks around it.
    pub(super) answer: &'a str,
    /// All that stands behind the cue up to the end of its line or the next cue.
    pub(super) line: &'a str,
    /// The line, or all that follows the cue where the answer starts on the next line: a list.
    pub(super) block: &'a str,
}

/// Cues that are looked at, the last ones of a text.
const MOST: usize = 64;
/// Bytes behind a cue that are looked at.
const LONGEST: usize = 4_000;
/// Marks that stand around an answer.
const AROUND: [char; 9] = [' ', '\t', '*', '_', '`', '"', '\'', '>', '“'];
/// What links a cue to its answer.
const LINKS: [&str; 16] = [
    "is",
    "was",
    "are",
    "be",
    "being",
    "would be",
    "should be",
    "must be",
    "will be",
    "could be",
    "has to be",
    "comes to",
    "turns out to be",
    "remains",
    "equals",
    "becomes",
];
/// Words between "answer" and its link: "the answer to this question is".
const ABOUT: [&str; 9] = ["to", "for", "here", "in", "of", "therefore", "then", "thus", "choice"];
/// Ways to choose, which count where a choice follows.
const CHOOSING: [&str; 13] = [
    "choose",
    "chose",
    "choosing",
    "pick",
    "picked",
    "select",
    "selected",
    "selecting",
    "go with",
    "going with",
    "opt for",
    "vote for",
    "settle on",
];

/// The answers of `text` from the best cue on: the last one first; headings (`####`) that hold no
/// number or letter come last.
pub(super) fn cued_answers(text: &str) -> Vec<Cued<'_>> {
    // Only ASCII letters change, so that places stay.
    let lower = text.to_ascii_lowercase();
    let mut cues = Vec::new();
    for (at, _) in lower.match_indices("answer") {
        cues.extend(after_answer(&lower, at).map(|end| (at, end, false)));
    }
    for noun in ["option", "choice"] {
        for (at, _) in lower.match_indices(noun) {
            let end = linked(&lower, at + noun.len());
            cues.extend(end.filter(|end| is_choice(&text[*end..])).map(|end| (at, end, false)));
        }
    }
    for verb in CHOOSING {
        for (at, _) in lower.match_indices(verb) {
            let end = at + verb.len();
            if starts_word(&lower, at) && is_choice(&text[end..]) && !is_denied(&lower[..at]) {
                cues.push((at, end, false));
            }
        }
    }
    let last_line = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
    for (at, _) in lower.match_indices("####") {
        if text[..at].ends_with('#') {
            continue;
        }
        let end = at + 4 + text[at + 4..].bytes().take_while(|b| *b == b'#').count();
        let own_line = text[..at].trim_end_matches(' ').ends_with('\n') || at == 0;
        let line = text[end..].lines().next().unwrap_or_default();
        cues.push((at, end, !own_line || !is_plain(line, at >= last_line)));
    }
    cues.sort_unstable();
    cues.dedup_by_key(|cue| cue.1);
    let starts: Vec<usize> = cues.iter().map(|cue| cue.0).collect();
    let mut found: Vec<(bool, Cued<'_>)> = Vec::new();
    for (i, (_, end, heading)) in cues.iter().enumerate().rev().take(MOST) {
        // Headings do not cut an answer short: they stand on lines of their own.
        let stop = starts.get(i + 1).copied().filter(|next| next > end).unwrap_or(text.len());
        found.extend(behind(&text[*end..stop]).map(|cued| (*heading, cued)));
    }
    // A stable sort: within the two kinds, the last one stays first.
    found.sort_by_key(|(heading, _)| *heading);
    found.into_iter().map(|(_, cued)| cued).collect()
}

/// Words that conclude, what they conclude about, and the verb between that and the answer.
const CONCLUSIONS: [&[&str]; 3] = [
    &["so", "thus", "therefore", "hence", "then", "consequently"],
    &[
        "it",
        "that",
        "this",
        "which",
        "the result",
        "the total",
        "the value",
        "the sum",
        "the solution",
        "the number",
    ],
    &["is", "was", "equals", "must be", "="],
];

/// The answer of a last sentence such as "So it is 7."
pub(super) fn concluded(text: &str) -> Option<Cued<'_>> {
    let line = text.trim().lines().next_back()?.trim();
    let line = &line[from(line, line.len().saturating_sub(LONGEST))..];
    let last = sentence_texts(line).into_iter().next_back()?;
    let mut rest = last.trim_start_matches(AROUND);
    for words in CONCLUSIONS {
        let found = words.iter().find_map(|word| {
            let (start, after) = rest.split_at_checked(word.len())?;
            let ends = after.starts_with([' ', ',', ':']);
            (ends && start.eq_ignore_ascii_case(word)).then_some(after)
        })?;
        rest = found.trim_start_matches([' ', ',', ':']);
    }
    let answer = sentence(cleaned(rest));
    (!answer.is_empty()).then_some(Cued { answer, line: text.trim(), block: text.trim() })
}

/// Where the answer starts behind an "answer" at `at`; `None` where it leads to none.
fn after_answer(lower: &str, at: usize) -> Option<usize> {
    if !starts_word(lower, at) {
        return None;
    }
    let mut end = at + "answer".len();
    end += usize::from(lower[end..].starts_with('s'));
    if let Some(linked) = linked(lower, end) {
        return Some(linked);
    }
    let rest = &lower[end..];
    if let Some(rest) = rest.strip_prefix(' ') {
        let about = ABOUT.iter().any(|word| begins_with_word(rest, word));
        let line = &rest[..rest.len().min(up_to(rest, 100))];
        let line = line.split(['\n', '.', '?', '!']).next().unwrap_or(line);
        let links = [" is", " was", " would be", "=", ":"].iter().filter_map(|link| {
            let mut places = line.match_indices(link);
            places.find_map(|(place, _)| linked(lower, end + 1 + place))
        });
        let marked = rest.starts_with(['(', '[', '*']) && is_choice(rest);
        return if about { links.min() } else { marked.then_some(end + 1) };
    }
    // "## Answer" and "**Final answer**" are headings of what follows.
    let bare = rest.trim_start_matches(['*', '_', ' ', '#', '`']);
    let near = &lower[from(lower, at.saturating_sub(40))..at];
    let line = near.rsplit('\n').next().unwrap_or_default();
    let line = line.trim_start_matches(['#', '*', '_', ' ', '>', '-']);
    let heads =
        ["", "final ", "the ", "my ", "the final ", "my final ", "correct ", "the correct "];
    (bare.starts_with('\n') && heads.contains(&line)).then(|| lower.len() - bare.len())
}

/// Where the text behind a link at `at` starts: behind marks, then `is`, `:`, `=` and the like.
fn linked(lower: &str, at: usize) -> Option<usize> {
    let rest = lower[at..].trim_start_matches(['*', '_', '`', '"', '\'', ')', ']', ' ']);
    let signs = [":", "：", "=>", "==", "=", "->", "→", "⇒", "is:", "is ="];
    if let Some(sign) = signs.iter().find(|sign| rest.starts_with(**sign)) {
        return Some(lower.len() - rest.len() + sign.len());
    }
    // A verb does not stand right at the word: "answeris".
    let spaced = lower[at..].starts_with([' ', '*', '_', '"', '\'', '`', ')']);
    let link = LINKS.iter().find(|link| begins_with_word(rest, link))?;
    spaced.then(|| lower.len() - rest.len() + link.len())
}

fn begins_with_word(text: &str, word: &str) -> bool {
    let after = text.strip_prefix(word);
    after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '\''))
        && !after.is_some_and(|after| after.starts_with("n't") || after.starts_with("n’t"))
}

fn starts_word(lower: &str, at: usize) -> bool {
    !lower[..at].ends_with(|c: char| c.is_alphanumeric())
}

/// Whether the last word is a negation: "I would not choose", "don't pick".
fn is_denied(before: &str) -> bool {
    let last = before.trim_end().rsplit([' ', '\n']).next().unwrap_or_default();
    matches!(last, "not" | "never" | "cannot") || last.ends_with("n't") || last.ends_with("n’t")
}

/// Whether a single letter follows: "B", "(b)", "option **C**". In text of small letters, in brackets.
fn is_choice(text: &str) -> bool {
    let marks = [' ', '*', '_', '`', '"', '\'', ':', '$', '\\', '{', '\n'];
    let mut rest = text.trim_start_matches(marks);
    for word in ["the", "option", "choice", "answer", "letter", "Option", "Choice"] {
        if let Some(after) = rest.strip_prefix(word).filter(|after| after.starts_with([' ', ':'])) {
            rest = after.trim_start_matches(marks);
        }
    }
    let bracketed = rest.starts_with(['(', '[', '{']);
    let rest = rest.trim_start_matches(['(', '[', '{']);
    let mut chars = rest.chars();
    let letter = chars.next().unwrap_or(' ');
    let next = chars.next().unwrap_or(' ');
    let capital =
        letter.is_ascii_uppercase() && !next.is_alphanumeric() && next != '\'' && next != '’';
    capital
        || letter.is_ascii_lowercase() && (bracketed && next == ')' || matches!(next, ')' | '.'))
}

/// Whether a line behind `####` is an answer and no heading: a number, or a single letter.
fn is_plain(line: &str, last: bool) -> bool {
    let line = line.trim().trim_matches(['*', '_', '$', ' ']);
    let bare = line.trim_matches(['(', ')', '.', '[', ']']);
    let letter = bare.chars().count() == 1 && bare.starts_with(|c: char| c.is_ascii_alphabetic());
    let unsigned = line.trim_start_matches(['-', '−', '+', '$', '€', '£', '¥', '\\']);
    let digits = unsigned.chars().take_while(char::is_ascii_digit).count();
    let listed =
        unsigned[digits..].starts_with(['.', ')']) && unsigned[digits + 1..].starts_with(' ');
    letter || digits > 0 && (last || !listed)
}

/// The answer at the start of what follows a cue: on the same line, or else on the next ones.
fn behind(text: &str) -> Option<Cued<'_>> {
    let text = &text[..up_to(text, LONGEST)];
    let mut lines = text.lines();
    let first = lines.next()?;
    let line = cleaned(first);
    if !is_empty(line) {
        return Some(Cued { answer: sentence(line), line, block: line });
    }
    let block = text[first.len()..].trim();
    let line = lines.map(cleaned).find(|line| !is_empty(line))?;
    Some(Cued { answer: sentence(line), line, block })
}

/// Whether a line has nothing, or only points to the next one.
fn is_empty(line: &str) -> bool {
    let mark = |c: char| c.is_ascii_punctuation() || c.is_whitespace();
    let pointers =
        ["", "as follows", "the following", "below", "here", "given below", "shown below"];
    let said = line.trim_matches(mark);
    pointers.iter().any(|pointer| said.eq_ignore_ascii_case(pointer)) || line.starts_with("```")
}

/// A line without marks around it.
fn cleaned(line: &str) -> &str {
    let is_lead = |c: char| AROUND.contains(&c) || matches!(c, ':' | '=' | '：');
    let line = line.trim().trim_start_matches(is_lead).trim_end_matches(['*', '_', '`', ' ']);
    // The end of a member of JSON.
    let line = ["\"}", "\",", "\" }"].iter().find_map(|end| line.strip_suffix(end)).unwrap_or(line);
    let line = line.trim_end_matches(['"', '”']);
    ["\\boxed{", "\\fbox{"].iter().find_map(|open| line.strip_prefix(open)).unwrap_or(line)
}

/// The first sentence of a line, or the formula that it starts with, without its full stop.
fn sentence(line: &str) -> &str {
    let (formula, rest) = in_math(line);
    if !formula.is_empty()
        && (rest.is_empty() || rest.starts_with(['.', ',', ';', ':', ')', '*', '!']))
    {
        return unwrapped(formula);
    }
    if let Some(letter) = lone_letter(line) {
        return letter;
    }
    let first = sentence_texts(line).into_iter().next().unwrap_or(line);
    let first = first.trim_end_matches(AROUND);
    let first = first.strip_suffix(['.', '!', '。']).unwrap_or(first).trim_end_matches(AROUND);
    let (formula, rest) = in_math(first);
    unwrapped(if !formula.is_empty() && rest.is_empty() { formula } else { first })
}

/// The letter of a choice that a line starts with and a sentence follows: "B. Let me check".
fn lone_letter(line: &str) -> Option<&str> {
    let (letter, rest) = line.split_once(". ")?;
    let bare = letter.trim_matches(|c: char| !c.is_alphanumeric());
    let mut next = rest.split_whitespace();
    // An initial is followed by a name: "J. R. R. Tolkien".
    let is_sentence = next.next().is_some() && next.next()?.starts_with(char::is_lowercase);
    (bare.len() == 1 && bare.starts_with(char::is_alphabetic) && is_sentence)
        .then(|| letter.trim_matches(AROUND))
}

/// The first character boundary of `text` from byte `at` on.
fn from(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// The last character boundary of `text` up to byte `at`.
fn up_to(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
