//! Messages of the parsers, in words for whoever wrote the data.

/// A longer value is cut in messages.
const SHOWN: usize = 80;

/// `message` of serde without the names of our types, and without the place in the piece of text that was
/// parsed, which is not the file: a line is parsed by itself, so only its column is left.
pub fn plain_message(message: &str) -> String {
    let (message, column) = without_place(message);
    let mut text = match split(message) {
        Some((found, expected)) => format!("is {}; expected {}", value(found), wanted(expected)),
        None => message.to_owned(),
    };
    if let Some(column) = column {
        text += &format!(", at column {column}");
    }
    text
}

/// The message, and the column of one that is about the first line.
fn without_place(message: &str) -> (&str, Option<&str>) {
    let Some((rest, place)) = message.rsplit_once(" at line ") else { return (message, None) };
    let Some((line, column)) = place.split_once(" column ") else { return (message, None) };
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match number(line) && number(column) {
        // A place of 0 is that of a value that was no text.
        true if line == "1" => (rest, Some(column)),
        true if line == "0" => (rest, None),
        _ => (message, None),
    }
}

/// What was found and what was expected, of a message that is about a value.
fn split(message: &str) -> Option<(&str, &str)> {
    let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
    let rest = kinds.iter().find_map(|kind| message.strip_prefix(kind))?;
    // A text that was found may have the word in it.
    rest.rsplit_once(", expected ")
}

/// The value that was found.
fn value(found: &str) -> String {
    let kinds = [
        ("string ", "the text "),
        ("integer ", ""),
        ("floating point ", ""),
        ("boolean ", ""),
        ("character ", "the text "),
    ];
    let of_kind = kinds.iter().find_map(|(kind, word)| Some((found.strip_prefix(kind)?, word)));
    match (found, of_kind) {
        ("null" | "unit value" | "Option value", _) => "null".into(),
        ("sequence", _) => "a list".into(),
        ("map", _) => "an object".into(),
        (_, Some((shown, word))) => format!("{word}{}", cut(shown)),
        (other, None) => cut(other),
    }
}

/// What was expected.
fn wanted(expected: &str) -> String {
    let plain = match expected {
        "a string" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "true or false",
        "f64" | "f32" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number >= 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("internally tagged enum ") => "an object",
        other if other.starts_with("enum ") => "a name",
        // serde adds it to its own words, and we have said it.
        other => other.strip_prefix("expected ").unwrap_or(other),
    };
    plain.to_owned()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only read to see what is refused")]
    struct Record {
        size: u8,
        name: String,
    }

    fn message(text: &str) -> String {
        plain_message(&serde_json::from_str::<Record>(text).expect_err(text).to_string())
    }

    #[test]
    fn parsers_speak_plainly() {
        for (text, expected) in [
            (r#"{"size": "x"}"#, "is the text \"x\"; expected a whole number >= 0, at column 12"),
            (r#"{"size": 1.5}"#, "is 1.5; expected a whole number >= 0, at column 12"),
            (r#"{"size": 300}"#, "is 300; expected a whole number >= 0, at column 12"),
            (r#"{"size": null}"#, "is null; expected a whole number >= 0, at column 13"),
            (r#"{"size": 1, "name": []}"#, "is a list; expected a text, at column 20"),
            ("7", "is 7; expected an object, at column 1"),
            ("{}", "missing field `size`, at column 2"),
            ("{oops", "key must be a string, at column 2"),
            (
                r#"{"size": ", expected "}"#,
                "is the text \", expected \"; expected a whole number >= 0, at column 22",
            ),
        ] {
            assert_eq!(message(text), expected, "{text}");
        }
        let long = message(&format!("{{\"size\": \"{}\"}}", "x".repeat(10_000)));
        assert!(long.chars().count() < 200 && long.contains('…'), "{long}");
        // A place in a file of many lines stays.
        let error = serde_json::from_str::<Record>("{\n\"size\": -1}").expect_err("below 0");
        assert!(plain_message(&error.to_string()).ends_with("at line 2 column 10"), "{error}");
    }
}
