//! BLEU, equal to sacreBLEU's.
//!
//! Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002; Post,
//! "A call for clarity in reporting BLEU scores", WMT 2018. Smoothing after Chen and Cherry, "A
//! systematic comparison of smoothing techniques for sentence-level BLEU", WMT 2014.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::bleu_tokenize::BleuTokenizer;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::{TokenMap, Vocabulary, ngram_counts, shared_ngrams, tokens};

/// Names of the parts, one for each order that there may be.
const PRECISIONS: [&str; 16] = [
    "precision_1",
    "precision_2",
    "precision_3",
    "precision_4",
    "precision_5",
    "precision_6",
    "precision_7",
    "precision_8",
    "precision_9",
    "precision_10",
    "precision_11",
    "precision_12",
    "precision_13",
    "precision_14",
    "precision_15",
    "precision_16",
];

/// What stands in for a precision of 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Smoothing {
    /// Nothing: one order without a match makes the score 0.
    #[serde(rename = "none")]
    None,
    /// `smooth_value` matches.
    #[serde(rename = "floor")]
    Floor,
    /// `smooth_value` more matches and n-grams from order 2 on.
    #[serde(rename = "add-k")]
    AddK,
    /// Half a match, a quarter, ..., halved at each order without one.
    #[default]
    #[serde(rename = "exp")]
    Exponential,
}

impl Smoothing {
    fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Floor => "floor",
            Self::AddK => "add-k",
            Self::Exponential => "exp",
        }
    }

    fn default_value(self) -> Option<f64> {
        match self {
            Self::Floor => Some(0.1),
            Self::AddK => Some(1.0),
            Self::None | Self::Exponential => None,
        }
    }
}

/// Options of [`Bleu`], named as in sacreBLEU.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BleuOptions {
    /// How texts are parted into tokens.
    pub tokenize: BleuTokenizer,
    /// What stands in for a precision of 0.
    pub smooth_method: Smoothing,
    /// Parameter of `floor` (0.1 if not given) and `add-k` (1 if not given).
    pub smooth_value: Option<f64>,
    /// Compares small letters.
    pub lowercase: bool,
    /// Leaves out orders for which the response is too short. Not given: for one segment, but not
    /// for a corpus, as sacreBLEU's `sentence_bleu` and `corpus_bleu` do.
    pub effective_order: Option<bool>,
    /// Longest n-grams, 1 to 16.
    pub max_ngram_order: usize,
}

impl Default for BleuOptions {
    fn default() -> Self {
        Self {
            tokenize: BleuTokenizer::default(),
            smooth_method: Smoothing::default(),
            smooth_value: None,
            lowercase: false,
            effective_order: None,
            max_ngram_order: 4,
        }
    }
}

/// BLEU from 0 to 100 against any number of references. Parts: `precision_1` and so on in percent,
/// `brevity_penalty`, `response_length` and `reference_length` in tokens.
///
/// The score is 0 where nothing matches, for empty texts too, as in sacreBLEU. A corpus score is
/// computed from the counts of the whole corpus.
#[derive(Debug, Clone, Copy)]
pub struct Bleu {
    options: BleuOptions,
}

impl Described for Bleu {
    type Options = BleuOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "bleu",
        title: "BLEU",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(100.0),
        unit: Unit::Percent,
        higher_is_better: Some(true),
        source: "Papineni et al., BLEU, ACL 2002; Post, WMT 2018",
    };

    fn new(options: BleuOptions) -> Result<Self> {
        if !(1..=PRECISIONS.len()).contains(&options.max_ngram_order) {
            let problem = format!("is {}", options.max_ngram_order);
            return Err(Error::invalid("max_ngram_order", problem, "1 to 16"));
        }
        if let Some(value) = options.smooth_value {
            let expected = match options.smooth_method {
                Smoothing::Floor | Smoothing::AddK => "a number above 0",
                Smoothing::None | Smoothing::Exponential => "none with this smooth_method",
            };
            let fits = options.smooth_method.default_value().is_some();
            if !(fits && value.is_finite() && value > 0.0) {
                return Err(Error::invalid("smooth_value", format!("is {value}"), expected));
            }
        }
        Ok(Self { options })
    }
}

