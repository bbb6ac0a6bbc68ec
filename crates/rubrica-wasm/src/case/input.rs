//! Struct fields renamed from `camelCase` on the way in from any deserializer.

use std::fmt;

use serde::Deserialize;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::camel;
use rubrica::core::nearest;

type Fields = &'static [&'static str];

/// A deserializer that reads struct fields in `camelCase`.
///
/// `snake_case` for a field of several words is an error even where unknown fields are not: it
/// would be ignored otherwise, and never on purpose.
pub struct CamelCase<D>(pub D);

/// The error of a [`CamelCase`] deserializer: that of the one inside, with fields in the caller's
/// spelling.
#[derive(Debug)]
pub struct Renamed<E>(E);

impl<E> Renamed<E> {
    /// The error of the deserializer inside.
    pub fn into_inner(self) -> E {
        self.0
    }
}

impl<E: fmt::Display> fmt::Display for Renamed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: std::error::Error> std::error::Error for Renamed<E> {}

impl<E: de::Error> de::Error for Renamed<E> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(E::custom(message))
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(E::invalid_type(unexpected, expected))
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self(E::invalid_value(unexpected, expected))
    }

    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self(E::invalid_length(length, expected))
    }

    fn unknown_variant(variant: &str, expected: Fields) -> Self {
        Self(E::unknown_variant(variant, expected))
    }

    fn unknown_field(field: &str, expected: Fields) -> Self {
        let mut names: Vec<String> = expected.iter().map(|f| format!("`{}`", camel(f))).collect();
        // An alias may spell what renaming gives anyway.
        names.dedup();
        Self(E::custom(match names.as_slice() {
            [] => format!("unknown field `{field}`, there are no fields"),
            [one] => format!("unknown field `{field}`, expected {one}"),
            many => format!("unknown field `{field}`, expected one of {}", many.join(", ")),
        }))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(E::missing_field(camel(field)))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self(E::duplicate_field(camel(field)))
    }
}

macro_rules! forward {
    ($($method:ident($($name:ident: $kind:ty),*),)*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($name: $kind,)*
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0.$method($($name,)* Visit { visitor, fields: None }).map_err(Renamed)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for CamelCase<D> {
    type Error = Renamed<D::Error>;

    forward! {
        deserialize_any(),
        deserialize_bool(),
        deserialize_i8(),
        deserialize_i16(),
        deserialize_i32(),
        deserialize_i64(),
        deserialize_i128(),
        deserialize_u8(),
        deserialize_u16(),
        deserialize_u32(),
        deserialize_u64(),
        deserialize_u128(),
        deserialize_f32(),
        deserialize_f64(),
        deserialize_char(),
        deserialize_str(),
        deserialize_string(),
        deserialize_bytes(),
        deserialize_byte_buf(),
        deserialize_option(),
        deserialize_unit(),
        deserialize_unit_struct(name: &'static str),
        deserialize_newtype_struct(name: &'static str),
        deserialize_seq(),
        deserialize_tuple(len: usize),
        deserialize_tuple_struct(name: &'static str, len: usize),
        deserialize_map(),
        deserialize_enum(name: &'static str, variants: Fields),
        deserialize_identifier(),
        deserialize_ignored_any(),
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: Fields,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0
            .deserialize_struct(name, fields, Visit { visitor, fields: Some(fields) })
            .map_err(Renamed)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Hands on what the deserializer inside finds. `fields` are those of a struct, `None` for a map.
struct Visit<V> {
    visitor: V,
    fields: Option<Fields>,
}

macro_rules! visit {
    ($($method:ident($kind:ty),)*) => {
        $(fn $method<E: de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Visit<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool(bool),
        visit_i8(i8),
        visit_i16(i16),
        visit_i32(i32),
        visit_i64(i64),
        visit_i128(i128),
        visit_u8(u8),
        visit_u16(u16),
        visit_u32(u32),
        visit_u64(u64),
        visit_u128(u128),
        visit_f32(f32),
        visit_f64(f64),
        visit_char(char),
        visit_str(&str),
        visit_borrowed_str(&'de str),
        visit_string(String),
        visit_bytes(&[u8]),
        visit_borrowed_bytes(&'de [u8]),
        visit_byte_buf(Vec<u8>),
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(CamelCase(d)).map_err(Renamed::into_inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(CamelCase(d)).map_err(Renamed::into_inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        if self.fields.is_some() {
            // A derived reader would give the items to the fields by their position.
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &"an object"));
        }
        self.visitor.visit_seq(Access { access: seq, fields: None }).map_err(Renamed::into_inner)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let access = Access { access: map, fields: self.fields };
        self.visitor.visit_map(access).map_err(Renamed::into_inner)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Access { access: data, fields: None }).map_err(Renamed::into_inner)
    }
}

/// The parts of a sequence, map, struct or enum.
struct Access<A> {
    access: A,
    fields: Option<Fields>,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Access<A> {
    type Error = Renamed<A::Error>;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        self.access.next_element_seed(Seed(seed)).map_err(Renamed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Access<A> {
    type Error = Renamed<A::Error>;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Self::Error> {
        match self.fields {
            Some(fields) => self.access.next_key_seed(FieldSeed { seed, fields }),
            None => self.access.next_key_seed(seed),
        }
        .map_err(Renamed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<T::Value, Self::Error> {
        self.access.next_value_seed(Seed(seed)).map_err(Renamed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Access<A> {
    type Error = Renamed<A::Error>;
    type Variant = Access<A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), Self::Error> {
        let (value, access) = self.access.variant_seed(seed).map_err(Renamed)?;
        Ok((value, Access { access, fields: None }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Access<A> {
    type Error = Renamed<A::Error>;

    fn unit_variant(self) -> Result<(), Self::Error> {
        self.access.unit_variant().map_err(Renamed)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Self::Error> {
        self.access.newtype_variant_seed(Seed(seed)).map_err(Renamed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.access.tuple_variant(len, Visit { visitor, fields: None }).map_err(Renamed)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: Fields,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let visit = Visit { visitor, fields: Some(fields) };
        self.access.struct_variant(fields, visit).map_err(Renamed)
    }
}

/// A value, read through [`CamelCase`].
struct Seed<T>(T);

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T::Value, D::Error> {
        self.0.deserialize(CamelCase(deserializer)).map_err(Renamed::into_inner)
    }
}

/// The name of a struct field: read in the caller's spelling, handed on in ours.
struct FieldSeed<K> {
    seed: K,
    fields: Fields,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for FieldSeed<K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        let ours = match self.fields.iter().find(|field| camel(field) == key) {
            Some(field) => field,
            None => {
                if let Some(snake) = self.fields.iter().find(|field| **field == key) {
                    let expected = camel(snake);
                    return Err(de::Error::custom(format!(
                        "unknown field `{key}`, expected `{expected}`"
                    )));
                }
                let names: Vec<&str> = self.fields.iter().map(|field| camel(field)).collect();
                if let Some(meant) = nearest(&key, &names) {
                    return Err(de::Error::custom(format!(
                        "unknown field `{key}`, expected `{meant}`"
                    )));
                }
                key.as_str()
            }
        };
        let name = IntoDeserializer::<Renamed<D::Error>>::into_deserializer(ours);
        self.seed.deserialize(name).map_err(Renamed::into_inner)
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
