//! What stands for a value that is not there.

use rubrica_core::Error;
use serde_json::Value;

/// True for null, and for a text that is empty, `NA`, `n/a`, `NaN` or `-`.
pub fn is_missing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_gap(text),
        _ => false,
    }
}

fn is_gap(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || ["na", "n/a", "nan", "-"].iter().any(|gap| text.eq_ignore_ascii_case(gap))
}

/// The row with null for what stands for a missing value; none where nothing does.
pub(crate) fn without_gaps(row: &Value) -> Option<Value> {
    let gap = |value: &Value| value.is_string() && is_missing(value);
    let members = row.as_object().filter(|members| members.values().any(gap))?;
    let plain = |(name, value): (&String, &Value)| {
        (name.clone(), if gap(value) { Value::Null } else { value.clone() })
    };
    Some(Value::Object(members.iter().map(plain).collect()))
}

/// The field of `row` whose missing value `error` is about; none when it is about something else. `empty` names
/// the columns that a table leaves empty in this row.
pub(super) fn missing_field(row: &Value, error: &Error, empty: &[&str]) -> Option<String> {
    let Error::Parse { path, message } = error else { return None };
    if let Some(field) = message.strip_prefix("missing field `") {
        let field = field.split('`').next().unwrap_or_default();
        return empty.contains(&field).then(|| field.to_owned());
    }
    if path.is_empty() {
        // Rows of several shapes do not say which field spoils them all.
        let mut gaps = row.as_object()?.iter().filter(|(_, value)| is_missing(value));
        return gaps
            .next()
            .map(|(name, _)| name.clone())
            .or_else(|| empty.first().map(|f| (*f).to_owned()));
    }
    is_missing(at(row, path)?).then(|| path.clone())
}

/// The value at a path such as `a.b[2]`.
fn at<'v>(row: &'v Value, path: &str) -> Option<&'v Value> {
    let mut value = row;
    for step in path.split(['.', '[']) {
        value = match step.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?)?,
            None => value.get(step)?,
        };
    }
    Some(value)
}

/// The line with null for each bare `NaN`, which Python writes and JSON does not know; none without one.
pub(super) fn without_bare_nan(line: &str) -> Option<String> {
    let mut plain = String::with_capacity(line.len());
    let (mut quoted, mut escaped, mut found) = (false, false, false);
    let mut rest = line;
    while let Some(mark) = rest.chars().next() {
        if !quoted && let Some(after) = rest.strip_prefix("NaN") {
            plain.push_str("null");
            (rest, found) = (after, true);
            continue;
        }
        if quoted {
            (quoted, escaped) = (escaped || mark != '"', !escaped && mark == '\\');
        } else {
            quoted = mark == '"';
        }
        plain.push(mark);
        rest = &rest[mark.len_utf8()..];
    }
    found.then_some(plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gaps() {
        for gap in [
            json!(null),
            json!(""),
            json!(" \t"),
            json!("NA"),
            json!("N/A"),
            json!("nan"),
            json!(" - "),
        ] {
            assert!(is_missing(&gap), "{gap}");
        }
        for value in
            [json!(0), json!("0"), json!("--"), json!("none of these"), json!([]), json!("nah")]
        {
            assert!(!is_missing(&value), "{value}");
        }
    }

    #[test]
    fn paths_lead_into_rows() {
        let row = json!({"a": {"b": [1, null]}, "c": "-"});
        assert_eq!(at(&row, "a.b[1]"), Some(&Value::Null));
        assert_eq!((at(&row, "a.x"), at(&row, "a.b[7]")), (None, None));
    }

    #[test]
    fn bare_nan_becomes_null() {
        let line = r#"{"a": NaN, "b": "NaN \" NaN", "c": [NaN,1], "d\\": NaN}"#;
        let plain = r#"{"a": null, "b": "NaN \" NaN", "c": [null,1], "d\\": null}"#;
        assert_eq!(without_bare_nan(line).as_deref(), Some(plain));
        assert_eq!(without_bare_nan(r#"{"a": "NaN"}"#), None);
    }
}
