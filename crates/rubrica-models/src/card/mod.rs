//! Judge cards: what a published judge is good for, how it is asked and what its outputs mean, as typed
//! data with its own test cases (`models/cards/ID.toml`). Users write their own for their own models.

mod builtin;
mod chunks;
mod judge;
mod template;

use rubrica_core::LabelMeaning;
use serde::Deserialize;
use serde_json::Value;

pub use self::builtin::{builtin_card, builtin_cards};
pub use self::chunks::{ChunkCombine, ChunkUnit};
pub use self::judge::{CardJudge, CardOutcome, CardSpans};
pub use self::template::{CardField, CardFields, CardTemplate, Rendered};
use crate::{Activation, CutSide, HeadTask, ModelError, Result, SpanConfidence, Truncation};

/// What a judge tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CardTells {
    /// How good a response is, on a scale without bounds.
    Reward,
    /// Whether a response rests on its passages.
    Grounding,
    /// Whether a text follows from another, or is contradicted by it.
    Inference,
    /// Which parts of a response are at fault.
    Spans,
    /// How well a passage answers a query.
    Relevance,
    /// Whether a text does harm.
    Toxicity,
    /// A number on a scale with bounds.
    Regression,
}

impl CardTells {
    /// As a card has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reward => "reward",
            Self::Grounding => "grounding",
            Self::Inference => "inference",
            Self::Spans => "spans",
            Self::Relevance => "relevance",
            Self::Toxicity => "toxicity",
            Self::Regression => "regression",
        }
    }
}

/// A card.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgeCard {
    /// Its name, as commands take it.
    pub id: String,
    /// What it is, in a line.
    pub title: String,
    /// What it tells.
    pub tells: CardTells,
    /// The classes of the hub that it is for, as `architectures` names them.
    pub classes: Vec<String>,
    /// Where it comes from; models that are asked alike share a card.
    pub models: Vec<CardModel>,
    /// Licence of the weights.
    pub licence: CardLicence,
    /// How it is asked: the first form whose places can all be filled.
    pub inputs: Vec<CardInput>,
    /// How it reads.
    pub reading: CardReading,
    /// What its outputs are.
    pub output: CardOutput,
    /// How long passages are read; absent where they are only cut.
    pub chunks: Option<CardChunks>,
    /// What a score is worth on a scale from worst to best; absent where nobody measured it.
    pub calibration: Option<CardCalibration>,
    /// Inputs with the text that has to come of them.
    pub cases: Vec<CardCase>,
}

/// One published model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardModel {
    /// Owner and name on the hub.
    pub repository: String,
    /// Parameters, in millions.
    pub parameters: f64,
    /// Bytes of its weights in millions, where they are known.
    pub megabytes: Option<f64>,
    /// Whether its weights are there as safetensors.
    pub safetensors: bool,
    /// What its publishers say of it.
    #[serde(default)]
    pub scores: Vec<StatedScore>,
}

/// A score as it was published, not measured here.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedScore {
    /// The benchmark.
    pub benchmark: String,
    /// What was measured.
    pub metric: String,
    /// The score.
    pub value: f64,
    /// Where it stands.
    pub source: String,
}

/// Licence of the weights.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardLicence {
    /// SPDX identifier, or a name where there is none.
    pub name: String,
    /// False where the card's author did not read it beside the weights.
    pub verified: bool,
    /// Whether the hub asks for consent first.
    #[serde(default)]
    pub gated: bool,
}

/// One form of asking.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardInput {
    /// The text; of a pair, the first one.
    pub first: CardTemplate,
    /// The second text of a pair.
    pub second: Option<CardTemplate>,
}

/// How a judge reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardReading {
    /// Tokens of a sequence at most, special ones included.
    pub window: usize,
    /// Which text of a pair is cut.
    #[serde(default)]
    pub truncation: Truncation,
    /// From which side.
    #[serde(default)]
    pub cut_side: CutSide,
    /// Each passage, with `{n}` for its number from 1 and `{passage}`.
    #[serde(default = "plain_passage")]
    pub passage: String,
    /// What stands between passages.
    #[serde(default = "line_break")]
    pub between: String,
}

