//! The token states of what was read last, so that a response is read once for its score and for what
//! each of its parts does to it.

use std::collections::HashMap;

use burn::tensor::Tensor;

use crate::cross::CrossSequence;

/// Tokens whose states are kept at most: 96 MiB for an encoder of width 384. What is more is read again.
const MOST_TOKENS: usize = 65_536;

/// What states hang on: the tokens of a sequence, and where its second segment starts.
type Key = (Vec<u32>, usize);

/// States of the sequences of one response.
#[derive(Debug, Default)]
pub(super) struct StateMemory {
    response: Vec<u32>,
    /// `[tokens, hidden]` each.
    states: HashMap<Key, Tensor<2>>,
    tokens: usize,
}

impl StateMemory {
    /// Forgets everything that was read of another response.
    pub(super) fn turn_to(&mut self, response: &[u32]) {
        if self.response != response {
            *self = Self { response: response.to_vec(), ..Self::default() };
        }
    }

    /// Keeps the rows of `states`, `[sequences, longest, hidden]`, as far as there is room.
    pub(super) fn keep(&mut self, sequences: &[&CrossSequence], states: &Tensor<3>) {
        let [_, _, width] = states.dims();
        for (row, sequence) in sequences.iter().enumerate() {
            let length = sequence.ids.len();
            if self.tokens + length > MOST_TOKENS {
                return;
            }
            let own = states.clone().slice([row..row + 1, 0..length]).reshape([length, width]);
            if self.states.insert(key(sequence), own).is_none() {
                self.tokens += length;
            }
        }
    }

    /// The states of `sequences`, `[sequences, longest, hidden]`, those after the end of one 0; `None`
    /// when one of them was not kept.
    pub(super) fn recall(&self, sequences: &[&CrossSequence]) -> Option<Tensor<3>> {
        let longest = sequences.iter().map(|s| s.ids.len()).max()?;
        let rows: Option<Vec<Tensor<3>>> = sequences
            .iter()
            .map(|sequence| {
                let own = self.states.get(&key(sequence))?.clone();
                let [length, width] = own.dims();
                let rest = Tensor::zeros([longest - length, width], &own.device());
                let whole = if length == longest { own } else { Tensor::cat(vec![own, rest], 0) };
                Some(whole.unsqueeze_dim(0))
            })
            .collect();
        Some(Tensor::cat(rows?, 0))
    }
}

fn key(sequence: &CrossSequence) -> Key {
    (sequence.ids.clone(), sequence.split)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    #[test]
    fn states_come_back_until_the_response_changes() {
        let device = Device::flex();
        let sequence = |ids: &[u32]| CrossSequence::new(ids.to_vec(), 1, 0..1);
        let (long, short) = (sequence(&[1, 2, 3]), sequence(&[1, 4]));
        let values: Vec<f32> = (0..12).map(|i| i as f32).collect();
        let states = Tensor::from_data(TensorData::new(values, [2, 3, 2]), &device);
        let mut memory = StateMemory::default();
        memory.turn_to(&[7]);
        memory.keep(&[&long, &short], &states);
        memory.turn_to(&[7]);
        let found = memory.recall(&[&short, &long]).expect("kept");
        assert_eq!(found.dims(), [2, 3, 2]);
        let found = found.into_data().try_into_vec::<f32>().expect("f32");
        assert_eq!(found, [6.0, 7.0, 8.0, 9.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!(memory.recall(&[&long, &sequence(&[9])]).is_none());
        // The same tokens with another second segment are something else.
        assert!(memory.recall(&[&CrossSequence { split: 2, ..long.clone() }]).is_none());
        memory.turn_to(&[8]);
        assert!(memory.recall(&[&long]).is_none());
    }
}
