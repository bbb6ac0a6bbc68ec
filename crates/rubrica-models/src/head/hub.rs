//! What the hub's `config.json` says of the head of a task model.

use serde_json::Value;

use super::{Activation, HeadConfig, HeadTask};
use crate::{EncoderConfig, ModelError, Result};

/// A class of the hub, as `architectures` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HubClass {
    pub(crate) name: String,
    pub(crate) task: HeadTask,
}

/// Endings of the classes whose heads are known.
const ENDINGS: [(&str, HeadTask); 2] = [
    ("ForSequenceClassification", HeadTask::Sequence),
    ("ForTokenClassification", HeadTask::Tokens),
];

/// No model has more.
const MOST_LABELS: u64 = 4096;

fn fail(message: String) -> ModelError {
    ModelError::Config { file: "config.json", message }
}

impl HeadConfig {
    /// The head that a hub `config.json` describes, for an encoder of it.
    ///
    /// # Errors
    /// [`ModelError::Config`] when the model has no head of a kind that is known, or contradicts itself.
    pub fn from_hub(json: &[u8], encoder: &EncoderConfig) -> Result<Self> {
        let value: Value = serde_json::from_slice(json).map_err(|e| fail(e.to_string()))?;
        let class = HubClass::read(&value)?;
        let mut head = encoder.head(&class)?;
        head.labels = labels(&value)?;
        head.activation = match activation(&value)? {
            Some(activation) => activation,
            None if head.labels.len() > 1 => Activation::Softmax,
            // A softmax of one logit would always be 1.
            None => Activation::None,
        };
        Ok(head)
    }
}

impl HubClass {
    fn read(value: &Value) -> Result<Self> {
        let name = value["architectures"][0].as_str().unwrap_or("missing");
        let task = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
        let task = task.map(|(_, task)| *task).ok_or_else(|| {
            fail(format!(
                "architectures[0] is `{name}`; expected a class for sequence or token classification, or a head.json"
            ))
        })?;
        Ok(Self { name: name.to_owned(), task })
    }
}

/// The names of `id2label` in the order of the logits.
pub(super) fn labels(value: &Value) -> Result<Vec<String>> {
    let Some(names) = value.get("id2label").filter(|v| !v.is_null()) else {
        // What the hub's library makes of a bare number, and of none.
        return match value.get("num_labels").map_or(Some(2), Value::as_u64) {
            Some(count @ 1..=MOST_LABELS) => Ok((0..count).map(|i| format!("LABEL_{i}")).collect()),
            _ => Err(fail(format!(
                "num_labels is {}; expected 1 to {MOST_LABELS}",
                value["num_labels"]
            ))),
        };
    };
    let names = names
        .as_object()
        .ok_or_else(|| fail("id2label is no object; expected ids with names".into()))?;
    let mut labels = vec![None; names.len()];
    for (id, name) in names {
        let slot = id.parse().ok().and_then(|id: usize| labels.get_mut(id)).ok_or_else(|| {
            fail(format!("id2label has the id `{id}`; expected 0 to {}", names.len() - 1))
        })?;
        *slot = Some(match name {
            Value::String(name) => name.clone(),
            Value::Number(name) => name.to_string(),
            other => return Err(fail(format!("id2label.{id} is {other}; expected a name"))),
        });
    }
    // As many ids as places, and none outside: a gap would mean an id spelled in two ways.
    labels
        .into_iter()
        .enumerate()
        .map(|(id, name)| name.ok_or_else(|| fail(format!("id2label has no id {id}"))))
        .collect()
}

