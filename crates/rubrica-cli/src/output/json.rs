//! Rows as JSON text.

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::notes::is_active;

/// A row as JSON text without a `-0.0`, and without what a terminal would obey.
pub(crate) fn json(row: &(impl Serialize + ?Sized)) -> Result<String> {
    let mut bytes = Vec::new();
    row.serialize(&mut serde_json::Serializer::with_formatter(
        &mut bytes,
        Plain(CompactFormatter),
    ))?;
    Ok(String::from_utf8(bytes)?)
}

/// An object as JSON text with one more member at its end.
pub(crate) fn json_with(
    row: &(impl Serialize + ?Sized),
    name: &str,
    member: &impl Serialize,
) -> Result<String> {
    let text = json(row)?;
    Ok(match text.strip_suffix('}') {
        Some("{") => format!("{{{}:{}}}", json(name)?, json(member)?),
        Some(members) => format!("{members},{}:{}}}", json(name)?, json(member)?),
        None => text,
    })
}

struct Plain(CompactFormatter);

impl Formatter for Plain {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // The one sum that changes nothing but the sign of a negative zero.
        self.0.write_f64(writer, value + 0.0)
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.0.write_f32(writer, value + 0.0)
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut from = 0;
        for (at, mark) in fragment.char_indices().filter(|(_, mark)| is_active(*mark)) {
            writer.write_all(&fragment.as_bytes()[from..at])?;
            write!(writer, "\\u{:04x}", u32::from(mark))?;
            from = at + mark.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_have_no_negative_zero_and_nothing_for_a_terminal() {
        let row = json!({"a": -0.0, "b": "\u{9b}2J é \u{202e}", "c": -0.5, "d": "\u{1b}\u{7f}"});
        let text = json(&row).expect("JSON");
        assert_eq!(text, r#"{"a":0.0,"b":"\u009b2J é \u202e","c":-0.5,"d":"\u001b\u007f"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["b"], row["b"]);
        assert_eq!(json_with(&json!({"a": 1}), "rows", &2).expect("JSON"), r#"{"a":1,"rows":2}"#);
        assert_eq!(json_with(&json!({}), "rows", &2).expect("JSON"), r#"{"rows":2}"#);
    }
}
