//! What is generated from the catalogue and the goldens: `METRICS.md`, and the table of reference
//! tools in `src/reference_tools.rs`. `WRITE_TABLES=1 cargo test -p rubrica-metrics --test tables`
//! writes them anew; without it, the test compares.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rubrica_metrics::{Family, MetricInfo, Needs, catalogue, default_options, reference_tool};
use toml::Table;

fn at(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares the file with what it should hold, or writes that.
fn hold(path: &str, text: &str) {
    if std::env::var_os("WRITE_TABLES").is_some() {
        fs::write(at(path), text).expect("writes");
    }
    let found = fs::read_to_string(at(path)).unwrap_or_default();
    assert!(
        found == text,
        "{path} is out of date: run WRITE_TABLES=1 cargo test -p rubrica-metrics --test tables"
    );
}

/// Tool and version of a golden, without what the tool was told.
fn golden(id: &str) -> [String; 2] {
    let path = at(&format!("../../tests/golden/metrics/{id}.toml"));
    let golden: Table = fs::read_to_string(path).expect("a golden").parse().expect("TOML");
    ["tool", "version"].map(|key| golden["meta"][key].as_str().expect("text").to_owned())
}

#[test]
fn reference_tools_are_those_of_the_goldens() {
    let mut ids: Vec<&str> = catalogue().iter().map(|info| info.id).collect();
    ids.sort_unstable();
    let mut text = String::from(
        "//! The tool that each metric's golden comes from, generated from the goldens by\n\
         //! `tests/tables.rs`.\n\n\
         /// Id, tool, version; sorted by id.\n\
         pub(crate) const REFERENCE_TOOLS: &[[&str; 3]] = &[\n",
    );
    for id in ids {
        let [tool, version] = golden(id);
        writeln!(text, "    [{id:?}, {tool:?}, {version:?}],").expect("a string");
    }
    text += "];\n";
    hold("src/reference_tools.rs", &text);
    assert_eq!(
        reference_tool("bleu").map(|tool| tool.version.to_owned()),
        Some(golden("bleu")[1].clone())
    );
    assert_eq!(reference_tool("blue"), None);
}

fn range(info: &MetricInfo) -> String {
    let end = |value: Option<f64>, none: &str| value.map_or(none.to_owned(), |v| v.to_string());
    format!("{} to {}", end(info.low, "-∞"), end(info.high, "∞"))
}

#[test]
fn the_table_for_readers_is_that_of_the_catalogue() {
    let mut text = String::from(
        "# Metrics\n\nGenerated from the catalogue and the goldens. Tier 0 needs no model, 1 an encoder, \
         2 a causal language model. A metric that is undefined for a text says why; none is ever NaN.\n",
    );
    let mut family: Option<Family> = None;
    for info in catalogue() {
        if family != Some(info.family) {
            family = Some(info.family);
            write!(
                text,
                "\n## {:?}\n\n| id | what | tier | needs | range | better | options | after | held to |\n\
                 |---|---|---|---|---|---|---|---|---|\n",
                info.family
            )
            .expect("a string");
        }
        let needs = match info.needs {
            Needs::Nothing => String::new(),
            needs => format!("{needs:?}").to_lowercase(),
        };
        let better = match info.higher_is_better {
            Some(true) => "more",
            Some(false) => "less",
            None => "",
        };
        let options = default_options(info.id).expect("known");
        let options = options.as_object().expect("an object").keys();
        let options: Vec<String> = options.map(|name| format!("`{name}`")).collect();
        let [tool, _] = golden(info.id);
        writeln!(
            text,
            "| `{}` | {} | {:?} | {needs} | {} | {better} | {} | {} | {} |",
            info.id,
            info.title,
            info.tier,
            range(&info),
            options.join(" "),
            info.source.replace('|', "\\|"),
            tool.replace('|', "\\|"),
        )
        .expect("a string");
    }
    hold("METRICS.md", &text);
}
