//! Files of recorded judgments: gaps, bad rows, winners by name, weights, open bounds.

use serde_json::json;

use crate::{lines, number, rubrica};

/// Ratings of seven items by two raters; the last one is `gap`.
fn ratings(gap: &str) -> String {
    let mut text = String::new();
    let given = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (1, 2)];
    for (item, (a, b)) in given.iter().enumerate() {
        for (rater, value) in [("a", a), ("b", b)] {
            text += &json!({"item_id": format!("i{item}"), "rater_id": rater, "value": value})
                .to_string();
            text.push('\n');
        }
    }
    text += "{\"item_id\": \"i6\", \"rater_id\": \"a\", \"value\": 4}\n";
    text + &format!("{{\"item_id\": \"i6\", \"rater_id\": \"b\", \"value\": {gap}}}\n")
}

#[test]
fn gaps_are_no_ratings() {
    for gap in ["null", "\"\"", "\"NA\"", "\"n/a\"", "\"NaN\"", "NaN", "\"-\""] {
        let done = rubrica(&["agree", "-", "--bootstrap", "50", "--json"], &ratings(gap));
        assert_eq!(done.code, 0, "{gap}: {}", done.stderr);
        let report = &done.lines[0];
        let value = |name: &str| number(&report["coefficients"][name]["value"]);
        assert!((value("cohen_kappa") - 0.7931).abs() < 1e-3, "{gap}: {report}");
        assert!((value("krippendorff_alpha_interval") - 0.962).abs() < 1e-3, "{gap}");
        assert_eq!(report["rows"], json!({"used": 13, "missing": 1, "broken": 0}));
        assert!(
            done.stderr.contains("1 of 14 rows are left out as they have no value: `value` in 1"),
            "{}",
            done.stderr
        );
    }
    let rows = "preference,len,len_baseline\n2,60,40\n,100,90\n1,80,70\n1.2,61,40\n";
    let done = rubrica(&["audit", "win-rate", "-", "--json"], rows);
    assert_eq!((done.code, &done.lines[0]["models"][0]["n"]), (0, &json!(3)), "{}", done.stderr);
    assert_eq!(done.lines[0]["rows"], json!({"used": 3, "missing": 1, "broken": 0}));
    let text = rubrica(&["audit", "win-rate", "-"], rows);
    assert!(text.stdout.contains("missing  1"), "{}", text.stdout);
}

#[test]
fn a_bad_row_takes_no_other_with_it() {
    let battle = "{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"x\"}\n{\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"tie\"}\n";
    let bad = "{\"id\":7,\"model_a\":\"x\",\"model_b\":\"y\",\"winner\":\"z\"}\n{cut\n[\"x\",\"y\",\"x\"]\n";
    let done = rubrica(&["rank", "-", "--json"], &format!("{battle}{bad}{battle}"));
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert_eq!(done.lines[0]["rows"], json!({"used": 4, "missing": 0, "broken": 3}));
    for message in [
        "standard input: line 3 (id 7): winner: is `z`; expected model_a, model_b, tie, `x` or `y`",
        "standard input: line 4: ",
        "standard input: line 5: is a list; expected an object",
        "3 of 7 rows are left out as they cannot be used",
    ] {
        assert!(done.stderr.contains(message), "{}", done.stderr);
    }
    // Without a row that counts there is nothing to tell.
    let none = rubrica(&["rank", "-", "--json"], bad);
    assert_eq!((none.code, none.lines.len()), (2, 0), "{}", none.stderr);
}

#[test]
fn messages_name_the_line_of_a_row() {
    let rows = "{\"id\":1,\"label\":\"A\",\"verdict_ab\":\"A\"}\n\n{\"id\":2,\"label\":\"A\",\"verdict_ab\":\"A\",\"len_a\":-1}\n";
    let done = rubrica(&["audit", "judge", "-"], rows);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("standard input: line 3: len_a: is -1"), "{}", done.stderr);
    let done = rubrica(&["audit", "win-rate", "-"], "preference\n1\n9\n");
    assert!(done.stderr.contains("standard input: line 3: preference: is 9"), "{}", done.stderr);
    let twice = "{\"id\":1,\"label\":\"A\",\"verdict_ab\":\"A\"}\n".repeat(2);
    let done = rubrica(&["audit", "judge", "-"], &twice);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("1 rows have the id of an earlier row"), "{}", done.stderr);
}

