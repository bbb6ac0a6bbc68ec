//! What is new in a list: nearest neighbours in a memory, and a filter of near-duplicates.
//!
//! After Dolphin (Yuan et al., 2025): an idea is kept when its similarity to all kept before it, and to those of the
//! memory, is below a threshold (.8 there, from an abstract: a parameter here).

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// The most similar one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nearest {
    /// Of the memory, by its position there.
    Memory(usize),
    /// Of those kept earlier in the list, by its position in the list.
    Kept(usize),
}

/// Whether one item of a list is new.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Novelty {
    /// Highest similarity to the memory and to those kept before it; none when there is nothing to compare with.
    pub highest: Option<f64>,
    /// To which.
    pub nearest: Option<Nearest>,
    /// True when `highest` is below the threshold.
    pub novel: bool,
}

/// Goes through the list in its order and keeps what is new. `within` is row-major `[n, n]`, the similarity of
/// the items to each other; `to_memory` is `[n, memory]`.
///
/// # Errors
/// Similarities that do not fill the tables or are not finite; a threshold that is not finite.
pub fn novelty(
    within: &[f64],
    to_memory: &[f64],
    n: usize,
    threshold: f64,
) -> Result<Vec<Novelty>> {
    check::count("items", n, 1)?;
    check::same_length(("within", within.len()), ("items × items", n.saturating_mul(n)))?;
    check::values("within", within, 1)?;
    let memory = to_memory.len() / n;
    check::same_length(("to_memory", to_memory.len()), ("items × memory", n * memory))?;
    check::values("to_memory", to_memory, 0)?;
    check::values("threshold", &[threshold], 1)?;
    let mut kept: Vec<usize> = Vec::new();
    let mut found = Vec::with_capacity(n);
    for i in 0..n {
        let remembered = (0..memory).map(|j| (to_memory[i * memory + j], Nearest::Memory(j)));
        let earlier = kept.iter().map(|&j| (within[i * n + j], Nearest::Kept(j)));
        // The first of the highest.
        let nearest = remembered.chain(earlier).reduce(|a, b| if b.0 > a.0 { b } else { a });
        let novel = nearest.is_none_or(|(similarity, _)| similarity < threshold);
        if novel {
            kept.push(i);
        }
        let highest = nearest.map(|(similarity, _)| similarity);
        found.push(Novelty { highest, nearest: nearest.map(|(_, which)| which), novel });
    }
    Ok(found)
}

/// Cosine similarities of `left` with `right`, row-major `[left, right]`.
///
/// # Errors
/// Vectors of different lengths, of no length, of zeros, or with numbers that are not finite.
pub fn cosine_similarities(left: &[Vec<f64>], right: &[Vec<f64>]) -> Result<Vec<f64>> {
    let unit = |what: &'static str, vectors: &[Vec<f64>]| {
        vectors
            .iter()
            .map(|vector| {
                check::values(what, vector, 1)?;
                // Scaled first, so that squares neither overflow nor vanish.
                let largest = vector.iter().fold(0.0f64, |m, x| m.max(x.abs()));
                if largest == 0.0 {
                    return Err(StatsError::Constant { what });
                }
                let scaled: Vec<f64> = vector.iter().map(|x| x / largest).collect();
                let norm = scaled.iter().map(|x| x * x).sum::<f64>().sqrt();
                Ok(scaled.iter().map(|x| x / norm).collect::<Vec<f64>>())
            })
            .collect::<Result<Vec<_>>>()
    };
    let (left, right) = (unit("left vector", left)?, unit("right vector", right)?);
    let mut found = Vec::with_capacity(left.len() * right.len());
    for a in &left {
        for b in &right {
            check::same_length(("left vector", a.len()), ("right vector", b.len()))?;
            let cosine: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            found.push(cosine.clamp(-1.0, 1.0));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_counts_too() {
        let within = [1.0, 0.1, 0.1, 1.0];
        let found = novelty(&within, &[0.85, 0.2], 2, 0.8).expect("valid");
        assert_eq!(found[0].nearest, Some(Nearest::Memory(0)));
        assert!(!found[0].novel && found[1].novel);
        let alone = novelty(&[1.0], &[], 1, 0.8).expect("valid");
        assert_eq!(alone, [Novelty { highest: None, nearest: None, novel: true }]);
    }

    #[test]
    fn cosines() {
        let vectors = [vec![1.0, 0.0], vec![1e200, 1e200], vec![-1e-200, 0.0]];
        let found = cosine_similarities(&vectors[..1], &vectors).expect("valid");
        for (found, expected) in found.iter().zip([1.0, 0.5f64.sqrt(), -1.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
        assert!(cosine_similarities(&[vec![0.0]], &[vec![1.0]]).is_err());
        assert!(cosine_similarities(&[vec![1.0]], &[vec![1.0, 2.0]]).is_err());
    }
}
