//! The metric around a number about the runs of words that a response has from its source.

use std::marker::PhantomData;

use rubrica_core::{Result, Tier};

use super::fragments::Source;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::options::NoOptions;
use crate::segment::Segment;

/// A number about extractive fragments.
pub trait FragmentFormula: Send + Sync {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;
    /// Highest score.
    const HIGH: Option<f64>;
    /// Unit of the score.
    const UNIT: Unit;

    /// The score of fragments of these lengths, in a response of `words` words, at least 1.
    fn compute(fragments: &[usize], words: usize) -> f64;
}

/// The score of a formula over the extractive fragments of the response: read from the start, each the
/// longest run of words that stands in a passage of the context. Parts: `fragments`, `longest` (words),
/// and `compression`, words of the context over words of the response.
///
/// Words are those of [`crate::text::words`] but for case; the paper's tokens include punctuation.
/// Undefined without words. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Extractive<F>(PhantomData<F>);

impl<F: FragmentFormula> Described for Extractive<F> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: F::ID,
        title: F::TITLE,
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Context,
        low: Some(0.0),
        high: F::HIGH,
        unit: F::UNIT,
        higher_is_better: None,
        source: "Grusky, Naaman and Artzi, Newsroom, NAACL 2018",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<F: FragmentFormula> Averaged for Extractive<F> {
    const VALUES: &'static [&'static str] = &["score", "fragments", "longest", "compression"];
    const UNDEFINED: (&'static str, &'static str) = ("no_words", "the text has no words");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let mut source = Source::new(segment.needed_context(F::ID)?);
        let ids = source.ids(segment.response);
        if ids.is_empty() {
            return Ok(None);
        }
        let fragments = source.fragments(&ids);
        let longest = fragments.iter().max().copied().unwrap_or(0);
        Ok(Some(vec![
            F::compute(&fragments, ids.len()),
            fragments.len() as f64,
            longest as f64,
            source.words as f64 / ids.len() as f64,
        ]))
    }
}