fn plain_passage() -> String {
    "{passage}".into()
}

fn line_break() -> String {
    "\n".into()
}

/// What the outputs of a judge are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardOutput {
    /// Labels of whole texts or of tokens.
    #[serde(default)]
    pub task: HeadTask,
    /// From logits to values.
    pub activation: Activation,
    /// What each label means, in the order of the logits.
    pub meanings: Vec<LabelMeaning>,
    /// Bounds of a score.
    pub range: Option<[f64; 2]>,
    /// How sure a span is, given its tokens.
    #[serde(default)]
    pub span_confidence: SpanConfidence,
}

/// How long passages are read in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardChunks {
    /// Units of a piece at most; fewer where the window asks for it.
    pub most: usize,
    /// What they are.
    pub unit: ChunkUnit,
    /// The label that decides.
    pub label: LabelMeaning,
    /// How the results become one.
    pub combine: ChunkCombine,
}

/// A logistic curve from the score of a judge to a place between worst (0) and best (1):
/// `1 / (1 + exp(−(slope · score + intercept)))`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardCalibration {
    /// Above 0.
    pub slope: f64,
    /// Log odds of the best at score 0.
    pub intercept: f64,
    /// The examples that it was fitted on.
    pub fitted_on: String,
}

/// An input with what has to come of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardCase {
    /// What the response answers.
    pub instruction: Option<String>,
    /// What is judged.
    pub response: Option<String>,
    /// The passages.
    #[serde(default)]
    pub context: Vec<String>,
    /// The first text, special tokens spelled out.
    pub first: String,
    /// The second text.
    pub second: Option<String>,
}

fn fail(message: String) -> ModelError {
    ModelError::Config { file: "judge card", message }
}

impl JudgeCard {
    /// Reads a card, and holds it to its own test cases.
    ///
    /// # Errors
    /// [`ModelError::Config`] with what is wrong.
    pub fn from_toml(text: &str) -> Result<Self> {
        let card: Self = toml::from_str(text).map_err(|e| fail(e.to_string()))?;
        card.validate().map_err(|message| fail(format!("{}: {message}", card.id)))?;
        Ok(card)
    }

    fn validate(&self) -> Result<(), String> {
        for (name, empty) in [
            ("classes", self.classes.is_empty()),
            ("models", self.models.is_empty()),
            ("inputs", self.inputs.is_empty()),
            ("output.meanings", self.output.meanings.is_empty()),
            ("cases", self.cases.is_empty()),
        ] {
            if empty {
                return Err(format!("{name} is empty; expected at least one"));
            }
        }
        let labels = self.output.meanings.len();
        if self.output.activation == Activation::Softmax && labels == 1 {
            return Err("a softmax of one logit is always 1; expected another activation".into());
        }
        if let Some([low, high]) = self
            .output
            .range
            .filter(|[low, high]| low.partial_cmp(high) != Some(std::cmp::Ordering::Less))
        {
            return Err(format!("output.range is [{low}, {high}]; expected it to ascend"));
        }
        if self.reading.window == 0 {
            return Err("reading.window is 0; expected >= 1".into());
        }
        if let Some(CardCalibration { slope, intercept, .. }) = self.calibration
            && !(slope > 0.0 && slope.is_finite() && intercept.is_finite())
        {
            return Err(format!(
                "calibration is {slope} and {intercept}; expected a finite slope above 0 and a finite intercept"
            ));
        }
        if let Some(chunks) = &self.chunks {
            if chunks.most == 0 {
                return Err("chunks.most is 0; expected >= 1".into());
            }
            if !self.output.meanings.contains(&chunks.label) {
                return Err(format!(
                    "chunks.label is {:?}; expected one of output.meanings",
                    chunks.label
                ));
            }
            if self.output.task == HeadTask::Tokens {
                return Err("chunks of a judge of tokens cannot be combined".into());
            }
        }
        for (index, case) in self.cases.iter().enumerate() {
            let (first, second) =
                self.render(&case.fields()).map_err(|error| format!("cases[{index}]: {error}"))?;
            let second = second.map(|second| second.text());
            if first.text() != case.first || second != case.second {
                return Err(format!(
                    "cases[{index}] reads as {:?} and {second:?}; expected {:?} and {:?}",
                    first.text(),
                    case.first,
                    case.second
                ));
            }
        }
        Ok(())
    }

