//! Numbers with units.

use super::math::plain;
use super::numbers::{CURRENCIES, Number, numbers};

/// A number and what stands behind it as its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The number.
    pub number: f64,
    /// The unit in small letters, such as `km/h` or `%`; empty without one.
    pub unit: String,
}

impl Quantity {
    /// The last number of `text` with its unit: digits of any script with an optional sign, thousands
    /// parted by commas, thin spaces or apostrophes (`8{,}000` too), a decimal point, an exponent (`1e-5`,
    /// `3 × 10^5`), a power (`10⁸`), a fraction (`3/4`, `½`, `\frac{3}{4}`) or a mixed number (`2 1/2`).
    /// A currency sign before it counts as the unit, and a sign before that for the number. Versions and
    /// addresses such as `192.168.0.1` are no numbers, unless there is nothing else.
    pub fn last(text: &str) -> Option<Self> {
        let text = plain(text);
        let found = numbers(&text);
        found
            .iter()
            .rev()
            .find(|number| !number.dotted)
            .or(found.first())
            .map(|n| Self::of(&text, n))
    }

    /// The number that `text`, which follows "the answer is", names first: `42` of "42 by step 2". Of an
    /// equation, what stands behind its last `=`; of a text that starts otherwise, its last number.
    pub(super) fn answered(text: &str) -> Option<Self> {
        let plain = plain(text);
        let found = numbers(&plain);
        let first =
            found.first().filter(|n| !n.dotted && leads(&plain[..n.start], &plain[n.end..]));
        let Some(first) = first else { return Self::last(text) };
        let mut answer = first;
        for next in &found[1..] {
            let between = &plain[answer.end..next.start];
            if between.contains("(=") || between.chars().any(|c| !OPERATORS.contains(c)) {
                break;
            }
            answer = next;
        }
        // Without its `=`, "3 + 4" is no sum worked out.
        let between = plain.get(first.end..answer.start).unwrap_or_default();
        let equation = between.contains(['=', '≈']);
        Some(Self::of(&plain, if equation { answer } else { first }))
    }

    fn of(text: &str, found: &Number) -> Self {
        let before = text[..found.digits]
            .trim_end_matches(|c: char| c.is_whitespace() || "-−–+".contains(c));
        let symbol = before.chars().next_back().filter(|c| CURRENCIES.contains(c));
        let behind = unit(
            text[found.end..].trim_start_matches(|c| " \u{a0}\u{2009}\u{202f}\\${".contains(c)),
        );
        let unit = match symbol {
            Some(symbol) if behind.is_empty() => symbol.to_string(),
            _ => behind,
        };
        Self { number: found.value, unit }
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

/// What stands between the numbers of an equation.
const OPERATORS: &str = " +-−–*×·÷/^=≈()[]{}$\u{a0}\u{2009}%";

/// Whether a number between `before` and `after` is what an answer starts with.
fn leads(before: &str, after: &str) -> bool {
    let about =
        ["about", "approximately", "around", "roughly", "exactly", "nearly", "only", "just"];
    // "x = 5"
    let before = match before.trim_end().strip_suffix('=') {
        Some(name) if name.trim().chars().filter(|c| c.is_alphanumeric()).count() <= 2 => "",
        _ => before,
    };
    let mut words = before.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let starts = words.all(|word| {
        about.contains(&&*word.to_lowercase()) || !word.contains(char::is_alphanumeric)
    });
    let listed = after.starts_with(". ") || after.starts_with(") ");
    let goes_on = ["% of ", " of ", " times ", " plus ", " minus ", " divided ", " multiplied "];
    starts && !listed && !goes_on.iter().any(|words| after.starts_with(words))
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
        for (text, number) in [
            ("42 by step 2", 42.0),
            ("$5, not 7", 5.0),
            ("15 - 7 = 8 apples, 2 more than 6", 8.0),
            ("about 3 × 4 = 12.", 12.0),
            ("50% of 80, which is 40", 40.0),
            ("x = 5, as 2 < 3", 5.0),
            ("not 5 but 7", 7.0),
            ("1. 42", 42.0),
            ("2 1/2 of them, or 5/2", 2.5),
        ] {
            assert_eq!(Quantity::answered(text).expect(text).number, number, "{text}");
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
