//! Perplexity of the response.
//!
//! F. Jelinek et al., "Perplexity: a measure of the difficulty of speech recognition tasks", JASA 62,
//! 1977; by word and byte as in lm-eval (`word_perplexity`, `bits_per_byte`).

use std::f64::consts::LN_2;

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::{LikelihoodMetric, Query, TextUnit};
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};
use crate::segment::Segment;

/// Options of [`Perplexity`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PerplexityOptions {
    /// What the perplexity is taken over.
    pub per: TextUnit,
    /// Reads the instruction, where there is one, before the response.
    pub with_instruction: bool,
    /// Stands between instruction and response.
    pub joiner: String,
}

impl Default for PerplexityOptions {
    fn default() -> Self {
        Self { per: TextUnit::Words, with_instruction: true, joiner: "\n\n".into() }
    }
}

/// exp(−log-probability / length), from 1 on. Parts: `log_probability`, and `bits_per_byte`.
///
/// Undefined for a blank response, and where the number is too large for a float. A corpus score is
/// computed from the sums over all segments.
#[derive(Debug, Clone)]
pub struct Perplexity {
    options: PerplexityOptions,
}

impl Described for Perplexity {
    type Options = PerplexityOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "perplexity",
        title: "Perplexity",
        family: Family::Likelihood,
        tier: Tier::T2,
        needs: Needs::Nothing,
        low: Some(1.0),
        high: None,
        unit: Unit::Points,
        higher_is_better: Some(false),
        source: "Jelinek et al., JASA 62, 1977",
    };

    fn new(options: PerplexityOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl LikelihoodMetric for Perplexity {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let signature = Signature::new(Self::INFO.id).with("per", self.options.per.name());
        if self.options.with_instruction {
            signature
                .with("instruction", "yes")
                .with("joiner", format!("{:?}", self.options.joiner))
        } else {
            signature.with("instruction", "no")
        }
    }

    fn queries(&self, segment: &Segment<'_>) -> Result<Vec<Query>> {
        if segment.response.trim().is_empty() {
            return Ok(Vec::new());
        }
        let prompt = match segment.instruction {
            Some(instruction) if self.options.with_instruction => {
                format!("{instruction}{}", self.options.joiner)
            }
            _ => String::new(),
        };
        Ok(vec![Query { prompt, continuations: vec![segment.response.to_owned()] }])
    }

    /// `[log-probability, units, bytes, defined segments, undefined segments]`.
    fn statistics(&self, segment: &Segment<'_>, answers: &[Vec<f64>]) -> Result<Vec<f64>> {
        let Some(log_probability) = answers.first().and_then(|answer| answer.first()) else {
            return Ok(vec![0.0, 0.0, 0.0, 0.0, 1.0]);
        };
        let units = self.options.per.count(segment.response);
        Ok(vec![*log_probability, units as f64, segment.response.len() as f64, 1.0, 0.0])
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (sum, units, bytes) = (statistics[0], statistics[1], statistics[2]);
        if statistics[3] == 0.0 || units == 0.0 {
            return MetricScore::undefined("empty_text", "the response is blank");
        }
        let perplexity = (-sum / units).exp();
        if !perplexity.is_finite() {
            let reason = "the model finds the text all but impossible";
            return MetricScore::undefined("too_unlikely", reason);
        }
        let score = MetricScore::new(perplexity)
            .with("log_probability", sum)
            .with("bits_per_byte", -sum / bytes / LN_2);
        if level == Level::Corpus && statistics[4] > 0.0 {
            score.with("undefined_segments", statistics[4])
        } else {
            score
        }
    }
}
