//! Rows from which judged pairs come.

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Annotations, Decision, chars, has, no_shape};
use crate::audit::{JudgeAuditOptions, JudgedPair, VerdictTerms};
use crate::records::{LeftOut, Rows, name, number, typed};

/// A row in any of these shapes: our own ([`JudgedPair`]), JudgeBench (`judgments` of both orders beside
/// `label`), RewardBench (`scores_chosen`, `scores_rejected`), or ICAI (`annotations`).
#[derive(Debug)]
enum JudgedRow {
    JudgeBench(JudgeBenchRow),
    RewardBench(RewardBenchRow),
    Icai(IcaiRow),
    Own(JudgedPair),
}

const SHAPES: &str = "id and label with verdict_ab and verdict_ba; label and judgments; scores_chosen and \
                      scores_rejected; or annotations";

/// What JudgeBench's `run_judge.py` writes. The second decision is in terms of the pair as shown.
#[derive(Debug, Deserialize)]
struct JudgeBenchRow {
    #[serde(deserialize_with = "name")]
    pair_id: String,
    label: Preference,
    judgments: Vec<Option<Decision>>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default, rename = "response_A")]
    response_a: Option<String>,
    #[serde(default, rename = "response_B")]
    response_b: Option<String>,
}

/// Scores of a reward model, whose order of the two does not depend on a place.
#[derive(Debug, Deserialize)]
struct RewardBenchRow {
    #[serde(deserialize_with = "name")]
    id: String,
    #[serde(alias = "score_chosen", deserialize_with = "number")]
    scores_chosen: f64,
    #[serde(alias = "score_rejected", deserialize_with = "number")]
    scores_rejected: f64,
    #[serde(default)]
    subset: Option<String>,
    #[serde(default, alias = "text_chosen")]
    chosen: Option<String>,
    #[serde(default, alias = "text_rejected")]
    rejected: Option<String>,
}

/// ICAI's annotated pairs: one annotator is judged, another is right.
#[derive(Debug, Deserialize)]
struct IcaiRow {
    #[serde(deserialize_with = "name")]
    id: String,
    annotations: Annotations,
    #[serde(default)]
    default_annotator: Option<String>,
    #[serde(default)]
    response_a: Option<Texted>,
    #[serde(default)]
    response_b: Option<Texted>,
}

/// A response.
#[derive(Debug, Deserialize)]
struct Texted {
    #[serde(default)]
    text: Option<String>,
}

impl JudgedPair {
    /// Reads judged pairs in any of the known shapes, as [`crate::records::read`] does.
    ///
    /// # Errors
    /// As [`crate::records::read`]; [`Error::Invalid`] for more than two judgments of a pair, or annotations without
    /// the annotators that the options name.
    pub fn read_all(
        reader: impl std::io::BufRead,
        options: &JudgeAuditOptions,
    ) -> Result<Vec<Self>> {
        Ok(Self::read(reader, options, &mut LeftOut::only_missing)?.records)
    }

    /// As [`JudgedPair::read_all`], with what became of the rows. Those that do not count go to `left_out`, which
    /// may refuse them.
    ///
    /// # Errors
    /// A file that cannot be read; what `left_out` refuses.
    pub fn read(
        mut reader: impl std::io::BufRead,
        options: &JudgeAuditOptions,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<Rows<Self>> {
        Rows::read(&mut reader, left_out, |row, pairs| {
            pairs.extend(JudgedRow::read(row)?.pair(options)?);
            Ok(())
        })
    }
}

impl JudgedRow {
    fn read(row: &Value) -> Result<Self> {
        Ok(if has(row, &["judgments"]) {
            Self::JudgeBench(typed(row)?)
        } else if has(row, &["scores_chosen", "score_chosen", "scores_rejected", "score_rejected"])
        {
            Self::RewardBench(typed(row)?)
        } else if has(row, &["annotations"]) {
            Self::Icai(typed(row)?)
        } else if has(row, &["label", "verdict_ab", "verdictAb", "verdict_ba", "verdictBa"]) {
            Self::Own(typed(row)?)
        } else {
            return Err(no_shape(row, SHAPES));
        })
    }

