//! The numbers of a text, with thousands, fractions, powers and signs.

use crate::text::number;

/// A number and where it stands in a text made [`plain`](super::math::plain).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Where it starts, its sign and currency included.
    pub(super) start: usize,
    /// Where its digits start.
    pub(super) digits: usize,
    pub(super) end: usize,
    pub(super) value: f64,
    /// A version or an address, such as `3.14.15`: no number, if there is another.
    pub(super) dotted: bool,
}

/// What parts thousands, in groups of three.
const PARTING: [char; 8] = [',', '\u{2009}', '\u{202f}', '\u{a0}', '\u{2007}', '\'', '’', '_'];
/// Signs of currencies.
pub(super) const CURRENCIES: [char; 18] =
    ['$', '€', '£', '¥', '₹', '₩', '₽', '₺', '₪', '₫', '฿', '₴', '₦', '₱', '¢', '₿', '￥', '￡'];

/// The numbers of `text`, which was made [`plain`](super::math::plain), from left to right.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let point = bytes[at] == b'.'
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
            && !text[..at].ends_with('.');
        if !(bytes[at].is_ascii_digit() || point) {
            at += 1;
            continue;
        }
        let scanner = Scanner { text };
        let (value, end, dotted) = scanner.value(at);
        // Units such as `m2` and indices such as `x1` are no numbers; in scripts that put no spaces
        // between words, a letter may stand before one.
        let glued = text[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c == '^' || c.is_alphabetic() && (c as u32) < 0x590);
        if let Some(value) = value.filter(|value| value.is_finite() && !glued) {
            let (negative, start) = sign(&text[..at]);
            let value = if negative { -value } else { value };
            found.push(Number { start, digits: at, end, value, dotted });
        }
        at = end;
    }
    found
}

struct Scanner<'a> {
    text: &'a str,
}

