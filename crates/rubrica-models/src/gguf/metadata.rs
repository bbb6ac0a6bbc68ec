//! The values of GGUF's metadata, and the cursor that reads them.

use super::fail;
use crate::Result;

/// Lists in lists go no deeper.
const DEEPEST: usize = 4;

/// A value of the metadata.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum GgufValue {
    /// Any whole number without a sign.
    Unsigned(u64),
    /// Any whole number with one.
    Signed(i64),
    /// A number with a fraction.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list of values of one type.
    List(Vec<Self>),
}

impl GgufValue {
    /// A whole number that is not negative.
    pub fn as_count(&self) -> Option<u64> {
        match self {
            Self::Unsigned(value) => Some(*value),
            Self::Signed(value) => u64::try_from(*value).ok(),
            _ => None,
        }
    }

    /// A text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }
}

/// A place in the file.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.left() {
            return Err(fail(
                self.at,
                format!("{count} bytes should follow, {} do; expected a whole file", self.left()),
            ));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        Ok(self.take(N)?.try_into().expect("as many as were taken"))
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// How many things of at least `bytes` bytes follow: never more than there is room for.
    pub(super) fn count(&mut self, what: &str, bytes: usize) -> Result<usize> {
        let (at, count) = (self.at, self.u64()?);
        let room = self.left() / bytes;
        match usize::try_from(count) {
            Ok(count) if count <= room => Ok(count),
            _ => Err(fail(
                at,
                format!(
                    "{count} {what}; expected at most {room}, which is all that the file has room for"
                ),
            )),
        }
    }

    pub(super) fn text(&mut self) -> Result<&'a str> {
        let at = self.at;
        let length = self.count("bytes of text", 1)?;
        std::str::from_utf8(self.take(length)?)
            .map_err(|error| fail(at, format!("a text is not UTF-8 ({error}); expected UTF-8")))
    }

    pub(super) fn value(&mut self) -> Result<GgufValue> {
        let (at, kind) = (self.at, self.u32()?);
        self.value_of(kind, at, 0)
    }

    fn value_of(&mut self, kind: u32, at: usize, depth: usize) -> Result<GgufValue> {
        Ok(match kind {
            0 => GgufValue::Unsigned(self.array::<1>()?[0].into()),
            1 => GgufValue::Signed(i8::from_le_bytes(self.array()?).into()),
            2 => GgufValue::Unsigned(u16::from_le_bytes(self.array()?).into()),
            3 => GgufValue::Signed(i16::from_le_bytes(self.array()?).into()),
            4 => GgufValue::Unsigned(self.u32()?.into()),
            5 => GgufValue::Signed(i32::from_le_bytes(self.array()?).into()),
            6 => GgufValue::Float(f32::from_le_bytes(self.array()?).into()),
            7 => match self.array::<1>()? {
                [flag @ 0..=1] => GgufValue::Bool(flag == 1),
                [other] => return Err(fail(at, format!("a flag is {other}; expected 0 or 1"))),
            },
            8 => GgufValue::Text(self.text()?.to_owned()),
            9 if depth < DEEPEST => {
                let kind = self.u32()?;
                let count = self.count("values in a list", smallest(kind))?;
                let values = (0..count).map(|_| self.value_of(kind, at, depth + 1));
                GgufValue::List(values.collect::<Result<_>>()?)
            }
            9 => return Err(fail(at, format!("lists in lists; expected at most {DEEPEST}"))),
            10 => GgufValue::Unsigned(self.u64()?),
            11 => GgufValue::Signed(i64::from_le_bytes(self.array()?)),
            12 => GgufValue::Float(f64::from_le_bytes(self.array()?)),
            other => return Err(fail(at, format!("a value of type {other}; expected 0 to 12"))),
        })
    }
}

/// Bytes of the smallest value of a type.
fn smallest(kind: u32) -> usize {
    match kind {
        2 | 3 => 2,
        4..=6 => 4,
        8 | 10..=12 => 8,
        9 => 12,
        _ => 1,
    }
}
