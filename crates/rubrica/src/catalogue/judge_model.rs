//! From bytes to a judge.

use std::collections::BTreeMap;

use rubrica_core::model::{Finding, JudgeInput, ModelInfo, Occluded, Rated, Scope, Unused};
use rubrica_core::{Criterion, EmbedModel, Error, Job, Result, RewardModel, RubricModel, Span};
use rubrica_judge::probe::{OcclusionBudget, ProbeJudge};
use rubrica_models::{
    CrossJudge, DeviceChoice, DeviceKind, DeviceReport, EncodeOptions, ModelFiles, TextEncoder,
    load_on,
};

use super::{Manifest, ModelKind, read_probe};

/// A manifest with the bytes of its files, by name.
#[derive(Debug, Clone)]
pub struct LoadedModel {
    /// The manifest.
    pub manifest: Manifest,
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl LoadedModel {
    fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    fn required(&self, name: &str) -> Result<&[u8]> {
        self.file(name).ok_or_else(|| Error::Model {
            code: "model_file_missing",
            message: format!(
                "{}: {name} is missing; expected it in the model's folder",
                self.manifest.id
            ),
        })
    }

    /// The files of a model with an encoder in it.
    fn model_files(&self) -> Result<ModelFiles<'_>> {
        let (weights, weights_sha256) = self.weights()?;
        Ok(ModelFiles {
            id: &self.manifest.id,
            config: self.required("config.json")?,
            tokenizer: self.required("tokenizer.json")?,
            weights,
            weights_sha256,
            pooling: self.file("1_Pooling/config.json"),
            head: self.file("head.json"),
            golden: self.file("golden.json"),
            ..ModelFiles::default()
        })
    }

    fn weights(&self) -> Result<(&[u8], Option<&str>)> {
        let name = &self.manifest.weights;
        let sha256 = self.manifest.file(name).map(|f| f.sha256.as_str());
        Ok((self.required(name)?, sha256))
    }
}

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
        let message =
            format!("{id} is no judge; expected a model of kind `probe` or `cross_encoder`");
        return Err(Error::Model { code: "not_a_judge", message });
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
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Probe(judge) => judge.scope(),
            Self::Cross(judge, _) => judge.scope(),
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
        }
    }
}

impl JudgeModel {
    /// The encoder inside or beside it, for metrics that compare embeddings.
    pub fn encoder(&self) -> Option<&TextEncoder> {
        match self {
            Self::Probe(judge) => Some(judge.encoder()),
            Self::Cross(_, encoder) => encoder.as_deref(),
        }
    }
}
