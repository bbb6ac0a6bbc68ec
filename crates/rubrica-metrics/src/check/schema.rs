//! JSON Schema, the part of draft 2020-12 that descriptions of data use.
//!
//! Keywords: `type enum const`, `properties patternProperties additionalProperties propertyNames
//! required dependentRequired minProperties maxProperties`, `items prefixItems contains minItems
//! maxItems uniqueItems`, `minLength maxLength pattern`, `minimum maximum exclusiveMinimum
//! exclusiveMaximum multipleOf`, `allOf anyOf oneOf not if then else`, and `$ref` to a place in the
//! same document. `format` and words for people are let through; any other keyword is an error, since
//! leaving it out would accept what it forbids.

mod run;

use std::collections::BTreeMap;

use rubrica_core::{Error, Result};
use serde_json::Value;

use super::outcome::quoted;
use super::pattern::Pattern;

const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

/// A schema that was looked through.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    root: Value,
    patterns: BTreeMap<String, Pattern>,
}

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
