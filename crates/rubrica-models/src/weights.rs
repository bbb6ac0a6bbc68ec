//! Weights from bytes, of one file or several: safetensors (f32, f16, bf16, or int8 with one scale a row) and GGUF.
//!
//! Headers are checked against the bytes that are there before anything is made of them, and a tensor
//! against the shape that the configuration asks for before it is read.
//!
//! An int8 tensor `x` is stored with a companion `x.scale` of shape `[rows]`: row `r` of the matrix
//! is `scale[r] * x[r]` (symmetric, per output channel). Everything is computed in f32.

use std::cell::RefCell;
use std::collections::BTreeSet;

use burn::tensor::{Device as BurnDevice, Tensor, TensorData};
use half::{bf16, f16};
use rubrica_core::sha256_hex;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::gguf::MAGIC;
use crate::{BlockKind, Gguf, ModelError, Result};

/// How most of the weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats.
    F32,
    /// IEEE half precision.
    F16,
    /// bfloat16.
    Bf16,
    /// 8-bit integers with a scale a row.
    Int8,
    /// Blocks of a GGUF file.
    Blocks(BlockKind),
}

impl Precision {
    /// As it stands in a signature.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Int8 => "int8",
            Self::Blocks(kind) => kind.name(),
        }
    }
}

/// Parsed files of weights. Tensors are converted to f32 one by one as they are asked for.
pub struct Weights<'a> {
    /// Each with what is put before its names.
    files: Vec<(String, Source<'a>)>,
    prefixes: Vec<&'static str>,
    sha256: String,
    precision: Precision,
    used: RefCell<BTreeSet<String>>,
}

/// One file.
enum Source<'a> {
    Safetensors(SafeTensors<'a>),
    Gguf(Gguf<'a>),
}

impl<'a> Source<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self> {
        if bytes.starts_with(MAGIC) {
            return Gguf::parse(bytes).map(Self::Gguf);
        }
        SafeTensors::deserialize(bytes).map(Self::Safetensors).map_err(|error| {
            ModelError::Truncated { message: error.to_string(), expected: expected_size(bytes) }
        })
    }

    fn names(&self) -> Vec<&str> {
        match self {
            Self::Safetensors(file) => file.names(),
            Self::Gguf(file) => file.names().collect(),
        }
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        match self {
            Self::Safetensors(file) => file.tensor(name).ok().map(|view| view.shape().to_vec()),
            Self::Gguf(file) => file.shape(name).map(<[usize]>::to_vec),
        }
    }
}

