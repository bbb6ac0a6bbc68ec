//! Holds the counts of a judge over both orders to `tests/golden/judge/double_pass.toml` at the top level.

use std::path::Path;

use rubrica_audit::DoublePassReport;
use rubrica_core::Preference;
use toml::Table;

/// The winner in a scripted reply, which has a label, none, or two that contradict each other.
fn winner(reply: &str) -> Option<Preference> {
    let (label, rest) = reply.split_once("[[")?.1.split_once("]]")?;
    if rest.contains("[[") {
        return None;
    }
    serde_json::from_value(label.into()).ok()
}

#[test]
fn outcomes_are_those_of_judgebench() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/judge/double_pass.toml");
    let text = std::fs::read_to_string(file).expect("the golden is in the repository");
    let golden: Table = text.parse().expect("valid");
    let cases = golden["case"].as_array().expect("a list");
    assert!(cases.len() > 5);
    for case in cases {
        let field = |name: &str| case[name].as_str().expect("a string");
        let label = serde_json::from_value(field("label").into()).expect("a preference");
        let passes = [winner(field("ab")), winner(field("ba")).map(Preference::flipped)];
        let mut counts = DoublePassReport::default();
        counts.count(label, passes);
        let outcome = match (counts.correct, counts.incorrect, counts.ties) {
            (1, 0, 0) => "correct",
            (0, 1, 0) => "incorrect",
            (0, 0, 1) => "tie",
            other => panic!("{other:?}"),
        };
        assert_eq!(outcome, field("outcome"), "{case}");
    }
}
