//! What a metric is, known without running it.

use rubrica_core::Tier;
use serde::Serialize;

use crate::reference_tools::REFERENCE_TOOLS;

/// Metrics that measure alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Family {
    /// Shared characters, words and sequences of response and reference.
    Overlap,
    /// Lengths, variety and repetition of the response alone.
    Surface,
    /// How hard the response is to read.
    Readability,
    /// Closeness in an encoder's vector space.
    Semantic,
    /// How likely a language model finds a text.
    Likelihood,
    /// How well a ranking or scores put what is relevant first.
    Retrieval,
    /// Answers that are right or wrong by rule.
    Objective,
}

/// What a segment must have besides its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// At least one reference.
    Reference,
    /// The instruction.
    Instruction,
    /// The passages that the response rests on.
    Context,
    /// Response and reference as JSON lists: see the metric.
    Lists,
}

/// The unit of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unit {
    /// A share, 1 is all.
    Ratio,
    /// A share, 100 is all.
    Percent,
    /// Things counted.
    Count,
    /// Years of school in the United States that a reader needs.
    Grade,
    /// Points of a scale of the metric's own.
    Points,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MetricInfo {
    /// Name in Rust, JavaScript, command line and goldens.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Metrics that measure alike.
    pub family: Family,
    /// What it takes to run: [`Tier::T0`] nothing, [`Tier::T1`] an encoder, [`Tier::T2`] a
    /// causal language model.
    pub tier: Tier,
    /// What a segment must have.
    pub needs: Needs,
    /// Lowest score, if there is one.
    pub low: Option<f64>,
    /// Highest score, if there is one.
    pub high: Option<f64>,
    /// Unit of the score.
    pub unit: Unit,
    /// Whether more is better; `None` where that depends on the text wanted.
    pub higher_is_better: Option<bool>,
    /// Where the metric is defined.
    pub source: &'static str,
}

/// What a metric's numbers are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReferenceTool {
    /// The tool, or how the numbers were found without one.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The tool whose numbers the metric `id` is held to; `None` for an unknown metric.
pub fn reference_tool(id: &str) -> Option<ReferenceTool> {
    let at = REFERENCE_TOOLS.binary_search_by_key(&id, |[id, ..]| id).ok()?;
    let [_, name, version] = REFERENCE_TOOLS[at];
    Some(ReferenceTool { name, version })
}
