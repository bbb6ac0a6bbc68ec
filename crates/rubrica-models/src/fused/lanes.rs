//! Loops that the compiler turns into vector instructions, as wide as the engine has them.

use super::tiles::Engine;

/// To bfloat16, to the nearest, ties to even.
#[inline(always)]
pub(super) fn narrow(value: f32) -> u16 {
    let bits = value.to_bits();
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

/// From bfloat16.
#[inline(always)]
pub(super) fn widen(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// `e^x` for `x <= 88`, to about 2e-7 of its value; 0 below -87.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // The magic number rounds to the nearest integer and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let r = whole.mul_add(-0.693_145_75, x);
    let r = whole.mul_add(-1.428_606_8e-6, r);
    let mut p = 1.0 / 720.0;
    p = f32::mul_add(p, r, 1.0 / 120.0);
    p = f32::mul_add(p, r, 1.0 / 24.0);
    p = f32::mul_add(p, r, 1.0 / 6.0);
    p = f32::mul_add(p, r, 0.5);
    p = f32::mul_add(p, r, 1.0);
    p = f32::mul_add(p, r, 1.0);
    let power = (shifted.to_bits() << 23).wrapping_add(127 << 23);
    p * f32::from_bits(power)
}

/// The normal distribution at `u`: what lies below, and its density.
///
/// The error function is formula 7.1.26 of Abramowitz & Stegun (1964), wrong by at most 1.5e-7.
#[inline(always)]
pub(super) fn normal(u: f32) -> (f32, f32) {
    let x = u.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / x.mul_add(0.327_591_1, 1.0);
    let mut p = 1.061_405_4_f32;
    p = p.mul_add(t, -1.453_152);
    p = p.mul_add(t, 1.421_413_8);
    p = p.mul_add(t, -0.284_496_72);
    p = p.mul_add(t, 0.254_829_6);
    let bell = exp(-x * x);
    let tail = 0.5 * p * t * bell;
    let below = if u < 0.0 { tail } else { 1.0 - tail };
    (below, bell * 0.398_942_3)
}

/// Turns a block of 16 by 16 values: rows become columns.
#[inline(always)]
pub(super) fn turn(rows: &[[u32; 16]; 16]) -> [[u32; 16]; 16] {
    #[cfg(target_arch = "x86_64")]
    if Engine::fast().is_some() {
        // SAFETY: AVX-512 comes with that engine.
        return unsafe { turn_wide(rows) };
    }
    std::array::from_fn(|c| std::array::from_fn(|r| rows[r][c]))
}

/// In three steps: pairs of values, pairs of pairs, quarters of registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn turn_wide(rows: &[[u32; 16]; 16]) -> [[u32; 16]; 16] {
    use std::arch::x86_64::*;
    let mut registers = [_mm512_setzero_si512(); 16];
    for (register, row) in registers.iter_mut().zip(rows) {
        // SAFETY: 16 values of 32 bits are 512 bits of plain data.
        *register = unsafe { std::mem::transmute::<[u32; 16], __m512i>(*row) };
    }
    let rows = registers;
    let mut pairs = rows;
    for i in (0..16).step_by(2) {
        pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
    }
    let mut fours = pairs;
    for i in (0..16).step_by(4) {
        fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    let mut out = fours;
    for k in 0..4 {
        let even = _mm512_shuffle_i32x4::<0x88>(fours[k], fours[4 + k]);
        let odd = _mm512_shuffle_i32x4::<0xdd>(fours[k], fours[4 + k]);
        let even_low = _mm512_shuffle_i32x4::<0x88>(fours[8 + k], fours[12 + k]);
        let odd_low = _mm512_shuffle_i32x4::<0xdd>(fours[8 + k], fours[12 + k]);
        out[k] = _mm512_shuffle_i32x4::<0x88>(even, even_low);
        out[4 + k] = _mm512_shuffle_i32x4::<0x88>(odd, odd_low);
        out[8 + k] = _mm512_shuffle_i32x4::<0xdd>(even, even_low);
        out[12 + k] = _mm512_shuffle_i32x4::<0xdd>(odd, odd_low);
    }
    let mut turned = [[0; 16]; 16];
    for (row, register) in turned.iter_mut().zip(out) {
        // SAFETY: as above.
        *row = unsafe { std::mem::transmute::<__m512i, [u32; 16]>(register) };
    }
    turned
}

/// A sum in sixteen lanes.
#[inline(always)]
pub(super) fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let chunks = values.chunks_exact(16);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// A sum of products in sixteen lanes.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let (a, b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for i in 0..16 {
            lanes[i] = a[i].mul_add(b[i], lanes[i]);
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_and_the_normal_distribution_are_near_enough() {
        for step in -800..=80 {
            let x = step as f32 / 10.0;
            let want = f64::from(x).exp();
            assert!((f64::from(exp(x)) / want - 1.0).abs() < 1e-6, "{x}");
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
        // Values of Φ from tables.
        for (u, below) in [(0.0, 0.5), (1.0, 0.841_344_7), (-1.0, 0.158_655_3), (-3.0, 0.001_349_9)]
        {
            assert!((normal(u).0 - below).abs() < 2e-7, "{u}");
        }
        assert!((normal(1.0).1 - 0.241_970_7).abs() < 1e-6);
    }

    #[test]
    fn blocks_are_turned() {
        let rows: [[u32; 16]; 16] =
            std::array::from_fn(|r| std::array::from_fn(|c| (100 * r + c) as u32));
        let turned = turn(&rows);
        assert!((0..16).all(|r| (0..16).all(|c| turned[c][r] == rows[r][c])));
    }

    #[test]
    fn bfloat16_rounds_to_even() {
        assert_eq!(widen(narrow(1.0)), 1.0);
        assert_eq!(widen(narrow(f32::from_bits(0x3f80_8000))), 1.0);
        assert_eq!(narrow(f32::from_bits(0x3f81_8000)), 0x3f82);
        assert_eq!(widen(narrow(f32::INFINITY)), f32::INFINITY);
    }
}
