//! Rows of files to check, in the shapes of IFEval, of promptfoo, and with constraints in plain English.

use std::borrow::Cow;

use rubrica_core::{Error, Result, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::constraints::{Constraints, read_constraints};
use super::ifeval::{InstructionList, follow};
use super::outcome::Outcome;
use super::{Assertion, Check, CheckResult};
use crate::text::without_reasoning;

/// A response with what it has to meet, in one of three shapes:
///
/// - `instruction_id_list` with `kwargs`, as IFEval writes them;
/// - `assert`, a list of promptfoo's assertions, each with a `weight` if it is not 1, and perhaps a
///   `threshold` of the row;
/// - `constraints`, a text such as "no hashtags, at most 80 words".
///
/// Reasoning between tags such as `<think>` is no part of the response (see [`without_reasoning`]), unless
/// `keep_reasoning` is true; a response that has nothing else meets nothing. Other fields, such as
/// `prompt`, are not looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedRow {
    id: Option<Value>,
    response: String,
    wanted: Wanted,
    keep_reasoning: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    Instructions(InstructionList),
    Assertions(Vec<Weighted>, Option<f64>),
    Constraints(String),
}

#[derive(Debug, Clone, PartialEq)]
struct Weighted {
    assertion: Assertion,
    weight: f64,
}

/// What a row came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowResult {
    /// The row's id, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    /// By the shape of the row.
    #[serde(flatten)]
    pub verdict: RowVerdict,
}

/// What a row of each shape comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RowVerdict {
    /// IFEval's.
    Followed {
        /// A verdict for each instruction on the response as it is.
        #[serde(rename = "follow_strict")]
        strict: Vec<bool>,
        /// A verdict for each instruction on the best of its eight variants.
        #[serde(rename = "follow_loose")]
        loose: Vec<bool>,
    },
    /// promptfoo's.
    Asserted {
        /// Whether all assertions hold; with a threshold, whether the score reaches it.
        pass: bool,
        /// Mean of the assertions' scores by their weights.
        score: f64,
        /// One an assertion.
        results: Vec<AssertedResult>,
    },
    /// Of constraints in plain English.
    Constrained {
        /// Whether all checks passed and no clause was left unread.
        pass: bool,
        /// One a clause that was read.
        results: Vec<CheckResult>,
        /// The clauses that were not read, as they are written.
        unread: Vec<String>,
    },
}

/// One assertion of a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssertedResult {
    /// As it was asked, `not-` included.
    #[serde(rename = "type")]
    pub name: String,
    /// Whether it holds.
    pub pass: bool,
    /// 1 or 0, or the score of a metric.
    pub score: f64,
    /// What was found.
    pub reason: String,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: Option<Value>,
    response: String,
    #[serde(default)]
    instruction_id_list: Option<Vec<String>>,
    #[serde(default)]
    kwargs: Vec<Option<Map<String, Value>>>,
    #[serde(default, rename = "assert")]
    assertions: Option<Vec<Map<String, Value>>>,
    #[serde(default)]
    threshold: Option<f64>,
    #[serde(default)]
    constraints: Option<String>,
    #[serde(default)]
    keep_reasoning: bool,
}

impl CheckedRow {
    /// Reads a row from JSON text.
    ///
    /// # Errors
    /// [`Error::Parse`] for what is no JSON or lacks the response; [`Error::Invalid`] for a row with none
    /// or several of the three shapes, or with a weight or threshold out of range; those of
    /// [`Assertion::new`] with the path `assert[1]`.
    pub fn read(text: &str) -> Result<Self> {
        let parse =
            |e: serde_json::Error| Error::Parse { path: String::new(), message: e.to_string() };
        let written: Written = serde_json::from_str(text).map_err(parse)?;
        let shapes = "one of instruction_id_list, assert, constraints";
        let empty = |path: &str, expected: &str| Error::invalid(path, "is empty", expected);
        let wanted = match (written.instruction_id_list, written.assertions, written.constraints) {
            (Some(ids), None, None) if ids.is_empty() => {
                return Err(empty("instruction_id_list", "at least one id of an instruction"));
            }
            (Some(instruction_id_list), None, None) => {
                let kwargs = written.kwargs;
                Wanted::Instructions(InstructionList { instruction_id_list, kwargs })
            }
            (None, Some(assertions), None) => {
                if let Some(limit) = written.threshold.filter(|t| !(0.0..=1.0).contains(t)) {
                    return Err(Error::invalid("threshold", format!("is {limit}"), "0 to 1"));
                }
                if assertions.is_empty() {
                    return Err(empty("assert", "at least one assertion"));
                }
                let numbered = assertions.into_iter().enumerate();
                let assertions = numbered.map(|(i, written)| {
                    Weighted::read(written).map_err(|e| e.within(&format!("assert[{i}]")))
                });
                Wanted::Assertions(assertions.collect::<Result<_>>()?, written.threshold)
            }
            (None, None, Some(text)) => {
                if read_constraints(&text) == Constraints::default() {
                    let problem = if text.trim().is_empty() { "is empty" } else { "says nothing" };
                    let expected = "a text such as `at most 80 words`";
                    return Err(Error::invalid("constraints", problem, expected));
                }
                Wanted::Constraints(text)
            }
            (None, None, None) => return Err(Error::invalid("", "says nothing to check", shapes)),
            _ => return Err(Error::invalid("", "has several shapes at once", shapes)),
        };
        let Written { id, response, keep_reasoning, .. } = written;
        Ok(Self { id, response, wanted, keep_reasoning })
    }

