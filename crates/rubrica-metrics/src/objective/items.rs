//! The items of a list that a text gives.

use serde_json::Value;

use crate::text::is_bullet;

/// The items of `text`: those of a JSON list; else its lines, when there are several that are not
/// blank; else what stands between semicolons or commas. Bullets, numbers such as `2.`, and white
/// space around items are dropped, and so are blank items.
pub fn items(text: &str) -> Vec<String> {
    if let Ok(Value::Array(values)) = serde_json::from_str(text) {
        let as_text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        return values.into_iter().map(as_text).collect();
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let parts: Vec<&str> = match lines.as_slice() {
        [line] if line.contains(';') => line.split(';').collect(),
        [line] => line.split(',').collect(),
        _ => lines,
    };
    parts.into_iter().map(bare).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A line without its bullet or number.
fn bare(line: &str) -> &str {
    let line = line.trim();
    if is_bullet(line) {
        return line.chars().next().map_or(line, |bullet| line[bullet.len_utf8()..].trim());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].strip_prefix(['.', ')']) {
        Some(rest) if (1..=4).contains(&digits) && rest.starts_with(char::is_whitespace) => {
            rest.trim()
        }
        _ => line,
    }
}

/// `item` as it is compared: small letters, one space between words, no marks at its ends.
pub(super) fn folded(item: &str) -> String {
    let lower = item.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    words
        .join(" ")
        .trim_matches(|c: char| c.is_ascii_punctuation() && !"+-%$".contains(c))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_lists() {
        assert_eq!(items(r#"["a, b", 3]"#), ["a, b", "3"]);
        assert_eq!(items("- a\n* b, c\n\n2. d\n3.5 e"), ["a", "b, c", "d", "3.5 e"]);
        assert_eq!(items("a, b ,, c"), ["a", "b", "c"]);
        assert_eq!(items("a, b; c"), ["a, b", "c"]);
        assert_eq!(items(" "), Vec::<String>::new());
        assert_eq!(folded("  **The  Cat.** "), "the cat");
    }
}
