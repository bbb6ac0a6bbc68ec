//! Layer norm (Ba et al., 2016) of a sum.

use super::lanes::Lanes;
use super::product::{load, store};
use super::simd::Kernel;

/// `out = norm(x + rest) * gamma + beta` for each row of `gamma.len()` values.
pub(super) struct AddNorm<'a> {
    pub(super) x: &'a [f32],
    pub(super) rest: &'a [f32],
    pub(super) gamma: &'a [f32],
    pub(super) beta: &'a [f32],
    pub(super) epsilon: f32,
    pub(super) out: &'a mut [f32],
}

impl Kernel for AddNorm<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let width = self.gamma.len();
        let rows = self.x.chunks_exact(width).zip(self.rest.chunks_exact(width));
        for (out, (x, rest)) in self.out.chunks_exact_mut(width).zip(rows) {
            row::<L>(x, rest, self.gamma, self.beta, self.epsilon, out);
        }
    }
}

#[inline(always)]
fn row<L: Lanes>(
    x: &[f32],
    rest: &[f32],
    gamma: &[f32],
    beta: &[f32],
    epsilon: f32,
    out: &mut [f32],
) {
    let width = out.len();
    let whole = width - width % L::COUNT;
    let mut sum = L::splat(0.0);
    for i in (0..width).step_by(L::COUNT) {
        // Beyond the end both are 0.
        let both = load::<L>(part::<L>(x, i)).add(load(part::<L>(rest, i)));
        sum = sum.add(both);
        store(both, part_mut::<L>(out, i));
    }
    let mean = sum.total() / width as f32;
    let mut spread = L::splat(0.0);
    for i in (0..whole).step_by(L::COUNT) {
        let away = L::load(part::<L>(out, i)).sub(L::splat(mean));
        spread = away.mul_add(away, spread);
    }
    let left: f32 = out[whole..].iter().map(|x| (x - mean) * (x - mean)).sum();
    let variance = (spread.total() + left) / width as f32;
    let factor = L::splat(1.0 / (variance + epsilon).sqrt());
    for i in (0..width).step_by(L::COUNT) {
        let away = load::<L>(part::<L>(out, i)).sub(L::splat(mean));
        let scale = load::<L>(part::<L>(gamma, i)).mul(factor);
        store(away.mul_add(scale, load(part::<L>(beta, i))), part_mut::<L>(out, i));
    }
}

/// A register's worth of values from `at` on, or what is left of them.
#[inline(always)]
fn part<L: Lanes>(values: &[f32], at: usize) -> &[f32] {
    &values[at..values.len().min(at + L::COUNT)]
}

#[inline(always)]
fn part_mut<L: Lanes>(values: &mut [f32], at: usize) -> &mut [f32] {
    let end = values.len().min(at + L::COUNT);
    &mut values[at..end]
}