    /// The form that `fields` fill.
    ///
    /// # Errors
    /// [`ModelError::Config`] when they fill none.
    pub(crate) fn input(&self, fields: &CardFields<'_>) -> Result<&CardInput> {
        let filled = |input: &&CardInput| {
            let templates = std::iter::once(&input.first).chain(&input.second);
            templates.into_iter().all(|template| template.is_filled_by(fields))
        };
        self.inputs.iter().find(filled).ok_or_else(|| {
            let wanted: Vec<&str> = [
                (CardField::Instruction, "an instruction"),
                (CardField::Response, "a response"),
                (CardField::Context, "a context"),
            ]
            .into_iter()
            .filter(|(field, _)| {
                let last = self.inputs.last();
                last.is_some_and(|input| {
                    input.first.has(*field) || input.second.as_ref().is_some_and(|s| s.has(*field))
                })
            })
            .map(|(_, name)| name)
            .collect();
            fail(format!("{}: a field is missing; expected {}", self.id, wanted.join(" and ")))
        })
    }

    /// Whether it is shown two texts, in any of its forms.
    pub fn reads_pairs(&self) -> bool {
        self.inputs.iter().any(|input| input.second.is_some())
    }

    /// The texts that the judge is shown for `fields`.
    ///
    /// # Errors
    /// [`ModelError::Config`] when a field is missing.
    pub fn render(&self, fields: &CardFields<'_>) -> Result<(Rendered, Option<Rendered>)> {
        let input = self.input(fields)?;
        let context = self.context(fields);
        let render = |template: &CardTemplate| template.render(fields, &context);
        Ok((render(&input.first), input.second.as_ref().map(render)))
    }

    /// The passages as one text.
    pub(crate) fn context(&self, fields: &CardFields<'_>) -> String {
        let passages = fields.context.iter().enumerate().map(|(index, passage)| {
            // The number first: what a passage holds is not a place.
            let (before, after) =
                self.reading.passage.split_once("{passage}").unwrap_or((&self.reading.passage, ""));
            let number = (index + 1).to_string();
            format!("{}{passage}{}", before.replace("{n}", &number), after.replace("{n}", &number))
        });
        passages.collect::<Vec<_>>().join(&self.reading.between)
    }

    /// Whether the card is for a model of this `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] when the class is another one. Labels are compared when the model is loaded.
    pub fn check(&self, config: &[u8]) -> Result<()> {
        let value: Value = serde_json::from_slice(config)
            .map_err(|e| ModelError::Config { file: "config.json", message: e.to_string() })?;
        let class = value["architectures"][0].as_str().unwrap_or("missing");
        if self.classes.iter().any(|known| known == class) {
            return Ok(());
        }
        Err(ModelError::Config {
            file: "config.json",
            message: format!(
                "architectures[0] is `{class}`; expected {}, as the card {} says",
                self.classes.join(" or "),
                self.id
            ),
        })
    }
}

impl CardCase {
    fn fields(&self) -> CardFields<'_> {
        CardFields {
            instruction: self.instruction.as_deref(),
            response: self.response.as_deref(),
            context: &self.context,
        }
    }
}

#[cfg(test)]
mod tests;
