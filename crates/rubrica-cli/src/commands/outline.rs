//! A report of any shape as text: its numbers by name, its lists of records as tables.

use serde_json::{Map, Value};

/// `report` with a line for each number, text or figure, and a table for each list of records.
pub(crate) fn outline(report: &Value) -> String {
    let mut text = String::new();
    match report {
        Value::Object(fields) => section("", fields, &mut text),
        other => text = cell(other) + "\n",
    }
    text
}

/// Lines of single values first, then what has parts of its own under its name.
fn section(path: &str, fields: &Map<String, Value>, text: &mut String) {
    let single: Vec<(&String, String)> =
        fields.iter().filter(|(_, v)| !has_parts(v)).map(|(k, v)| (k, cell(v))).collect();
    let width = single.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in single {
        *text += &format!("{name:<width$}  {value}\n");
    }
    for (name, value) in fields.iter().filter(|(_, v)| has_parts(v)) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        *text += &format!("\n{path}\n");
        match value {
            Value::Object(inner) => section(&path, inner, text),
            Value::Array(rows) => *text += &table(rows),
            other => *text += &cell(other),
        }
    }
}

/// True for what does not fit on a line.
fn has_parts(value: &Value) -> bool {
    match value {
        Value::Object(fields) => figure(fields).is_none() && signature(fields).is_none(),
        Value::Array(rows) => rows.iter().any(|row| row.is_object() || row.is_array()),
        _ => false,
    }
}

fn table(rows: &[Value]) -> String {
    let mut header: Vec<String> = Vec::new();
    let cells: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| match row {
            Value::Object(fields) => fields.clone(),
            Value::Array(values) => {
                let numbered = values.iter().enumerate();
                numbered.map(|(place, value)| ((place + 1).to_string(), value.clone())).collect()
            }
            other => Map::from_iter([("value".to_owned(), other.clone())]),
        })
        .collect();
    for row in &cells {
        for name in row.keys() {
            if !header.contains(name) {
                header.push(name.clone());
            }
        }
    }
    let value = |row: &Map<String, Value>, name: &String| row.get(name).map_or("".into(), cell);
    let widths: Vec<usize> = header
        .iter()
        .map(|name| {
            let widest = cells.iter().map(|row| value(row, name).chars().count()).max();
            widest.unwrap_or(0).max(name.chars().count())
        })
        .collect();
    let line = |cells: Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut text = line(header.clone());
    for row in &cells {
        text += &line(header.iter().map(|name| value(row, name)).collect());
    }
    text
}

/// One value in one cell; what is nested deeper stays JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(number) if number.fract() != 0.0 => shortened(number),
            Some(number) if number.abs() < 1e15 => format!("{:.0}", number + 0.0),
            _ => number.to_string(),
        },
        Value::Object(fields) => {
            figure(fields).or_else(|| signature(fields)).unwrap_or_else(|| value.to_string())
        }
        Value::Array(values) if values.iter().all(|v| !v.is_object() && !v.is_array()) => {
            values.iter().map(cell).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Four decimals, and more where those would all be 0.
fn shortened(number: f64) -> String {
    if number.abs() < 1e-3 { format!("{number:.2e}") } else { format!("{number:.4}") }
}

/// A value with its interval, or the reason why there is none.
fn figure(fields: &Map<String, Value>) -> Option<String> {
    match (fields.get("value")?, fields.get("lower"), fields.get("upper"), fields.get("error")) {
        (Value::Null, _, _, Some(error)) => Some(format!("– ({})", error.get("reason")?.as_str()?)),
        (value, Some(lower), Some(upper), _) => {
            Some(format!("{} [{}, {}]", cell(value), cell(lower), cell(upper)))
        }
        _ => None,
    }
}

/// What produced the report, on one line.
fn signature(fields: &Map<String, Value>) -> Option<String> {
    let protocol = fields.get("protocol")?.as_str()?;
    let mut parts = vec![protocol.to_owned()];
    let options = fields.get("options").and_then(Value::as_object);
    parts.extend(
        options.into_iter().flatten().map(|(name, value)| format!("{name}:{}", cell(value))),
    );
    parts.push(format!("version:{}", fields.get("version")?.as_str()?));
    Some(parts.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_by_name_and_records_as_tables() {
        let report = json!({
            "n": 3,
            "accuracy": {"value": 0.5, "lower": 0.25, "upper": 0.75, "level": 0.95, "n": 4},
            "kappa": {"value": null, "error": {"code": "constant", "reason": "all are equal"}},
            "models": [{"model": "x", "rating": 1.25}, {"model": "long name", "note": null}],
            "by_kind": {"a": {"rate": 0.00002}},
            "matrix": [[1, null], [0.5, 1]],
            "signature": {"protocol": "p", "options": {"seed": 0}, "version": "1"},
        });
        let text = outline(&report);
        for line in [
            "n          3",
            "accuracy   0.5000 [0.2500, 0.7500]",
            "kappa      – (all are equal)",
            "signature  p|seed:0|version:1",
            "model      rating  note",
            "x          1.2500",
            "long name          –",
            "by_kind.a",
            "rate  2.00e-5",
            "1       2",
            "0.5000  1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n---\n{text}");
        }
    }

    #[test]
    fn anything_has_an_outline() {
        for value in [json!(null), json!([]), json!({}), json!([1, [2]]), json!({"a": []})] {
            assert!(outline(&value).len() < 40);
        }
    }
}
