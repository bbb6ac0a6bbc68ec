//! Talk that would fit any question.

use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Severity;

use super::{Finding, Texts};

/// Set phrases from which a response counts as talk.
const ENOUGH: usize = 2;
/// Words for each set phrase above which there may be matter between them.
const WORDS_EACH: usize = 40;

/// A response that is made of set phrases, or says back what was asked and no more.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    talk(texts).into_iter().collect()
}

fn talk(texts: &Texts<'_>) -> Option<Finding> {
    static PHRASES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)\b(?: it\s+(?:really\s+|all\s+)?depends\s+on | (?:great|good|interesting|excellent)\s+(?:question|topic) | (?:many|various|several|a\s+number\s+of|different)\s+factors |
              every(?:one|body|\s+person|\s+situation|\s+case)\s+is\s+(?:different|unique) | do\s+your\s+(?:own\s+)?research | it['’]?s?\s+(?:is\s+)?important\s+to |
              in\s+today['’]s\s+world | no\s+one[-\s]size | plays\s+an?\s+(?:important|key|vital|crucial)\s+role | needless\s+to\s+say | at\s+the\s+end\s+of\s+the\s+day |
              as\s+we\s+all\s+know | complex\s+(?:topic|issue|question|matter) | there\s+are\s+many\s+(?:ways|reasons|things|factors|possibilities|opinions|options|answers) |
              (?:has\s+its|have\s+their|has|have|both)\s+(?:own\s+)?(?:pros\s+and\s+cons|advantages\s+and\s+disadvantages) | opinions\s+differ | everybody\s+knows | for\s+many\s+reasons |
              (?:is|are)\s+different\s+for\s+everyone | personal\s+preference | up\s+to\s+you\s+to\s+decide | there\s+is\s+no\s+(?:right\s+or\s+wrong|simple|easy|single)\s+answer |
              good\s+luck | i\s+hope\s+this\s+helps | consult\s+an?\s+(?:expert|professional|specialist) | look\s+it\s+up | think\s+carefully\s+about | weigh\s+(?:up\s+)?the\s+pros )\b",
        )
        .expect("a valid pattern")
    });
    let words = rubrica_metrics::text::words(texts.response).count();
    let mut phrases: Vec<String> =
        PHRASES.find_iter(texts.response).map(|m| m.as_str().to_lowercase()).collect();
    phrases.sort();
    phrases.dedup();
    if phrases.len() < ENOUGH || words > WORDS_EACH * phrases.len() {
        return None;
    }
    let told = phrases.iter().take(3).map(|p| format!("“{p}”")).collect::<Vec<_>>().join(", ");
    Some(Finding {
        span: None,
        severity: Severity::Minor,
        message: format!("The response says much that would fit any question: {told}."),
        found: format!("{} set phrases in {words} words", phrases.len()),
        expected: None,
        suggestion: Some("Say what is so in this case.".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(response: &str) -> usize {
        findings(&Texts::new("Should I buy or rent?", response)).len()
    }

    #[test]
    fn set_phrases_without_matter_are_told() {
        let texts = Texts::new("", "Great question! It depends on many factors.");
        let message = "The response says much that would fit any question: “great question”, “it depends on”, “many factors”.";
        assert_eq!(findings(&texts)[0].message, message);
        assert_eq!(found("Both have pros and cons, and everyone is different."), 1);
        assert_eq!(found("It depends on your rate: at 3 % buying is cheaper from year six on."), 0);
        let long = "The rate is what counts here and nothing else. ".repeat(20);
        assert_eq!(found(&format!("Good question! It depends on it. {long}")), 0);
    }
}
