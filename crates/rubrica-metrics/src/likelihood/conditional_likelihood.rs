//! How likely the response is after its reference, and the reference after the response.
//!
//! W. Yuan, G. Neubig and P. Liu, "BARTScore: evaluating generated text as text generation", NeurIPS
//! 2021. Theirs is the mean over the tokens of an encoder-decoder; this one divides by words,
//! characters or bytes and takes any causal model.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::{LikelihoodMetric, Query, TextUnit};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};
use crate::segment::Segment;

/// What comes before the response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// A reference; the reference is then scored after the response, too.
    #[default]
    Reference,
    /// All passages of the context: faithfulness.
    Context,
    /// The instruction.
    Instruction,
}

/// Options of [`ConditionalLikelihood`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConditionalLikelihoodOptions {
    /// What comes before the response.
    pub given: Given,
    /// What log-probabilities are divided by.
    pub per: TextUnit,
    /// Stands between the two texts.
    pub joiner: String,
}

impl Default for ConditionalLikelihoodOptions {
    fn default() -> Self {
        Self { given: Given::default(), per: TextUnit::default(), joiner: "\n\n".into() }
    }
}

/// Mean log-probability per word, at most 0. Given a reference: the mean of parts `precision` (response
/// after reference) and `recall` (reference after response), against the reference with the highest.
///
/// Undefined when the response is blank, or everything that it is compared with. The corpus score is
/// the mean over segments.
#[derive(Debug, Clone)]
pub struct ConditionalLikelihood {
    options: ConditionalLikelihoodOptions,
}

impl Described for ConditionalLikelihood {
    type Options = ConditionalLikelihoodOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "conditional_likelihood",
        title: "Conditional likelihood",
        family: Family::Likelihood,
        tier: Tier::T2,
        needs: Needs::Reference,
        low: None,
        high: Some(0.0),
        unit: Unit::Points,
        higher_is_better: Some(true),
        source: "Yuan, Neubig and Liu, BARTScore, NeurIPS 2021",
    };

    fn new(options: ConditionalLikelihoodOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl LikelihoodMetric for ConditionalLikelihood {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let given = match self.options.given {
            Given::Reference => "reference",
            Given::Context => "context",
            Given::Instruction => "instruction",
        };
        Signature::new(Self::INFO.id)
            .with("given", given)
            .with("per", self.options.per.name())
            .with("joiner", format!("{:?}", self.options.joiner))
    }

    fn queries(&self, segment: &Segment<'_>) -> Result<Vec<Query>> {
        let mut queries = Vec::new();
        for other in self.others(segment)? {
            queries.push(self.query(&other, segment.response));
            if self.options.given == Given::Reference {
                queries.push(self.query(segment.response, &other));
            }
        }
        Ok(queries)
    }

    /// `[score, precision, recall, defined segments, undefined segments]`.
    fn statistics(&self, segment: &Segment<'_>, answers: &[Vec<f64>]) -> Result<Vec<f64>> {
        let per = |text: &str, answer: &[f64]| -> f64 {
            answer.iter().sum::<f64>() / self.options.per.count(text).max(1) as f64
        };
        let mut best: Option<[f64; 3]> = None;
        let each = if self.options.given == Given::Reference { 2 } else { 1 };
        for (other, answers) in self.others(segment)?.iter().zip(answers.chunks_exact(each)) {
            let precision = per(segment.response, &answers[0]);
            let recall = answers.get(1).map_or(precision, |answer| per(other, answer));
            let score = (precision + recall) / 2.0;
            if best.is_none_or(|best| score > best[0]) {
                best = Some([score, precision, recall]);
            }
        }
        Ok(best.map_or(vec![0.0, 0.0, 0.0, 0.0, 1.0], |[score, precision, recall]| {
            vec![score, precision, recall, 1.0, 0.0]
        }))
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (defined, undefined) = (statistics[3], statistics[4]);
        if defined == 0.0 {
            return MetricScore::undefined("empty_text", "one of the two texts is blank");
        }
        let mut score = MetricScore::new(statistics[0] / defined);
        if self.options.given == Given::Reference {
            score = score
                .with("precision", statistics[1] / defined)
                .with("recall", statistics[2] / defined);
        }
        if level == Level::Corpus && undefined > 0.0 {
            score = score.with("undefined_segments", undefined);
        }
        score
    }
}

impl ConditionalLikelihood {
    /// The texts that the response is compared with, without blank ones; none for a blank response.
    fn others(&self, segment: &Segment<'_>) -> Result<Vec<String>> {
        let mut others: Vec<String> = match self.options.given {
            Given::Reference => {
                segment.needed_references(Self::INFO.id)?.iter().map(|r| (*r).to_owned()).collect()
            }
            Given::Context => vec![segment.needed_context(Self::INFO.id)?.join("\n\n")],
            Given::Instruction => {
                let missing = || error::missing_instruction(Self::INFO.id);
                vec![segment.instruction.ok_or_else(missing)?.to_owned()]
            }
        };
        let spoken = !segment.response.trim().is_empty();
        others.retain(|other| spoken && !other.trim().is_empty());
        Ok(others)
    }

    fn query(&self, before: &str, after: &str) -> Query {
        let prompt = format!("{before}{}", self.options.joiner);
        Query { prompt, continuations: vec![after.to_owned()] }
    }
}
