//! JSON by the grammar of RFC 8259, with what that allows and typed readers refuse: escapes of half a
//! surrogate pair, numbers beyond those of 64 bits, and nesting without a limit.

use serde_json::{Map, Number, Value};

/// Levels of nesting that are looked into.
const DEEPEST: usize = 500;

/// A text that is JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum JsonText {
    /// What it says. Half of a surrogate pair reads as U+FFFD, a number that is too large as the largest.
    Value(Value),
    /// It is nested too deeply to be looked into.
    TooDeep,
}

impl JsonText {
    /// What the text says.
    ///
    /// # Errors
    /// Why it cannot be looked into.
    pub(super) fn value(self) -> Result<Value, String> {
        match self {
            Self::Value(value) => Ok(value),
            Self::TooDeep => Err(format!("the JSON is nested over {DEEPEST} deep")),
        }
    }
}

/// What a grammar allows beyond RFC 8259.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    Rfc,
    /// What Python's `json.loads` reads: `NaN`, `Infinity` and `-Infinity` too.
    Python,
}

/// Reads all of `text`.
///
/// # Errors
/// Why it is no JSON, and where.
pub(super) fn read_json(text: &str) -> Result<JsonText, String> {
    serde_json::from_str(text).map(JsonText::Value).or_else(|error| {
        let mut scanner = Scanner::new(text, Grammar::Rfc);
        let whole = scanner.value().is_some() && scanner.rest_is_blank();
        if whole { Ok(scanner.read()) } else { Err(error.to_string()) }
    })
}

/// Whether all of `text` is JSON.
pub(super) fn is_json(text: &str, grammar: Grammar) -> bool {
    let mut scanner = Scanner::new(text, grammar);
    scanner.value().is_some() && scanner.rest_is_blank()
}

