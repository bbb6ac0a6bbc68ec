//! Every report that can be asked for by name: it runs on rows of the shape that it tells, and no rows
//! make it panic or tell what is not a number.

mod finite;

use std::collections::BTreeMap;

use finite::finite;
use rubrica_audit::reports::{ReportInfo, report, reports};
use serde_json::{Value, json};

/// Options and rows that each report has something to say about.
fn examples() -> BTreeMap<&'static str, (Value, Vec<Value>)> {
    let none = || json!({});
    let prism = || {
        let rows = [
            ("u1", "x", 80, "n"),
            ("u1", "y", 20, "n"),
            ("u2", "x", 60, "s"),
            ("u2", "y", 70, "s"),
        ];
        let row = |(user, model, score, group)| json!({"user_id": user, "model": model, "score": score, "group": group});
        rows.map(row).to_vec()
    };
    let candidates = || {
        vec![
            json!({"id": "p", "features": [1.0, 0.0]}),
            json!({"id": "q", "features": [0.0, 1.0]}),
            json!({"id": "r", "features": [1.0, 1.0]}),
            json!({"a": "p", "b": "q", "winner": "A"}),
        ]
    };
    let boards = [("x", 3.0), ("y", 2.0), ("z", 1.0), ("w", 0.5), ("v", 0.2)];
    BTreeMap::from([
        (
            "annotator-pool",
            (none(), vec![json!({"id": "1", "annotations": {"ann": "A", "bo": "A"}})]),
        ),
        (
            "benchmark-agreement",
            (
                none(),
                ["s", "t"]
                    .iter()
                    .flat_map(|scenario| {
                        boards.map(|(model, score)| {
                            json!({"model": model, "scenario": scenario, "score": score})
                        })
                    })
                    .collect(),
            ),
        ),
        (
            "benchmark-quality",
            (
                none(),
                ["benchmark", "people"]
                    .iter()
                    .flat_map(|board| {
                        boards.map(|(model, score)| {
                            json!({"board": board, "model": model, "score": score,
                                "lower": score - 0.1, "upper": score + 0.1})
                        })
                    })
                    .collect(),
            ),
        ),
        (
            "calibration",
            (
                json!({"bootstrap": {"replicates": 50}}),
                [(0.9, true), (0.8, false), (0.3, false), (0.6, true), (0.2, false), (0.7, true)]
                    .map(|(p, happened)| json!({"probability": p, "happened": happened}))
                    .to_vec(),
            ),
        ),
        (
            "compare-systems",
            (
                json!({"bootstrap": {"replicates": 50}, "exchanges": 99}),
                ["x", "y", "z"]
                    .iter()
                    .enumerate()
                    .flat_map(|(system, name)| {
                        [1, 2, 3, 4].map(|item| {
                            json!({"system": name, "item_id": item, "score": (system + item) % 3})
                        })
                    })
                    .collect(),
            ),
        ),
        (
            "contextual",
            (none(), vec![json!({"id": "1", "a": {"faithfulness": 1}, "b": {"faithfulness": 0.5}})]),
        ),
        (
            "fairness",
            (none(), vec![json!({"id": "1", "score": 9, "score_prime": 2, "distance": [1, 2]})]),
        ),
        (
            "group-evenness",
            (
                json!({"tolerance": 1}),
                [("x", 7), ("x", 8), ("y", 5), ("y", 9)]
                    .map(|(group, score)| json!({"group": group, "score": score}))
                    .to_vec(),
            ),
        ),
        ("group-rankings", (none(), prism())),
        (
            "label-trust",
            (
                json!({"model": "m"}),
                ["ann", "bo", "m"]
                    .iter()
                    .flat_map(|rater| {
                        [("1", "yes"), ("2", "no"), ("3", "yes")].map(|(item, value)| {
                            json!({"item_id": item, "rater_id": rater, "category": "c", "value": value})
                        })
                    })
                    .collect(),
            ),
        ),
        (
            "metric-agreement",
            (
                json!({"bootstrap": {"replicates": 20}}),
                [("x", 1, 2.0, 1.0), ("x", 2, 3.0, 3.0), ("y", 1, 4.0, 2.0), ("y", 2, 1.0, 5.0),
                    ("z", 1, 5.0, 4.0), ("z", 2, 6.0, 7.0)]
                .iter()
                .flat_map(|(system, item, human, metric)| {
                    [("human", human), ("m", metric)].map(|(name, score)| {
                        json!({"system": system, "item_id": item, "metric": name, "score": score})
                    })
                })
                .collect(),
            ),
        ),
        ("next-duel", (none(), candidates())),
        (
            "next-match",
            (
                json!({"k": 2}),
                vec![
                    json!({"model": "x", "mean": 25, "deviation": 8}),
                    json!({"model": "y", "mean": 26, "deviation": 8}),
                    json!({"model": "z", "mean": 30, "deviation": 2}),
                    json!({"model_a": "x", "model_b": "y", "count": 3}),
                ],
            ),
        ),
        ("next-query", (none(), candidates())),
        ("normalise-users", (none(), prism())),
        (
            "one-sided",
            (
                none(),
                vec![
                    json!({"accepted": true, "propensity": 0.5, "score": 0.9, "label": true}),
                    json!({"accepted": true, "propensity": 0.8, "score": 0.2, "label": true}),
                    json!({"accepted": false}),
                ],
            ),
        ),
        (
            "one-to-many",
            (
                none(),
                vec![
                    json!({"id": 1, "chosen": 2.0, "rejected": [1.0, 3.0]}),
                    json!({"id": 2, "chosen_won": [true, true]}),
                    json!({"id": 3, "chosen": [0.9, 0.8], "rejected": [[0.1, 0.7]]}),
                ],
            ),
        ),
        (
            "opinion-scores",
            (
                json!({"bootstrap": {"replicates": 20}}),
                (1..=6)
                    .flat_map(|item| {
                        [("ada", item), ("ben", (item * 2) % 7)].map(|(rater, score)| {
                            json!({"item_id": item, "rater_id": rater, "score": score,
                                "metric": item * item})
                        })
                    })
                    .collect(),
            ),
        ),
        (
            "peer-exam",
            (
                none(),
                [("x", "y", 3), ("x", "z", 1), ("y", "x", 5), ("y", "z", 2), ("z", "x", 4), ("z", "y", 4)]
                    .map(|(a, b, score)| json!({"examiner": a, "examinee": b, "score": score}))
                    .to_vec(),
            ),
        ),
        (
            "performance-profile",
            (
                none(),
                vec![
                    json!({"system": "x", "workload": "v", "cost": 3}),
                    json!({"system": "x", "workload": "w", "cost": 5.5}),
                    json!({"system": "y", "workload": "v", "cost": 4}),
                    json!({"system": "y", "workload": "w"}),
                ],
            ),
        ),
        ("poststratify", (json!({"census": {"n": 30, "s": 70}}), prism())),
        (
            "principles",
            (
                none(),
                vec![
                    json!({"comparison_id": 1, "principle": "shorter", "vote": "agree", "seed": 1}),
                    json!({"comparison_id": 1, "principle": "shorter", "vote": "both", "seed": 2}),
                    json!({"comparison_id": 2, "votes": {"shorter": true, "kinder": null}}),
                ],
            ),
        ),
        (
            "reference-grounding",
            (
                none(),
                [(true, true), (false, false), (true, false), (false, false)]
                    .map(|(human, verdict)| {
                        json!({"human": human, "verdict": verdict, "reference_kind": "human",
                            "judge_correct": human})
                    })
                    .to_vec(),
            ),
        ),
        (
            "scale-shape",
            (
                none(),
                [(1, 0.1), (10, 0.2), (100, 0.9)]
                    .map(|(scale, score)| json!({"scale": scale, "score": score}))
                    .to_vec(),
            ),
        ),
        (
            "score-intervals",
            (
                json!({"coverage": 0.6}),
                [(1.5, 1), (2.5, 3), (4.0, 4), (4.5, 3), (2.0, 2), (3.5, 4)]
                    .map(|(score, human)| {
                        json!({"score": score, "human": human,
                            "distribution": [0.1, 0.2, 0.4, 0.2, 0.1]})
                    })
                    .to_vec(),
            ),
        ),
        (
            "selective",
            (
                none(),
                vec![
                    json!({"correct": true, "confidence": 0.9}),
                    json!({"correct": false, "confidence": 0.4}),
                    json!({"abstained": true, "confidence": 0.1}),
                ],
            ),
        ),
        (
            "style-control",
            (
                json!({"ridge": 0.5}),
                [("model_a", 10, 20), ("model_b", 30, 20), ("model_a", 25, 24), ("tie", 5, 9)]
                    .map(|(winner, len_a, len_b)| {
                        json!({"model_a": "x", "model_b": "y", "winner": winner,
                            "len_a": len_a, "len_b": len_b})
                    })
                    .to_vec(),
            ),
        ),
        (
            "wb-reward",
            (
                none(),
                vec![
                    json!({"verdict": "A++", "len_test": 900, "len_ref": 700, "tags": ["Coding"]}),
                    json!({"verdict": "B+", "len_test": 100, "len_ref": 700, "tags": ["Editing"]}),
                ],
            ),
        ),
        ("wb-score", (none(), vec![json!({"score": 7, "tags": ["Coding"]}), json!({"score": "3"})])),
        ("welfare", (none(), prism())),
        (
            "win-rate",
            (
                none(),
                [(1.0, 10, 30), (2.0, 40, 30), (2.0, 35, 33), (1.5, 20, 21), (1.0, 30, 20)]
                    .map(|(preference, len, other)| {
                        json!({"preference": preference, "len": len, "len_baseline": other})
                    })
                    .to_vec(),
            ),
        ),
    ])
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Runs it, and looks for numbers that are none.
fn told(info: &ReportInfo, rows: &str, options: Value) -> Result<Value, rubrica_core::Error> {
    let told = info.run(rows.as_bytes(), options)?;
    finite(&told).unwrap_or_else(|error| panic!("{}: {error} of {rows}", info.name));
    Ok(serde_json::to_value(&told).expect("JSON"))
}

