//! The probe as a judge model.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rubrica_core::model::{JudgeInput, Occluded, Rated, TokenEmbeddings};
use rubrica_core::{
    Criterion, CutPoints, EmbedModel, Error, Job, ModelInfo, Result, RewardModel, RubricModel,
    Span, Stage, sha256_hex,
};

use super::features::{Embedded, reward_features, rubric_features};
use super::head::{ProbeWeights, not_finite};
use super::{TEMPLATE, TextFeatures};

/// How much re-reading occlusion may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcclusionBudget {
    /// Tokens that may be encoded again, over all spans of one response. Every span is first left
    /// out of the pooled embedding, which costs nothing; the ones that matter most are then re-read
    /// until the budget is spent.
    pub tokens: usize,
}

impl Default for OcclusionBudget {
    fn default() -> Self {
        Self { tokens: 2048 }
    }
}

/// A frozen encoder with two heads.
pub struct ProbeJudge<E> {
    encoder: E,
    weights: ProbeWeights,
    cuts: CutPoints,
    info: ModelInfo,
    budget: OcclusionBudget,
    /// Embeddings of texts seen lately: criteria, instructions and the response at hand come again.
    seen: RefCell<HashMap<String, Rc<[f32]>>>,
    tokens: RefCell<Option<(String, TokenEmbeddings)>>,
}

/// Embeddings kept; above that the memory is cleared.
const MEMORY: usize = 512;

/// The embeddings that one call works with. They are the call's own: what other calls read in the
/// meantime may clear the judge's memory.
struct Known<'t> {
    rows: HashMap<&'t str, Rc<[f32]>>,
    /// What stands for a text without a word: the origin.
    nothing: Vec<f32>,
}

impl Known<'_> {
    /// `None` for a text that is empty.
    fn get(&self, text: &str) -> Option<&[f32]> {
        self.rows.get(text).map(AsRef::as_ref)
    }

    /// The origin for a text that is empty.
    fn of(&self, text: &str) -> &[f32] {
        self.get(text).unwrap_or(&self.nothing)
    }
}

impl<E: EmbedModel> ProbeJudge<E> {
    /// A judge of `encoder` and heads that were fitted on it.
    ///
    /// # Errors
    /// [`Error::Model`] when the heads do not fit the encoder's width.
    pub fn new(encoder: E, weights: ProbeWeights, budget: OcclusionBudget) -> Result<Self> {
        weights.validate(encoder.dim())?;
        let cuts = CutPoints::new(&weights.thresholds)?;
        let mut info = encoder.info().clone();
        // One hash for both files, so that a signature changes when either does.
        let both = format!("{}\n{}", weights.sha256, info.signature.sha256);
        info.signature.sha256 = sha256_hex(both.as_bytes());
        info.signature.id = format!("{}+{}", weights.id, info.signature.id);
        info.template = TEMPLATE.to_owned();
        let (seen, tokens) = (RefCell::default(), RefCell::default());
        Ok(Self { encoder, weights, cuts, info, budget, seen, tokens })
    }

