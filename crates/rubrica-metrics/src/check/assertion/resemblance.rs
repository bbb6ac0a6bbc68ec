//! Assertions that a metric of the catalogue decides.

use rubrica_core::{Error, Result};
use serde_json::Value;

use super::values::wrong;
use crate::metric::{Described, Metric};
use crate::overlap::{
    Bleu, BleuOptions, BleuTokenizer, Gleu, GleuOptions, Meteor, MeteorOptions, RougeL, RougeN,
    RougeOptions, RougeS, RougeSOptions, RougeTokenizer,
};
use crate::segment::Segment;

/// Names, and the thresholds that promptfoo has for them.
const NAMES: [(&str, f64); 6] = [
    ("rouge-n", 0.75),
    ("rouge-l", 0.75),
    ("rouge-s", 0.75),
    ("bleu", 0.5),
    ("gleu", 0.5),
    ("meteor", 0.5),
];

/// A metric, texts to compare with, and the least score that passes.
#[derive(Debug, Clone)]
pub(super) struct Resemblance {
    measure: Measure,
    references: Vec<String>,
    threshold: f64,
}

#[derive(Debug, Clone)]
enum Measure {
    RougeN(RougeN<1>),
    RougeL(RougeL),
    RougeS(RougeS),
    Bleu(Bleu),
    Gleu(Gleu),
    Meteor(Meteor),
}

impl Resemblance {
    pub(super) fn is_named(name: &str) -> bool {
        NAMES.iter().any(|(own, _)| *own == name)
    }

    /// The metric `name`, one of those for which [`Self::is_named`] holds.
    pub(super) fn new(name: &str, value: Option<&Value>, threshold: Option<f64>) -> Result<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let references: Option<Vec<String>> = match value {
            Some(Value::Array(list)) if !list.is_empty() => list.iter().map(text).collect(),
            Some(value) => text(value).map(|text| vec![text]),
            None => None,
        };
        let references = references.ok_or_else(|| wrong(value, "a text, or a list of texts"))?;
        let tokenize = BleuTokenizer::None;
        let any_script =
            RougeOptions { tokenizer: RougeTokenizer::Unicode, ..RougeOptions::default() };
        let measure = match name {
            "rouge-n" => Measure::RougeN(RougeN::new(any_script)?),
            "rouge-l" => Measure::RougeL(RougeL::new(any_script)?),
            "rouge-s" => Measure::RougeS(RougeS::new(RougeSOptions {
                tokenizer: RougeTokenizer::Unicode,
                ..Default::default()
            })?),
            "bleu" => Measure::Bleu(Bleu::new(BleuOptions {
                tokenize,
                lowercase: true,
                ..Default::default()
            })?),
            "gleu" => Measure::Gleu(Gleu::new(GleuOptions {
                tokenize,
                lowercase: true,
                ..Default::default()
            })?),
            _ => Measure::Meteor(Meteor::new(MeteorOptions { tokenize, ..Default::default() })?),
        };
        let usual = NAMES.iter().find(|(own, _)| *own == name).map_or(0.5, |(_, usual)| *usual);
        Ok(Self { measure, references, threshold: threshold.unwrap_or(usual) })
    }

    /// Whether the score is high enough, the score from 0 to 1, and both in words.
    pub(super) fn run(&self, text: &str) -> (bool, f64, String) {
        let references: Vec<&str> = self.references.iter().map(String::as_str).collect();
        // Equal texts are as near as can be, though one word has no pairs and an emoji is no word.
        let rouge =
            matches!(self.measure, Measure::RougeN(_) | Measure::RougeL(_) | Measure::RougeS(_));
        let text = text.trim();
        if rouge && !text.is_empty() && references.iter().any(|reference| reference.trim() == text)
        {
            return (true, 1.0, format!("the score is 1; asked for at least {}", self.threshold));
        }
        match self.score(&Segment::new(text, &references)) {
            Ok(Some(score)) => {
                let reason =
                    format!("the score is {score:.4}; asked for at least {}", self.threshold);
                (score >= self.threshold, score, reason)
            }
            Ok(None) => (false, 0.0, "there is no score".into()),
            Err(error) => (false, 0.0, error.to_string()),
        }
    }

    fn score(&self, segment: &Segment<'_>) -> Result<Option<f64>, Error> {
        let metric: &dyn Metric = match &self.measure {
            Measure::RougeN(metric) => metric,
            Measure::RougeL(metric) => metric,
            Measure::RougeS(metric) => metric,
            Measure::Bleu(metric) => metric,
            Measure::Gleu(metric) => metric,
            Measure::Meteor(metric) => metric,
        };
        let found = metric.sentence(segment)?;
        let score = match &self.measure {
            // The share of the reference that is in the text, as in promptfoo.
            Measure::RougeN(_) => found.parts.get("recall").copied(),
            _ => found.value(),
        };
        // BLEU runs to 100.
        let most = metric.info().high.unwrap_or(1.0);
        Ok(score.map(|score| score / most))
    }
}
