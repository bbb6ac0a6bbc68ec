//! Signatures of protocols, assembled in one place.

use rubrica_core::{ModelInfo, Rubric, RubricModel, Signature};

/// The signature of `protocol` run by `models` under `rubric`.
///
/// Device and template are those of the models, joined by `+` where they differ.
pub(crate) fn assemble(
    protocol: &str,
    models: &[&ModelInfo],
    rubric: Option<&Rubric>,
) -> Signature {
    let mut signature = Signature::new(protocol);
    signature.models = models.iter().map(|info| info.signature.clone()).collect();
    signature.device = joined(models.iter().map(|info| info.device.as_str()));
    signature.template = joined(models.iter().map(|info| info.template.as_str()));
    signature.rubric = rubric.map(Rubric::fingerprint);
    signature
}

/// The signature of `protocol` run by a judge under `rubric`: each model of a panel, and what its ratings
/// depend on besides.
pub(crate) fn of_judge<M: RubricModel>(protocol: &str, judge: &M, rubric: &Rubric) -> Signature {
    let signature = assemble(protocol, &judge.infos(), Some(rubric));
    let settings = judge.settings(&rubric.criteria).into_iter();
    settings.fold(signature, |signature, (name, value)| signature.with(&name, value))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut distinct: Vec<&str> = Vec::new();
    for part in parts {
        if !part.is_empty() && !distinct.contains(&part) {
            distinct.push(part);
        }
    }
    (!distinct.is_empty()).then(|| distinct.join("+"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::ModelSignature;

    fn info(id: &str, device: &str, template: &str) -> ModelInfo {
        let sha256 = "0".repeat(64);
        ModelInfo {
            signature: ModelSignature {
                id: id.into(),
                sha256,
                precision: "f32".into(),
                files: None,
            },
            device: device.into(),
            template: template.into(),
        }
    }

    #[test]
    fn names_models_device_template_and_rubric() {
        let rubric = crate::rubrics::builtin("clarity").expect("known").rubric();
        let (judge, plain) = (info("judge", "flex", "probe/1"), info("encoder", "flex", ""));
        let signature = assemble("absolute", &[&judge, &plain], Some(&rubric));
        assert_eq!(signature.models.len(), 2);
        assert_eq!(signature.device.as_deref(), Some("flex"));
        assert_eq!(signature.template.as_deref(), Some("probe/1"));
        assert_eq!(signature.rubric, Some(rubric.fingerprint()));
        let none = assemble("metrics", &[], None);
        assert_eq!((none.device, none.template, none.rubric), (None, None, None));
    }

    #[test]
    fn unlike_devices_are_all_named() {
        let (a, b) = (info("a", "webgpu", "t/1"), info("b", "flex", "t/1"));
        assert_eq!(assemble("x", &[&a, &b], None).device.as_deref(), Some("webgpu+flex"));
    }
}
