//! Rows from which battles come.

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Annotations, ArenaRow, Scored, Strength, category, has, no_shape};
use crate::records::{name, optional_number, typed};

/// A row from which battles come, with its category where it has one: `category`, or RewardBench's `subset`.
#[derive(Debug)]
pub(crate) struct BattleRow {
    common: Common,
    shape: Shape,
}

/// What a row of any shape may have.
#[derive(Debug, Deserialize)]
struct Common {
    #[serde(default, deserialize_with = "category")]
    category: Option<String>,
    #[serde(default, deserialize_with = "category")]
    subset: Option<String>,
    /// How many battles it counts for.
    #[serde(default, deserialize_with = "optional_number")]
    weight: Option<f64>,
}

/// Any of these shapes: Chatbot Arena and our own (`model_a`, `model_b`, `winner`), RewardBench
/// (`chosen_model`, `rejected_model`), ICAI (`response_a`, `response_b`, `annotations`), BenchBench (`model`,
/// `scenario`, `score`), or a `ranking` of two or more models, as K-Sort Arena has it.
#[derive(Debug)]
enum Shape {
    Arena(ArenaRow),
    RewardBench(RewardBenchRow),
    Icai(IcaiRow),
    Ranking(RankingRow),
    BenchBench(Scored),
}

const SHAPES: &str = "model_a, model_b and winner; chosen_model and rejected_model; response_a, response_b and \
                      annotations; model, scenario and score; or ranking";

/// RewardBench's preferences.
#[derive(Debug, Deserialize)]
struct RewardBenchRow {
    #[serde(deserialize_with = "name")]
    chosen_model: String,
    #[serde(deserialize_with = "name")]
    rejected_model: String,
}

/// ICAI's annotated pairs.
#[derive(Debug, Deserialize)]
struct IcaiRow {
    response_a: Written,
    response_b: Written,
    annotations: Annotations,
    #[serde(default)]
    default_annotator: Option<String>,
}

/// A ranking, best first.
#[derive(Debug, Deserialize)]
struct RankingRow {
    ranking: Vec<Place>,
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
pub(crate) enum Outcomes {
    /// Battles of two, each with how clear it was.
    Pairs(Vec<(String, String, Preference, Strength)>),
    /// Two or more at once, best first.
    Ranked(Vec<Vec<String>>),
    /// A score that competes with the others of its scenario.
    Scored { model: String, scenario: String, score: f64 },
}

impl BattleRow {
    /// Reads a row in any of the shapes; which one, its fields say.
    ///
    /// # Errors
    /// [`Error::Parse`] with the field that is wrong, or with the shapes where none fits; [`Error::Invalid`] for a
    /// weight that is not above 0.
    pub(crate) fn read(row: &Value) -> Result<Self> {
        let shape = if has(row, &["ranking"]) {
            Shape::Ranking(typed(row)?)
        } else if has(row, &["annotations"]) {
            Shape::Icai(typed(row)?)
        } else if has(row, &["chosen_model", "rejected_model"]) {
            Shape::RewardBench(typed(row)?)
        } else if has(row, &["model_a", "model_b", "modelA", "modelB", "winner"]) {
            Shape::Arena(typed(row)?)
        } else if has(row, &["scenario", "benchmark", "score"]) {
            Shape::BenchBench(typed(row)?)
        } else {
            return Err(no_shape(row, SHAPES));
        };
        let common: Common = typed(row)?;
        if let Some(weight) = common.weight.filter(|weight| *weight <= 0.0) {
            return Err(Error::invalid("weight", format!("is {weight}"), "a number above 0"));
        }
        Ok(Self { common, shape })
    }

    /// What kind of question it was.
    pub(crate) fn category(&mut self) -> Option<String> {
        self.common.category.take().or(self.common.subset.take())
    }

    /// How many battles the row counts for.
    pub(crate) fn weight(&self) -> f64 {
        self.common.weight.unwrap_or(1.0)
    }

