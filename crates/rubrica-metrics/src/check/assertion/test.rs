//! What assertions look for.

use rubrica_core::{Error, Result};
use serde_json::Value;

use super::Assertion;
use super::resemblance::Resemblance;
use super::values::{names, phrase, phrases, schema, word_count, wrong};
use crate::check::json::equal;
use crate::check::json_text::{JsonText, leading_json, read_json};
use crate::check::markup;
use crate::check::outcome::quoted;
use crate::check::pattern::Pattern;
use crate::check::refusal::is_refusal;
use crate::check::schema::Schema;
use crate::check::sql::SqlRules;
use crate::metric::{Described, Metric};
use crate::overlap::{Levenshtein, LevenshteinOptions};
use crate::segment::Segment;
use crate::text::tokens;

/// What a type looks for, with its value read.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Equals(Value),
    Contains { phrases: Vec<String>, all: bool, ignore_case: bool },
    StartsWith { phrase: String, ignore_case: bool },
    EndsWith { phrase: String, ignore_case: bool },
    Regex(Pattern),
    Json { schema: Option<Schema>, within: bool },
    Xml { required: Vec<String>, within: bool },
    Html { within: bool },
    Sql { rules: SqlRules, within: bool },
    Refusal,
    WordCount { min: usize, max: usize },
    Levenshtein { target: String, threshold: f64 },
    Resembles(Resemblance),
}

impl Test {
    pub(super) fn read(
        name: &str,
        plain: &str,
        value: Option<&Value>,
        threshold: Option<f64>,
    ) -> Result<Self> {
        let within = plain.starts_with("contains-");
        let all = plain.ends_with("-all");
        let ignore_case = plain.starts_with('i') && !plain.starts_with("is-");
        Ok(match plain.strip_prefix('i').filter(|_| ignore_case).unwrap_or(plain) {
            "equals" if value.is_some() => Self::Equals(value.cloned().unwrap_or_default()),
            "equals" => return Err(wrong(value, "a text or JSON")),
            "contains" => Self::Contains { phrases: vec![phrase(value)?], all: true, ignore_case },
            "contains-all" | "contains-any" => {
                Self::Contains { phrases: phrases(value)?, all, ignore_case }
            }
            "starts-with" => Self::StartsWith { phrase: phrase(value)?, ignore_case },
            "ends-with" => Self::EndsWith { phrase: phrase(value)?, ignore_case },
            "regex" => Self::Regex(
                Pattern::new(&phrase(value)?)
                    .map_err(|message| Error::Parse { path: "value".into(), message })?,
            ),
            "is-json" | "contains-json" => Self::Json { schema: schema(value)?, within },
            "is-xml" | "contains-xml" => {
                let required = match value {
                    None => Vec::new(),
                    Some(Value::Object(_)) => names(value, "requiredElements")?.unwrap_or_default(),
                    _ => phrases(value)?,
                };
                Self::Xml { required, within }
            }
            "is-html" | "contains-html" => Self::Html { within },
            "is-sql" | "contains-sql" => Self::Sql { rules: SqlRules::new(value)?, within },
            "is-refusal" => Self::Refusal,
            "word-count" => {
                let (min, max) = word_count(value)?;
                Self::WordCount { min, max }
            }
            "levenshtein" => {
                let target = value.and_then(Value::as_str).ok_or_else(|| wrong(value, "a text"))?;
                // As in promptfoo, where 0 counts as no threshold.
                let threshold = threshold.filter(|threshold| *threshold > 0.0).unwrap_or(5.0);
                Self::Levenshtein { target: target.to_owned(), threshold }
            }
            _ if Resemblance::is_named(plain) => {
                Self::Resembles(Resemblance::new(plain, value, threshold)?)
            }
            _ => {
                return Err(Error::Unknown {
                    path: "type".into(),
                    what: "assertion",
                    name: name.to_owned(),
                    known: Assertion::TYPES.join(", "),
                });
            }
        })
    }

    /// Whether it holds, and what was found.
    pub(super) fn run(&self, text: &str) -> (bool, String) {
        let of = |result: Result<(), String>, good: &str| match result {
            Ok(()) => (true, good.to_owned()),
            Err(problem) => (false, problem),
        };
        match self {
            Self::Equals(Value::String(wanted)) => {
                told(text == wanted, format!("the text is {}", quoted(wanted)))
            }
            Self::Equals(wanted) => {
                let found = read_json(text).and_then(JsonText::value).ok();
                let holds = found.is_some_and(|found| equal(&found, wanted));
                told(holds, format!("the text is JSON equal to {}", quoted(&wanted.to_string())))
            }
            Self::Contains { phrases, all, ignore_case } => {
                contains(text, phrases, *all, *ignore_case)
            }
            Self::StartsWith { phrase, ignore_case } => {
                let holds = cased(text, *ignore_case).starts_with(&cased(phrase, *ignore_case));
                told(holds, format!("the text starts with {}", quoted(phrase)))
            }
            Self::EndsWith { phrase, ignore_case } => {
                let holds = cased(text, *ignore_case).ends_with(&cased(phrase, *ignore_case));
                told(holds, format!("the text ends with {}", quoted(phrase)))
            }
            Self::Regex(pattern) => {
                let holds = pattern.is_match(text);
                told(holds, format!("something matches {}", quoted(pattern.as_str())))
            }
            Self::Json { schema, within: false } => match read_json(text) {
                Err(error) => (false, format!("the text is not JSON: {error}")),
                Ok(json) => of(meets(json, schema.as_ref()), "the text is JSON as required"),
            },
            Self::Json { schema, within: true } => contains_json(text, schema.as_ref()),
            Self::Xml { required, within: false } => {
                of(markup::check_xml(text, required), "the text is XML as required")
            }
            Self::Xml { required, within: true } => {
                of(markup::find_xml(text, required), "there is XML as required")
            }
            Self::Html { within: false } => of(markup::check_html(text), "the text is HTML"),
            Self::Html { within: true } => told(markup::has_html(text), "there is HTML".into()),
            Self::Sql { rules, within } => {
                let check = if *within { rules.find(text) } else { rules.check(text) };
                of(check, "there is SQL as required")
            }
            Self::Refusal => told(is_refusal(text), "the text refuses to answer".into()),
            Self::WordCount { min, max } => {
                let count = tokens(text).count();
                let expected = match (min, max) {
                    (min, max) if min == max => format!("{min}"),
                    (min, &usize::MAX) => format!("at least {min}"),
                    (min, max) => format!("{min} to {max}"),
                };
                let reason = format!("the text has {count} words; asked for {expected}");
                ((*min..=*max).contains(&count), reason)
            }
            Self::Levenshtein { target, threshold } => near(text, target, *threshold),
            Self::Resembles(resemblance) => {
                let (holds, _, reason) = resemblance.run(text);
                (holds, reason)
            }
        }
    }
}

