//! Readers of the formats in which rubrics and comparisons are published.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    Candidate, Comparison, Criterion, Error, Id, Preference, Result, Rubric, Sample, Scale,
    from_spelled_value, from_value, plain_message,
};

/// Reads a rubric from JSON or YAML text: Rubrica's own form, or a Prometheus rubric (`criteria` as
/// one string with `score1_description` to `score5_description`; Kim et al., 2024). Also from plain text
/// as Prometheus shows it to a judge: `[criteria]`, then lines `Score 1: …` to `Score 5: …`.
///
/// # Errors
/// [`Error::Parse`] for text that is neither JSON nor YAML or lacks a field, [`Error::Invalid`] for
/// a field that makes no sense; both with the path of the field.
pub fn read_rubric(text: &str) -> Result<Rubric> {
    if without_mark(text).trim().is_empty() {
        return Err(Error::EmptyText { path: "rubric".into() });
    }
    let rubric = match crate::plain_rubric::read(without_mark(text)) {
        Some(rubric) => rubric?,
        None => rubric_from_value(read_value(text)?)?,
    };
    rubric.validate()?;
    Ok(rubric)
}

/// A rubric as YAML, the form that people edit. [`read_rubric`] reads it back.
pub fn write_rubric(rubric: &Rubric) -> String {
    serde_saphyr::to_string(rubric).expect("a rubric holds only numbers, strings and lists")
}

/// Reads one row as a [`Sample`]. Members that are nearly called as a field of it are refused.
///
/// # Errors
/// [`Error::Parse`] with the path of the field.
pub fn read_sample(text: &str) -> Result<Sample> {
    from_spelled_value(&json(text)?)
}

/// Reads one row as a [`Comparison`]: Rubrica's own form (`prompt`, `a`, `b`), RewardBench
/// (`prompt`, `chosen`, `rejected`: `chosen` becomes `a`, the label), JudgeBench (`question`,
/// `response_A`, `response_B`, `label` as `A>B`), or Chatbot Arena (`conversation_a`,
/// `conversation_b`, `winner`).
///
/// # Errors
/// [`Error::Parse`] with the path of the field, or one that lists the forms when none fits.
pub fn read_comparison(text: &str) -> Result<Comparison> {
    let value = json(text)?;
    let has = |field: &str| value.get(field).is_some();
    if has("a") && has("b") {
        from_spelled_value(&value)
    } else if has("chosen") && has("rejected") {
        typed::<RewardBench>(value).map(Into::into)
    } else if has("response_A") && has("response_B") {
        typed::<JudgeBench>(value).map(Into::into)
    } else if has("conversation_a") && has("conversation_b") {
        typed::<Arena>(value)?.try_into()
    } else if !value.is_object() {
        from_value::<Comparison>(&value)
    } else {
        Err(Error::Parse {
            path: String::new(),
            message:
                "comparison has no known pair of responses; expected `a` and `b`, `chosen` and \
                      `rejected`, `response_A` and `response_B`, or `conversation_a` and \
                      `conversation_b`"
                    .into(),
        })
    }
}

fn json(text: &str) -> Result<Value> {
    serde_json::from_str(without_mark(text)).map_err(|e| {
        let message = format!("not JSON: {}", plain_message(&e.to_string()));
        Error::Parse { path: String::new(), message }
    })
}

