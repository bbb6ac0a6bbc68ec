//! `rubrica metrics`.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use crate::{lines, number, rubrica};

#[test]
fn metrics_by_row_and_by_corpus() {
    let input = lines(&[
        json!({"id": "1", "response": "the cat sat on the mat", "reference": "the cat sat on the mat"}),
        json!({"id": "2", "response": "a dog", "references": ["the dog", "a dog barks"]}),
    ]);
    let metric = ["metrics", "-", "--metric", "bleu,chrf,rouge_l"];
    let done = rubrica(&metric, &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.lines[0]["id"], "1");
    assert!((number(&done.lines[0]["scores"]["bleu"]) - 100.0).abs() < 1e-6);
    let corpus = rubrica(&[&metric[..], &["--corpus"]].concat(), &input);
    assert_eq!(corpus.lines.len(), 1);
    for id in ["bleu", "chrf", "rouge_l"] {
        number(&corpus.lines[0]["corpus"][id]);
        assert!(corpus.lines[0]["signatures"][id].is_string(), "{}", corpus.lines[0]);
    }
    let failing =
        rubrica(&[&metric[..], &["--corpus", "--fail-under", "bleu=101"]].concat(), &input);
    assert_eq!(failing.code, 1, "{}", failing.stderr);
}

#[test]
fn a_corpus_score_has_an_interval() {
    let rows = lines(&[
        json!({"response": "the cat sat on the mat", "reference": "the cat sat on the mat"}),
        json!({"response": "a dog barked", "reference": "the dog barked at the cat"}),
        json!({"response": "he went home", "reference": "he went home early that day"}),
    ]);
    let command = ["metrics", "-", "--metric", "rouge_1,nist", "--corpus", "--bootstrap", "200"];
    let done = rubrica(&command, &rows);
    assert_eq!((done.code, done.lines.len()), (0, 1), "{}", done.stderr);
    let rouge = &done.lines[0]["intervals"]["rouge_1"];
    for part in ["score", "precision", "recall"] {
        let [low, value, high] = ["lower", "value", "upper"].map(|end| number(&rouge[part][end]));
        assert!(low < value && value < high, "{part}: {rouge}");
    }
    assert_eq!(rouge["score"]["value"], done.lines[0]["corpus"]["rouge_1"]);
    assert_eq!(rubrica(&command, &rows).stdout, done.stdout, "the seed names the resamples");

    let none = rubrica(&command, "");
    assert_eq!((none.code, none.lines.len()), (2, 0), "{}", none.stderr);
    assert!(none.stderr.contains("has no rows"), "{}", none.stderr);
    for many in ["1", "4000000000", "x"] {
        let refused =
            rubrica(&["metrics", "-", "-m", "bleu", "--corpus", "--bootstrap", many], &rows);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("10 to 1000000"), "{}", refused.stderr);
    }
    let model = ["metrics", "-", "--metric", "bertscore", "--corpus", "--bootstrap", "200"];
    let refused = rubrica(&model, &rows);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("bertscore needs a model"), "{}", refused.stderr);
}

#[test]
fn options_may_lie_in_files() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("options.json");
    fs::write(&path, r#"{"bleu": {"tokenize": "char"}}"#).expect("writes");
    let row = lines(&[json!({"response": "the cat", "reference": "the car"})]);
    let bleu = |options: &str| {
        rubrica(&["metrics", "-", "--metric", "bleu", "--corpus", "--options", options], &row)
    };
    let whole = bleu(&format!("@{}", path.display()));
    let given = bleu(r#"{"bleu": {"tokenize": "char"}}"#);
    assert_eq!((whole.code, &whole.stdout), (0, &given.stdout), "{}", whole.stderr);
    fs::write(folder.path().join("kind"), "char").expect("writes");
    let part = bleu(
        &json!({"bleu": {"tokenize": format!("@{}/kind", folder.path().display())}}).to_string(),
    );
    assert_eq!(part.stdout, given.stdout, "{}", part.stderr);
    let missing = bleu("@no/such/file.json");
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("no/such/file.json"), "{}", missing.stderr);
    let literal = bleu(r#"{"bleu": {"tokenize": "@@char"}}"#);
    assert!(literal.code == 2 && literal.stderr.contains("@char"), "{}", literal.stderr);
}

#[test]
fn all_metrics_and_families_stand_for_many() {
    // More rows than are held at one time, one of them broken.
    let row = |i: usize| json!({"id": i.to_string(), "instruction": "Go", "response": format!("The cat number {i} sat."), "reference": "The cat sat.", "context": ["A cat sat."]});
    let mut rows: Vec<String> = (0..300).map(|i| row(i).to_string()).collect();
    rows[270] = "{\"response\": ".into();
    let input = rows.join("\n");
    let done = rubrica(&["metrics", "-", "--metric", "all"], &input);
    assert_eq!((done.code, done.lines.len()), (3, 300), "{}", done.stderr);
    let scores = done.lines[299]["scores"].as_object().expect("scores");
    assert_eq!(done.lines[299]["id"], "299");
    assert_eq!(done.lines[270]["line"], 271);
    for id in ["bleu", "words", "ndcg", "answer_match"] {
        assert!(scores.contains_key(id), "{id}");
    }
    assert!(!scores.contains_key("bertscore"));
    let corpus = rubrica(&["metrics", "-", "--metric", "all", "--corpus"], &input);
    assert_eq!(corpus.lines.len(), 1, "{}", corpus.stderr);
    number(&corpus.lines[0]["corpus"]["self_bleu"]);
    let done = rubrica(&["metrics", "-", "--metric", "readability,bleu,ari"], &rows[0]);
    let scores = done.lines[0]["scores"].as_object().expect("scores");
    assert!(scores.contains_key("smog") && scores.contains_key("bleu"));
    assert!(!scores.contains_key("chrf"));
}
