//! Blocks: the parts of a text that a sentence never crosses.
//!
//! A line ends a block, unless it is a line of prose that was wrapped by hand. A Markdown code
//! fence with all that it holds is one block.

use std::ops::Range;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// Text to be cut into sentences.
    Prose,
    /// A fenced code block, fences included.
    Code,
}

/// A part of a text that a sentence never crosses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// Bytes of the text; blocks are disjoint and ascending.
    pub(super) range: Range<usize>,
}

/// Shortest line, in scalars, that is taken for wrapped prose.
const WRAPPED_LINE: usize = 40;

/// The blocks of `text` that are not blank. Together they hold all that is not white space.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // The fence that is open, and whether the last line of the last block may go on.
    let mut fence: Option<Fence> = None;
    let mut open_line: Option<&str> = None;
    for range in lines(text) {
        let line = &text[range.clone()];
        if let Some(open) = fence {
            if let Some(block) = blocks.last_mut() {
                block.range.end = range.end;
            }
            if open.closed_by(line) {
                fence = None;
            }
            continue;
        }
        fence = Fence::opened_by(line);
        if fence.is_some() {
            blocks.push(Block { kind: BlockKind::Code, range });
            open_line = None;
        } else if line.trim().is_empty() {
            open_line = None;
        } else {
            match (open_line, blocks.last_mut()) {
                (Some(before), Some(block)) if is_wrapped(before, line) => {
                    block.range.end = range.end;
                }
                _ => blocks.push(Block { kind: BlockKind::Prose, range }),
            }
            open_line = Some(line);
        }
    }
    blocks
}

/// Byte ranges of the lines of `text`, without their ends. Every mandatory break of UAX 14 ends a
/// line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let start = rest;
        let found = text[start..].char_indices().find(|(_, c)| is_line_end(*c));
        match found {
            Some((at, c)) => {
                let end = start + at;
                rest = end + c.len_utf8();
                if c == '\r' && text[rest..].starts_with('\n') {
                    rest += 1;
                }
                Some(start..end)
            }
            None => {
                done = true;
                Some(start..text.len())
            }
        }
    })
}

/// True for the characters that end a line.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// An open Markdown fence.
#[derive(Debug, Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = line.chars().take_while(|c| *c == mark).count();
        // "```like this```" is inline code.
        let opens = length >= 3 && !(mark == '`' && line[length..].contains('`'));
        opens.then_some(Self { mark, length })
    }

    fn closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// True when `next` goes on where the prose line `before` was wrapped.
fn is_wrapped(before: &str, next: &str) -> bool {
    let before = before.trim();
    let next = next.trim();
    !before.starts_with(['#', '|'])
        && !before.ends_with([':', ';', '|'])
        && before.chars().nth(WRAPPED_LINE - 1).is_some()
        && next.chars().next().is_some_and(char::is_lowercase)
        && !is_list_item(next)
}

/// True when `line` starts with a bullet (`-`, `*`, `+`, `•`, `–`, ...) and white space.
pub(crate) fn is_bullet(line: &str) -> bool {
    let mut chars = line.trim_start().chars();
    let bullet = chars.next().is_some_and(|c| {
        matches!(c, '-' | '*' | '+' | '•' | '◦' | '▪' | '‣' | '·' | '–' | '—' | '●' | '○')
    });
    bullet && chars.next().is_none_or(char::is_whitespace)
}

/// True when `line` starts a list item: with a bullet, or with an enumerator such as `12.`, `a)` or
/// `(3)` and white space.
pub fn is_list_item(line: &str) -> bool {
    let body = line.trim_start();
    let marker = enumerator(body);
    is_bullet(body) || (marker > 0 && body[marker..].chars().next().is_none_or(char::is_whitespace))
}

/// Bytes of an enumerator such as `12.`, `a)`, `iv.` or `(3)` at the start of `text`; 0 without one.
pub(super) fn enumerator(text: &str) -> usize {
    let open = usize::from(text.starts_with('('));
    let body = &text[open..];
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let roman = body.bytes().take_while(|b| b"ivxIVX".contains(b)).count();
    let letter = usize::from(body.starts_with(|c: char| c.is_ascii_alphabetic()));
    for length in [digits, roman, letter] {
        if (1..=5).contains(&length) && body[length..].starts_with(['.', ')']) {
            return open + length + 1;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(BlockKind, &str)> {
        blocks(text).into_iter().map(|b| (b.kind, &text[b.range])).collect()
    }

    #[test]
    fn lines_end_at_every_mandatory_break() {
        let text = "a\nb\r\nc\rd\u{2028}e\u{85}f";
        let found: Vec<&str> = lines(text).map(|r| &text[r]).collect();
        assert_eq!(found, ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(lines("x\n").count(), 2);
    }

    #[test]
    fn a_fence_is_one_block_and_runs_to_its_close() {
        use BlockKind::{Code, Prose};
        let text = "Run:\n```sh\nls. A\n\n~~~\n```\nDone.";
        assert_eq!(
            parts(text),
            [(Prose, "Run:"), (Code, "```sh\nls. A\n\n~~~\n```"), (Prose, "Done.")]
        );
        assert_eq!(parts("~~~\ncut off"), [(Code, "~~~\ncut off")]);
        assert_eq!(parts("```x``` is code"), [(Prose, "```x``` is code")]);
    }

    #[test]
    fn only_wrapped_prose_goes_on() {
        let text = "This line of prose is long enough to have been\nwrapped by hand. End.";
        assert_eq!(parts(text).len(), 1);
        let listed = "This line of prose is long enough to have been\na) wrapped";
        assert_eq!(parts(listed).len(), 2);
        assert_eq!(parts("roses\nare red").len(), 2);
        assert_eq!(
            parts("# A heading that is long enough to be wrapped by hand\nand text").len(),
            2
        );
    }

    #[test]
    fn markers() {
        for line in ["- a", "  12. a", "a) b", "(iv) b", "•\tb", "-"] {
            assert!(is_list_item(line), "{line}");
        }
        for line in ["-a", "1.5 l", "No. 5", "", "word. x", "**bold** x"] {
            assert!(!is_list_item(line), "{line}");
        }
    }
}
