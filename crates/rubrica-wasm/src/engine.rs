//! The models of a page: loaded once, asked many times.

use std::collections::BTreeMap;

use js_sys::{Array, Float32Array, JsString, Uint8Array};
use rubrica::catalogue::{JudgeModel, LoadedModel, Manifest, ModelKind, load_encoder, load_judge};
use rubrica::core::{Comparison, EmbedModel, Error, Quiet, Result, RubricModel, Sample};
use rubrica::judge::{
    AbsoluteOptions, BestOfNOptions, PairwiseOptions, absolute, best_of_n, pairwise,
};
use rubrica::models::{DeviceChoice, DeviceReport, EncodeOptions, TextEncoder};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::case::{from_json, to_js};
use crate::error::Failure;
use crate::job::{Hooks, WatchedJob};
use crate::requests::{MetricsRequest, ScoreRequest, absolute_options, measure};
use crate::text::well_formed;

#[wasm_bindgen]
extern "C" {
    /// A model as it crosses: the text of its manifest, and its files by name.
    #[wasm_bindgen(typescript_type = "{ manifest: string; files: Map<string, Uint8Array> }")]
    pub type ModelBytes;

    #[wasm_bindgen(method, structural, getter)]
    fn manifest(this: &ModelBytes) -> JsString;

    #[wasm_bindgen(method, structural, getter)]
    fn files(this: &ModelBytes) -> js_sys::Map;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

enum Loaded {
    Judge(Box<JudgeModel>),
    Encoder(Box<TextEncoder>),
}

impl Loaded {
    fn encoder(&self) -> Option<&TextEncoder> {
        match self {
            Self::Judge(judge) => judge.encoder(),
            Self::Encoder(encoder) => Some(encoder),
        }
    }
}

/// What is loaded and where it runs.
#[derive(Serialize)]
struct EngineInfo<'a> {
    models: Vec<&'a rubrica::core::ModelSignature>,
    judges: bool,
    device: &'a DeviceReport,
}

/// Loaded models. All methods may run side by side; `free` only when none does.
#[wasm_bindgen]
pub struct Engine {
    loaded: Loaded,
    device: DeviceReport,
}

#[wasm_bindgen]
impl Engine {
    /// Loads a judge, an encoder, or both; at most one of each is used.
    ///
    /// `device` is `auto`, `flex` or `webgpu`.
    ///
    /// # Errors
    /// An unknown device, no model, a probe without its encoder, or what is wrong with a file.
    pub async fn load(models: Array, device: JsString) -> Result<Engine, Failure> {
        let device = well_formed(&device, "device")?;
        let choice: DeviceChoice = serde_json::from_value(device.clone().into()).map_err(|_| {
            Error::invalid("device", format!("is `{device}`"), "auto, flex or webgpu")
        })?;
        let models = models
            .iter()
            .map(|model| read_model(model.unchecked_ref()))
            .collect::<Result<Vec<LoadedModel>>>()?;
        let encoder = models.iter().find(|m| m.manifest.kind == ModelKind::Encoder);
        let judge = models.iter().find(|m| m.manifest.kind != ModelKind::Encoder);
        let (options, now) = (EncodeOptions::default(), &performance_now);
        let (loaded, device) = match (judge, encoder) {
            (Some(judge), encoder) => {
                let (judge, device) = load_judge(judge, encoder, choice, options, now).await?;
                (Loaded::Judge(Box::new(judge)), device)
            }
            (None, Some(encoder)) => {
                let (encoder, device) = load_encoder(encoder, choice, options, now).await?;
                (Loaded::Encoder(Box::new(encoder)), device)
            }
            (None, None) => {
                let needs = "a judge or an encoder";
                return Err(Error::MissingModel { protocol: "an engine", needs }.into());
            }
        };
        Ok(Self { loaded, device })
    }

    /// What is loaded: `{ models, judges, device: { requested, device, reason?, flexMs?, webgpuMs? } }`.
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn info(&self) -> Result<JsValue, Failure> {
        let (model, judges) = match &self.loaded {
            Loaded::Judge(judge) => (&RubricModel::info(judge.as_ref()).signature, true),
            Loaded::Encoder(encoder) => (&EmbedModel::info(encoder.as_ref()).signature, false),
        };
        to_js(&EngineInfo { models: vec![model], judges, device: &self.device })
    }

    /// Judges one response under a rubric. `sample` and `options` are JSON text.
    ///
    /// # Errors
    /// As the protocol: bad input with its path, `cancelled`, or a model error.
    pub async fn score(
        &self,
        sample: JsString,
        options: JsString,
        hooks: Hooks,
    ) -> Result<JsValue, Failure> {
        let sample: Sample = from_json(&well_formed(&sample, "sample")?, "sample")?;
        let request: ScoreRequest = from_json(&well_formed(&options, "options")?, "options")?;
        let (rubric, options): (_, AbsoluteOptions) = absolute_options(request)?;
        let job = WatchedJob(hooks);
        let mut judgment = absolute(self.judge("score")?, &sample, &rubric, &options, &job).await?;
        judgment.spans_to_utf16(sample.single_response()?);
        to_js(&judgment)
    }

