//! `./x new-metric`: the three files of a new metric.
//!
//! What is written compiles only once the computation has been filled in, and passes the tests only
//! once the golden holds numbers of a reference tool.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::files;
use crate::repo::Repo;

/// Writes `src/<family>/<id>.rs`, its lines in the family's `mod.rs`, and the head of its golden.
///
/// # Errors
/// A family that is not there, an id that is not `snake_case` or is taken.
pub fn new_metric(repo: &Repo, family: &str, id: &str) -> Result<()> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(letters),
        "id is `{id}`; expected snake_case, such as token_f1"
    );
    let folder = repo.path("crates/rubrica-metrics/src").join(family);
    let index = folder.join("mod.rs");
    let before = fs::read_to_string(&index).unwrap_or_default();
    ensure!(
        before.contains(ENTRIES),
        "family is `{family}`; expected a folder of crates/rubrica-metrics/src whose mod.rs has \
         ENTRIES"
    );
    let source = folder.join(format!("{id}.rs"));
    let golden = repo.path(&format!("tests/golden/metrics/{id}.toml"));
    for path in [&source, &golden] {
        ensure!(!path.exists(), "{} is there already", repo.show(path));
    }
    let after = with_metric(&before, id)
        .with_context(|| format!("{} is not laid out as expected", repo.show(&index)))?;
    files::write(&source, source_text(family, id))?;
    files::write(&index, after)?;
    files::write(&golden, golden_text(id))?;
    let paths: [&Path; 3] = [&source, &index, &golden];
    println!("written, for you to fill in:");
    for path in paths {
        println!("  {}", repo.show(path));
    }
    println!("then: cargo test -p rubrica-metrics {id}");
    Ok(())
}

const ENTRIES: &str = "const ENTRIES: &[Entry] = &[\n";

/// The family's `mod.rs` with the metric's module, its export and its entry.
fn with_metric(index: &str, id: &str) -> Option<String> {
    let name = type_name(id);
    let index = insert_sorted(index, "mod ", &format!("mod {id};"))?;
    let index = insert_sorted(&index, "pub use ", &format!("pub use {id}::{name};"))?;
    let begin = index.find(ENTRIES)? + ENTRIES.len();
    let end = begin + index[begin..].find("];")?;
    Some(format!("{}    Entry::text::<{name}>(),\n{}", &index[..end], &index[end..]))
}

/// Puts `line` among the lines that begin with `prefix`, in their order.
fn insert_sorted(text: &str, prefix: &str, line: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|other| other.starts_with(prefix))?;
    let at = lines
        .iter()
        .position(|other| other.starts_with(prefix) && *other > line)
        .unwrap_or(last + 1);
    let mut lines = lines;
    lines.insert(at, line);
    Some(lines.join("\n") + "\n")
}

/// `token_f1` as `TokenF1`.
fn type_name(id: &str) -> String {
    let upper = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('_').filter(|word| !word.is_empty()).map(upper).collect()
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
        source: compile_error!("{id}: name the paper, and check the lines above"),
    }};

    fn new(_options: NoOptions) -> Result<Self> {{
        Ok(Self)
    }}
}}

impl Averaged for {name} {{
    const VALUES: &'static [&'static str] = &["{id}"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {{
        let references = segment.needed_references(Self::INFO.id)?;
        compile_error!("{id}: compute one number for each of VALUES")
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
expected = {{ score = "from the reference tool" }}
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

use crate::catalogue::Entry;

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
    fn names_of_types() {
        assert_eq!(type_name("token_f1"), "TokenF1");
        assert_eq!(type_name("overlap"), "Overlap");
    }
}
