//! What a model thought before it answered, marked off from the answer.
//!
//! Reasoning models write `<think>` … `</think>` before their answer; chat templates that open the tag
//! themselves leave the closing one alone.

use std::borrow::Cow;

/// Marks between which reasoning stands, in small letters.
const MARKS: [[&str; 2]; 9] = [
    ["<think>", "</think>"],
    ["<thinking>", "</thinking>"],
    ["<thought>", "</thought>"],
    ["<reasoning>", "</reasoning>"],
    ["<scratchpad>", "</scratchpad>"],
    ["<seed:think>", "</seed:think>"],
    ["[think]", "[/think]"],
    ["<|begin_of_thought|>", "<|end_of_thought|>"],
    ["◁think▷", "◁/think▷"],
];

/// `text` without its reasoning; `None` when nothing else is left, as where reasoning never ends.
///
/// Text before a closing mark that nothing opened is reasoning too, and so is all behind an opening mark
/// that is not closed. A text without marks is given back as it is, a blank one too.
pub fn without_reasoning(text: &str) -> Option<Cow<'_, str>> {
    let marks = marks(text);
    if marks.is_empty() {
        return Some(Cow::Borrowed(text));
    }
    let mut pieces = Vec::new();
    let (mut from, mut inside) = (0, false);
    for (start, end, opens) in marks {
        match (opens, inside) {
            (true, false) => pieces.push(&text[from..start]),
            (false, false) => pieces.clear(),
            _ => {}
        }
        (from, inside) = (end, opens);
    }
    if !inside {
        pieces.push(&text[from..]);
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    match pieces.as_slice() {
        [] => None,
        [one] => Some(Cow::Borrowed(one.trim())),
        several => {
            let pieces: Vec<&str> = several.iter().map(|piece| piece.trim()).collect();
            Some(Cow::Owned(pieces.join("\n")))
        }
    }
}

/// Start and end of each mark in the text, and whether it opens, from left to right.
fn marks(text: &str) -> Vec<(usize, usize, bool)> {
    if !text.contains(['<', '[', '◁']) {
        return Vec::new();
    }
    // Only ASCII letters change, so that places stay.
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for pair in MARKS {
        for (mark, opens) in pair.into_iter().zip([true, false]) {
            found.extend(lower.match_indices(mark).map(|(at, _)| (at, at + mark.len(), opens)));
        }
    }
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasoning_is_left_out() {
        for (text, answer) in [
            ("<think>5?</think>\nSo it is 7.", Some("So it is 7.")),
            ("hmm, 5?\n</think>\n\n7", Some("7")),
            ("<THINK>5</Think> 7", Some("7")),
            ("<think>is it <think> or what</think>7", Some("7")),
            ("<think>a</think>b</think>c", Some("c")),
            ("7 <think>was that right", Some("7")),
            ("A <thinking>b</thinking> c", Some("A\nc")),
            ("[THINK]a[/THINK]b", Some("b")),
            ("◁think▷是◁/think▷否", Some("否")),
            ("<think></think>\n\n4", Some("4")),
            ("<think>the answer is 7", None),
            ("<think>7</think>\n", None),
            ("no marks <b>here</b> [1] ", Some("no marks <b>here</b> [1] ")),
            ("", Some("")),
        ] {
            assert_eq!(without_reasoning(text).as_deref(), answer, "{text}");
        }
    }
}
