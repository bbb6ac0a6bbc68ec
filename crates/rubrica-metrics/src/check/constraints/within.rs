//! Constraints that stand in the running text of an instruction.
//!
//! [`super::read_constraints`] takes a list of constraints apart; an instruction mostly says other
//! things. Here the few forms are picked out that hardly ever mean anything else, and read by the same
//! rules: what a form says is the parser's affair, where one stands is this file's.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::read_clause;
use crate::check::Check;

/// Bytes of an instruction that are looked into: what is longer holds a text to work on.
const MOST: usize = 1_500;

/// The constraints that `instruction` puts on the response, each with its words as the id.
///
/// Bounds of characters, lines and bullet points; marks, words and letters that are forbidden; quoted
/// phrases that must occur, open or close; letter case; JSON. What is about a part of the response
/// ("each", "per line") or about a text that is quoted is left out, and so is a question about such things.
pub fn find_constraints(instruction: &str) -> Vec<Check> {
    let text = last_turn(instruction);
    if text.len() > MOST {
        return Vec::new();
    }
    let quoted = quotations(text);
    let mut found: Vec<Check> = Vec::new();
    for (form, pattern) in FORMS.iter() {
        for captures in pattern.captures_iter(text) {
            let Some(clause) = captures.get(1) else { continue };
            if quoted.iter().any(|quote| quote.contains(&clause.start())) {
                continue;
            }
            let (before, after) = sentence_around(text, clause.start(), clause.end());
            let negated = ["n't ", "n’t ", "not ", "never "].iter().any(|no| before.ends_with(no));
            if negated || partial(before, after) || form.asks_only && after.contains('?') {
                continue;
            }
            let Some(mut check) = form.read(clause.as_str()) else { continue };
            clause.as_str().trim().clone_into(&mut check.id);
            if found.iter().all(|known| known.kind() != check.kind()) {
                found.push(check);
            }
        }
    }
    // Two bounds of one kind are about two things.
    let doubled = |check: &Check| {
        let bounds = check.kind().name() == "length" || check.kind().name() == "bullets";
        let same = found.iter().filter(|other| unit(other) == unit(check)).count();
        bounds && same > 1
    };
    let keep: Vec<bool> = found.iter().map(|check| !doubled(check)).collect();
    found.into_iter().zip(keep).filter_map(|(check, keep)| keep.then_some(check)).collect()
}

/// What a check bounds.
fn unit(check: &Check) -> String {
    let value = serde_json::to_value(check).unwrap_or_default();
    format!("{}{}", value["kind"], value["unit"])
}

/// A way in which a constraint is put.
struct Form {
    /// Not told in a question.
    asks_only: bool,
    kind: Kind,
}

enum Kind {
    /// What the parser reads.
    Clause,
    /// A letter that must not occur.
    Letter,
    /// JSON and nothing else.
    Json,
}

impl Form {
    fn read(&self, clause: &str) -> Option<Check> {
        let value = match self.kind {
            Kind::Clause => read_clause(clause)?,
            Kind::Letter => {
                let letter = clause.trim_end_matches(['"', '\'', '”', '’']).chars().next_back()?;
                json!({"kind": "regex", "pattern": format!("(?i){letter}"), "absent": true})
            }
            Kind::Json => json!({"kind": "json"}),
        };
        Check::from_value(&value).ok()
    }
}

