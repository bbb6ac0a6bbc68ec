//! Words for whoever runs a command: on standard error, with nothing in them that a terminal would obey.

use std::borrow::Cow;
use std::io::Write;

/// Writes a line to standard error. That nobody reads it any more is no mistake of the command.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "rubrica: {}", visible(text));
}

/// `text` with marks in place of what a terminal acts upon: control characters but for line ends and tabs, and
/// those that turn the direction of writing.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for mark in text.chars() {
        match is_active(mark) {
            true => plain += &format!("\\u{{{:x}}}", u32::from(mark)),
            false => plain.push(mark),
        }
    }
    Cow::Owned(plain)
}

/// True for a character that a terminal acts upon instead of showing it.
pub(crate) fn is_active(mark: char) -> bool {
    let turns = matches!(mark, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns
        || mark == '\u{2028}'
        || mark == '\u{2029}'
        || (mark.is_control() && !matches!(mark, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown() {
        assert_eq!(
            visible("a\u{1b}[31mred\u{7}\r\u{9b}2J\u{7f}\u{202e}x"),
            "a\\u{1b}[31mred\\u{7}\\u{d}\\u{9b}2J\\u{7f}\\u{202e}x"
        );
        let plain = "é 日本 😀\tno\nescapes";
        assert!(matches!(visible(plain), Cow::Borrowed(same) if same == plain));
    }
}