impl Scanner<'_> {
    fn rest(&self, at: usize) -> &str {
        &self.text[at..]
    }

    /// End of the digits at `at`.
    fn run(&self, at: usize) -> usize {
        at + self.rest(at).bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Value and end of the number that starts at `at`, and whether it is dotted. No value for one that
    /// has none, as with 0 below its line.
    fn value(&self, at: usize) -> (Option<f64>, usize, bool) {
        let (decimal, end, kind) = self.decimal(at);
        if kind == Kind::Dotted {
            return (decimal, end, true);
        }
        if let Some(rest) = self.rest(end).strip_prefix('/')
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            let (under, under_end, _) = self.decimal(end + 1);
            // "12/25/2024" is a date: its parts are numbers.
            let date = self.rest(under_end).starts_with('/')
                || self.text[..at].ends_with('/')
                    && self.text[..at - 1].ends_with(|c: char| c.is_ascii_digit());
            if !date {
                let value = decimal.zip(under).filter(|(_, under)| *under != 0.0);
                return (value.map(|(over, under)| over / under), under_end, false);
            }
            return (decimal, end, false);
        }
        if kind == Kind::Whole
            && let Some((part, end)) = self.mixed(end)
        {
            return (decimal.map(|whole| whole + part), end, false);
        }
        let (decimal, end) = self.power(decimal, end);
        let (value, end) = self.scaled(decimal, end);
        (value, end, false)
    }

    /// Digits with their thousands, decimals and exponent.
    fn decimal(&self, at: usize) -> (Option<f64>, usize, Kind) {
        let first = self.run(at);
        let mut end = self.thousands(at, first);
        let mut kind = if end == first { Kind::Whole } else { Kind::Other };
        let mut digits: String = self.text[at..end].chars().filter(char::is_ascii_digit).collect();
        let parts = self.dotted(end);
        if parts.len() > 1 {
            let (first_end, last_end) = (parts[0], parts[parts.len() - 1]);
            let groups = self.text[at..last_end].split('.');
            let thousands = kind == Kind::Whole
                && (1..=3).contains(&(first - at))
                && !self.rest(at).starts_with('0')
                && groups.clone().skip(1).all(|group| group.len() == 3)
                && !(groups.clone().count() == 4
                    && groups.clone().all(|g| number(g) < Some(256.0)));
            if !thousands {
                return (number(&self.text[at..first_end]), last_end, Kind::Dotted);
            }
            digits = self.text[at..last_end].replace('.', "");
            end = last_end;
            // "1.234.567,89"
            let cents = self.rest(end).strip_prefix(',').map_or(0, |_| self.run(end + 1) - end - 1);
            if cents > 0 {
                digits = digits + "." + &self.text[end + 1..end + 1 + cents];
                end += 1 + cents;
            }
            return (number(&digits), end, Kind::Other);
        }
        // "1.200,50" is written as in Europe, though it has one point only.
        let cents = parts.first().filter(|end| **end - first == 4 && kind == Kind::Whole);
        let cents = cents
            .and_then(|end| self.rest(*end).strip_prefix(',').map(|_| (*end, self.run(*end + 1))));
        if let Some((whole, stop)) = cents.filter(|(whole, stop)| matches!(stop - whole, 2 | 3)) {
            digits = self.text[at..whole].replace('.', "") + "." + &self.text[whole + 1..stop];
            return (number(&digits), stop, Kind::Other);
        }
        if let [decimals] = parts.as_slice() {
            digits += &self.text[end..*decimals];
            (end, kind) = (*decimals, Kind::Other);
        }
        let rest = self.rest(end);
        if rest.starts_with(['e', 'E']) {
            let signed = usize::from(rest[1..].starts_with(['+', '-']));
            let stop = self.run(end + 1 + signed);
            let whole = !self.rest(stop).starts_with(char::is_alphanumeric);
            if stop > end + 1 + signed && whole {
                digits += &self.text[end..stop];
                (end, kind) = (stop, Kind::Other);
            }
        }
        (number(&digits), end, kind)
    }

    /// The ends of the runs of digits that follow `at`, each behind a point.
    fn dotted(&self, mut at: usize) -> Vec<usize> {
        let mut ends = Vec::new();
        while let Some(rest) = self.rest(at).strip_prefix('.')
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            at = self.run(at + 1);
            ends.push(at);
        }
        ends
    }

    /// The end of the thousands of a number whose first digits stand at `at..first`.
    fn thousands(&self, at: usize, first: usize) -> usize {
        let parting = self.rest(first).chars().next().filter(|c| PARTING.contains(c));
        let Some(parting) = parting else { return first };
        if !(1..=3).contains(&(first - at)) || self.rest(at).starts_with('0') {
            return first;
        }
        let (mut end, mut seen) = (first, first);
        while let Some(rest) = self.rest(seen).strip_prefix(parting) {
            let from = self.text.len() - rest.len();
            let length = self.run(from) - from;
            // In India all groups but the last have two digits.
            if !(length == 3 || length == 2 && parting == ',') {
                break;
            }
            seen = from + length;
            if length == 3 {
                end = seen;
            }
        }
        end
    }

    /// The fraction of a mixed number behind its whole part: " 1/2".
    fn mixed(&self, end: usize) -> Option<(f64, usize)> {
        let space = self.rest(end).chars().next()?;
        let over_at = end + space.len_utf8();
        if !matches!(space, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}') {
            return None;
        }
        let over_end = self.run(over_at);
        let under_end = self.run(over_end + self.rest(over_end).strip_prefix('/').map(|_| 1)?);
        let over = number(&self.text[over_at..over_end])?;
        let under = number(&self.text[over_end + 1..under_end])?;
        let goes_on =
            self.rest(under_end).starts_with(['/', ',']) || !self.dotted(under_end).is_empty();
        (over < under && under <= 1000.0 && !goes_on).then_some((over / under, under_end))
    }

    /// What a power behind a number makes of it: `^6`, `^{-6}`, `**6`.
    fn power(&self, base: Option<f64>, end: usize) -> (Option<f64>, usize) {
        match self.exponent(end) {
            Some((exponent, stop)) => (base.map(|base| base.powf(exponent)), stop),
            None => (base, end),
        }
    }

    fn exponent(&self, end: usize) -> Option<(f64, usize)> {
        let rest = self.rest(end);
        let rest = rest.strip_prefix('^').or_else(|| rest.strip_prefix("**"))?;
        let (rest, braced) = match rest.strip_prefix(['{', '(']) {
            Some(rest) => (rest.trim_start(), true),
            None => (rest, false),
        };
        let unsigned = rest.strip_prefix(['-', '−', '+']).unwrap_or(rest);
        let at = self.text.len() - unsigned.len();
        let (exponent, mut stop) = match self.dotted(self.run(at)).first() {
            Some(decimals) => (number(&self.text[at..*decimals])?, *decimals),
            None => (number(&self.text[at..self.run(at)])?, self.run(at)),
        };
        if braced {
            let rest = self.rest(stop).trim_start();
            let rest = rest.strip_prefix(['}', ')'])?;
            stop = self.text.len() - rest.len();
        }
        let negative = rest.starts_with(['-', '−']);
        Some((if negative { -exponent } else { exponent }, stop))
    }

    /// A number times a power of ten: `3 × 10^5`.
    fn scaled(&self, value: Option<f64>, end: usize) -> (Option<f64>, usize) {
        let rest = self.rest(end).trim_start_matches([' ', '\u{2009}', '\u{a0}', '\u{202f}']);
        let times = rest.strip_prefix(['×', '*', '·', 'x', 'X', '•']);
        let ten = times
            .map(|rest| rest.trim_start_matches([' ', '\u{2009}', '\u{a0}', '\u{202f}', '{']))
            .and_then(|rest| rest.strip_prefix("10"));
        match ten.and_then(|rest| self.exponent(self.text.len() - rest.len())) {
            Some((exponent, stop)) => (value.map(|value| value * 10_f64.powf(exponent)), stop),
            None => (value, end),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Digits alone.
    Whole,
    Dotted,
    Other,
}

/// Whether a number is negative whose digits follow `before`, and where it starts: "-5", "-$5", "−US$5".
fn sign(before: &str) -> (bool, usize) {
    let bare = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
    let money = bare.strip_suffix(CURRENCIES).map(|rest| {
        // "US$", "R$"
        let letters = rest.bytes().rev().take_while(u8::is_ascii_uppercase).count();
        &rest[..rest.len() - if letters <= 3 { letters } else { 0 }]
    });
    let code = || {
        let letters = bare.bytes().rev().take_while(u8::is_ascii_uppercase).count();
        (letters == 3 && bare.len() < before.len()).then(|| &bare[..bare.len() - 3])
    };
    let rest = money.or_else(code).unwrap_or(before);
    let Some(mark) = rest.chars().next_back().filter(|c| matches!(c, '-' | '−' | '–' | '+'))
    else {
        return (false, before.len());
    };
    let start = rest.len() - mark.len_utf8();
    let earlier = rest[..start].chars().next_back();
    // "5-3" is no negative number, and a dash needs a space before it.
    let separate = match (mark, earlier) {
        (_, None) => true,
        ('–', Some(c)) => c.is_whitespace() || matches!(c, '(' | '[' | '$' | ':' | '='),
        (_, Some(c)) => !c.is_alphanumeric() && c != ')',
    };
    if separate { (mark != '+', start) } else { (false, before.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objective::math::plain;

    fn values(text: &str) -> Vec<f64> {
        numbers(&plain(text)).iter().filter(|n| !n.dotted).map(|n| n.value).collect()
    }

    #[test]
    fn thousands() {
        for text in [
            "1,234,567",
            "1\u{2009}234\u{2009}567",
            "1\u{202f}234\u{202f}567",
            "1\u{a0}234\u{a0}567",
            "1'234'567",
            "1’234’567",
            r"1{,}234{,}567",
            r"1\,234\,567",
            "12,34,567",
            "1_234_567",
            "1.234.567",
            "１，２３４，５６７",
            "١٬٢٣٤٬٥٦٧",
            r"1,\!234,\!567",
        ] {
            assert_eq!(values(text), [1_234_567.0], "{text}");
        }
        assert_eq!(values("3,4"), [3.0, 4.0]);
        assert_eq!(values("5'10"), [5.0, 10.0]);
        assert_eq!(values("2020\u{a0}300"), [2020.0, 300.0]);
        assert_eq!(values("1.234.567,89"), [1_234_567.89]);
        assert_eq!(values("1.200,50 €"), [1200.5]);
        assert_eq!(values("1,234.5"), [1234.5]);
    }

    #[test]
    fn fractions_and_powers() {
        for (text, value) in [
            ("3/4", 0.75),
            (r"\dfrac{3}{4}", 0.75),
            (r"\tfrac34", 0.75),
            (r"\frac{ 3 }{ 4 }", 0.75),
            (r"2\frac{1}{2}", 2.5),
            ("2 1/2", 2.5),
            ("-2 1/2", -2.5),
            ("2½", 2.5),
            ("¾", 0.75),
            ("2 1⁄2", 2.5),
            (r"-\frac{1}{2}", -0.5),
            ("10^6", 1e6),
            ("10⁸", 1e8),
            ("2^{10}", 1024.0),
            ("10**3", 1e3),
            (r"3 \times 10^{5}", 3e5),
            ("3.0×10⁸", 3e8),
            ("5 x 10^-3", 5e-3),
            ("1.5e3", 1500.0),
            ("6.02 · 10^{23}", 6.02e23),
            ("10⁻²", 0.01),
            (r"-3\cdot10^2", -300.0),
            (r"\frac{1{,}000}{4}", 250.0),
            ("1/3", 1.0 / 3.0),
        ] {
            let found = values(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!((found[0] - value).abs() <= 1e-12 * value.abs(), "{text}: {found:?}");
        }
        assert_eq!(values("12/25/2024"), [12.0, 25.0, 2024.0]);
        assert_eq!(values("1/0"), [0.0; 0]);
        assert_eq!(values("10^999"), [0.0; 0]);
    }

    #[test]
    fn signs_and_money() {
        for (text, value) in [
            ("-$3.50", -3.5),
            ("−€1,200", -1200.0),
            (r"-\$5", -5.0),
            ("$-5", -5.0),
            ("-US$7", -7.0),
            ("−£ 2", -2.0),
            ("–5", -5.0),
            ("(-5)", -5.0),
            ("-₹1,00,000", -1e5),
            ("-USD 5", -5.0),
            ("x=-5", -5.0),
            ("－５", -5.0),
            ("+5", 5.0),
            ("$5", 5.0),
            ("- $5", 5.0),
            ("US$5", 5.0),
        ] {
            assert_eq!(values(text), [value], "{text}");
        }
        assert_eq!(values("5-3"), [5.0, 3.0]);
        assert_eq!(values("2–3"), [2.0, 3.0]);
        assert_eq!(values("$10-$20"), [10.0, 20.0]);
    }

    #[test]
    fn what_is_no_number() {
        assert_eq!(values("m2 x1 v2.0"), [0.0; 0]);
        assert_eq!(values("42 at 192.168.0.1"), [42.0]);
        assert_eq!(values("42, version 3.14.15"), [42.0]);
        assert_eq!(values("0.333... or .5, 7."), [0.333, 0.5, 7.0]);
        assert_eq!(values("答えは４２です"), [42.0]);
        assert_eq!(values("و٤٢"), [42.0]);
        assert_eq!(numbers("3.14.15")[0].value, 3.14);
    }
}
