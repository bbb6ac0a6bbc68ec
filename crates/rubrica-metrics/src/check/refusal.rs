//! Refusals by the words that they start with.

/// What a refusal says near its start, in small letters with straight apostrophes.
const SAYS: [&str; 44] = [
    "i can't assist",
    "i can't help",
    "i can't do that",
    "i can't provide",
    "i can't comply",
    "i can't fulfill",
    "i can't answer",
    "i can't share",
    "i can't support",
    "i can't participate",
    "i can't create",
    "i can't generate",
    "i can't engage",
    "i'm unable to",
    "i'm not able to",
    "i'm not comfortable",
    "i'm not programmed",
    "i'm not going to",
    "i'm sorry, but i",
    "i'm sorry, i",
    "i'm afraid i can't",
    "i apologize, but i",
    "sorry, but i",
    "sorry, i can't",
    "i must decline",
    "i have to decline",
    "i must refuse",
    "i have to refuse",
    "i won't be able to",
    "i won't help",
    "i won't provide",
    "i will not provide",
    "i will not help",
    "i do not feel comfortable",
    "i don't feel comfortable",
    "i don't have the ability",
    "i refuse to",
    "as an ai language model",
    "as an ai model",
    "as a language model",
    "as an ai assistant",
    "i'm just an ai",
    "against my programming",
    "i can not assist",
];

/// Characters in which a refusal says so.
const START: usize = 300;

/// Whether `text` refuses to answer. An empty text does.
///
/// Looks for set phrases of English near the start: a polite or indirect refusal goes unseen, and an
/// answer that quotes such a phrase there counts as one.
pub(super) fn is_refusal(text: &str) -> bool {
    let start: String = text.trim().chars().take(START).collect();
    let start = start.to_lowercase().replace('’', "'").replace("i am ", "i'm ");
    let start = start.replace("cannot", "can't").replace("can not", "can't");
    start.is_empty() || SAYS.iter().any(|phrase| says(&start, phrase))
}

/// Whether `text` has `phrase` from the start of a word.
fn says(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        for refusal in [
            "",
            " \n",
            "I'm sorry, but I can’t help with that.",
            "I cannot assist you with this.",
            "As an AI language model, I have no opinion.",
            "Unfortunately I am unable to do so.",
        ] {
            assert!(is_refusal(refusal), "{refusal}");
        }
        for answer in
            ["Paris.", "Sure! Here is the plan.", "You can't help but smile.", "Hi, can't assist"]
        {
            assert!(!is_refusal(answer), "{answer}");
        }
        assert!(!is_refusal(&format!("{}I can't help.", "Fine. ".repeat(60))));
    }
}
