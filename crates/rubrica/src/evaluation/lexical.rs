//! What counting words gets to.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::{Job, Result};
use rubrica_metrics::Segment;
use rubrica_metrics::text::words;

use super::scorer::{Local, Scorer};
use crate::data::{LabelledPair, LabelledRating, Shape};

/// ROUGE-L with the reference where a rated row has one; else the share of the response's words,
/// weighted by TF-IDF, that stand in the context or instruction.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lexical;

/// In how many responses each word stands.
struct Frequencies {
    documents: f64,
    containing: BTreeMap<String, f64>,
}

fn lower_words(text: &str) -> impl Iterator<Item = String> {
    words(text).map(str::to_lowercase)
}

impl Frequencies {
    fn of<'t>(responses: impl Iterator<Item = &'t str>) -> Self {
        let (mut documents, mut containing) = (0.0, BTreeMap::new());
        for response in responses {
            documents += 1.0;
            for word in lower_words(response).collect::<BTreeSet<_>>() {
                *containing.entry(word).or_insert(0.0) += 1.0;
            }
        }
        Self { documents, containing }
    }

    /// Share of the weight of `response` that `source` covers, in `0..=1`.
    fn covered(&self, response: &str, source: &str) -> f64 {
        let source: BTreeSet<String> = lower_words(source).collect();
        let (mut found, mut all) = (0.0, 0.0);
        for word in lower_words(response) {
            let containing = self.containing.get(&word).copied().unwrap_or(0.0);
            let weight = ((1.0 + self.documents) / (1.0 + containing)).ln() + 1.0;
            all += weight;
            found += if source.contains(&word) { weight } else { 0.0 };
        }
        if all > 0.0 { found / all } else { 0.0 }
    }
}

impl Scorer for Lexical {
    fn name(&self) -> String {
        "lexical".into()
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        _job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let responses = pairs.iter().flat_map(|p| p.responses.iter().map(String::as_str));
            let frequencies = Frequencies::of(responses);
            let covered =
                |p: &LabelledPair, i: usize| frequencies.covered(&p.responses[i], &p.prompt);
            Ok(pairs.iter().map(|p| covered(p, 0) - covered(p, 1)).collect())
        })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        _job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let rouge = rubrica_metrics::metric("rouge_l", &serde_json::json!({}))?;
            let frequencies = Frequencies::of(ratings.iter().map(|r| r.response.as_str()));
            ratings
                .iter()
                .map(|row| match &row.reference {
                    Some(reference) if row.shape == Shape::Rubric => {
                        let references = [reference.as_str()];
                        let segment = Segment::new(&row.response, &references);
                        Ok(rouge.sentence(&segment)?.value().unwrap_or(0.0))
                    }
                    Some(context) => Ok(frequencies.covered(&row.response, context)),
                    None => Ok(frequencies.covered(&row.response, &row.instruction)),
                })
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_weigh_more() {
        let frequencies = Frequencies::of(["the cat sat", "the dog ran", "the end"].into_iter());
        assert_eq!(frequencies.covered("the cat", "The CAT."), 1.0);
        assert_eq!(frequencies.covered("the cat", "nothing"), 0.0);
        assert!(frequencies.covered("the cat", "cat") > 0.5);
        assert!(frequencies.covered("the cat", "the") < 0.5);
        assert_eq!(frequencies.covered("", "the"), 0.0);
    }
}
