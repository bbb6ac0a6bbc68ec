//! Rows from which battles come.

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;

use super::{Annotations, Met, Scored, category};
use crate::records::name;

/// A row from which battles come, with its category where it has one: `category`, or RewardBench's `subset`.
#[derive(Debug, Deserialize)]
pub(crate) struct BattleRow {
    #[serde(default, deserialize_with = "category")]
    category: Option<String>,
    #[serde(default, deserialize_with = "category")]
    subset: Option<String>,
    #[serde(flatten)]
    shape: Shape,
}

/// Any of these shapes: Chatbot Arena and our own (`model_a`, `model_b`, `winner`), RewardBench
/// (`chosen_model`, `rejected_model`), ICAI (`response_a`, `response_b`, `annotations`), BenchBench (`model`,
/// `scenario`, `score`), or a `ranking` of two or more models, as K-Sort Arena has it.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected model_a, model_b and winner; chosen_model and rejected_model; response_a, \
                 response_b and annotations; model, scenario and score; or ranking"
)]
enum Shape {
    /// Chatbot Arena and our own.
    Arena(Met),
    /// RewardBench's preferences.
    RewardBench {
        #[serde(deserialize_with = "name")]
        chosen_model: String,
        #[serde(deserialize_with = "name")]
        rejected_model: String,
    },
    /// ICAI's annotated pairs.
    Icai {
        response_a: Written,
        response_b: Written,
        annotations: Annotations,
        #[serde(default)]
        default_annotator: Option<String>,
    },
    /// A ranking, best first.
    Ranking { ranking: Vec<Place> },
    /// BenchBench's scores: the higher one wins.
    BenchBench(Scored),
}

/// A response with its author.
#[derive(Debug, Deserialize)]
pub(crate) struct Written {
    #[serde(default)]
    model: Option<String>,
}

/// A model, or several that share a place.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the name of a model or a list of names")]
pub(crate) enum Place {
    One(String),
    Level(Vec<String>),
}

/// What a row says.
#[derive(Debug, PartialEq)]
pub(crate) enum Fought {
    /// Battles of two.
    Pairs(Vec<(String, String, Preference)>),
    /// Two or more at once, best first.
    Ranked(Vec<Vec<String>>),
    /// A score that competes with the others of its scenario.
    Scored { model: String, scenario: String, score: f64 },
}

impl BattleRow {
    /// What kind of question it was.
    pub(crate) fn category(&mut self) -> Option<String> {
        self.category.take().or(self.subset.take())
    }

