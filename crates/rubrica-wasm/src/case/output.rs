//! Struct fields renamed to `camelCase` on the way out of any serializer.

use serde::Serialize;
use serde::ser::{
    Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::camel;

/// Whether a number of JavaScript can be this whole number.
fn held<E: serde::ser::Error>(value: impl std::fmt::Display, size: u64) -> Result<(), E> {
    // `Number.MAX_SAFE_INTEGER`.
    if size < 1 << 53 {
        return Ok(());
    }
    Err(E::custom(format_args!("{value} can't be represented as a JavaScript number")))
}

/// A serializer (or what one of its compounds is written to) that renames struct fields.
///
/// Keys of maps that are numbers become text, as in JSON: JavaScript objects have no other keys.
pub struct CamelCase<S>(pub S);

/// A value that is written through [`CamelCase`] wherever it is written.
struct Renamed<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for Renamed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(CamelCase(serializer))
    }
}

macro_rules! forward {
    ($($method:ident: $kind:ty,)*) => {
        $(fn $method(self, value: $kind) -> Result<S::Ok, S::Error> {
            self.0.$method(value)
        })*
    };
}

impl<S: Serializer> Serializer for CamelCase<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = CamelCase<S::SerializeSeq>;
    type SerializeTuple = CamelCase<S::SerializeTuple>;
    type SerializeTupleStruct = CamelCase<S::SerializeTupleStruct>;
    type SerializeTupleVariant = CamelCase<S::SerializeTupleVariant>;
    type SerializeMap = CamelCase<S::SerializeMap>;
    type SerializeStruct = CamelCase<S::SerializeStruct>;
    type SerializeStructVariant = CamelCase<S::SerializeStructVariant>;

    forward! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
        serialize_str: &str,
        serialize_bytes: &[u8],
        serialize_unit_struct: &'static str,
    }

    fn serialize_i64(self, value: i64) -> Result<S::Ok, S::Error> {
        held(value, value.unsigned_abs())?;
        self.0.serialize_i64(value)
    }

    fn serialize_u64(self, value: u64) -> Result<S::Ok, S::Error> {
        held(value, value)?;
        self.0.serialize_u64(value)
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Renamed(value))
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Renamed(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Renamed(value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(CamelCase)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(len).map(CamelCase)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, len).map(CamelCase)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0.serialize_tuple_variant(name, index, variant, len).map(CamelCase)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(CamelCase)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(CamelCase)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0.serialize_struct_variant(name, index, variant, len).map(CamelCase)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! sequences {
    ($($kind:ident::$method:ident,)*) => {
        $(impl<C: $kind> $kind for CamelCase<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                self.0.$method(&Renamed(value))
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.0.end()
            }
        })*
    };
}

sequences! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! structs {
    ($($kind:ident,)*) => {
        $(impl<C: $kind> $kind for CamelCase<C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                self.0.serialize_field(camel(key), &Renamed(value))
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.0.skip_field(camel(key))
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.0.end()
            }
        })*
    };
}

structs! {
    SerializeStruct,
    SerializeStructVariant,
}

impl<C: SerializeMap> SerializeMap for CamelCase<C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), C::Error> {
        self.0.serialize_key(&AsText(key))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        self.0.serialize_value(&Renamed(value))
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.0.end()
    }
}

/// The key of a map, as text.
struct AsText<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Serialize for AsText<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(KeySerializer(serializer))
    }
}

/// Writes text and whole numbers as text, and refuses the rest.
struct KeySerializer<S>(S);

macro_rules! key_text {
    ($($method:ident: $kind:ty,)*) => {
        $(fn $method(self, value: $kind) -> Result<S::Ok, S::Error> {
            self.0.collect_str(&value)
        })*
    };
}

macro_rules! key_error {
    ($($method:ident($($argument:ty),*) -> $ok:ty,)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, S::Error> {
            Err(not_a_key())
        })*
    };
}

fn not_a_key<E: serde::ser::Error>() -> E {
    E::custom("key of a map is neither text nor a whole number")
}

