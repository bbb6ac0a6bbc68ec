//! Choosing the device on the model that it has to run.

use rubrica_core::model::JudgeInput;
use rubrica_core::{EmbedModel, Quiet, RewardModel, TextPair};
use serde::{Deserialize, Serialize};

use crate::{
    CardJudge, CrossJudge, Device, DeviceKind, EncodeOptions, JudgeCard, ModelError, ModelFiles,
    Result, TextEncoder,
};

/// What the caller wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceChoice {
    /// The faster one of those that reproduce the golden vector, measured on this model.
    #[default]
    Auto,
    /// The CPU.
    Flex,
    /// The GPU; the CPU if there is none that works.
    Webgpu,
}

/// What was chosen, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceReport {
    /// What the caller wanted.
    pub requested: DeviceChoice,
    /// What runs.
    pub device: DeviceKind,
    /// Why it is not the GPU, where the GPU was asked for or considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Milliseconds for the measured text on the CPU, if it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flex_ms: Option<f64>,
    /// The same on the GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webgpu_ms: Option<f64>,
}

/// A model that loads on any device, checked against what it should compute, and reads a text.
pub trait OnDevice: Sized {
    /// What it is made of.
    type Source<'a>: Copy;

    /// Loads the model on `device`.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files or the device give rise to.
    fn load_on(
        source: Self::Source<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> impl Future<Output = Result<Self>>;

    /// Reads `text` once, as for a result.
    ///
    /// # Errors
    /// [`ModelError::DeviceLost`], or whatever went wrong.
    fn read_once(&self, text: &str) -> impl Future<Output = Result<()>>;
}

impl OnDevice for TextEncoder {
    type Source<'a> = ModelFiles<'a>;

    async fn load_on(
        files: Self::Source<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        Self::load(files, device, options).await
    }

    async fn read_once(&self, text: &str) -> Result<()> {
        self.embed(&[text], &Quiet).await.map_err(|e| self.device().lost(e))?;
        Ok(())
    }
}

impl OnDevice for CrossJudge {
    type Source<'a> = ModelFiles<'a>;

    async fn load_on(
        files: Self::Source<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        Self::load(files, device, options).await
    }

    async fn read_once(&self, text: &str) -> Result<()> {
        let input = JudgeInput { instruction: "", response: text, reference: None, context: &[] };
        self.reward(&[input], &Quiet).await.map_err(|e| self.device().lost(e))?;
        Ok(())
    }
}

impl OnDevice for CardJudge {
    type Source<'a> = (ModelFiles<'a>, &'a JudgeCard);

    async fn load_on(
        (files, card): Self::Source<'_>,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        Self::load(files, card.clone(), device, options).await
    }

    async fn read_once(&self, text: &str) -> Result<()> {
        let pair = TextPair { first: text, second: self.card().reads_pairs().then_some("Yes.") };
        let classifier = self.classifier();
        classifier.golden_logits(&[pair]).await.map_err(|e| classifier.device().lost(e))?;
        Ok(())
    }
}

/// Loads the model on the device that `choice` leads to. `now` gives milliseconds from any start.
///
/// The CPU is the last resort: what fails on the GPU (no adapter, a lost device, another output than
/// the golden vector) is told in the report, and only a failure on the CPU is an error.
///
/// # Errors
/// Whatever is wrong with the files.
pub async fn load_on<M: OnDevice>(
    files: M::Source<'_>,
    choice: DeviceChoice,
    options: EncodeOptions,
    now: &dyn Fn() -> f64,
) -> Result<(M, DeviceReport)> {
    let mut report = DeviceReport {
        requested: choice,
        device: DeviceKind::Flex,
        reason: None,
        flex_ms: None,
        webgpu_ms: None,
    };
    if choice == DeviceChoice::Flex {
        return Ok((M::load_on(files, &Device::flex(), options).await?, report));
    }
    let gpu = match Device::webgpu().await {
        Ok(device) => M::load_on(files, &device, options).await,
        Err(error) => Err(error),
    };
    let gpu = match gpu {
        Ok(model) if choice == DeviceChoice::Webgpu => {
            report.device = DeviceKind::Webgpu;
            return Ok((model, report));
        }
        Ok(model) => Some(model),
        Err(error) if is_about_the_device(&error) => {
            report.reason = Some(error.to_string());
            None
        }
        Err(error) => return Err(error),
    };
    let cpu = M::load_on(files, &Device::flex(), options).await?;
    let Some(gpu) = gpu else {
        return Ok((cpu, report));
    };
    let on_cpu = time(&cpu, now).await?;
    report.flex_ms = Some(on_cpu);
    match time(&gpu, now).await {
        Ok(on_gpu) => {
            report.webgpu_ms = Some(on_gpu);
            if on_gpu < on_cpu {
                report.device = DeviceKind::Webgpu;
                return Ok((gpu, report));
            }
            report.reason = Some(format!(
                "webgpu took {on_gpu:.0} ms for the measured text, the CPU {on_cpu:.0} ms"
            ));
        }
        Err(error) => report.reason = Some(error.to_string()),
    }
    Ok((cpu, report))
}

/// Errors that another device may not have.
fn is_about_the_device(error: &ModelError) -> bool {
    matches!(
        error,
        ModelError::DeviceUnavailable { .. }
            | ModelError::DeviceLost { .. }
            | ModelError::GoldenMismatch { .. }
    )
}

/// Milliseconds for a text of some 200 tokens, after one run that does not count: a GPU compiles its
/// shaders in it.
async fn time(model: &impl OnDevice, now: &dyn Fn() -> f64) -> Result<f64> {
    let text = "A judge reads the answer and says what it is worth. ".repeat(16);
    let mut took = 0.0;
    for _ in 0..2 {
        let start = now();
        model.read_once(&text).await?;
        took = now() - start;
    }
    Ok(took)
}