    /// Says which of two responses is better. `pair` and `options` are JSON text.
    ///
    /// # Errors
    /// As [`Engine::score`].
    pub async fn compare(
        &self,
        pair: JsString,
        options: JsString,
        hooks: Hooks,
    ) -> Result<JsValue, Failure> {
        let pair: Comparison = from_json(&well_formed(&pair, "pair")?, "pair")?;
        let options: PairwiseOptions = from_json(&well_formed(&options, "options")?, "options")?;
        let job = WatchedJob(hooks);
        let verdict = pairwise(self.judge("compare")?, &pair, &options, &job).await?;
        to_js(&verdict)
    }

    /// Ranks the responses of a sample. `sample` and `options` are JSON text.
    ///
    /// # Errors
    /// As [`Engine::score`].
    #[wasm_bindgen(js_name = bestOfN)]
    pub async fn best_of_n(
        &self,
        sample: JsString,
        options: JsString,
        hooks: Hooks,
    ) -> Result<JsValue, Failure> {
        let sample: Sample = from_json(&well_formed(&sample, "sample")?, "sample")?;
        let options: BestOfNOptions = from_json(&well_formed(&options, "options")?, "options")?;
        let job = WatchedJob(hooks);
        to_js(&best_of_n(self.judge("bestOfN")?, &sample, &options, &job).await?)
    }

    /// Metrics of samples, those over embeddings too. `samples` and `options` are JSON text.
    ///
    /// # Errors
    /// An unknown metric or option, a sample without a single response, `cancelled`.
    pub async fn metrics(
        &self,
        samples: JsString,
        options: JsString,
        hooks: Hooks,
    ) -> Result<JsValue, Failure> {
        let samples: Vec<Sample> = from_json(&well_formed(&samples, "samples")?, "samples")?;
        let request: MetricsRequest = from_json(&well_formed(&options, "options")?, "options")?;
        let job = WatchedJob(hooks);
        measure(&samples, request, self.loaded.encoder(), &job).await
    }

    /// Unit-length embeddings of `texts`, one after the other: `[texts * dim]`.
    ///
    /// # Errors
    /// `cancelled`, or a model error.
    pub async fn embed(&self, texts: Array, hooks: Hooks) -> Result<Float32Array, Failure> {
        let texts = texts
            .iter()
            .enumerate()
            .map(|(i, text)| {
                let path = format!("texts[{i}]");
                let text = text
                    .dyn_into::<JsString>()
                    .map_err(|other| Error::invalid(&path, format!("is {other:?}"), "a string"))?;
                well_formed(&text, &path)
            })
            .collect::<Result<Vec<String>>>()?;
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let job = WatchedJob(hooks);
        let rows = self.encoder("embed")?.embed(&texts, &job).await?;
        Ok(Float32Array::from(rows.concat().as_slice()))
    }

    /// Runs the encoder once on `batch` texts of `tokens` tokens each, special ones included, with
    /// nothing around it: what a benchmark times.
    ///
    /// # Errors
    /// A model error.
    #[wasm_bindgen(js_name = benchEncode)]
    pub async fn bench_encode(&self, batch: usize, tokens: usize) -> Result<f64, Failure> {
        // `a` is one token in every vocabulary there is here.
        let text = vec!["a"; tokens.saturating_sub(2)].join(" ");
        let texts = vec![text.as_str(); batch];
        let rows = self.encoder("benchEncode")?.embed(&texts, &Quiet).await?;
        Ok(f64::from(rows[0][0]))
    }
}

impl Engine {
    fn judge(&self, protocol: &'static str) -> Result<&JudgeModel> {
        match &self.loaded {
            Loaded::Judge(judge) => Ok(judge),
            Loaded::Encoder(_) => Err(Error::MissingModel { protocol, needs: "a judge" }),
        }
    }

    fn encoder(&self, protocol: &'static str) -> Result<&TextEncoder> {
        self.loaded.encoder().ok_or(Error::MissingModel { protocol, needs: "an encoder" })
    }
}

fn read_model(model: &ModelBytes) -> Result<LoadedModel> {
    let manifest = Manifest::from_json(well_formed(&model.manifest(), "manifest")?.as_bytes())?;
    let mut files = BTreeMap::new();
    model.files().for_each(&mut |bytes, name| {
        if let (Some(name), Ok(bytes)) = (name.as_string(), bytes.dyn_into::<Uint8Array>()) {
            files.insert(name, bytes.to_vec());
        }
    });
    Ok(LoadedModel { manifest, files })
}