/// A statement that holds, or that it does not hold.
fn told(holds: bool, statement: String) -> (bool, String) {
    (holds, if holds { statement } else { format!("it is not so that {statement}") })
}

fn cased(text: &str, ignore_case: bool) -> String {
    if ignore_case { text.to_lowercase() } else { text.to_owned() }
}

fn contains(text: &str, phrases: &[String], all: bool, ignore_case: bool) -> (bool, String) {
    let text = cased(text, ignore_case);
    let has = |phrase: &&String| text.contains(&cased(phrase, ignore_case));
    let list = |phrases: &[&String]| {
        phrases.iter().map(|phrase| quoted(phrase)).collect::<Vec<_>>().join(", ")
    };
    let (found, missing): (Vec<&String>, Vec<&String>) = phrases.iter().partition(has);
    let holds = if all { missing.is_empty() } else { !found.is_empty() };
    let reason = if holds {
        format!("the text has {}", list(&found))
    } else {
        format!("the text lacks {}", list(&missing))
    };
    (holds, reason)
}

/// Whether JSON is as a schema, if any, has it.
fn meets(json: JsonText, schema: Option<&Schema>) -> Result<(), String> {
    match schema {
        None => Ok(()),
        Some(schema) => schema.check(&json.value()?),
    }
}

/// Looks at every JSON object and array in `text` that stands in no other one.
fn contains_json(text: &str, schema: Option<&Schema>) -> (bool, String) {
    let mut at = 0;
    let mut problem = "there is no JSON object or array".to_owned();
    // What the typed reader refuses is read again; brackets without an end cost at most this.
    let mut budget = 8 * text.len() + 1_000;
    while let Some(start) = text[at..].find(['{', '[']).map(|offset| at + offset) {
        // Nesting is limited, so that a bracket is read again a limited number of times.
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        let found = match values.next() {
            Some(Ok(value)) => Some((JsonText::Value(value), values.byte_offset())),
            _ if budget > 0 => {
                let found = leading_json(&text[start..]);
                budget =
                    budget.saturating_sub(*found.as_ref().map_or_else(|at| at, |(_, end)| end));
                found.ok()
            }
            _ => None,
        };
        match found {
            Some((json, length)) => {
                let (before, after) = (&text[..start], &text[start + length..]);
                if !is_citation(&json, before, after) {
                    match meets(json, schema) {
                        Ok(()) => return (true, "there is JSON as required".into()),
                        Err(other) => problem = other,
                    }
                }
                at = start + length;
            }
            None => at = start + 1,
        }
    }
    (false, problem)
}

/// Whether an array within prose is a citation such as `[1]` or `[2, 3]`: whole numbers alone, where no
/// mark or verb says that a list follows and the array does not stand alone on its lines.
fn is_citation(json: &JsonText, before: &str, after: &str) -> bool {
    let JsonText::Value(Value::Array(items)) = json else { return false };
    let before_line = before.rsplit('\n').next().unwrap_or_default().trim_end();
    let after_line = after.split('\n').next().unwrap_or_default().trim();
    let alone = before_line.trim().is_empty() && after_line.trim_end_matches(['.', ';']).is_empty();
    let last_word = before_line.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let verbs =
        ["is", "are", "returns", "return", "equals", "be", "array", "list", "gives", "outputs"];
    let announced = before_line.ends_with([':', '=', '`', '(', '>'])
        || verbs.iter().any(|verb| last_word.eq_ignore_ascii_case(verb));
    !alone && !announced && items.iter().all(|item| item.is_u64())
}

fn near(text: &str, target: &str, threshold: f64) -> (bool, String) {
    let metric = Levenshtein::new(LevenshteinOptions::default());
    let segment = Segment::new(text, &[target]);
    let score = metric.and_then(|metric| (&metric as &dyn Metric).sentence(&segment));
    match score.map(|score| score.parts.get("distance").copied()) {
        Ok(Some(distance)) => {
            let reason = format!("the distance is {distance}; asked for at most {threshold}");
            (distance <= threshold, reason)
        }
        Ok(None) => (false, "there is no distance".into()),
        Err(error) => (false, error.to_string()),
    }
}