#[test]
fn every_report_runs_on_the_rows_that_it_tells() {
    let examples = examples();
    for info in reports() {
        let (options, rows) = examples.get(info.name).expect("an example of every report");
        let found = told(info, &lines(rows), options.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", info.name));
        assert!(found.as_object().is_some_and(|fields| !fields.is_empty()), "{}", info.name);
        // The same as an array.
        let array = Value::from(rows.clone()).to_string();
        assert_eq!(told(info, &array, options.clone()).expect("the same rows"), found);
        // What is not said stands as the entry tells it.
        let mut all = serde_json::to_value(&info.options).expect("JSON");
        let given = options.as_object().expect("an object").clone();
        all.as_object_mut().expect("an object").extend(given);
        assert_eq!(
            told(info, &lines(rows), all).expect("the same options"),
            found,
            "{}",
            info.name
        );
    }
    assert_eq!(examples.len(), reports().len());
}

#[test]
fn names_are_in_order_and_found() {
    let names: Vec<&str> = reports().iter().map(|info| info.name).collect();
    assert!(names.is_sorted(), "{names:?}");
    for name in names {
        assert_eq!(report(name).expect("there").name, name);
    }
    let error = report("wb").expect_err("no such report").to_string();
    assert!(error.contains("wb-reward") && error.contains("`wb`"), "{error}");
}

#[test]
fn no_rows_break_a_report() {
    for (name, (options, rows)) in examples() {
        let info = report(name).expect("there");
        let numbers = |from: &Value| {
            // Every number of every row as `from`: all equal, huge, not a number, none.
            let swap = |row: &Value| {
                let fields = row.as_object().expect("an object").iter();
                fields
                    .map(|(key, value)| match value {
                        Value::Number(_) => (key.clone(), from.clone()),
                        other => (key.clone(), other.clone()),
                    })
                    .collect::<Value>()
            };
            lines(&rows.iter().map(swap).collect::<Vec<_>>())
        };
        let mut files =
            vec![String::new(), "[]".into(), "{}".into(), "[1]".into(), "a,b\n1,2\n".into()];
        files.extend((1..rows.len()).map(|n| lines(&rows[..n])));
        files.push(lines(&vec![rows[0].clone(); 40]));
        let odd = [
            json!(0),
            json!(-1),
            json!(1e308),
            json!(-1e308),
            json!(1e-308),
            json!("nan"),
            Value::Null,
        ];
        files.extend(odd.iter().map(numbers));
        for file in files {
            if let Err(error) = told(info, &file, options.clone()) {
                assert!(error.to_string().len() > 10, "{name}: {error}");
            }
        }
        let unknown = json!({"no_such_option": 1});
        let error = told(info, &lines(&rows), unknown).expect_err("an unknown option").to_string();
        assert!(error.contains("no_such_option") && error.contains("options"), "{name}: {error}");
        let error = told(info, "{\"nothing\": 1, \"id\": [}\n{", options)
            .expect_err("not rows")
            .to_string();
        assert!(error.contains("line 1"), "{name}: {error}");
    }
}

#[test]
fn rows_come_as_csv_too() {
    let csv = "model,benchmark,score\nx,s,3\ny,s,2\nz,s,1\nw,s,0.5\nv,s,0.1\n\
        x,t,3\ny,t,2\nz,t,1\nw,t,0.4\nv,t,0\n";
    let found = told(report("benchmark-agreement").expect("there"), csv, json!({})).expect("reads");
    let tau = found["matrix"][0][1].as_f64().expect("defined");
    assert!((tau - 1.0).abs() < 1e-12, "{tau}");
    let csv = "preference,len,len_baseline\n1,10,20\n2,30,20\n2,20,20\n1,21,20\n";
    let found = told(report("win-rate").expect("there"), csv, json!({})).expect("reads");
    assert_eq!(found["models"][0]["win_rate"]["value"], json!(50.0));
    let error = told(report("win-rate").expect("there"), "preference\nmuch\n", json!({}));
    let error = error.expect_err("not a number").to_string();
    assert!(error.contains("line 2") && error.contains("finite number"), "{error}");
}

#[test]
fn published_shapes_are_read() {
    let tall = "model,benchmark,score\nx,s,3\ny,s,2\nz,s,1\nw,s,0.5\nv,s,0.1\n\
        x,t,3\ny,t,2\nz,t,1\nw,t,0\nv,t,0.4\n";
    let wide = "model,s,t,u\nx,3,3,-\ny,2,2,\nz,1,1,-\nw,0.5,0,-\nv,0.1,0.4,-\n";
    let boards = report("benchmark-agreement").expect("there");
    assert_eq!(
        told(boards, wide, json!({})).expect("wide"),
        told(boards, tall, json!({})).expect("tall")
    );
    let ours =
        "{\"id\":1,\"chosen\":2,\"rejected\":[1,3]}\n{\"id\":2,\"chosen\":2,\"rejected\":[1]}\n";
    let math = "[{\"problem\":\"p\",\"score\":[2,1,3]},{\"problem\":\"q\",\"score\":[2,1]}]";
    let bench = "{\"id\":1,\"scores_chosen\":2,\"scores_rejected\":[1,3]}\n\
        {\"id\":2,\"scores_chosen\":2,\"scores_rejected\":1}\n";
    let many = report("one-to-many").expect("there");
    let expected = told(many, ours, json!({})).expect("ours");
    assert_eq!(expected["accuracy"]["value"], json!(0.5));
    for rows in [math, bench] {
        assert_eq!(told(many, rows, json!({})).expect("valid"), expected);
    }
    let error = told(many, "{\"score\":[]}", json!({})).expect_err("no scores").to_string();
    assert!(error.contains("chosen") && error.contains("no steps"), "{error}");
}
