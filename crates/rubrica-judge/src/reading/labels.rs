//! Verdicts that stand in the text by themselves: labels in brackets, or one letter.

use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Preference;

use super::format::{Format, Gives, Reading, only, ranged, verdict};
use crate::arena::{ArenaLabel, parse_arena};
use crate::parsed::Parsed;
use crate::prometheus::parse_relative;

pub(super) const ARENA_HARD: Format = Format {
    id: "arena-hard",
    title: "Five labels, from much better to much worse",
    source: "Arena-Hard; Li et al., 2024",
    gives: Gives::Verdict,
    expects: "[[A>>B]], [[A>B]], [[A=B]], [[B>A]] or [[B>>A]]",
    example: "My own answer is 4. So the final verdict is: [[A>>B]]",
    expected: r#"{"verdict":"A>>B"}"#,
    parse: |text| parse_arena(text).map(verdict),
};

pub(super) const JUDGE_BENCH: Format = Format {
    id: "judgebench",
    title: "Five labels, of which only the direction counts",
    source: "JudgeBench; Tan et al., 2024",
    gives: Gives::Verdict,
    expects: "[[A>>B]], [[A>B]], [[A=B]], [[B>A]] or [[B>>A]]",
    example: "Assistant B is right. [[B>>A]]",
    expected: r#"{"verdict":"B>A"}"#,
    parse: |text| parse_arena(text).map(|label| verdict(plain(label.preference()))),
};

pub(super) const MT_BENCH_PAIR: Format = Format {
    id: "mt-bench-pair",
    title: "A, B or C for a tie",
    source: "MT-Bench; Zheng et al., 2023",
    gives: Gives::Verdict,
    expects: "[[A]], [[B]] or, for a tie, [[C]]",
    example: "Both are clear, but the second is wrong. [[A]]",
    expected: r#"{"verdict":"A>B"}"#,
    parse: |text| letter(text, true),
};

pub(super) const ALIGN_BENCH: Format = Format {
    id: "alignbench",
    title: "A or B",
    source: "AlignBench, as CompassJudger reads it; Cao et al., 2024",
    gives: Gives::Verdict,
    expects: "[[A]] or [[B]]",
    example: "回答B更好。[[B]]",
    expected: r#"{"verdict":"B>A"}"#,
    parse: |text| letter(text, false),
};

pub(super) const ALPACA_EVAL: Format = Format {
    id: "alpaca-eval",
    title: "m for the first, M for the second",
    source: "AlpacaEval; Dubois et al., 2024",
    gives: Gives::Verdict,
    expects: "a text whose first word is m or M",
    example: "m",
    expected: r#"{"verdict":"A>B"}"#,
    parse: alpaca,
};

pub(super) const PROMETHEUS_RELATIVE: Format = Format {
    id: "prometheus-relative",
    title: "Feedback, then the better response",
    source: "Prometheus 2; Kim et al., 2024",
    gives: Gives::Verdict,
    expects: "[RESULT] A or [RESULT] B",
    example: "A says why, B does not. [RESULT] A",
    expected: r#"{"verdict":"A>B"}"#,
    parse: |text| parse_relative(text).map(|winner| verdict(plain(winner))),
};

/// A preference as a label without strength.
pub(super) fn plain(preference: Preference) -> ArenaLabel {
    match preference {
        Preference::A => ArenaLabel::ABetter,
        Preference::Tie => ArenaLabel::Tie,
        Preference::B => ArenaLabel::BBetter,
    }
}

/// Reads `[[A]]`, `[[B]]` and, with `ties`, `[[C]]`. Other capital letters in such brackets are out of range.
fn letter(text: &str, ties: bool) -> Parsed<Reading> {
    static LETTER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\[\[([A-Z])\]\]").expect("a valid pattern"));
    let found = only(LETTER.captures_iter(text).map(|capture| capture.extract::<1>().1[0]));
    ranged(found, |letter| match letter {
        "A" => Some(verdict(ArenaLabel::ABetter)),
        "B" => Some(verdict(ArenaLabel::BBetter)),
        "C" if ties => Some(verdict(ArenaLabel::Tie)),
        _ => None,
    })
}

/// The reference reads the first character, and so takes `Model m is better` for M.
fn alpaca(text: &str) -> Parsed<Reading> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    match &text[..end] {
        "m" => Parsed::Found(verdict(ArenaLabel::ABetter)),
        "M" => Parsed::Found(verdict(ArenaLabel::BBetter)),
        _ => Parsed::Missing,
    }
}
