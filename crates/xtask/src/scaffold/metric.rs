//! A new metric: its file, the family's index, its golden, and the tables that tell of all metrics.

use anyhow::{Result, ensure};

use super::{Edits, ensure_id, insert_before, insert_sorted, type_name, under};
use crate::repo::Repo;

const SOURCES: &str = "crates/rubrica-metrics/src";
const GOLDENS: &str = "tests/golden/metrics";
const ENTRIES: &str = "const ENTRIES: &[Entry] = &[\n";
const TOOLS: &str = "pub(crate) const REFERENCE_TOOLS: &[[&str; 3]] = &[\n";

/// Writes `src/<family>/<id>.rs`, its lines in the family's `mod.rs`, its golden, and its lines in the tables of
/// reference tools and of `METRICS.md`.
///
/// # Errors
/// A family that is not there, an id that is not `snake_case` or is taken.
pub fn new_metric(repo: &Repo, family: &str, id: &str) -> Result<()> {
    ensure_id(id, '_', "token_f1")?;
    let folder = under(repo, SOURCES, family);
    let index = folder.join("mod.rs");
    ensure!(
        std::fs::read_to_string(&index).is_ok_and(|text| text.contains(ENTRIES)),
        "family is `{family}`; expected a folder of {SOURCES} whose mod.rs has ENTRIES"
    );
    let mut edits = Edits::default();
    edits.make(repo, folder.join(format!("{id}.rs")), source_text(family, id))?;
    edits.change(repo, index, |text| with_metric(text, id))?;
    edits.make(repo, under(repo, GOLDENS, &format!("{id}.toml")), golden_text(id))?;
    edits.change(repo, under(repo, SOURCES, "reference_tools.rs"), |text| with_tool(text, id))?;
    edits.change(repo, repo.path("crates/rubrica-metrics/METRICS.md"), |text| {
        with_row(text, family, id)
    })?;
    edits.write(
        repo,
        &format!(
            "cargo test -p rubrica-metrics {id}, and once it passes\n      WRITE_TABLES=1 cargo test -p \
             rubrica-metrics --lib --test tables"
        ),
    )
}

/// The family's `mod.rs` with the metric's module, its export and its entry.
fn with_metric(index: &str, id: &str) -> Option<String> {
    let name = type_name(id);
    let index = insert_sorted(index, "mod ", &format!("mod {id};"))?;
    let index = insert_sorted(&index, "pub use ", &format!("pub use {id}::{name};"))?;
    insert_before(&index, ENTRIES, "];", |_| false, &format!("    Entry::text::<{name}>(),\n"))
}

/// The table of reference tools, with what the golden says before it is filled in.
fn with_tool(table: &str, id: &str) -> Option<String> {
    let key = |line: &str| Some(line.split('"').nth(1)?.to_owned());
    let is_later = |line: &str| key(line).is_some_and(|other| *other > *id);
    insert_before(table, TOOLS, "];", is_later, &format!("    [{id:?}, \"\", \"\"],\n"))
}

/// The table for readers, with a row at the end of the family's.
fn with_row(table: &str, family: &str, id: &str) -> Option<String> {
    let row = format!("| `{id}` | {id} | T0 | reference | 0 to 1 | more |  |  |  |\n");
    let heading = format!("## {}\n", type_name(family));
    let from = table.find(&heading)?;
    let (before, section) = table.split_at(from);
    let end = section.find("\n\n## ").map_or(section.len(), |at| at + 1);
    Some(format!("{before}{}{row}{}", &section[..end], &section[end..]))
}

fn source_text(family: &str, id: &str) -> String {
    let (name, family) = (type_name(id), type_name(family));
    format!(
        r#"//! What it measures, in a line.
//!
//! The paper.

use rubrica_core::{{Result, Tier}};

use crate::averaged::Averaged;
use crate::info::{{Family, MetricInfo, Needs, Unit}};
use crate::metric::Described;
use crate::options::NoOptions;
use crate::segment::Segment;

/// What it measures, its unit and range, and when it is undefined.
#[derive(Debug, Clone, Copy)]
pub struct {name};

impl Described for {name} {{
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {{
        id: "{id}",
        title: "{id}",
        family: Family::{family},
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "",
    }};

    fn new(_options: NoOptions) -> Result<Self> {{
        Ok(Self)
    }}
}}

impl Averaged for {name} {{
    const VALUES: &'static [&'static str] = &["{id}"];
    const UNDEFINED: (&'static str, &'static str) =
        ("not_written", "the computation of {id} has not been written");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {{
        // One number for each of VALUES, from the response and these.
        let _references = segment.needed_references(Self::INFO.id)?;
        Ok(None)
    }}
}}
"#
    )
}

fn golden_text(id: &str) -> String {
    format!(
        r#"# Numbers of {id}'s reference tool. A corpus goes in [[corpus]]; see the other goldens.
[meta]
tool = ""
version = ""
command = "python tests/golden/make_metrics.py"
tolerance = 1e-06

[[case]]
name = ""
response = ""
references = [""]
expected = {{ score = 0.0 }}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "//! A family.

mod bleu;
mod wer;

pub use bleu::{Bleu, BleuOptions};
pub use wer::Wer;

use crate::entry::Entry;

pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<Bleu>(),
    Entry::text::<Wer>(),
];
";

    #[test]
    fn lines_land_in_order() {
        let after = with_metric(INDEX, "token_f1").expect("laid out as expected");
        assert!(after.contains("mod bleu;\nmod token_f1;\nmod wer;\n"), "{after}");
        assert!(
            after.contains("BleuOptions};\npub use token_f1::TokenF1;\npub use wer"),
            "{after}"
        );
        assert!(after.ends_with("<Wer>(),\n    Entry::text::<TokenF1>(),\n];\n"), "{after}");
        let last = with_metric(INDEX, "zeta").expect("laid out as expected");
        assert!(last.contains("mod wer;\nmod zeta;\n\npub use"), "{last}");
        assert_eq!(with_metric("//! Something else.\n", "zeta"), None);
    }

    #[test]
    fn tables_take_their_lines() {
        let tools =
            format!("{TOOLS}    [\"bleu\", \"t\", \"1\"],\n    [\"wer\", \"t\", \"1\"],\n];\n");
        let after = with_tool(&tools, "token_f1").expect("laid out");
        assert!(
            after.contains("\"1\"],\n    [\"token_f1\", \"\", \"\"],\n    [\"wer\""),
            "{after}"
        );
        let table = "# Metrics\n\n## Overlap\n\n| id |\n|---|\n| `bleu` |\n\n## Surface\n\n| id |\n| `words` |\n";
        let after = with_row(table, "overlap", "x").expect("laid out");
        assert!(after.contains("| `bleu` |\n| `x` | x | T0 |"), "{after}");
        assert!(after.contains("|  |\n\n## Surface"), "{after}");
        let after = with_row(table, "surface", "x").expect("laid out");
        assert!(after.contains("| `words` |\n| `x` | x | T0 |"), "{after}");
        assert_eq!(with_row(table, "nowhere", "x"), None);
    }
}
