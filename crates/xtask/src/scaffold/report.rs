//! A new report: its file, its lines in the index, its line in the registry and its golden.

use anyhow::Result;

use super::{Edits, ensure_id, insert_before, insert_sorted, type_name, under};
use crate::repo::Repo;

const SOURCES: &str = "crates/rubrica-audit/src/reports";
const GOLDENS: &str = "tests/golden/audit";
/// Where the list of types begins and ends.
const LIST: (&str, &str) = ("    let mut list = vec![\n", "    ];\n");

/// Writes `src/reports/<id>.rs`, its lines in `mod.rs`, its line in `registry.rs` and a golden to be filled in. Command
/// line, npm and the tests of all reports follow.
///
/// # Errors
/// An id that is not in kebab-case or is taken.
pub fn new_report(repo: &Repo, id: &str) -> Result<()> {
    ensure_id(id, '-', "win-rate")?;
    let module = id.replace('-', "_");
    let mut edits = Edits::default();
    edits.make(repo, under(repo, SOURCES, &format!("{module}.rs")), source_text(id, &module))?;
    edits.change(repo, under(repo, SOURCES, "mod.rs"), |text| with_module(text, id, &module))?;
    edits.change(repo, under(repo, SOURCES, "registry.rs"), |text| with_type(text, id, &module))?;
    edits.make(repo, under(repo, GOLDENS, &format!("{id}.toml")), GOLDEN.to_owned())?;
    edits.write(repo, "cargo test -p rubrica-audit")
}

fn with_module(index: &str, id: &str, module: &str) -> Option<String> {
    let name = type_name(id);
    let index = insert_sorted(index, "mod ", &format!("mod {module};"))?;
    let export = format!("pub use {module}::{{{name}Options, {name}Report, {name}Row, {module}}};");
    insert_sorted(&index, "pub use ", &export)
}

fn with_type(registry: &str, id: &str, module: &str) -> Option<String> {
    let line = format!("        ReportInfo::of::<super::{module}::{}Report>(),\n", type_name(id));
    let (begin, end) = LIST;
    insert_before(registry, begin, end, |other| other > line.as_str(), &line)
}

/// A golden without figures fails: they come from a script of `tests/golden` that knows nothing of the code.
const GOLDEN: &str = r#"tool = "numpy, scipy, scikit-learn"
version = "0"
command = "python tests/golden/make_audit_systems.py"
tolerance = 1e-9

[[case]]
name = "two rows"
options = '{}'
rows = '''
{"id": 1, "score": 0.5}
{"id": 2, "score": 0.75}
'''
[case.expected]
n = 2
"#;

fn source_text(id: &str, module: &str) -> String {
    let name = type_name(id);
    format!(
        r##"//! The question that it answers. (The paper.)

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use serde::{{Deserialize, Serialize}};

use super::report::{{Example, Report}};
use crate::error::Result;
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
/// [`AuditError::Statistic`](crate::AuditError::Statistic) without rows.
pub fn {module}(rows: &[{name}Row], _: &{name}Options) -> Result<{name}Report> {{
    if rows.is_empty() {{
        return Err(StatsError::TooFew {{ what: "rows", found: 0, needed: 1 }}.into());
    }}
    Ok({name}Report {{ n: rows.len(), signature: Signature::new("{id}") }})
}}

impl Report for {name}Report {{
    const NAME: &'static str = "{id}";
    const QUESTION: &'static str = "The question that it answers?";
    const SOURCE: &'static str = "The paper";
    const ROW: &'static str = "id, score";
    const EXAMPLE: Example = Example {{
        options: "{{}}",
        rows: r#"{{"id": 1, "score": 0.5}}
"#,
    }};
    type Row = {name}Row;
    type Options = {name}Options;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {{
        {module}(&rows, options)
    }}
}}
"##
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_stay_in_the_order_of_their_paths() {
        let line = |path: &str| format!("        ReportInfo::of::<super::{path}>(),\n");
        let registry =
            |lines: &[String]| format!("    let mut list = vec![\n{}    ];\n", lines.concat());
        let (one, three) = (line("a_b::ABReport"), line("c::C"));
        let before = registry(&[one.clone(), three.clone()]);
        for (id, expected) in [
            ("b-a", [one.clone(), line("b_a::BAReport"), three.clone()]),
            ("d", [one.clone(), three.clone(), line("d::DReport")]),
            ("a", [line("a::AReport"), one.clone(), three.clone()]),
        ] {
            let after = with_type(&before, id, &id.replace('-', "_")).expect("laid out");
            assert_eq!(after, registry(&expected), "{id}");
        }
        assert_eq!(with_type("fn list() {}", "b", "b"), None);
    }
}