/// What the file says should be done with the logits: `function_to_apply` first, then what
/// sentence-transformers wrote, then the kind of problem.
pub(super) fn activation(value: &Value) -> Result<Option<Activation>> {
    if let Some(name) = value.get("function_to_apply").and_then(Value::as_str) {
        return match name {
            "none" => Ok(Some(Activation::None)),
            "sigmoid" => Ok(Some(Activation::Sigmoid)),
            "softmax" => Ok(Some(Activation::Softmax)),
            other => Err(fail(format!(
                "function_to_apply is `{other}`; expected none, sigmoid or softmax"
            ))),
        };
    }
    let sentence_transformers = [
        &value["sentence_transformers"]["activation_fn"],
        &value["sbert_ce_default_activation_function"],
    ];
    if let Some(name) = sentence_transformers.into_iter().find_map(Value::as_str) {
        return match name.rsplit('.').next().unwrap_or_default() {
            "Identity" => Ok(Some(Activation::None)),
            "Sigmoid" => Ok(Some(Activation::Sigmoid)),
            "Softmax" => Ok(Some(Activation::Softmax)),
            _ => Err(fail(format!(
                "the activation of sentence-transformers is `{name}`; expected Identity, Sigmoid or Softmax"
            ))),
        };
    }
    match value.get("problem_type").and_then(Value::as_str) {
        Some("multi_label_classification") => Ok(Some(Activation::Sigmoid)),
        Some("regression") => Ok(Some(Activation::None)),
        Some("single_label_classification") | None => Ok(None),
        Some(other) => Err(fail(format!(
            "problem_type is `{other}`; expected regression, single_label_classification or multi_label_classification"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(rest: &str) -> Result<HeadConfig> {
        let json = format!(
            r#"{{"model_type":"bert","vocab_size":9,"hidden_size":4,"num_hidden_layers":1,
            "num_attention_heads":2,"intermediate_size":4,"max_position_embeddings":8,{rest}}}"#
        );
        HeadConfig::from_hub(json.as_bytes(), &EncoderConfig::from_json(json.as_bytes())?)
    }

    const CLASS: &str = r#""architectures":["BertForSequenceClassification"]"#;

    #[test]
    fn labels_come_in_the_order_of_the_logits() {
        let found = head(&format!(r#"{CLASS},"id2label":{{"1":"no","0":"yes"}}"#)).expect("known");
        assert_eq!(found.labels, ["yes", "no"]);
        assert_eq!(found.activation, Activation::Softmax);
        for wrong in [r#"{"0":"a","2":"b"}"#, r#"{"0":"a","x":"b"}"#, r#"{"0":"a","00":"b"}"#, "[]"]
        {
            let error = head(&format!(r#"{CLASS},"id2label":{wrong}"#)).expect_err(wrong);
            assert!(error.to_string().contains("id2label"), "{error}");
        }
        assert_eq!(head(&format!(r#"{CLASS},"num_labels":2"#)).expect("known").labels.len(), 2);
        assert!(head(&format!(r#"{CLASS},"num_labels":1000000000"#)).is_err());
    }

    #[test]
    fn an_activation_is_what_the_file_says() {
        let one = r#""id2label":{"0":"LABEL_0"}"#;
        let of = |rest: &str| head(&format!("{CLASS},{rest}")).expect(rest).activation;
        assert_eq!(of(one), Activation::None);
        for (rest, expected) in [
            (r#""function_to_apply":"sigmoid""#, Activation::Sigmoid),
            (r#""problem_type":"regression""#, Activation::None),
            (r#""problem_type":"multi_label_classification""#, Activation::Sigmoid),
            (
                r#""sbert_ce_default_activation_function":"torch.nn.modules.linear.Identity""#,
                Activation::None,
            ),
            (
                r#""sentence_transformers":{"activation_fn":"torch.nn.modules.activation.Sigmoid"}"#,
                Activation::Sigmoid,
            ),
        ] {
            assert_eq!(
                of(&format!(r#""id2label":{{"0":"a","1":"b"}},{rest}"#)),
                expected,
                "{rest}"
            );
        }
        assert!(head(&format!(r#"{CLASS},{one},"function_to_apply":"tanh""#)).is_err());
    }

    #[test]
    fn a_model_without_a_known_head_says_so() {
        let error = head(r#""architectures":["BertModel"]"#).expect_err("no head");
        assert!(error.to_string().contains("BertModel"), "{error}");
        assert!(head(r#""architectures":[]"#).is_err());
    }
}
