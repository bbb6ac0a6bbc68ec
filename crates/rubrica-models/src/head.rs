//! Heads: from a pooled vector to logits, and from logits to something with a meaning.
//!
//! A head is data: `head.json`, or what the hub's `config.json` says of a task model. The raw logits
//! are always given beside the activated values.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use rubrica_core::{Job, Stage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::encoder::{EncoderInput, load_linear};
use crate::text_encoder::read;
use crate::{
    BatchPlan, Bert, BertConfig, Device, EncodeOptions, ModelError, ModelFiles, Pooling, Result,
    TextTokenizer, Weights,
};

/// What turns logits into values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Activation {
    /// The logits themselves.
    #[default]
    None,
    /// Hyperbolic tangent, between layers.
    Tanh,
    /// Each logit by itself to a probability.
    Sigmoid,
    /// All logits together to a distribution.
    Softmax,
    /// One logit and ascending thresholds to a distribution over ordered levels:
    /// P(level > j) = σ(logit − threshold j) (cumulative link model; McCullagh, 1980).
    Ordinal,
}

/// One linear layer of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadLayer {
    /// Name of its tensors in the weights, without `.weight` and `.bias`.
    pub name: String,
    /// What follows it; `none` or `tanh`.
    #[serde(default)]
    pub activation: Activation,
}

/// `head.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadConfig {
    /// From hidden states to one vector.
    pub pooling: Pooling,
    /// At least one layer; the last one gives the logits.
    pub layers: Vec<HeadLayer>,
    /// From logits to values.
    pub activation: Activation,
    /// Names of the values.
    pub labels: Vec<String>,
}

impl HeadConfig {
    /// Reads `head.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`].
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let config: Self = serde_json::from_slice(bytes)
            .map_err(|e| ModelError::Config { file: "head.json", message: e.to_string() })?;
        if config.layers.is_empty() {
            let message = "layers is empty; expected at least one".into();
            return Err(ModelError::Config { file: "head.json", message });
        }
        Ok(config)
    }

    /// The head that a hub `config.json` describes (`BertForSequenceClassification`).
    ///
    /// # Errors
    /// [`ModelError::Config`] when the model has no head of a kind that is known.
    pub fn from_hub(config: &[u8]) -> Result<Self> {
        let fail = |message: String| ModelError::Config { file: "config.json", message };
        let value: Value = serde_json::from_slice(config).map_err(|e| fail(e.to_string()))?;
        let architecture = value["architectures"][0].as_str().unwrap_or("missing");
        if architecture != "BertForSequenceClassification" {
            return Err(fail(format!(
                "architectures[0] is `{architecture}`; expected BertForSequenceClassification, or a head.json"
            )));
        }
        let mut labels: Vec<(usize, String)> = value["id2label"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(id, label)| Some((id.parse().ok()?, label.as_str()?.to_owned())))
            .collect();
        labels.sort();
        let labels: Vec<String> = labels.into_iter().map(|(_, label)| label).collect();
        let activation = match value["problem_type"].as_str() {
            Some("multi_label_classification") => Activation::Sigmoid,
            Some("regression") => Activation::None,
            _ if labels.len() > 1 => Activation::Softmax,
            _ => Activation::None,
        };
        let layer = |name: &str, activation| HeadLayer { name: name.into(), activation };
        Ok(Self {
            pooling: Pooling::Cls,
            layers: vec![
                layer("pooler.dense", Activation::Tanh),
                layer("classifier", Activation::None),
            ],
            activation,
            labels,
        })
    }
}

/// The linear layers of a head.
#[derive(Module, Debug)]
pub struct Head {
    layers: Vec<Linear>,
    #[module(skip)]
    tanh: Vec<bool>,
}

impl Head {
    /// Loads the layers that `config` names; their sizes follow from the weights.
    ///
    /// # Errors
    /// [`ModelError::MissingTensor`], [`ModelError::WrongShape`].
    pub fn load(
        config: &HeadConfig,
        hidden: usize,
        weights: &Weights<'_>,
        device: &Device,
    ) -> Result<Self> {
        let mut input = hidden;
        let mut layers = Vec::new();
        for layer in &config.layers {
            let name = format!("{}.weight", layer.name);
            let shape = weights.shape(&name).ok_or_else(|| ModelError::MissingTensor {
                name,
                expected: vec![config.labels.len(), input],
            })?;
            let output = shape.first().copied().unwrap_or(0);
            layers.push(load_linear(
                std::slice::from_ref(&layer.name),
                input,
                output,
                weights,
                device.burn(),
            )?);
            input = output;
        }
        let tanh = config.layers.iter().map(|l| l.activation == Activation::Tanh).collect();
        Ok(Self { layers, tanh })
    }

    /// Logits `[batch, outputs]` of pooled vectors `[batch, hidden]`.
    pub fn forward(&self, pooled: Tensor<2>) -> Tensor<2> {
        self.layers.iter().zip(&self.tanh).fold(pooled, |x, (layer, &tanh)| {
            let y = layer.forward(x);
            if tanh { y.tanh() } else { y }
        })
    }
}

/// What a head says about one input.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadOutput {
    /// Raw logits.
    pub logits: Vec<f32>,
    /// Activated values, `[labels]`.
    pub values: Vec<f32>,
}

