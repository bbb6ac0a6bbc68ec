//! A new report: its file, its lines in the index and the registry, and an example of its rows.

use anyhow::Result;

use super::{Edits, ensure_id, insert_sorted, type_name, under};
use crate::repo::Repo;

const SOURCES: &str = "crates/rubrica-judge/src/reports";
const EXAMPLES: &str = "crates/rubrica-judge/tests/reports_registry.rs";
/// Where the lists of entries and of examples begin and end.
const ENTRIES: (&str, &str) = ("    vec![\n", "\n    ]\n}");
const ROWS: (&str, &str) = ("    BTreeMap::from([\n", "\n    ])\n}");

/// Writes `src/reports/<id>.rs`, its lines in `mod.rs`, its entry in `entries.rs`, and an example in the test of
/// all reports. Command line, npm and page follow.
///
/// # Errors
/// An id that is not in kebab-case or is taken.
pub fn new_report(repo: &Repo, id: &str) -> Result<()> {
    ensure_id(id, '-', "win-rate")?;
    let module = id.replace('-', "_");
    let mut edits = Edits::default();
    edits.make(repo, under(repo, SOURCES, &format!("{module}.rs")), source_text(id, &module))?;
    edits.change(repo, under(repo, SOURCES, "mod.rs"), |text| with_module(text, id, &module))?;
    edits.change(repo, under(repo, SOURCES, "entries.rs"), |text| with_entry(text, id, &module))?;
    edits.change(repo, repo.path(EXAMPLES), |text| with_example(text, id))?;
    edits.write(repo, "cargo test -p rubrica-judge --test reports_registry")
}

fn with_module(index: &str, id: &str, module: &str) -> Option<String> {
    let name = type_name(id);
    let index = insert_sorted(index, "mod ", &format!("mod {module};"))?;
    let export = format!("pub use {module}::{{{name}Options, {name}Report, {name}Row, {module}}};");
    insert_sorted(&index, "pub use ", &export)
}

fn with_entry(entries: &str, id: &str, module: &str) -> Option<String> {
    let name = type_name(id);
    let entry = format!(
        r#"        ReportInfo::new(
            ["{id}", "The question that it answers?", "The paper", "id, score"],
            |rows: Vec<{name}Row>, options: &{name}Options| {module}(&rows, options),
        ),
"#
    );
    insert_in_order(entries, ENTRIES, "        ReportInfo::new(\n", id, &entry)
}

fn with_example(tests: &str, id: &str) -> Option<String> {
    let example =
        format!("        (\"{id}\", (none(), vec![json!({{\"id\": 1, \"score\": 0.5}})])),\n");
    insert_in_order(tests, ROWS, "        (\n", id, &example)
}

/// Puts `text` into a list whose parts begin with `opening` and have their name as the first string, in their order.
fn insert_in_order(
    whole: &str,
    (begin, end): (&str, &str),
    opening: &str,
    id: &str,
    text: &str,
) -> Option<String> {
    let from = whole.find(begin)? + begin.len();
    let stop = from + whole[from..].find(end)? + 1;
    let list = &whole[from..stop];
    let mut at = list.len();
    for (place, _) in list.match_indices(opening) {
        let begins = place == 0 || list[..place].ends_with('\n');
        let name = list[place..].split('"').nth(1)?;
        if begins && name > id {
            at = place;
            break;
        }
    }
    let (before, after) = whole.split_at(from + at);
    Some(format!("{before}{text}{after}"))
}

fn source_text(id: &str, module: &str) -> String {
    let name = type_name(id);
    format!(
        r#"//! The question that it answers. (The paper.)

use rubrica_core::{{Result, Signature}};
use rubrica_stats::StatsError;
use serde::{{Deserialize, Serialize}};

use super::told;
use crate::records::number;

/// What one row is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct {name}Row {{
    /// The score.
    #[serde(deserialize_with = "number")]
    pub score: f64,
}}

/// There is nothing to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct {name}Options {{}}

/// What the protocol finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct {name}Report {{
    /// Rows. The figures of the protocol go beside it.
    pub n: usize,
    /// What produced it.
    pub signature: Signature,
}}

/// What it computes, in a line.
///
/// # Errors
/// [`rubrica_core::Error::Statistic`] without rows.
pub fn {module}(rows: &[{name}Row], _: &{name}Options) -> Result<{name}Report> {{
    if rows.is_empty() {{
        return Err(told(&StatsError::TooFew {{ what: "rows", found: 0, needed: 1 }}));
    }}
    Ok({name}Report {{ n: rows.len(), signature: Signature::new("{id}") }})
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_in_the_order_of_their_names() {
        let entries = "fn entries() {\n    vec![\n        ReportInfo::new(\n            [\"a\", \"?\"],\n        ),\n        \
                       ReportInfo::new(\n            [\"c\"],\n        ),\n    ]\n}\n";
        let names = |text: &str| -> Vec<String> {
            let parts = text.split("ReportInfo::new(").skip(1);
            parts.filter_map(|part| Some(part.split('"').nth(1)?.to_owned())).collect()
        };
        for (id, expected) in
            [("b", ["a", "b", "c"]), ("d", ["a", "c", "d"]), ("aa", ["a", "aa", "c"])]
        {
            let after = with_entry(entries, id, id).expect("laid out");
            assert_eq!(names(&after), expected, "{after}");
            assert!(after.ends_with("        ),\n    ]\n}\n"), "{after}");
        }
        assert_eq!(with_entry("fn entries() {}", "b", "b"), None);
    }

    #[test]
    fn examples_stay_in_the_order_of_their_names() {
        let tests = "fn f() {\n    BTreeMap::from([\n        (\n            \"a\",\n            (none(), x),\n        ),\n        \
                     (\n            \"c\",\n            (none(), y),\n        ),\n    ])\n}\n";
        let after = with_example(tests, "b").expect("laid out");
        let places: Vec<usize> =
            ["\"a\"", "\"b\"", "\"c\""].iter().filter_map(|name| after.find(name)).collect();
        assert!(places.len() == 3 && places.is_sorted(), "{after}");
    }
}
