//! `rubrica read`, and what takes its rows.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{lines, number, rubrica};

#[test]
fn what_is_read_can_be_ranked_audited_and_compared() {
    let battles = lines(&[
        json!({"model_a": "x", "model_b": "y", "text": "So: [[A>>B]]"}),
        json!({"model_a": "x", "model_b": "y", "text": "So: [[B>A]]"}),
        json!({"model_a": "x", "model_b": "y", "text": "I cannot say."}),
    ]);
    let read = rubrica(&["read", "-", "--format", "arena-hard"], &battles);
    assert_eq!((read.code, read.lines.len()), (3, 3), "{}", read.stderr);
    assert!(read.stderr.contains("3 rows, 2 texts read, 1 undefined"), "{}", read.stderr);
    assert_eq!(read.lines[2]["text"], "I cannot say.");
    let board = rubrica(&["rank", "-", "--json"], &read.stdout);
    assert_eq!(board.lines[0]["rows"]["used"], 2, "{}", board.stderr);
    // A strong win counts three times: three to one.
    let ratings: Vec<f64> =
        (0..2).map(|i| number(&board.lines[0]["ratings"][i]["rating"])).collect();
    assert!((ratings[0] - ratings[1] - 190.85).abs() < 0.01, "{ratings:?}");

    let pairs = lines(&[
        json!({"id": 1, "label": "A", "text_ab": "[[A]]", "text_ba": "[[B]]"}),
        json!({"id": 2, "label": "B", "text_ab": "[[A]]", "text_ba": "[[A]]"}),
    ]);
    let read = rubrica(&["read", "-", "--format", "mt-bench-pair"], &pairs);
    assert_eq!(read.code, 0, "{}", read.stderr);
    let audit = rubrica(&["audit", "judge", "-", "--json"], &read.stdout);
    assert_eq!(audit.code, 0, "{}", audit.stderr);
    assert_eq!(audit.lines[0]["rows"]["used"], 2, "{}", audit.stdout);

    let mut ratings: Vec<Value> = Vec::new();
    for item in 1..=4 {
        for (rater, text) in [("r", format!("Rating: {item}")), ("s", format!("Fine.\n{item}"))] {
            ratings.push(json!({"item_id": item, "rater_id": rater, "output": text}));
        }
    }
    let read = rubrica(&["read", "-", "--format", "number-5"], &lines(&ratings));
    assert_eq!(read.code, 0, "{}", read.stderr);
    let agreed = rubrica(&["agree", "-", "--bootstrap", "50", "--json"], &read.stdout);
    let kappa = number(&agreed.lines[0]["coefficients"]["cohen_kappa"]["value"]);
    assert!((kappa - 1.0).abs() < 1e-12, "{}", agreed.stdout);
}

#[test]
fn reading_says_what_is_wrong() {
    let list = rubrica(&["read", "--list", "--json"], "");
    assert_eq!(list.code, 0, "{}", list.stderr);
    assert!(list.lines.iter().any(|row| row["id"] == "arena-hard" && row["gives"] == "verdict"));
    let unknown = rubrica(&["read", "-", "--format", "arena"], "");
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("arena-hard"), "{}", unknown.stderr);
    let bad = rubrica(&["read", "-", "--format", "arena-hard"], "{\"id\": 7, \"text\": 3}\n{cut\n");
    assert_eq!((bad.code, bad.lines.len()), (3, 2), "{}", bad.stderr);
    assert_eq!((&bad.lines[0]["id"], &bad.lines[0]["error"]["path"]), (&json!(7), &json!("text")));
    let folder = TempDir::new().expect("a folder");
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out.jsonl"));
    fs::write(&input, "{\"text\": \"[[A>B]]\"}\n").expect("writes");
    let [input, out] = [&input, &out].map(|path| path.to_str().expect("UTF-8"));
    let done = rubrica(&["read", input, "--format", "arena-hard", "--out", out], "");
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(fs::read_to_string(out).expect("written").contains("\"winner\":\"A>B\""));
}
