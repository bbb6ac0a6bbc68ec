//! The command line's answers to `tests/golden/surfaces.json`, with the judge that users have.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rubrica(args: &[&str], stdin: &Value) -> Value {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
        .args(args)
        .env("RUBRICA_MODELS", root().join("models"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    writeln!(child.stdin.take().expect("piped"), "{stdin}").expect("is read");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{args:?}: {}", output.status);
    serde_json::from_slice(&output.stdout).expect("one line of JSON")
}

fn assert_close(found: &Value, expected: &Value, tolerance: f64) {
    let number = |value: &Value| value.as_f64().expect("a number");
    assert!((number(found) - number(expected)).abs() <= tolerance, "{found}, expected {expected}");
}

#[test]
fn the_command_line_gives_what_every_surface_gives() {
    let text = fs::read_to_string(root().join("tests/golden/surfaces.json")).expect("the golden");
    let golden: Value = serde_json::from_str(&text).expect("valid");
    let tolerance = golden["tolerance"].as_f64().expect("a number");
    for case in golden["scores"].as_array().expect("a list") {
        let rubric = case["rubric"].as_str().expect("a name");
        let (found, expected) =
            (rubrica(&["score", "-", "--rubric", rubric], &case["sample"]), &case["expected"]);
        assert_close(&found["score"], &expected["score"], tolerance);
        assert_eq!(found["signature"], expected["signature"]);
        let probabilities = expected["probabilities"].as_array().expect("a list");
        for (i, probability) in probabilities.iter().enumerate() {
            assert_close(&found["distribution"]["probabilities"][i], probability, tolerance);
        }
    }
    for case in golden["comparisons"].as_array().expect("a list") {
        let found = rubrica(&["compare", "-"], &case["comparison"]);
        let expected = &case["expected"];
        assert_close(&found["probability"], &expected["probability"], tolerance);
        assert_eq!(found["preferred"], expected["preferred"]);
        assert_eq!(found["signature"], expected["signature"]);
    }
}
