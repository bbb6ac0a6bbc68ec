//! The fused layer gives what the plain one gives.

use super::*;
use crate::{NamedTensor, Precision, Weights, write_weights};
use burn::tensor::{Device, TensorData};

/// Numbers that look random, around 0.
fn numbers(count: usize, seed: &mut u32) -> Vec<f32> {
    let mut next = || {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (*seed >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(|_| next() + next()).collect()
}

fn layer(device: &Device) -> Layer {
    let config = BertConfig::read(
        "bert",
        &serde_json::json!({"vocab_size": 2, "hidden_size": 64, "num_hidden_layers": 1,
            "num_attention_heads": 2, "intermediate_size": 96, "max_position_embeddings": 2}),
    )
    .expect("valid");
    let mut seed = 5;
    let mut tensors = Vec::new();
    let mut push = |part: &str, shape: &[usize], base: f32, spread: f32| {
        let count = shape.iter().product();
        let values = numbers(count, &mut seed).iter().map(|x| base + spread * x).collect();
        let name = format!("encoder.layer.0.{part}");
        tensors.push(NamedTensor { name, shape: shape.to_vec(), values });
    };
    for (part, output, input) in [
        ("attention.self.query", 64, 64),
        ("attention.self.key", 64, 64),
        ("attention.self.value", 64, 64),
        ("attention.output.dense", 64, 64),
        ("intermediate.dense", 96, 64),
        ("output.dense", 64, 96),
    ] {
        push(&format!("{part}.weight"), &[output, input], 0.0, 0.4);
        push(&format!("{part}.bias"), &[output], 0.0, 0.4);
    }
    for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
        push(&format!("{part}.weight"), &[64], 1.0, 0.4);
        push(&format!("{part}.bias"), &[64], 0.0, 0.4);
    }
    let bytes = write_weights(&tensors, Precision::F32);
    let weights = Weights::parse(&bytes, None, &[]).expect("whole");
    Layer::load(0, &config, BlockSource::new(&weights, device)).expect("fits")
}

/// Output, and gradients of the input and of every parameter.
fn pass(engine: Option<Engine>) -> Vec<Vec<f32>> {
    let device = Device::flex().autodiff();
    let layer = layer(&device);
    // Lengths that are no multiples of a block, one sequence padded.
    let row = |length| (vec![0; length], vec![0; length]);
    let input = EncoderInput::new(&[row(37), row(21), row(37)], 0, &device);
    let mut seed = 9;
    let shape = [3, 37, 64];
    let mut values = || TensorData::new(numbers(3 * 37 * 64, &mut seed), shape);
    let x = Tensor::<3>::from_data(values(), &device).require_grad();
    // What stands at padding has no meaning, and so no gradient.
    let real = Tensor::<3>::from_data(
        TensorData::new(
            (0..3 * 37 * 64).map(|i| f32::from(u8::from(i / 64 % 37 < 21))).collect(),
            shape,
        ),
        &device,
    );
    let ways = Tensor::<3>::from_data(values(), &device) * real.clone();
    let out = match engine {
        Some(engine) => layer.forward_fused(engine, &x, &input).expect("fits"),
        None => layer.forward_plain(x.clone(), &input, None),
    };
    let gradients = (out.clone() * ways).sum().backward();
    let read = |tensor: Tensor<1>| tensor.into_data().try_into_vec::<f32>().expect("f32");
    let flat = |tensor: Tensor<3>| read(tensor.flatten(0, 2));
    let mut found = vec![flat((out * real).inner()), flat(x.grad(&gradients).expect("tracked"))];
    for linear in [&layer.qkv, &layer.output, &layer.up, &layer.down] {
        let weight = linear.weight.val().grad(&gradients).expect("tracked");
        found.push(read(weight.flatten(0, 1)));
        let bias = linear.bias.as_ref().expect("has one").val();
        found.push(read(bias.grad(&gradients).expect("tracked")));
    }
    for norm in [&layer.attention_norm, &layer.norm] {
        found.push(read(norm.gamma.val().grad(&gradients).expect("tracked")));
        let beta = norm.beta.as_ref().expect("has one").val();
        found.push(read(beta.grad(&gradients).expect("tracked")));
    }
    found
}

#[test]
fn one_operation_gives_what_the_layer_gives() {
    let want = pass(None);
    for engine in [Some(Engine::Portable), Engine::fast()].into_iter().flatten() {
        for (index, (found, want)) in pass(Some(engine)).iter().zip(&want).enumerate() {
            let norm = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
            let gap: Vec<f32> = found.iter().zip(want).map(|(a, b)| a - b).collect();
            // Products are of numbers with eight bits.
            let share = norm(&gap) / norm(want);
            assert!(found.len() == want.len() && share < 0.015, "{engine:?} {index}: {share}");
        }
    }
}
