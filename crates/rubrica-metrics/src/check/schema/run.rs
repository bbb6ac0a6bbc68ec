//! A value held against a schema.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Schema, short};
use crate::check::json::equal;
use crate::check::outcome::quoted;

/// Schemas that one text may be held against, so that references that fan out come to an end.
const MAX_STEPS: usize = 1_000_000;

/// Schemas within each other, so that references in a circle come to an end.
const MAX_DEPTH: usize = 200;

/// Why a value does not conform.
enum Failure {
    Mismatch { pointer: String, problem: String },
    TooMuch,
}

type Verdict = Result<(), Failure>;

impl Schema {
    /// Nothing when `value` conforms, or else where it does not and why.
    pub(in crate::check) fn check(&self, value: &Value) -> Result<(), String> {
        let run = Run { schema: self, steps: Cell::new(0) };
        run.check(&self.root, value, 0).map_err(|failure| match failure {
            Failure::TooMuch => {
                format!("the schema takes over {MAX_STEPS} steps or {MAX_DEPTH} levels")
            }
            Failure::Mismatch { pointer, problem } if pointer.is_empty() => {
                format!("the value {problem}")
            }
            Failure::Mismatch { pointer, problem } => format!("{} {problem}", quoted(&pointer)),
        })
    }
}

/// One text held against a schema.
struct Run<'a> {
    schema: &'a Schema,
    steps: Cell<usize>,
}

impl Run<'_> {
    fn check(&self, schema: &Value, value: &Value, depth: usize) -> Verdict {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS || depth > MAX_DEPTH {
            return Err(Failure::TooMuch);
        }
        let Value::Object(keywords) = schema else {
            return expect(schema != &Value::Bool(false), || "is not allowed".into());
        };
        for (keyword, argument) in keywords {
            self.check_keyword(keywords, keyword, argument, value, depth + 1)?;
        }
        Ok(())
    }

    /// Whether `value` conforms, unless that takes too long.
    fn conforms(&self, schema: &Value, value: &Value, depth: usize) -> Result<bool, Failure> {
        match self.check(schema, value, depth) {
            Ok(()) => Ok(true),
            Err(Failure::Mismatch { .. }) => Ok(false),
            Err(Failure::TooMuch) => Err(Failure::TooMuch),
        }
    }

    fn check_keyword(
        &self,
        keywords: &Map<String, Value>,
        keyword: &str,
        argument: &Value,
        value: &Value,
        depth: usize,
    ) -> Verdict {
        let count = |schemas: &Value| -> Result<usize, Failure> {
            let mut count = 0;
            for schema in schemas.as_array().into_iter().flatten() {
                count += usize::from(self.conforms(schema, value, depth)?);
            }
            Ok(count)
        };
        match (keyword, value) {
            ("$ref", _) => match argument.as_str().and_then(|to| self.schema.target(to)) {
                Some(target) => self.check(target, value, depth),
                None => Ok(()),
            },
            ("type", _) => {
                let is = |name: &Value| name.as_str().is_some_and(|name| is_type(value, name));
                let holds = argument.as_array().map_or_else(|| is(argument), |l| l.iter().any(is));
                expect(holds, || format!("is {}; expected type {argument}", short(value)))
            }
            ("enum", _) => {
                let holds = argument.as_array().is_some_and(|l| l.iter().any(|v| equal(v, value)));
                expect(holds, || format!("is {}; expected one of {argument}", short(value)))
            }
            ("const", _) => expect(equal(argument, value), || {
                format!("is {}; expected {}", short(value), short(argument))
            }),
            ("allOf", _) => {
                let mut schemas = argument.as_array().into_iter().flatten();
                schemas.try_for_each(|schema| self.check(schema, value, depth))
            }
            ("anyOf", _) => expect(count(argument)? > 0, || "fits no schema of anyOf".into()),
            ("oneOf", _) => {
                let count = count(argument)?;
                expect(count == 1, || format!("fits {count} schemas of oneOf; expected one"))
            }
            ("not", _) => {
                let holds = !self.conforms(argument, value, depth)?;
                expect(holds, || "fits the schema under not".into())
            }
            ("if", _) => {
                let branch = if self.conforms(argument, value, depth)? { "then" } else { "else" };
                keywords.get(branch).map_or(Ok(()), |schema| self.check(schema, value, depth))
            }
            (_, Value::Object(members)) => {
                self.check_object(keywords, keyword, argument, members, depth)
            }
            (_, Value::Array(items)) => self.check_array(keywords, keyword, argument, items, depth),
            (_, Value::String(text)) => self.check_string(keyword, argument, text),
            (_, Value::Number(number)) => {
                check_number(keyword, argument, number.as_f64().unwrap_or(f64::MAX))
            }
            _ => Ok(()),
        }
    }

    fn check_object(
        &self,
        keywords: &Map<String, Value>,
        keyword: &str,
        argument: &Value,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Verdict {
        let has_all = |names: &Value| {
            let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
            let missing = names.into_iter().find(|name| !members.contains_key(*name));
            missing.map_or(Ok(()), |name| mismatch(format!("has no member {}", quoted(name))))
        };
        let member = |name: &str, schema: &Value, value: &Value| {
            self.check(schema, value, depth).map_err(|failure| failure.within(name))
        };
        match keyword {
            "properties" => {
                let schemas = argument.as_object().into_iter().flatten();
                let mut pairs = schemas.filter_map(|(name, s)| Some((name, s, members.get(name)?)));
                pairs.try_for_each(|(name, schema, value)| member(name, schema, value))
            }
            "patternProperties" => {
                for (pattern, schema) in argument.as_object().into_iter().flatten() {
                    let mut own = members.iter().filter(|m| self.schema.matches(pattern, m.0));
                    own.try_for_each(|(name, value)| member(name, schema, value))?;
                }
                Ok(())
            }
            "additionalProperties" => {
                let named = keywords.get("properties").and_then(Value::as_object);
                let patterns = keywords.get("patternProperties").and_then(Value::as_object);
                let is_named = |name: &str| {
                    named.is_some_and(|named| named.contains_key(name))
                        || patterns.is_some_and(|p| p.keys().any(|p| self.schema.matches(p, name)))
                };
                let mut rest = members.iter().filter(|(name, _)| !is_named(name));
                rest.try_for_each(|(name, value)| member(name, argument, value))
            }
            "propertyNames" => members
                .keys()
                .try_for_each(|name| member(name, argument, &Value::String(name.clone()))),
            "required" => has_all(argument),
            "dependentRequired" => {
                let lists = argument.as_object().into_iter().flatten();
                let mut own = lists.filter(|(name, _)| members.contains_key(*name));
                own.try_for_each(|(_, names)| has_all(names))
            }
            "minProperties" | "maxProperties" => {
                check_count(keyword, argument, members.len(), "members")
            }
            _ => Ok(()),
        }
    }

    fn check_array(
        &self,
        keywords: &Map<String, Value>,
        keyword: &str,
        argument: &Value,
        items: &[Value],
        depth: usize,
    ) -> Verdict {
        let item = |i: usize, schema: &Value, value: &Value| {
            self.check(schema, value, depth).map_err(|failure| failure.within(&i.to_string()))
        };
        match keyword {
            "prefixItems" => {
                let schemas = argument.as_array().into_iter().flatten();
                let mut pairs = schemas.zip(items).enumerate();
                pairs.try_for_each(|(i, (schema, value))| item(i, schema, value))
            }
            "items" => {
                let prefix = keywords.get("prefixItems").and_then(Value::as_array);
                let mut rest = items.iter().enumerate().skip(prefix.map_or(0, Vec::len));
                rest.try_for_each(|(i, value)| item(i, argument, value))
            }
            "contains" => {
                for value in items {
                    if self.conforms(argument, value, depth)? {
                        return Ok(());
                    }
                }
                mismatch("has no item that fits contains".into())
            }
            "minItems" | "maxItems" => check_count(keyword, argument, items.len(), "items"),
            "uniqueItems" if argument == &Value::Bool(true) => {
                let mut seen = BTreeSet::new();
                let unique = items.iter().all(|item| seen.insert(canonical(item)));
                expect(unique, || "has an item twice".into())
            }
            _ => Ok(()),
        }
    }

    fn check_string(&self, keyword: &str, argument: &Value, text: &str) -> Verdict {
        match (keyword, argument.as_str()) {
            ("minLength" | "maxLength", _) => {
                check_count(keyword, argument, text.chars().count(), "characters")
            }
            ("pattern", Some(pattern)) => expect(self.schema.matches(pattern, text), || {
                format!("is {}; expected a match of {}", quoted(text), quoted(pattern))
            }),
            _ => Ok(()),
        }
    }
}

