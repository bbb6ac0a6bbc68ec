//! Properties of segmentation on arbitrary and on hostile text.

use proptest::prelude::*;
use rubrica_core::Span;
use rubrica_metrics::text::{paragraphs, sentences, word_spans, words};

/// Text made of the pieces that segmentation decides on, so that chance meets its rules.
fn tricky_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "Dr",
        "e.g",
        "U.S",
        "No",
        "Fig",
        "word",
        "Word",
        "The",
        "i",
        "I",
        "3",
        "12",
        "1990",
        ".",
        "...",
        "!",
        "?",
        "。",
        "！",
        "؟",
        "।",
        ":",
        ";",
        ",",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        "\u{2028}",
        "\"",
        "'",
        "(",
        ")",
        "[",
        "]",
        "[1]",
        "“",
        "”",
        "「",
        "」",
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        "# ",
        "- ",
        "1. ",
        "a) ",
        "> ",
        "|",
        "---",
        "🎉",
        "👩‍👩‍👧",
        "e\u{301}",
        "你好",
        "שלום",
        "\u{0}",
        "\u{200b}",
        "\u{feff}",
        "\u{1c}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}')
}

fn covers_all_but_space(text: &str, spans: &[Span]) -> Result<(), TestCaseError> {
    let chars: Vec<char> = text.chars().collect();
    let mut seen = vec![0_u32; chars.len()];
    let mut last = 0;
    for span in spans {
        prop_assert!(span.start >= last && !span.is_empty(), "{span:?} after {last}");
        prop_assert!(span.end <= chars.len(), "{span:?} of {}", chars.len());
        prop_assert!(!chars[span.start].is_whitespace() && !chars[span.end - 1].is_whitespace());
        seen[span.start..span.end].iter_mut().for_each(|n| *n += 1);
        last = span.end;
    }
    for (at, c) in chars.iter().enumerate() {
        prop_assert!(c.is_whitespace() || seen[at] == 1, "{c:?} at {at} is in {} spans", seen[at]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_scalar_is_in_one_sentence(text in prop_oneof![tricky_text(), any::<String>()]) {
        covers_all_but_space(&text, &sentences(&text))?;
    }

    #[test]
    fn every_scalar_is_in_one_paragraph(text in prop_oneof![tricky_text(), any::<String>()]) {
        covers_all_but_space(&text, &paragraphs(&text))?;
    }

    #[test]
    fn paragraphs_hold_whole_sentences(text in tricky_text()) {
        let paragraphs = paragraphs(&text);
        for sentence in sentences(&text) {
            // A sentence without letters joins its neighbour, over a blank line if need be.
            let crosses = paragraphs.iter().filter(|p| p.overlaps(sentence)).count();
            let text = sentence.slice(&text).expect("in range");
            let marks = text.split(is_break).any(|line| !line.chars().any(char::is_alphanumeric));
            prop_assert!(crosses == 1 || marks, "{sentence:?} crosses {crosses} paragraphs");
        }
    }

    #[test]
    fn words_and_their_places_agree(text in prop_oneof![tricky_text(), any::<String>()]) {
        let spans = word_spans(&text);
        let sliced: Vec<&str> = spans.iter().map(|s| s.slice(&text).expect("in range")).collect();
        prop_assert_eq!(sliced, words(&text).collect::<Vec<_>>());
    }
}

#[test]
fn long_runs_of_anything_are_segmented() {
    // Quadratic time would take hours already on the longest of these.
    let size = 1 << 16;
    let patterns = [
        "a",
        " ",
        "\n",
        ".",
        "! ",
        "Dr. ",
        "1. ",
        "[1] Dr. ",
        "* ",
        "**",
        "🎉 ",
        "🎉",
        "(",
        ")",
        "\"",
        "a.b.",
        "A.B. ",
        "。",
        "。\"",
        "```\n",
        "```\na\n\n",
        "- ",
        "| ",
        "e\u{301}",
        "שלום. ",
        "\u{0}",
        "i. ",
        "word ",
        "x. 5 ",
        ".*",
        ".[",
        ". [1",
        "... ",
    ];
    for pattern in patterns {
        let text = pattern.repeat(size / pattern.len());
        for prefix in ["", "***** [ Dr. "] {
            let text = [prefix, &text].concat();
            let spans = sentences(&text);
            assert!(!spans.is_empty() || text.trim().is_empty(), "{pattern:?}");
            paragraphs(&text);
            word_spans(&text);
        }
    }
    let marks = [&"*".repeat(size / 2), " ", &"Dr. ".repeat(size / 8)].concat();
    assert_eq!(sentences(&marks).len(), 1);
}
