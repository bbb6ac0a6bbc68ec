//! `modules.json`: the stack that sentence-transformers puts on an encoder.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::hub::{activation, labels};
use super::{Activation, HeadConfig, HeadLayer, HeadNorm, HeadTask};
use crate::encoder::Nonlinearity;
use crate::text_encoder::read_pooling;
use crate::{ModelError, Result};

/// The files of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModuleFiles<'a> {
    /// `modules.json`.
    pub list: &'a [u8],
    /// Files of the modules by their path in the model's folder, such as `2_Dense/config.json` and
    /// `2_Dense/model.safetensors`.
    pub files: &'a [(&'a str, &'a [u8])],
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    r#type: String,
}

#[derive(Deserialize)]
struct Dense {
    out_features: usize,
    #[serde(default)]
    activation_function: Option<String>,
}

fn fail(message: String) -> ModelError {
    ModelError::Config { file: "modules.json", message }
}

impl<'a> ModuleFiles<'a> {
    /// Weights of the modules, with what stands before their names.
    pub(crate) fn weights(&self) -> impl Iterator<Item = (String, &'a [u8])> {
        self.files.iter().filter_map(|(path, bytes)| {
            let folder = path.strip_suffix("/model.safetensors")?;
            Some((format!("{folder}."), *bytes))
        })
    }

    fn json<T: DeserializeOwned>(&self, folder: &str) -> Result<T> {
        let path = format!("{folder}/config.json");
        let found = self.files.iter().find(|(known, _)| *known == path);
        let (_, bytes) =
            found.ok_or_else(|| fail(format!("names {folder}; expected the file {path}")))?;
        serde_json::from_slice(bytes).map_err(|e| fail(format!("{path}: {e}")))
    }
}

impl HeadConfig {
    /// The head that a stack of modules is; `config` is the model's `config.json`.
    ///
    /// # Errors
    /// [`ModelError::Config`] for a module that is not known, or none that gives logits.
    pub fn from_modules(config: &[u8], modules: &ModuleFiles<'_>) -> Result<Self> {
        let entries: Vec<Entry> =
            serde_json::from_slice(modules.list).map_err(|e| fail(e.to_string()))?;
        let value: Value = serde_json::from_slice(config)
            .map_err(|e| ModelError::Config { file: "config.json", message: e.to_string() })?;
        let mut pooling = None;
        let mut layers: Vec<HeadLayer> = Vec::new();
        let mut outputs = 0;
        let mut last = Activation::None;
        for (index, entry) in entries.iter().enumerate() {
            let Entry { path, r#type } = entry;
            match r#type.rsplit('.').next().unwrap_or_default() {
                "Transformer" if index == 0 => {}
                "Pooling" if index == 1 => {
                    let flags: Value = modules.json(path)?;
                    pooling = Some(read_pooling(flags.to_string().as_bytes())?);
                }
                "Dropout" => {}
                "Dense" if pooling.is_some() => {
                    let dense: Dense = modules.json(path)?;
                    outputs = dense.out_features;
                    let name = format!("{path}.linear");
                    let function = dense.activation_function.as_deref().unwrap_or("Identity");
                    let (between, after) = read_function(path, function)?;
                    if last != Activation::None {
                        return Err(fail(format!("has {path} after a Sigmoid; expected it last")));
                    }
                    last = after;
                    layers.push(HeadLayer::new(&name, between));
                }
                "LayerNorm" if layers.last().is_some_and(|layer| layer.norm.is_none()) => {
                    // The default of the library, which writes none.
                    let norm = HeadNorm { name: format!("{path}.norm"), epsilon: 1e-5 };
                    if let Some(layer) = layers.last_mut() {
                        layer.norm = Some(norm);
                    }
                }
                _ => {
                    return Err(fail(format!(
                        "module {index} is `{}`; expected Transformer, Pooling, then Dense, each with or without LayerNorm",
                        r#type
                    )));
                }
            }
        }
        let pooling = pooling.ok_or_else(|| fail("has no Pooling; expected one".into()))?;
        if layers.is_empty() {
            return Err(fail("has no Dense; expected one that gives logits".into()));
        }
        let named = value.get("id2label").is_some() || value.get("num_labels").is_some();
        let labels = match named {
            true => labels(&value)?,
            false if (1..=4096).contains(&outputs) => {
                (0..outputs).map(|i| format!("LABEL_{i}")).collect()
            }
            false => return Err(fail(format!("out_features is {outputs}; expected 1 to 4096"))),
        };
        let activation = match activation(&value)? {
            Some(activation) => activation,
            None if last != Activation::None => last,
            None if labels.len() > 1 => Activation::Softmax,
            None => Activation::None,
        };
        Ok(Self { task: HeadTask::Sequence, pooling, layers, activation, labels })
    }
}

