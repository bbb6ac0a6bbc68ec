//! chrF, chrF+ and chrF++, equal to sacreBLEU's.
//!
//! Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015; "chrF++: words
//! helping character n-grams", WMT 2017.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{Vocabulary, is_ascii_punctuation, is_python_space, shared_ngrams, tokens};

/// Options of [`Chrf`], named as in sacreBLEU. `word_order` 2 makes it chrF++.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChrfOptions {
    /// Longest character n-grams, 0 to 16.
    pub char_order: usize,
    /// Longest word n-grams, 0 to 16.
    pub word_order: usize,
    /// How many times more recall counts than precision.
    pub beta: f64,
    /// Compares small letters.
    pub lowercase: bool,
    /// Keeps white space in character n-grams.
    pub whitespace: bool,
    /// Averages F-scores over all orders, an order without n-grams counting as nearly 0. Otherwise
    /// precision and recall are averaged over the orders that both texts have.
    pub eps_smoothing: bool,
}

impl Default for ChrfOptions {
    fn default() -> Self {
        Self {
            char_order: 6,
            word_order: 0,
            beta: 2.0,
            lowercase: false,
            whitespace: false,
            eps_smoothing: false,
        }
    }
}

/// F-score of character (and word) n-grams from 0 to 100, against the reference that gives the
/// highest. Parts: `precision` and `recall` in percent, averaged over the orders that both texts
/// have.
///
/// The score is 0 where nothing matches, for empty texts too, as in sacreBLEU. A corpus score is
/// computed from the counts of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct Chrf {
    options: ChrfOptions,
}

impl Described for Chrf {
    type Options = ChrfOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "chrf",
        title: "chrF",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(100.0),
        unit: Unit::Percent,
        higher_is_better: Some(true),
        source: "Popović, chrF, WMT 2015; chrF++, WMT 2017",
    };

    fn new(options: ChrfOptions) -> Result<Self> {
        for (path, order) in
            [("char_order", options.char_order), ("word_order", options.word_order)]
        {
            if order > 16 {
                return Err(Error::invalid(path, format!("is {order}"), "0 to 16"));
            }
        }
        if options.char_order + options.word_order == 0 {
            return Err(Error::invalid("char_order", "is 0, as is word_order", "one above 0"));
        }
        if !(options.beta.is_finite() && options.beta > 0.0 && options.beta <= 1000.0) {
            let problem = format!("is {}", options.beta);
            return Err(Error::invalid("beta", problem, "above 0, at most 1000"));
        }
        Ok(Self { options })
    }
}

impl Metric for Chrf {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let options = &self.options;
        let yes = |on| if on { "yes" } else { "no" };
        Signature::new(Self::INFO.id)
            .with("case", if options.lowercase { "lc" } else { "mixed" })
            .with("eff", yes(!options.eps_smoothing))
            .with("nc", options.char_order)
            .with("nw", options.word_order)
            .with("space", yes(options.whitespace))
            .with("beta", options.beta)
    }

    /// For each order, characters first: `[response n-grams, reference n-grams, matches]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.preprocessed(segment.response);
        let response_chars = self.characters(&response);
        let response_words =
            if self.options.word_order > 0 { words(&response) } else { Vec::new() };
        let mut best: Option<(f64, Vec<f64>)> = None;
        for reference in references {
            let reference = self.preprocessed(reference);
            let mut row = Vec::with_capacity(3 * self.orders());
            let reference_chars = self.characters(&reference);
            compare(&response_chars, &reference_chars, self.options.char_order, &mut row);
            if self.options.word_order > 0 {
                let mut vocabulary = Vocabulary::default();
                let response = vocabulary.ids(response_words.iter().copied());
                let reference = vocabulary.ids(words(&reference));
                compare(&response, &reference, self.options.word_order, &mut row);
            }
            let score = self.f_score(&row).0;
            if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
                best = Some((score, row));
            }
        }
        Ok(best.map_or_else(|| vec![0.0; 3 * self.orders()], |(_, row)| row))
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let (score, precision, recall) = self.f_score(statistics);
        MetricScore::new(score).with("precision", precision).with("recall", recall)
    }
}

