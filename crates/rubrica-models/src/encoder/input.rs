//! A batch as an encoder reads it.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

/// A batch of token sequences of equal padded length.
#[derive(Debug, Clone)]
pub struct EncoderInput {
    /// Token ids, `[batch, seq]`.
    pub ids: Tensor<2, Int>,
    /// Segment ids, `[batch, seq]`.
    pub segments: Tensor<2, Int>,
    /// True where a key is padding, `[batch, 1, seq, seq]`; absent when nothing is padded.
    pub padding: Option<Tensor<4, Bool>>,
    /// Tokens of each row that are not padding, `[batch]`.
    pub lengths: Vec<usize>,
}

impl EncoderInput {
    /// Pads `rows` of (token ids, segment ids) with `pad` to the longest of them.
    ///
    /// # Panics
    /// When `rows` is empty, or a row has unequal numbers of ids and segments.
    pub fn new(rows: &[(Vec<u32>, Vec<u32>)], pad: u32, device: &Device) -> Self {
        let lengths: Vec<usize> = rows.iter().map(|(ids, _)| ids.len()).collect();
        let batch = rows.len();
        let seq = *lengths.iter().max().expect("at least one row");
        let mut ids = Vec::with_capacity(batch * seq);
        let mut segments = Vec::with_capacity(batch * seq);
        for (row_ids, row_segments) in rows {
            assert_eq!(row_ids.len(), row_segments.len(), "one segment a token");
            let missing = seq - row_ids.len();
            ids.extend(row_ids.iter().map(|&id| id as i32));
            ids.extend(std::iter::repeat_n(pad as i32, missing));
            segments.extend(row_segments.iter().map(|&id| id as i32));
            segments.extend(std::iter::repeat_n(0, missing));
        }
        let padding = lengths.iter().any(|&n| n < seq).then(|| {
            let keys: Vec<bool> =
                lengths.iter().flat_map(|&n| (0..seq).map(move |i| i >= n)).collect();
            Tensor::<2, Bool>::from_data(TensorData::new(keys, [batch, seq]), device)
                .reshape([batch, 1, 1, seq])
                .expand([batch, 1, seq, seq])
        });
        Self {
            ids: Tensor::from_data(TensorData::new(ids, [batch, seq]), device),
            segments: Tensor::from_data(TensorData::new(segments, [batch, seq]), device),
            padding,
            lengths,
        }
    }

    /// Number of sequences and their padded length.
    pub fn dims(&self) -> [usize; 2] {
        self.ids.dims()
    }

    /// The padding, for each of `heads`: `[batch, heads, seq, seq]`.
    pub(crate) fn padding_of(&self, heads: usize) -> Option<Tensor<4, Bool>> {
        let [batch, seq] = self.dims();
        self.padding.clone().map(|mask| mask.expand([batch, heads, seq, seq]))
    }
}
