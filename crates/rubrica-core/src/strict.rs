//! Reading of JSON values that takes nothing for something else.
//!
//! A derived reader of a record also takes a list, whose items it gives to the fields by their position, and
//! passes over members that it does not know. Here a record is an object, and where asked for, a member whose
//! name is nearly that of a field is refused instead of passed over.

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::nearest::nearest;

type JsonError = serde_json::Error;

/// A value whose records are objects.
#[derive(Clone, Copy)]
pub(crate) struct Strict<'a> {
    value: &'a Value,
    /// Whether names of members that are nearly those of fields are refused.
    spelling: bool,
}

impl<'a> Strict<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self { value, spelling: false }
    }

    /// Refuses misspelt members of records as well.
    pub(crate) fn with_spelling(value: &'a Value) -> Self {
        Self { value, spelling: true }
    }

    fn inner(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    fn map(self, members: &'a Map<String, Value>) -> Members<'a> {
        Members { members: members.iter(), value: None, spelling: self.spelling }
    }

    /// The members of an object.
    pub(crate) fn members(members: &'a Map<String, Value>) -> Members<'a> {
        Members { members: members.iter(), value: None, spelling: false }
    }
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(truth) => visitor.visit_bool(*truth),
            Value::Number(number) => number.deserialize_any(visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => {
                let mut rest = Items { items: items.iter(), of: self };
                let found = visitor.visit_seq(&mut rest)?;
                match rest.items.len() {
                    0 => Ok(found),
                    _ => Err(JsonError::invalid_length(items.len(), &"fewer items")),
                }
            }
            Value::Object(members) => visitor.visit_map(self.map(members)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let Value::Object(members) = self.value else {
            // What a record is called inside says nothing to whoever wrote the value.
            return Err(JsonError::invalid_type(unexpected(self.value), &"an object"));
        };
        if self.spelling
            && let Some((name, meant)) = misspelt(members, fields)
        {
            let message = format!("unknown field `{name}`; expected `{meant}`");
            return Err(JsonError::custom(message));
        }
        visitor.visit_map(self.map(members))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self.value {
            Value::String(name) => visitor.visit_enum(BorrowedStrDeserializer::new(name)),
            Value::Object(members) if members.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(self.map(members)))
            }
            other => Err(JsonError::invalid_type(unexpected(other), &"a name")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// A member whose name is nearly that of a field, and that field.
fn misspelt<'m>(
    members: &'m Map<String, Value>,
    fields: &[&'static str],
) -> Option<(&'m str, &'static str)> {
    members.keys().find_map(|name| {
        let known = fields.contains(&name.as_str());
        let meant = (!known).then(|| nearest(name, fields))??;
        // Where the field is there, the other is none.
        (!members.contains_key(meant)).then_some((name.as_str(), meant))
    })
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(truth) => Unexpected::Bool(*truth),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => Unexpected::Unsigned(whole),
            (_, Some(whole)) => Unexpected::Signed(whole),
            _ => Unexpected::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

/// The items that were not read yet.
struct Items<'a> {
    items: std::slice::Iter<'a, Value>,
    of: Strict<'a>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = JsonError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, JsonError> {
        self.items.next().map(|item| seed.deserialize(self.of.inner(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The members that were not read yet.
pub(crate) struct Members<'a> {
    members: serde_json::map::Iter<'a>,
    value: Option<&'a Value>,
    spelling: bool,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        let Some((name, value)) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Key(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonError> {
        // Never null in its place: serde asks for a value after its key.
        let value = self.value.take().unwrap_or(&Value::Null);
        seed.deserialize(Strict { value, spelling: self.spelling })
    }
}

/// The name of a member, also where a map is keyed by whole numbers.
struct Key<'a>(&'a str);

macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
            match self.0.parse::<i64>() {
                Ok(number) => visitor.visit_i64(number),
                Err(_) => visitor.visit_borrowed_str(self.0),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_borrowed_str(self.0)
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Part {
        name: String,
        #[serde(default)]
        size: Option<f64>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Whole {
        #[serde(default)]
        by_number: std::collections::BTreeMap<i32, Kind>,
        parts: Vec<Part>,
        kind: Kind,
        pair: (u8, i8),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Made { by: String },
        Of(Part),
    }

    fn read(value: &Value) -> Result<Whole, JsonError> {
        Whole::deserialize(Strict::with_spelling(value))
    }

    #[test]
    fn what_is_right_is_read() {
        for (kind, expected) in [
            (json!("plain"), Kind::Plain),
            (json!({"made": {"by": "x"}}), Kind::Made { by: "x".into() }),
            (json!({"of": {"name": "y"}}), Kind::Of(Part { name: "y".into(), size: None })),
        ] {
            let value = json!({"parts": [{"name": "a", "size": 1, "colour": "red"},
                {"name": "b", "size": null}], "kind": kind, "pair": [1, -2],
                "by_number": {"-3": "plain"}});
            let found = read(&value).expect("right");
            assert_eq!((found.parts[0].size, found.parts[1].size), (Some(1.0), None));
            assert_eq!((found.kind, found.pair), (expected, (1, -2)));
            assert_eq!(found.by_number[&-3], Kind::Plain);
        }
    }

    #[test]
    fn lists_are_no_records_at_any_depth() {
        let good = json!({"parts": [{"name": "a"}], "kind": "plain", "pair": [1, 2]});
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            changed
        };
        for value in [
            json!([[{"name": "a"}], "plain", [1, 2]]),
            with("parts", json!([["a", 1]])),
            with("parts", json!(["a"])),
            with("kind", json!({"of": ["y", 1]})),
        ] {
            let message = read(&value).expect_err("a list").to_string();
            assert!(message.contains("expected an object"), "{value}: {message}");
        }
        for value in [with("pair", json!([1, 2, 3])), with("kind", json!(["plain"]))] {
            assert!(read(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn misspelt_members_are_refused_where_asked_for() {
        let value = json!({"parts": [{"name": "a", "sise": 2}], "kind": "plain", "pair": [1, 2]});
        let message = read(&value).expect_err("misspelt").to_string();
        assert_eq!(message, "unknown field `sise`; expected `size`");
        assert!(Whole::deserialize(Strict::new(&value)).is_ok());
    }
}
