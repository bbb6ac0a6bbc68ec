//! The path of a place in JSON text.

/// Where a place is within objects and arrays: one entry a level.
enum Level {
    /// The member that is read; none before the first.
    Member(String),
    /// The item that is read.
    Item(usize),
}

/// The path, such as `options.weights[2]`, of what stands at the byte `at` of `json`: a value, its key,
/// or the mark after it. Text after that place is not looked at, so it may be broken.
pub(super) fn path_at(json: &str, at: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut wants_key = false;
    let mut from = 0;
    while let Some(mark) = json.as_bytes().get(from).filter(|_| from < at) {
        match mark {
            b'{' => {
                levels.push(Level::Member(String::new()));
                wants_key = true;
            }
            b'[' => {
                levels.push(Level::Item(0));
                wants_key = false;
            }
            b'}' | b']' => {
                levels.pop();
                wants_key = false;
            }
            b',' => match levels.last_mut() {
                Some(Level::Item(index)) => *index += 1,
                Some(Level::Member(_)) => wants_key = true,
                None => {}
            },
            b'"' => {
                let end = end_of_string(json, from);
                if let Some(Level::Member(key)) = levels.last_mut().filter(|_| wants_key) {
                    let text = &json[from..end];
                    *key = serde_json::from_str(text).unwrap_or_default();
                    wants_key = false;
                }
                from = end;
                continue;
            }
            _ => {}
        }
        from += 1;
    }
    written(&levels)
}

/// The byte after the string that starts at `from`.
fn end_of_string(json: &str, from: usize) -> usize {
    let bytes = json.as_bytes();
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => return at,
            b'\\' => at += 1,
            _ => {}
        }
    }
    json.len()
}

fn written(levels: &[Level]) -> String {
    let mut path = String::new();
    for level in levels {
        match level {
            Level::Member(key) if key.is_empty() => {}
            Level::Member(key) if path.is_empty() => path.push_str(key),
            Level::Member(key) => path.extend([".", key]),
            Level::Item(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}

/// The byte that a line and a column, both from 1, mean; columns count bytes.
pub(super) fn byte_of(json: &str, line: usize, column: usize) -> usize {
    let start =
        json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    (start + column).min(json.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let json = r#"{"a": {"b\"c": [1, {"d": "x"}, 2]}, "e": 3}"#;
        let path = |mark: &str| path_at(json, json.find(mark).expect("there") + mark.len());
        assert_eq!(path("[1"), "a.b\"c[0]");
        assert_eq!(path("\"x\""), "a.b\"c[1].d");
        assert_eq!(path("\"d\""), "a.b\"c[1].d");
        assert_eq!(path("{\"d\": \"x\"}"), "a.b\"c[1]");
        assert_eq!(path("]}"), "a");
        assert_eq!(path("\"e\": 3"), "e");
        assert_eq!(path_at(json, json.len()), "");
        assert_eq!(path_at("[[\"open", 20), "[0][0]");
        assert_eq!(path_at("{\"open\\", 20), "");
        assert_eq!((byte_of("a\nbc\nd", 2, 1), byte_of("a\nbc", 9, 9)), (3, 4));
    }
}
