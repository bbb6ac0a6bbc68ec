//! MTLD: lexical diversity that does not fall as texts grow.
//!
//! P. M. McCarthy and S. Jarvis, "MTLD, vocd-D, and HD-D: a validation study of sophisticated
//! approaches to lexical diversity assessment", Behavior Research Methods 42(2), 2010.

use std::collections::HashSet;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::distinct::{TokenKind, TokenOptions};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of [`Mtld`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MtldOptions {
    /// Type-token ratio at which a stretch of text ends, 0.1 to 0.95.
    pub threshold: f64,
    /// What counts as a word.
    pub tokenizer: TokenKind,
}

impl Default for MtldOptions {
    fn default() -> Self {
        Self { threshold: 0.72, tokenizer: TokenKind::Words }
    }
}

/// The mean length, in words, of stretches over which the type-token ratio stays above the threshold,
/// read forwards and backwards; undefined without words. Texts of fewer than 100 words give rough
/// values. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Mtld {
    options: MtldOptions,
}

impl Described for Mtld {
    type Options = MtldOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "mtld",
        title: "MTLD",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: None,
        unit: Unit::Count,
        higher_is_better: None,
        source: "McCarthy and Jarvis, Behavior Research Methods 42, 2010",
    };

    fn new(options: MtldOptions) -> Result<Self> {
        if !(0.1..=0.95).contains(&options.threshold) {
            let problem = format!("is {}", options.threshold);
            return Err(Error::invalid("threshold", problem, "0.1 to 0.95"));
        }
        Ok(Self { options })
    }
}

impl Averaged for Mtld {
    const VALUES: &'static [&'static str] = &["mtld"];
    const UNDEFINED: (&'static str, &'static str) = ("no_words", "the text has no words");

    fn sign(&self, signature: Signature) -> Signature {
        let words = TokenOptions { tokenizer: self.options.tokenizer };
        words.sign(signature).with("ttr", self.options.threshold)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let ids = TokenOptions { tokenizer: self.options.tokenizer }.ids(segment.response);
        if ids.is_empty() {
            return Ok(None);
        }
        let forwards = factors(ids.iter(), self.options.threshold);
        let backwards = factors(ids.iter().rev(), self.options.threshold);
        let length = ids.len() as f64;
        Ok(Some(vec![(length / forwards + length / backwards) / 2.0]))
    }
}

/// How many stretches there are, the last one counting for how far it came; 1 for a text in which
/// every word is another.
fn factors<'a>(ids: impl Iterator<Item = &'a u32>, threshold: f64) -> f64 {
    let (mut factors, mut types, mut tokens, mut ratio) = (0.0, HashSet::new(), 0.0, 1.0);
    for id in ids {
        types.insert(id);
        tokens += 1.0;
        ratio = types.len() as f64 / tokens;
        if ratio <= threshold {
            factors += 1.0;
            types.clear();
            (tokens, ratio) = (0.0, 1.0);
        }
    }
    factors += (1.0 - ratio) / (1.0 - threshold);
    if factors == 0.0 { 1.0 } else { factors }
}