    /// What happened.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an ICAI comparison without authors or without a known default annotator, and for
    /// a ranking of fewer than two models.
    pub(crate) fn fought(self) -> Result<Fought> {
        Ok(match self.shape {
            Shape::Arena(Met { model_a, model_b, winner }) => {
                Fought::Pairs(vec![(model_a, model_b, winner)])
            }
            Shape::RewardBench { chosen_model, rejected_model } => {
                Fought::Pairs(vec![(chosen_model, rejected_model, Preference::A)])
            }
            Shape::BenchBench(Scored { model, scenario, score }) => {
                Fought::Scored { model, scenario, score }
            }
            Shape::Ranking { ranking } => {
                let places = ranking.into_iter().map(|place| match place {
                    Place::One(model) => vec![model],
                    Place::Level(models) => models,
                });
                let places: Vec<Vec<String>> = places.filter(|place| !place.is_empty()).collect();
                let models = places.iter().map(Vec::len).sum::<usize>();
                if models < 2 {
                    let problem = format!("has {models}");
                    return Err(Error::invalid("ranking", problem, "two or more models"));
                }
                Fought::Ranked(places)
            }
            Shape::Icai { response_a, response_b, annotations, default_annotator } => {
                let author = |field: &str, response: Written| {
                    let missing = || Error::invalid(field, "has no model", "response.model");
                    response.model.ok_or_else(missing)
                };
                let a = author("response_a", response_a)?;
                let b = author("response_b", response_b)?;
                if let Some(default) = &default_annotator
                    && !annotations.contains_key(default)
                {
                    let problem = format!("has nothing of the default annotator `{default}`");
                    return Err(Error::invalid("annotations", problem, "its annotation"));
                }
                // Principles annotate too: where one annotator stands for people, only that one counts.
                let counts = |who: &String| default_annotator.as_ref().is_none_or(|d| d == who);
                let said = annotations.iter().filter(|(who, _)| counts(who));
                let said = said.filter_map(|(_, annotation)| annotation.pref);
                Fought::Pairs(said.map(|pref| (a.clone(), b.clone(), pref)).collect())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(row: Value) -> Fought {
        let row: BattleRow = serde_json::from_value(row).expect("a known shape");
        row.fought().expect("sound")
    }

    fn pair(a: &str, b: &str, winner: Preference) -> (String, String, Preference) {
        (a.into(), b.into(), winner)
    }

    #[test]
    fn shapes_become_battles() {
        let arena = json!({"question_id": "1", "model_a": "x", "model_b": "y", "judge": "j",
            "winner": "tie (bothbad)", "conversation_a": []});
        assert_eq!(read(arena), Fought::Pairs(vec![pair("x", "y", Preference::Tie)]));
        let bench = json!({"prompt": "p", "chosen": "c", "rejected": "r", "chosen_model": "x",
            "rejected_model": "y", "subset": "s", "id": 3});
        assert_eq!(read(bench), Fought::Pairs(vec![pair("x", "y", Preference::A)]));
        let mut icai = json!({"id": "1", "prompt": "p",
            "response_a": {"text": "t", "model": "x"}, "response_b": {"text": "u", "model": "y"},
            "annotations": {"ann": {"pref": "b"}, "principle": {"pref": "a"}, "off": {"pref": null}}});
        let both = vec![pair("x", "y", Preference::B), pair("x", "y", Preference::A)];
        assert_eq!(read(icai.clone()), Fought::Pairs(both));
        icai["default_annotator"] = json!("ann");
        assert_eq!(read(icai), Fought::Pairs(vec![pair("x", "y", Preference::B)]));
        let ranking = json!({"ranking": ["x", ["y", "z"], "w"]});
        let places = vec![vec!["x".into()], vec!["y".into(), "z".into()], vec!["w".into()]];
        assert_eq!(read(ranking), Fought::Ranked(places));
        let scored = json!({"model": "x", "scenario": "s", "score": "0.5", "source": "b"});
        let (model, scenario) = ("x".into(), "s".into());
        assert_eq!(read(scored), Fought::Scored { model, scenario, score: 0.5 });
    }

    #[test]
    fn categories_are_names_under_either_word() {
        let of = |more: Value| {
            let mut row = json!({"model_a": "x", "model_b": "y", "winner": "tie"});
            let fields = row.as_object_mut().expect("an object");
            fields.extend(more.as_object().expect("an object").clone());
            serde_json::from_value::<BattleRow>(row).expect("a known shape").category()
        };
        assert_eq!(of(json!({"category": "maths"})).as_deref(), Some("maths"));
        assert_eq!(of(json!({"subset": "chat"})).as_deref(), Some("chat"));
        assert_eq!(of(json!({"category": 7, "subset": "chat"})).as_deref(), Some("7"));
        for none in
            [json!({}), json!({"category": null}), json!({"category": {"tag": 1}, "subset": " "})]
        {
            assert_eq!(of(none), None);
        }
    }

    #[test]
    fn what_fits_no_shape_is_told() {
        let error = serde_json::from_value::<BattleRow>(json!({"model_a": "x"})).expect_err("half");
        assert!(error.to_string().contains("chosen_model"), "{error}");
        for (row, path) in [
            (json!({"ranking": ["x"]}), "ranking"),
            (json!({"response_a": {}, "response_b": {}, "annotations": {}}), "response_a"),
            (
                json!({"response_a": {"model": "x"}, "response_b": {"model": "y"},
                    "annotations": {}, "default_annotator": "ann"}),
                "annotations",
            ),
        ] {
            let row: BattleRow = serde_json::from_value(row).expect("a known shape");
            assert_eq!(row.fought().expect_err("unsound").path(), Some(path));
        }
    }
}