#[test]
fn weights_and_strong_verdicts_count() {
    let rows = lines(&[
        json!({"model_a": "x", "model_b": "y", "winner": "A>>B"}),
        json!({"model_a": "x", "model_b": "y", "winner": "B>A"}),
    ]);
    let done = rubrica(&["rank", "-", "--json"], &rows);
    let ratings = &done.lines[0]["ratings"];
    let gap = number(&ratings[0]["rating"]) - number(&ratings[1]["rating"]);
    assert!((gap - 190.8485).abs() < 1e-3, "{gap}");
}

#[test]
fn an_undefeated_model_has_an_open_bound() {
    let battle = |a: &str, b: &str, winner: &str, n: usize| {
        format!("{{\"model_a\":\"{a}\",\"model_b\":\"{b}\",\"winner\":\"{winner}\"}}\n").repeat(n)
    };
    let rows = battle("A", "B", "model_a", 9)
        + &battle("A", "B", "model_b", 1)
        + &battle("B", "C", "model_a", 6)
        + &battle("B", "C", "model_b", 6)
        + &battle("A", "C", "model_a", 5);
    let args = ["rank", "-", "--bootstrap", "500", "--seed", "3"];
    let done = rubrica(&[&args[..], &["--json"]].concat(), &rows);
    let best = &done.lines[0]["ratings"][0];
    assert!(best["model"] == "A" && best["upper"].is_null() && best["lower"].is_number(), "{best}");
    assert!(number(&best["unbounded"]["above"]) > 100.0, "{best}");
    let table = rubrica(&args, &rows).stdout;
    assert!(table.contains(" to ∞") && table.contains("A: undefeated in "), "{table}");
}

#[test]
fn options_without_a_use_are_refused() {
    let rows = lines(&[json!({"model_a": "x", "model_b": "y", "winner": "tie"})]);
    for (args, message) in [
        (&["--bootstrap", "1"][..], "10 to 1000000"),
        (&["--bootstrap", "4000000000"], "10 to 1000000"),
        (&["--level", "5"], "between 0 and 1"),
        (&["--method", "elo", "--k", "1e308"], "k: is"),
        (&["--k", "32"], "--k: bradley-terry does not use it"),
        (&["--prior", "1"], "--prior: bradley-terry"),
        (&["--method", "k-sort", "--bootstrap", "50"], "--bootstrap: k-sort"),
        (&["--method", "k-sort", "--level", "0.9"], "--level: k-sort"),
        (&["--method", "elo", "--level", "0.9"], "--level: elo"),
    ] {
        let done = rubrica(&[&["rank", "-"], args].concat(), &rows);
        assert_eq!(done.code, 2, "{args:?}: {}", done.stderr);
        assert!(done.stderr.contains(message), "{args:?}: {}", done.stderr);
    }
    for (args, input) in [
        (
            &["agree", "-", "--bootstrap", "4000000000"][..],
            "item_id,rater_id,value\n1,a,1\n1,b,1\n",
        ),
        (&["audit", "judge", "-", "--bootstrap", "4000000000"], "id,label,verdict_ab\n1,A,A\n"),
        (
            &["audit", "calibration", "-", "--set", "bins=1000000"],
            "probability,happened\n0.5,1\n0.2,0\n",
        ),
    ] {
        let done = rubrica(args, input);
        assert_eq!(done.code, 2, "{args:?}: {} {}", done.stdout, done.stderr);
    }
    // A report whose other figures stand says why this one does not.
    let set = "bootstrap.replicates=4000000000";
    let done = rubrica(&["audit", "wb-score", "-", "--set", set], "score\n3\n4\n");
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("expected at most 1000000"), "{}", done.stdout);
}

#[test]
fn the_next_match_reads_the_board_of_k_sort() {
    let rows = "{\"ranking\":[\"a\",\"b\",\"c\",\"d\"]}\n";
    let board = rubrica(&["rank", "-", "--method", "k-sort", "--json", "--matrix"], rows);
    assert_eq!(board.code, 0, "{}", board.stderr);
    let next = rubrica(&["audit", "next-match", "-", "--json"], &board.stdout);
    assert_eq!(next.code, 0, "{}", next.stderr);
    assert!(next.lines[0]["models"].as_array().is_some_and(|models| models.len() >= 2));
}

#[test]
fn no_negative_zero_is_printed() {
    let rows = "user_id,model,score,group\n1,m,3,x\n2,m,4,y\n";
    let args = ["audit", "poststratify", "-", "--set", "census={\"x\":1,\"y\":1}"];
    for args in [&args[..], &[&args[..], &["--json"]].concat()] {
        let done = rubrica(args, rows);
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert!(!done.stdout.contains("-0.0") && !done.stdout.contains(" -0\n"), "{}", done.stdout);
    }
}