    /// The response, reasoning included.
    pub fn response(&self) -> &str {
        &self.response
    }

    /// Looks at the response.
    ///
    /// # Errors
    /// Those of [`InstructionList::instructions`].
    pub fn run(&self) -> Result<RowResult> {
        let answer = if self.keep_reasoning {
            Some(Cow::Borrowed(&*self.response))
        } else {
            without_reasoning(&self.response)
        };
        let Some(text) = answer.as_deref() else {
            return Ok(RowResult { id: self.id.clone(), verdict: self.unanswered()? });
        };
        let verdict = match &self.wanted {
            Wanted::Instructions(list) => {
                let followed = follow(&list.instructions()?, text);
                RowVerdict::Followed {
                    strict: followed.follow_strict,
                    loose: followed.follow_loose,
                }
            }
            Wanted::Assertions(assertions, threshold) => asserted(assertions, *threshold, text),
            Wanted::Constraints(wanted) => {
                let found = read_constraints(wanted);
                let place = self.place(answer.as_ref());
                let results: Vec<CheckResult> =
                    found.checks.iter().map(|check| moved(check.run(text), place)).collect();
                let pass = found.unread.is_empty() && results.iter().all(|result| result.passed);
                RowVerdict::Constrained { pass, results, unread: found.unread }
            }
        };
        Ok(RowResult { id: self.id.clone(), verdict })
    }

    /// Where the text that is looked at starts in the response, in scalars; `None` where it is not one
    /// piece of it.
    fn place(&self, text: Option<&Cow<'_, str>>) -> Option<usize> {
        let Some(Cow::Borrowed(text)) = text else { return None };
        let bytes = text.as_ptr().addr().checked_sub(self.response.as_ptr().addr())?;
        Some(self.response.get(..bytes)?.chars().count())
    }

    /// The verdict on a response that is reasoning and nothing else.
    fn unanswered(&self) -> Result<RowVerdict> {
        let reason = "there is no answer, only reasoning";
        Ok(match &self.wanted {
            Wanted::Instructions(list) => {
                let none = vec![false; list.instructions()?.len()];
                RowVerdict::Followed { strict: none.clone(), loose: none }
            }
            Wanted::Assertions(assertions, _) => {
                let result = |weighted: &Weighted| AssertedResult {
                    name: weighted.assertion.name().to_owned(),
                    pass: false,
                    score: 0.0,
                    reason: reason.to_owned(),
                };
                let results = assertions.iter().map(result).collect();
                RowVerdict::Asserted { pass: false, score: 0.0, results }
            }
            Wanted::Constraints(wanted) => {
                let found = read_constraints(wanted);
                let result = |check: &Check| Outcome::fail(reason).named(check.id());
                let results = found.checks.iter().map(result).collect();
                RowVerdict::Constrained { pass: false, results, unread: found.unread }
            }
        })
    }
}

/// A result whose place counts from the start of the response.
fn moved(mut result: CheckResult, place: Option<usize>) -> CheckResult {
    result.span =
        result.span.zip(place).map(|(span, from)| Span::new(span.start + from, span.end + from));
    result
}

impl Weighted {
    fn read(mut written: Map<String, Value>) -> Result<Self> {
        let weight = match written.remove("weight") {
            None | Some(Value::Null) => 1.0,
            Some(value) => value.as_f64().filter(|weight| *weight >= 0.0).ok_or_else(|| {
                Error::invalid("weight", format!("is {value}"), "a number of at least 0")
            })?,
        };
        let name = match written.remove("type") {
            Some(Value::String(name)) => name,
            Some(other) => return Err(Error::invalid("type", format!("is {other}"), "a name")),
            None => return Err(Error::invalid("type", "is missing", "a name")),
        };
        let threshold =
            match written.remove("threshold") {
                None | Some(Value::Null) => None,
                Some(value) => Some(value.as_f64().ok_or_else(|| {
                    Error::invalid("threshold", format!("is {value}"), "a number")
                })?),
            };
        let value = written.remove("value");
        if let Some(field) = written.keys().next() {
            let expected = "type, value, threshold, weight";
            return Err(Error::invalid(field.as_str(), "is unknown", expected));
        }
        Ok(Self { assertion: Assertion::new(&name, value, threshold)?, weight })
    }
}

