//! Words and beginnings that stand in a constraint without quotes.

use serde_json::{Value, json};

use super::unit_of;
use super::words::{FILLERS, NEGATIONS, lists, read_number};

/// Most words of a list.
const MOST: usize = 20;
/// Words that lead to a list: "words like good", "the following words".
const LEADS: &str = " like such as following these those any ";
/// Words behind "words" that describe which words: "words longer than five letters".
const DESCRIBES: &str = " longer shorter with that which who of from over under ending starting beginning containing more \
    less fewer than total max maximum minimum per each every long count ";
const OPENINGS: &str = " start starts starting begin begins beginning open opens ";
const ENDINGS: &str = " end ends ending finish finishes close closes ";

/// Words that must or must not occur: "avoid the words good and bad", "include the word cat".
pub(super) fn listed(words: &[&str]) -> Option<Value> {
    let noun = words.iter().position(|word| {
        matches!(*word, "word" | "words" | "term" | "terms" | "phrase" | "phrases")
    })?;
    let (before, items) = (&words[..noun], &words[noun + 1..]);
    let known = |word: &&str| lists(FILLERS, word) || lists(NEGATIONS, word) || lists(LEADS, word);
    let opens = before.iter().any(|word| lists(OPENINGS, word));
    let closes = before.iter().any(|word| lists(ENDINGS, word));
    if !before.iter().all(|word| known(word) || lists(OPENINGS, word) || lists(ENDINGS, word)) {
        return None;
    }
    let led = items.iter().take_while(|word| lists(LEADS, word)).count();
    let items = &items[led..];
    let parts: Vec<&[&str]> = items
        .split(|word| matches!(*word, "and" | "or" | "nor"))
        .filter(|part| !part.is_empty())
        .collect();
    let odd = |word: &&str| {
        lists(DESCRIBES, word)
            || lists(NEGATIONS, word)
            || read_number(word).is_some()
            || unit_of(word).is_some()
    };
    let phrases: Vec<String> = if words[noun].starts_with("phrase") {
        parts.iter().map(|part| part.join(" ")).collect()
    } else {
        // A verb or an article says that another clause goes on.
        let filler = |word: &&str| lists(FILLERS, word) && *word != "and";
        let single = matches!(words[noun], "word" | "term");
        if items.iter().any(filler) || single && parts.iter().any(|part| part.len() > 1) {
            return None;
        }
        items
            .iter()
            .filter(|word| !matches!(**word, "and" | "or" | "nor"))
            .map(|word| (*word).to_owned())
            .collect()
    };
    if phrases.is_empty()
        || phrases.len() > MOST
        || items.first().is_some_and(odd)
        || items.iter().any(odd)
    {
        return None;
    }
    let forbids = before.iter().any(|word| lists(NEGATIONS, word));
    let either = items.iter().any(|word| matches!(*word, "or" | "nor"));
    Some(match (opens, closes) {
        (true, false) => edge("starts_with", &phrases, true, forbids)?,
        (false, true) => edge("ends_with", &phrases, true, forbids)?,
        (true, true) => return None,
        _ if forbids => {
            json!({"kind": "not_contains", "phrases": phrases, "ignore_case": true, "whole_words": true})
        }
        _ => {
            let which = if either { "any" } else { "all" };
            json!({"kind": "contains", which: phrases, "ignore_case": true, "whole_words": true})
        }
    })
}

/// How a text has to start or end: "start with Dear", "end with a question mark". What is no mark starts
/// with a capital, since "start with a question" asks for no certain words.
pub(super) fn opening(clause: &str, words: &[&str]) -> Option<Value> {
    let verb = words.iter().position(|word| lists(OPENINGS, word) || lists(ENDINGS, word))?;
    if !words[..verb].iter().all(|word| lists(FILLERS, word) || lists(NEGATIONS, word)) {
        return None;
    }
    let kind = if lists(OPENINGS, words[verb]) { "starts_with" } else { "ends_with" };
    let forbids = words[..verb].iter().any(|word| lists(NEGATIONS, word));
    // The words of the clause as they are written.
    let (before, rest) = clause.split_once(" with ").or_else(|| clause.split_once(" in "))?;
    let verb_last = before.split_whitespace().all(|word| {
        let word = word.to_lowercase().replace('’', "'");
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        lists(FILLERS, word)
            || lists(NEGATIONS, word)
            || lists(OPENINGS, word)
            || lists(ENDINGS, word)
    });
    let rest = rest.trim().trim_end_matches([':', ',', '.']);
    if !verb_last || rest.is_empty() {
        return None;
    }
    let lower = rest.to_lowercase();
    let bare = lower.strip_prefix("a ").or_else(|| lower.strip_prefix("an ")).unwrap_or(&lower);
    let mark = match bare {
        "question mark" => Some(["?", "？"]),
        "exclamation mark" | "exclamation point" => Some(["!", "！"]),
        "period" | "full stop" => Some([".", "。"]),
        "colon" => Some([":", "："]),
        "ellipsis" => Some(["...", "…"]),
        _ => None,
    };
    if let Some(marks) = mark {
        return edge(kind, &marks.map(str::to_owned), false, forbids);
    }
    let phrases: Vec<String> = rest.split(" or ").map(|phrase| phrase.trim().to_owned()).collect();
    let capital =
        |phrase: &String| phrase.starts_with(char::is_uppercase) && !phrase.contains(" and ");
    if !phrases.iter().all(capital) {
        return None;
    }
    edge(kind, &phrases, false, forbids)
}

fn edge(kind: &str, phrases: &[String], ignore_case: bool, forbids: bool) -> Option<Value> {
    if !forbids {
        return Some(json!({"kind": kind, "phrases": phrases, "ignore_case": ignore_case}));
    }
    let any = phrases.iter().map(|phrase| regex::escape(phrase)).collect::<Vec<_>>().join("|");
    let case = if ignore_case { "(?i)" } else { "" };
    let ends_word = |phrase: &String| phrase.ends_with(char::is_alphanumeric);
    let (open, close) = match kind {
        "starts_with" if phrases.iter().all(ends_word) => ("^\\s*", "\\b"),
        "starts_with" => ("^\\s*", ""),
        _ => ("", "\\s*$"),
    };
    Some(
        json!({"kind": "regex", "pattern": format!("{case}{open}(?:{any}){close}"), "absent": true}),
    )
}
