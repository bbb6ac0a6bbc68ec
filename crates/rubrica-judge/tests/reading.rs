//! Holds the formats of judge text to their examples and to `tests/golden/judge/reading.toml` at the top level.

use std::path::Path;

use rubrica_judge::reading::{
    Gives, Repaired, TextReading, fine_grained_score, format, formats, read_row, repaired_overall,
};
use serde_json::{Value, json};
use toml::Table;

fn golden() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/judge/reading.toml");
    let text = std::fs::read_to_string(path).expect("the golden is in the repository");
    text.parse().expect("TOML")
}

#[test]
fn examples_read_as_they_say() {
    for format in formats() {
        let found = serde_json::to_string(&format.read(format.example)).expect("json");
        assert_eq!(found, format.expected, "{}", format.id);
    }
}

#[test]
fn the_golden_holds() {
    let golden = golden();
    let cases = golden["case"].as_array().expect("a list");
    for case in cases {
        let told = |key: &str| case[key].as_str().expect("a text");
        let found = match format(told("format")).expect("a format").read(told("text")) {
            TextReading::Defined(reading) => serde_json::to_string(&reading).expect("json"),
            TextReading::Undefined { error, text } => {
                assert_eq!(text, told("text"));
                error.code
            }
        };
        assert_eq!(found, told("expected"), "{case}");
    }
    for case in golden["repair"].as_array().expect("a list") {
        let number = |key: &str| case.get(key).and_then(toml::Value::as_float);
        let (overall, mean) =
            (number("overall").expect("a score"), number("mean").expect("a mean"));
        let expected = number("expected").map_or(Repaired::Annotate, Repaired::Score);
        assert_eq!(repaired_overall(overall, mean), expected, "{case}");
    }
    assert_eq!(fine_grained_score(&[Some(4.0), None, Some(2.0)]), Some(3.0));
    assert_eq!(fine_grained_score(&[None]), None);
}

#[test]
fn no_format_guesses() {
    let huge = "the first response says [ [A] ] and { ".repeat(30_000);
    for format in formats() {
        for text in
            ["", " \n ", "我认为第一个更好。", "The first is better: A > B, 7 points!", &huge]
        {
            assert!(format.read(text).reading().is_none(), "{}: {:.40}", format.id, text);
        }
    }
    assert_eq!(format("arena").expect_err("unknown").code(), "unknown_name");
}

#[test]
fn rows_get_what_was_read() {
    let read = |id: &str, row: Value| read_row(&row.to_string(), format(id).expect("a format"));
    let one = read("arena-hard", json!({"model_a": "x", "text": "[[A>>B]]"})).expect("valid");
    assert_eq!((one.read, one.undefined), (1, 0));
    assert_eq!((&one.row["winner"], &one.row["verdict_ab"]), (&json!("A>>B"), &json!("A>>B")));
    // The second order is told in terms of the original pair.
    let both = json!({"id": 1, "text_ab": "[[A>B]]", "text_ba": "[[B>>A]]"});
    let both = read("arena-hard", both).expect("valid");
    assert_eq!((&both.row["verdict_ba"], &both.row["winner"]), (&json!("A>>B"), &json!("A>B")));
    let split = read("mt-bench-pair", json!({"text_ab": "[[A]]", "text_ba": "[[A]]"}));
    assert_eq!(split.expect("valid").row["winner"], "A=B");
    let half = read("arena-hard", json!({"text_ab": "[[A>B]]", "text_ba": "none"})).expect("valid");
    assert_eq!((half.read, half.undefined), (1, 1));
    assert_eq!((&half.row["verdict_ba"], &half.row["text_ba"]), (&Value::Null, &json!("none")));
    assert_eq!(half.row["error_ba"]["code"], "no_verdict");
    let rating = read("number-10", json!({"item_id": "i", "rater_id": "r", "output": "Rating: 7"}));
    assert_eq!(rating.expect("valid").row["value"], 7.0);
    let repair = |mean: f64| {
        let row = json!({"text": "Overall Score: 10", "fine_grained_score": mean});
        read("ultrafeedback-critique", row).expect("valid")
    };
    assert_eq!((&repair(1.75).row["score"], repair(1.75).undefined), (&json!(1.0), 0));
    assert_eq!(repair(3.0).row["error"]["code"], "contradiction");
    assert_eq!((repair(3.0).read, repair(3.0).undefined), (0, 1));
}

#[test]
fn bad_rows_say_where() {
    let path = |id: &str, row: &str| {
        let error = read_row(row, format(id).expect("a format")).expect_err(row);
        error.path().unwrap_or("").to_owned()
    };
    assert_eq!(path("arena-hard", "{\"text\": 3}"), "text");
    assert_eq!(path("arena-hard", "{\"text\": \"x\", \"output\": \"y\"}"), "text");
    assert_eq!(path("arena-hard", "{\"text\": \"[[A>B]]\", \"winner\": \"a\"}"), "winner");
    assert_eq!(path("arena-hard", "{}"), "");
    assert_eq!(path("number-5", "{\"text_ab\": \"4\"}"), "text_ab");
    assert!(formats().iter().any(|format| format.gives == Gives::Scores));
}
