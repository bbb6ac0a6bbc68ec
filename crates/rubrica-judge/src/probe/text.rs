//! Cheap features of a response, in one pass over its text.

use std::collections::{HashMap, HashSet};

/// Number of text features.
pub const TEXT_FEATURES: usize = 24;

/// What can be counted without a model. All values are finite and of order one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextFeatures(pub [f32; TEXT_FEATURES]);

/// Phrases with which a response declines, or talks about itself.
const REFUSALS: [&str; 8] = [
    "i'm sorry",
    "i am sorry",
    "i cannot",
    "i can't",
    "as an ai",
    "i'm not able",
    "i am not able",
    "i apologize",
];

impl TextFeatures {
    /// Features of `response` as an answer to `instruction`, against `reference` if there is one.
    pub fn new(instruction: &str, response: &str, reference: Option<&str>) -> Self {
        let terms = terms(response);
        let asked = terms_set(instruction);
        let reference_terms = reference.map(self::terms);
        let words = terms.len() as f32;
        let distinct: HashSet<&str> = terms.iter().map(String::as_str).collect();
        let bigrams: HashSet<[&str; 2]> =
            terms.windows(2).map(|w| [w[0].as_str(), w[1].as_str()]).collect();
        let letters = response.chars().filter(|c| c.is_alphabetic()).count() as f32;
        let characters = response.chars().count() as f32;
        let share = |count: usize| ratio(count as f32, characters);
        let sentences = response.matches(['.', '!', '?', '。', '！', '？']).count() as f32;
        let lines: Vec<&str> = response.lines().map(str::trim_start).collect();
        let starting = |marks: &[&str]| {
            lines.iter().filter(|line| marks.iter().any(|m| line.starts_with(m))).count() as f32
        };
        let numbered = lines
            .iter()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
            .filter(|line| {
                line.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', ')'])
            })
            .count() as f32;
        let opening: String = response.chars().take(200).collect::<String>().to_lowercase();
        let (precision, recall) =
            reference_terms.as_deref().map_or((0.0, 0.0), |r| overlap(&terms, r));
        let (precision2, recall2) =
            reference_terms.as_deref().map_or((0.0, 0.0), |r| overlap(&pairs(&terms), &pairs(r)));
        let reference_words = reference_terms.as_ref().map_or(0.0, |r| r.len() as f32);
        let answered = asked.iter().filter(|t| distinct.contains(t.as_str())).count() as f32;
        let echoed = terms.iter().filter(|t| asked.contains(t.as_str())).count() as f32;
        Self([
            words.ln_1p(),
            (asked.len() as f32).ln_1p(),
            words.ln_1p() - reference_words.ln_1p(),
            f32::from(reference.is_some()),
            sentences.ln_1p(),
            ratio(words, sentences.max(1.0)).ln_1p(),
            ratio(letters, words),
            ratio(distinct.len() as f32, words),
            ratio(bigrams.len() as f32, (words - 1.0).max(1.0)),
            ratio(answered, asked.len() as f32),
            ratio(echoed, words),
            precision,
            recall,
            precision2,
            recall2,
            share(response.chars().filter(char::is_ascii_digit).count()) * 10.0,
            share(response.chars().filter(|c| c.is_uppercase()).count()) * 10.0,
            share(response.matches([',', ';', ':', '(', ')']).count()) * 10.0,
            (starting(&["- ", "* ", "• "]) + numbered).ln_1p(),
            starting(&["#"]).ln_1p(),
            starting(&["```"]).ln_1p(),
            (lines.len() as f32).ln_1p(),
            f32::from(REFUSALS.iter().any(|phrase| opening.contains(phrase))),
            f32::from(response.trim_end().ends_with(['.', '!', '?', '"', ')', '`', '。', ':'])),
        ])
    }
}

fn ratio(a: f32, b: f32) -> f32 {
    if b > 0.0 { a / b } else { 0.0 }
}

/// Lower-cased runs of letters and digits.
fn terms(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|t| !t.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn terms_set(text: &str) -> HashSet<String> {
    terms(text).into_iter().collect()
}

fn pairs(terms: &[String]) -> Vec<String> {
    terms.windows(2).map(|w| format!("{} {}", w[0], w[1])).collect()
}

/// Clipped precision and recall of `ours` against `theirs`.
fn overlap(ours: &[String], theirs: &[String]) -> (f32, f32) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for term in theirs {
        *counts.entry(term).or_default() += 1;
    }
    let mut shared = 0;
    for term in ours {
        if let Some(left) = counts.get_mut(term.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            shared += 1;
        }
    }
    (ratio(shared as f32, ours.len() as f32), ratio(shared as f32, theirs.len() as f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_give_finite_features() {
        for text in ["", " ", "\0", "😀😀", "......", "```", "1.\n2)\n# x", "\u{202e}אב"] {
            for reference in [None, Some(""), Some("a b")] {
                let TextFeatures(values) = TextFeatures::new(text, text, reference);
                assert!(values.iter().all(|v| v.is_finite()), "{text:?} {values:?}");
            }
        }
    }

    #[test]
    fn overlap_is_clipped() {
        let (p, r) = overlap(&terms("the the the cat"), &terms("the cat sat"));
        assert_eq!((p, r), (0.5, 2.0 / 3.0));
    }
}
