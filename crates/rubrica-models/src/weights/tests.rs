//! Files that are sound, damaged and hostile.

use super::*;
use safetensors::tensor::serialize;

fn file(dtype: Dtype, shape: Vec<usize>, data: &[u8]) -> Vec<u8> {
    let view = TensorView::new(dtype, shape, data).expect("consistent");
    serialize([("bert.x", view)], None).expect("serialises")
}

fn floats() -> Vec<u8> {
    [1.0f32, -2.5, 0.25, 8.0].iter().flat_map(|v| v.to_le_bytes()).collect()
}

#[test]
fn reads_f32_and_f16_under_a_prefix() {
    let bytes = file(Dtype::F32, vec![2, 2], &floats());
    let weights = Weights::parse(&bytes, None, &["bert."]).expect("whole");
    assert_eq!(weights.values("x", &[2, 2]).expect("there"), [1.0, -2.5, 0.25, 8.0]);
    assert!(weights.unused().is_empty());

    let halves: Vec<u8> =
        [1.0f32, -2.5].iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
    let bytes = file(Dtype::F16, vec![2], &halves);
    let weights = Weights::parse(&bytes, None, &["bert."]).expect("whole");
    assert_eq!(weights.precision(), Precision::F16);
    assert_eq!(weights.values("x", &[2]).expect("there"), [1.0, -2.5]);
}

#[test]
fn what_is_no_number_is_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let data: Vec<u8> = [1.0, bad].iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
        let bytes = file(Dtype::F32, vec![2], &data);
        let weights = Weights::parse(&bytes, None, &["bert."]).expect("whole");
        let error = weights.values("x", &[2]).expect_err("no number");
        assert_eq!(error.code(), "weights_not_finite");
        assert!(error.to_string().contains("bert.x"), "{error}");
    }
}

#[test]
fn reads_int8_with_a_scale_a_row() {
    let data = [127u8, 129, 2, 3];
    let scale: Vec<u8> = [0.5f32, 2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let x = TensorView::new(Dtype::I8, vec![2, 2], &data).expect("consistent");
    let s = TensorView::new(Dtype::F32, vec![2], &scale).expect("consistent");
    let bytes = serialize([("x", x), ("x.scale", s)], None).expect("serialises");
    let weights = Weights::parse(&bytes, None, &[]).expect("whole");
    assert_eq!(weights.values("x", &[2, 2]).expect("there"), [63.5, -63.5, 4.0, 6.0]);
    assert!(weights.unused().is_empty());
}

#[test]
fn damaged_files_are_typed_errors() {
    let bytes = file(Dtype::F32, vec![2, 2], &floats());
    for cut in [0, 4, 20, bytes.len() - 1] {
        let error = Weights::parse(&bytes[..cut], None, &[]).err().expect("cut short");
        assert_eq!(error.code(), "weights_truncated", "cut at {cut}");
    }
    let error = Weights::parse(&bytes, Some("00"), &[]).err().expect("other hash");
    assert_eq!(error.code(), "weights_hash_mismatch");
    let weights = Weights::parse(&bytes, Some(&sha256_hex(&bytes)), &["bert."]).expect("whole");
    assert_eq!(weights.values("x", &[4]).expect_err("shape").code(), "weights_wrong_shape");
    assert_eq!(weights.values("y", &[4]).expect_err("none").code(), "weights_missing_tensor");
    let bytes = file(Dtype::I64, vec![1], &[0; 8]);
    let weights = Weights::parse(&bytes, None, &["bert."]).expect("whole");
    assert_eq!(weights.values("x", &[1]).expect_err("i64").code(), "weights_wrong_type");
}

fn with_header(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

#[test]
fn hostile_headers_are_refused_before_anything_is_read() {
    let tensor = |name: &str, shape: &str, start: u64, end: u64| {
        format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{start},{end}]}}"#)
    };
    let mut huge = (1u64 << 60).to_le_bytes().to_vec();
    huge.extend([b' '; 64]);
    for bytes in [
        huge,
        with_header(&format!("{{{}}}", tensor("a", "[4611686018427387904]", 0, 16)), 16),
        with_header(&format!("{{{}}}", tensor("a", "[4294967296,4294967296]", 0, 16)), 16),
        with_header(&format!("{{{}}}", tensor("a", "[4]", 0, 1 << 60)), 16),
        with_header(&format!("{{{}}}", tensor("a", "[4]", 16, 0)), 16),
        with_header(
            &format!("{{{},{}}}", tensor("a", "[4]", 0, 16), tensor("b", "[4]", 8, 24)),
            24,
        ),
        with_header(
            &format!("{{{},{}}}", tensor("a", "[4]", 0, 16), tensor("b", "[4]", 0, 16)),
            16,
        ),
        with_header("{\"a\":", 0),
        with_header("[1]", 0),
    ] {
        let error = Weights::parse(&bytes, None, &[]).err().expect("hostile");
        assert_eq!(error.code(), "weights_truncated", "{error}");
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for bad in [f32::NAN, f32::INFINITY] {
        let data: Vec<u8> = [1.0, bad].iter().flat_map(|v: &f32| v.to_le_bytes()).collect();
        let bytes = file(Dtype::F32, vec![2], &data);
        let weights = Weights::parse(&bytes, None, &["bert."]).expect("whole");
        let error = weights.values("x", &[2]).expect_err("not finite");
        assert_eq!(error.code(), "weights_not_finite");
        assert!(error.to_string().contains("at 1"), "{error}");
    }
}

#[test]
fn several_files_are_one_set_of_weights() {
    let named = |name: &str| {
        let data = floats();
        let view = TensorView::new(Dtype::F32, vec![4], &data).expect("consistent");
        serialize([(name, view)], None).expect("serialises")
    };
    let (first, second) = (named("a"), named("b"));
    let weights = Weights::parse_files(&[&first, &second], None, &[]).expect("whole");
    assert_eq!(
        weights.values("b", &[4]).expect("there"),
        weights.values("a", &[4]).expect("there")
    );
    assert_eq!(weights.sha256().len(), 64);
    assert_ne!(weights.sha256(), sha256_hex(&first));
    let error = Weights::parse_files(&[&first, &first], None, &[]).err().expect("twice");
    assert_eq!(error.code(), "weights_duplicate_tensor");
}