static FORMS: LazyLock<Vec<(Form, Regex)>> = LazyLock::new(|| {
    const NUMBER: &str =
        r"(?:[0-9][0-9,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)";
    const UNIT: &str = r"(?:characters?|chars|lines?|bullet\s+points?|bullets?)";
    const QUOTE: &str = r#"(?:"[^"\n]{1,60}"|“[^”\n]{1,60}”|‘[^’\n]{1,60}’|'[^'\n]{1,60}')"#;
    const MARK: &str = r"(?:commas?|exclamation\s+(?:marks?|points?)|emojis?|hashtags?|semicolons?|colons?|dashes|hyphens?|parentheses|brackets|asterisks|bullets|bullet\s+points|headings?|headers?|digits|numerals|links|urls|question\s+marks?)";
    const END: &str = r"(?:\s*(?:[.,;!?)\n]|$)|\s+(?:and|or|please|in|at)\b)";
    const NOT: &str = r"(?:without(?:\s+using)?|avoid(?:\s+using)?|(?:do\s+not|don['’]t|never)\s+(?:use|say|write|mention))";
    let form = |asks_only, kind, pattern: String| {
        let pattern = Regex::new(&format!("(?i){pattern}")).expect("a valid pattern");
        (Form { asks_only, kind }, pattern)
    };
    vec![
        form(false, Kind::Clause, format!(r"\b((?:at\s+most|at\s+least|no\s+more\s+than|not\s+more\s+than|no\s+fewer\s+than|up\s+to|under|below|fewer\s+than|less\s+than|max(?:imum)?|min(?:imum)?|exactly)\s+{NUMBER}\s+{UNIT})\b")),
        form(false, Kind::Clause, format!(r"\b({NUMBER}\s+{UNIT}\s+(?:max(?:imum)?|at\s+most|or\s+fewer|or\s+less|min(?:imum)?|at\s+least))\b")),
        form(false, Kind::Clause, format!(r"\b(in\s+(?:exactly\s+)?{NUMBER}\s+(?:bullet\s+points?|bullets?))\b")),
        form(true, Kind::Clause, format!(r"\b((?:no|without|without\s+any|avoid)\s+{MARK}){END}")),
        form(true, Kind::Clause, format!(r"\b((?:do\s+not|don['’]t)\s+use\s+(?:any\s+)?{MARK}){END}")),
        form(true, Kind::Clause, format!(r"\b((?:in|all|only|everything\s+in|all\s+in)\s+(?:lower\s?case|lower\s?case\s+letters|small\s+letters|upper\s?case|upper\s?case\s+letters|capital\s+letters)){END}")),
        form(true, Kind::Clause, format!(r"\b((?:start|begin)\s+with\s+{QUOTE})")),
        form(true, Kind::Clause, format!(r"\b((?:end|finish)\s+with\s+{QUOTE})")),
        form(true, Kind::Clause, format!(r#"\b({NOT}\s+the\s+words?\s+{QUOTE}(?:(?:\s*,\s*|\s+(?:and|or)\s+|\s*,\s+(?:and|or)\s+){QUOTE})*)"#)),
        form(true, Kind::Clause, format!(r"\b({NOT}\s+the\s+word\s+[a-z]+){END}")),
        form(true, Kind::Clause, format!(r"\b((?:include|mention|use|contain)\s+the\s+(?:words?|phrase)\s+{QUOTE}(?:(?:\s*,\s*|\s+and\s+|\s*,\s+and\s+){QUOTE})*)")),
        form(true, Kind::Letter, r#"\b((?:no|without(?:\s+using)?|avoid(?:\s+using)?|(?:do\s+not|don['’]t|never)\s+use)\s+the\s+letter\s+["'“‘]?[a-z]["'”’]?)(?:\W|$)"#.into()),
        form(true, Kind::Json, r"\b((?:only|just)\s+(?:the\s+|valid\s+)?json|(?:valid\s+)?json\s+only)\b".into()),
    ]
});

/// What the user said last, of a conversation in one text.
fn last_turn(text: &str) -> &str {
    let turn = text.rfind("\nUser:").map(|at| at + "\nUser:".len());
    turn.map_or(text, |at| &text[at..])
}

/// Quotations of more than a few words: texts that are worked on.
fn quotations(text: &str) -> Vec<std::ops::Range<usize>> {
    static LONG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""[^"]{25,}"|“[^”]{25,}”|```(?s:.*?)```"#).expect("a valid pattern")
    });
    LONG.find_iter(text).map(|quote| quote.range()).collect()
}

/// What stands in the sentence before a place, and from the place to the end of the sentence.
fn sentence_around(text: &str, start: usize, end: usize) -> (&str, &str) {
    let stops = |c: char| matches!(c, '.' | '!' | '?' | '\n');
    let from = text[..start].rfind(stops).map_or(0, |at| at + 1);
    let to = text[end..].find(stops).map_or(text.len(), |at| end + at + 1);
    (&text[from..start], &text[end..to])
}

/// Whether a constraint is about a part of the response, or about what is at hand.
fn partial(before: &str, after: &str) -> bool {
    static PART: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:each|every|per|apiece|title|subject|headline|names?|lines?\s+of|column|row|field|answers?\s+of)\b").expect("a valid pattern")
    });
    static HAND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:should\s+(?:I|we|a|the)|why|when|whether|rule|says|said|wrote|hates?|tells|told|must\s+I|code|function|regex|contains|has|had|takes)\s*(?:\w+\s+){0,2}$").expect("a valid pattern")
    });
    PART.is_match(before)
        || PART.is_match(after.split([',', ';']).next().unwrap_or_default())
        || HAND.is_match(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(instruction: &str, passing: &str, failing: &str) {
        let found = find_constraints(instruction);
        assert_eq!(found.len(), 1, "{instruction}: {found:?}");
        assert!(found[0].run(passing).passed, "{instruction}: {:?}", found[0].run(passing));
        assert!(!found[0].run(failing).passed, "{instruction}: {:?}", found[0].run(failing));
    }

    #[test]
    fn constraints_in_running_text() {
        check("Describe a street, at most 30 characters.", "short", &"long ".repeat(9));
        check("Alt text for the photo, max 10 characters please", "a", &"a".repeat(11));
        check("Tell me about bees in three bullet points.", "- a\n- b\n- c", "- a\n- b");
        check("Reply to him, no exclamation marks, warmly.", "Hello.", "Hello!");
        check("Don't use any commas. What is rain?", "Water.", "Water, mostly.");
        check("Write a poem about rain in lower case.", "rain", "Rain");
        check("Describe rain. Do not use the letter e.", "drops fall", "wet");
        check("Write a line without the word light.", "A sun.", "A light.");
        check("Sell it without using the words \"cheap\" or \"free\".", "Good.", "It is free.");
        check("Start with \"Dear Ms. Lee\" and be brief.", "Dear Ms. Lee, hi", "Hello");
        check("Write a note. Include the word \"cat\".", "A cat.", "A dog.");
        check("What does he want? Output only the JSON.", "{\"a\": 1}", "He wants {}");
        let found = find_constraints("Write a poem, no commas, in lower case.");
        assert_eq!(found.iter().map(Check::id).collect::<Vec<_>>(), ["no commas", "in lower case"]);
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "Why does my boss say no commas?",
            "Three names, each at most 12 characters.",
            "My function takes at most 10 characters. Why?",
            "Shorten: \"You may write at most 250 characters in this field of the form.\"",
            "Should a letter start with \"Dear\"?",
            "How do I write JSON?",
            "There were no questions asked and no commas to be seen anywhere",
            "Title with max 30 characters, then a text of at most 300 characters.",
            "Alt text please, don't start with \"image of\" in it.",
            "",
        ] {
            assert_eq!(find_constraints(text), [], "{text}");
        }
        assert!(find_constraints(&"No commas. ".repeat(500)).is_empty());
    }
}
