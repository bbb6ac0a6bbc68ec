//! Character ranges of a text.

use serde::{Deserialize, Serialize};

/// A half-open range of a text, in Unicode scalar values (`char`s).
///
/// JavaScript counts UTF-16 code units; [`Utf16Index`] converts at the boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First scalar.
    pub start: usize,
    /// One past the last scalar; never below `start`.
    pub end: usize,
}

impl Span {
    /// The range `start..end`.
    ///
    /// # Panics
    /// When `end < start`: spans are made by our own code from positions that it found.
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "span {start}..{end} runs backwards");
        Self { start, end }
    }

    /// Scalars in the range.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True when the range holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True when the two ranges share at least one scalar.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The part of `text` that the span covers, or `None` when it lies outside.
    pub fn slice(self, text: &str) -> Option<&str> {
        let start = byte_at(text, self.start)?;
        let length = byte_at(&text[start..], self.len())?;
        Some(&text[start..start + length])
    }

    /// The span of the byte range `bytes` of `text`, which must lie on character boundaries.
    pub fn from_bytes(text: &str, bytes: std::ops::Range<usize>) -> Self {
        let start = text[..bytes.start].chars().count();
        Self { start, end: start + text[bytes].chars().count() }
    }

    /// `text` without the part that the span covers.
    pub fn cut_from(self, text: &str) -> Option<String> {
        let start = byte_at(text, self.start)?;
        let end = start + byte_at(&text[start..], self.len())?;
        Some([&text[..start], &text[end..]].concat())
    }
}

/// Byte offset of scalar number `index`; the end of the text counts as a position.
fn byte_at(text: &str, index: usize) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).nth(index)
}

/// Maps scalar offsets of one text to UTF-16 offsets in constant time each.
#[derive(Debug, Clone)]
pub struct Utf16Index {
    /// Scalar indices of characters outside the Basic Multilingual Plane, ascending.
    wide: Vec<usize>,
}

impl Utf16Index {
    /// Index of `text`; one pass.
    pub fn new(text: &str) -> Self {
        let wide = text
            .chars()
            .enumerate()
            .filter(|(_, c)| c.len_utf16() == 2)
            .map(|(at, _)| at)
            .collect();
        Self { wide }
    }

    /// UTF-16 offset of scalar offset `scalar`.
    pub fn to_utf16(&self, scalar: usize) -> usize {
        scalar + self.wide.partition_point(|&at| at < scalar)
    }

    /// Scalar offset of UTF-16 offset `unit`; an offset inside a pair gives the pair's start.
    pub fn to_scalar(&self, unit: usize) -> usize {
        // Wide character number k starts at UTF-16 offset wide[k] + k.
        let mut before = 0;
        while before < self.wide.len() && self.wide[before] + before + 1 < unit {
            before += 1;
        }
        if before < self.wide.len() && self.wide[before] + before + 1 == unit {
            return self.wide[before];
        }
        unit - before
    }

    /// The span in UTF-16 units.
    pub fn span_to_utf16(&self, span: Span) -> Span {
        Span { start: self.to_utf16(span.start), end: self.to_utf16(span.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a😀é👩‍👩‍👧 z";

    #[test]
    fn utf16_offsets_match_encode_utf16() {
        let index = Utf16Index::new(TEXT);
        let mut units = 0;
        for (scalar, c) in TEXT.chars().enumerate() {
            assert_eq!(index.to_utf16(scalar), units, "scalar {scalar}");
            assert_eq!(index.to_scalar(units), scalar, "unit {units}");
            units += c.len_utf16();
        }
        assert_eq!(index.to_utf16(TEXT.chars().count()), TEXT.encode_utf16().count());
    }

    #[test]
    fn an_offset_inside_a_pair_gives_its_start() {
        assert_eq!(Utf16Index::new("😀b").to_scalar(1), 0);
        assert_eq!(Utf16Index::new("😀b").to_scalar(2), 1);
    }

    #[test]
    fn slices_and_cuts() {
        let span = Span::new(1, 2);
        assert_eq!(span.slice(TEXT), Some("😀"));
        assert_eq!(Span::new(1, 2).cut_from("a😀b").as_deref(), Some("ab"));
        assert_eq!(Span::new(2, 9).slice("abc"), None);
        assert_eq!(Span::from_bytes("é😀x", 2..6), Span::new(1, 2));
    }
}
