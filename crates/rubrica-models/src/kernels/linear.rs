//! A linear layer with what follows it.

use super::lanes::Lanes;
use super::math::gelu;
use super::product::{Right, Scratch, Shape, View, load, product, store};
use super::simd::Kernel;

/// `out = f(x * weight + bias)` for some rows, `f` being nothing or the GELU.
pub(super) struct Rows<'a> {
    pub(super) x: View<'a>,
    pub(super) weight: Right<'a>,
    pub(super) bias: Option<&'a [f32]>,
    pub(super) gelu: bool,
    pub(super) shape: Shape,
    /// `[rows, columns]`.
    pub(super) out: &'a mut [f32],
}

impl Kernel for Rows<'_> {
    type Out = ();

    #[inline(always)]
    fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) {
        let Self { x, weight, bias, gelu: bent, shape, out } = self;
        let columns = shape.columns;
        let mut scratch = Scratch::default();
        let put = |row: usize, column: usize, sums: L| {
            let end = (column + L::COUNT).min(columns);
            let mut y = sums;
            if let Some(bias) = bias {
                y = y.add(load(&bias[column..end]));
            }
            if bent {
                y = gelu(y);
            }
            store(y, &mut out[row * columns + column..row * columns + end]);
        };
        product::<L, ROWS, VECTORS>(x, weight, shape, &mut scratch, put);
    }
}
