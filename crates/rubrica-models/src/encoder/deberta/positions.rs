//! Relative positions as rows of the table.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::config::Relative;

/// The signed bucket of `distance`: itself up to half the buckets, then in logarithmic steps up to the
/// longest distance.
fn bucket(distance: i64, buckets: usize, most: usize) -> i64 {
    let middle = (buckets / 2) as i64;
    let length = distance.abs();
    if length <= middle {
        return distance;
    }
    // In 32 bits, as the reference computes it: a bucket ends where rounding says.
    let middle_real = middle as f32;
    let step = (length as f32 / middle_real).ln()
        / (((most as f64 - 1.0) / middle as f64) as f32).ln()
        * (middle_real - 1.0);
    (step.ceil() as i64 + middle) * distance.signum()
}

/// For each query and key the row of the table that stands for the position of the query less that of
/// the key, `[seq, seq]`; `turned`, for that of the key less that of the query.
pub(super) fn rows(
    relative: Relative,
    seq: usize,
    turned: bool,
    device: &Device,
) -> Tensor<2, Int> {
    let span = relative.span() as i64;
    // Only the distance counts, so that one list holds all of them.
    let by_distance: Vec<i32> = (0..(2 * seq).saturating_sub(1))
        .map(|i| {
            let distance = i as i64 - (seq as i64 - 1);
            let place = match relative.buckets {
                Some(buckets) => bucket(distance, buckets, relative.most),
                None => distance,
            };
            let place = if turned { -place } else { place };
            (place + span).clamp(0, 2 * span - 1) as i32
        })
        .collect();
    let pairs: Vec<i32> = (0..seq)
        .flat_map(|query| (0..seq).map(move |key| query + seq - 1 - key))
        .map(|index| by_distance[index])
        .collect();
    Tensor::from_data(TensorData::new(pairs, [seq, seq]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_of_the_published_models() {
        let of = |distance| bucket(distance, 256, 512);
        assert_eq!([of(0), of(5), of(-128), of(128)], [0, 5, -128, 128]);
        assert_eq!([of(129), of(-511), of(511)], [129, -255, 255]);
        let all: Vec<i64> = (0..2048).map(of).collect();
        assert!(all.is_sorted());
        assert!(all.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }
}
