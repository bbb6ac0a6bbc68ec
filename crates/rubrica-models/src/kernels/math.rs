//! Functions of whole registers.

use super::lanes::Lanes;

/// `e^x` for `-80 <= x <= 88`, to about 2e-7 of its value, and below that what it is at -80: products with
/// it are then no subnormal numbers, which are slow.
#[inline(always)]
pub(super) fn exp<L: Lanes>(x: L) -> L {
    let x = x.max(L::splat(-80.0)).min(L::splat(88.0));
    // The magic number rounds to the nearest integer and leaves it in the low bits.
    let round = L::splat(12_582_912.0);
    let shifted = x.mul_add(L::splat(std::f32::consts::LOG2_E), round);
    let whole = shifted.sub(round);
    let r = whole.mul_add(L::splat(-0.693_145_75), x);
    let r = whole.mul_add(L::splat(-1.428_606_8e-6), r);
    let mut p = L::splat(1.0 / 720.0);
    for term in [1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p.mul_add(r, L::splat(term));
    }
    p.mul(shifted.exponent())
}

/// `x·Φ(x)`. The error function is formula 7.1.26 of Abramowitz & Stegun (1964), wrong by at most 1.5e-7.
#[inline(always)]
pub(super) fn gelu<L: Lanes>(u: L) -> L {
    let x = u.abs().mul(L::splat(std::f32::consts::FRAC_1_SQRT_2));
    let one = L::splat(1.0);
    let t = one.div(x.mul_add(L::splat(0.327_591_1), one));
    let mut p = L::splat(1.061_405_4);
    for term in [-1.453_152, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        p = p.mul_add(t, L::splat(term));
    }
    let bell = exp(L::splat(0.0).sub(x.mul(x)));
    let tail = p.mul(t).mul(bell).mul(L::splat(0.5));
    u.mul(u.where_negative(tail, one.sub(tail)))
}
