//! Numbers with units.

use crate::text::number;

/// A number and what stands behind it as its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The number.
    pub number: f64,
    /// The unit in small letters, such as `km/h` or `%`; empty without one.
    pub unit: String,
}

impl Quantity {
    /// The last number of `text` with its unit: digits with an optional sign, thousands parted by
    /// commas or thin spaces, a decimal point, an exponent (`1e-5`), or a fraction (`3/4`,
    /// `\frac{3}{4}`). A currency sign before it counts as the unit.
    pub fn last(text: &str) -> Option<Self> {
        let plain;
        let text = if text.contains("\\frac{") {
            plain = fractions(text);
            &plain
        } else {
            text
        };
        let bytes = text.as_bytes();
        let end = bytes.iter().rposition(u8::is_ascii_digit)?;
        // Units such as `m2` end in a digit: the number is the last run that no letter precedes.
        let mut end = end;
        let start = loop {
            let start = run_start(bytes, end);
            let glued =
                text[..start].chars().next_back().is_some_and(|c| c.is_alphabetic() || c == '^');
            if !glued {
                break start;
            }
            end = bytes[..start].iter().rposition(u8::is_ascii_digit)?;
        };
        let (number, start) = read(text, start, end + 1)?;
        let before = text[..start].trim_end();
        let symbol = before.chars().next_back().filter(|c| matches!(c, '$' | '€' | '£' | '¥'));
        let behind = unit(text[end + 1..].trim_start_matches([' ', '\u{a0}', '\\', '$']));
        let unit = match symbol {
            Some(symbol) if behind.is_empty() => symbol.to_string(),
            _ => behind,
        };
        Some(Self { number, unit })
    }

    /// The quantity in the base unit of its kind (metres, grams, seconds, litres, bytes, 1), with that
    /// unit; as it is for units not known.
    #[must_use]
    pub fn in_base_unit(&self) -> Self {
        let known = UNITS.iter().find(|(name, ..)| *name == self.unit);
        match known {
            Some((_, base, factor)) => Self { number: self.number * factor, unit: (*base).into() },
            None => self.clone(),
        }
    }
}

/// Names of units, their base unit, and how many of it they are.
const UNITS: &[(&str, &str, f64)] = &[
    ("%", "", 0.01),
    ("percent", "", 0.01),
    ("nm", "m", 1e-9),
    ("µm", "m", 1e-6),
    ("mm", "m", 1e-3),
    ("cm", "m", 1e-2),
    ("m", "m", 1.0),
    ("meter", "m", 1.0),
    ("meters", "m", 1.0),
    ("metres", "m", 1.0),
    ("km", "m", 1e3),
    ("kilometers", "m", 1e3),
    ("kilometres", "m", 1e3),
    ("in", "m", 0.0254),
    ("inches", "m", 0.0254),
    ("ft", "m", 0.3048),
    ("feet", "m", 0.3048),
    ("mi", "m", 1609.344),
    ("miles", "m", 1609.344),
    ("mg", "g", 1e-3),
    ("g", "g", 1.0),
    ("grams", "g", 1.0),
    ("kg", "g", 1e3),
    ("kilograms", "g", 1e3),
    ("t", "g", 1e6),
    ("lb", "g", 453.592_37),
    ("lbs", "g", 453.592_37),
    ("ms", "s", 1e-3),
    ("s", "s", 1.0),
    ("sec", "s", 1.0),
    ("seconds", "s", 1.0),
    ("min", "s", 60.0),
    ("minutes", "s", 60.0),
    ("h", "s", 3600.0),
    ("hours", "s", 3600.0),
    ("days", "s", 86_400.0),
    ("ml", "l", 1e-3),
    ("l", "l", 1.0),
    ("liters", "l", 1.0),
    ("litres", "l", 1.0),
    ("kb", "b", 1e3),
    ("mb", "b", 1e6),
    ("gb", "b", 1e9),
];