    /// The encoder.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// Embeddings of `texts`, from memory or read now. Empty ones are left out.
    async fn read<'t>(&self, texts: &[&'t str], job: &dyn Job) -> Result<Known<'t>> {
        let mut known = Known { rows: HashMap::new(), nothing: vec![0.0; self.encoder.dim()] };
        let mut missing = Vec::new();
        for &text in texts.iter().filter(|t| !t.is_empty()) {
            match self.seen.borrow().get(text) {
                Some(row) => {
                    known.rows.insert(text, Rc::clone(row));
                }
                None => missing.push(text),
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(known);
        }
        let rows = self.encoder.embed(&missing, job).await?;
        for (text, row) in missing.into_iter().zip(rows) {
            known.rows.insert(text, self.keep(text, row));
        }
        Ok(known)
    }

    fn keep(&self, text: &str, row: Vec<f32>) -> Rc<[f32]> {
        let mut seen = self.seen.borrow_mut();
        if seen.len() >= MEMORY {
            seen.clear();
        }
        let row: Rc<[f32]> = row.into();
        seen.insert(text.to_owned(), Rc::clone(&row));
        row
    }

    /// Token states of `text`; its embedding is remembered along the way.
    async fn token_states(&self, text: &str, job: &dyn Job) -> Result<TokenEmbeddings> {
        if let Some((last, states)) = &*self.tokens.borrow()
            && last == text
        {
            return Ok(states.clone());
        }
        let states = self.encoder.embed_tokens(&[text], None, job).await?.remove(0);
        self.keep(text, states.embedding.clone());
        *self.tokens.borrow_mut() = Some((text.to_owned(), states.clone()));
        Ok(states)
    }

    /// Where `response` stands on the latent scale of a criterion.
    fn latent(
        &self,
        known: &Known<'_>,
        input: &JudgeInput<'_>,
        response: &[f32],
        text: &TextFeatures,
        criterion: &str,
    ) -> f64 {
        let fields = Embedded {
            instruction: known.get(input.instruction),
            response,
            reference: input.reference.and_then(|text| known.get(text)),
        };
        self.weights.rubric.forward(rubric_features(fields, known.of(criterion), text))
    }
}

/// The texts of a judgment besides the response.
fn around<'t>(
    input: &JudgeInput<'t>,
    descriptions: &'t [String],
) -> impl Iterator<Item = &'t str> + use<'t> {
    let own = [input.instruction].into_iter().chain(input.reference);
    own.chain(descriptions.iter().map(String::as_str))
}

impl<E: EmbedModel> RubricModel for ProbeJudge<E> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        let descriptions: Vec<String> = criteria.iter().map(Criterion::full_description).collect();
        if let [only] = inputs
            && !only.response.is_empty()
        {
            // A critique of the same response asks for its tokens next.
            self.token_states(only.response, job).await?;
        }
        let texts: Vec<&str> = inputs
            .iter()
            .flat_map(|input| [input.response].into_iter().chain(around(input, &descriptions)))
            .collect();
        let known = self.read(&texts, job).await?;
        let rate = |input: &JudgeInput<'_>| {
            let text = TextFeatures::new(input.instruction, input.response, input.reference);
            let response = known.of(input.response);
            let of = |(criterion, description): (&Criterion, &String)| {
                let latent = self.latent(&known, input, response, &text, description);
                if !latent.is_finite() {
                    return Err(not_finite(&format!(
                        "{}: the output of the rubric head",
                        self.weights.id
                    )));
                }
                let distribution = self.cuts.distribution(latent, &criterion.scale);
                Ok(Rated::new(distribution, None))
            };
            criteria.iter().zip(&descriptions).map(of).collect::<Result<Vec<_>>>()
        };
        inputs.iter().map(rate).collect()
    }

    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        let descriptions: Vec<String> = criteria.iter().map(Criterion::full_description).collect();
        let states = self.token_states(input.response, job).await?;
        let texts: Vec<&str> = around(&input, &descriptions).collect();
        let known = self.read(&texts, job).await?;
        let whole = TextFeatures::new(input.instruction, input.response, input.reference);
        let score = |response: &[f32], text: &TextFeatures, i: usize| {
            let latent = self.latent(&known, &input, response, text, &descriptions[i]);
            self.cuts.distribution(latent, &criteria[i].scale).mean()
        };
        let sum = Pooled::of(&states);
        let pooled_whole = sum.unit();
        let mut rows = Vec::with_capacity(spans.len());
        let mut cuts = Vec::with_capacity(spans.len());
        for (done, &span) in spans.iter().enumerate() {
            if done % 16 == 0 {
                job.step(Stage::Occlude, done, spans.len()).await?;
            }
            let cut = span.cut_from(input.response).ok_or_else(|| {
                Error::invalid(
                    "spans",
                    format!("{span:?} lies outside the response"),
                    "a part of it",
                )
            })?;
            let text = TextFeatures::new(input.instruction, &cut, input.reference);
            let without = sum.without(&states, span);
            let row: Vec<Occluded> = (0..criteria.len())
                .map(|i| {
                    // Leaving tokens out of the mean is not the same as pooling anew, so only the
                    // difference that it makes is taken over to the exact score.
                    let shift = score(&without, &text, i) - score(&pooled_whole, &whole, i);
                    let score = score(&states.embedding, &whole, i) + shift;
                    let scale = &criteria[i].scale;
                    Occluded { score: score.clamp(scale.min, scale.max), exact: false }
                })
                .collect();
            rows.push(row);
            cuts.push(cut);
        }
        let with: Vec<f64> =
            (0..criteria.len()).map(|i| score(&states.embedding, &whole, i)).collect();
        for index in self.worth_rereading(&rows, &with, criteria, states.ids.len()) {
            if cuts[index].trim().is_empty() {
                continue;
            }
            let reread = self.read(&[&cuts[index]], job).await?;
            let text = TextFeatures::new(input.instruction, &cuts[index], input.reference);
            let response = reread.of(&cuts[index]);
            for (i, occluded) in rows[index].iter_mut().enumerate() {
                *occluded = Occluded { score: score(response, &text, i), exact: true };
            }
        }
        job.step(Stage::Occlude, spans.len(), spans.len()).await?;
        Ok(rows)
    }
}

