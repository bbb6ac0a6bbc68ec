//! Canberra distance of the embeddings of response and reference, and grading by the nearest answer.
//!
//! The baseline SBERT-Canberra of work on feedback to open answers in mathematics: a new answer gets the
//! grade of the most similar past answer to the same problem. The distance is that of G. Lance and
//! W. Williams, "Computer programs for hierarchical polythetic classification", The Computer Journal 9,
//! 1966.

use rubrica_core::model::EmbedModel;
use rubrica_core::{Job, Result};

use super::closeness::ClosenessFormula;
use crate::error;
use crate::info::Unit;

/// Σ |a − b| / (|a| + |b|) to the closest reference, at most the number of dimensions. Dimensions in
/// which both are 0 add 0.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddingCanberra;

impl ClosenessFormula for EmbeddingCanberra {
    const ID: &'static str = "embedding_canberra";
    const TITLE: &'static str = "Embedding Canberra distance";
    const LOW: Option<f64> = Some(0.0);
    const HIGH: Option<f64> = None;
    const UNIT: Unit = Unit::Points;
    const HIGHER_IS_BETTER: bool = false;
    const SOURCE: &'static str = "Lance and Williams, The Computer Journal 9, 1966";

    fn value(a: &[f32], b: &[f32]) -> f64 {
        let term = |(x, y): (&f32, &f32)| {
            let (x, y) = (f64::from(*x), f64::from(*y));
            let size = x.abs() + y.abs();
            if size > 0.0 { (x - y).abs() / size } else { 0.0 }
        };
        a.iter().zip(b).map(term).sum()
    }
}

/// What [`grade_by_nearest`] finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestGrade {
    /// Place of the most similar past answer, from 0; the first of several.
    pub nearest: usize,
    /// Its Canberra distance.
    pub distance: f64,
    /// Its grade.
    pub grade: f64,
}

/// The grade of the past answer to the same problem that is most like `answer`; `None` when `answer`
/// or every past answer is blank.
///
/// # Errors
/// `embedding_shape` when vectors do not fit together or are not finite,
/// [`rubrica_core::Error::Cancelled`], or an error of the model.
pub async fn grade_by_nearest<M: EmbedModel>(
    model: &M,
    answer: &str,
    graded: &[(&str, f64)],
    job: &dyn Job,
) -> Result<Option<NearestGrade>> {
    let spoken: Vec<usize> =
        (0..graded.len()).filter(|i| !graded[*i].0.trim().is_empty()).collect();
    if answer.trim().is_empty() || spoken.is_empty() {
        return Ok(None);
    }
    let texts: Vec<&str> =
        std::iter::once(answer).chain(spoken.iter().map(|i| graded[*i].0)).collect();
    let embedded = model.embed(&texts, job).await?;
    let fits = |v: &Vec<f32>| v.len() == embedded[0].len() && v.iter().all(|x| x.is_finite());
    if embedded.len() != texts.len() || !embedded.iter().all(fits) {
        let problem = "vectors are missing, differ in length or are not finite";
        return Err(error::embedding_shape(EmbeddingCanberra::ID, problem));
    }
    let distances = spoken.iter().zip(&embedded[1..]).map(|(nearest, past)| NearestGrade {
        nearest: *nearest,
        distance: EmbeddingCanberra::value(&embedded[0], past),
        grade: graded[*nearest].1,
    });
    Ok(distances.reduce(|best, next| if next.distance < best.distance { next } else { best }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_shares() {
        let (a, b) = ([0.1, -0.2, 0.3, 0.0], [0.1, 0.2, 0.1, 0.0]);
        assert!((EmbeddingCanberra::value(&a, &b) - 1.5).abs() < 1e-6);
    }
}
