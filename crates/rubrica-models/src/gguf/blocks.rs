//! The kinds of blocks in which GGUF stores numbers, each read by its definition.

use half::{bf16, f16};

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BlockKind {
    /// 32-bit floats.
    F32,
    /// IEEE half precision.
    F16,
    /// bfloat16.
    Bf16,
    /// 4 bits, and a scale for 32 numbers.
    Q4_0,
    /// 4 bits, a scale and a least value for 32 numbers.
    Q4_1,
    /// 5 bits, and a scale for 32 numbers.
    Q5_0,
    /// 5 bits, a scale and a least value for 32 numbers.
    Q5_1,
    /// 8 bits, and a scale for 32 numbers.
    Q8_0,
    /// 4 bits in blocks of 256, with 6-bit scales and least values for 32 numbers.
    Q4K,
    /// 5 bits in blocks of 256, with 6-bit scales and least values for 32 numbers.
    Q5K,
    /// 6 bits in blocks of 256, with 8-bit scales for 16 numbers.
    Q6K,
}

impl BlockKind {
    /// All kinds with their numbers in the file.
    const NUMBERS: [(u32, Self); 11] = [
        (0, Self::F32),
        (1, Self::F16),
        (2, Self::Q4_0),
        (3, Self::Q4_1),
        (6, Self::Q5_0),
        (7, Self::Q5_1),
        (8, Self::Q8_0),
        (12, Self::Q4K),
        (13, Self::Q5K),
        (14, Self::Q6K),
        (30, Self::Bf16),
    ];

    pub(super) fn of_number(number: u32) -> Option<Self> {
        Self::NUMBERS.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind)
    }

    /// As it stands in a signature.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q4_0 => "q4_0",
            Self::Q4_1 => "q4_1",
            Self::Q5_0 => "q5_0",
            Self::Q5_1 => "q5_1",
            Self::Q8_0 => "q8_0",
            Self::Q4K => "q4_k",
            Self::Q5K => "q5_k",
            Self::Q6K => "q6_k",
        }
    }

    /// Numbers in a block.
    pub fn numbers(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
            Self::Q4K | Self::Q5K | Self::Q6K => 256,
        }
    }

    /// Bytes of a block.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
        }
    }

    /// The numbers of whole blocks.
    pub(super) fn read(self, data: &[u8]) -> Vec<f32> {
        let mut values = Vec::with_capacity(data.len() / self.bytes() * self.numbers());
        let read: fn(&[u8], &mut Vec<f32>) = match self {
            Self::F32 => |b, out| out.push(f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
            Self::F16 => |b, out| out.push(half_at(b, 0)),
            Self::Bf16 => |b, out| out.push(bf16::from_le_bytes([b[0], b[1]]).to_f32()),
            Self::Q4_0 => {
                |b, out| low_then_high(out, |i, n| half_at(b, 0) * (nibble(b[2 + i], n) - 8) as f32)
            }
            Self::Q4_1 => |b, out| {
                low_then_high(out, |i, n| {
                    half_at(b, 0) * nibble(b[4 + i], n) as f32 + half_at(b, 2)
                });
            },
            Self::Q5_0 => |b, out| {
                low_then_high(out, |i, n| {
                    half_at(b, 0) * (nibble(b[6 + i], n) + fifth(&b[2..6], i, n) - 16) as f32
                });
            },
            Self::Q5_1 => |b, out| {
                low_then_high(out, |i, n| {
                    let level = nibble(b[8 + i], n) + fifth(&b[4..8], i, n);
                    half_at(b, 0) * level as f32 + half_at(b, 2)
                });
            },
            Self::Q8_0 => |b, out| {
                let scale = half_at(b, 0);
                out.extend(b[2..34].iter().map(|&q| scale * f32::from(q as i8)));
            },
            Self::Q4K => |b, out| k_block(b, &b[16..144], None, out),
            Self::Q5K => |b, out| k_block(b, &b[48..176], Some(&b[16..48]), out),
            Self::Q6K => q6_k,
        };
        data.chunks_exact(self.bytes()).for_each(|block| read(block, &mut values));
        values
    }
}

fn half_at(block: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([block[at], block[at + 1]]).to_f32()
}

/// The lower (0) or upper (1) four bits.
fn nibble(byte: u8, which: usize) -> i32 {
    i32::from(byte >> (4 * which) & 0xF)
}

/// The fifth bit of a number, from the 32 that a block keeps apart, as 16 or 0.
fn fifth(bits: &[u8], index: usize, which: usize) -> i32 {
    let place = index + 16 * which;
    i32::from(bits[place / 8] >> (place % 8) & 1) << 4
}

/// 16 bytes hold 32 numbers: the lower halves are the first 16 of them.
fn low_then_high(out: &mut Vec<f32>, value: impl Fn(usize, usize) -> f32) {
    for which in 0..2 {
        out.extend((0..16).map(|index| value(index, which)));
    }
}

/// Scale and least value of part `part` of 8, 6 bits each, in 12 bytes.
fn scale_and_least(packed: &[u8], part: usize) -> (f32, f32) {
    let (scale, least) = if part < 4 {
        (packed[part] & 63, packed[part + 4] & 63)
    } else {
        (
            packed[part + 4] & 0xF | packed[part - 4] >> 6 << 4,
            packed[part + 4] >> 4 | packed[part] >> 6 << 4,
        )
    };
    (f32::from(scale), f32::from(least))
}

/// A block of 256 of 4 bits, or 5 with `fifths`: 32 bytes hold two parts of 32 numbers.
fn k_block(block: &[u8], levels: &[u8], fifths: Option<&[u8]>, out: &mut Vec<f32>) {
    let (scale, least) = (half_at(block, 0), half_at(block, 2));
    for part in 0..8 {
        let (part_scale, part_least) = scale_and_least(&block[4..16], part);
        let (scale, least) = (scale * part_scale, least * part_least);
        let bytes = &levels[part / 2 * 32..][..32];
        out.extend(bytes.iter().enumerate().map(|(i, &byte)| {
            let high = fifths.map_or(0, |bits| i32::from(bits[i] >> part & 1) << 4);
            scale * (nibble(byte, part % 2) + high) as f32 - least
        }));
    }
}

fn q6_k(block: &[u8], out: &mut Vec<f32>) {
    let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
    let scale = half_at(block, 208);
    for part in 0..8 {
        // Half a block shares 64 bytes of lower and 32 of upper bits.
        let (half, quarter) = (part / 4, part % 4);
        for i in 0..32 {
            let lower = nibble(low[64 * half + 32 * (quarter % 2) + i], quarter / 2);
            let upper = i32::from(high[32 * half + i] >> (2 * quarter) & 3) << 4;
            let part_scale = f32::from(scales[8 * half + 2 * quarter + i / 16] as i8);
            out.push(scale * part_scale * (lower + upper - 32) as f32);
        }
    }
}