    /// What happened.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a winner that is neither a side nor one of the two, an ICAI comparison without
    /// authors or without a known default annotator, and a ranking of fewer than two models.
    pub(crate) fn outcomes(self) -> Result<Outcomes> {
        let plain = Strength::Plain;
        Ok(match self.shape {
            Shape::Arena(row) => {
                let (winner, strength) = row.verdict()?;
                Outcomes::Pairs(vec![(row.model_a, row.model_b, winner, strength)])
            }
            Shape::RewardBench(RewardBenchRow { chosen_model, rejected_model }) => {
                Outcomes::Pairs(vec![(chosen_model, rejected_model, Preference::A, plain)])
            }
            Shape::BenchBench(Scored { model, scenario, score }) => {
                Outcomes::Scored { model, scenario, score }
            }
            Shape::Ranking(RankingRow { ranking }) => {
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
                Outcomes::Ranked(places)
            }
            Shape::Icai(IcaiRow { response_a, response_b, annotations, default_annotator }) => {
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
                Outcomes::Pairs(said.map(|pref| (a.clone(), b.clone(), pref, plain)).collect())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(row: Value) -> Outcomes {
        BattleRow::read(&row).expect("a known shape").outcomes().expect("sound")
    }

    fn pair(a: &str, b: &str, winner: Preference) -> (String, String, Preference, Strength) {
        (a.into(), b.into(), winner, Strength::Plain)
    }

    #[test]
    fn shapes_become_battles() {
        let arena = json!({"question_id": "1", "model_a": "x", "model_b": "y", "judge": "j",
            "winner": "tie (bothbad)", "conversation_a": []});
        assert_eq!(read(arena), Outcomes::Pairs(vec![pair("x", "y", Preference::Tie)]));
        let bench = json!({"prompt": "p", "chosen": "c", "rejected": "r", "chosen_model": "x",
            "rejected_model": "y", "subset": "s", "id": 3});
        assert_eq!(read(bench), Outcomes::Pairs(vec![pair("x", "y", Preference::A)]));
        let mut icai = json!({"id": "1", "prompt": "p",
            "response_a": {"text": "t", "model": "x"}, "response_b": {"text": "u", "model": "y"},
            "annotations": {"ann": {"pref": "b"}, "principle": {"pref": "a"}, "off": {"pref": null}}});
        let both = vec![pair("x", "y", Preference::B), pair("x", "y", Preference::A)];
        assert_eq!(read(icai.clone()), Outcomes::Pairs(both));
        icai["default_annotator"] = json!("ann");
        assert_eq!(read(icai), Outcomes::Pairs(vec![pair("x", "y", Preference::B)]));
        let ranking = json!({"ranking": ["x", ["y", "z"], "w"]});
        let places = vec![vec!["x".into()], vec!["y".into(), "z".into()], vec!["w".into()]];
        assert_eq!(read(ranking), Outcomes::Ranked(places));
        let scored = json!({"model": "x", "scenario": "s", "score": "0.5", "source": "b"});
        let (model, scenario) = ("x".into(), "s".into());
        assert_eq!(read(scored), Outcomes::Scored { model, scenario, score: 0.5 });
    }

    #[test]
    fn categories_are_names_under_either_word() {
        let of = |more: Value| {
            let mut row = json!({"model_a": "x", "model_b": "y", "winner": "tie"});
            let fields = row.as_object_mut().expect("an object");
            fields.extend(more.as_object().expect("an object").clone());
            BattleRow::read(&row).expect("a known shape").category()
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
        let error = BattleRow::read(&json!({"model": "x"})).expect_err("no shape");
        assert!(error.to_string().contains("chosen_model"), "{error}");
        for (row, message) in [
            (json!({"model_a": "x"}), "missing field `model_b`"),
            (json!({"model_a": "x", "model_b": 7, "winner": []}), "winner: is []; expected a name"),
            (json!({"model": "x", "scenario": "s", "score": "high"}), "score: is the text"),
            (json!(["x", "y", "model_a"]), "is a list; expected an object"),
            (json!({"ranking": ["x", "y"], "weight": 0}), "weight: is 0; expected"),
            (json!({"ranking": ["x", "y"], "weight": "heavy"}), "weight: "),
        ] {
            let error = BattleRow::read(&row).expect_err("a mistake").to_string();
            assert!(error.contains(message), "{error}");
        }
        for (row, path) in [
            (json!({"ranking": ["x"]}), "ranking"),
            (json!({"response_a": {}, "response_b": {}, "annotations": {}}), "response_a"),
            (
                json!({"response_a": {"model": "x"}, "response_b": {"model": "y"},
                    "annotations": {}, "default_annotator": "ann"}),
                "annotations",
            ),
        ] {
            let row = BattleRow::read(&row).expect("a known shape");
            assert_eq!(row.outcomes().expect_err("unsound").path(), Some(path));
        }
    }
}
