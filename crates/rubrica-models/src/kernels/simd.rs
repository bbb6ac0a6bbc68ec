//! Which width a kernel runs with.

use super::lanes::Lanes;

/// A kernel, written once for every width of registers. `run` is inlined into functions that are
/// compiled for what the processor has.
pub(super) trait Kernel {
    type Out;

    /// `ROWS` by `VECTORS` registers are what a product sums in: few enough that the compiler unrolls the loops
    /// over them, without which they are no registers.
    fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self) -> Self::Out;
}

/// Runs it with the widest registers there are.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
pub(super) fn widest<K: Kernel>(kernel: K) -> K::Out {
    kernel.run::<super::lanes::Simd128, 4, 2>()
}

/// Runs it with the widest registers there are.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) fn widest<K: Kernel>(kernel: K) -> K::Out {
    use super::lanes::Wide;

    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx2,fma")]
        fn wide<K: Kernel>(kernel: K) -> K::Out {
            kernel.run::<Wide<16, true>, 6, 2>()
        }

        #[target_feature(enable = "avx2,fma")]
        fn half<K: Kernel>(kernel: K) -> K::Out {
            kernel.run::<Wide<8, true>, 4, 2>()
        }

        if ["avx512f", "avx512vl", "avx512dq"].iter().all(|name| has(name)) && has("fma") {
            // SAFETY: the processor has just been asked for these instructions.
            return unsafe { wide(kernel) };
        }
        if has("avx2") && has("fma") {
            // SAFETY: as above.
            return unsafe { half(kernel) };
        }
    }
    kernel.run::<Wide<4, { cfg!(target_arch = "aarch64") }>, 4, 2>()
}

/// Whether the processor has an extension.
#[cfg(target_arch = "x86_64")]
fn has(name: &str) -> bool {
    match name {
        "avx512f" => is_x86_feature_detected!("avx512f"),
        "avx512vl" => is_x86_feature_detected!("avx512vl"),
        "avx512dq" => is_x86_feature_detected!("avx512dq"),
        "avx2" => is_x86_feature_detected!("avx2"),
        "fma" => is_x86_feature_detected!("fma"),
        _ => false,
    }
}
