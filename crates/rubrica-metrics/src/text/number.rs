//! Numbers in texts.

/// The decimal number that all of `text` is: digits with a point and an exponent where there are such, a
/// sign before them. `None` for anything else, and for a number that is too large.
///
/// Read as JSON, whose reader every build has; that of the standard library would add a tenth of the
/// smallest module. The last bit may differ from the nearest number where there are more than 15 digits.
pub(crate) fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let some = !(power.is_empty() || whole.is_empty() && fraction.is_empty());
    if !(some && [whole, fraction, power].into_iter().all(digits)) {
        return None;
    }
    // JSON wants digits on both sides of a point, and no 0 before others.
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    let or_zero = |part: &str| if part.is_empty() { "0".to_owned() } else { part.to_owned() };
    let json = [sign, &or_zero(whole), ".", &or_zero(fraction), "e", exponent].concat();
    serde_json::from_str(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_numbers_are_read() {
        for (text, value) in [
            ("7", 7.0),
            ("007", 7.0),
            ("-0.5", -0.5),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("2.5E-1", 0.25),
            ("1e+02", 100.0),
            ("0", 0.0),
            ("1e-400", 0.0),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in
            ["", ".", "-", "e1", "1e", "1e+", "--1", "1.2.3", "1,5", " 1", "inf", "NaN", "٣", "0x1"]
        {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("1e999"), None);
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_standard_library(text in "[+-]?[0-9]{1,8}(\\.[0-9]{0,7})?(e-?[0-9]{1,2})?") {
            let expected: f64 = text.parse().expect("a number");
            let found = number(&text).expect("a number");
            prop_assert!((found - expected).abs() <= 5e-16 * expected.abs(), "{found} {expected}");
        }
    }
}
