//! Yes or no, as answers say it.

use super::items::folded;

const YES: [&str; 12] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "yea",
    "true",
    "correct",
    "right",
    "affirmative",
    "indeed",
    "y",
    "t",
];
const NO: [&str; 10] =
    ["no", "nope", "nah", "nay", "false", "incorrect", "wrong", "negative", "n", "f"];
/// Words that stand before a verdict and leave it as it is.
const BEFORE: [&str; 26] = [
    "well",
    "so",
    "oh",
    "hmm",
    "ok",
    "okay",
    "actually",
    "therefore",
    "thus",
    "hence",
    "it",
    "it's",
    "is",
    "that",
    "that's",
    "this",
    "the",
    "statement",
    "claim",
    "answer",
    "definitely",
    "certainly",
    "absolutely",
    "probably",
    "i",
    "a",
];
/// Words behind "no" that make it no verdict: "no one", "no matter".
const NO_VERDICT: [&str; 12] = [
    "one",
    "matter",
    "idea",
    "doubt",
    "clue",
    "more",
    "less",
    "longer",
    "evidence",
    "information",
    "or",
    "answer",
];

/// What a single word says: true or false, yes or no, t or f, y or n, 1 or 0.
pub(super) fn plain_verdict(item: &str) -> Option<bool> {
    match folded(item).as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// What a text says: its first verdict, where only words such as "well" or "it is" stand before it
/// ("Yes, it is faster", "Nope"), or else that of its last sentence. "Yes and no" and "(B)" say neither.
pub(super) fn verdict(text: &str) -> Option<bool> {
    plain_verdict(text).or_else(|| leading(text)).or_else(|| {
        let ends = text.trim().trim_end_matches(['.', '!', '*', ' ', '"']);
        let (_, last) = ends.rsplit_once(['.', '?', '\n'])?;
        leading(last)
    })
}

fn leading(text: &str) -> Option<bool> {
    let lower = text.to_lowercase().replace('’', "'");
    let mut words = lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .peekable();
    let mut denied = false;
    for _ in 0..8 {
        let word = words.next()?;
        let next = words.peek().copied().unwrap_or_default();
        let said = if YES.contains(&word) {
            Some(true)
        } else if NO.contains(&word) {
            Some(false)
        } else {
            None
        };
        match said {
            Some(said) => {
                // "Yes or no", "no one", "right away"; letters say it only alone.
                let other = next == "or"
                    || next == "and" && {
                        words.next();
                        words.peek().is_some_and(|w| YES.contains(w) || NO.contains(w))
                    };
                let undecided =
                    other || word == "no" && NO_VERDICT.contains(&next) || word.len() == 1;
                return (!undecided).then_some(said != denied);
            }
            None if matches!(word, "not" | "isn't" | "never") => denied = true,
            None if BEFORE.contains(&word) => {}
            None => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_and_their_lack() {
        for (text, said) in [
            ("yes", Some(true)),
            ("Yes, it is faster.", Some(true)),
            ("**Yes** — it is", Some(true)),
            ("Nope", Some(false)),
            ("Nope, not at all", Some(false)),
            ("No. It is slower.", Some(false)),
            ("Yeah.", Some(true)),
            ("It is true that", Some(true)),
            ("That's not true.", Some(false)),
            ("The statement is false because", Some(false)),
            ("Absolutely not correct", Some(false)),
            ("Well, yes", Some(true)),
            ("Is it faster? Yes.", Some(true)),
            ("It ran twice. No.", Some(false)),
            ("(B)", None),
            ("Yes or no", None),
            ("Yes and no", None),
            ("No one knows", None),
            ("Faster", None),
            ("", None),
            ("I cannot tell", None),
            ("1", Some(true)),
            ("F", Some(false)),
            ("yes and it is faster", Some(true)),
            ("T cells", None),
            ("Not sure", None),
        ] {
            assert_eq!(verdict(text), said, "{text}");
        }
    }
}
