//! Loops that the compiler turns into vector instructions, as wide as the engine has them.

use super::tiles::Engine;

/// Runs `body` compiled for the vector instructions that come with `engine`.
///
/// `body` has to be marked `#[inline(always)]`, or be small: only what is inlined here gets them.
#[inline(always)]
pub(super) fn wide<R>(engine: Engine, body: impl FnOnce() -> R) -> R {
    match engine {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Engine::Amx` is only made where these are there.
        Engine::Amx => unsafe { avx512(body) },
        _ => body(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi2")]
unsafe fn avx512<R>(body: impl FnOnce() -> R) -> R {
    body()
}

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
        for (u, below) in
            [(0.0, 0.5), (1.0, 0.841_344_7), (-1.0, 0.158_655_3), (-3.0, 0.001_349_9)]
        {
            assert!((normal(u).0 - below).abs() < 2e-7, "{u}");
        }
        assert!((normal(1.0).1 - 0.241_970_7).abs() < 1e-6);
    }

    #[test]
    fn bfloat16_rounds_to_even() {
        assert_eq!(widen(narrow(1.0)), 1.0);
        assert_eq!(widen(narrow(f32::from_bits(0x3f80_8000))), 1.0);
        assert_eq!(narrow(f32::from_bits(0x3f81_8000)), 0x3f82);
        assert_eq!(widen(narrow(f32::INFINITY)), f32::INFINITY);
    }
}
