//! The 25 verifiable instructions of IFEval, with the verdicts of its reference code.
//!
//! Zhou et al., "Instruction-following evaluation for large language models", 2023. An instruction is
//! an id (`length_constraints:number_words`) with arguments (`{"relation": "at least", "num_words":
//! 300}`). Strictly, the response as it is has to follow it. Loosely, it suffices that one of eight
//! variants does: without its first line, last line, both, each as it is and without asterisks. An
//! empty response follows nothing.
//!
//! Differences from the reference code, all where that draws lots or cannot say: a missing argument
//! is an error here and a random one there, and so is 0, which is taken at its word here; a letter
//! that is not from a to z is counted here, and replaced by a random letter there; a keyword that is
//! no valid regular expression is looked for as it is written; languages come from [`detect_language`](super::detect_language) instead of from the `langdetect`
//! package, which differs on texts of two languages and on odd English; sentences after abbreviations
//! come from shorter lists of words than those of NLTK.

mod arguments;
mod count;
mod instruction;
mod punkt;
mod treebank;

pub use instruction::Instruction;

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The instructions of a prompt, as in a line of IFEval's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructionList {
    /// Ids of the instructions.
    pub instruction_id_list: Vec<String>,
    /// Their arguments, as many as there are ids; `null` stands for none.
    #[serde(default)]
    pub kwargs: Vec<Option<Map<String, Value>>>,
}

impl InstructionList {
    /// The instructions, read.
    ///
    /// # Errors
    /// [`Error::Unknown`] for an id that there is not, [`Error::Invalid`] for arguments that are
    /// missing, too many or wrong; with the path `instruction_id_list[2]` or `kwargs[2].num_words`.
    pub fn instructions(&self) -> Result<Vec<Instruction>> {
        let (ids, kwargs) = (self.instruction_id_list.len(), self.kwargs.len());
        if kwargs != ids && kwargs != 0 {
            let expected = format!("as many as there are ids, {ids}");
            return Err(Error::invalid("kwargs", format!("has {kwargs} entries"), expected));
        }
        let none = Map::new();
        let list = self.instruction_id_list.iter().enumerate().map(|(i, id)| {
            let kwargs = self.kwargs.get(i).and_then(Option::as_ref).unwrap_or(&none);
            Instruction::new(id, kwargs).map_err(|error| match error {
                Error::Unknown { .. } => error.within(&format!("instruction_id_list[{i}]")),
                _ => error.within(&format!("kwargs[{i}]")),
            })
        });
        list.collect()
    }
}

/// Which instructions a response follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Followed {
    /// A verdict for each instruction on the response as it is.
    pub follow_strict: Vec<bool>,
    /// A verdict for each instruction on the best of the eight variants.
    pub follow_loose: Vec<bool>,
}

/// Looks at `response` for each of `instructions`.
pub fn follow(instructions: &[Instruction], response: &str) -> Followed {
    let variants = loose_variants(response);
    Followed {
        follow_strict: instructions.iter().map(|each| each.is_followed(response)).collect(),
        follow_loose: instructions
            .iter()
            .map(|each| variants.iter().any(|variant| each.is_followed(variant)))
            .collect(),
    }
}

/// The variants of a response of which one has to follow an instruction loosely.
fn loose_variants(response: &str) -> Vec<String> {
    let lines: Vec<&str> = response.split('\n').collect();
    let rest = |from: usize, to: usize| {
        let lines = lines.get(from..to).unwrap_or_default();
        count::strip(&lines.join("\n")).to_owned()
    };
    let end = lines.len();
    let mut variants = vec![response.to_owned(), rest(1, end), rest(0, end - 1), rest(1, end - 1)];
    let starred: Vec<&String> = variants.iter().filter(|variant| variant.contains('*')).collect();
    let bare: Vec<String> = starred.into_iter().map(|variant| variant.replace('*', "")).collect();
    variants.extend(bare);
    variants
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list(value: Value) -> Result<Vec<Instruction>> {
        serde_json::from_value::<InstructionList>(value).expect("the shape").instructions()
    }

    #[test]
    fn loose_verdicts_forgive_a_first_line_and_asterisks() {
        let list = list(json!({
            "instruction_id_list": ["startend:quotation", "punctuation:no_comma"],
            "kwargs": [{}, null],
        }))
        .expect("valid");
        let followed = follow(&list, "Sure, here you go:\n**\"Quoted\"**");
        assert_eq!(followed.follow_strict, [false, false]);
        assert_eq!(followed.follow_loose, [true, true]);
        let followed = follow(&list, " \n");
        assert_eq!(
            (followed.follow_strict, followed.follow_loose),
            (vec![false; 2], vec![false; 2])
        );
    }

    #[test]
    fn mistakes_name_their_place() {
        let path = |ids: Value, kwargs: Value| {
            let error = list(json!({"instruction_id_list": ids, "kwargs": kwargs}));
            error.expect_err("a mistake").path().map(str::to_owned).unwrap_or_default()
        };
        assert_eq!(path(json!(["a:b"]), json!([{}])), "instruction_id_list[0]");
        assert_eq!(path(json!(["detectable_format:title"]), json!([{}, {}])), "kwargs");
        let words = "length_constraints:number_words";
        assert_eq!(path(json!([words]), json!([{"num_words": 3}])), "kwargs[0].relation");
        let wrong = json!([{"num_words": "3", "relation": "at least"}]);
        assert_eq!(path(json!([words]), wrong), "kwargs[0].num_words");
        let other = json!([{"num_words": 3, "relation": "at most"}]);
        assert_eq!(path(json!([words]), other), "kwargs[0].relation");
        let extra = json!([{"num_words": 3, "relation": "at least", "x": 1}]);
        assert_eq!(path(json!([words]), extra), "kwargs[0].x");
    }
}
