//! Rows from which ratings come.

use rubrica_core::{Preference, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Annotations, ArenaRow, Decision, Scored, has, no_shape};
use crate::audit::{ItemRating, RatedValue};
use crate::double_pass::by_votes;
use crate::records::{LeftOut, Rows, name, typed};

/// A row in any of these shapes: our own ([`ItemRating`]), ICAI (every annotator rates the comparison),
/// Chatbot Arena (the `judge` rates the battle), JudgeBench (`label` and the judge's votes), BenchBench (every
/// scenario rates the model).
#[derive(Debug)]
enum RatedRow {
    Own(ItemRating),
    Icai(IcaiRow),
    Arena(JudgedBattle, ArenaRow),
    JudgeBench(JudgeBenchRow),
    BenchBench(Scored),
}

const SHAPES: &str = "item_id, rater_id and value; id and annotations; question_id, model_a, model_b, winner and \
                      judge; pair_id, label and judgments; or model, scenario and score";

#[derive(Debug, Deserialize)]
struct IcaiRow {
    #[serde(deserialize_with = "name")]
    id: String,
    annotations: Annotations,
}

/// What an [`ArenaRow`] has beside the battle.
#[derive(Debug, Deserialize)]
struct JudgedBattle {
    #[serde(deserialize_with = "name")]
    question_id: String,
    judge: Judge,
    #[serde(default)]
    turn: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct JudgeBenchRow {
    #[serde(deserialize_with = "name")]
    pair_id: String,
    label: Preference,
    judgments: Vec<Option<Decision>>,
    #[serde(default)]
    judge_name: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

/// A name, or (as MT-Bench has it) a model and its prompt.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected the name of a judge")]
enum Judge {
    Name(String),
    Parts(Vec<String>),
}

impl ItemRating {
    /// Reads ratings in any of the known shapes, as [`crate::records::read`] does. Preferences become the categories
    /// `A`, `B` and `tie`.
    ///
    /// # Errors
    /// As [`crate::records::read`].
    pub fn read_all(reader: impl std::io::BufRead) -> Result<Vec<Self>> {
        Ok(Self::read(reader, &mut LeftOut::only_missing)?.records)
    }

    /// As [`ItemRating::read_all`], with what became of the rows. Those that do not count go to `left_out`, which
    /// may refuse them.
    ///
    /// # Errors
    /// A file that cannot be read; what `left_out` refuses.
    pub fn read(
        mut reader: impl std::io::BufRead,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<Rows<Self>> {
        Rows::read(&mut reader, left_out, |row, ratings| RatedRow::read(row)?.ratings(ratings))
    }
}

impl RatedRow {
    fn read(row: &Value) -> Result<Self> {
        Ok(if has(row, &["annotations"]) {
            Self::Icai(typed(row)?)
        } else if has(row, &["judgments"]) {
            Self::JudgeBench(typed(row)?)
        } else if has(row, &["model_a", "model_b", "modelA", "modelB"]) {
            Self::Arena(typed(row)?, typed(row)?)
        } else if has(row, &["item_id", "itemId", "rater_id", "raterId", "value"]) {
            Self::Own(typed(row)?)
        } else if has(row, &["scenario", "benchmark", "score"]) {
            Self::BenchBench(typed(row)?)
        } else {
            return Err(no_shape(row, SHAPES));
        })
    }

    fn ratings(self, into: &mut Vec<ItemRating>) -> Result<()> {
        let rating = |item_id: &str, rater: &str, value: RatedValue, stratum: Option<String>| {
            ItemRating { item_id: item_id.to_owned(), rater_id: rater.to_owned(), value, stratum }
        };
        match self {
            Self::Own(own) => into.push(own),
            Self::Icai(IcaiRow { id, annotations }) => {
                let given = annotations.iter().filter_map(|(who, a)| Some((who, a.pref?)));
                into.extend(given.map(|(who, pref)| rating(&id, who, category(pref), None)));
            }
            Self::Arena(JudgedBattle { question_id, judge, turn }, battle) => {
                let judge = match judge {
                    Judge::Name(name) => name,
                    Judge::Parts(parts) => parts.join("/"),
                };
                let (winner, _) = battle.verdict()?;
                let ArenaRow { model_a, model_b, .. } = battle;
                // One item whichever of the two is called the first.
                let (first, second, winner) = match model_a <= model_b {
                    true => (model_a, model_b, winner),
                    false => (model_b, model_a, winner.flipped()),
                };
                let turn = turn.map_or_else(String::new, |turn| format!("/{turn}"));
                let item = format!("{question_id}{turn}/{first}/{second}");
                into.push(rating(&item, &judge, category(winner), None));
            }
            Self::JudgeBench(JudgeBenchRow { pair_id, label, judgments, judge_name, source }) => {
                let said = |at: usize| judgments.get(at)?.as_ref()?.decision;
                let votes = by_votes([said(0), said(1).map(Preference::flipped)]);
                into.push(rating(&pair_id, "label", category(label), source.clone()));
                let judge = judge_name.as_deref().unwrap_or("judge");
                into.push(rating(&pair_id, judge, category(votes), source));
            }
            Self::BenchBench(Scored { model, scenario, score }) => {
                into.push(rating(&model, &scenario, RatedValue::Number(score), None));
            }
        }
        Ok(())
    }
}

fn category(preference: Preference) -> RatedValue {
    let name = match preference {
        Preference::A => "A",
        Preference::B => "B",
        Preference::Tie => "tie",
    };
    RatedValue::Category(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{AgreementOptions, agreement};

    fn value(text: &str, name: &str) -> Option<f64> {
        let rows = ItemRating::read_all(text.as_bytes()).expect("valid");
        let found = agreement(&rows, &AgreementOptions::default()).expect("rows");
        found.coefficients.get(name).map(|estimate| estimate.value)
    }

    #[test]
    fn annotators_of_icai() {
        let file = r#"{"metadata": {}, "comparisons": [
            {"id": 1, "annotations": {"x": {"pref": "a"}, "y": {"pref": "a"}}},
            {"id": 2, "annotations": {"x": {"pref": "b"}, "y": {"pref": "b"}}},
            {"id": 3, "annotations": {"x": {"pref": "b"}, "y": {"pref": "a"}}},
            {"id": 4, "annotations": {"x": {"pref": "a"}, "y": {"pref": null}}}]}"#;
        assert_eq!(value(file, "percent_agreement"), Some(2.0 / 3.0));
    }

    #[test]
    fn judges_of_the_arena_see_either_order() {
        let rows = r#"{"question_id":1,"model_a":"x","model_b":"y","winner":"model_a","judge":"p","turn":1}
            {"question_id":1,"model_a":"y","model_b":"x","winner":"model_b","judge":["q","pair"],"turn":1}
            {"question_id":2,"model_a":"x","model_b":"y","winner":"tie","judge":"p","turn":1}
            {"question_id":2,"model_a":"x","model_b":"y","winner":"tie","judge":["q","pair"],"turn":1}"#;
        assert_eq!(value(rows, "percent_agreement"), Some(1.0));
    }

    #[test]
    fn judge_bench_and_bench_bench() {
        let rows = r#"{"pair_id":"1","label":"A>B","judge_name":"j","judgments":[{"decision":"A>B"},{"decision":"B>A"}]}
            {"pair_id":"2","label":"B>A","judge_name":"j","judgments":[{"decision":"B>A"},null]}"#;
        assert_eq!(value(rows, "percent_agreement"), Some(1.0));
        let scores = "model,scenario,score,source\nx,s,1,b\ny,s,2,b\nz,s,3,b\nx,t,10,b\ny,t,30,b\nz,t,20,b\n";
        assert!((value(scores, "spearman").expect("two") - 0.5).abs() < 1e-12);
        assert_eq!(value(scores, "kendall_w"), Some(0.75));
    }

    #[test]
    fn missing_ratings_are_left_out() {
        let full = "{\"item_id\":1,\"rater_id\":\"a\",\"value\":1}\n{\"item_id\":1,\"rater_id\":\"b\",\"value\":2}\n";
        for gap in ["null", "\"\"", "\"n/a\"", "\"NA\"", "\"NaN\"", "NaN", "\"-\""] {
            let text = format!("{full}{{\"item_id\":2,\"rater_id\":\"a\",\"value\":{gap}}}\n");
            let rows = ItemRating::read_all(text.as_bytes()).expect(gap);
            assert_eq!(rows.len(), 2, "{gap}");
        }
        let table = "item_id,rater_id,value\n1,a,good\n1,b,\n2,a,NA\n";
        let rows = ItemRating::read(table.as_bytes(), &mut LeftOut::only_missing).expect("gaps");
        assert_eq!((rows.records.len(), rows.counts.missing), (1, 2));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (row, message) in [
            (r#"{"item_id": 1, "value": 2}"#, "line 1: missing field `rater_id`"),
            (
                r#"{"item_id": 1, "rater_id": "a", "value": [1]}"#,
                "line 1: value[0]: is [1]; expected a name",
            ),
            (
                r#"{"pair_id": 1, "label": "C", "judgments": []}"#,
                "line 1: label: unknown variant `C`",
            ),
            (r#"{"a": 1}"#, "line 1: expected item_id, rater_id and value; "),
        ] {
            let error = ItemRating::read_all(row.as_bytes()).expect_err(row).to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