/// `text` without the byte order mark that some programs put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Reads JSON or YAML text.
///
/// # Errors
/// [`Error::Parse`] without a path.
pub fn read_value(text: &str) -> Result<Value> {
    let text = without_mark(text);
    // YAML is a superset of JSON, but its messages for broken JSON are the worse ones.
    if text.trim_start().starts_with(['{', '[']) {
        return json(text);
    }
    serde_saphyr::from_str(text)
        .map_err(|e| Error::Parse { path: String::new(), message: format!("not YAML: {e}") })
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T> {
    from_value(&value)
}

fn rubric_from_value(value: Value) -> Result<Rubric> {
    match value {
        Value::Object(map) if map.get("criteria").is_some_and(Value::is_string) => prometheus(&map),
        value @ Value::Object(_) => typed(value),
        other => Err(Error::Parse {
            path: String::new(),
            message: format!(
                "rubric is {}; expected a mapping with `name` and `criteria`",
                match other {
                    Value::Array(_) => "a list",
                    Value::String(_) => "a bare string",
                    _ => "a bare value",
                }
            ),
        }),
    }
}

fn prometheus(map: &Map<String, Value>) -> Result<Rubric> {
    let description = map["criteria"].as_str().unwrap_or_default().to_owned();
    let mut scale = Scale::likert(1, 5);
    for (key, value) in map {
        let Some(point) = key.strip_prefix("score").and_then(|k| k.strip_suffix("_description"))
        else {
            continue;
        };
        let point: i32 = point.parse().map_err(|_| {
            Error::invalid(
                key,
                "is not a score description",
                "score1_description to score5_description",
            )
        })?;
        let text = value
            .as_str()
            .ok_or_else(|| Error::invalid(key, "is not a string", "a description"))?;
        if !text.trim().is_empty() {
            scale.anchors.insert(point, text.to_owned());
        }
    }
    let name = map.get("name").and_then(Value::as_str).unwrap_or("rubric");
    Ok(Rubric::single(Criterion { scale, ..Criterion::new(name, description) }))
}

#[derive(Deserialize)]
struct RewardBench {
    #[serde(default, deserialize_with = "crate::sample::id")]
    id: Option<Id>,
    prompt: String,
    chosen: String,
    rejected: String,
    chosen_model: Option<String>,
    rejected_model: Option<String>,
    subset: Option<String>,
}

impl From<RewardBench> for Comparison {
    fn from(row: RewardBench) -> Self {
        Self {
            id: row.id,
            label: Some(Preference::A),
            source: row.subset,
            ..Self::new(
                row.prompt,
                Candidate { text: row.chosen, model: row.chosen_model },
                Candidate { text: row.rejected, model: row.rejected_model },
            )
        }
    }
}

#[derive(Deserialize)]
#[allow(non_snake_case, reason = "the field names of the published files")]
struct JudgeBench {
    #[serde(default, deserialize_with = "crate::sample::id")]
    pair_id: Option<Id>,
    question: String,
    response_A: String,
    response_B: String,
    response_model: Option<String>,
    source: Option<String>,
    label: Option<Preference>,
}

impl From<JudgeBench> for Comparison {
    fn from(row: JudgeBench) -> Self {
        let side = |text| Candidate { text, model: row.response_model.clone() };
        Self {
            id: row.pair_id,
            label: row.label,
            source: row.source,
            ..Self::new(row.question, side(row.response_A), side(row.response_B))
        }
    }
}

#[derive(Deserialize)]
struct Arena {
    #[serde(default, deserialize_with = "crate::sample::id")]
    question_id: Option<Id>,
    model_a: Option<String>,
    model_b: Option<String>,
    winner: Option<Preference>,
    conversation_a: Vec<crate::Message>,
    conversation_b: Vec<crate::Message>,
}

impl TryFrom<Arena> for Comparison {
    type Error = Error;

    /// The last answer of each side is compared; all that was said before is the prompt.
    fn try_from(row: Arena) -> Result<Self> {
        let split = |path: &str, turns: &[crate::Message]| {
            let (last, before) = turns
                .split_last()
                .filter(|(last, _)| last.role == crate::Role::Assistant)
                .ok_or_else(|| {
                    Error::invalid(path, "has no last assistant turn", "turns that end with one")
                })?;
            let prompt = Sample { messages: before.to_vec(), ..Sample::default() };
            let prompt = match before {
                [only] => only.content.clone(),
                _ => prompt.full_instruction(),
            };
            Ok::<_, Error>((prompt, last.content.clone()))
        };
        let (prompt, a) = split("conversation_a", &row.conversation_a)?;
        let (_, b) = split("conversation_b", &row.conversation_b)?;
        Ok(Self {
            id: row.question_id,
            label: row.winner,
            ..Self::new(
                prompt,
                Candidate { text: a, model: row.model_a },
                Candidate { text: b, model: row.model_b },
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_prometheus_rubric() {
        let rubric = read_rubric(
            r#"{"criteria": "Is it kind?", "score1_description": "rude", "score5_description": "kind"}"#,
        )
        .expect("valid");
        assert_eq!(rubric.criteria[0].description, "Is it kind?");
        assert_eq!(rubric.criteria[0].scale.anchors[&5], "kind");
    }

    #[test]
    fn reads_the_plain_text_of_a_prometheus_rubric() {
        let text = "\u{feff}[Is it kind?]\nScore 1: It is rude.\nScore 2: It is: cold.\nScore 5: It is\n  kind.\n";
        let rubric = read_rubric(text).expect("valid");
        assert_eq!(rubric.criteria[0].description, "Is it kind?");
        let anchors = &rubric.criteria[0].scale.anchors;
        assert_eq!((anchors[&2].as_str(), anchors[&5].as_str()), ("It is: cold.", "It is kind."));
        assert_eq!(read_rubric(&write_rubric(&rubric)).expect("as YAML"), rubric);
        let twice = read_rubric("[k]\nScore 1: a\nScore 1: b").expect_err("twice");
        assert_eq!(twice.path(), Some("score1"));
        let outside = read_rubric("[k]\nScore 9: a").expect_err("outside");
        assert_eq!(outside.path(), Some("criteria[0].scale.anchors.9"));
        let empty = read_rubric("[k]\nScore 1:\nScore 2: b").expect_err("empty");
        assert_eq!(empty.path(), Some("criteria[0].scale.anchors.1"));
        assert!(read_rubric("[Is it kind?]").is_err());
    }

    #[test]
    fn yaml_and_json_read_alike() {
        let yaml = "name: essay\ncriteria:\n  - id: clarity\n    description: Is it clear?\n    scale: 1-5\n    weight: 2\n";
        let json = r#"{"name":"essay","criteria":[{"id":"clarity","description":"Is it clear?","scale":"1-5","weight":2}]}"#;
        assert_eq!(read_rubric(yaml).expect("yaml"), read_rubric(json).expect("json"));
    }

    #[test]
    fn a_rubric_survives_yaml() {
        let mut rubric = read_rubric(
            r#"{"name":"no: yes","criteria":[{"id":"a","description":"line\nbreak # 😀","weight":0.5,
                "scale":{"min":1,"max":3,"anchors":{"1":"- low","3":"'high'"}}}]}"#,
        )
        .expect("valid");
        rubric.description = Some("1.0".into());
        let yaml = write_rubric(&rubric);
        assert_eq!(read_rubric(&yaml).expect(&yaml), rubric);
    }

    #[test]
    fn malformed_rubrics_name_the_field() {
        let missing = read_rubric("name: x\ncriteria:\n  - id: a\n").expect_err("no description");
        assert_eq!(missing.path(), Some("criteria[0]"));
        assert!(missing.to_string().contains("missing field `description`"), "{missing}");
        let unknown =
            read_rubric(r#"{"name":"x","criteria":[{"id":"a","description":"b","wieght":1}]}"#)
                .expect_err("misspelt");
        assert!(unknown.to_string().contains("unknown field `wieght`"), "{unknown}");
        let wrong =
            read_rubric(r#"{"name":"x","criteria":[{"id":"a","description":"b","weight":"2"}]}"#)
                .expect_err("string");
        assert_eq!(wrong.path(), Some("criteria[0].weight"));
        assert_eq!(read_rubric("  ").expect_err("empty").code(), "empty_text");
        assert_eq!(read_rubric("- a\n- b").expect_err("list").code(), "parse_error");
        assert_eq!(read_rubric("{\"name\":").expect_err("cut").code(), "parse_error");
        let prometheus =
            read_rubric(r#"{"criteria": "c", "score9_description": "x"}"#).expect_err("9");
        assert_eq!(prometheus.path(), Some("criteria[0].scale.anchors.9"));
    }

    #[test]
    fn reads_public_comparison_formats() {
        let row = read_comparison(
            r#"{"id": 3, "prompt": "p", "chosen": "good", "rejected": "bad", "subset": "chat"}"#,
        )
        .expect("rewardbench");
        assert_eq!(
            (row.a.text.as_str(), row.label, row.id),
            ("good", Some(Preference::A), Some(3.into()))
        );

        let row = read_comparison(
            r#"{"pair_id": "x", "question": "q", "response_A": "1", "response_B": "2", "label": "B>A"}"#,
        )
        .expect("judgebench");
        assert_eq!((row.prompt.as_str(), row.label), ("q", Some(Preference::B)));

        let row = read_comparison(
            r#"{"question_id": "z", "model_a": "m", "model_b": "n", "winner": "tie (bothbad)",
               "conversation_a": [{"role":"user","content":"hi"},{"role":"assistant","content":"a"}],
               "conversation_b": [{"role":"user","content":"hi"},{"role":"assistant","content":"b"}]}"#,
        )
        .expect("arena");
        assert_eq!(
            (row.prompt.as_str(), row.a.text.as_str(), row.b.text.as_str()),
            ("hi", "a", "b")
        );
        assert_eq!((row.label, row.b.model.as_deref()), (Some(Preference::Tie), Some("n")));

        assert!(read_comparison(r#"{"x": 1}"#).expect_err("none").to_string().contains("`chosen`"));
    }

    #[test]
    fn lists_are_no_rows() {
        for row in ["[\"i\", \"inst\", \"resp text\"]", "[]", "\"x\"", "7", "null"] {
            for error in [
                read_sample(row).expect_err(row),
                read_comparison(row).expect_err(row),
                read_rubric(row).expect_err(row),
            ] {
                let message = error.to_string();
                assert!(message.contains("expected a") && !message.contains("struct"), "{message}");
            }
        }
        let pair = r#"{"prompt": "p", "a": ["x", "m"], "b": "y"}"#;
        assert_eq!(read_comparison(pair).expect_err("a list").path(), Some("a"));
        let turns = r#"{"response": "x", "messages": [["user", "hi"]]}"#;
        assert_eq!(read_sample(turns).expect_err("a list").path(), Some("messages[0]"));
        let criteria = r#"{"name": "n", "criteria": [["id", "is it?"]]}"#;
        assert_eq!(read_rubric(criteria).expect_err("a list").path(), Some("criteria[0]"));
    }

    #[test]
    fn misspelt_fields_are_refused_with_the_nearest() {
        for (row, path, meant) in [
            (r#"{"response": "x", "refrence": "y"}"#, "refrence", "`reference`"),
            (r#"{"respones": "x"}"#, "respones", "`response`"),
            (r#"{"response": "x", "contexts": ["y"]}"#, "contexts", "`context`"),
            (
                r#"{"response": "x", "messages": [{"role": "user", "contnt": "y"}]}"#,
                "messages[0].contnt",
                "`content`",
            ),
        ] {
            let error = read_sample(row).expect_err(row);
            assert_eq!(error.path(), Some(path), "{error}");
            assert!(error.to_string().contains(meant), "{error}");
        }
        let error = read_comparison(r#"{"promt": "p", "a": "x", "b": "y"}"#).expect_err("slip");
        assert_eq!(error.to_string(), "promt: unknown field `promt`; expected `prompt`");
        // Other columns are other columns.
        let row =
            r#"{"response": "x", "source": 1, "category": [], "preference": 2, "content": "z"}"#;
        assert!(read_sample(row).is_ok());
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert!(read_sample("\u{feff}{\"response\": \"x\"}").is_ok());
        assert!(read_comparison("\u{feff}{\"a\": \"x\", \"b\": \"y\"}").is_ok());
        for rubric in ["{\"name\":\"x\",\"criteria\":\"kind?\"}", "name: x\ncriteria: kind?\n"] {
            assert!(read_rubric(&format!("\u{feff}{rubric}")).is_ok(), "{rubric}");
        }
        assert_eq!(read_rubric("\u{feff}  ").expect_err("empty").code(), "empty_text");
    }

    #[test]
    fn lone_surrogates_in_json_are_refused() {
        for row in [r#"{"response": "\ud800"}"#, r#"{"response": "\udc00x"}"#] {
            assert_eq!(read_sample(row).expect_err(row).code(), "parse_error");
        }
    }
}
