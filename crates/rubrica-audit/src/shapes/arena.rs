//! Battles of two models, as Chatbot Arena and our own files have them.

use rubrica_core::{Error, Preference, Result};
use serde::Deserialize;
use serde::de;
use serde::de::value::StrDeserializer;

use crate::records::name;

/// A battle of two models, as Chatbot Arena and our own files have it.
#[derive(Debug, Deserialize)]
pub(crate) struct ArenaRow {
    #[serde(alias = "modelA", deserialize_with = "name")]
    pub(super) model_a: String,
    #[serde(alias = "modelB", deserialize_with = "name")]
    pub(super) model_b: String,
    #[serde(deserialize_with = "name")]
    winner: String,
}

impl ArenaRow {
    /// Which of the two won, and how much.
    ///
    /// # Errors
    /// As [`winner_of`].
    pub(super) fn verdict(&self) -> Result<(Preference, Strength)> {
        winner_of(&self.winner, &self.model_a, &self.model_b)
    }
}

/// How clear a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// As most are.
    Plain,
    /// `A>>B`: Arena-Hard counts it three times.
    Strong,
}

/// The winner that `said` names: a side (`model_a`, `A`, `A>B`, `A>>B`, `tie` and the like), or one of the two
/// models by its name.
///
/// # Errors
/// [`Error::Invalid`] for another word, or one that is a side and the name of the other model.
pub(crate) fn winner_of(
    said: &str,
    model_a: &str,
    model_b: &str,
) -> Result<(Preference, Strength)> {
    let said = said.trim();
    let side = Preference::deserialize(StrDeserializer::<de::value::Error>::new(said)).ok();
    let named = match said {
        name if name == model_a => Some(Preference::A),
        name if name == model_b => Some(Preference::B),
        _ => None,
    };
    let strength = if said.contains(">>") { Strength::Strong } else { Strength::Plain };
    match (side, named) {
        (Some(side), Some(named)) if side != named => {
            let problem = format!("is `{said}`, which is a side and the name of the other model");
            Err(Error::invalid("winner", problem, "model_a, model_b or tie"))
        }
        (Some(found), _) | (None, Some(found)) => Ok((found, strength)),
        (None, None) => {
            let problem = format!("is `{}`", said.chars().take(80).collect::<String>());
            let expected = format!("model_a, model_b, tie, `{model_a}` or `{model_b}`");
            Err(Error::invalid("winner", problem, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winners_are_sides_or_names() {
        use Preference::{A, B, Tie};
        for (said, expected) in [
            ("model_a", A),
            ("B", B),
            ("tie", Tie),
            ("tie (bothbad)", Tie),
            ("gold", A),
            (" tin ", B),
            ("A>B", A),
        ] {
            let found = winner_of(said, "gold", "tin").expect(said);
            assert_eq!(found, (expected, Strength::Plain), "{said}");
        }
        assert_eq!(winner_of("B>>A", "gold", "tin"), Ok((B, Strength::Strong)));
        // A model that is called as its own side is.
        assert_eq!(winner_of("A", "A", "B"), Ok((A, Strength::Plain)));
        let error = winner_of("A", "B", "A").expect_err("either");
        assert_eq!(error.path(), Some("winner"));
        let error = winner_of("lead", "gold", "tin").expect_err("neither");
        assert_eq!(
            error.to_string(),
            "winner: is `lead`; expected model_a, model_b, tie, `gold` or `tin`"
        );
    }
}