impl Chrf {
    fn orders(&self) -> usize {
        self.options.char_order + self.options.word_order
    }

    fn preprocessed(&self, text: &str) -> String {
        if self.options.lowercase { text.to_lowercase() } else { text.to_owned() }
    }

    fn characters(&self, text: &str) -> Vec<u32> {
        let mut kept = Vec::with_capacity(text.len());
        let all = text.chars().filter(|c| self.options.whitespace || !is_python_space(*c));
        kept.extend(all.map(u32::from));
        kept
    }

    /// Score, precision and recall in percent.
    fn f_score(&self, statistics: &[f64]) -> (f64, f64, f64) {
        const EPSILON: f64 = 1e-16;
        let factor = self.options.beta * self.options.beta;
        let f_beta = |precision: f64, recall: f64| {
            (1.0 + factor) * precision * recall / (factor * precision + recall)
        };
        let (mut smoothed, mut precisions, mut recalls, mut orders) = (0.0, 0.0, 0.0, 0.0_f64);
        for counts in statistics.chunks_exact(3) {
            let (response, reference, matches) = (counts[0], counts[1], counts[2]);
            let precision = if response > 0.0 { matches / response } else { EPSILON };
            let recall = if reference > 0.0 { matches / reference } else { EPSILON };
            let defined = factor * precision + recall > 0.0;
            smoothed += if defined { f_beta(precision, recall) } else { EPSILON };
            if response > 0.0 && reference > 0.0 {
                precisions += precision;
                recalls += recall;
                orders += 1.0;
            }
        }
        let (precision, recall) = (precisions / orders.max(1.0), recalls / orders.max(1.0));
        let score = if self.options.eps_smoothing {
            smoothed / self.orders() as f64
        } else if precision + recall > 0.0 {
            f_beta(precision, recall)
        } else {
            0.0
        };
        (100.0 * score, 100.0 * precision, 100.0 * recall)
    }
}

/// For each order up to `orders`: n-grams of the response (0 where the reference has none), of the
/// reference, and of both.
fn compare(response: &[u32], reference: &[u32], orders: usize, row: &mut Vec<f64>) {
    let count = |tokens: &[u32], n: usize| (tokens.len() + 1).saturating_sub(n) as f64;
    for (i, matches) in shared_ngrams(response, reference, orders).into_iter().enumerate() {
        let wanted = count(reference, i + 1);
        let found = if wanted == 0.0 { 0.0 } else { count(response, i + 1) };
        row.extend([found, wanted, matches as f64]);
    }
}

/// Tokens between white space, with one ASCII punctuation mark parted from the end, or else from the
/// start.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for token in tokens(text) {
        let first = token.chars().next().map_or(0, char::len_utf8);
        let last = token.chars().next_back().map_or(0, char::len_utf8);
        if first == token.len() {
            words.push(token);
        } else if token.ends_with(is_ascii_punctuation) {
            words.extend([&token[..token.len() - last], &token[token.len() - last..]]);
        } else if token.starts_with(is_ascii_punctuation) {
            words.extend([&token[..first], &token[first..]]);
        } else {
            words.push(token);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_is_parted_from_a_word() {
        assert_eq!(words("(hi) \"a b... ! é,"), ["(hi", ")", "\"", "a", "b..", ".", "!", "é", ","]);
    }

    #[test]
    fn senseless_options_are_refused() {
        let error = |options| Chrf::new(options).expect_err("senseless");
        let none = ChrfOptions { char_order: 0, ..ChrfOptions::default() };
        assert_eq!(error(none).path(), Some("char_order"));
        let beta = ChrfOptions { beta: f64::NAN, ..ChrfOptions::default() };
        assert_eq!(error(beta).path(), Some("beta"));
        let long = ChrfOptions { word_order: 17, ..ChrfOptions::default() };
        assert_eq!(error(long).path(), Some("word_order"));
    }
}
