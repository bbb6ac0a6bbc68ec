//! GGUF, versions 2 and 3: metadata, tensors in blocks, and what of the hub's layout they stand for.
//!
//! Every count and every place is held against the bytes that there are before anything is made of it.

mod blocks;
mod config;
mod metadata;
mod names;
mod tokenizer;

use std::collections::BTreeMap;

pub use self::blocks::BlockKind;
use self::metadata::Cursor;
pub use self::metadata::GgufValue;
use self::names::{Fix, hub_name};
use crate::{ModelError, Result};

/// What a file begins with.
pub(crate) const MAGIC: &[u8; 4] = b"GGUF";
/// A tensor has no more axes.
const MOST_AXES: u32 = 4;

/// A parsed GGUF file. Tensors are read one by one as they are asked for, under the hub's names.
pub struct Gguf<'a> {
    metadata: BTreeMap<String, GgufValue>,
    tensors: BTreeMap<String, GgufTensor<'a>>,
}

/// A tensor as it lies in the file.
struct GgufTensor<'a> {
    kind: BlockKind,
    /// Outermost axis first.
    shape: Vec<usize>,
    data: &'a [u8],
    fix: Fix,
}

/// What the header says of a tensor.
struct Entry<'a> {
    at: usize,
    name: &'a str,
    kind: BlockKind,
    shape: Vec<usize>,
    bytes: usize,
    offset: u64,
}

fn fail(at: usize, message: String) -> ModelError {
    ModelError::Gguf { at, message }
}

impl<'a> Gguf<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`ModelError::Gguf`] with the place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new(bytes);
        if !bytes.starts_with(MAGIC) {
            return Err(fail(0, "no GGUF; expected a file that begins with `GGUF`".into()));
        }
        cursor.u32()?;
        let version = cursor.u32()?;
        if !(2..=3).contains(&version) {
            return Err(fail(4, format!("version {version}; expected 2 or 3, little-endian")));
        }
        // A tensor takes a name's length, axes, type and offset; a key a length, a type and a value.
        let tensors = cursor.count("tensors", 24)?;
        let keys = cursor.count("keys", 13)?;
        let mut metadata = BTreeMap::new();
        for _ in 0..keys {
            let at = cursor.at;
            let key = cursor.text()?.to_owned();
            let value = cursor.value()?;
            if metadata.insert(key.clone(), value).is_some() {
                return Err(fail(at, format!("key `{key}` stands twice; expected it once")));
            }
        }
        let entries = (0..tensors).map(|_| Entry::read(&mut cursor)).collect::<Result<Vec<_>>>()?;
        let mut file = Self { metadata, tensors: BTreeMap::new() };
        let start = cursor.at.next_multiple_of(file.alignment()?);
        let data = bytes.get(start..).unwrap_or_default();
        file.place(entries, data)?;
        Ok(file)
    }

    fn alignment(&self) -> Result<usize> {
        match self.metadata.get("general.alignment") {
            None => Ok(32),
            Some(value) => match value.as_count() {
                Some(count @ 8..=65_536) if count.is_power_of_two() => Ok(count as usize),
                _ => Err(fail(
                    0,
                    format!(
                        "general.alignment is {value:?}; expected a power of two from 8 to 65536"
                    ),
                )),
            },
        }
    }

    /// Finds the data of each tensor: one after the other, none over another.
    fn place(&mut self, entries: Vec<Entry<'a>>, data: &'a [u8]) -> Result<()> {
        let alignment = self.alignment()?;
        let mut end = 0;
        for Entry { at, name, kind, shape, bytes, offset } in entries {
            let found = usize::try_from(offset).ok().filter(|offset| {
                offset.is_multiple_of(alignment)
                    && *offset >= end
                    && offset.checked_add(bytes).is_some_and(|end| end <= data.len())
            });
            let offset = found.ok_or_else(|| {
                fail(
                    at,
                    format!(
                        "tensor `{name}` of {bytes} bytes lies at {offset}; expected a multiple of {alignment} from {end} on, within {} bytes of data",
                        data.len()
                    ),
                )
            })?;
            end = offset + bytes;
            let (hub, fix) = hub_name(name, &self.metadata, &shape).map_err(|m| fail(at, m))?;
            let tensor = GgufTensor { kind, shape, data: &data[offset..end], fix };
            if self.tensors.insert(hub, tensor).is_some() {
                return Err(ModelError::Duplicate { name: name.to_owned() });
            }
        }
        Ok(())
    }

    /// A value of the metadata.
    pub fn value(&self, key: &str) -> Option<&GgufValue> {
        self.metadata.get(key)
    }

    /// Names of the tensors: the hub's, where they are known.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Shape of a tensor, outermost axis first.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|tensor| tensor.shape.as_slice())
    }

    /// How a tensor is stored.
    pub fn kind(&self, name: &str) -> Option<BlockKind> {
        self.tensors.get(name).map(|tensor| tensor.kind)
    }

    /// The numbers of a tensor in row-major order, as the hub's layout has them.
    pub fn values(&self, name: &str) -> Option<Vec<f32>> {
        let tensor = self.tensors.get(name)?;
        Some(tensor.fix.undo(tensor.kind.read(tensor.data), &tensor.shape))
    }

    /// How most of the numbers are stored.
    pub fn dominant_kind(&self) -> BlockKind {
        let mut bytes: BTreeMap<BlockKind, usize> = BTreeMap::new();
        for tensor in self.tensors.values() {
            *bytes.entry(tensor.kind).or_default() += tensor.data.len();
        }
        bytes.into_iter().max_by_key(|(_, bytes)| *bytes).map_or(BlockKind::F32, |(kind, _)| kind)
    }
}

impl<'a> Entry<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self> {
        let at = cursor.at;
        let name = cursor.text()?;
        let axes = cursor.u32()?;
        if !(1..=MOST_AXES).contains(&axes) {
            return Err(fail(
                at,
                format!("tensor `{name}` has {axes} axes; expected 1 to {MOST_AXES}"),
            ));
        }
        let mut shape = Vec::new();
        for _ in 0..axes {
            shape.push(cursor.u64()?);
        }
        let number = cursor.u32()?;
        let kind = BlockKind::of_number(number).ok_or_else(|| ModelError::WrongType {
            name: name.to_owned(),
            found: format!("of GGUF type {number}"),
        })?;
        let offset = cursor.u64()?;
        let sizes: Option<Vec<usize>> =
            shape.iter().rev().map(|&size| usize::try_from(size).ok()).collect();
        let whole = sizes.as_ref().and_then(|sizes| {
            let row = *sizes.last()?;
            let numbers =
                sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size))?;
            (numbers > 0 && row.is_multiple_of(kind.numbers()))
                .then(|| (numbers / kind.numbers()).checked_mul(kind.bytes()))?
        });
        let (Some(shape), Some(bytes)) = (sizes, whole) else {
            return Err(fail(
                at,
                format!(
                    "tensor `{name}` has shape {shape:?}; expected whole blocks of {}, and no 0",
                    kind.numbers()
                ),
            ));
        };
        Ok(Self { at, name, kind, shape, bytes, offset })
    }
}