impl Activation {
    /// Values of one row of logits. `thresholds` are those of an ordinal head.
    pub fn apply(self, logits: &[f32], thresholds: &[f32]) -> Vec<f32> {
        match self {
            Self::None => logits.to_vec(),
            Self::Tanh => logits.iter().map(|x| x.tanh()).collect(),
            Self::Sigmoid => logits.iter().map(|x| sigmoid(*x)).collect(),
            Self::Softmax => {
                let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let exps: Vec<f32> = logits.iter().map(|x| (x - top).exp()).collect();
                let sum: f32 = exps.iter().sum();
                exps.into_iter().map(|x| x / sum).collect()
            }
            Self::Ordinal => {
                let above: Vec<f32> =
                    thresholds.iter().map(|t| sigmoid(logits[0] - t)).chain([0.0]).collect();
                let mut previous = 1.0;
                above.into_iter().map(|p| std::mem::replace(&mut previous, p) - p).collect()
            }
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// An encoder with a head, for texts or pairs of texts.
#[derive(Debug, Clone)]
pub struct Classifier {
    bert: Bert,
    head: Head,
    config: HeadConfig,
    thresholds: Vec<f32>,
    tokenizer: TextTokenizer,
    device: Device,
    window: usize,
    batch_tokens: usize,
}

impl Classifier {
    /// Loads encoder and head; the head comes from `head.json` if there is one, else from
    /// `config.json`.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to.
    pub fn load(files: ModelFiles<'_>, device: &Device, options: EncodeOptions) -> Result<Self> {
        let encoder = BertConfig::from_json(files.config)?;
        let config = match files.head {
            Some(bytes) => HeadConfig::from_json(bytes)?,
            None => HeadConfig::from_hub(files.config)?,
        };
        let weights = Weights::parse(files.weights, files.weights_sha256, &["bert."])?;
        let thresholds = if config.activation == Activation::Ordinal {
            weights.values("thresholds", &[config.labels.len().saturating_sub(1)])?
        } else {
            Vec::new()
        };
        Ok(Self {
            bert: Bert::load(&encoder, &weights, device.burn())?,
            head: Head::load(&config, encoder.hidden_size, &weights, device)?,
            config,
            thresholds,
            tokenizer: TextTokenizer::from_bytes(files.tokenizer)?,
            device: device.clone(),
            window: options.window.min(encoder.max_position_embeddings),
            batch_tokens: options.batch_tokens,
        })
    }

    /// Names of the values.
    pub fn labels(&self) -> &[String] {
        &self.config.labels
    }

    /// One output an input, `[inputs]`. A pair is read as one sequence with two segments; what does
    /// not fit the model is cut from the end of the longer text.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Cancelled`], or a model error.
    pub async fn classify(
        &self,
        inputs: &[(&str, Option<&str>)],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<HeadOutput>> {
        let rows = inputs.iter().map(|(a, b)| self.sequence(a, *b)).collect::<Result<Vec<_>>>()?;
        let lengths: Vec<usize> = rows.iter().map(|(ids, _)| ids.len()).collect();
        let plan = BatchPlan::new(&lengths, self.window, self.batch_tokens);
        let mut outputs: Vec<Option<HeadOutput>> = vec![None; inputs.len()];
        for (done, batch) in plan.batches.iter().enumerate() {
            job.step(Stage::Encode, done, plan.batches.len()).await?;
            let batch_rows: Vec<_> = batch.iter().map(|&i| rows[i].clone()).collect();
            let input = EncoderInput::new(&batch_rows, self.tokenizer.pad(), self.device.burn());
            let pooled = self.config.pooling.apply(self.bert.forward(&input), &input.lengths);
            let logits = self.head.forward(pooled);
            let [_, width] = logits.dims();
            let logits = read(logits, &self.device).await?;
            for (&index, logits) in batch.iter().zip(logits.chunks_exact(width)) {
                outputs[index] = Some(HeadOutput {
                    logits: logits.to_vec(),
                    values: self.config.activation.apply(logits, &self.thresholds),
                });
            }
        }
        Ok(outputs.into_iter().map(|o| o.expect("every row is in one batch")).collect())
    }

    /// Token and segment ids of a text or pair, cut to the window.
    fn sequence(&self, a: &str, b: Option<&str>) -> Result<(Vec<u32>, Vec<u32>)> {
        let mut a = self.tokenizer.tokenize(a)?.ids;
        let mut b = b.map(|b| self.tokenizer.tokenize(b)).transpose()?.map(|t| t.ids);
        let (prefix, suffix) = (self.tokenizer.prefix(), self.tokenizer.suffix());
        let parts = 1 + usize::from(b.is_some());
        let room = self.window.saturating_sub(prefix.len() + parts * suffix.len());
        match &mut b {
            None => a.truncate(room),
            Some(b) => {
                while a.len() + b.len() > room {
                    let longer = if a.len() > b.len() { &mut a } else { &mut *b };
                    longer.pop();
                }
            }
        }
        let mut ids = [prefix, &a, suffix].concat();
        let mut segments = vec![0; ids.len()];
        if let Some(b) = b {
            ids.extend(b);
            ids.extend(suffix);
            segments.resize(ids.len(), 1);
        }
        Ok((ids, segments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations() {
        assert_eq!(Activation::Softmax.apply(&[0.0, 0.0], &[]), [0.5, 0.5]);
        let ordinal = Activation::Ordinal.apply(&[0.0], &[-1.0, 1.0]);
        assert!((ordinal.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((ordinal[0] - ordinal[2]).abs() < 1e-6);
        assert!(Activation::Softmax.apply(&[1e4, -1e4], &[]).iter().all(|p| p.is_finite()));
    }

    #[test]
    fn hub_heads() {
        let head = HeadConfig::from_hub(
            br#"{"architectures":["BertForSequenceClassification"],"id2label":{"1":"no","0":"yes"}}"#,
        )
        .expect("known");
        assert_eq!(
            (head.labels, head.activation),
            (vec!["yes".into(), "no".into()], Activation::Softmax)
        );
        let error =
            HeadConfig::from_hub(br#"{"architectures":["BertModel"]}"#).expect_err("no head");
        assert!(error.to_string().contains("BertModel"), "{error}");
    }
}
