//! Formulas in LaTeX: what they hold, as people would write it.

use std::borrow::Cow;

/// Commands that only say how their argument looks.
const LOOKS: [&str; 14] = [
    "text",
    "textbf",
    "textit",
    "textrm",
    "texttt",
    "textsf",
    "textnormal",
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "mathtt",
    "mbox",
    "operatorname",
];

/// The formula that `text` starts with, without its marks, and what stands behind it; an empty one where
/// it starts with none.
pub(super) fn in_math(text: &str) -> (&str, &str) {
    for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        let Some(rest) = text.strip_prefix(open) else { continue };
        if let Some((inside, rest)) = rest.split_once(close) {
            // "$5 and $6" are amounts.
            let amount =
                open == "$" && (inside.ends_with(' ') || rest.starts_with(char::is_alphanumeric));
            if !amount {
                return (inside.trim(), rest.trim_start());
            }
        }
    }
    ("", text)
}

/// `text` without commands that only say how all of it looks: `\text{Sunday}`, `\textbf{(C)}`, `$x$`.
pub(super) fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let (formula, rest) = in_math(text);
        if !formula.is_empty() && rest.is_empty() {
            text = formula;
            continue;
        }
        let named = text.strip_prefix('\\').and_then(|rest| {
            let name = rest.split(|c: char| !c.is_ascii_alphabetic()).next()?;
            LOOKS.contains(&name).then(|| rest[name.len()..].trim_start())
        });
        let braced = named.unwrap_or(text);
        match group(braced) {
            Some((inside, "")) if !inside.trim().is_empty() => text = inside.trim(),
            _ => return text,
        }
    }
}

/// The inside of the braces that `text` starts with, and what stands behind them.
pub(super) fn group(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{')?;
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inside[..at], &inside[at + 1..]));
        }
    }
    None
}

/// A formula as it is compared: one name for all fractions, no commands for looks or sizes.
pub(super) fn comparable(text: &str) -> Cow<'_, str> {
    let text = unwrapped(text);
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    for (from, to) in [
        ("\\dfrac", "\\frac"),
        ("\\tfrac", "\\frac"),
        ("\\cfrac", "\\frac"),
        ("\\left(", "("),
        ("\\right)", ")"),
        ("\\left[", "["),
        ("\\right]", "]"),
        ("\\!", ""),
        ("\\,", ""),
        ("\\%", "%"),
        ("\\$", "$"),
        ("{,}", ","),
    ] {
        plain = plain.replace(from, to);
    }
    Cow::Owned(plain)
}

/// `text` as its numbers are read: digits and signs of all scripts in ASCII, fractions as `a/b`, powers
/// as `^n`, commands without their backslash. A thin space stays one.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains(['\\', '{']) {
        return Cow::Borrowed(text);
    }
    let mut plain = Plain { out: String::with_capacity(text.len()), in_power: false };
    plain.formula(text, 0);
    Cow::Owned(plain.out)
}

/// Nested fractions that are looked into.
const DEEPEST: usize = 4;
/// Bytes of the longest argument.
const LONGEST: usize = 200;

/// What was written so far.
struct Plain {
    out: String,
    /// The last character was a superscript.
    in_power: bool,
}

