//! Sentences with their places.
//!
//! Sentence boundaries of Unicode Standard Annex 29, mended where that annex is known to be wrong:
//! it breaks after `Dr.`, after initials and list numbers, in front of `** bold **` closers, and not
//! before a number or a small letter. Lines and Markdown code fences come first: see
//! [`sentences`].

mod ending;

use std::borrow::Cow;
use std::ops::Range;

use rubrica_core::Span;
use unicode_segmentation::UnicodeSegmentation;

use self::ending::{ends_sentence, is_pictograph, settle};
use super::blocks::{BlockKind, blocks, is_line_end};
use super::{spans_of, trimmed};

/// Marks and spaces in a row that UAX 29 is asked to look at.
const LONGEST_RUN: usize = 32;

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
