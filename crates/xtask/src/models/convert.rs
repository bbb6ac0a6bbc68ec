//! safetensors in another precision.
//!
//! The file is written here rather than by the library, so that its bytes (and so its sum) follow
//! from the source alone: same order, same names, same metadata.

use anyhow::{Context, Result, ensure};
use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};

/// Rounds every f32 tensor to f16, to nearest, ties to even. Other tensors stay as they are.
///
/// # Errors
/// Bytes that are not safetensors; a value too large for f16.
pub fn to_f16(source: &[u8]) -> Result<Vec<u8>> {
    let (_, metadata) = SafeTensors::read_metadata(source).context("not safetensors")?;
    let tensors = SafeTensors::deserialize(source).context("not safetensors")?;
    let mut header = Map::new();
    if let Some(metadata) = metadata.metadata() {
        // By name: the library keeps these in a hash map.
        let mut sorted: Vec<_> = metadata.iter().collect();
        sorted.sort();
        let sorted = sorted.into_iter().map(|(k, v)| (k.clone(), json!(v))).collect();
        header.insert("__metadata__".into(), Value::Object(sorted));
    }
    let mut data: Vec<u8> = Vec::with_capacity(source.len());
    let mut entries = Vec::new();
    for name in metadata.offset_keys() {
        let tensor = tensors.tensor(&name)?;
        let begin = data.len();
        let dtype = if tensor.dtype() == Dtype::F32 {
            for bytes in tensor.data().as_chunks::<4>().0 {
                let value = f32::from_le_bytes(*bytes);
                let rounded = f16::from_f32(value);
                ensure!(
                    rounded.is_finite() || !value.is_finite(),
                    "{name} holds {value}, which f16 cannot hold"
                );
                data.extend(rounded.to_le_bytes());
            }
            Dtype::F16
        } else {
            data.extend(tensor.data());
            tensor.dtype()
        };
        let entry = json!({
            "dtype": dtype,
            "shape": tensor.shape(),
            "data_offsets": [begin, data.len()],
        });
        entries.push((name, entry));
    }
    Ok(join(header, entries, &data))
}

/// Length, header in the order given, data. The header is padded so that the data is aligned.
fn join(metadata: Map<String, Value>, entries: Vec<(String, Value)>, data: &[u8]) -> Vec<u8> {
    let fields: Vec<String> = metadata
        .into_iter()
        .chain(entries)
        .map(|(name, entry)| format!("{}:{entry}", Value::String(name)))
        .collect();
    let mut header = format!("{{{}}}", fields.join(","));
    while header.len() % 8 != 0 {
        header.push(' ');
    }
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let entries = vec![
            ("z".to_owned(), json!({"dtype": "F32", "shape": [3], "data_offsets": [0, 12]})),
            ("ids".to_owned(), json!({"dtype": "I64", "shape": [1], "data_offsets": [12, 20]})),
            ("a".to_owned(), json!({"dtype": "F32", "shape": [1, 1], "data_offsets": [20, 24]})),
        ];
        let mut data = Vec::new();
        // 1 + 2^-11 lies halfway between two f16 and goes to the even one, 1.
        for value in [1.0_f32 + 2.0_f32.powi(-11), -2.5, 1e-8] {
            data.extend(value.to_le_bytes());
        }
        data.extend(7_i64.to_le_bytes());
        data.extend(65_504.0_f32.to_le_bytes());
        let metadata = Map::from_iter([("__metadata__".to_owned(), json!({"format": "pt"}))]);
        join(metadata, entries, &data)
    }

    #[test]
    fn rounds_floats_and_keeps_the_rest() {
        let converted = to_f16(&file()).expect("converts");
        let tensors = SafeTensors::deserialize(&converted).expect("readable");
        let halves = |name: &str| -> Vec<f32> {
            let data = tensors.tensor(name).expect(name).data().to_vec();
            data.as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b).to_f32()).collect()
        };
        assert_eq!(halves("z"), [1.0, -2.5, 0.0]);
        assert_eq!(halves("a"), [65_504.0]);
        let ids = tensors.tensor("ids").expect("kept");
        assert_eq!((ids.dtype(), ids.data()), (Dtype::I64, &7_i64.to_le_bytes()[..]));
    }

    #[test]
    fn bytes_are_stable_and_in_the_order_of_the_source() {
        let converted = to_f16(&file()).expect("converts");
        assert_eq!(converted, to_f16(&file()).expect("converts"));
        let header = String::from_utf8_lossy(&converted[8..]).into_owned();
        let at = |name: &str| header.find(name).expect(name);
        assert!(at("__metadata__") < at("\"z\"") && at("\"z\"") < at("\"ids\""));
        assert!(at("\"ids\"") < at("\"a\""));
    }

    #[test]
    fn what_f16_cannot_hold_is_an_error() {
        let mut large = file();
        let end = large.len();
        large[end - 4..].copy_from_slice(&1e6_f32.to_le_bytes());
        let error = to_f16(&large).expect_err("too large").to_string();
        assert_eq!(error, "a holds 1000000, which f16 cannot hold");
        assert!(to_f16(b"not safetensors").is_err());
    }
}
