//! Prompt layouts with the sections of the published ones, in words of our own.

use std::fmt::Write as _;

use rubrica_core::model::JudgeInput;
use rubrica_core::{Comparison, Criterion};

/// Name and version of the layouts, for signatures.
pub const TEMPLATE: &str = "prometheus-layout/1";

/// The prompt that asks for feedback on one response and a score on `criterion`'s scale.
///
/// Sections in order: task, instruction, context (if any), response, reference answer (if any),
/// score rubric, and the opening of the feedback.
pub fn absolute_prompt(input: JudgeInput<'_>, criterion: &Criterion) -> String {
    let (low, high) = (criterion.scale.min, criterion.scale.max);
    let mut prompt = format!(
        "###Task Description:\n\
         You are given an instruction, a response to it{}, and a rubric with one criterion.\n\
         1. Say in detail how well the response does on this criterion, and on nothing else.\n\
         2. Then give a whole number from {low} to {high}, as the rubric describes it.\n\
         3. Answer in this form: (feedback on the criterion) [RESULT] (a whole number from {low} to {high})\n\
         4. Write nothing before the feedback and nothing after the number.\n\n",
        given(input.reference.is_some(), !input.context.is_empty()),
    );
    section(&mut prompt, "The instruction to evaluate", input.instruction);
    context(&mut prompt, input.context);
    section(&mut prompt, "Response to evaluate", input.response);
    if let Some(reference) = input.reference {
        section(&mut prompt, &format!("Reference Answer (Score {high})"), reference);
    }
    section(&mut prompt, "Score Rubrics", &rubric(criterion));
    prompt.push_str("###Feedback: ");
    prompt
}

/// The prompt that asks which of two responses is better on `criterion`, in the order of `pair`.
pub fn relative_prompt(pair: &Comparison, criterion: &Criterion) -> String {
    let mut prompt = format!(
        "###Task Description:\n\
         You are given an instruction, two responses to it{}, and a rubric with one criterion.\n\
         1. Say in detail how the two responses compare on this criterion, and on nothing else.\n\
         2. Then name the better one, A or B.\n\
         3. Answer in this form: (feedback on the criterion) [RESULT] (A or B)\n\
         4. Write nothing before the feedback and nothing after the letter.\n\n",
        given(pair.reference.is_some(), !pair.context.is_empty()),
    );
    section(&mut prompt, "Instruction", &pair.prompt);
    context(&mut prompt, &pair.context);
    section(&mut prompt, "Response A", &pair.a.text);
    section(&mut prompt, "Response B", &pair.b.text);
    if let Some(reference) = &pair.reference {
        section(&mut prompt, "Reference Answer", reference);
    }
    section(&mut prompt, "Score Rubric", &format!("[{}]", criterion.description));
    prompt.push_str("###Feedback: ");
    prompt
}

fn given(reference: bool, context: bool) -> String {
    let mut text = String::new();
    if context {
        text.push_str(", the passages it should rest on");
    }
    if reference {
        text.push_str(", a reference answer");
    }
    text
}

fn section(prompt: &mut String, title: &str, body: &str) {
    let _ = write!(prompt, "###{title}:\n{body}\n\n");
}

fn context(prompt: &mut String, passages: &[String]) {
    if !passages.is_empty() {
        section(prompt, "Relevant Context", &passages.join("\n\n"));
    }
}

/// The criterion in brackets, then one line an anchor.
fn rubric(criterion: &Criterion) -> String {
    let mut text = format!("[{}]", criterion.description);
    for (point, anchor) in &criterion.scale.anchors {
        let _ = write!(text, "\nScore {point}: {anchor}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(prompt: &str) -> Vec<&str> {
        prompt.lines().filter_map(|l| l.strip_prefix("###")?.split(':').next()).collect()
    }

    #[test]
    fn sections_come_in_the_documented_order() {
        let criterion =
            crate::rubrics::builtin("clarity").expect("known").rubric().criteria[0].clone();
        let context = ["a passage".to_owned()];
        let input = JudgeInput {
            instruction: "Why?",
            response: "Because.",
            reference: Some("For this reason."),
            context: &context,
        };
        let prompt = absolute_prompt(input, &criterion);
        assert_eq!(
            sections(&prompt),
            [
                "Task Description",
                "The instruction to evaluate",
                "Relevant Context",
                "Response to evaluate",
                "Reference Answer (Score 5)",
                "Score Rubrics",
                "Feedback"
            ]
        );
        assert!(prompt.contains("\nScore 1: ") && prompt.contains("\nScore 5: "));
        assert!(prompt.ends_with("###Feedback: "));
        let bare =
            absolute_prompt(JudgeInput { reference: None, context: &[], ..input }, &criterion);
        assert!(!bare.contains("Reference") && !bare.contains("reference"));
        assert!(!bare.contains("Context"));
    }

    #[test]
    fn the_relative_layout_has_the_criterion_only() {
        let criterion =
            crate::rubrics::builtin("clarity").expect("known").rubric().criteria[0].clone();
        let prompt = relative_prompt(&Comparison::new("Why?", "first", "other"), &criterion);
        assert_eq!(
            sections(&prompt),
            [
                "Task Description",
                "Instruction",
                "Response A",
                "Response B",
                "Score Rubric",
                "Feedback"
            ]
        );
        assert!(!prompt.contains("Score 1:"));
        let swapped = relative_prompt(&Comparison::new("Why?", "other", "first"), &criterion);
        assert!(
            prompt.find("first") < prompt.find("other")
                && swapped.find("other") < swapped.find("first")
        );
    }

    #[test]
    fn the_scale_is_named() {
        let mut criterion = Criterion::new("c", "Is it?");
        criterion.scale = rubrica_core::Scale::likert(0, 10);
        let prompt =
            absolute_prompt(JudgeInput { response: "x", ..JudgeInput::default() }, &criterion);
        assert!(prompt.contains("a whole number from 0 to 10"));
    }
}
