//! Holds every report to its golden, `tests/golden/audit/NAME.toml` at the top level: rows and options go in, and
//! each number, word and null of what comes out is the golden's, none more and none less. The figures there are
//! made by `tests/golden/make_audit_*.py`, which know nothing of the code here.

use std::collections::BTreeMap;
use std::path::Path;

use rubrica_audit::reports::{ReportInfo, reports};
use serde_json::Value;
use toml::Table;

/// Reports without a golden yet; none.
const WITHOUT: [&str; 0] = [];

/// What a leaf of a report says.
#[derive(Debug, Clone, PartialEq)]
enum Leaf {
    Number(f64),
    Other(String),
}

/// Leaves by their paths. Signatures are left out, and so are the words of a reason beside its code.
fn leaves(path: &str, value: &Value, into: &mut BTreeMap<String, Leaf>) {
    let mut leaf = |leaf| into.insert(path.to_owned(), leaf);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                let reason = key == "reason" && fields.contains_key("code");
                if key != "signature" && !reason {
                    let dot = if path.is_empty() { "" } else { "." };
                    leaves(&format!("{path}{dot}{key}"), value, into);
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(&format!("{path}[{index}]"), item, into);
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().expect("a number of JSON is one of f64");
            assert!(number != 0.0 || number.is_sign_positive(), "{path} is -0.0");
            leaf(Leaf::Number(number));
        }
        Value::String(text) => {
            leaf(Leaf::Other(text.clone()));
        }
        other => {
            leaf(Leaf::Other(other.to_string()));
        }
    }
}

fn expected(case: &Table) -> BTreeMap<String, Leaf> {
    let leaf = |value: &toml::Value| match value {
        toml::Value::Float(number) => Leaf::Number(*number),
        toml::Value::Integer(number) => Leaf::Number(*number as f64),
        toml::Value::String(text) => Leaf::Other(text.clone()),
        other => Leaf::Other(other.to_string()),
    };
    let table = case["expected"].as_table().expect("paths with their values");
    table.iter().map(|(path, value)| (path.clone(), leaf(value))).collect()
}

fn same(found: &Leaf, expected: &Leaf, tolerance: f64) -> bool {
    match (found, expected) {
        (Leaf::Number(found), Leaf::Number(expected)) => {
            (found - expected).abs() <= tolerance * expected.abs().max(1.0)
        }
        (found, expected) => found == expected,
    }
}

/// What differs in the cases of one report, a line each.
fn differences(info: &ReportInfo, golden: &Table) -> Vec<String> {
    let tolerance = golden["tolerance"].as_float().expect("a number");
    let mut lines = Vec::new();
    let cases = golden["case"].as_array().expect("cases");
    for case in cases.iter().map(|case| case.as_table().expect("a table")) {
        let text = |field: &str| case[field].as_str().expect("a text");
        let options: Value = serde_json::from_str(text("options")).expect("options are JSON");
        let name = format!("{}, {}", info.name, text("name"));
        let made = match info.run(text("rows").as_bytes(), options) {
            Ok(made) => serde_json::to_value(&made).expect("JSON"),
            Err(error) => {
                lines.push(format!("{name}: {error}"));
                continue;
            }
        };
        let (mut found, expected) = (BTreeMap::new(), expected(case));
        leaves("", &made, &mut found);
        assert!(expected.len() > 1, "{name}: hardly anything is expected");
        for (path, leaf) in &found {
            match expected.get(path) {
                Some(wanted) if same(leaf, wanted, tolerance) => {}
                wanted => lines.push(format!("{name}: {path} is {leaf:?}; expected {wanted:?}")),
            }
        }
        let missing = expected.keys().filter(|path| !found.contains_key(*path));
        lines.extend(missing.map(|path| format!("{name}: {path} is not there")));
    }
    lines
}

#[test]
fn every_report_says_what_its_golden_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/audit");
    let mut lines = Vec::new();
    for info in reports().iter().filter(|info| !WITHOUT.contains(&info.name)) {
        let file = folder.join(format!("{}.toml", info.name));
        let Ok(text) = std::fs::read_to_string(&file) else {
            lines.push(format!("{} has no golden tests/golden/audit/{0}.toml", info.name));
            continue;
        };
        let golden: Table = text.parse().expect("valid");
        for field in ["tool", "version", "command"] {
            assert!(golden.get(field).is_some_and(toml::Value::is_str), "{}: {field}", info.name);
        }
        lines.extend(differences(info, &golden));
    }
    assert!(lines.is_empty(), "{} differences:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn every_golden_is_of_a_report() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/audit");
    for entry in std::fs::read_dir(folder).expect("the goldens are in the repository") {
        let name = entry.expect("a file").file_name().to_string_lossy().replace(".toml", "");
        assert!(reports().iter().any(|info| info.name == name), "{name} is no report");
    }
}
