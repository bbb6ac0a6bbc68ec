//! Text out of JavaScript strings, which are UTF-16 and need not be well-formed.

use js_sys::JsString;
use rubrica::core::{Error, Result};

/// The text of a JavaScript string.
///
/// # Errors
/// [`Error::LoneSurrogate`] with `path`. The bindings' own conversion to `&str` would put U+FFFD
/// there and say nothing.
pub fn well_formed(text: &JsString, path: &str) -> Result<String> {
    let converted = String::from(text);
    // Asking JavaScript for every unit would take far longer than the conversion; only where U+FFFD stands
    // can there have been a lone surrogate.
    if !converted.contains('\u{FFFD}') || text.is_valid_utf16() {
        return Ok(converted);
    }
    let index = lone_surrogate(text.iter()).unwrap_or_default();
    Err(Error::LoneSurrogate { path: path.to_owned(), index })
}

/// UTF-16 index of the first surrogate without its other half.
fn lone_surrogate(units: impl Iterator<Item = u16>) -> Option<usize> {
    let mut index = 0;
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) => index += character.len_utf16(),
            Err(_) => return Some(index),
        }
    }
    None
}

/// UTF-16 index, within its string, of the first lone surrogate that JSON text spells as an escape.
///
/// That is how `JSON.stringify` writes one. JSON that is broken otherwise has none.
pub(crate) fn lone_surrogate_in_json(json: &str) -> Option<usize> {
    let mut rest = json;
    while let Some(quote) = rest.find('"') {
        rest = &rest[quote + 1..];
        let mut index = 0;
        loop {
            let mut characters = rest.chars();
            match characters.next()? {
                '"' => {
                    rest = characters.as_str();
                    break;
                }
                '\\' => match escaped_unit(rest) {
                    Some(0xD800..=0xDBFF)
                        if matches!(escaped_unit(&rest[6..]), Some(0xDC00..=0xDFFF)) =>
                    {
                        rest = &rest[12..];
                        index += 2;
                    }
                    Some(0xD800..=0xDFFF) => return Some(index),
                    Some(_) => {
                        rest = &rest[6..];
                        index += 1;
                    }
                    None => {
                        characters.next()?;
                        rest = characters.as_str();
                        index += 1;
                    }
                },
                character => {
                    rest = characters.as_str();
                    index += character.len_utf16();
                }
            }
        }
    }
    None
}

/// The code unit of a `\uXXXX` that `text` begins with.
fn escaped_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_found_where_they_are() {
        let at = |units: &[u16]| lone_surrogate(units.iter().copied());
        assert_eq!(at(&[0x61, 0xD83D, 0xDE00, 0x62]), None);
        assert_eq!(at(&[0x61, 0xD83D, 0xDE00, 0xD83D]), Some(3));
        assert_eq!(at(&[0xDE00, 0x61]), Some(0));
        assert_eq!(at(&[0xD83D, 0x61]), Some(0));
    }

    #[test]
    fn lone_surrogates_are_found_in_json() {
        for (json, index) in [
            (r#"{"a": "x"}"#, None),
            (r#"["\ud83d\ude00 \u0041 \\ud83d"]"#, None),
            (r#"{"a": "x", "b": "é😀\ud83d"}"#, Some(3)),
            (r#"["\\\"\ude00"]"#, Some(2)),
            (r#"["\ud83dx"]"#, Some(0)),
            (r#"["\ud83d\u0041"]"#, Some(0)),
            (r#"["open"#, None),
            (r#"["\"#, None),
            (r#"["\ud8"#, None),
        ] {
            assert_eq!(lone_surrogate_in_json(json), index, "{json}");
        }
    }
}
