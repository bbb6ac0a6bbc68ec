//! Questions of the instruction that the response says nothing of.
//!
//! Only where the kind of answer can be told from the question: a question for a number wants one. That two texts share no words says nothing: a good
//! answer often has its own (measured: no better than chance).

use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Severity;
use rubrica_metrics::objective::figures;

use super::{Finding, Texts};

/// Words of a response above which it may well answer in its own way.
const LONG: usize = 80;

/// A question for a number that is answered without one.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\bhow\s+(?:many|long|old|far|often|high|tall|heavy)\b[^?.!\n]{0,120}\?")
            .expect("a valid pattern")
    });
    // A text that is worked on may hold a question.
    static WORKED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:translate|rewrite|correct|proofread|rephrase|mistakes?|grammar|write|say|text|message|polite|joke|poem|story)\b|[\x22“]")
            .expect("a valid pattern")
    });
    let words = rubrica_metrics::text::words(texts.response).count();
    if words > LONG
        || WORKED.is_match(texts.instruction)
        || texts.instruction.contains("\nAssistant:")
    {
        return Vec::new();
    }
    let Some(question) = AMOUNT.find(texts.instruction) else { return Vec::new() };
    if has_amount(texts.response) {
        return Vec::new();
    }
    let question = question.as_str();
    vec![Finding {
        span: None,
        severity: Severity::Major,
        message: format!("“{question}” asks for a number, and the response has none."),
        found: "no number".into(),
        expected: Some("a number".into()),
        suggestion: Some("Say how many, or why that cannot be said.".into()),
    }]
}

/// Whether a text says an amount, in whatever words, or that it can't.
fn has_amount(response: &str) -> bool {
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)[0-9]|n['’]t\b|\b(?: no | not | none | nobody | nothing | never | once | twice | both | all | every | always | single | couple |
              half | quarter | third | dozen | hundreds? | thousands? | millions? | few | several | many | each | daily | weekly | monthly | yearly |
              annually | forever | indefinitely | same | until | till | unknown | unclear | depends | cannot | unable | as\s+\w+\s+as |
              an?\s+(?:day|week|year|month|minute|hour|second|while|long|mile|metre|meter|kilometre|night|moment|lifetime|decade|century|fortnight) )\b",
        )
        .expect("a valid pattern")
    });
    AMOUNT.is_match(response) || !figures(response).found.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(instruction: &str, response: &str) -> usize {
        findings(&Texts::new(instruction, response)).len()
    }

    #[test]
    fn a_question_for_a_number_wants_one() {
        let texts = Texts::new("How long does rice keep in the fridge?", "Keep a lid on it.");
        let told = findings(&texts);
        let message = "“How long does rice keep in the fridge?” asks for a number, and the response has none.";
        assert_eq!(told[0].message, message);
        assert_eq!(found("How many moons has Mars?", "Mars is the red planet."), 1);
        for (question, answer) in [
            ("How many moons has Mars?", "Two."),
            ("How long does rice keep?", "About a day, with a lid."),
            ("How far is it?", "That depends on the road."),
            ("How do I cook rice?", "With water."),
            ("Translate: how many are there?", "Wie viele sind es?"),
            ("Translate \"How old are you?\"", "Wie alt bist du?"),
        ] {
            assert_eq!(found(question, answer), 0, "{question} {answer}");
        }
    }
}