/// Start of the number whose last digit is at `end`: digits, and marks between digits.
fn run_start(bytes: &[u8], end: usize) -> usize {
    let mut start = end;
    while start > 0 {
        let before = bytes[start - 1];
        let between = start >= 2 && bytes[start - 2].is_ascii_digit();
        let exponent = matches!(before, b'e' | b'E') && between
            || matches!(before, b'-' | b'+')
                && start >= 3
                && matches!(bytes[start - 2], b'e' | b'E')
                && bytes[start - 3].is_ascii_digit();
        let mark = matches!(before, b',' | b'/') && between || before == b'.';
        if !(before.is_ascii_digit() || mark || exponent) {
            break;
        }
        start -= 1;
    }
    start
}

/// The number at `start..end`, and where it starts with its sign.
fn read(text: &str, start: usize, end: usize) -> Option<(f64, usize)> {
    let body = text[start..end].trim_start_matches('.');
    // ".5" keeps its point; "..5" and "x. 5" have none of their own.
    let pointed = text[start..end].starts_with('.') && !text[start..end].starts_with("..");
    let body = if pointed { &text[start..end] } else { body };
    let parse = |part: &str| number(&part.replace(',', ""));
    let number = match body.split_once('/') {
        Some((over, under)) => {
            let under = parse(under).filter(|under| *under != 0.0)?;
            parse(over)? / under
        }
        None => parse(body)?,
    };
    let before = &text[..start];
    let sign = before.chars().next_back().filter(|c| matches!(c, '-' | '−' | '+'));
    // "5-3" is no negative number.
    let signed = sign.filter(|sign| {
        let earlier = before[..before.len() - sign.len_utf8()].chars().next_back();
        !earlier.is_some_and(char::is_alphanumeric)
    });
    let value = if matches!(signed, Some('-' | '−')) { -number } else { number };
    value.is_finite().then_some((value, start - signed.map_or(0, char::len_utf8)))
}

/// The unit at the start of `text`.
fn unit(text: &str) -> String {
    if text.starts_with('%') {
        return "%".into();
    }
    if text.starts_with(['°', '€', '£', '¥']) {
        return text.chars().take(2).filter(|c| !c.is_whitespace() && *c != '.').collect();
    }
    let part = |c: char| c.is_alphanumeric() || matches!(c, '/' | '^' | '²' | '³' | '·');
    let unit: String = text.chars().take_while(|c| part(*c)).take(24).collect();
    unit.to_lowercase()
}

/// `text` with `\frac{a}{b}` as `a/b`.
fn fractions(text: &str) -> String {
    text.replace("\\dfrac{", "\\frac{").replace("\\frac{", "").replace("}{", "/").replace('}', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_units() {
        for (text, number, unit) in [
            ("42", 42.0, ""),
            ("It costs $1,250.50.", 1250.5, "$"),
            ("-3.5 km/h", -3.5, "km/h"),
            ("from 5-3 kg", 3.0, "kg"),
            ("1e-5 m", 1e-5, "m"),
            ("3/4", 0.75, ""),
            (r"\frac{3}{4}", 0.75, ""),
            ("20 %", 20.0, "%"),
            ("area: 12 m2.", 12.0, "m2"),
            ("x = .5", 0.5, ""),
            ("about 7.", 7.0, ""),
            ("−2", -2.0, ""),
            ("12 €", 12.0, "€"),
        ] {
            let found = Quantity::last(text).expect(text);
            assert_eq!((found.number, found.unit.as_str()), (number, unit), "{text}");
        }
        for text in ["", "none", "1/0", "m2"] {
            assert_eq!(Quantity::last(text), None, "{text}");
        }
    }

    #[test]
    fn base_units() {
        let base = |text| Quantity::last(text).expect("a number").in_base_unit();
        assert_eq!(base("2.5 km"), base("2500 m"));
        assert_eq!(base("50%"), base("0.5"));
        assert_eq!(base("3 apples").unit, "apples");
    }
}
