//! Relative position buckets and the bias that they give to attention (Raffel et al., 2020), which T5
//! and MPNet share.

use burn::nn::Embedding;
use burn::tensor::{Int, Tensor, TensorData};

/// Distances are told apart one by one up to a quarter of the buckets, then in logarithmic steps up to
/// `max_distance`. `offset` is the position of the key minus that of the query; the upper half of the
/// buckets is for keys that follow.
pub(crate) fn bucket(offset: i64, buckets: usize, max_distance: usize) -> usize {
    let half = buckets / 2;
    let base = if offset > 0 { half } else { 0 };
    let distance = offset.unsigned_abs() as usize;
    let exact = half / 2;
    if distance < exact {
        return base + distance;
    }
    // In 32 bits, as the reference computes it: a bucket ends where rounding says.
    let exact = exact.max(1) as f32;
    let span = (max_distance as f64 / f64::from(exact)).ln() as f32;
    let step = (distance as f32 / exact).ln() / span * (half as f32 - exact);
    base + ((exact as usize).saturating_add(step as usize)).min(half.saturating_sub(1))
}

/// The bias of every head for every pair of query and key, `[1, heads, seq, seq]`, from a `table` of
/// `[buckets, heads]`.
pub(crate) fn bias(table: &Embedding, seq: usize, max_distance: usize) -> Tensor<4> {
    let weight = table.weight.val();
    let [buckets, heads] = weight.dims();
    let device = weight.device();
    // Only the distance counts, so that one row of buckets holds all of them.
    let row: Vec<i32> = (0..(2 * seq).saturating_sub(1))
        .map(|i| bucket(i as i64 - (seq as i64 - 1), buckets, max_distance) as i32)
        .collect();
    let pairs: Vec<i32> =
        (0..seq).flat_map(|query| row[seq - 1 - query..][..seq].iter().copied()).collect();
    let pairs = Tensor::<2, Int>::from_data(TensorData::new(pairs, [seq, seq]), &device);
    table.forward(pairs).permute([2, 0, 1]).reshape([1, heads, seq, seq])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_exact_then_logarithmic_then_all_one() {
        assert_eq!(bucket(0, 32, 128), 0);
        assert_eq!(bucket(-7, 32, 128), 7);
        assert_eq!(bucket(7, 32, 128), 23);
        assert_eq!(bucket(-8, 32, 128), 8);
        assert_eq!(bucket(-127, 32, 128), 15);
        assert_eq!(bucket(-100_000, 32, 128), 15);
        assert_eq!(bucket(100_000, 32, 128), 31);
        let all: Vec<usize> = (0..300).map(|n| bucket(-n, 32, 128)).collect();
        assert!(all.is_sorted());
    }
}
