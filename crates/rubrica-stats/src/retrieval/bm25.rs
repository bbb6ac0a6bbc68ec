//! BM25: how well documents match the words of a query.
//!
//! Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009. The score of a document is
//! `Σ idf(t)·tf·(k₁ + 1) / (tf + k₁·(1 − b + b·length / mean length))` over the words of the query, each as often as it
//! stands there. Words are whatever the caller splits texts into.

use std::collections::HashMap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::{Result, check};

/// How rare words weigh; `n` documents of `N` hold the word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Idf {
    /// `ln(1 + (N − n + ½) / (n + ½))`, never below 0; without the constant factor `k₁ + 1`, as Lucene has it since
    /// version 8.
    #[default]
    Lucene,
    /// `ln((N − n + ½) / (n + ½))`; a word in more than half of the documents counts against them.
    Robertson,
    /// As Robertson's, but where that is below 0, a quarter of the mean over all words: as the Python package
    /// `rank_bm25` has it.
    RankBm25,
}

/// Options of [`Bm25`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bm25Options {
    /// How soon more of the same word counts no more, in `0..=1000000`.
    pub k1: f64,
    /// How much long documents are marked down, in `0..=1`.
    pub b: f64,
    /// How rare words weigh.
    pub idf: Idf,
}

impl Default for Bm25Options {
    /// As Anserini has them.
    fn default() -> Self {
        Self { k1: 0.9, b: 0.4, idf: Idf::default() }
    }
}

/// Documents to be searched.
#[derive(Debug, Clone)]
pub struct Bm25<T> {
    /// Documents that hold each word, with how often.
    postings: HashMap<T, Vec<(usize, f64)>>,
    weights: HashMap<T, f64>,
    /// `k₁·(1 − b + b·length / mean length)` of each document.
    norms: Vec<f64>,
    options: Bm25Options,
}

impl<T: Eq + Hash + Clone + Ord> Bm25<T> {
    /// From the words of each document.
    ///
    /// # Errors
    /// No documents, or none with words; options out of range.
    pub fn new(documents: &[Vec<T>], options: Bm25Options) -> Result<Self> {
        check::count("documents", documents.len(), 1)?;
        check::in_range("k1", options.k1, |k| (0.0..=1e6).contains(&k), "0 to 1000000")?;
        check::in_range("b", options.b, |b| (0.0..=1.0).contains(&b), "0 to 1")?;
        let words: usize = documents.iter().map(Vec::len).sum();
        check::count("words of all documents", words, 1)?;
        let mut postings: HashMap<T, Vec<(usize, f64)>> = HashMap::new();
        for (i, document) in documents.iter().enumerate() {
            for word in document {
                let places = postings.entry(word.clone()).or_default();
                match places.last_mut() {
                    Some((last, times)) if *last == i => *times += 1.0,
                    _ => places.push((i, 1.0)),
                }
            }
        }
        let mean = words as f64 / documents.len() as f64;
        let norm = |d: &Vec<T>| options.k1 * (1.0 - options.b + options.b * d.len() as f64 / mean);
        let norms = documents.iter().map(norm).collect();
        let weights = weights(&postings, documents.len() as f64, options.idf);
        Ok(Self { postings, weights, norms, options })
    }

    /// The score of each document.
    pub fn scores(&self, query: &[T]) -> Vec<f64> {
        let mut scores = vec![0.0; self.norms.len()];
        let factor = if self.options.idf == Idf::Lucene { 1.0 } else { self.options.k1 + 1.0 };
        for word in query {
            let Some((places, weight)) = self.postings.get(word).zip(self.weights.get(word)) else {
                continue;
            };
            for &(document, times) in places {
                scores[document] += weight * factor * times / (times + self.norms[document]);
            }
        }
        scores
    }

    /// Documents that hold a word of the query, best first; of equal ones, the earlier. At most `k`.
    pub fn search(&self, query: &[T], k: usize) -> Vec<(usize, f64)> {
        let scores = self.scores(query);
        let mut held = vec![false; scores.len()];
        for (document, _) in query.iter().filter_map(|word| self.postings.get(word)).flatten() {
            held[*document] = true;
        }
        let mut found: Vec<(usize, f64)> =
            scores.into_iter().enumerate().filter(|(i, _)| held[*i]).collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found.truncate(k);
        found
    }
}

fn weights<T: Eq + Hash + Clone + Ord>(
    postings: &HashMap<T, Vec<(usize, f64)>>,
    documents: f64,
    idf: Idf,
) -> HashMap<T, f64> {
    let robertson = |n: f64| ((documents - n + 0.5) / (n + 0.5)).ln();
    // In the order of the words, so that the mean is the same on every run.
    let mut words: Vec<(&T, f64)> =
        postings.iter().map(|(word, places)| (word, places.len() as f64)).collect();
    words.sort_by(|a, b| a.0.cmp(b.0));
    let mean = words.iter().map(|(_, n)| robertson(*n)).sum::<f64>() / words.len() as f64;
    let weight = |n: f64| match idf {
        Idf::Lucene => ((documents - n + 0.5) / (n + 0.5)).ln_1p(),
        Idf::Robertson => robertson(n),
        Idf::RankBm25 if robertson(n) < 0.0 => 0.25 * mean,
        Idf::RankBm25 => robertson(n),
    };
    words.into_iter().map(|(word, n)| (word.clone(), weight(n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        text.split(' ').collect()
    }

    #[test]
    fn searches() {
        let documents = ["a cat sat", "a dog and a cat and a dog", "a fish"].map(split).to_vec();
        let index = Bm25::new(&documents, Bm25Options::default()).expect("valid");
        let found = index.search(&split("dog fish"), 9);
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [1, 2]);
        assert!(index.search(&split("bird"), 9).is_empty());
        // By hand: idf ln(1 + 2.5 / 1.5), mean length 13 / 3.
        let norm = 0.9 * (0.6 + 0.4 * 8.0 / (13.0 / 3.0));
        let expected = (1.0f64 + 2.5 / 1.5).ln() * 2.0 / (2.0 + norm);
        assert!((index.scores(&split("dog"))[1] - expected).abs() < 1e-12);
        let twice = index.scores(&split("dog dog"))[1];
        assert!((twice - 2.0 * expected).abs() < 1e-12);
    }

    #[test]
    fn mistakes_are_named() {
        let code =
            |documents: &[Vec<u8>], options| Bm25::new(documents, options).expect_err("bad").code();
        let plain = Bm25Options::default();
        assert_eq!(code(&[], plain), "too_few_values");
        assert_eq!(code(&[vec![]], plain), "too_few_values");
        assert_eq!(code(&[vec![1]], Bm25Options { b: 2.0, ..plain }), "out_of_range");
        assert_eq!(code(&[vec![1]], Bm25Options { k1: f64::NAN, ..plain }), "out_of_range");
        assert_eq!(code(&[vec![1]], Bm25Options { k1: 1e7, ..plain }), "out_of_range");
    }
}