    /// The pair; none for an ICAI comparison that is not labelled.
    fn pair(self, options: &JudgeAuditOptions) -> Result<Option<JudgedPair>> {
        let blank = |id: String, label: Preference| JudgedPair {
            id,
            label,
            verdict_ab: None,
            verdict_ba: None,
            len_a: None,
            len_b: None,
            probability: None,
            source: None,
            own: None,
            style_a: Default::default(),
            style_b: Default::default(),
        };
        // In the terms that the options say the file has.
        let told = |shown: Option<Preference>| match options.verdicts {
            VerdictTerms::Shown => shown,
            VerdictTerms::Original => shown.map(Preference::flipped),
        };
        Ok(Some(match self {
            Self::Own(pair) => pair,
            Self::JudgeBench(JudgeBenchRow {
                pair_id,
                label,
                judgments,
                source,
                response_a,
                response_b,
            }) => {
                if judgments.len() > 2 {
                    let problem = format!("has {}", judgments.len());
                    return Err(Error::invalid("judgments", problem, "one an order"));
                }
                let said = |at: usize| judgments.get(at)?.as_ref()?.decision;
                JudgedPair {
                    verdict_ab: said(0),
                    verdict_ba: told(said(1)),
                    len_a: chars(response_a.as_deref()),
                    len_b: chars(response_b.as_deref()),
                    source,
                    ..blank(pair_id, label)
                }
            }
            Self::RewardBench(RewardBenchRow {
                id,
                scores_chosen,
                scores_rejected,
                subset,
                chosen,
                rejected,
            }) => {
                let verdict = match scores_chosen.total_cmp(&scores_rejected) {
                    std::cmp::Ordering::Greater => Preference::A,
                    std::cmp::Ordering::Less => Preference::B,
                    std::cmp::Ordering::Equal => Preference::Tie,
                };
                JudgedPair {
                    verdict_ab: Some(verdict),
                    verdict_ba: told(Some(verdict.flipped())),
                    len_a: chars(chosen.as_deref()),
                    len_b: chars(rejected.as_deref()),
                    source: subset,
                    ..blank(id, Preference::A)
                }
            }
            Self::Icai(IcaiRow { id, annotations, default_annotator, response_a, response_b }) => {
                let gold = options.gold.as_ref().or(default_annotator.as_ref());
                let Some(gold) = gold else {
                    let problem = "is not given, and the file has no default annotator";
                    return Err(Error::invalid("gold", problem, "the name of an annotator"));
                };
                let others = || annotations.keys().filter(|who| *who != gold);
                let judge = match (&options.annotator, others().count()) {
                    (Some(judge), _) => judge,
                    (None, 1) => others().next().unwrap_or(gold),
                    (None, n) => {
                        let problem = format!("is not given, and {n} annotators could be meant");
                        return Err(Error::invalid("annotator", problem, "the judge's name"));
                    }
                };
                let of = |who: &String| {
                    let found = annotations.get(who);
                    found.map(|a| a.pref).ok_or_else(|| {
                        Error::invalid("annotations", format!("has nothing of `{who}`"), "its own")
                    })
                };
                let (label, verdict) = (of(gold)?, of(judge)?);
                let Some(label) = label else { return Ok(None) };
                // Told once, with a first.
                JudgedPair {
                    verdict_ab: verdict,
                    len_a: chars(response_a.and_then(|r| r.text).as_deref()),
                    len_b: chars(response_b.and_then(|r| r.text).as_deref()),
                    ..blank(id, label)
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::audit_judge;

    fn read(text: &str, options: &JudgeAuditOptions) -> Result<Vec<JudgedPair>> {
        JudgedPair::read_all(text.as_bytes(), options)
    }

    #[test]
    fn both_orders_of_judge_bench() {
        let text = r#"{"pair_id":"p","source":"mmlu-pro-law","response_A":"abc","response_B":"de",
            "label":"A>B","judge_name":"j","judgments":[{"judgment":{},"decision":"A>B"},
            {"decision":"A=B"}]}"#
            .replace('\n', "");
        let more = r#"{"pair_id":"q","label":"A>B","judgments":[{"decision":"A>B"},{"decision":"A>B"}]}
            {"pair_id":"r","label":"B>A","judgments":[null,{"decision":null}]}"#;
        for verdicts in [VerdictTerms::Original, VerdictTerms::Shown] {
            let options = JudgeAuditOptions { verdicts, ..Default::default() };
            let pairs = read(&format!("{text}\n{more}"), &options).expect("valid");
            assert_eq!((pairs[0].len_a, pairs[0].len_b), (Some(3.0), Some(2.0)));
            let counts = audit_judge(&pairs, &options).expect("three").counts;
            assert_eq!((counts.correct, counts.ties, counts.incorrect), (1, 2, 0), "{verdicts:?}");
        }
        let three = r#"{"pair_id":"p","label":"A>B","judgments":[null,null,null]}"#;
        let error = read(three, &JudgeAuditOptions::default()).expect_err("three orders");
        assert_eq!(error.path(), Some("line 1: judgments"));
    }

    #[test]
    fn scores_of_reward_bench_in_rows_and_columns() {
        let rows =
            "id,scores_chosen,scores_rejected,subset\n1,0.5,0.1,chat\n2,0.1,0.5,chat\n3,1,1,\n";
        let columns = r#"{"id":[1,2,3],"scores_chosen":[0.5,0.1,1],"scores_rejected":[0.1,0.5,1],
            "subset":["chat","chat",null]}"#;
        let options = JudgeAuditOptions::default();
        let pairs = read(rows, &options).expect("rows");
        assert_eq!(pairs, read(columns, &options).expect("columns"));
        let audit = audit_judge(&pairs, &options).expect("three");
        assert_eq!((audit.counts.correct, audit.counts.incorrect, audit.counts.ties), (1, 1, 1));
        assert_eq!(audit.consistency.value(), Some(1.0));
        assert_eq!(audit.by_source["chat"].n, 2);
    }

    #[test]
    fn one_annotator_of_icai_judges_another() {
        let file = r#"{
            "metadata": {"default_annotator": "people"},
            "comparisons": [
                {"id": 1, "annotations": {"people": {"pref": "a"}, "judge": {"pref": "a"}}},
                {"id": 2, "annotations": {"people": {"pref": "b"}, "judge": {"pref": "a"}}},
                {"id": 3, "annotations": {"people": {"pref": null}, "judge": {"pref": "a"}}}
            ]
        }"#;
        let options = JudgeAuditOptions::default();
        let pairs = read(file, &options).expect("valid");
        assert_eq!((pairs.len(), pairs[1].label), (2, Preference::B));
        assert_eq!(audit_judge(&pairs, &options).expect("two").accuracy_ab.value(), Some(0.5));
        let turned = JudgeAuditOptions { gold: Some("judge".into()), ..options.clone() };
        assert_eq!(read(file, &turned).expect("valid").len(), 3);
        let unknown = JudgeAuditOptions { annotator: Some("nobody".into()), ..options };
        let error = read(file, &unknown).expect_err("nobody");
        assert_eq!(error.path(), Some("[0].annotations"), "{error}");
    }

    #[test]
    fn our_own_rows_stay() {
        let text = "id,label,verdict_ab,verdict_ba,len_a,len_b\n1,A,A,,9,4\n";
        let pairs = read(text, &JudgeAuditOptions::default()).expect("valid");
        assert_eq!((pairs[0].len_a, pairs[0].verdict_ba), (Some(9.0), None));
        let error = read("{\"id\":1}", &JudgeAuditOptions::default()).expect_err("no label");
        assert!(error.to_string().contains("judgments"), "{error}");
    }
}
