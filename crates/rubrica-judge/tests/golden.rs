//! Holds parsers and the double pass to `tests/golden/judge/*.toml` at the top level.

use std::path::Path;

use rubrica_core::{Comparison, Preference, Scale};
use rubrica_judge::double_pass::PassRule;
use rubrica_judge::prometheus::{parse_absolute, parse_relative};
use rubrica_judge::{PairwiseOptions, Parsed, ReplyFormat, pairwise_texts, parse_arena};
use toml::{Table, Value};

fn golden(name: &str) -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/judge");
    let text = std::fs::read_to_string(folder.join(name)).expect("the golden is in the repository");
    let table: Table = text.parse().expect("valid");
    for field in ["tool", "version", "command"] {
        assert!(table.get(field).is_some_and(Value::is_str), "{name}: no `{field}`");
    }
    table
}

fn cases<'a>(golden: &'a Table, key: &str) -> Vec<&'a Table> {
    let cases = golden[key].as_array().expect("a list");
    assert!(!cases.is_empty());
    cases.iter().map(|case| case.as_table().expect("a table")).collect()
}

fn text<'a>(case: &'a Table, key: &str) -> &'a str {
    case[key].as_str().expect("a string")
}

fn status<T>(parsed: &Parsed<T>) -> &'static str {
    match parsed {
        Parsed::Found(_) => "found",
        Parsed::Missing => "missing",
        Parsed::OutOfRange(_) => "out_of_range",
        Parsed::Ambiguous(_) => "ambiguous",
    }
}

fn preference(name: &str) -> Preference {
    serde_json::from_value(serde_json::Value::String(name.into())).expect("a preference")
}

#[test]
fn prometheus_output() {
    let golden = golden("prometheus_parse.toml");
    let (absolute, relative) = (cases(&golden, "absolute"), cases(&golden, "relative"));
    assert!(absolute.len() + relative.len() >= 34);
    for case in absolute {
        let found = parse_absolute(text(case, "text"), &Scale::likert(1, 5));
        assert_eq!(status(&found), text(case, "parse"), "{case}");
        let expected = case.get("score").and_then(Value::as_integer);
        assert_eq!(found.found().map(|s| s.score), expected, "{case}");
    }
    for case in relative {
        let found = parse_relative(text(case, "text"));
        assert_eq!(status(&found), text(case, "parse"), "{case}");
        let expected = case.get("winner").and_then(Value::as_str).map(preference);
        assert_eq!(found.found(), expected, "{case}");
    }
}

#[test]
fn arena_output() {
    for case in cases(&golden("arena_parse.toml"), "case") {
        let found = parse_arena(text(case, "text"));
        assert_eq!(status(&found), text(case, "parse"), "{case}");
        if let Some(label) = found.found() {
            assert_eq!(label.to_string(), text(case, "label"), "{case}");
            assert_eq!(label.preference(), preference(text(case, "winner")), "{case}");
        }
    }
}

#[test]
fn both_orders() {
    let golden = golden("double_pass.toml");
    let pair = Comparison::new("p", "x", "y");
    for case in cases(&golden, "case") {
        let (ab, ba) = (text(case, "ab"), text(case, "ba"));
        let run = |rule| {
            let options = PairwiseOptions { rule, ..PairwiseOptions::default() };
            pairwise_texts(&pair, ab, Some(ba), ReplyFormat::Arena, &options)
        };
        match run(PassRule::Votes) {
            Ok(verdict) => {
                assert_eq!(verdict.preferred, preference(text(case, "preferred")), "{case}");
                let expected = case["probability"].as_float().expect("a number");
                assert!((verdict.probability - expected).abs() < 1e-12, "{case}");
                let consistent = case["consistent"].as_bool().expect("true or false");
                assert_eq!(verdict.consistent, consistent, "{case}");
                let strict = run(PassRule::Strict).expect("readable").preferred;
                assert_eq!(strict, preference(text(case, "strict")), "{case}");
            }
            Err(error) => assert_eq!(error.code(), text(case, "error"), "{case}"),
        }
    }
}
