//! Token F1: shared words of an answer and its reference.
//!
//! Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016; empty
//! answers as in SQuAD 2.0 (Rajpurkar et al., ACL 2018).

use rubrica_core::{Result, Tier};

use super::{best, f1};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text::{ngram_counts, squad_normalized};

/// Harmonic mean of word precision and recall after SQuAD's normalisation, against the reference
/// that gives the highest. Parts: `precision`, `recall`.
///
/// When one side has no words left, the score is 1 if both have none, else 0.
#[derive(Debug, Clone, Copy)]
pub struct TokenF1;

impl Described for TokenF1 {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "token_f1",
        title: "Token F1",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Rajpurkar et al., SQuAD, EMNLP 2016",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self)
    }
}

impl Averaged for TokenF1 {
    const VALUES: &'static [&'static str] = &["token_f1", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = squad_normalized(segment.response);
        let response: Vec<&str> = words(&response);
        let scores = references.iter().map(|reference| {
            let reference = squad_normalized(reference);
            compare(&response, &words(&reference))
        });
        Ok(best(scores, |values| values[0]))
    }
}

fn words(normalized: &str) -> Vec<&str> {
    normalized.split(' ').filter(|word| !word.is_empty()).collect()
}

/// F1, precision and recall.
fn compare(response: &[&str], reference: &[&str]) -> Vec<f64> {
    if response.is_empty() || reference.is_empty() {
        return vec![f64::from(u8::from(response == reference)); 3];
    }
    let wanted = ngram_counts(reference, 1);
    let shared: usize = ngram_counts(response, 1)
        .iter()
        .map(|(word, count)| wanted.get(word).map_or(0, |wanted| *count.min(wanted)))
        .sum();
    let precision = shared as f64 / response.len() as f64;
    let recall = shared as f64 / reference.len() as f64;
    vec![f1(precision, recall), precision, recall]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn shared_words_count_as_often_as_both_have_them() {
        let segment = Segment::new("the cat cat sat", &["a dog", "cat sat down there"]);
        let score = TokenF1.sentence(&segment).expect("has references");
        assert_eq!((score.parts["precision"], score.parts["recall"]), (2.0 / 3.0, 0.5));
    }

    #[test]
    fn no_answer_matches_no_answer() {
        let score = |response, reference| {
            let segment = Segment::new(response, &[reference]);
            TokenF1.sentence(&segment).expect("has references").value()
        };
        assert_eq!(score("", "the"), Some(1.0));
        assert_eq!(score("", "cat"), Some(0.0));
        assert_eq!(score("?!", "cat"), Some(0.0));
    }
}
