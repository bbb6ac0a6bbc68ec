//! How much likelier a content user's next words are than a discontent one's.
//!
//! C. Zhang et al., "Aligning language models using follow-up likelihood as reward signal", AAAI 2025,
//! with shifted log-probabilities, and words for tokens; the follow-ups are our own.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::{FollowUps, LikelihoodMetric, Query, TextUnit, follow_ups};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, MetricScore};
use crate::segment::Segment;

/// What stands before each turn: of the user, of the assistant, of the user again.
const TURNS: [&str; 3] = ["User: ", "\nAssistant: ", "\nUser: "];

/// Options of [`FollowUpLikelihood`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FollowUpLikelihoodOptions {
    /// Follow-ups by dimension; if not given, three English ones of each kind for understanding,
    /// relevance, correctness, engagingness, informativeness and following.
    pub dimensions: BTreeMap<String, FollowUps>,
    /// Takes off what each follow-up is likely by itself, without the dialogue.
    pub calibrate: bool,
    /// What log-probabilities are divided by.
    pub per: TextUnit,
}

impl Default for FollowUpLikelihoodOptions {
    fn default() -> Self {
        let dimensions = follow_ups::english();
        Self { dimensions, calibrate: false, per: TextUnit::Words }
    }
}

/// Mean log-probability per word of the positive follow-ups to the dialogue less that of the negative
/// ones, averaged over dimensions. Parts: the difference on each dimension.
///
/// Only differences between replies to one instruction mean something. Swapping positive and negative
/// flips the sign. Undefined for a blank response. The corpus score is the mean over segments.
#[derive(Debug, Clone)]
pub struct FollowUpLikelihood {
    options: FollowUpLikelihoodOptions,
}

impl Described for FollowUpLikelihood {
    type Options = FollowUpLikelihoodOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "follow_up_likelihood",
        title: "Follow-up likelihood",
        family: Family::Likelihood,
        tier: Tier::T2,
        needs: Needs::Instruction,
        low: None,
        high: None,
        unit: Unit::Points,
        higher_is_better: Some(true),
        source: "Zhang et al., Follow-up Likelihood as Reward, AAAI 2025",
    };

    fn new(options: FollowUpLikelihoodOptions) -> Result<Self> {
        if options.dimensions.is_empty() {
            return Err(Error::invalid("dimensions", "are empty", "at least one"));
        }
        for (dimension, FollowUps { positive, negative }) in &options.dimensions {
            for (kind, texts) in [("positive", positive), ("negative", negative)] {
                if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
                    let path = format!("dimensions.{dimension}.{kind}");
                    return Err(Error::invalid(path, "has no text, or a blank one", "texts"));
                }
            }
        }
        Ok(Self { options })
    }
}

impl LikelihoodMetric for FollowUpLikelihood {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let own = self.options.dimensions == follow_ups::english();
        let dimensions: Vec<&str> = self.options.dimensions.keys().map(String::as_str).collect();
        Signature::new(Self::INFO.id)
            .with("follow_ups", if own { "en/1" } else { "given" })
            .with("dimensions", dimensions.join("/"))
            .with("calibrate", if self.options.calibrate { "yes" } else { "no" })
            .with("per", self.options.per.name())
    }

    fn queries(&self, segment: &Segment<'_>) -> Result<Vec<Query>> {
        let missing = || error::missing_instruction(Self::INFO.id);
        let instruction = segment.instruction.ok_or_else(missing)?;
        if segment.response.trim().is_empty() {
            return Ok(Vec::new());
        }
        let continuations: Vec<String> = self.texts().map(str::to_owned).collect();
        let prompt = [TURNS[0], instruction, TURNS[1], segment.response, TURNS[2]].concat();
        let mut queries = vec![Query { prompt, continuations: continuations.clone() }];
        if self.options.calibrate {
            queries.push(Query { prompt: TURNS[0].into(), continuations });
        }
        Ok(queries)
    }

    /// `[mean, one number a dimension, defined segments, undefined segments]`.
    fn statistics(&self, _segment: &Segment<'_>, answers: &[Vec<f64>]) -> Result<Vec<f64>> {
        let mut row = vec![0.0; self.options.dimensions.len() + 3];
        let end = row.len();
        let Some(dialogue) = answers.first() else {
            row[end - 1] = 1.0;
            return Ok(row);
        };
        let alone = answers.get(1).map_or(&[] as &[f64], Vec::as_slice);
        let lengths = self.texts().map(|text| self.options.per.count(text).max(1) as f64);
        let mut values = dialogue
            .iter()
            .zip(lengths)
            .enumerate()
            .map(|(i, (log, length))| (log - alone.get(i).copied().unwrap_or(0.0)) / length);
        let mut mean = |texts: &[String]| -> f64 {
            values.by_ref().take(texts.len()).sum::<f64>() / texts.len() as f64
        };
        for (value, texts) in row[1..].iter_mut().zip(self.options.dimensions.values()) {
            *value = mean(&texts.positive) - mean(&texts.negative);
        }
        row[0] = row[1..end - 2].iter().sum::<f64>() / (end - 3) as f64;
        row[end - 2] = 1.0;
        Ok(row)
    }

    fn score(&self, statistics: &[f64], level: Level) -> MetricScore {
        let (defined, undefined) =
            (statistics[statistics.len() - 2], statistics[statistics.len() - 1]);
        if defined == 0.0 {
            return MetricScore::undefined("empty_text", "the response is blank");
        }
        let mut score = MetricScore::new(statistics[0] / defined);
        for (dimension, sum) in self.options.dimensions.keys().zip(&statistics[1..]) {
            score = score.with(dimension.clone(), sum / defined);
        }
        if level == Level::Corpus && undefined > 0.0 {
            score = score.with("undefined_segments", undefined);
        }
        score
    }
}

impl FollowUpLikelihood {
    /// All follow-ups, by dimension, the positive ones first.
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.options
            .dimensions
            .values()
            .flat_map(|texts| texts.positive.iter().chain(&texts.negative))
            .map(String::as_str)
    }
}
