//! Paragraphs with their places.

use std::ops::Range;

use rubrica_core::Span;

use super::blocks::{BlockKind, blocks, lines};
use super::{spans_of, trimmed};

/// The paragraphs of `text`, ascending and disjoint, without white space at their ends: what stands
/// between blank lines. A blank line inside a fenced code block does not count.
///
/// Every scalar that is not white space lies in exactly one paragraph.
pub fn paragraphs(text: &str) -> Vec<Span> {
    let code: Vec<Range<usize>> = blocks(text)
        .into_iter()
        .filter(|block| block.kind == BlockKind::Code)
        .map(|block| block.range)
        .collect();
    let mut code = code.into_iter().peekable();
    let mut ranges = Vec::new();
    let mut start = None;
    for line in lines(text) {
        while code.next_if(|range| range.end < line.start).is_some() {}
        let fenced = code.peek().is_some_and(|range| range.contains(&line.start));
        if text[line.clone()].trim().is_empty() && !fenced {
            ranges.extend(start.take().and_then(|from| trimmed(text, from..line.start)));
        } else {
            start.get_or_insert(line.start);
        }
    }
    ranges.extend(start.and_then(|from| trimmed(text, from..text.len())));
    spans_of(text, &ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> =
            paragraphs(text).into_iter().map(|span| span.slice(text).expect("in range")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        check("a\nb\n\n \nc\r\n\r\nd", &["a\nb", "c", "d"]);
        check("\n\n x \n", &["x"]);
        check("", &[]);
        check("é\n\n😀", &["é", "😀"]);
    }

    #[test]
    fn code_keeps_its_blank_lines() {
        check("a\n\n```\nx\n\ny\n```\n\nb", &["a", "```\nx\n\ny\n```", "b"]);
    }
}
