use std::collections::BTreeMap;

use rubrica::core::{Comparison, Error, Rubric, Sample, ScaleKind};
use serde_json::{Value, json};

use crate::case::from_json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    #[serde(default)]
    batch_tokens: Option<u32>,
    window: u32,
    #[serde(default)]
    per_metric: BTreeMap<String, Inner>,
    #[serde(default)]
    by_number: BTreeMap<i32, Inner>,
    #[serde(default, rename = "other_name", alias = "old_name")]
    renamed: u8,
    #[serde(default)]
    modes: Vec<Mode>,
    #[serde(default)]
    free_form: Value,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    deep_field: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    UnitOne,
    NewType(Inner),
    StructLike { its_field: u8 },
    PairOf(u8, Inner),
}

fn read(text: &str) -> Result<Options, Error> {
    from_json(text, "options")
}

fn fault(text: &str) -> (String, String) {
    let error = read(text).expect_err(text);
    let path = error.path().unwrap_or_default().to_owned();
    (path, error.to_string())
}

#[test]
fn fields_are_renamed_at_every_depth_and_keys_are_not() {
    let options = read(
        r#"{"batchTokens": 8, "window": 2, "otherName": 3,
            "perMetric": {"user_key": {"deepField": 1}, "userKey": {"deepField": 2}},
            "byNumber": {"-3": {"deepField": 4}},
            "modes": ["unit_one", {"new_type": {"deepField": 5}},
                      {"struct_like": {"itsField": 6}}, {"pair_of": [7, {"deepField": 8}]}],
            "freeForm": {"any_key": {"anyKey": 1}}}"#,
    )
    .expect("valid");
    let inner = |deep_field| Inner { deep_field };
    assert_eq!((options.batch_tokens, options.window, options.renamed), (Some(8), 2, 3));
    let keys = BTreeMap::from([("user_key".into(), inner(1)), ("userKey".into(), inner(2))]);
    assert_eq!(options.per_metric, keys);
    assert_eq!(options.by_number, BTreeMap::from([(-3, inner(4))]));
    let modes = [
        Mode::UnitOne,
        Mode::NewType(inner(5)),
        Mode::StructLike { its_field: 6 },
        Mode::PairOf(7, inner(8)),
    ];
    assert_eq!(options.modes, modes);
    assert_eq!(options.free_form, json!({"any_key": {"anyKey": 1}}));
    assert_eq!(read(r#"{"window": 1, "oldName": 9}"#).expect("alias").renamed, 9);
    assert_eq!(read(r#"{"window": 1, "batchTokens": null}"#).expect("null").batch_tokens, None);
}

#[test]
fn unknown_fields_are_told_in_the_callers_spelling() {
    let (path, message) = fault(r#"{"window": 1, "batchToken": 8}"#);
    assert_eq!(path, "options.batchToken");
    assert!(message.contains("unknown field `batchToken`, expected `batchTokens`"), "{message}");
    let (path, message) = fault(r#"{"window": 1, "colour": 8}"#);
    assert_eq!(path, "options.colour");
    assert!(message.contains("unknown field `colour`, expected one of `batchTokens`"), "{message}");
    assert!(message.contains("`otherName`") && !message.contains('_'), "{message}");

    let (path, message) = fault(r#"{"window": 1, "batch_tokens": 8}"#);
    assert_eq!(path, "options.batch_tokens");
    assert!(message.contains("unknown field `batch_tokens`, expected `batchTokens`"));

    let (path, message) = fault(r#"{"window": 1, "perMetric": {"a_b": {"deep": 1}}}"#);
    assert_eq!(path, "options.perMetric.a_b.deep");
    assert!(message.contains("unknown field `deep`, expected `deepField`"), "{message}");
}

#[test]
fn missing_and_twice_given_fields_are_told_in_the_callers_spelling() {
    let (path, message) = fault(r#"{"window": 1, "byNumber": {"2": {}}}"#);
    assert_eq!(path, "options.byNumber.2");
    assert!(message.contains("missing field `deepField`"), "{message}");
    let (_, message) = fault(r#"{"window": 1, "batchTokens": 1, "batchTokens": 2}"#);
    assert!(message.contains("duplicate field `batchTokens`"), "{message}");
}

#[test]
fn wrong_values_have_exact_paths() {
    for (text, path) in [
        (r#"{"window": "1"}"#, "options.window"),
        (
            r#"{"window": 1, "modes": ["unit_one", {"new_type": {"deepField": -1}}]}"#,
            "options.modes[1].new_type.deepField",
        ),
        (r#"{"window": 1, "byNumber": {"x": {"deepField": 1}}}"#, "options.byNumber.x"),
        (r#"{"window": 1} trailing"#, "options"),
        (r#"[]"#, "options"),
    ] {
        assert_eq!(fault(text).0, path, "{text}");
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Tagged {
    OneKind {
        #[serde(alias = "itsField")]
        its_field: u8,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Text(String),
    Full {
        #[serde(alias = "itsField")]
        its_field: u8,
    },
}

#[test]
fn enums_that_serde_buffers_take_an_alias() {
    let tagged: Tagged = from_json(r#"{"itsField": 1, "kind": "one_kind"}"#, "t").expect("alias");
    assert_eq!(tagged, Tagged::OneKind { its_field: 1 });
    let error = from_json::<Tagged>(r#"{"kind": "one_kind", "its": 1}"#, "t").expect_err("its");
    assert!(error.to_string().contains("unknown field `its`, expected `itsField`"), "{error}");
    let both: (Untagged, Untagged) = from_json(r#"["a", {"itsField": 1}]"#, "t").expect("valid");
    assert_eq!(both, (Untagged::Text("a".into()), Untagged::Full { its_field: 1 }));
}

#[test]
fn records_of_the_core() {
    let rubric: Rubric = from_json(
        r#"{"name": "r", "criteria": [
            {"id": "a", "description": "A?", "scale": "binary"},
            {"id": "b", "description": "B?", "scale": {"min": 1, "max": 3, "anchors": {"1": "x_y"}}}
        ], "aggregate": "weighted_mean"}"#,
        "rubric",
    )
    .expect("valid");
    assert_eq!(rubric.criteria[0].scale.kind, ScaleKind::Binary);
    assert_eq!(rubric.criteria[1].scale.anchors[&1], "x_y");
    for (text, path) in [
        (
            r#"{"name": "r", "criteria": [{"id": "a", "description": "A?", "wieght": 1}]}"#,
            "rubric.criteria[0].wieght",
        ),
        (
            r#"{"name": "r", "criteria": [{"id": "a", "description": "A?", "scale": {"mn": 1}}]}"#,
            "rubric.criteria[0].scale.mn",
        ),
    ] {
        assert_eq!(from_json::<Rubric>(text, "rubric").expect_err(text).path(), Some(path));
    }

    let sample: Sample = from_json(
        r#"{"id": 7, "prompt": "Why?", "response": "Because.", "context": "a fact",
            "messages": [{"role": "user", "content": "Hi"}],
            "metadata": {"my_key": {"innerKey": [1]}}}"#,
        "sample",
    )
    .expect("valid");
    assert_eq!((sample.id, &*sample.instruction), (Some(7.into()), "Why?"));
    assert_eq!(sample.context, ["a fact"]);
    assert_eq!(Value::Object(sample.metadata), json!({"my_key": {"innerKey": [1]}}));

    let comparison: Comparison =
        from_json(r#"{"a": "x", "b": {"text": "y", "model": "m"}, "label": "A>B"}"#, "c")
            .expect("valid");
    assert_eq!((&*comparison.a.text, comparison.b.model.as_deref()), ("x", Some("m")));
}

#[test]
fn a_lone_surrogate_is_told_by_field_and_index() {
    let error = from_json::<Sample>(r#"{"response": "ok 😀 \ud83d"}"#, "sample").expect_err("lone");
    assert_eq!(error, Error::LoneSurrogate { path: "sample.response".into(), index: 6 });
}

#[test]
fn lists_are_no_structs_and_slips_no_fields() {
    let read = |json: &str| from_json::<Sample>(json, "sample").expect_err(json).to_string();
    assert!(read("[\"i\", \"inst\", \"resp\"]").contains("is a list; expected an object"));
    let message = read(r#"{"response": "x", "refrence": "y"}"#);
    assert!(message.contains("unknown field `refrence`, expected `reference`"), "{message}");
    let message = read(r#"{"response": "x", "messages": [["user", "hi"]]}"#);
    assert!(message.contains("is a list; expected an object"), "{message}");
    assert!(from_json::<Sample>(r#"{"response": "x", "source": "y"}"#, "sample").is_ok());
}
