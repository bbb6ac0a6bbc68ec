//! Long passages in pieces that a judge can read.

use rubrica_core::Span;
use serde::Deserialize;

/// What a piece is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChunkUnit {
    /// Tokens of the model.
    Tokens,
    /// Words between white space.
    Words,
}

/// How the results of the pieces become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChunkCombine {
    /// The piece that gives the label of the rule the highest value decides.
    Highest,
    /// The one that gives it the lowest.
    Lowest,
}

/// Pieces of `text`, none with more than `most` units. `units` are the places of tokens or words, in
/// order. A piece ends after a sentence where it can, and has to hold at least one unit; together the
/// pieces hold all of them.
pub(super) fn chunks(text: &[char], units: &[Span], most: usize) -> Vec<Span> {
    let most = most.max(1);
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < units.len() {
        let full = units.len().min(start + most);
        let end = if full == units.len() {
            full
        } else {
            // Back to the last end of a sentence; a sentence that is longer than a piece is cut.
            (start + 1..=full).rev().find(|&end| ends_sentence(text, units, end)).unwrap_or(full)
        };
        let from = units[start].start.min(text.len());
        let until = units[end - 1].end.clamp(from, text.len());
        pieces.push(Span::new(from, until));
        start = end;
    }
    pieces
}

/// Whether a sentence ends between unit `end - 1` and the next.
fn ends_sentence(text: &[char], units: &[Span], end: usize) -> bool {
    let last = units[end - 1].end;
    let next = units.get(end).map_or(text.len(), |unit| unit.start.max(last)).min(text.len());
    let gap = text.get(last..next).unwrap_or_default();
    // Some tokenizers count the space before a word with the word.
    let after = text.get(last).copied();
    if gap.contains(&'\n') || after == Some('\n') {
        return true;
    }
    let spaced = after.is_none_or(char::is_whitespace);
    let closed = text[..last.min(text.len())].iter().rev().find(|c| !"\"')]”’»".contains(**c));
    match closed {
        Some('.' | '!' | '?') => spaced,
        Some('。' | '！' | '？') => true,
        _ => false,
    }
}

/// The words of a text.
pub(super) fn words(text: &[char]) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.iter().enumerate() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                words.push(Span::new(from, at));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| Span::new(from, text.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, most: usize) -> Vec<String> {
        let text: Vec<char> = text.chars().collect();
        let spans = chunks(&text, &words(&text), most);
        spans.iter().map(|span| text[span.start..span.end].iter().collect()).collect()
    }

    #[test]
    fn a_piece_ends_after_a_sentence() {
        let text = "One two three. Four (five.) Six seven eight nine ten";
        assert_eq!(pieces(text, 100), [text]);
        assert_eq!(
            pieces(text, 4),
            ["One two three.", "Four (five.)", "Six seven eight nine", "ten"]
        );
        assert_eq!(pieces("a\nb c d", 3), ["a", "b c d"]);
        assert!(pieces("", 3).is_empty() && pieces("  \n", 3).is_empty());
    }

    #[test]
    fn nothing_is_lost() {
        let text = "Alpha beta. Gamma delta epsilon! Zeta? Eta theta iota kappa lambda mu nu.";
        let all = |most| {
            pieces(text, most).join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        for most in 0..14 {
            assert_eq!(all(most), words, "{most}");
        }
    }
}
