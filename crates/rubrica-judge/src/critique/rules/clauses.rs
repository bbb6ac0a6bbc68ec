//! Clauses of the instruction that can be counted, and that the response does not meet.

use rubrica_core::Severity;
use rubrica_metrics::check::find_constraints;

use super::{Finding, Texts};

/// Unmet clauses of the instruction.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    let checks = find_constraints(texts.instruction);
    let unmet = checks.iter().map(|check| check.run(texts.response)).filter(|r| !r.passed);
    unmet
        .map(|result| Finding {
            span: result.span,
            severity: Severity::Major,
            message: format!("The instruction says “{}”, but {}.", result.id, result.found),
            found: result.found,
            expected: Some(result.id),
            suggestion: result.suggestion,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(instruction: &str, response: &str) -> Vec<String> {
        let texts = Texts::new(instruction, response);
        findings(&texts).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn the_clause_is_named_with_what_was_found() {
        assert_eq!(
            found("Describe rain in three bullet points, no commas.", "- wet\n- cold, grey"),
            [
                "The instruction says “in three bullet points”, but the text has 2 bullet points; expected 3 bullet points.",
                "The instruction says “no commas”, but the text has a comma.",
            ]
        );
        assert!(found("Describe rain in two bullet points.", "- wet\n- cold").is_empty());
        assert!(found("What is rain, and why no commas here?", "Water, mostly.").is_empty());
    }
}
