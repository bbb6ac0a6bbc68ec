//! What labels mean: models name and order the same things in many ways.

use rubrica_core::{ClassLabel, LabelMeaning};

/// Labels with what their names say. A name such as `LABEL_0` says nothing.
pub(crate) fn class_labels(names: &[String]) -> Vec<ClassLabel> {
    let meanings: Vec<Option<LabelMeaning>> = names.iter().map(|name| meaning_of(name)).collect();
    let inference = meanings.contains(&Some(LabelMeaning::Entailed));
    names
        .iter()
        .zip(meanings)
        .map(|(name, meaning)| ClassLabel {
            name: name.clone(),
            // A sentiment may be neutral as well.
            meaning: meaning.filter(|m| *m != LabelMeaning::Neutral || inference),
        })
        .collect()
}

/// What a name says by itself.
pub(crate) fn meaning_of(name: &str) -> Option<LabelMeaning> {
    let plain: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Some(match plain.as_str() {
        "entailment" | "entailed" | "entail" | "entails" => LabelMeaning::Entailed,
        "neutral" => LabelMeaning::Neutral,
        "contradiction" | "contradicted" | "contradict" | "contradicts" => {
            LabelMeaning::Contradicted
        }
        "notentailment" | "notentailed" | "nonentailment" => LabelMeaning::NotEntailed,
        "supported" | "support" | "supports" | "consistent" | "grounded" => LabelMeaning::Supported,
        "notsupported" | "unsupported" | "inconsistent" | "ungrounded" => {
            LabelMeaning::NotSupported
        }
        "hallucination" | "hallucinated" => LabelMeaning::Faulty,
        "toxic" | "toxicity" | "harmful" | "unsafe" => LabelMeaning::Harmful,
        "nontoxic" | "nottoxic" | "harmless" | "safe" => LabelMeaning::Harmless,
        "yes" => LabelMeaning::Yes,
        "no" => LabelMeaning::No,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use LabelMeaning::{Contradicted, Entailed, Neutral, NotEntailed};

    fn meanings(names: &[&str]) -> Vec<Option<LabelMeaning>> {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        class_labels(&names).into_iter().map(|label| label.meaning).collect()
    }

    #[test]
    fn the_orders_of_inference_models_are_read_by_name() {
        for (names, expected) in [
            (["contradiction", "entailment", "neutral"], [Contradicted, Entailed, Neutral]),
            (["entailment", "neutral", "contradiction"], [Entailed, Neutral, Contradicted]),
            (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], [Contradicted, Neutral, Entailed]),
            (["Contradict", "Entailed", "Neutral"], [Contradicted, Entailed, Neutral]),
        ] {
            assert_eq!(meanings(&names), expected.map(Some));
        }
        assert_eq!(
            meanings(&["entailment", "not_entailment"]),
            [Some(Entailed), Some(NotEntailed)]
        );
    }

    #[test]
    fn a_name_without_a_meaning_gets_none() {
        assert_eq!(meanings(&["LABEL_0", "LABEL_1"]), [None, None]);
        assert_eq!(meanings(&["negative", "neutral", "positive"]), [None, None, None]);
    }
}
