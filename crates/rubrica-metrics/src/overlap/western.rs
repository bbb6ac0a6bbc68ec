//! Parting Western punctuation from words, as `mteval-v13a.pl` and Tercom do.
//!
//! The substitutions of the reference tools are done by hand: a pattern engine with its tables would
//! weigh more than all of this.

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
    let mut from = 0;
    for (at, mark) in text.match_indices(|c: char| u8::try_from(c).is_ok_and(is_mark)) {
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

/// What [`around_marks`] and then [`around_stops`] part, in one pass: the same tokens, between single
/// spaces. `padded` reads `text` as if a space stood at either end.
///
/// Marks and spaces are parted from all else, and the rules for stops look no further than one neighbour.
/// So the text falls into pieces between marks and spaces, and only one with a stop or a dash needs the
/// rules.
pub(super) fn around_marks_and_stops(text: &str, padded: bool) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 4 + 2);
    let mut from = 0;
    let piece = |spaced: &mut String, from: usize, to: usize, special: Special| {
        let word = &text[from..to];
        match special {
            Special::No => return spaced.push_str(word),
            // A stop behind a word parts from it, whatever it is, as a space or a mark follows.
            Special::StopAt(at) if at + 1 == to && (padded || to < text.len()) => {
                spaced.push_str(&text[from..at]);
                spaced.push(' ');
                return spaced.push_str(&text[at..to]);
            }
            _ => {}
        }
        // What the neighbour of a first or last stop is: a space or a mark, but at a bare end.
        let before = if padded || from > 0 { " " } else { "" };
        let after = if padded || to < text.len() { " " } else { "" };
        spaced.push_str(&around_stops(&[before, word, after].concat()));
    };
    let mut special = Special::No;
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        match KINDS[usize::from(byte)] {
            Kind::Other => {}
            Kind::Mark => {
                if from < at {
                    piece(&mut spaced, from, at, special);
                    spaced.push(' ');
                }
                if byte != b' ' {
                    spaced.extend([char::from(byte), ' ']);
                }
                (from, special) = (at + 1, Special::No);
            }
            Kind::Stop if special == Special::No => special = Special::StopAt(at),
            Kind::Dash if !before.is_ascii_digit() => {}
            Kind::Stop | Kind::Dash => special = Special::Yes,
        }
        before = byte;
    }
    piece(&mut spaced, from, text.len(), special);
    spaced
}

/// What a piece between marks has that the rules for stops may part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    No,
    /// One stop or comma, at this byte.
    StopAt(usize),
    Yes,
}

/// What a byte is to the rules.
#[derive(Clone, Copy)]
enum Kind {
    Other,
    Mark,
    Stop,
    Dash,
}

/// The kind of each byte.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'.' | b',' => Kind::Stop,
            b'-' => Kind::Dash,
            _ if is_mark(byte) => Kind::Mark,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

/// ASCII punctuation and the space, but for the apostrophe, `,`, `-` and `.`.
const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'{'..=b'~' | b'['..=b'`' | b' '..=b'&' | b'('..=b'+' | b':'..=b'@' | b'/')
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

    /// Against the passes of the reference tools, on every text of up to five of the characters that the
    /// rules tell apart.
    #[test]
    fn one_pass_parts_what_the_passes_part() {
        let kinds = ['a', '7', '.', ',', '-', ' ', '(', 'é', '\u{a0}'];
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|t| kinds.map(|kind| format!("{t}{kind}")));
            texts = longer.collect();
            for text in &texts {
                let passes = words(&around_stops(&around_marks(text)));
                assert_eq!(words(&around_marks_and_stops(text, false)), passes, "{text:?}");
                let passes = words(&around_stops(&around_marks(&format!(" {text} "))));
                assert_eq!(words(&around_marks_and_stops(text, true)), passes, "{text:?}, padded");
            }
        }
    }
}
