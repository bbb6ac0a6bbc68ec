//! Sentences with their places.
//!
//! Sentence boundaries of Unicode Standard Annex 29, mended where that annex is known to be wrong:
//! it breaks after `Dr.`, after initials and list numbers, in front of `** bold **` closers, and not
//! before a number or a small letter. Lines and Markdown code fences come first: see
//! [`sentences`].

use std::borrow::Cow;
use std::ops::Range;

use rubrica_core::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::abbreviations::{Abbreviation, abbreviation, is_month_after_ordinal, is_starter};
use super::blocks::{BlockKind, blocks, enumerator, is_line_end};
use super::{spans_of, trimmed};

/// Marks and spaces in a row that UAX 29 is asked to look at.
const LONGEST_RUN: usize = 32;

/// Bytes of the longest reference, such as `[12, 13, 15]`, that is taken for one.
const LONGEST_REFERENCE: usize = 24;

/// The sentences of `text`, ascending and disjoint, without white space at their ends.
///
/// Every scalar that is not white space lies in exactly one sentence.
///
/// - A line end ends a sentence, so that list items and headings stand alone; a lower-case line
///   after a long line of prose goes on with it (text wrapped by hand).
/// - A list marker belongs to the first sentence of its item.
/// - A fenced code block is one sentence, fences included.
/// - Marks without letters, such as a rule (`---`), belong to the sentence before them.
/// - Text without any punctuation is one sentence a line.
pub fn sentences(text: &str) -> Vec<Span> {
    spans_of(text, &sentence_ranges(text))
}

/// The text of each sentence: see [`sentences`].
pub fn sentence_texts(text: &str) -> Vec<&str> {
    sentence_ranges(text).into_iter().map(|range| &text[range]).collect()
}

fn sentence_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for block in blocks(text) {
        match block.kind {
            BlockKind::Code => ranges.extend(trimmed(text, block.range)),
            BlockKind::Prose => {
                let mut start = block.range.start;
                for cut in cuts(&text[block.range.clone()]) {
                    let cut = block.range.start + cut;
                    ranges.extend(trimmed(text, start..cut));
                    start = cut;
                }
                ranges.extend(trimmed(text, start..block.range.end));
            }
        }
    }
    attach_marks(text, ranges)
}

/// Joins ranges that say nothing by themselves to the range before them (or after, at the start).
fn attach_marks(text: &str, ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let speaks = |range: &Range<usize>| {
        text[range.clone()].chars().any(|c| c.is_alphanumeric() || is_pictograph(c))
    };
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    let mut last_speaks = true;
    for range in ranges {
        let range_speaks = speaks(&range);
        match joined.last_mut() {
            Some(last) if !range_speaks || !last_speaks => {
                last.end = range.end;
                last_speaks |= range_speaks;
            }
            _ => {
                joined.push(range);
                last_speaks = range_speaks;
            }
        }
    }
    joined
}

/// Byte offsets at which `block` is cut, ascending, none at its ends.
fn cuts(block: &str) -> Vec<usize> {
    let flat = flatten(block);
    let mut candidates = standard_boundaries(&flat);
    candidates.extend(stops_before_small(&flat));
    candidates.sort_unstable();
    candidates.dedup();

    let mut cuts: Vec<usize> = Vec::new();
    for candidate in candidates {
        let from = cuts.last().copied().unwrap_or(0);
        let Some(cut) = settle(&flat, candidate) else { continue };
        if cut <= from || flat[cut..].trim_start().is_empty() {
            continue;
        }
        if ends_sentence(&flat[from..cut], flat[cut..].trim_start()) {
            cuts.push(cut);
        }
    }
    cuts
}

/// Sentence boundaries of UAX 29.
///
/// `unicode-segmentation` looks ahead from every mark after a full stop, which takes quadratic time
/// over a long run of marks or spaces. So the text is cut within such a run, and the end of the run
/// is a boundary when it holds a full stop, exclamation or question mark.
fn standard_boundaries(text: &str) -> Vec<usize> {
    let mut boundaries = Vec::new();
    let bounds_of = |piece: Range<usize>| {
        let starts = text[piece.clone()].split_sentence_bound_indices();
        starts.map(move |(at, _)| piece.start + at).filter(move |at| *at > piece.start)
    };
    let mut start = 0;
    let mut run = Run::default();
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            if run.cut && run.stopped {
                boundaries.push(at);
            }
            run = Run::default();
            continue;
        }
        if run.length == LONGEST_RUN {
            boundaries.extend(bounds_of(start..at));
            start = at;
            run = Run { length: 0, cut: true, ..run };
        }
        run.length += 1;
        run.stopped |= is_stop(c);
    }
    boundaries.extend(bounds_of(start..text.len()));
    boundaries
}

