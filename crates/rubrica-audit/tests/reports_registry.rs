//! Every report that can be asked for by name: it runs on rows of the shape that it tells, and no rows
//! make it panic or tell what is not a number.

mod finite;

use finite::{finite, says};
use rubrica_audit::reports::{ReportInfo, report, reports};
use serde_json::{Value, json};

/// Options and rows of the report's own example.
fn example(info: &ReportInfo) -> (Value, Vec<Value>) {
    let json = |text: &str| serde_json::from_str(text).expect("an example is JSON");
    (json(info.example.options), info.example.rows.lines().map(json).collect())
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
    for info in reports() {
        let (options, rows) = example(info);
        assert!(!rows.is_empty(), "{}", info.name);
        let found = told(info, &lines(&rows), options.clone())
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
            told(info, &lines(&rows), all).expect("the same options"),
            found,
            "{}",
            info.name
        );
    }
}

#[test]
fn names_are_in_order_and_found() {
    let names: Vec<&str> = reports().iter().map(|info| info.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    for name in names {
        assert_eq!(report(name).expect("there").name, name);
    }
    let error = report("wb").expect_err("no such report").to_string();
    assert!(error.contains("wb-reward") && error.contains("`wb`"), "{error}");
}

#[test]
fn no_rows_break_a_report() {
    for info in reports() {
        let (name, (options, rows)) = (info.name, example(info));
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
                assert!(says(&error), "{name}: {error}");
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
