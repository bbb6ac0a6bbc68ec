//! JSON Schema, the part of draft 2020-12 that descriptions of data use.
//!
//! Keywords: `type enum const`, `properties patternProperties additionalProperties propertyNames
//! required dependentRequired minProperties maxProperties`, `items prefixItems contains minItems
//! maxItems uniqueItems`, `minLength maxLength pattern`, `minimum maximum exclusiveMinimum
//! exclusiveMaximum multipleOf`, `allOf anyOf oneOf not if then else`, and `$ref` to a place in the
//! same document. `format` and words for people are let through; any other keyword is an error, since
//! leaving it out would accept what it forbids.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::{Error, Result};
use serde_json::{Map, Value};

use super::json::equal;
use super::outcome::quoted;
use super::pattern::Pattern;

/// Schemas that one text may be held against, so that references that fan out come to an end.
const MAX_STEPS: usize = 1_000_000;

/// Schemas within each other, so that references in a circle come to an end.
const MAX_DEPTH: usize = 200;

const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

/// A schema that was looked through.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    root: Value,
    patterns: BTreeMap<String, Pattern>,
}

/// Why a value does not conform.
enum Failure {
    Mismatch { pointer: String, problem: String },
    TooMuch,
}

type Verdict = Result<(), Failure>;

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of a keyword that is unknown or malformed.
    pub(super) fn new(schema: &Value) -> Result<Self> {
        let mut read = Self { root: schema.clone(), patterns: BTreeMap::new() };
        read.inspect(schema, "")?;
        Ok(read)
    }

    /// Nothing when `value` conforms, or else where it does not and why.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
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

    fn inspect(&mut self, schema: &Value, path: &str) -> Result<()> {
        let Value::Object(keywords) = schema else {
            return match schema {
                Value::Bool(_) => Ok(()),
                other => Err(wrong(path, other, "a schema: an object or a boolean")),
            };
        };
        for (keyword, value) in keywords {
            let at = if path.is_empty() { keyword.clone() } else { format!("{path}.{keyword}") };
            self.inspect_keyword(keyword, value, &at)?;
        }
        Ok(())
    }

    fn inspect_keyword(&mut self, keyword: &str, value: &Value, at: &str) -> Result<()> {
        let strings =
            |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        let need = |holds: bool, expected: &str| {
            if holds { Ok(()) } else { Err(wrong(at, value, expected)) }
        };
        match keyword {
            "$schema" | "$id" | "$comment" | "title" | "description" | "default" | "examples"
            | "deprecated" | "readOnly" | "writeOnly" | "format" | "const" => Ok(()),
            "$ref" => {
                let target = value.as_str().and_then(|pointer| self.target(pointer));
                need(target.is_some(), "`#` or `#/...`, a place in this schema")
            }
            "type" => {
                let known = |name: &Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
                let list = value.as_array().is_some_and(|list| list.iter().all(known));
                need(list || known(value), &format!("some of {}", TYPES.join(", ")))
            }
            "properties" | "$defs" | "definitions" | "patternProperties" => {
                let Value::Object(schemas) = value else {
                    return Err(wrong(at, value, "an object of schemas"));
                };
                for (name, schema) in schemas {
                    if keyword == "patternProperties" {
                        self.add_pattern(name, at)?;
                    }
                    self.inspect(schema, &format!("{at}.{name}"))?;
                }
                Ok(())
            }
            "prefixItems" | "allOf" | "anyOf" | "oneOf" => {
                let Value::Array(schemas) = value else {
                    return Err(wrong(at, value, "a list of schemas"));
                };
                need(!schemas.is_empty(), "at least one schema")?;
                let mut schemas = schemas.iter().enumerate();
                schemas.try_for_each(|(i, schema)| self.inspect(schema, &format!("{at}[{i}]")))
            }
            "items"
            | "additionalProperties"
            | "propertyNames"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else" => self.inspect(value, at),
            "required" => need(strings(value), "a list of strings"),
            "dependentRequired" => {
                let lists = value.as_object().is_some_and(|lists| lists.values().all(strings));
                need(lists, "an object of lists of strings")
            }
            "enum" => need(value.is_array(), "a list"),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                need(value.is_number(), "a number")
            }
            "multipleOf" => need(value.as_f64().is_some_and(|by| by > 0.0), "a number above 0"),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => need(value.is_u64(), "a whole number, at least 0"),
            "uniqueItems" => need(value.is_boolean(), "a boolean"),
            "pattern" => match value.as_str() {
                Some(pattern) => self.add_pattern(pattern, at),
                None => Err(wrong(at, value, "a string")),
            },
            _ => {
                let expected = "a keyword that is supported, such as `type` or `properties`";
                Err(Error::invalid(at, "is a keyword that is not supported", expected))
            }
        }
    }

    fn add_pattern(&mut self, pattern: &str, at: &str) -> Result<()> {
        let compiled = Pattern::new(pattern)
            .map_err(|message| Error::Parse { path: at.to_owned(), message })?;
        self.patterns.insert(pattern.to_owned(), compiled);
        Ok(())
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        self.patterns.get(pattern).is_some_and(|pattern| pattern.is_match(text))
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

fn short(value: &Value) -> String {
    quoted(&value.to_string())
}

fn wrong(path: &str, value: &Value, expected: &str) -> Error {
    Error::invalid(path, format!("is {}", short(value)), expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, good: &[Value], bad: &[Value]) {
        let read = Schema::new(&schema).expect("valid schema");
        for value in good {
            assert_eq!(read.check(value), Ok(()), "{schema}: {value}");
        }
        for value in bad {
            assert!(read.check(value).is_err(), "{schema}: {value}");
        }
    }

    #[test]
    fn keywords() {
        let i = |values: &[i64]| values.iter().map(|v| json!(v)).collect::<Vec<_>>();
        check(json!({"type": "integer"}), &[json!(1), json!(1.0)], &[json!(1.5), json!("1")]);
        check(json!({"type": ["null", "array"]}), &[json!(null), json!([])], &[json!({})]);
        check(json!({"minimum": 1, "exclusiveMaximum": 3}), &i(&[1, 2]), &i(&[0, 3]));
        check(json!({"multipleOf": 0.1}), &[json!(0.3), json!("x")], &[json!(0.35)]);
        check(json!({"enum": [1, "a"]}), &[json!(1.0), json!("a")], &[json!("b")]);
        check(json!({"const": {"a": [1]}}), &[json!({"a": [1.0]})], &[json!({"a": []})]);
        check(
            json!({"minLength": 2, "maxLength": 2}),
            &[json!("é😀")],
            &[json!("a"), json!("abc")],
        );
        check(json!({"pattern": "^a+$"}), &[json!("aa"), json!(3)], &[json!("ba")]);
        check(
            json!({"prefixItems": [{"type": "string"}], "items": {"type": "number"}, "maxItems": 3}),
            &[json!(["a", 1, 2]), json!([])],
            &[json!([1]), json!(["a", "b"]), json!(["a", 1, 2, 3])],
        );
        check(json!({"uniqueItems": true}), &[json!([1, "1"])], &[json!([1, 1.0])]);
        check(json!({"contains": {"const": 1}}), &[json!([0, 1])], &[json!([0]), json!([])]);
        check(
            json!({"properties": {"a": {"type": "number"}}, "patternProperties": {"^x_": true},
                   "additionalProperties": false, "required": ["a"], "maxProperties": 2}),
            &[json!({"a": 1, "x_b": null})],
            &[
                json!({}),
                json!({"a": "1"}),
                json!({"a": 1, "b": 2}),
                json!({"a": 1, "x_1": 1, "x_2": 2}),
            ],
        );
        check(json!({"propertyNames": {"maxLength": 1}}), &[json!({"a": 1})], &[json!({"ab": 1})]);
        check(json!({"dependentRequired": {"a": ["b"]}}), &[json!({"b": 1})], &[json!({"a": 1})]);
        check(json!({"anyOf": [{"const": 1}, {"const": 2}]}), &i(&[1, 2]), &i(&[3]));
        check(json!({"oneOf": [{"minimum": 1}, {"minimum": 2}]}), &i(&[1]), &i(&[0, 2]));
        check(
            json!({"allOf": [{"minimum": 1}, {"maximum": 2}], "not": {"const": 2}}),
            &i(&[1]),
            &i(&[2]),
        );
        check(
            json!({"if": {"minimum": 5}, "then": {"multipleOf": 5}, "else": {"maximum": 3}}),
            &i(&[3, 10]),
            &i(&[4, 7]),
        );
        check(json!(true), &[json!(1)], &[]);
        check(json!(false), &[], &[json!(1)]);
    }

    #[test]
    fn references() {
        let tree = json!({
            "$defs": {"node": {"type": "object", "required": ["v"], "properties": {
                "v": {"type": "number"}, "next": {"$ref": "#/$defs/node"}}}},
            "$ref": "#/$defs/node",
        });
        check(
            tree.clone(),
            &[json!({"v": 1, "next": {"v": 2}})],
            &[json!({"v": 1, "next": {"v": "2"}})],
        );
        let wrong =
            Schema::new(&tree).expect("valid").check(&json!({"v": 1, "next": {"next": {}}}));
        assert_eq!(wrong.expect_err("no v"), "`/next/next` has no member `v`");
        let circle = Schema::new(&json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}]})).expect("valid");
        assert!(circle.check(&json!(1)).expect_err("circle").contains("levels"));
        let wide = json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}, {"const": 0}]});
        assert!(Schema::new(&wide).expect("valid").check(&json!(1)).is_err());
    }

    #[test]
    fn mistakes_name_their_place() {
        for (schema, path) in [
            (json!({"properties": {"a": {"minimun": 1}}}), "properties.a.minimun"),
            (json!({"type": "int"}), "type"),
            (json!({"anyOf": [{"pattern": "("}]}), "anyOf[0].pattern"),
            (json!({"$ref": "other.json"}), "$ref"),
            (json!({"$ref": "#/$defs/a"}), "$ref"),
            (json!({"items": [1]}), "items"),
            (json!({"unevaluatedProperties": false}), "unevaluatedProperties"),
        ] {
            let error = Schema::new(&schema).expect_err("a mistake");
            assert_eq!(error.path(), Some(path), "{schema}: {error}");
        }
    }
}
