//! Whether a model on disk is whole, loads, and computes what it should.

use rubrica_core::model::ModelInfo;
use rubrica_core::{EmbedModel, Error, Quiet, Result, RubricModel, Undefined};
use rubrica_models::{
    CardTells, ClassGolden, CrossGolden, DeviceChoice, EncodeOptions, Golden, TextEncoder,
};
use serde::Serialize;
use serde_json::Value;

use super::published::GOLDEN;
use super::{JudgeModel, LoadedModel, ModelFolder, ModelKind};

/// What was found of a model. What cannot be told of a broken one is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelCheck {
    /// Its id.
    pub id: String,
    /// The class of its configuration; of a probe, and of a cross-encoder of ours, the kind of the manifest.
    pub class: Option<String>,
    /// What it is for: what its card tells, or `embedding` or `criterion`.
    pub role: Option<String>,
    /// Stored precision of the weights.
    pub precision: Option<String>,
    /// Bytes of the files that it needs.
    pub bytes: Option<u64>,
    /// Largest difference between its golden outputs and those of the device.
    pub golden_error: Option<f64>,
    /// The largest that is allowed.
    pub tolerance: Option<f64>,
    /// Where it ran.
    pub device: Option<String>,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Checks model `id` on the CPU: manifest, hashes, weights, golden outputs. What is wrong stands in
/// [`ModelCheck::error`].
pub async fn check(store: &ModelFolder, id: &str) -> ModelCheck {
    let mut found = ModelCheck {
        id: id.to_owned(),
        class: None,
        role: None,
        precision: None,
        bytes: None,
        golden_error: None,
        tolerance: None,
        device: None,
        error: None,
    };
    if let Err(error) = fill(store, &mut found).await {
        found.error = Some(Undefined::from(&error));
    }
    found
}

async fn fill(store: &ModelFolder, found: &mut ModelCheck) -> Result<()> {
    let manifest = store.known(&found.id)?;
    found.bytes = Some(manifest.needed().map(|file| file.bytes).sum());
    let own = if manifest.kind == ModelKind::Encoder { "embedding" } else { "criterion" };
    found.role = Some(own.to_owned());
    found.class = Some(manifest.kind.name().to_owned());
    let model = store.load(&found.id)?;
    match manifest.kind {
        ModelKind::Published => return published(&model, found).await,
        ModelKind::Encoder => {
            found.class = class(&model);
            let encoder = store.encoder(&found.id).await?;
            found.take(EmbedModel::info(&encoder));
            let golden = model.file(GOLDEN).map(Golden::from_json).transpose()?;
            if let Some(golden) = golden {
                found.golden_error = Some(embedding_error(&encoder, &golden).await?);
                let whole = found.precision.as_deref() == Some("f32");
                let tolerance = if whole { golden.tolerance } else { golden.tolerance_compressed };
                found.tolerance = Some(tolerance);
            }
        }
        ModelKind::Probe | ModelKind::CrossEncoder => {
            // The golden outputs of a probe are those of its encoder.
            let judge = store.judge(&found.id).await?;
            found.take(RubricModel::info(&judge));
            if let (JudgeModel::Cross(judge, _), Some(bytes)) = (&judge, model.file(GOLDEN)) {
                let golden = CrossGolden::from_json(bytes)?;
                let logits = judge.golden_logits(&golden).await?;
                let pairs = golden.logits.iter().flat_map(|(task, row)| {
                    let found = logits.get(task).into_iter().flatten().copied();
                    row.iter().copied().zip(found.chain(std::iter::repeat(f64::NAN)))
                });
                found.golden_error = Some(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, worst));
                found.tolerance = Some(golden.tolerance);
            }
        }
    }
    Ok(())
}

async fn published(model: &LoadedModel, found: &mut ModelCheck) -> Result<()> {
    found.class = class(model);
    let tells: CardTells = model.card()?.tells;
    found.role = Some(tells.name().to_owned());
    let golden = ClassGolden::from_json(model.required(GOLDEN)?)?;
    let options = EncodeOptions::default();
    let (judge, _) = model.card_judge(false, DeviceChoice::Flex, options, &|| 0.0).await?;
    found.take(judge.info());
    let error = judge.classifier().golden_error(&golden).await?;
    found.golden_error = Some(error).filter(|error| error.is_finite());
    found.tolerance = Some(golden.tolerance);
    // NaN compares false with everything.
    if error <= golden.tolerance {
        return Ok(());
    }
    let message = format!(
        "{}: output differs from the golden one by {error:.2e}; expected at most {:.0e}",
        found.id, golden.tolerance
    );
    Err(Error::Model { code: "golden_mismatch", message })
}

async fn embedding_error(encoder: &TextEncoder, golden: &Golden) -> Result<f64> {
    let found = encoder.embed(&[golden.text.as_str()], &Quiet).await?.concat();
    let pairs = golden.embedding.iter().zip(&found);
    Ok(pairs.map(|(a, b)| f64::from((a - b).abs())).fold(0.0, worst))
}

fn worst(worst: f64, difference: f64) -> f64 {
    if worst.is_nan() || difference <= worst { worst } else { difference }
}

/// The class that `config.json` names, or the kind of model.
fn class(model: &LoadedModel) -> Option<String> {
    let config: Value = serde_json::from_slice(model.file("config.json")?).ok()?;
    let named = config["architectures"][0].as_str().or(config["model_type"].as_str());
    named.map(str::to_owned)
}

impl ModelCheck {
    fn take(&mut self, info: &ModelInfo) {
        self.precision = Some(info.signature.precision.clone());
        self.device = Some(info.device.clone());
    }
}
