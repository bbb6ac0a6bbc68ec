//! Every kernel at every width of registers, against its definition in f64.

use proptest::prelude::*;

use super::attention::Head;
use super::lanes::{Lanes, Wide};
use super::linear::Rows;
use super::math::{exp, gelu};
use super::norm::AddNorm;
use super::product::{Right, Shape, View};
use super::simd::{Kernel, widest};

/// The widths that there are, and the one that this machine takes.
const WIDTHS: usize = 5;

fn at_width<K: Kernel>(width: usize, kernel: K) -> K::Out {
    match width {
        0 => kernel.run::<Wide<4, false>, 4, 2>(),
        1 => kernel.run::<Wide<8, true>, 4, 2>(),
        2 => kernel.run::<Wide<16, true>, 6, 2>(),
        3 => kernel.run::<Wide<4, true>, 3, 1>(),
        _ => widest(kernel),
    }
}

/// Numbers between -1 and 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn near(found: &[f32], want: &[f64], bound: f64) {
    assert_eq!(found.len(), want.len());
    for (i, (found, want)) in found.iter().zip(want).enumerate() {
        let away = (f64::from(*found) - want).abs();
        assert!(away <= bound * want.abs().max(1.0), "at {i}: {found} for {want}");
    }
}

/// The normal distribution below `u`, by integrating its density.
fn below(u: f64) -> f64 {
    let steps = 4000;
    let width = u / f64::from(steps);
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..steps)
        .map(|i| density(width * f64::from(i)) * if i % 2 == 0 { 2.0 } else { 4.0 })
        .sum();
    0.5 + (density(0.0) + inner + density(u)) * width / 3.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_linear_layer_is_its_definition(
        rows in 0_usize..150, terms in 1_usize..40, columns in 1_usize..90,
        turned: bool, biased: bool, seed: u32,
    ) {
        let (x, w) = (numbers(rows * terms, seed), numbers(terms * columns, seed ^ 1));
        let bias = numbers(columns, seed ^ 2);
        let at = |k: usize, c: usize| if turned { w[c * terms + k] } else { w[k * columns + c] };
        let want: Vec<f64> = (0..rows * columns)
            .map(|i| {
                let (r, c) = (i / columns, i % columns);
                let sum: f64 =
                    (0..terms).map(|k| f64::from(x[r * terms + k]) * f64::from(at(k, c))).sum();
                sum + if biased { f64::from(bias[c]) } else { 0.0 }
            })
            .collect();
        let weight = match turned {
            true => Right::Turned(View::new(&w, terms)),
            false => Right::Plain(View::new(&w, columns)),
        };
        for width in 0..WIDTHS {
            let mut out = vec![f32::NAN; rows * columns];
            at_width(width, Rows {
                x: View::new(&x, terms),
                weight,
                bias: biased.then_some(&bias[..]),
                gelu: false,
                shape: Shape { rows, terms, columns },
                out: &mut out,
            });
            near(&out, &want, 1e-5);
        }
    }

    #[test]
    fn a_norm_is_its_definition(rows in 0_usize..5, width in 1_usize..70, scale in 0.0_f32..1e3, seed: u32) {
        let [x, rest] = [1, 2].map(|s| numbers(rows * width, seed ^ s).iter().map(|x| x * scale).collect::<Vec<_>>());
        let [gamma, beta] = [3, 4].map(|s| numbers(width, seed ^ s));
        let epsilon = 1e-5;
        let mut want = Vec::new();
        for (x, rest) in x.chunks(width).zip(rest.chunks(width)) {
            let sum: Vec<f64> = x.iter().zip(rest).map(|(a, b)| f64::from(a + b)).collect();
            let mean = sum.iter().sum::<f64>() / width as f64;
            let variance = sum.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / width as f64;
            want.extend(sum.iter().enumerate().map(|(i, x)| {
                (x - mean) / (variance + f64::from(epsilon)).sqrt() * f64::from(gamma[i]) + f64::from(beta[i])
            }));
        }
        for wide in 0..WIDTHS {
            let mut out = vec![f32::NAN; rows * width];
            at_width(wide, AddNorm { x: &x, rest: &rest, gamma: &gamma, beta: &beta, epsilon, out: &mut out });
            near(&out, &want, 1e-2 * f64::from(scale.max(0.01)).min(1.0));
        }
    }

    #[test]
    fn attention_is_its_definition(length in 1_usize..40, size in 1_usize..20, biased: bool, strength in 0.0_f32..60.0, seed: u32) {
        let stride = 3 * size + 1;
        let qkv: Vec<f32> = numbers(length * stride, seed).iter().map(|x| x * strength.sqrt()).collect();
        let bias = numbers(length * length, seed ^ 1);
        let at = |part: usize, token: usize, i: usize| f64::from(qkv[token * stride + part * size + i]);
        let mut want = Vec::new();
        for row in 0..length {
            let scores: Vec<f64> = (0..length)
                .map(|key| {
                    let dot: f64 = (0..size).map(|i| at(0, row, i) * at(1, key, i)).sum();
                    dot / (size as f64).sqrt()
                        + if biased { f64::from(bias[row * length + key]) } else { 0.0 }
                })
                .collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
            let sum: f64 = weights.iter().sum();
            want.extend((0..size).map(|i| {
                (0..length).map(|key| weights[key] / sum * at(2, key, i)).sum::<f64>()
            }));
        }
        for width in 0..WIDTHS {
            let mut out = vec![f32::NAN; length * size];
            at_width(width, Head {
                query: View::new(&qkv, stride),
                key: View::new(&qkv[size..], stride),
                value: View::new(&qkv[2 * size..], stride),
                bias: biased.then(|| View::new(&bias, length)),
                length,
                size,
                out: &mut out,
            });
            near(&out, &want, 1e-4);
        }
    }
}

/// A function of registers, applied to many values.
struct Each<'a>(&'a mut [f32], bool);

impl Kernel for Each<'_> {
    type Out = ();

    fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        for part in self.0.chunks_exact_mut(L::COUNT) {
            let x = L::load(part);
            if self.1 { gelu(x) } else { exp(x) }.store(part);
        }
    }
}

#[test]
fn functions_of_registers_are_near_enough() {
    let inputs: Vec<f32> = (0..1600).map(|i| (i as f32 - 800.0) / 50.0).collect();
    let want: Vec<f64> = inputs.iter().map(|&u| f64::from(u) * below(f64::from(u))).collect();
    for width in 0..WIDTHS {
        let mut found = inputs.clone();
        at_width(width, Each(&mut found, true));
        near(&found, &want, 1e-6);
        let mut found: Vec<f32> = inputs.iter().map(|x| x * 5.0).collect();
        at_width(width, Each(&mut found, false));
        for (x, found) in inputs.iter().zip(found) {
            let want = f64::from(x * 5.0).exp();
            assert!((f64::from(found) / want - 1.0).abs() < 1e-5, "{x}");
        }
        // What lies beyond stays finite and away from subnormal numbers.
        let mut ends = [f32::NEG_INFINITY, -1e30, -90.0, 88.0].repeat(4);
        at_width(width, Each(&mut ends, false));
        assert!(ends.iter().all(|x| x.is_normal()), "{ends:?}");
    }
}

#[test]
fn what_is_no_number_stays_none() {
    for width in 0..WIDTHS {
        let x = [f32::NAN; 16];
        let mut out = [0.0; 16];
        at_width(
            width,
            AddNorm { x: &x, rest: &x, gamma: &x, beta: &x, epsilon: 1e-5, out: &mut out },
        );
        assert!(out.iter().all(|x| x.is_nan()));
    }
}
