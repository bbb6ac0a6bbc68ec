//! The commands as they are typed: JSON lines in and out, exit codes, and what bad input gets.

mod files;
mod generate;
mod metrics;
mod published;
mod read;
mod records;
mod rows;
#[cfg(unix)]
mod serve;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a command left behind.
struct Done {
    code: i32,
    lines: Vec<Value>,
    stdout: String,
    stderr: String,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models")
}

/// Runs `rubrica` with the tiny models.
fn rubrica(args: &[&str], stdin: &str) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
        .args(args)
        .env("RUBRICA_MODELS", fixtures())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    // A command that refuses its arguments does not wait for its input.
    let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("ends");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    Done {
        code: output.status.code().expect("not killed"),
        lines: stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        stdout,
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn score(args: &[&str], stdin: &str) -> Done {
    rubrica(&[&["score", "-", "--judge", "tiny-judge"], args].concat(), stdin)
}

fn compare(args: &[&str], stdin: &str) -> Done {
    rubrica(&[&["compare", "-", "--judge", "tiny-judge"], args].concat(), stdin)
}

/// Rows as JSON lines.
fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| row.to_string() + "\n").collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn score_writes_a_judgment_a_line() {
    let input = lines(&[
        json!({"id": "one", "instruction": "Why is the sky blue?",
            "response": "Air scatters blue light more than red. 🌈 That is why. As an aside, I like cake."}),
        json!({"id": "two", "instruction": "Why?", "response": "Because.", "reference": "It depends."}),
    ]);
    let done = score(&["--rubric", "helpfulness"], &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines.len(), 2);
    for (row, id) in done.lines.iter().zip(["one", "two"]) {
        assert_eq!(row["id"], id);
        assert!((1.0..=5.0).contains(&number(&row["score"])), "{row}");
        let probabilities = row["distribution"]["probabilities"].as_array().expect("a list");
        let sum: f64 = probabilities.iter().map(number).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        assert_eq!(row["signature"]["models"][0]["id"], "tiny-judge+tiny-encoder", "{row}");
        assert_eq!(row["signature"]["device"], "flex");
    }
    let spans: Vec<&Value> = done.lines[0]["critique"]["points"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|point| &point["span"])
        .filter(|span| !span.is_null())
        .collect();
    assert!(!spans.is_empty(), "{}", done.lines[0]["critique"]);
    let length = 82.0;
    for span in spans {
        assert!(number(&span["start"]) < number(&span["end"]) && number(&span["end"]) <= length);
    }
}

#[test]
fn rubrics_come_from_files() {
    let folder = TempDir::new().expect("a folder");
    let yaml = folder.path().join("own.yaml");
    fs::write(
        &yaml,
        "name: own\ncriteria:\n  - {id: tone, description: Is it kind?, weight: 2}\n  - {id: facts, description: Is it true?, scale: 0..1}\n",
    )
    .expect("writes");
    let prometheus = folder.path().join("prometheus.json");
    let anchors = |n: u8| (format!("score{n}_description"), json!(format!("meaning of {n}")));
    let mut rubric: serde_json::Map<String, Value> = (1..=5).map(anchors).collect();
    rubric.insert("criteria".into(), json!("Is it kind?"));
    fs::write(&prometheus, Value::Object(rubric).to_string()).expect("writes");
    let input = lines(&[json!({"id": "x", "response": "Dear reader, thank you."})]);
    for (path, criteria) in [(&yaml, 2), (&prometheus, 1)] {
        let done = score(&["--rubric", path.to_str().expect("UTF-8")], &input);
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert_eq!(done.lines[0]["per_criterion"].as_array().expect("a list").len(), criteria);
    }
}

#[test]
fn a_malformed_rubric_names_the_field() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("bad.yaml");
    for (text, field) in [
        ("name: x\ncriteria: [{id: a, description: d, weight: -1}]\n", "criteria[0].weight"),
        ("name: x\ncriteria: [{id: a, description: d, wieght: 1}]\n", "criteria[0]"),
        ("name: x\ncriteria: []\n", "criteria"),
        ("name: [", "line"),
    ] {
        fs::write(&path, text).expect("writes");
        let done = score(&["--rubric", path.to_str().expect("UTF-8")], "{\"response\":\"x\"}\n");
        assert_eq!(done.code, 2, "{text}");
        assert!(done.stderr.contains(field), "{text}: {}", done.stderr);
    }
}