/// What follows a layer: between layers, or at the end.
fn read_function(path: &str, name: &str) -> Result<(Nonlinearity, Activation)> {
    Ok(match name.rsplit('.').next().unwrap_or_default() {
        "Identity" => (Nonlinearity::None, Activation::None),
        "Tanh" => (Nonlinearity::Tanh, Activation::None),
        "GELU" => (Nonlinearity::Gelu, Activation::None),
        "ReLU" => (Nonlinearity::Relu, Activation::None),
        "SiLU" => (Nonlinearity::Silu, Activation::None),
        "Sigmoid" => (Nonlinearity::None, Activation::Sigmoid),
        _ => {
            return Err(fail(format!(
                "{path}: activation_function is `{name}`; expected Identity, Tanh, GELU, ReLU, SiLU or Sigmoid"
            )));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(list: &str) -> Result<HeadConfig> {
        let files: &[(&str, &[u8])] = &[
            ("1_Pooling/config.json", br#"{"pooling_mode_cls_token": true}"#),
            (
                "2_Dense/config.json",
                br#"{"in_features": 4, "out_features": 3, "activation_function": "torch.nn.modules.activation.GELU"}"#,
            ),
            ("4_Dense/config.json", br#"{"in_features": 3, "out_features": 1}"#),
        ];
        HeadConfig::from_modules(b"{}", &ModuleFiles { list: list.as_bytes(), files })
    }

    fn list(modules: &[(&str, &str)]) -> String {
        let entries = modules.iter().map(|(path, kind)| {
            serde_json::json!({"path": path, "type": format!("sentence_transformers.models.{kind}")})
        });
        Value::Array(entries.collect()).to_string()
    }

    const BASE: [(&str, &str); 2] = [("", "Transformer"), ("1_Pooling", "Pooling")];

    #[test]
    fn a_stack_is_a_head() {
        let rest = [("2_Dense", "Dense"), ("3_LayerNorm", "LayerNorm"), ("4_Dense", "Dense")];
        let found = head(&list(&[&BASE[..], &rest[..]].concat())).expect("known");
        assert_eq!(found.layers.len(), 2);
        assert_eq!(found.layers[0].activation, Nonlinearity::Gelu);
        let norm = found.layers[0].norm.as_ref().expect("follows the first");
        assert_eq!(norm.name, "3_LayerNorm.norm");
        assert_eq!((found.labels.len(), found.activation), (1, Activation::None));
    }

    #[test]
    fn a_stack_that_is_none_says_why() {
        for (rest, word) in [
            (vec![("2_Normalize", "Normalize")], "Normalize"),
            (vec![("2_LayerNorm", "LayerNorm")], "LayerNorm"),
            (vec![("9_Dense", "Dense")], "9_Dense/config.json"),
            (vec![], "no Dense"),
        ] {
            let error = head(&list(&[&BASE[..], &rest[..]].concat())).expect_err(word);
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(head("{}").is_err());
        assert!(head(&list(&BASE[..1])).expect_err("no pooling").to_string().contains("Pooling"));
    }
}