impl<S: Serializer> Serializer for KeySerializer<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Impossible<S::Ok, S::Error>;
    type SerializeTuple = Impossible<S::Ok, S::Error>;
    type SerializeTupleStruct = Impossible<S::Ok, S::Error>;
    type SerializeTupleVariant = Impossible<S::Ok, S::Error>;
    type SerializeMap = Impossible<S::Ok, S::Error>;
    type SerializeStruct = Impossible<S::Ok, S::Error>;
    type SerializeStructVariant = Impossible<S::Ok, S::Error>;

    key_text! {
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_bool: bool,
        serialize_char: char,
    }

    fn serialize_str(self, value: &str) -> Result<S::Ok, S::Error> {
        self.0.serialize_str(value)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        value.serialize(self)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("key of a map is optional"))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        Err(not_a_key())
    }

    key_error! {
        serialize_f32(f32) -> S::Ok,
        serialize_f64(f64) -> S::Ok,
        serialize_bytes(&[u8]) -> S::Ok,
        serialize_none() -> S::Ok,
        serialize_unit() -> S::Ok,
        serialize_unit_struct(&'static str) -> S::Ok,
        serialize_seq(Option<usize>) -> Self::SerializeSeq,
        serialize_tuple(usize) -> Self::SerializeTuple,
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeTupleVariant,
        serialize_map(Option<usize>) -> Self::SerializeMap,
        serialize_struct(&'static str, usize) -> Self::SerializeStruct,
        serialize_struct_variant(&'static str, u32, &'static str, usize)
            -> Self::SerializeStructVariant,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rubrica::core::{
        Criterion, CriterionJudgment, Evidence, Message, Role, Rubric, Sample, Scale, Score,
    };
    use serde_json::{Value, json};

    use super::*;

    fn written<T: Serialize>(value: &T) -> Value {
        value.serialize(CamelCase(serde_json::value::Serializer)).expect("serializes")
    }

    #[derive(Serialize)]
    struct Outer {
        top_level: Option<Inner>,
        one_of_many: Vec<Many>,
        by_name: BTreeMap<String, Inner>,
        by_number: BTreeMap<i32, (u8, Inner)>,
        #[serde(rename = "kept_apart")]
        renamed: bool,
    }

    #[derive(Serialize, Clone)]
    struct Inner {
        deep_field: u8,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Many {
        UnitOne,
        NewType(Inner),
        StructLike { its_field: u8 },
    }

    #[test]
    fn fields_are_renamed_at_every_depth_and_keys_are_not() {
        let inner = Inner { deep_field: 1 };
        let outer = Outer {
            top_level: Some(inner.clone()),
            one_of_many: vec![
                Many::UnitOne,
                Many::NewType(inner.clone()),
                Many::StructLike { its_field: 2 },
            ],
            by_name: BTreeMap::from([("user_key".to_owned(), inner.clone())]),
            by_number: BTreeMap::from([(-3, (0, inner))]),
            renamed: true,
        };
        assert_eq!(
            written(&outer),
            json!({
                "topLevel": {"deepField": 1},
                "oneOfMany": [
                    "unit_one",
                    {"new_type": {"deepField": 1}},
                    {"struct_like": {"itsField": 2}},
                ],
                "byName": {"user_key": {"deepField": 1}},
                "byNumber": {"-3": [0, {"deepField": 1}]},
                "keptApart": true,
            })
        );
    }

    #[derive(Serialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Tagged {
        OneKind { its_field: u8 },
        OtherKind(Inner),
    }

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Untagged {
        Full { its_field: u8 },
        Inner(Inner),
    }

    #[derive(Serialize)]
    #[serde(tag = "the_tag", content = "the_content", rename_all = "snake_case")]
    enum Adjacent {
        OneKind { its_field: u8 },
    }

    #[test]
    fn enums_of_every_representation() {
        let inner = || Inner { deep_field: 1 };
        let tagged = (Tagged::OneKind { its_field: 2 }, Tagged::OtherKind(inner()));
        assert_eq!(
            written(&tagged),
            json!([{"kind": "one_kind", "itsField": 2}, {"kind": "other_kind", "deepField": 1}])
        );
        let untagged = (Untagged::Full { its_field: 2 }, Untagged::Inner(inner()));
        assert_eq!(written(&untagged), json!([{"itsField": 2}, {"deepField": 1}]));
        assert_eq!(
            written(&Adjacent::OneKind { its_field: 2 }),
            json!({"theTag": "one_kind", "theContent": {"itsField": 2}})
        );
    }

    #[test]
    fn whole_numbers_that_javascript_cannot_hold_are_refused() {
        let write = |value: i64| value.serialize(CamelCase(serde_json::value::Serializer));
        let most = (1_i64 << 53) - 1;
        assert_eq!(write(most).expect("held"), json!(most));
        assert_eq!(write(-most).expect("held"), json!(-most));
        for value in [most + 1, -most - 1, i64::MIN] {
            let error = write(value).expect_err("too large").to_string();
            assert_eq!(error, format!("{value} can't be represented as a JavaScript number"));
        }
    }

    #[derive(Serialize)]
    struct Flattened {
        own_field: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    #[test]
    fn what_flattens_is_a_map_and_keeps_its_keys() {
        let rest = BTreeMap::from([("user_key".to_owned(), 2)]);
        let flattened = Flattened { own_field: 1, rest };
        assert_eq!(written(&flattened), json!({"own_field": 1, "user_key": 2}));
    }

    #[test]
    fn records_of_the_core() {
        let judgment = CriterionJudgment {
            criterion: "clarity".into(),
            score: Score::from(f64::NAN),
            distribution: None,
            interval: None,
            weight: 1.0,
        };
        let json = written(&judgment);
        assert_eq!((&json["score"], &json["error"]["code"]), (&Value::Null, &json!("not_finite")));

        let mut rubric = Rubric::single(Criterion::new("clarity", "Is it clear?"));
        rubric.criteria[0].scale = Scale::likert(1, 3);
        rubric.criteria[0].scale.anchors.insert(1, "no_no".into());
        let json = written(&rubric);
        assert_eq!(json["criteria"][0]["scale"]["anchors"], json!({"1": "no_no"}));
        assert_eq!(json["aggregate"], "weighted_mean");

        let mut sample = Sample::new("Why?", "Because.");
        sample.messages.push(Message { role: Role::User, content: "Hi".into() });
        sample.metadata.insert("my_key".into(), json!({"inner_key": 1}));
        assert_eq!(written(&sample)["metadata"], json!({"my_key": {"inner_key": 1}}));

        let evidence = Evidence::Metric { metric: "bleu".into(), value: 1.0, limit: 2.0 };
        assert_eq!(
            written(&evidence),
            json!({"kind": "metric", "metric": "bleu", "value": 1.0, "limit": 2.0})
        );
    }

    #[test]
    fn keys_that_are_no_text_are_refused() {
        let map = BTreeMap::from([(vec![1], 1)]);
        let error = map.serialize(CamelCase(serde_json::value::Serializer)).expect_err("a list");
        assert_eq!(error.to_string(), "key of a map is neither text nor a whole number");
    }
}
