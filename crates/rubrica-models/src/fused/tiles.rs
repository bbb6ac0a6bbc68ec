//! 32x32 blocks of a product of bfloat16 matrices: on the tile registers of AMX where the processor
//! has them, in plain loops elsewhere (which only tests use).

use std::sync::OnceLock;

/// Rows and columns of a block.
pub(super) const BLOCK: usize = 32;
/// Terms of a sum that one tile instruction takes.
pub(super) const DEPTH: usize = 32;
/// Columns of a packed panel.
pub(super) const PANEL: usize = 16;
/// Values of a packed tile: [`DEPTH`] terms of [`PANEL`] columns.
pub(super) const TILE: usize = DEPTH * PANEL;

/// What multiplies tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Tile registers, with AVX-512 for what lies between products.
    Amx,
    /// Plain loops: the same sums in another order.
    #[cfg_attr(not(test), expect(dead_code, reason = "holds the layer to burn's on any machine"))]
    Portable,
}

impl Engine {
    /// The fast engine, where processor and system have it.
    pub(crate) fn fast() -> Option<Self> {
        static FAST: OnceLock<bool> = OnceLock::new();
        FAST.get_or_init(amx::available).then_some(Self::Amx)
    }
}

/// Left operand of a block: 32 rows of a row-major matrix, the first at `start`, `stride` values
/// apart.
#[derive(Clone, Copy)]
pub(super) struct Left<'a> {
    pub(super) values: &'a [u16],
    pub(super) start: usize,
    pub(super) stride: usize,
}

/// `sums = left * right`: [`BLOCK`] rows by two packed panels of `depth` tiles each.
pub(super) fn block(
    engine: Engine,
    left: Left<'_>,
    panels: [&[u16]; 2],
    depth: usize,
    sums: &mut [f32; BLOCK * BLOCK],
) {
    let end = left.start + (BLOCK - 1) * left.stride + depth * DEPTH;
    assert!(end <= left.values.len() && panels.iter().all(|p| p.len() >= depth * TILE));
    match engine {
        // SAFETY: `Engine::Amx` is only made where AMX is available; the bounds were just checked.
        Engine::Amx => unsafe { amx::block(left, panels, depth, sums) },
        Engine::Portable => portable(left, panels, depth, sums),
    }
}

fn portable(left: Left<'_>, panels: [&[u16]; 2], depth: usize, sums: &mut [f32; BLOCK * BLOCK]) {
    let value = |bits: u16| f32::from_bits(u32::from(bits) << 16);
    for (row, sums) in sums.chunks_exact_mut(BLOCK).enumerate() {
        let start = left.start + row * left.stride;
        let terms = &left.values[start..start + depth * DEPTH];
        for (column, sum) in sums.iter_mut().enumerate() {
            let (panel, column) = (panels[column / PANEL], column % PANEL);
            *sum = (0..depth * DEPTH)
                .map(|k| {
                    let at = k / DEPTH * TILE + k % DEPTH / 2 * DEPTH + 2 * column + k % 2;
                    value(terms[k]) * value(panel[at])
                })
                .sum();
        }
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx {
    use std::arch::asm;
    use std::cell::Cell;

    use super::{BLOCK, Left, TILE};

    /// Shapes of the eight tile registers: 16 rows of 64 bytes each.
    #[repr(C, align(64))]
    struct Shapes([u8; 64]);

    const fn shapes() -> Shapes {
        let mut bytes = [0; 64];
        bytes[0] = 1;
        let mut tile = 0;
        while tile < 8 {
            bytes[16 + 2 * tile] = 64;
            bytes[48 + tile] = 16;
            tile += 1;
        }
        Shapes(bytes)
    }

    static SHAPES: Shapes = shapes();

    /// Whether the processor has bfloat16 tiles and the system lets this process use them.
    pub(super) fn available() -> bool {
        const REQUEST_PERMISSION: u64 = 0x1023;
        const TILE_DATA: u64 = 18;
        let leaf = std::arch::x86_64::__cpuid_count(7, 0);
        let (bf16, tile) = (leaf.edx >> 22 & 1, leaf.edx >> 24 & 1);
        let lanes = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("fma");
        if bf16 == 0 || tile == 0 || !lanes {
            return false;
        }
        let result: i64;
        // SAFETY: `arch_prctl` with these arguments only asks for a permission.
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") 158i64 => result,
                in("rdi") REQUEST_PERMISSION,
                in("rsi") TILE_DATA,
                out("rcx") _,
                out("r11") _,
            );
        }
        result == 0
    }

    thread_local! {
        static READY: Cell<bool> = const { Cell::new(false) };
    }

    /// # Safety
    /// [`available`] was true; 32 rows of `left` and both panels hold `depth` tiles; `depth` > 0.
    pub(super) unsafe fn block(
        left: Left<'_>,
        panels: [&[u16]; 2],
        depth: usize,
        sums: &mut [f32; BLOCK * BLOCK],
    ) {
        if !READY.get() {
            // SAFETY: the shapes are valid, and the permission was given.
            unsafe { asm!("ldtilecfg [{}]", in(reg) &SHAPES) };
            READY.set(true);
        }
        let upper = left.values.as_ptr().wrapping_add(left.start);
        let lower = upper.wrapping_add(16 * left.stride);
        let sums = sums.as_mut_ptr();
        // SAFETY: every address lies in the bounds that the caller promises; the sums are 32 rows
        // of 128 bytes.
        unsafe {
            asm!(
                "tilezero tmm0",
                "tilezero tmm1",
                "tilezero tmm2",
                "tilezero tmm3",
                "2:",
                "tileloadd tmm4, [{upper} + {stride}*1]",
                "tileloadd tmm6, [{first} + {line}*1]",
                "tileloadd tmm7, [{second} + {line}*1]",
                "tdpbf16ps tmm0, tmm4, tmm6",
                "tileloadd tmm5, [{lower} + {stride}*1]",
                "tdpbf16ps tmm1, tmm4, tmm7",
                "tdpbf16ps tmm2, tmm5, tmm6",
                "tdpbf16ps tmm3, tmm5, tmm7",
                "add {upper}, 64",
                "add {lower}, 64",
                "add {first}, {tile}",
                "add {second}, {tile}",
                "dec {depth}",
                "jnz 2b",
                "tilestored [{sums} + {row}*1], tmm0",
                "tilestored [{sums} + {row}*1 + 64], tmm1",
                "tilestored [{below} + {row}*1], tmm2",
                "tilestored [{below} + {row}*1 + 64], tmm3",
                upper = inout(reg) upper => _,
                lower = inout(reg) lower => _,
                first = inout(reg) panels[0].as_ptr() => _,
                second = inout(reg) panels[1].as_ptr() => _,
                depth = inout(reg) depth => _,
                stride = in(reg) 2 * left.stride,
                line = in(reg) 64usize,
                row = in(reg) 128usize,
                sums = in(reg) sums,
                below = in(reg) sums.add(16 * BLOCK),
                tile = const TILE * 2,
                options(nostack),
            );
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod amx {
    use super::{BLOCK, Left};

    pub(super) fn available() -> bool {
        false
    }

    /// # Safety
    /// Never called, as it is never available.
    pub(super) unsafe fn block(
        _: Left<'_>,
        _: [&[u16]; 2],
        _: usize,
        _: &mut [f32; BLOCK * BLOCK],
    ) {
        unreachable!("no tile registers here")
    }
}
