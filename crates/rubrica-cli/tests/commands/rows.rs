//! Rows that commands judge one by one: marks before them, bad bytes, ids, slips, and rows without a score.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::{fixtures, lines, rubrica};

const JUDGE: [&str; 3] = ["--judge", "tiny-judge", "-"];

/// What a command makes of bytes: exit code, lines and messages.
fn of_bytes(args: &[&str], stdin: &[u8]) -> (i32, Vec<Value>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
        .args(args)
        .env("RUBRICA_MODELS", fixtures())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let _ = child.stdin.take().expect("piped").write_all(stdin);
    let output = child.wait_with_output().expect("ends");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows = text.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    (
        output.status.code().expect("not killed"),
        rows,
        String::from_utf8(output.stderr).expect("UTF-8"),
    )
}

/// Each command that goes row by row, with a row that it takes.
fn by_row() -> [(Vec<&'static str>, Value); 4] {
    let judged = |command: &'static str| [&[command], &JUDGE[..]].concat();
    [
        (judged("score"), json!({"response": "A small text."})),
        (judged("compare"), json!({"a": "A small text.", "b": "Another."})),
        (vec!["metrics", "-", "-m", "words"], json!({"response": "A small text."})),
        (
            vec!["check", "-"],
            json!({"response": "A text.", "assert": [{"type": "contains", "value": "text"}]}),
        ),
    ]
}

#[test]
fn marks_and_bad_bytes_concern_one_row() {
    for (args, mut row) in by_row() {
        let mut text = b"\xef\xbb\xbf".to_vec();
        for id in 1..4 {
            row["id"] = json!(id);
            text.extend(row.to_string().bytes().chain(*b"\n"));
            if id == 2 {
                text.extend(*b"{\"id\": \"bad\", \"response\": \"\xff\xfe\"}\n[1, 2, 3]\n");
            }
        }
        let (code, rows, stderr) = of_bytes(&args, &text);
        assert_eq!((code, rows.len()), (3, 5), "{args:?}: {stderr}");
        for (at, id) in [(0, 1), (1, 2), (4, 3)] {
            assert_eq!(rows[at]["id"], id, "{args:?}: ids keep their type");
            assert!(rows[at].get("error").is_none(), "{args:?}: {}", rows[at]);
        }
        assert_eq!(
            (&rows[2]["line"], &rows[2]["error"]["reason"]),
            (&json!(3), &json!("is not UTF-8"))
        );
        assert_eq!(rows[3]["line"], 4);
        for message in ["standard input: line 3: is not UTF-8", "standard input: line 4: "] {
            assert!(stderr.contains(message), "{args:?}: {stderr}");
        }
        assert!(!stderr.contains("struct ") && !stderr.contains("at line"), "{stderr}");
    }
}

#[test]
fn ids_keep_their_type_and_repeated_ones_are_noted() {
    for (args, mut row) in by_row() {
        let mut text = String::new();
        let ids = [json!("1"), json!(1), json!(1.5), json!("1"), json!(9007199254740993_u64)];
        for id in &ids {
            row["id"] = id.clone();
            text += &format!("{row}\n");
        }
        let (code, rows, stderr) = of_bytes(&args, text.as_bytes());
        assert_eq!(code, 0, "{args:?}: {stderr}");
        let found: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!(found, ids.iter().collect::<Vec<_>>(), "{args:?}");
        let note = "standard input: line 4: id \"1\" is also that of line 1; both count";
        assert!(stderr.contains(note), "{args:?}: {stderr}");
    }
}

#[test]
fn input_without_rows_is_refused() {
    for (args, _) in by_row() {
        for text in ["", "\n \n", "\u{feff}"] {
            let done = rubrica(&args, text);
            assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{args:?}: {}", done.stderr);
            assert!(done.stderr.contains("standard input: has no rows"), "{}", done.stderr);
        }
    }
}

#[test]
fn slips_in_field_names_are_refused() {
    let rows = lines(&[
        json!({"id": "a", "response": "x", "refrence": "x"}),
        json!({"id": 2, "response": "x", "reference": "x", "source": "other", "category": 3}),
        json!({"respones": "x"}),
    ]);
    let done = rubrica(&["metrics", "-", "-m", "token_f1"], &rows);
    assert_eq!((done.code, done.lines.len()), (3, 3), "{}", done.stderr);
    assert_eq!(done.lines[0]["id"], "a");
    assert_eq!(done.lines[0]["error"]["path"], "refrence");
    for message in [
        "line 1 (id \"a\"): refrence: unknown field `refrence`; expected `reference`",
        "line 3: respones: unknown field `respones`; expected `response`",
    ] {
        assert!(done.stderr.contains(message), "{}", done.stderr);
    }
    assert_eq!(done.lines[1]["scores"]["token_f1"], 1.0);
}

#[test]
fn a_corpus_says_how_many_rows_it_is_of() {
    let rows = lines(&[
        json!({"id": 1, "response": "right", "reference": "right"}),
        json!({"id": 2, "response": "wrong"}),
        json!({"id": 3, "response": "wrong", "reference": null}),
        json!({"id": 4, "response": "wrong", "references": []}),
    ]) + "{cut\n";
    let command = ["metrics", "-", "-m", "token_f1,bleu", "--corpus"];
    let done = rubrica(&[&command[..], &["--fail-under", "token_f1=0.9"]].concat(), &rows);
    assert_eq!(done.code, 3, "{}", done.stderr);
    for metric in ["token_f1", "bleu"] {
        let expected = json!({"scored": 1, "undefined": 3, "broken": 1});
        assert_eq!(done.lines[0]["rows"][metric], expected);
        let note = format!("{metric}: 1 of 5 rows scored, 3 undefined, 1 broken");
        assert!(done.stderr.contains(&note), "{}", done.stderr);
    }
    assert!(done.stderr.contains("line 2 (id 2): token_f1 is undefined: "), "{}", done.stderr);
    // What a family cannot say of a row at all counts as well; one metric of many does not.
    let family = rubrica(&["metrics", "-", "-m", "overlap", "--corpus"], &rows);
    assert_eq!(family.code, 3, "{}", family.stderr);
    let whole = lines(&[json!({"response": "A text of words.", "reference": "A text."})]);
    let all = rubrica(&["metrics", "-", "-m", "all", "--corpus"], &whole);
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert_eq!(all.lines[0]["rows"]["bleu"], json!({"scored": 1, "undefined": 0, "broken": 0}));
}

#[test]
fn limits_are_numbers() {
    let row = lines(&[json!({"response": "x", "reference": "x"})]);
    for limit in ["bleu=nan", "bleu=NaN", "bleu=inf", "bleu=", "bleu=x"] {
        let done =
            rubrica(&["metrics", "-", "-m", "bleu", "--corpus", "--fail-under", limit], &row);
        assert_eq!(done.code, 2, "{limit}: {}", done.stderr);
    }
    for (args, row) in by_row().into_iter().filter(|(args, _)| args[0] != "metrics") {
        for limit in ["nan", "inf", "-inf", "x"] {
            let limit = format!("--fail-under={limit}");
            let done = rubrica(&[&args[..], &[limit.as_str()]].concat(), &row.to_string());
            assert_eq!(done.code, 2, "{args:?} {limit}: {}", done.stderr);
        }
    }
}

#[test]
fn weights_beyond_all_numbers_are_refused() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("rubric.json");
    let criteria = |weight: &str, other: &str| {
        format!(
            r#"{{"name":"x","criteria":[{{"id":"a","description":"b","weight":{weight}}},{{"id":"c","description":"b","weight":{other}}}]}}"#
        )
    };
    for (a, b) in [("1e308", "1e308"), ("1.7e308", "1e307"), ("1e400", "1"), ("0", "0")] {
        std::fs::write(&path, criteria(a, b)).expect("writes");
        let rubric = path.to_str().expect("UTF-8");
        let done =
            rubrica(&[&["score", "--rubric", rubric], &JUDGE[..]].concat(), "{\"response\":\"x\"}");
        assert_eq!(done.code, 2, "{a} {b}: {}", done.stderr);
        assert!(done.stderr.contains("rubric.json"), "{}", done.stderr);
    }
    std::fs::write(&path, criteria("1e307", "1e-300")).expect("writes");
    let rubric = path.to_str().expect("UTF-8");
    let done =
        rubrica(&[&["score", "--rubric", rubric], &JUDGE[..]].concat(), "{\"response\":\"x\"}");
    assert!(done.code == 0 && done.lines[0]["score"].is_number(), "{}", done.stderr);
}

#[test]
fn escapes_of_terminals_are_text() {
    let evil = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}";
    let rows =
        lines(&[json!({"id": evil, "response": "x", "refrence": evil})]) + &format!("{evil}\n");
    let done = rubrica(&["metrics", "-", "-m", "bleu"], &rows);
    assert_eq!(done.code, 3);
    let battles = lines(&[
        json!({"model_a": evil, "model_b": "b", "winner": "a"}),
        json!({"model_a": evil, "model_b": "b", "winner": "b"}),
    ]);
    let table = rubrica(&["rank", "-"], &battles);
    assert_eq!(table.code, 0, "{}", table.stderr);
    for text in [&done.stdout, &done.stderr, &table.stdout] {
        let active = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(active), "{text:?}");
    }
    assert!(table.stdout.contains("\\u{1b}]0;owned"), "{}", table.stdout);
}
