//! Verdicts on IFEval's instructions against its reference code: `tests/golden/checks/ifeval.toml`.

use std::collections::BTreeSet;
use std::path::Path;

use rubrica_metrics::check::ifeval::{Instruction, follow};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    meta: Meta,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    tool: String,
    version: String,
    command: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    instruction: String,
    /// JSON.
    kwargs: String,
    response: String,
    strict: bool,
    loose: bool,
}

fn golden() -> Golden {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/checks/ifeval.toml");
    toml::from_str(&std::fs::read_to_string(path).expect("the golden")).expect("valid")
}

#[test]
fn verdicts_equal_those_of_the_reference_code() {
    let golden = golden();
    assert!(!golden.meta.tool.is_empty() && !golden.meta.version.is_empty());
    assert!(golden.meta.command.ends_with("make_checks.py"));
    for case in &golden.case {
        let kwargs = serde_json::from_str(&case.kwargs).expect("JSON");
        let instruction = Instruction::new(&case.instruction, &kwargs).expect("known");
        let followed = follow(&[instruction], &case.response);
        let found = (followed.follow_strict[0], followed.follow_loose[0]);
        let Case { instruction, kwargs, response, .. } = case;
        assert_eq!(found, (case.strict, case.loose), "{instruction} {kwargs}: {response:?}");
    }
}

#[test]
fn every_instruction_has_cases_with_both_verdicts() {
    let golden = golden();
    let seen: BTreeSet<(&str, bool)> =
        golden.case.iter().map(|case| (case.instruction.as_str(), case.strict)).collect();
    let all: BTreeSet<(&str, bool)> =
        Instruction::IDS.iter().flat_map(|id| [(*id, true), (*id, false)]).collect();
    assert_eq!(seen, all);
    assert_eq!(Instruction::IDS.len(), 25);
}