/// The value at the start of `text`, and its bytes; `Err` with the bytes that were looked at where there
/// is none.
pub(super) fn leading_json(text: &str) -> Result<(JsonText, usize), usize> {
    let mut scanner = Scanner::new(text, Grammar::Rfc);
    match scanner.value() {
        Some(()) => Ok((scanner.read(), scanner.at)),
        None => Err(scanner.at),
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    grammar: Grammar,
    deepest: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, grammar: Grammar) -> Self {
        Self { text, at: 0, grammar, deepest: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn rest_is_blank(&mut self) -> bool {
        self.skip_blanks();
        self.at == self.text.len()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Goes over one value; `None` where there is none. A stack of its own, so that nesting costs no calls.
    fn value(&mut self) -> Option<()> {
        // The closing bracket of each level.
        let mut open: Vec<char> = Vec::new();
        loop {
            self.skip_blanks();
            let closing = match self.rest().chars().next()? {
                '{' => Some('}'),
                '[' => Some(']'),
                _ => None,
            };
            if let Some(closing) = closing {
                self.at += 1;
                open.push(closing);
                self.deepest = self.deepest.max(open.len());
                self.skip_blanks();
                if !self.take(closing) {
                    if closing == '}' {
                        self.key()?;
                    }
                    continue;
                }
                open.pop();
            } else {
                self.scalar()?;
            }
            // A value ended: what it stands in ends too, or goes on behind a comma.
            loop {
                let Some(closing) = open.last().copied() else { return Some(()) };
                self.skip_blanks();
                if self.take(',') {
                    self.skip_blanks();
                    if closing == '}' {
                        self.key()?;
                    }
                    break;
                }
                if !self.take(closing) {
                    return None;
                }
                open.pop();
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.skip_blanks();
        self.take(':').then_some(())
    }

    fn scalar(&mut self) -> Option<()> {
        if self.rest().starts_with('"') {
            return self.string();
        }
        let words: &[&str] = match self.grammar {
            Grammar::Rfc => &["true", "false", "null"],
            Grammar::Python => &["true", "false", "null", "NaN", "Infinity", "-Infinity"],
        };
        if let Some(word) = words.iter().find(|word| self.rest().starts_with(**word)) {
            self.at += word.len();
            return Some(());
        }
        self.take('-');
        if !self.take('0') {
            self.digits()?;
        }
        if self.take('.') {
            self.digits()?;
        }
        if self.take('e') || self.take('E') {
            let _ = self.take('+') || self.take('-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += digits;
        (digits > 0).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        if !self.take('"') {
            return None;
        }
        loop {
            let rest = self.rest();
            let stop = rest.find(|c: char| matches!(c, '"' | '\\') || (c as u32) < 0x20);
            self.at += stop.unwrap_or(rest.len());
            if self.take('"') {
                return Some(());
            }
            if !self.take('\\') {
                return None;
            }
            let escape = self.rest().chars().next()?;
            self.at += escape.len_utf8();
            match escape {
                'u' => {
                    let digits = self.rest().get(..4)?;
                    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                        return None;
                    }
                    self.at += 4;
                }
                '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {}
                _ => return None,
            }
        }
    }

    /// The value that was gone over.
    fn read(&self) -> JsonText {
        if self.deepest > DEEPEST {
            return JsonText::TooDeep;
        }
        let mut builder = Scanner::new(&self.text[..self.at], self.grammar);
        JsonText::Value(builder.build())
    }

    /// The value at this place of a text that is JSON.
    fn build(&mut self) -> Value {
        self.skip_blanks();
        if self.take('{') {
            let mut members = Map::new();
            self.skip_blanks();
            while !self.take('}') && self.at < self.text.len() {
                let from = self.at;
                let _ = self.string();
                let key = unescaped(&self.text[from..self.at]);
                self.skip_blanks();
                self.take(':');
                members.insert(key, self.build());
                self.skip_blanks();
                self.take(',');
                self.skip_blanks();
            }
            return Value::Object(members);
        }
        if self.take('[') {
            let mut items = Vec::new();
            self.skip_blanks();
            while !self.take(']') && self.at < self.text.len() {
                items.push(self.build());
                self.skip_blanks();
                self.take(',');
                self.skip_blanks();
            }
            return Value::Array(items);
        }
        let from = self.at;
        let _ = self.scalar();
        let written = &self.text[from..self.at];
        if written.starts_with('"') {
            return Value::String(unescaped(written));
        }
        // What is no word is a number, and one that cannot be read is too large.
        let largest = if written.starts_with('-') { -f64::MAX } else { f64::MAX };
        let number = || Number::from_f64(largest).map_or(Value::Null, Value::Number);
        serde_json::from_str(written).unwrap_or_else(|_| number())
    }
}

/// The text of a string in its quotes; half of a surrogate pair becomes U+FFFD.
fn unescaped(written: &str) -> String {
    if let Ok(text) = serde_json::from_str(written) {
        return text;
    }
    let mut units: Vec<u16> = Vec::new();
    let inside = written.strip_prefix('"').and_then(|inside| inside.strip_suffix('"'));
    let mut chars = inside.unwrap_or(written).chars();
    while let Some(c) = chars.next() {
        let c = match c {
            '\\' => match chars.next().unwrap_or('\\') {
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&digits, 16).unwrap_or(0xfffd));
                    continue;
                }
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            },
            c => c,
        };
        units.extend(c.encode_utf16(&mut [0; 2]).iter());
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_the_grammar_allows() {
        let value = |text: &str| read_json(text).expect(text).value().expect(text);
        assert_eq!(value(r#"{"a": "\ud83d"}"#), json!({"a": "\u{fffd}"}));
        assert_eq!(value(r#"["\udc00x\"\n", "\ud83d\ude00"]"#), json!(["\u{fffd}x\"\n", "😀"]));
        assert_eq!(value(r#"{"a": 1e400, "b": [-1E+999, 2]}"#)["b"], json!([-f64::MAX, 2]));
        assert_eq!(value(" [] "), json!([]));
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(value(&deep(200)).is_array());
        assert_eq!(read_json(&deep(100_000)), Ok(JsonText::TooDeep));
        for text in [
            "",
            "[",
            "[1,]",
            "{a: 1}",
            "{\"a\"}",
            "01",
            "1.",
            "+1",
            "\"\t\"",
            "[1] x",
            "NaN",
            "'a'",
            "\"\\x\"",
            "\"\\u12\"",
            "tru",
            "[1 2]",
            "{\"a\":1,}",
            &"[".repeat(1 << 20),
        ] {
            assert!(read_json(text).is_err() && !is_json(text, Grammar::Rfc), "{text:.20}");
        }
        assert!(is_json("{\"a\": [NaN, -Infinity]}", Grammar::Python));
        assert!(!is_json("nan", Grammar::Python));
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_typed_reader(text in r#"[\[\]{},: "a0-9.e\\ntu-]{0,24}"#) {
            let typed = serde_json::from_str::<Value>(&text);
            match typed {
                Ok(value) => prop_assert_eq!(read_json(&text), Ok(JsonText::Value(value))),
                // Only what is out of range is read beyond that.
                Err(error) if is_json(&text, Grammar::Rfc) => {
                    let message = error.to_string();
                    prop_assert!(message.contains("range") || message.contains("hex escape"), "{}", message);
                }
                Err(_) => {}
            }
        }
    }
}