/// The verdict of promptfoo: a weight of 0 leaves an assertion out of the score, and no assertion is
/// one that holds.
fn asserted(assertions: &[Weighted], threshold: Option<f64>, text: &str) -> RowVerdict {
    let mut results = Vec::new();
    let (mut sum, mut weights, mut all) = (0.0, 0.0, true);
    for Weighted { assertion, weight } in assertions {
        let found = assertion.result(text);
        sum += weight * found.score;
        weights += weight;
        all &= found.pass || *weight == 0.0;
        results.push(AssertedResult {
            name: found.name,
            pass: found.pass,
            score: found.score,
            reason: found.reason,
        });
    }
    let score = if weights > 0.0 { sum / weights } else { 1.0 };
    RowVerdict::Asserted { pass: threshold.map_or(all, |limit| score >= limit), score, results }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(row: Value) -> Value {
        let row = CheckedRow::read(&row.to_string()).expect("a row");
        serde_json::to_value(row.run().expect("runs")).expect("JSON")
    }

    #[test]
    fn rows_of_all_shapes() {
        let found = run(json!({
            "id": 7, "prompt": "Say no comma.", "response": "Sure:\nYes",
            "instruction_id_list": ["punctuation:no_comma", "change_case:english_capital"],
            "kwargs": [{}, {}],
        }));
        let expected =
            json!({"id": 7, "follow_strict": [true, false], "follow_loose": [true, false]});
        assert_eq!(found, expected);

        let found = run(json!({
            "response": "A refund takes 14 days.",
            "assert": [
                {"type": "icontains", "value": "REFUND", "weight": 3},
                {"type": "not-contains", "value": "days"},
            ],
        }));
        assert_eq!((&found["pass"], &found["score"]), (&json!(false), &json!(0.75)));
        assert_eq!(found["results"][1]["type"], "not-contains");

        let found = run(json!({"response": "One #two", "constraints": "no hashtags, be kind"}));
        assert_eq!((&found["pass"], &found["unread"]), (&json!(false), &json!(["be kind"])));
        assert_eq!(found["results"][0]["passed"], false);
    }

    #[test]
    fn thresholds_and_weights_of_promptfoo() {
        let row = |threshold: Value, weight: f64| {
            run(json!({"response": "a", "threshold": threshold, "assert": [
                {"type": "equals", "value": "a"},
                {"type": "equals", "value": "b", "weight": weight},
            ]}))
        };
        assert_eq!(row(json!(0.5), 1.0)["pass"], true);
        assert_eq!(row(json!(0.6), 1.0)["pass"], false);
        assert_eq!(row(Value::Null, 1.0)["pass"], false);
        assert_eq!(row(Value::Null, 0.0)["pass"], true);
    }

    #[test]
    fn reasoning_is_left_out() {
        let thought = "<think>Okay, no commas, say no more, hmm.</think>\nBlue light scatters.";
        let found = run(json!({"response": thought, "constraints": "no commas, at most 5 words"}));
        assert_eq!(found["pass"], true);
        let found = run(json!({"response": "<think>a</think> b, c", "constraints": "no commas"}));
        assert_eq!(found["results"][0]["span"], json!({"start": 18, "end": 19}));
        let instructions = |response: &str| {
            run(
                json!({"response": response, "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}),
            )
        };
        assert_eq!(instructions(thought)["follow_strict"], json!([true]));
        assert_eq!(instructions("<think>no comma so far")["follow_strict"], json!([false]));
        let found = run(json!({
            "response": "<think>Sure, I can't help.", "assert": [{"type": "not-contains", "value": "x"}],
        }));
        assert_eq!((&found["pass"], &found["score"]), (&json!(false), &json!(0.0)));
        let kept = json!({"response": thought, "keep_reasoning": true, "constraints": "no commas"});
        assert_eq!(run(kept)["pass"], false);
    }

    #[test]
    fn mistakes_name_their_place() {
        let error = |row: Value| {
            let row = CheckedRow::read(&row.to_string());
            row.and_then(|row| row.run().map(|_| ())).expect_err("a mistake").to_string()
        };
        for (row, message) in [
            (json!({"assert": []}), "missing field `response`"),
            (json!({"response": "a"}), "one of instruction_id_list, assert, constraints"),
            (json!({"response": "a", "assert": [], "constraints": ""}), "several"),
            (json!({"response": "a", "assert": [{"type": "is-jsn"}]}), "assert[0].type"),
            (json!({"response": "a", "assert": [{"value": "x"}]}), "assert[0].type"),
            (json!({"response": "a", "assert": [{"type": "equals", "valu": 1}]}), "assert[0].valu"),
            (json!({"response": "a", "assert": [], "threshold": 2}), "threshold"),
            (json!({"response": "a", "assert": []}), "assert: is empty"),
            (json!({"response": "a", "constraints": " ,; "}), "constraints: says nothing"),
            (json!({"response": "a", "instruction_id_list": []}), "instruction_id_list: is empty"),
            (json!({"response": "a", "assert": [{"type": "is-json", "weight": -1}]}), "weight"),
            (json!({"response": "a", "instruction_id_list": ["x:y"]}), "instruction_id_list[0]"),
        ] {
            let found = error(row);
            assert!(found.contains(message), "{found}");
        }
    }
}