impl<'a> Weights<'a> {
    /// Parses `bytes`. With `sha256`, refuses bytes of another hash before looking at them.
    ///
    /// `prefixes` are tried before each tensor name, the empty one last: task models keep their
    /// encoder under `bert.`, bare encoders do not.
    ///
    /// # Errors
    /// [`ModelError::HashMismatch`], [`ModelError::Truncated`], [`ModelError::Gguf`].
    pub fn parse(bytes: &'a [u8], sha256: Option<&str>, prefixes: &[&'static str]) -> Result<Self> {
        Self::parse_files(&[bytes], sha256, prefixes)
    }

    /// The same for weights in several files. Their hash is that of the hashes of the files, a line each.
    ///
    /// # Errors
    /// As [`Weights::parse`]; [`ModelError::Duplicate`].
    pub fn parse_files(
        files: &[&'a [u8]],
        sha256: Option<&str>,
        prefixes: &[&'static str],
    ) -> Result<Self> {
        let files = files.iter().map(|bytes| (String::new(), *bytes)).collect();
        Self::parse_named(files, sha256, prefixes)
    }

    /// The same for files whose names each begin with something that is not in the file.
    pub(crate) fn parse_named(
        files: Vec<(String, &'a [u8])>,
        sha256: Option<&str>,
        prefixes: &[&'static str],
    ) -> Result<Self> {
        let hashes: Vec<String> = files.iter().map(|(_, bytes)| sha256_hex(bytes)).collect();
        let found = match hashes.as_slice() {
            [one] => one.clone(),
            several => sha256_hex(several.join("\n").as_bytes()),
        };
        if let Some(expected) = sha256
            && !expected.eq_ignore_ascii_case(&found)
        {
            return Err(ModelError::HashMismatch { found, expected: expected.to_owned() });
        }
        let files: Vec<(String, Source<'a>)> = files
            .into_iter()
            .map(|(before, bytes)| Ok((before, Source::parse(bytes)?)))
            .collect::<Result<_>>()?;
        let mut names = BTreeSet::new();
        for name in full_names(&files) {
            if let Some(name) = names.replace(name) {
                return Err(ModelError::Duplicate { name });
            }
        }
        Ok(Self {
            precision: dominant_precision(&files),
            files,
            prefixes: prefixes.iter().copied().chain([""]).collect(),
            sha256: found,
            used: RefCell::default(),
        })
    }

    /// sha256 of the file, or of the hashes of the files, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How most of the weights are stored.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// True when a tensor of that name (under any prefix) is there.
    pub fn contains(&self, name: &str) -> bool {
        self.full_name(name).is_some()
    }

    /// Shape of tensor `name`, if it is there.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        let full = self.full_name(name)?;
        self.source(&full).and_then(|(source, name)| source.shape(name))
    }

    /// Names of the tensors that nobody asked for, without those that only some exporters write.
    pub fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let mut names: Vec<String> = full_names(&self.files)
            .filter(|name| !used.contains(name) && !name.ends_with("position_ids"))
            .collect();
        names.sort();
        names
    }

    /// The values of tensor `name`, which must have `shape`, as f32 in row-major order.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::WrongShape`], [`ModelError::WrongType`],
    /// [`ModelError::WeightNotFinite`].
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let full = self.full_name(name).ok_or_else(|| ModelError::MissingTensor {
            name: name.to_owned(),
            expected: shape.to_vec(),
        })?;
        let (source, inner) = self.source(&full).expect("full_name found it");
        let found = source.shape(inner).expect("full_name found it");
        if found != shape {
            return Err(ModelError::WrongShape { name: full, found, expected: shape.to_vec() });
        }
        let values = match source {
            Source::Safetensors(_) => self.stored_values(&full, shape)?,
            Source::Gguf(file) => file.values(inner).expect("full_name found it"),
        };
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(ModelError::WeightNotFinite { name: full, found: values[index], index });
        }
        self.used.borrow_mut().insert(full);
        Ok(values)
    }

    fn stored_values(&self, full: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let view = self.view(full).expect("its shape was read");
        let data = view.data();
        Ok(match view.dtype() {
            Dtype::F32 => words(data, f32::from_le_bytes),
            Dtype::F16 => words(data, |b| f16::from_le_bytes(b).to_f32()),
            Dtype::BF16 => words(data, |b| bf16::from_le_bytes(b).to_f32()),
            Dtype::I8 => self.dequantise(full, data, shape)?,
            other => {
                return Err(ModelError::WrongType {
                    name: full.to_owned(),
                    found: format!("{other:?}"),
                });
            }
        })
    }

    /// Tensor `name` of the given shape on `device`.
    ///
    /// # Errors
    /// As [`Weights::values`].
    pub fn tensor<const D: usize>(
        &self,
        name: &str,
        shape: [usize; D],
        device: &BurnDevice,
    ) -> Result<Tensor<D>> {
        let values = self.values(name, &shape)?;
        Ok(Tensor::from_data(TensorData::new(values, shape), device))
    }

    fn dequantise(&self, full: &str, data: &[u8], shape: &[usize]) -> Result<Vec<f32>> {
        let name = format!("{full}.scale");
        let scale = match self.view(&name) {
            Some(view) if view.dtype() == Dtype::F32 && view.shape() == &shape[..1] => {
                words(view.data(), f32::from_le_bytes)
            }
            _ => {
                return Err(ModelError::MissingTensor { name, expected: shape[..1].to_vec() });
            }
        };
        self.used.borrow_mut().insert(name);
        let columns = shape[1..].iter().product::<usize>().max(1);
        let rows = data.chunks_exact(columns).zip(&scale);
        Ok(rows.flat_map(|(row, s)| row.iter().map(move |&q| f32::from(q as i8) * s)).collect())
    }

    fn full_name(&self, name: &str) -> Option<String> {
        self.prefixes
            .iter()
            .map(|prefix| format!("{prefix}{name}"))
            .find(|full| self.source(full).is_some())
    }

    /// The file that has a tensor, and its name there.
    fn source<'n>(&self, full: &'n str) -> Option<(&Source<'a>, &'n str)> {
        self.files.iter().find_map(|(before, file)| {
            let name = full.strip_prefix(before.as_str())?;
            file.shape(name).map(|_| (file, name))
        })
    }

    fn view(&self, full: &str) -> Option<TensorView<'a>> {
        match self.source(full)? {
            (Source::Safetensors(file), name) => file.tensor(name).ok(),
            (Source::Gguf(_), _) => None,
        }
    }
}

fn words<const N: usize>(data: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    data.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
}

/// The names of all tensors, with what is put before them.
fn full_names(files: &[(String, Source<'_>)]) -> impl Iterator<Item = String> {
    files.iter().flat_map(|(before, file)| {
        file.names().into_iter().map(move |name| format!("{before}{name}"))
    })
}

fn dominant_precision(files: &[(String, Source<'_>)]) -> Precision {
    let kinds = files.iter().filter_map(|(_, file)| match file {
        Source::Gguf(file) => Some(file.dominant_kind()),
        Source::Safetensors(_) => None,
    });
    if let Some(kind) = kinds.into_iter().next() {
        return match kind {
            BlockKind::F32 => Precision::F32,
            BlockKind::F16 => Precision::F16,
            BlockKind::Bf16 => Precision::Bf16,
            kind => Precision::Blocks(kind),
        };
    }
    let views = || {
        files.iter().filter_map(|(_, file)| match file {
            Source::Safetensors(file) => Some(file.iter()),
            Source::Gguf(_) => None,
        })
    };
    let bytes_of = |dtype: Dtype| {
        let of_type = views().flatten().filter(|(_, view)| view.dtype() == dtype);
        of_type.map(|(_, view)| view.data().len()).sum::<usize>()
    };
    [
        (Dtype::F32, Precision::F32),
        (Dtype::F16, Precision::F16),
        (Dtype::BF16, Precision::Bf16),
        (Dtype::I8, Precision::Int8),
    ]
    .into_iter()
    .max_by_key(|(dtype, _)| bytes_of(*dtype))
    .map_or(Precision::F32, |(_, precision)| precision)
}

/// What the header says about the length of the file, as far as it can be read.
fn expected_size(bytes: &[u8]) -> String {
    SafeTensors::read_metadata(bytes).map_or_else(
        |_| "a safetensors file".to_owned(),
        |(header, metadata)| {
            format!("{} bytes, got {}", 8 + header + metadata.data_len(), bytes.len())
        },
    )
}

#[cfg(test)]
mod tests;
