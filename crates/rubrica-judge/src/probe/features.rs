//! What the heads see: scalars first, then blocks as wide as the embedding.

use super::text::{TEXT_FEATURES, TextFeatures};

/// Scalars before the embedding blocks: text features, then cosines. They are standardised with the
/// mean and deviation stored in the head.
pub const SCALARS: usize = TEXT_FEATURES + 5;

/// Embeddings of the fields of one input, each `[dim]` and of unit length. Absent fields are absent,
/// not zero vectors.
#[derive(Debug, Clone, Copy)]
pub struct Embedded<'a> {
    /// The instruction, unless it is empty.
    pub instruction: Option<&'a [f32]>,
    /// The response.
    pub response: &'a [f32],
    /// The reference.
    pub reference: Option<&'a [f32]>,
}

/// Features of the rubric head for an embedding of `dim`.
pub const fn rubric_width(dim: usize) -> usize {
    SCALARS + 6 * dim
}

/// Features of the reward head for an embedding of `dim`.
pub const fn reward_width(dim: usize) -> usize {
    SCALARS + 2 * dim
}

/// Features `[rubric_width(dim)]` of a response under a criterion.
pub fn rubric_features(input: Embedded<'_>, criterion: &[f32], text: &TextFeatures) -> Vec<f32> {
    let mut row = scalars(input, Some(criterion), text);
    row.extend(input.response);
    product(&mut row, input.instruction, input.response);
    product(&mut row, input.reference, input.response);
    match input.reference {
        Some(reference) => {
            row.extend(input.response.iter().zip(reference).map(|(a, b)| (a - b).abs()));
        }
        None => row.resize(row.len() + input.response.len(), 0.0),
    }
    row.extend(criterion);
    product(&mut row, Some(criterion), input.response);
    row
}

/// Features `[reward_width(dim)]` of a response to an instruction.
pub fn reward_features(input: Embedded<'_>, text: &TextFeatures) -> Vec<f32> {
    let mut row = scalars(input, None, text);
    row.extend(input.response);
    product(&mut row, input.instruction, input.response);
    row
}

fn scalars(input: Embedded<'_>, criterion: Option<&[f32]>, text: &TextFeatures) -> Vec<f32> {
    let between = |a: Option<&[f32]>, b: Option<&[f32]>| match (a, b) {
        (Some(a), Some(b)) => dot(a, b),
        _ => 0.0,
    };
    let response = Some(input.response);
    let mut row = text.0.to_vec();
    row.extend([
        between(input.instruction, response),
        between(input.reference, response),
        between(criterion, response),
        between(input.instruction, input.reference),
        between(criterion, input.instruction),
    ]);
    row
}

/// Appends the elementwise product, or zeros when a side is absent. Unit vectors have entries of
/// order 1/√dim and their products of order 1/dim, so products are scaled back by √dim.
fn product(row: &mut Vec<f32>, other: Option<&[f32]>, response: &[f32]) {
    let scale = (response.len() as f32).sqrt();
    match other {
        Some(other) => row.extend(other.iter().zip(response).map(|(a, b)| a * b * scale)),
        None => row.resize(row.len() + response.len(), 0.0),
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_agree() {
        let text = TextFeatures::new("a", "b", None);
        let v = [0.6, 0.8];
        let full = Embedded { instruction: Some(&v), response: &v, reference: Some(&v) };
        let bare = Embedded { instruction: None, response: &v, reference: None };
        for input in [full, bare] {
            assert_eq!(rubric_features(input, &v, &text).len(), rubric_width(2));
            assert_eq!(reward_features(input, &text).len(), reward_width(2));
        }
    }
}