#[test]
fn compare_writes_a_verdict_a_line() {
    let input = lines(&[
        json!({"id": "p", "prompt": "Say hello.", "a": "Hello!", "b": "The judge scores the essay."}),
        json!({"id": "q", "prompt": "Say hello.", "a": "The judge scores the essay.", "b": "Hello!"}),
        json!({"id": "r", "prompt": "Say hello.", "chosen": "Hello!", "rejected": "Hello!"}),
    ]);
    let done = compare(&[], &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let probabilities: Vec<f64> = done.lines.iter().map(|v| number(&v["probability"])).collect();
    assert!((probabilities[0] + probabilities[1] - 1.0).abs() < 1e-6, "{probabilities:?}");
    assert_eq!(done.lines[2]["preferred"], "tie");
    for verdict in &done.lines {
        assert!(["a", "b", "tie"].contains(&verdict["preferred"].as_str().expect("a name")));
        assert!(verdict["consistent"].is_boolean(), "{verdict}");
    }
    assert_eq!(compare(&["--fail-under", "1.1"], &input).code, 1);
}

#[test]
fn the_catalogue_is_listed() {
    let done = rubrica(&["metrics", "--list", "--json"], "");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let bleu = done.lines.iter().find(|line| line["id"] == "bleu").expect("listed");
    assert_eq!((&bleu["family"], &bleu["needs"]), (&json!("overlap"), &json!("reference")));
    assert_eq!(bleu["range"], json!([0.0, 100.0]));
    assert_eq!(bleu["options"]["tokenize"], "13a");
    assert!(done.lines.len() > 70, "{}", done.lines.len());
    let help = Command::new(env!("CARGO_BIN_EXE_rubrica"))
        .args(["metrics", "--help"])
        .output()
        .expect("runs");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    for line in &done.lines {
        let family = line["family"].as_str().expect("a name");
        assert!(help.contains(&format!("\n  {family}: ")), "{family}");
        assert!(help.contains(line["id"].as_str().expect("an id")), "{line}");
    }
    for line in &done.lines {
        assert!(line["reference_tool"]["name"].is_string(), "{line}");
    }
}

#[test]
fn thresholds_decide_the_exit_code() {
    let input = "{\"response\": \"A small text.\"}\n";
    assert_eq!(score(&["--fail-under", "0.5"], input).code, 0);
    assert_eq!(score(&["--fail-under", "5.5"], input).code, 1);
}

#[test]
fn bad_rows_are_answered_in_their_place() {
    let input = concat!(
        "{\"id\": \"good\", \"response\": \"A small text.\"}\n",
        "{\"response\": \"cut\n",
        "\n",
        "{\"id\": \"empty\", \"response\": \"\"}\n",
        "{\"id\": \"lone\", \"response\": \"\\ud83d\"}\n",
        "{\"id\": \"no response\", \"instruction\": \"x\"}\n",
        "{\"id\": \"last\", \"response\": \"日本語のテキスト。😀\"}\n",
    );
    let done = score(&[], input);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert_eq!(done.lines.len(), 6);
    assert!(done.lines[0]["score"].is_number() && done.lines[5]["score"].is_number());
    for (row, line) in [(1, 2), (3, 5), (4, 6)] {
        assert!(done.lines[row]["score"].is_null(), "{}", done.lines[row]);
        assert_eq!(done.lines[row]["line"], line);
        assert!(done.lines[row]["error"]["code"].is_string());
    }
    assert!(done.lines[2]["error"]["reason"].as_str().expect("a reason").contains("empty"));
    assert!(done.stderr.contains("line 2"), "{}", done.stderr);
}

#[test]
fn usage_errors_say_what_there_is() {
    for (args, words) in [
        (vec!["score", "-", "--judge", "tiny-judge", "--rubric", "helpfullness"], "helpfulness"),
        (vec!["score", "-", "--judge", "nobody"], "tiny-judge"),
        (vec!["score", "/nowhere/in.jsonl", "--judge", "tiny-judge"], "/nowhere/in.jsonl"),
        (vec!["score", "-", "--judge", "tiny-judge", "--options", "{\"critiq\": 1}"], "critiq"),
        (vec!["metrics", "-", "--metric", "blue"], "bleu"),
        (vec!["metrics", "-", "--metric", "bleu", "--fail-under", "bleu"], "METRIC=LIMIT"),
        (vec!["serve", "--dir", "/nowhere"], "index.html"),
    ] {
        let done = rubrica(&args, "");
        assert_eq!(done.code, 2, "{args:?}: {}", done.stderr);
        assert!(done.stderr.contains(words), "{args:?}: {}", done.stderr);
    }
}

#[test]
fn a_megabyte_of_text_is_refused_with_the_limit() {
    let sentence = "The judge scores the essay. ";
    let row = |times: usize| json!({"response": sentence.repeat(times)});
    let done = score(&[], &lines(&[row(37_500), row(3_750)]));
    assert_eq!(done.code, 3, "{}", done.stderr);
    let reason = done.lines[0]["error"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("1050000 characters; expected at most 200000"), "{reason}");
    assert!(done.lines[1]["score"].is_number());
}

#[test]
fn models_are_listed_and_verified() {
    let done = rubrica(&["models", "--verify"], "");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let folder = TempDir::new().expect("a folder");
    let judge = folder.path().join("tiny-judge");
    fs::create_dir(&judge).expect("writes");
    fs::copy(fixtures().join("tiny-judge/manifest.json"), judge.join("manifest.json"))
        .expect("writes");
    fs::write(judge.join("probe.safetensors"), "cut short").expect("writes");
    let path = folder.path().to_str().expect("UTF-8");
    assert_eq!(rubrica(&["models", "--verify", "--models", path], "").code, 3);
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in ["score", "compare", "metrics", "models", "serve"] {
        let output = Command::new(env!("CARGO_BIN_EXE_rubrica"))
            .args([command, "--help"])
            .output()
            .expect("runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(text.contains(&format!("  rubrica {command}")), "{text}");
    }
}

/// Battles in which gold beats tin, mostly.
fn battles() -> String {
    let battle =
        |a: &str, b: &str, winner: &str| json!({"model_a": a, "model_b": b, "winner": winner});
    let mut rows = vec![battle("gold", "tin", "model_a"); 3];
    rows.extend([battle("tin", "gold", "model_a"), battle("tin", "gold", "tie")]);
    lines(&rows)
}

#[test]
fn ranks_battles() {
    let done = rubrica(&["rank", "-", "--json"], &battles());
    assert_eq!(done.code, 0, "{}", done.stderr);
    let ratings = &done.lines[0]["ratings"];
    assert_eq!((&ratings[0]["model"], &ratings[1]["model"]), (&json!("gold"), &json!("tin")));
    // Three wins and half a tie against one win and half a tie: odds of 3.5 to 1.5.
    let gap = number(&ratings[0]["rating"]) - number(&ratings[1]["rating"]);
    assert!((gap - 400.0 * (3.5f64 / 1.5).log10()).abs() < 1e-9, "{gap}");
    assert!(number(&ratings[0]["lower"]) < 1100.0 && number(&ratings[0]["upper"]) > 1100.0);
    let again = || {
        let done =
            rubrica(&["rank", "-", "--bootstrap", "50", "--seed", "3", "--json"], &battles());
        done.lines[0].clone()
    };
    assert_eq!(again(), again());
    assert_eq!(again()["signature"]["seed"], 3);
    let csv = "model_a,model_b,winner\ngold,tin,model_a\ntin,gold,tie\n";
    assert_eq!(rubrica(&["rank", "-", "--method", "davidson", "--json"], csv).code, 2);
    assert_eq!(rubrica(&["rank", "-", "--method", "elo", "--json"], csv).code, 0);
}

#[test]
fn ranking_says_what_is_wrong_with_battles() {
    let one_way = "{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"model_a\"}\n";
    for (input, message) in [
        (one_way, "x never lost to or tied with y"),
        ("", "battles: 0 values"),
        ("{\"model_a\":\"x\",\"model_b\":\"x\",\"winner\":\"tie\"}", "line 1: model_b"),
        ("{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"z\"}", "line 1"),
        ("model_a,winner\nx,tie\n", "line 2: missing field `model_b`"),
    ] {
        let done = rubrica(&["rank", "-", "--json"], input);
        assert_eq!(done.code, 2);
        assert!(done.stderr.contains(message), "{}", done.stderr);
        assert!(done.lines.is_empty());
    }
}

#[test]
fn audits_a_judge() {
    let rows = lines(&[
        json!({"id": "1", "label": "A", "verdict_ab": "A", "verdict_ba": "A", "len_a": 5, "len_b": 9}),
        json!({"id": 2, "label": "B", "verdict_ab": "A>B", "verdict_ba": null}),
    ]);
    let done = rubrica(&["audit", "judge", "-", "--json"], &rows);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines[0]["accuracy"]["value"], 0.5);
    assert_eq!(done.lines[0]["consistency"]["value"], 0.5);
    assert_eq!(done.lines[0]["length"]["prefers_longer"]["value"], 0.0);
    let shown = rubrica(&["audit", "judge", "-", "--verdicts", "shown", "--json"], &rows);
    assert_eq!(shown.lines[0]["consistency"]["value"], 0.0);
    assert_eq!(shown.lines[0]["position"]["first_both_times"]["value"], 0.5);
    let bad = rubrica(&["audit", "judge", "-"], "{\"id\":1,\"label\":\"C\"}");
    assert_eq!(bad.code, 2);
    assert!(bad.stderr.contains("standard input: line 1"), "{}", bad.stderr);
}

#[test]
fn checks_rows_of_all_shapes() {
    let rows = lines(&[
        json!({"id": 1, "prompt": "p", "response": "Sure:\nyes", "kwargs": [{}, {}],
            "instruction_id_list": ["punctuation:no_comma", "change_case:english_lowercase"]}),
        json!({"id": "b", "response": "{}", "assert": [{"type": "is-json"}, {"type": "not-equals", "value": "x"}]}),
        json!({"id": "c", "response": "a #b", "constraints": "no hashtags, at most 3 words, be kind"}),
    ]);
    let done = rubrica(&["check", "-"], &rows);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines[0]["follow_strict"], json!([true, false]));
    assert_eq!(done.lines[0]["follow_loose"], json!([true, true]));
    assert_eq!((&done.lines[1]["pass"], &done.lines[1]["score"]), (&json!(true), &json!(1.0)));
    assert_eq!(done.lines[2]["unread"], json!(["be kind"]));
    for told in ["met all they have to: 1 of 3", "instructions, loose: 2 of 2", "understood: 1"] {
        assert!(done.stderr.contains(told), "{}", done.stderr);
    }
    assert_eq!(rubrica(&["check", "-", "--fail-under", "0.5"], &rows).code, 1);

    let bad = rubrica(
        &["check", "-"],
        &format!("{rows}{{\"response\": \"a\", \"assert\": [{{\"type\": \"is-jsn\"}}]}}"),
    );
    assert_eq!(bad.code, 3);
    assert!(bad.stderr.contains("line 4: assert[0].type"), "{}", bad.stderr);
    assert_eq!(bad.lines.len(), 4);
}

