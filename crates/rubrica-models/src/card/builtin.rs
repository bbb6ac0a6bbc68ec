//! The cards that come with the library.

use super::JudgeCard;
use crate::Result;

/// Lists the files of `models/cards`; a test compares the list with the folder.
macro_rules! cards {
    ($($id:literal,)+) => {
        const CARDS: &[(&str, &str)] = &[
            $(($id, include_str!(concat!("../../../../models/cards/", $id, ".toml"))),)+
        ];
    };
}

cards! {
    "bge-reranker",
    "factcg-deberta-large",
    "fineweb-edu-classifier",
    "granite-guardian-hap",
    "gte-reranker-modernbert",
    "hhem-2.1-open",
    "lettucedetect",
    "minicheck-deberta-large",
    "minicheck-roberta-large",
    "ms-marco-minilm",
    "nli-deberta-v3",
    "nli-modernbert",
    "oasst-reward-deberta-v3",
    "prompt-guard-2",
    "toxic-bert",
    "unbiased-toxic-roberta",
}

/// Names of the cards, with their text.
pub fn builtin_cards() -> &'static [(&'static str, &'static str)] {
    CARDS
}

/// The card `id`, if there is one.
///
/// # Errors
/// [`crate::ModelError::Config`] when it is not sound.
pub fn builtin_card(id: &str) -> Result<Option<JudgeCard>> {
    let found = CARDS.iter().find(|(known, _)| *known == id);
    found.map(|(_, text)| JudgeCard::from_toml(text)).transpose()
}
