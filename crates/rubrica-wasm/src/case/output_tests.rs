use std::collections::BTreeMap;

use rubrica::core::{
    Criterion, CriterionJudgment, Evidence, Message, Role, Rubric, Sample, Scale, Score,
};
use serde_json::{Value, json};

use super::*;

fn written<T: Serialize>(value: &T) -> Value {
    value.serialize(CamelCase(serde_json::value::Serializer)).expect("serializes")
}

#[derive(Serialize)]
struct Outer {
    top_level: Option<Inner>,
    one_of_many: Vec<Many>,
    by_name: BTreeMap<String, Inner>,
    by_number: BTreeMap<i32, (u8, Inner)>,
    #[serde(rename = "kept_apart")]
    renamed: bool,
}

#[derive(Serialize, Clone)]
struct Inner {
    deep_field: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Many {
    UnitOne,
    NewType(Inner),
    StructLike { its_field: u8 },
}

#[test]
fn fields_are_renamed_at_every_depth_and_keys_are_not() {
    let inner = Inner { deep_field: 1 };
    let outer = Outer {
        top_level: Some(inner.clone()),
        one_of_many: vec![
            Many::UnitOne,
            Many::NewType(inner.clone()),
            Many::StructLike { its_field: 2 },
        ],
        by_name: BTreeMap::from([("user_key".to_owned(), inner.clone())]),
        by_number: BTreeMap::from([(-3, (0, inner))]),
        renamed: true,
    };
    assert_eq!(
        written(&outer),
        json!({
            "topLevel": {"deepField": 1},
            "oneOfMany": [
                "unit_one",
                {"new_type": {"deepField": 1}},
                {"struct_like": {"itsField": 2}},
            ],
            "byName": {"user_key": {"deepField": 1}},
            "byNumber": {"-3": [0, {"deepField": 1}]},
            "keptApart": true,
        })
    );
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    OneKind { its_field: u8 },
    OtherKind(Inner),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Untagged {
    Full { its_field: u8 },
    Inner(Inner),
}

#[derive(Serialize)]
#[serde(tag = "the_tag", content = "the_content", rename_all = "snake_case")]
enum Adjacent {
    OneKind { its_field: u8 },
}

#[test]
fn enums_of_every_representation() {
    let inner = || Inner { deep_field: 1 };
    let tagged = (Tagged::OneKind { its_field: 2 }, Tagged::OtherKind(inner()));
    assert_eq!(
        written(&tagged),
        json!([{"kind": "one_kind", "itsField": 2}, {"kind": "other_kind", "deepField": 1}])
    );
    let untagged = (Untagged::Full { its_field: 2 }, Untagged::Inner(inner()));
    assert_eq!(written(&untagged), json!([{"itsField": 2}, {"deepField": 1}]));
    assert_eq!(
        written(&Adjacent::OneKind { its_field: 2 }),
        json!({"theTag": "one_kind", "theContent": {"itsField": 2}})
    );
}

#[test]
fn whole_numbers_that_javascript_cannot_hold_are_refused() {
    let write = |value: i64| value.serialize(CamelCase(serde_json::value::Serializer));
    let most = (1_i64 << 53) - 1;
    assert_eq!(write(most).expect("held"), json!(most));
    assert_eq!(write(-most).expect("held"), json!(-most));
    for value in [most + 1, -most - 1, i64::MIN] {
        let error = write(value).expect_err("too large").to_string();
        assert_eq!(error, format!("{value} can't be represented as a JavaScript number"));
    }
}

#[derive(Serialize)]
struct Flattened {
    own_field: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[test]
fn what_flattens_is_a_map_and_keeps_its_keys() {
    let rest = BTreeMap::from([("user_key".to_owned(), 2)]);
    let flattened = Flattened { own_field: 1, rest };
    assert_eq!(written(&flattened), json!({"own_field": 1, "user_key": 2}));
}

#[test]
fn records_of_the_core() {
    let judgment = CriterionJudgment {
        criterion: "clarity".into(),
        score: Score::from(f64::NAN),
        distribution: None,
        interval: None,
        weight: 1.0,
    };
    let json = written(&judgment);
    assert_eq!((&json["score"], &json["error"]["code"]), (&Value::Null, &json!("not_finite")));

    let mut rubric = Rubric::single(Criterion::new("clarity", "Is it clear?"));
    rubric.criteria[0].scale = Scale::likert(1, 3);
    rubric.criteria[0].scale.anchors.insert(1, "no_no".into());
    let json = written(&rubric);
    assert_eq!(json["criteria"][0]["scale"]["anchors"], json!({"1": "no_no"}));
    assert_eq!(json["aggregate"], "weighted_mean");

    let mut sample = Sample::new("Why?", "Because.");
    sample.messages.push(Message { role: Role::User, content: "Hi".into() });
    sample.metadata.insert("my_key".into(), json!({"inner_key": 1}));
    assert_eq!(written(&sample)["metadata"], json!({"my_key": {"inner_key": 1}}));

    let evidence = Evidence::Metric { metric: "bleu".into(), value: 1.0, limit: 2.0 };
    assert_eq!(
        written(&evidence),
        json!({"kind": "metric", "metric": "bleu", "value": 1.0, "limit": 2.0})
    );
}

#[test]
fn keys_that_are_no_text_are_refused() {
    let map = BTreeMap::from([(vec![1], 1)]);
    let error = map.serialize(CamelCase(serde_json::value::Serializer)).expect_err("a list");
    assert_eq!(error.to_string(), "key of a map is neither text nor a whole number");
}