/// Characters in a row that are neither letters nor digits.
#[derive(Debug, Clone, Copy, Default)]
struct Run {
    length: usize,
    /// A stop is among them.
    stopped: bool,
    /// The text was cut within the run.
    cut: bool,
}

/// Marks that end a sentence in most scripts.
fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '।' | '؟')
}

/// `block` with every line end as spaces, byte for byte, so that a wrapped line does not end a
/// sentence.
fn flatten(block: &str) -> Cow<'_, str> {
    if !block.contains(is_line_end) {
        return Cow::Borrowed(block);
    }
    let mut flat = String::with_capacity(block.len());
    for c in block.chars() {
        if is_line_end(c) {
            flat.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            flat.push(c);
        }
    }
    Cow::Owned(flat)
}

/// Places after a full stop and white space, before a digit or a small letter. UAX 29 never breaks
/// there when a small letter comes before the next capital.
fn stops_before_small(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('.').filter_map(move |(at, _)| {
        let after = &text[at + 1..];
        let body = after.trim_start();
        let next = body.chars().next()?;
        let found = body.len() < after.len() && (next.is_numeric() || next.is_lowercase());
        found.then(|| text.len() - body.len())
    })
}

/// Moves a candidate boundary past what closes the sentence before it: quotes, brackets, emphasis
/// marks, a `[12]` reference, emoji. `None` where there is no boundary at all.
fn settle(text: &str, candidate: usize) -> Option<usize> {
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
fn ends_sentence(before: &str, after: &str) -> bool {
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
fn is_pictograph(c: char) -> bool {
    matches!(
        u32::from(c),
        0x200D | 0x20E3 | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0xFE0F | 0x1F000..=0x1FAFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentence_texts(text), expected);
    }

    #[test]
    fn plain_prose() {
        check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check("  Padded.  ", &["Padded."]);
        check("", &[]);
        check(" \n\t ", &[]);
        check("no punctuation at all", &["no punctuation at all"]);
    }

    #[test]
    fn abbreviations_initials_and_numbers() {
        check(
            "Dr. Who met Mr. J. R. Smith. They left.",
            &["Dr. Who met Mr. J. R. Smith.", "They left."],
        );
        check(
            "It costs 3.50 dollars. See Fig. 3 and p. 12.",
            &["It costs 3.50 dollars.", "See Fig. 3 and p. 12."],
        );
        check("He lives in the U.S. Army base.", &["He lives in the U.S. Army base."]);
        check("He lives in the U.S. She does not.", &["He lives in the U.S.", "She does not."]);
        check(
            "Use tools, e.g. Rust, i.e. Cargo etc. They work.",
            &["Use tools, e.g. Rust, i.e. Cargo etc.", "They work."],
        );
        check(
            "Ford Inc. Builds cars. Ford Inc. The best.",
            &["Ford Inc. Builds cars.", "Ford Inc.", "The best."],
        );
        check(
            "Am 3. Oktober ist z.B. Feiertag. Ende.",
            &["Am 3. Oktober ist z.B. Feiertag.", "Ende."],
        );
        check("It ended in 1990. 5 apples fell.", &["It ended in 1990.", "5 apples fell."]);
        check("No. 5 is alive. I said so.", &["No. 5 is alive.", "I said so."]);
        check("At 5 p.m. He left at 6 a.m. sharp.", &["At 5 p.m.", "He left at 6 a.m. sharp."]);
        check("Version 2.0. Then 3.1.4 came.", &["Version 2.0.", "Then 3.1.4 came."]);
    }

    #[test]
    fn lists_and_headings() {
        check(
            "# Title\n1. Mix it. Bake it.\n2. Eat.\n- a\n* b",
            &["# Title", "1. Mix it.", "Bake it.", "2. Eat.", "- a", "* b"],
        );
        check("1. Foo is good. 2. Bar is not.", &["1. Foo is good.", "2. Bar is not."]);
        check("**1.** Start here. Go on.", &["**1.** Start here.", "Go on."]);
        check("A line\n---\nB line\n***", &["A line\n---", "B line\n***"]);
        check("| a | b |\n|---|---|\n| 1 | 2 |", &["| a | b |\n|---|---|", "| 1 | 2 |"]);
    }

    #[test]
    fn markdown_marks_quotes_and_references_close_a_sentence() {
        check("**Bold.** Next one. _It is._ Yes.", &["**Bold.**", "Next one.", "_It is._", "Yes."]);
        check(
            "\"Stop!\" he said. \"Why?\" She left.",
            &["\"Stop!\" he said.", "\"Why?\"", "She left."],
        );
        check("As shown.[1] Then this.[2, 3] End.", &["As shown.[1]", "Then this.[2, 3]", "End."]);
        check("He left. (It was late.) Then rain.", &["He left.", "(It was late.)", "Then rain."]);
        check("Well... I think so. Wait... what?", &["Well...", "I think so.", "Wait... what?"]);
        check("¿Qué? ¡Sí! «Non.» Oui.", &["¿Qué?", "¡Sí!", "«Non.»", "Oui."]);
    }

    #[test]
    fn tight_marks_do_not_end_a_sentence() {
        check("See www.example.com/A?B=1 now. Ok.", &["See www.example.com/A?B=1 now.", "Ok."]);
        check("Yahoo!Answers is gone. Main.Rs too.", &["Yahoo!Answers is gone.", "Main.Rs too."]);
        check("Really?! Yes!!! No.", &["Really?!", "Yes!!!", "No."]);
    }

    #[test]
    fn other_scripts() {
        check("你好。我是学生。你呢？", &["你好。", "我是学生。", "你呢？"]);
        check("「行く。」と言った。終わり。", &["「行く。」", "と言った。", "終わり。"]);
        check("यह है। वह है।", &["यह है।", "वह है।"]);
        check("هذا جيد. لماذا؟ نعم.", &["هذا جيد.", "لماذا؟", "نعم."]);
    }

    #[test]
    fn text_without_capitals() {
        check(
            "i like it. it is good, e.g. here. bye",
            &["i like it.", "it is good, e.g. here.", "bye"],
        );
        check("I like it. iPhones are good.", &["I like it.", "iPhones are good."]);
        check(
            "Power vs. time, in 12 pt. or so, etc. and more.",
            &["Power vs. time, in 12 pt. or so, etc. and more."],
        );
        check(
            "It was in 2010. then it ended; see E. coli. ok",
            &["It was in 2010.", "then it ended; see E. coli.", "ok"],
        );
        check(
            "By Frederic S. Mishkin, op. cit. and others.",
            &["By Frederic S. Mishkin, op. cit. and others."],
        );
    }

    #[test]
    fn emoji_stay_with_the_sentence_before() {
        check("Great! 🎉 Thanks. 👩‍👩‍👧 Bye", &["Great! 🎉", "Thanks. 👩‍👩‍👧", "Bye"]);
        check("✅ Done\n🎉🎉", &["✅ Done", "🎉🎉"]);
        check("🎉", &["🎉"]);
    }

    #[test]
    fn wrapped_lines_join_and_code_stays_whole() {
        check(
            "This is a long line of prose that somebody\nwrapped by hand. And this\nis not.",
            &[
                "This is a long line of prose that somebody\nwrapped by hand.",
                "And this",
                "is not.",
            ],
        );
        check("Run:\n```\na. B\nc. D\n```\nDone.", &["Run:", "```\na. B\nc. D\n```", "Done."]);
    }

    #[test]
    fn long_runs_of_marks_and_spaces() {
        let gap = " ".repeat(500);
        check(&format!("One.{gap}Two{gap}three"), &["One.", &format!("Two{gap}three")]);
        check(&format!("Dr.{gap}Who"), &[&format!("Dr.{gap}Who")]);
        let dots = ".".repeat(500);
        check(&format!("One{dots} Two"), &[&format!("One{dots}"), "Two"]);
        let marks = "\"".repeat(500);
        check(&format!("One.{marks} Two"), &[&format!("One.{marks}"), "Two"]);
    }

    #[test]
    fn spans_count_scalars() {
        assert_eq!(sentences("é😀a. Ünd."), [Span::new(0, 4), Span::new(5, 9)]);
    }
}
