//! Attention of one head over one sequence (Vaswani et al., 2017).

use super::lanes::Lanes;
use super::math::exp;
use super::product::{Right, Scratch, Shape, View, load, product, store};
use super::simd::Kernel;

/// What a head gives for each token of a sequence: `out`, `[length, size]`.
pub(super) struct Head<'a> {
    pub(super) query: View<'a>,
    pub(super) key: View<'a>,
    pub(super) value: View<'a>,
    /// Added to the scaled scores, `[length, length]`.
    pub(super) bias: Option<View<'a>>,
    /// Tokens, without padding.
    pub(super) length: usize,
    /// Width of the head.
    pub(super) size: usize,
    pub(super) out: &'a mut [f32],
}

impl Kernel for Head<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let Self { query, key, value, bias, length, size, out } = self;
        let mut scratch = Scratch::default();
        let mut weights = vec![0.0; length * length];
        let shape = Shape { rows: length, terms: size, columns: length };
        let put = |row: usize, column: usize, sums: L| {
            let end = (column + L::COUNT).min(length);
            store(sums, &mut weights[row * length + column..row * length + end]);
        };
        product::<L, ROWS, VECTORS>(query, Right::Turned(key), shape, &mut scratch, put);
        let scale = 1.0 / (size as f32).sqrt();
        for (index, row) in weights.chunks_exact_mut(length).enumerate() {
            let bias = bias.map(|bias| bias.row(index, length));
            softmax::<L>(row, scale, bias);
        }
        let shape = Shape { rows: length, terms: length, columns: size };
        let left = View::new(&weights, length);
        let put = |row: usize, column: usize, sums: L| {
            let end = (column + L::COUNT).min(size);
            store(sums, &mut out[row * size + column..row * size + end]);
        };
        product::<L, ROWS, VECTORS>(left, Right::Plain(value), shape, &mut scratch, put);
    }
}

/// Makes weights of scores.
#[inline(always)]
fn softmax<L: Lanes>(row: &mut [f32], scale: f32, bias: Option<&[f32]>) {
    let scale = L::splat(scale);
    let whole = row.len() - row.len() % L::COUNT;
    let mut most = L::splat(f32::NEG_INFINITY);
    let mut most_left = f32::NEG_INFINITY;
    for at in (0..row.len()).step_by(L::COUNT) {
        let end = row.len().min(at + L::COUNT);
        let mut x = load::<L>(&row[at..end]).mul(scale);
        if let Some(bias) = bias {
            x = x.add(load(&bias[at..end]));
        }
        store(x, &mut row[at..end]);
        if end - at == L::COUNT {
            most = most.max(x);
        }
    }
    for x in &row[whole..] {
        most_left = most_left.max(*x);
    }
    let most = L::splat(most.largest().max(most_left));
    let mut sum = L::splat(0.0);
    for part in row[..whole].chunks_exact_mut(L::COUNT) {
        let x = exp(L::load(part).sub(most));
        sum = sum.add(x);
        x.store(part);
    }
    let left = &mut row[whole..];
    store(exp(load::<L>(left).sub(most)), left);
    let sum = sum.total() + left.iter().sum::<f32>();
    let factor = L::splat(1.0 / sum);
    for at in (0..row.len()).step_by(L::COUNT) {
        let end = row.len().min(at + L::COUNT);
        store(load::<L>(&row[at..end]).mul(factor), &mut row[at..end]);
    }
}