#[test]
fn makes_any_report_by_name() {
    let rows = "{\"score\": 7, \"tags\": [\"Coding\"]}\n{\"score\": 3}\n";
    let done = rubrica(&["audit", "wb-score", "-", "--json", "--set", "bootstrap.seed=3"], rows);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines[0]["signature"]["protocol"], "wb-score");
    let text = rubrica(&["audit", "wb-score", "-"], rows);
    assert!(text.stdout.contains("  wb-score|compat:false"), "{}", text.stdout);

    let names = rubrica(&["audit", "list", "--json"], "").lines;
    assert!(names.len() > 20 && names.iter().all(|info| info["options"].is_object()));
    assert!(rubrica(&["audit", "list"], "").stdout.contains("wb-reward: "));

    for (arguments, input, message) in [
        (&["audit", "wb-score", "-"][..], "{\"score\": \"x\"}", "line 1: "),
        (&["audit", "wb-score", "-", "--set", "seed=3"], rows, "unknown field `seed`"),
        (&["audit", "wb-score", "-", "--set", "seed"], rows, "OPTION=VALUE"),
        (&["audit", "wb-score", "-", "--set", "k=1", "--set", "k.x=2"], rows, "not an object"),
        (&["audit", "wb-skore", "-"], rows, "wb-score"),
    ] {
        let done = rubrica(arguments, input);
        assert_eq!(done.code, 2, "{}", done.stderr);
        assert!(done.stderr.contains(message), "{}", done.stderr);
    }
}

#[test]
fn tells_how_raters_agree() {
    let csv = "item_id,rater_id,value\n1,ada,4\n1,ben,5\n2,ada,2\n2,ben,2\n3,ada,1\n3,ben,1\n";
    let done = rubrica(&["agree", "-", "--json"], csv);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report = &done.lines[0];
    assert!(
        (number(&report["coefficients"]["percent_agreement"]["value"]) - 2.0 / 3.0).abs() < 1e-12
    );
    assert!(number(&report["coefficients"]["icc_2_1"]["value"]) > 0.8);
    assert_eq!((&report["items"], &report["ratings"]), (&json!(3), &json!(6)));
    let names = csv
        .replace(",4", ",good")
        .replace(",5", ",fair")
        .replace(",2", ",poor")
        .replace(",1\n", ",bad\n");
    let report = rubrica(&["agree", "-", "--json"], &names).lines[0].clone();
    assert!(report["coefficients"]["icc_2_1"].is_null() && !report["categories"].is_null());
    let twice = rubrica(&["agree", "-"], &csv.replace("2,ben", "1,ben"));
    assert_eq!(twice.code, 2);
    assert!(twice.stderr.contains("a second time"), "{}", twice.stderr);
}
