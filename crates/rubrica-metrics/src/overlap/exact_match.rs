//! Exact match: is the response the reference?
//!
//! Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text", EMNLP 2016.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{is_ascii_punctuation, is_python_space, squad_normalized};

/// What does not count as a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExactMatchOptions {
    /// All that SQuAD leaves out: case, ASCII punctuation, English articles, extra white space.
    pub squad: bool,
    /// Case.
    pub ignore_case: bool,
    /// ASCII punctuation.
    pub ignore_punctuation: bool,
    /// White space at the ends, and how much there is between words.
    pub ignore_space: bool,
}

/// 1 when the response equals one of the references, else 0. The corpus score is the share of
/// segments that match.
#[derive(Debug, Clone, Copy)]
pub struct ExactMatch {
    options: ExactMatchOptions,
}

impl Described for ExactMatch {
    type Options = ExactMatchOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "exact_match",
        title: "Exact match",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Rajpurkar et al., SQuAD, EMNLP 2016",
    };

    fn new(options: ExactMatchOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Averaged for ExactMatch {
    const VALUES: &'static [&'static str] = &["exact_match"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let options = &self.options;
        let ignored = [
            (options.squad, "squad"),
            (options.ignore_case, "case"),
            (options.ignore_punctuation, "punctuation"),
            (options.ignore_space, "space"),
        ];
        let ignored: Vec<&str> =
            ignored.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
        if ignored.is_empty() { signature } else { signature.with("ignore", ignored.join("+")) }
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.normalized(segment.response);
        let equal = references.iter().any(|reference| self.normalized(reference) == response);
        Ok(Some(vec![f64::from(u8::from(equal))]))
    }
}

impl ExactMatch {
    fn normalized(&self, text: &str) -> String {
        let options = &self.options;
        let mut text = if options.squad { squad_normalized(text) } else { text.to_owned() };
        if options.ignore_case {
            text = text.to_lowercase();
        }
        if options.ignore_punctuation {
            text.retain(|c| !is_ascii_punctuation(c));
        }
        if options.ignore_space {
            let words: Vec<&str> =
                text.split(is_python_space).filter(|word| !word.is_empty()).collect();
            text = words.join(" ");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{Level, Metric, MetricExt};

    #[test]
    fn options_widen_the_match() {
        let segment = Segment::new(" the CAT. ", &["dog", "cat"]);
        let score =
            |options| ExactMatch { options }.sentence(&segment).expect("has references").value();
        assert_eq!(score(ExactMatchOptions::default()), Some(0.0));
        assert_eq!(score(ExactMatchOptions { squad: true, ..Default::default() }), Some(1.0));
        let most = ExactMatchOptions {
            ignore_case: true,
            ignore_punctuation: true,
            ignore_space: true,
            squad: false,
        };
        assert_eq!(score(most), Some(0.0));
        let signature = ExactMatch { options: most }.signature(Level::Sentence);
        assert_eq!(signature.options["ignore"], "case+punctuation+space");
    }

    #[test]
    fn a_corpus_scores_the_share() {
        let metric = ExactMatch::new(ExactMatchOptions::default()).expect("valid");
        let segments = [("a", "a"), ("a", "b"), ("", "")].map(|(a, b)| Segment::new(a, &[b]));
        let score = metric.corpus(&segments).expect("has references").value().expect("defined");
        assert!((score - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(metric.corpus(&[]).expect("none").value(), None);
        let error =
            metric.corpus(&[segments[0].clone(), Segment::new("a", &[])]).expect_err("none");
        assert_eq!(error.path(), Some("[1].reference"));
    }
}
