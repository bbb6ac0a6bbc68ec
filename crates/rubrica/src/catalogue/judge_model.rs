//! From bytes to a judge.

use rubrica_core::model::{Finding, JudgeInput, ModelInfo, Occluded, Rated, Scope, Unused};
use rubrica_core::{
    Criterion, CutTokens, EmbedModel, Error, Job, Result, RewardModel, RubricModel, Span, Support,
    SupportModel,
};
use rubrica_judge::probe::{OcclusionBudget, ProbeJudge};
use rubrica_models::{
    CrossJudge, CrossPart, DeviceChoice, DeviceKind, DeviceReport, EncodeOptions, SUPPORT_KINDS,
    TextEncoder, load_on,
};

use super::{LoadedModel, Manifest, ModelKind, PublishedJudge, read_probe};

/// The sentence encoder of `model` on the device that `choice` leads to, checked against its golden
/// vector. `now` gives milliseconds from any start.
///
/// # Errors
/// A missing file, or whatever is wrong with one; see [`rubrica_models::ModelError`].
pub async fn load_encoder(
    model: &LoadedModel,
    choice: DeviceChoice,
    options: EncodeOptions,
    now: &dyn Fn() -> f64,
) -> Result<(TextEncoder, DeviceReport)> {
    if model.manifest.kind != ModelKind::Encoder {
        let message = format!("{} is no encoder", model.manifest.id);
        return Err(Error::Model { code: "not_an_encoder", message });
    }
    Ok(load_on(model.model_files()?, choice, options, now).await?)
}

/// A judge, whatever it is made of.
#[non_exhaustive]
pub enum JudgeModel {
    /// Heads on a frozen encoder.
    Probe(Box<ProbeJudge<TextEncoder>>),
    /// A cross-encoder, with a plain encoder for metrics that compare embeddings, if one is loaded.
    Cross(Box<CrossJudge>, Option<Box<TextEncoder>>),
    /// A published model with its card.
    Published(Box<PublishedJudge>),
}

/// What a judge is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Ratings of criteria.
    Criterion,
    /// Which of two responses is better.
    Reward,
    /// Which sentences rest on passages.
    Support,
}

/// The judge of `model`. A probe needs the encoder that it was fitted on, loaded on the same device;
/// a cross-encoder needs none, and has `encoder`, if it is given, for metrics that compare embeddings.
///
/// # Errors
/// [`Error::Model`] for a model that is no judge, or with another encoder than its manifest names;
/// as [`load_encoder`].
pub async fn load_judge(
    model: &LoadedModel,
    encoder: Option<&LoadedModel>,
    choice: DeviceChoice,
    options: EncodeOptions,
    now: &dyn Fn() -> f64,
) -> Result<(JudgeModel, DeviceReport)> {
    let Manifest { id, kind, encoder: wanted, .. } = &model.manifest;
    if *kind == ModelKind::Encoder {
        let message = format!(
            "{id} is no judge; expected a model of kind `probe`, `cross_encoder` or `published`"
        );
        return Err(Error::Model { code: "not_a_judge", message });
    }
    if *kind == ModelKind::Published {
        let (judge, report) = model.published(choice, options, now).await?;
        return Ok((JudgeModel::Published(Box::new(judge)), report));
    }
    let found = encoder.map(|encoder| &encoder.manifest.id);
    if wanted.is_some() && wanted.as_ref() != found {
        let wanted = wanted.as_deref().unwrap_or_default();
        let found = found.map_or("none".to_owned(), |found| format!("`{found}`"));
        let message = format!("{id} belongs with the encoder `{wanted}`; got {found}");
        return Err(Error::Model { code: "wrong_encoder", message });
    }
    if *kind == ModelKind::CrossEncoder {
        let (judge, report) =
            load_on::<CrossJudge>(model.model_files()?, choice, options, now).await?;
        let encoder = match encoder {
            None => None,
            Some(encoder) => {
                // What is good for the judge is good for the encoder, unless that one says no.
                let choice = match report.device {
                    DeviceKind::Webgpu => DeviceChoice::Webgpu,
                    DeviceKind::Flex => DeviceChoice::Flex,
                };
                Some(Box::new(load_encoder(encoder, choice, options, now).await?.0))
            }
        };
        return Ok((JudgeModel::Cross(Box::new(judge), encoder), report));
    }
    let encoder =
        encoder.ok_or(Error::MissingModel { protocol: "a probe", needs: "an encoder" })?;
    let (encoder, report) = load_encoder(encoder, choice, options, now).await?;
    let (weights, sha256) = model.weights()?;
    let probe = read_probe(id, weights, sha256, encoder.dim())?;
    let judge = ProbeJudge::new(encoder, probe, OcclusionBudget::default())?;
    Ok((JudgeModel::Probe(Box::new(judge)), report))
}