impl Plain {
    fn formula(&mut self, text: &str, depth: usize) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            rest = match c {
                '\\' => self.command(after, depth),
                '{' if after.starts_with(",}") => {
                    self.out.push(',');
                    &after[2..]
                }
                '{' | '}' if depth > 0 => after,
                _ => {
                    self.character(c);
                    after
                }
            };
        }
    }

    /// Writes the command whose name starts `rest`, and gives what follows it.
    fn command<'a>(&mut self, rest: &'a str, depth: usize) -> &'a str {
        self.in_power = false;
        let name = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let after = &rest[name.len()..];
        match name {
            "" => {
                let Some(c) = rest.chars().next() else { return rest };
                match c {
                    ',' | ';' | ':' | ' ' => self.out.push('\u{2009}'),
                    '!' => {}
                    '$' | '%' | '#' | '&' | '_' => self.out.push(c),
                    _ => self.out.push(' '),
                }
                return &rest[c.len_utf8()..];
            }
            "frac" | "dfrac" | "tfrac" | "cfrac" | "sfrac" | "nicefrac" if depth < DEEPEST => {
                let over = argument(after);
                let under = over.and_then(|(_, rest)| argument(rest));
                if let (Some((over, _)), Some((under, rest))) = (over, under) {
                    // "2\frac{1}{2}" is a mixed number.
                    if self.out.ends_with(|c: char| c.is_ascii_digit()) {
                        self.out.push(' ');
                    }
                    self.formula(over.trim(), depth + 1);
                    self.out.push('/');
                    self.formula(under.trim(), depth + 1);
                    return rest;
                }
            }
            "times" | "cdot" | "ast" => self.out.push('×'),
            "circ" | "degree" => self.out.push('°'),
            "left" | "right" | "displaystyle" | "textstyle" | "boxed" | "fbox" => {}
            name => {
                self.out.push(' ');
                if !LOOKS.contains(&name) {
                    self.out.push_str(name);
                }
            }
        }
        after
    }

    /// Writes `c` as numbers are read.
    fn character(&mut self, c: char) {
        let after_digit = self.out.ends_with(|c: char| c.is_ascii_digit());
        let power = SUPERSCRIPTS.chars().position(|own| own == c);
        // "10⁸", but not "m²".
        if let Some(power) = power.filter(|_| after_digit || self.in_power) {
            if !self.in_power {
                self.out.push('^');
            }
            self.out.push(char::from(b"0123456789-"[power]));
            self.in_power = true;
            return;
        }
        self.in_power = false;
        if let Some((_, over, under)) = VULGAR.iter().find(|(own, ..)| *own == c) {
            if after_digit {
                self.out.push(' ');
            }
            self.out.extend([*over, '/']);
            self.out.push_str(under);
            return;
        }
        self.out.push(match c {
            '，' | '٬' => ',',
            '．' | '٫' => '.',
            '－' | '﹣' => '-',
            '＋' => '+',
            '％' | '٪' => '%',
            '／' | '⁄' | '∕' => '/',
            '＄' => '$',
            '⋅' | '✕' | '⨯' => '×',
            _ => digit(c).unwrap_or(c),
        });
    }
}

/// An argument of a command, in braces or a single digit, and what follows.
fn argument(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let near = text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at]);
    let length = match group(near) {
        Some((inside, _)) => return Some((inside, &text[inside.len() + 2..])),
        None => text.chars().next().filter(char::is_ascii_digit)?.len_utf8(),
    };
    Some(text.split_at(length))
}

/// Superscripts in the order of the digits, then the minus.
const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

/// Fractions of one character.
const VULGAR: [(char, char, &str); 17] = [
    ('½', '1', "2"),
    ('⅓', '1', "3"),
    ('⅔', '2', "3"),
    ('¼', '1', "4"),
    ('¾', '3', "4"),
    ('⅕', '1', "5"),
    ('⅖', '2', "5"),
    ('⅗', '3', "5"),
    ('⅘', '4', "5"),
    ('⅙', '1', "6"),
    ('⅚', '5', "6"),
    ('⅛', '1', "8"),
    ('⅜', '3', "8"),
    ('⅝', '5', "8"),
    ('⅞', '7', "8"),
    ('⅑', '1', "9"),
    ('⅒', '1', "10"),
];

/// Zeros of scripts whose digits stand in a row.
const ZEROS: [char; 14] = ['٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '０'];

/// The ASCII digit for a digit of another script.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let value =
        ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|n| *n < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_go() {
        for (text, bare) in [
            (r"\text{Sunday}", "Sunday"),
            (r"\textbf{(C)}", "(C)"),
            (r"\mathrm{ \text{x} }", "x"),
            (r"$\frac{1}{2}$", r"\frac{1}{2}"),
            (r"\text{a} b", r"\text{a} b"),
            ("{}", "{}"),
            ("$5 and $6", "$5 and $6"),
        ] {
            assert_eq!(unwrapped(text), bare, "{text}");
        }
        assert_eq!(comparable(r"\dfrac{1}{2}"), r"\frac{1}{2}");
    }

    #[test]
    fn numbers_in_plain_characters() {
        for (text, expected) in [
            (r"8{,}000", "8,000"),
            (r"12\,345", "12\u{2009}345"),
            (r"10,\!000", "10,000"),
            (r"\dfrac{ 3 }{ 4 }", "3/4"),
            (r"\frac34", "3/4"),
            (r"-\frac{1}{2}", "-1/2"),
            (r"2\frac{1}{2}", "2 1/2"),
            (r"3 \times 10^{5}", "3 × 10^{5}"),
            ("10⁻⁸ m²", "10^-8 m²"),
            ("1½", "1 1/2"),
            ("４２ ٤٢ ४२", "42 42 42"),
            (r"\$5 5\%", "$5 5%"),
            (r"5\text{ km}", "5 { km}"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }
}