impl Metric for Bleu {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, level: Level) -> Signature {
        let options = &self.options;
        let value = options.smooth_value.or(options.smooth_method.default_value());
        let value = value.map_or_else(String::new, |value| format!("[{value:.2}]"));
        let signature = Signature::new(Self::INFO.id)
            .with("case", if options.lowercase { "lc" } else { "mixed" })
            .with("eff", if self.effective_order(level) { "yes" } else { "no" })
            .with("tok", options.tokenize.name())
            .with("smooth", format!("{}{value}", options.smooth_method.name()));
        if options.max_ngram_order == 4 {
            signature
        } else {
            signature.with("order", options.max_ngram_order)
        }
    }

    /// `[response length, reference length, matches of each order, n-grams of each order]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.spaced(segment.response);
        let references: Vec<String> = references.iter().map(|text| self.spaced(text)).collect();
        let bytes = response.len() + references.iter().map(String::len).sum::<usize>();
        let mut vocabulary = Vocabulary::for_texts(bytes);
        let response = vocabulary.ids(tokens(&response));
        let references: Vec<Vec<u32>> =
            references.iter().map(|text| vocabulary.ids(tokens(text))).collect();

        let lengths = references.iter().map(Vec::len);
        let closest = lengths.min_by_key(|length| (length.abs_diff(response.len()), *length));
        let mut row = Vec::with_capacity(2 + 2 * self.options.max_ngram_order);
        row.extend([response.len() as f64, closest.unwrap_or(0) as f64]);
        let orders = 1..=self.options.max_ngram_order;
        match references.as_slice() {
            [reference] => {
                let shared = shared_ngrams(&response, reference, self.options.max_ngram_order);
                row.extend(shared.into_iter().map(|matches| matches as f64));
            }
            _ => row.extend(orders.clone().map(|n| matches(&response, &references, n) as f64)),
        }
        row.extend(orders.map(|n| (response.len() + 1).saturating_sub(n) as f64));
        Ok(row)
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let orders = self.options.max_ngram_order;
        let (response_length, reference_length) = (statistics[0], statistics[1]);
        let (correct, total) = statistics[2..].split_at(orders);
        let brevity_penalty = if response_length >= reference_length {
            1.0
        } else if response_length > 0.0 {
            (1.0 - reference_length / response_length).exp()
        } else {
            0.0
        };
        let (precisions, counted) = self.precisions(correct, total, level);
        let log_sum: f64 = precisions[..counted].iter().map(|p| ln_or_low(*p)).sum();
        let score = if correct.iter().all(|count| *count == 0.0) {
            0.0
        } else {
            brevity_penalty * (log_sum / counted as f64).exp()
        };
        let mut score = MetricScore::new(score)
            .with("brevity_penalty", brevity_penalty)
            .with("response_length", response_length)
            .with("reference_length", reference_length);
        for (name, precision) in PRECISIONS.into_iter().zip(precisions) {
            score = score.with(name, precision);
        }
        score
    }
}

impl Bleu {
    fn effective_order(&self, level: Level) -> bool {
        self.options.effective_order.unwrap_or(level == Level::Sentence)
    }

    fn spaced(&self, text: &str) -> String {
        self.options.tokenize.prepared(text, self.options.lowercase)
    }

    /// Smoothed precisions in percent, and how many of them count.
    fn precisions(&self, correct: &[f64], total: &[f64], level: Level) -> (Vec<f64>, usize) {
        let orders = self.options.max_ngram_order;
        let mut precisions = vec![0.0; orders];
        if correct.iter().all(|count| *count == 0.0) {
            return (precisions, orders);
        }
        let method = self.options.smooth_method;
        let value = self.options.smooth_value.or(method.default_value()).unwrap_or(0.0);
        let mut counted = orders;
        let mut halvings = 1.0;
        for n in 0..orders {
            let added = if method == Smoothing::AddK && n > 0 { value } else { 0.0 };
            let (correct, total) = (correct[n] + added, total[n] + added);
            if total == 0.0 {
                break;
            }
            if self.effective_order(level) {
                counted = n + 1;
            }
            precisions[n] = if correct > 0.0 {
                100.0 * correct / total
            } else {
                match method {
                    Smoothing::Exponential => {
                        halvings *= 2.0;
                        100.0 / (halvings * total)
                    }
                    Smoothing::Floor => 100.0 * value / total,
                    Smoothing::None | Smoothing::AddK => 0.0,
                }
            };
        }
        (precisions, counted)
    }
}

/// How many n-grams of the response stand in a reference, each at most as often as in the reference
/// that has it most often.
fn matches(response: &[u32], references: &[Vec<u32>], n: usize) -> usize {
    let mut wanted: TokenMap<&[u32], usize> = TokenMap::default();
    for reference in references {
        for (ngram, count) in ngram_counts(reference, n) {
            let most = wanted.entry(ngram).or_insert(0);
            *most = count.max(*most);
        }
    }
    let found = ngram_counts(response, n);
    found.iter().map(|(ngram, n)| wanted.get(ngram).map_or(0, |most| *n.min(most))).sum()
}

/// Natural logarithm; for 0 a number so low that its exponential is 0.
fn ln_or_low(value: f64) -> f64 {
    if value == 0.0 { -9_999_999_999.0 } else { value.ln() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn signatures_name_the_options() {
        let options = BleuOptions { smooth_method: Smoothing::AddK, ..BleuOptions::default() };
        let metric = Bleu::new(options).expect("valid");
        let segments = [Segment::new("a", &["a", "b"])];
        let signature = metric.signature_for(Level::Corpus, &segments);
        assert_eq!(
            signature.to_string(),
            format!(
                "bleu|case:mixed|eff:no|nrefs:2|smooth:add-k[1.00]|tok:13a|version:rubrica-{}",
                rubrica_core::VERSION
            )
        );
        assert_eq!(metric.signature(Level::Sentence).options["eff"], "yes");
    }

    #[test]
    fn senseless_options_are_refused() {
        let options = BleuOptions { max_ngram_order: 0, ..BleuOptions::default() };
        assert_eq!(Bleu::new(options).expect_err("0").path(), Some("max_ngram_order"));
        let options = BleuOptions { smooth_value: Some(0.5), ..BleuOptions::default() };
        assert_eq!(Bleu::new(options).expect_err("exp").path(), Some("smooth_value"));
    }

    #[test]
    fn a_short_response_counts_the_orders_it_has() {
        let metric = Bleu::new(BleuOptions::default()).expect("valid");
        let segment = Segment::new("good morning", &["good morning"]);
        assert!(
            (metric.sentence(&segment).expect("ok").value().expect("some") - 100.0).abs() < 1e-9
        );
        let corpus = metric.corpus(&[segment]).expect("ok");
        assert_eq!(corpus.value(), Some(0.0));
    }
}