impl RubricModel for JudgeModel {
    fn info(&self) -> &ModelInfo {
        match self {
            Self::Probe(judge) => RubricModel::info(judge.as_ref()),
            Self::Cross(judge, _) => RubricModel::info(judge.as_ref()),
            Self::Published(judge) => RubricModel::info(judge.as_ref()),
        }
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        match self {
            Self::Probe(judge) => judge.settings(criteria),
            Self::Cross(judge, _) => judge.settings(criteria),
            Self::Published(judge) => judge.settings(criteria),
        }
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        match self {
            Self::Probe(judge) => judge.caveats(criteria),
            Self::Cross(judge, _) => judge.caveats(criteria),
            Self::Published(judge) => judge.caveats(criteria),
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Probe(judge) => judge.scope(),
            Self::Cross(judge, _) => judge.scope(),
            Self::Published(judge) => judge.scope(),
        }
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        match self {
            Self::Probe(judge) => judge.rate(inputs, criteria, job).await,
            Self::Cross(judge, _) => judge.rate(inputs, criteria, job).await,
            Self::Published(judge) => judge.rate(inputs, criteria, job).await,
        }
    }

    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        match self {
            Self::Probe(judge) => judge.rate_without(input, criteria, spans, job).await,
            Self::Cross(judge, _) => judge.rate_without(input, criteria, spans, job).await,
            Self::Published(judge) => judge.rate_without(input, criteria, spans, job).await,
        }
    }

    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        match self {
            Self::Probe(judge) => judge.findings(input, parts, job).await,
            Self::Cross(judge, _) => judge.findings(input, parts, job).await,
            Self::Published(judge) => judge.findings(input, parts, job).await,
        }
    }

    async fn unused(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Unused>> {
        match self {
            Self::Probe(judge) => judge.unused(input, parts, job).await,
            Self::Cross(judge, _) => judge.unused(input, parts, job).await,
            Self::Published(judge) => judge.unused(input, parts, job).await,
        }
    }
}

impl RewardModel for JudgeModel {
    fn info(&self) -> &ModelInfo {
        RubricModel::info(self)
    }

    async fn reward(&self, inputs: &[JudgeInput<'_>], job: &dyn Job) -> Result<Vec<f64>> {
        match self {
            Self::Probe(judge) => judge.reward(inputs, job).await,
            Self::Cross(judge, _) => judge.reward(inputs, job).await,
            Self::Published(judge) => judge.roles().reward(inputs, job).await,
        }
    }

    async fn reward_and_cut(
        &self,
        inputs: &[JudgeInput<'_>],
        job: &dyn Job,
    ) -> Result<Vec<(f64, CutTokens)>> {
        match self {
            Self::Probe(judge) => judge.reward_and_cut(inputs, job).await,
            Self::Cross(judge, _) => judge.reward_and_cut(inputs, job).await,
            Self::Published(judge) => judge.roles().reward_and_cut(inputs, job).await,
        }
    }
}

impl SupportModel for JudgeModel {
    fn info(&self) -> &ModelInfo {
        RubricModel::info(self)
    }

    /// A cross-encoder reads each part where it stands in the response, a published judge by itself.
    async fn support(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Support>> {
        match self {
            Self::Probe(_) => Err(self.no_support()),
            Self::Published(judge) => judge.roles().support(input, parts, job).await,
            Self::Cross(judge, _) => {
                // A model answer is no source; the context is.
                let input = JudgeInput { reference: None, ..input };
                let said = judge.support(&input, parts, job).await?;
                let support = |part: CrossPart<{ SUPPORT_KINDS.len() }>| {
                    let [supported, _, contradicted] = part.probabilities;
                    Support {
                        probability: supported,
                        contradicted: Some(contradicted),
                        piece: None,
                        cut: CutTokens::default(),
                    }
                };
                Ok(said.into_iter().map(support).collect())
            }
        }
    }
}

impl JudgeModel {
    /// The encoder inside or beside it, for metrics that compare embeddings.
    pub fn encoder(&self) -> Option<&TextEncoder> {
        match self {
            Self::Probe(judge) => Some(judge.encoder()),
            Self::Cross(_, encoder) => encoder.as_deref(),
            Self::Published(_) => None,
        }
    }

    /// Whether it can be asked for that, before it is asked about rows.
    ///
    /// # Errors
    /// What it tells instead, or lacks.
    pub fn plays(&self, role: Role) -> Result<()> {
        match (self, role) {
            (Self::Published(judge), Role::Criterion) => judge.rates_criteria(),
            (Self::Published(judge), Role::Reward) => judge.compares(),
            (Self::Published(judge), Role::Support) => judge.tells_support(),
            (Self::Probe(_), Role::Support) => Err(self.no_support()),
            (Self::Probe(_) | Self::Cross(..), _) => Ok(()),
        }
    }

    fn no_support(&self) -> Error {
        let id = &RubricModel::info(self).signature.id;
        let message = format!(
            "{id} says nothing of passages; expected a cross-encoder, or a published judge that tells grounding or inference"
        );
        Error::Model { code: "other_role", message }
    }
}