impl<E> ProbeJudge<E> {
    /// Indices of the spans with the largest effect, as many as the budget can re-read.
    fn worth_rereading(
        &self,
        rows: &[Vec<Occluded>],
        with: &[f64],
        criteria: &[Criterion],
        tokens: usize,
    ) -> Vec<usize> {
        let effect = |row: &Vec<Occluded>| {
            let parts = row.iter().zip(with).zip(criteria);
            parts
                .map(|((o, with), c)| (with - o.score).abs() / (c.scale.max - c.scale.min))
                .fold(0.0, f64::max)
        };
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| effect(&rows[b]).total_cmp(&effect(&rows[a])));
        order.truncate(self.budget.tokens / tokens.max(1));
        order
    }
}

/// The sum of all token states of a text.
struct Pooled(Vec<f64>);

impl Pooled {
    fn of(states: &TokenEmbeddings) -> Self {
        let mut sum = vec![0.0; states.dim];
        for row in states.vectors.chunks_exact(states.dim) {
            add(&mut sum, row, 1.0);
        }
        Self(sum)
    }

    fn unit(&self) -> Vec<f32> {
        unit(&self.0)
    }

    fn without(&self, states: &TokenEmbeddings, span: Span) -> Vec<f32> {
        let mut sum = self.0.clone();
        for (i, token) in states.spans.iter().enumerate() {
            if token.overlaps(span) {
                add(&mut sum, states.row(i), -1.0);
            }
        }
        unit(&sum)
    }
}

fn add(sum: &mut [f64], row: &[f32], sign: f64) {
    sum.iter_mut().zip(row).for_each(|(s, x)| *s += sign * f64::from(*x));
}

fn unit(sum: &[f64]) -> Vec<f32> {
    let norm = sum.iter().map(|x| x * x).sum::<f64>().sqrt();
    sum.iter().map(|x| if norm > 1e-9 { (x / norm) as f32 } else { 0.0 }).collect()
}

impl<E: EmbedModel> RewardModel for ProbeJudge<E> {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn reward(&self, inputs: &[JudgeInput<'_>], job: &dyn Job) -> Result<Vec<f64>> {
        let texts: Vec<&str> = inputs.iter().flat_map(|i| [i.instruction, i.response]).collect();
        let known = self.read(&texts, job).await?;
        let reward = |input: &JudgeInput<'_>| {
            // The reward head was fitted without references, so it never sees one.
            let text = TextFeatures::new(input.instruction, input.response, None);
            let fields = Embedded {
                instruction: known.get(input.instruction),
                response: known.of(input.response),
                reference: None,
            };
            let reward = self.weights.reward.forward(reward_features(fields, &text));
            match reward.is_finite() {
                true => Ok(reward),
                false => {
                    Err(not_finite(&format!("{}: the output of the reward head", self.weights.id)))
                }
            }
        };
        inputs.iter().map(reward).collect()
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