impl Failure {
    fn within(self, step: &str) -> Self {
        match self {
            Self::Mismatch { pointer, problem } => {
                let step = step.replace('~', "~0").replace('/', "~1");
                Self::Mismatch { pointer: format!("/{step}{pointer}"), problem }
            }
            Self::TooMuch => self,
        }
    }
}

fn mismatch(problem: String) -> Verdict {
    Err(Failure::Mismatch { pointer: String::new(), problem })
}

fn expect(holds: bool, problem: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { mismatch(problem()) }
}

fn check_count(keyword: &str, limit: &Value, count: usize, things: &str) -> Verdict {
    let limit = limit.as_u64().unwrap_or_default();
    let least = keyword.starts_with("min");
    let holds = if least { count as u64 >= limit } else { count as u64 <= limit };
    let bound = if least { "at least" } else { "at most" };
    expect(holds, || format!("has {count} {things}; expected {bound} {limit}"))
}

fn check_number(keyword: &str, argument: &Value, number: f64) -> Verdict {
    let Some(limit) = argument.as_f64() else { return Ok(()) };
    let (holds, bound) = match keyword {
        "minimum" => (number >= limit, "at least"),
        "maximum" => (number <= limit, "at most"),
        "exclusiveMinimum" => (number > limit, "more than"),
        "exclusiveMaximum" => (number < limit, "less than"),
        "multipleOf" => {
            let times = number / limit;
            ((times - times.round()).abs() <= 1e-9 * times.abs().max(1.0), "a multiple of")
        }
        _ => return Ok(()),
    };
    expect(holds, || format!("is {number}; expected {bound} {limit}"))
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        _ => value.as_f64().is_some_and(|number| number.fract() == 0.0),
    }
}

/// A text that equal values share: numbers by value, members in order of their names.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (None, Some(float)) if float.fract() == 0.0 && float.abs() < 9e15 => {
                format!("{}", float as i64)
            }
            _ => number.to_string(),
        },
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let members: BTreeMap<&String, String> =
                members.iter().map(|(name, value)| (name, canonical(value))).collect();
            format!("{members:?}")
        }
        other => other.to_string(),
    }
}
