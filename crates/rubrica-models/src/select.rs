//! Choosing the device on the model that it has to run.

use rubrica_core::{EmbedModel, Quiet};
use serde::{Deserialize, Serialize};

use crate::{Device, DeviceKind, EncodeOptions, ModelError, ModelFiles, Result, TextEncoder};

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

/// Loads the encoder on the device that `choice` leads to. `now` gives milliseconds from any start.
///
/// The CPU is the last resort: what fails on the GPU (no adapter, a lost device, another output than
/// the golden vector) is told in the report, and only a failure on the CPU is an error.
///
/// # Errors
/// Whatever is wrong with the files.
pub async fn load_on(
    files: ModelFiles<'_>,
    choice: DeviceChoice,
    options: EncodeOptions,
    now: &dyn Fn() -> f64,
) -> Result<(TextEncoder, DeviceReport)> {
    let mut report = DeviceReport {
        requested: choice,
        device: DeviceKind::Flex,
        reason: None,
        flex_ms: None,
        webgpu_ms: None,
    };
    if choice == DeviceChoice::Flex {
        return Ok((TextEncoder::load(files, &Device::flex(), options).await?, report));
    }
    let gpu = match Device::webgpu().await {
        Ok(device) => TextEncoder::load(files, &device, options).await,
        Err(error) => Err(error),
    };
    let gpu = match gpu {
        Ok(encoder) => Some(encoder),
        Err(error) if is_about_the_device(&error) => {
            report.reason = Some(error.to_string());
            None
        }
        Err(error) => return Err(error),
    };
    if let (DeviceChoice::Webgpu, Some(encoder)) = (choice, &gpu) {
        report.device = DeviceKind::Webgpu;
        return Ok((encoder.clone(), report));
    }
    let cpu = TextEncoder::load(files, &Device::flex(), options).await?;
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
async fn time(encoder: &TextEncoder, now: &dyn Fn() -> f64) -> Result<f64> {
    let text = "A judge reads the answer and says what it is worth. ".repeat(16);
    let mut took = 0.0;
    for _ in 0..2 {
        let start = now();
        encoder.embed(&[&text], &Quiet).await.map_err(|e| encoder.device.lost(e))?;
        took = now() - start;
    }
    Ok(took)
}
