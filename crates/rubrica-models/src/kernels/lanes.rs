//! A register of f32 values, as wide as a kernel is compiled for.

/// What kernels do with a register. Loads and stores take exactly [`Lanes::COUNT`] values.
pub(super) trait Lanes: Copy {
    /// Values in a register.
    const COUNT: usize;

    fn splat(value: f32) -> Self;
    fn load(from: &[f32]) -> Self;
    fn store(self, to: &mut [f32]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
    fn max(self, other: Self) -> Self;
    /// `self * factor + term`, rounded once or twice.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    fn abs(self) -> Self;
    /// `below` where `self` is negative, else `other`.
    fn where_negative(self, below: Self, other: Self) -> Self;
    /// 2 to the power that stands in the low bits of each value: `bits << 23` added to one's exponent.
    fn exponent(self) -> Self;
    /// The sum of all values.
    fn total(self) -> f32;
    /// The largest value.
    fn largest(self) -> f32;
}

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) use self::wide::Wide;

#[cfg(any(test, not(all(target_arch = "wasm32", target_feature = "simd128"))))]
mod wide {
    use super::Lanes;

    /// An array that the compiler keeps in vector registers. `FUSED` where the processor has a fused
    /// multiply-add, which is a call of a function where it has not.
    #[derive(Clone, Copy)]
    pub(in crate::kernels) struct Wide<const N: usize, const FUSED: bool>([f32; N]);

    /// A loop over all lanes. A closure would be a function without the processor's instructions.
    macro_rules! each {
        ($lane:ident => $value:expr) => {{
            let mut out = [0.0; N];
            for ($lane, out) in out.iter_mut().enumerate() {
                *out = $value;
            }
            Self(out)
        }};
    }

    impl<const N: usize, const FUSED: bool> Lanes for Wide<N, FUSED> {
        const COUNT: usize = N;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self([value; N])
        }

        #[inline(always)]
        fn load(from: &[f32]) -> Self {
            Self(from.try_into().expect("as many values as there are lanes"))
        }

        #[inline(always)]
        fn store(self, to: &mut [f32]) {
            to.copy_from_slice(&self.0);
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            each!(i => self.0[i] + other.0[i])
        }

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            each!(i => self.0[i] - other.0[i])
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            each!(i => self.0[i] * other.0[i])
        }

        #[inline(always)]
        fn div(self, other: Self) -> Self {
            each!(i => self.0[i] / other.0[i])
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            each!(i => if other.0[i] < self.0[i] { other.0[i] } else { self.0[i] })
        }

        #[inline(always)]
        fn max(self, other: Self) -> Self {
            each!(i => if other.0[i] > self.0[i] { other.0[i] } else { self.0[i] })
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, term: Self) -> Self {
            if FUSED {
                each!(i => self.0[i].mul_add(factor.0[i], term.0[i]))
            } else {
                each!(i => self.0[i] * factor.0[i] + term.0[i])
            }
        }

        #[inline(always)]
        fn abs(self) -> Self {
            each!(i => self.0[i].abs())
        }

        #[inline(always)]
        fn where_negative(self, below: Self, other: Self) -> Self {
            each!(i => if self.0[i] < 0.0 { below.0[i] } else { other.0[i] })
        }

        #[inline(always)]
        fn exponent(self) -> Self {
            each!(i => f32::from_bits((self.0[i].to_bits() << 23).wrapping_add(127 << 23)))
        }

        #[inline(always)]
        fn total(self) -> f32 {
            self.0.iter().sum()
        }

        #[inline(always)]
        fn largest(self) -> f32 {
            self.0.iter().fold(f32::NEG_INFINITY, |a, &b| if b > a { b } else { a })
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use self::simd128::Simd128;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128 {
    use std::arch::wasm32::*;

    use super::Lanes;

    /// Four values in a register of WebAssembly.
    #[derive(Clone, Copy)]
    pub(in crate::kernels) struct Simd128(v128);

    impl Lanes for Simd128 {
        const COUNT: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self(f32x4_splat(value))
        }

        #[inline(always)]
        fn load(from: &[f32]) -> Self {
            let four: &[f32; 4] = from.try_into().expect("four values");
            // SAFETY: four values of 32 bits can be read there, and any alignment is allowed.
            Self(unsafe { v128_load(four.as_ptr().cast()) })
        }

        #[inline(always)]
        fn store(self, to: &mut [f32]) {
            let four: &mut [f32; 4] = to.try_into().expect("four values");
            // SAFETY: four values of 32 bits can be written there, and any alignment is allowed.
            unsafe { v128_store(four.as_mut_ptr().cast(), self.0) }
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0))
        }

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(f32x4_sub(self.0, other.0))
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0))
        }

        #[inline(always)]
        fn div(self, other: Self) -> Self {
            Self(f32x4_div(self.0, other.0))
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            Self(f32x4_pmin(self.0, other.0))
        }

        #[inline(always)]
        fn max(self, other: Self) -> Self {
            Self(f32x4_pmax(self.0, other.0))
        }

        #[inline(always)]
        fn mul_add(self, factor: Self, term: Self) -> Self {
            Self(f32x4_add(f32x4_mul(self.0, factor.0), term.0))
        }

        #[inline(always)]
        fn abs(self) -> Self {
            Self(f32x4_abs(self.0))
        }

        #[inline(always)]
        fn where_negative(self, below: Self, other: Self) -> Self {
            Self(v128_bitselect(below.0, other.0, f32x4_lt(self.0, f32x4_splat(0.0))))
        }

        #[inline(always)]
        fn exponent(self) -> Self {
            Self(i32x4_add(i32x4_shl(self.0, 23), i32x4_splat(127 << 23)))
        }

        #[inline(always)]
        fn total(self) -> f32 {
            let halves = f32x4_add(self.0, i32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
            f32x4_extract_lane::<0>(halves) + f32x4_extract_lane::<1>(halves)
        }

        #[inline(always)]
        fn largest(self) -> f32 {
            let halves = f32x4_pmax(self.0, i32x4_shuffle::<2, 3, 0, 1>(self.0, self.0));
            f32x4_extract_lane::<0>(halves).max(f32x4_extract_lane::<1>(halves))
        }
    }
}
