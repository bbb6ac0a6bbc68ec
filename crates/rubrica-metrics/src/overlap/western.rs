//! Parting Western punctuation from words, as `mteval-v13a.pl` and Tercom do.
//!
//! Each function is one pass of the reference tools' substitutions, done by hand: a pattern engine
//! with its tables would weigh more than all of this.

use std::borrow::Cow;

/// `text` with XML entities read.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    Cow::Owned(text)
}

/// `text` with spaces around all ASCII punctuation and spaces, but for the apostrophe, `,`, `-` and
/// `.`.
pub(super) fn around_marks(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() * 2);
    let is_mark = |c| matches!(c, '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/');
    let mut from = 0;
    for (at, mark) in text.match_indices(is_mark) {
        spaced.push_str(&text[from..at]);
        spaced.push(' ');
        spaced.push_str(mark);
        spaced.push(' ');
        from = at + mark.len();
    }
    spaced.push_str(&text[from..]);
    spaced
}

/// `text` with spaces around full stops and commas that no digit stands before or after, and around
/// a dash after a digit.
pub(super) fn around_stops(text: &str) -> String {
    let stop = |c: char| matches!(c, '.' | ',');
    let other = |c: char| !c.is_ascii_digit();
    let text = pairs(text, |a, b| (other(a) && stop(b)).then_some([a, ' ', b, ' ']));
    let text = pairs(&text, |a, b| (stop(a) && other(b)).then_some([' ', a, ' ', b]));
    pairs(&text, |a, b| (a.is_ascii_digit() && b == '-').then_some([a, ' ', b, ' ']))
}

/// `text` with each pair of neighbours replaced for which there is a replacement, from the left,
/// without overlap.
pub(super) fn pairs(text: &str, replacement: impl Fn(char, char) -> Option<[char; 4]>) -> String {
    let mut replaced = String::with_capacity(text.len() + text.len() / 2);
    let mut chars = text.char_indices().peekable();
    let mut from = 0;
    while let Some((at, c)) = chars.next() {
        let Some((after, next)) = chars.peek().copied() else { break };
        if let Some(pair) = replacement(c, next) {
            replaced.push_str(&text[from..at]);
            replaced.extend(pair);
            from = after + next.len_utf8();
            chars.next();
        }
    }
    replaced.push_str(&text[from..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_part_from_words_but_not_within_numbers() {
        let words = |text: &str| {
            around_stops(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(words("a,b 1,000.5 x. 3-4").join(" "), "a , b 1,000.5 x . 3 - 4");
        assert_eq!(words("+.5 -a..5 ").join(" "), "+ . 5 -a . .5");
        assert_eq!(around_marks("a(b)'s"), "a ( b ) 's");
        assert_eq!(unescaped("&amp;lt;"), "<");
    }
}
