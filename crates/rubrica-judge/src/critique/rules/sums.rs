//! Sums, products and percentages, worked out again.

use std::ops::Range;

use rubrica_core::Severity;
use rubrica_metrics::objective::{Figure, figures};

use super::expression::{Token, Value, tokens, value};
use super::{Finding, Sentence, Texts};

/// Words of a sentence that may say that its sum is wrong, or somebody else's.
const DOUBTS: [&str; 16] = [
    "not",
    "n't",
    "n’t",
    "wrong",
    "mistake",
    "error",
    "instead",
    "rather than",
    "incorrect",
    "you wrote",
    "you said",
    "your answer",
    "never",
    "claim",
    "if ",
    "?",
];

/// Steps by which a unit may differ from that of its sum: per cent, minutes, weeks, thousands.
const CONVERSIONS: [f64; 14] =
    [10.0, 100.0, 1e3, 1e4, 1e6, 60.0, 3600.0, 24.0, 7.0, 12.0, 365.0, 52.0, 1024.0, 3.6];

/// Sums whose stated result is not theirs.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    texts.sentences.iter().flat_map(in_sentence).collect()
}

fn in_sentence(sentence: &Sentence<'_>) -> Vec<Finding> {
    let lower = sentence.text.to_lowercase();
    if !lower.contains(|c: char| c.is_numeric())
        && !lower.contains(" of ")
        && !lower.contains("plus")
        || DOUBTS.iter().any(|word| lower.contains(word))
    {
        return Vec::new();
    }
    let read = figures(sentence.text);
    let tokens = tokens(&read.text, &read.found);
    let same = *read.text == *sentence.text;
    let wrong =
        tokens.split(|(token, _)| *token == Token::Other).flat_map(|run| wrong(run, &read.text));
    wrong
        .map(|wrong| {
            let span = if same { sentence.place(&wrong.place) } else { sentence.span };
            let said = read.text[wrong.place].trim().to_owned();
            let right = shown(wrong.right);
            Finding {
                span: Some(span),
                severity: Severity::Major,
                message: format!("“{said}” does not add up: it is {right}."),
                found: shown(wrong.stated),
                expected: Some(right),
                suggestion: Some("Work it out again, and what follows from it.".into()),
            }
        })
        .collect()
}

/// A sum with a wrong result.
struct Wrong {
    place: Range<usize>,
    stated: f64,
    right: f64,
}

/// The wrong ones in a run of pieces: `a + b = c = d`.
fn wrong(run: &[(Token, Range<usize>)], text: &str) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut about = false;
    let sides: Vec<&[(Token, Range<usize>)]> = run
        .split(|(token, _)| matches!(token, Token::Equals { .. }))
        .filter(|side| !side.is_empty())
        .collect();
    for (token, _) in run {
        about |= matches!(token, Token::Equals { about: true });
    }
    for pair in sides.windows(2) {
        let plain = |side: &[(Token, Range<usize>)]| -> Vec<Token> {
            side.iter().map(|(token, _)| token.clone()).collect()
        };
        let Some((result, length)) = stated(pair[1], text) else { continue };
        let Some(sum) = value(&plain(pair[0])) else { continue };
        let Token::Number(figure) = &pair[1][0].0 else { continue };
        let fraction = text[pair[0][0].1.clone()].contains(['/', '^']);
        let glued = text[..pair[0][0].1.start].ends_with(['^', '_', '√', '!', '|']);
        let tail = tails(&plain(pair[0])).iter().any(|sum| agrees(sum, &result, figure, about));
        if glued || tail || !(sum.worked || fraction) || agrees(&sum, &result, figure, about) {
            continue;
        }
        let place = pair[0][0].1.start..pair[1][length - 1].1.end;
        found.push(Wrong { place, stated: result.number, right: sum.number });
    }
    found
}

/// The values of the ends of a sum: "150 plus 3 × 4 = 12" is about its product.
fn tails(side: &[Token]) -> Vec<Value> {
    let adds = |token: &Token| matches!(token, Token::Operator('+' | '-'));
    let starts = side.iter().enumerate().filter(|(_, token)| adds(token));
    starts.filter_map(|(at, _)| value(&side[at + 1..])).filter(|value| value.worked).collect()
}

/// The number that a side starts with, if it is a result and no sum of its own, and its pieces.
fn stated(side: &[(Token, Range<usize>)], text: &str) -> Option<(Value, usize)> {
    let mut length = 1;
    while matches!(side.get(length), Some((Token::Percent | Token::Unit(_), _))) {
        length += 1;
    }
    let tokens: Vec<Token> = side[..length].iter().map(|(token, _)| token.clone()).collect();
    let goes_on = matches!(
        side.get(length),
        Some((Token::Operator(_) | Token::Of | Token::Open | Token::Number(_), _))
    );
    let behind = &text[side[length - 1].1.end..];
    let range = behind.starts_with(['-', '–', '^', '!', ':', '_'])
        || behind.starts_with(" to ")
        || behind.starts_with(" or ");
    (!goes_on && !range).then(|| value(&tokens)).flatten().map(|value| (value, length))
}

/// Whether a sum is what is said of it, as exactly as that is written.
fn agrees(sum: &Value, said: &Value, figure: &Figure, about: bool) -> bool {
    let mut worths = vec![sum.number];
    if said.percent && !sum.percent {
        worths.push(100.0 * sum.number);
    }
    if sum.percent && !said.percent {
        worths.push(sum.number / 100.0);
    }
    let close = |worth: f64| {
        let off = (worth.abs() - said.number.abs()).abs();
        let steps = worth.abs() / figure.step;
        let exact = (steps - steps.round()).abs() < 1e-6;
        let allowed = match (about, exact) {
            (true, _) => (0.05 * worth.abs()).max(figure.step),
            (false, true) => 1e-6 * worth.abs().max(figure.step),
            (false, false) => figure.step,
        };
        off <= allowed * (1.0 + 1e-9)
    };
    if worths.iter().any(|worth| close(*worth)) {
        return true;
    }
    // "52 W × 3 h × 365 = 56.9 kWh"
    let same = said.units.is_empty() && sum.units.is_empty()
        || !said.units.is_empty() && said.units.iter().all(|unit| sum.units.contains(unit));
    // Pixels by pixels do not make dots.
    if !same && !said.units.is_empty() && !sum.units.is_empty() && about {
        return true;
    }
    let converted =
        |worth: f64| CONVERSIONS.iter().any(|step| close(worth * step) || close(worth / step));
    !same && worths.iter().any(|worth| converted(*worth))
}

/// A number as people write it.
fn shown(number: f64) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded == 0.0 { format!("{number:.4}") } else { format!("{rounded}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(response: &str) -> Vec<(String, String)> {
        let texts = Texts::new("", response);
        let pair = |f: Finding| {
            let span = f.span.and_then(|s| s.slice(response)).unwrap_or_default().to_owned();
            (span, f.expected.unwrap_or_default())
        };
        findings(&texts).into_iter().map(pair).collect()
    }

    #[track_caller]
    fn check(response: &str, place: &str, right: &str) {
        assert_eq!(found(response), [(place.to_owned(), right.to_owned())], "{response}");
    }

    #[test]
    fn wrong_sums_are_told_with_the_right_value() {
        check("😀 So 12 × 7 = 74.", "12 × 7 = 74", "84");
        check("20 % of 50 is 15.", "20 % of 50 is 15", "10");
        check("3 + 4 equals 8", "3 + 4 equals 8", "7");
        check("64 − 10 = 54, but (3 + 6 + 4) ÷ 3 = 6.", "(3 + 6 + 4) ÷ 3 = 6", "4.33");
        check("Three plus four makes nine.", "Three plus four makes nine", "7");
        check("Half of it: 3 kg + 4 kg is 8 kg, so take 8.", "3 kg + 4 kg is 8 kg", "7");
        check("17 × 6 is **112**.", "17 × 6 is **112", "102");
        check("Fine. 40 × £2.50 = £90 a year.", "40 × £2.50 = £90", "100");
        check("1/6 + 1/6 = 2/6 = 1/2", "2/6 = 1/2", "0.33");
        check("Half of 48: ½ × 48 = 22.", "Half of 48: ½ × 48 = 22.", "24");
    }

    #[test]
    fn right_and_rounded_ones_are_left_alone() {
        for response in [
            "12 × 7 = 84, and 3 + 4 equals 7.",
            "£1,500 ÷ £3.20 = 469 cups.",
            "10 ÷ 3 is about 3.3, and 2/3 ≈ 0.67.",
            "52 W × 3 h × 365 = 56.9 kWh",
            "3 ÷ 95 is about 3.2 %",
            "25 ÷ 20 = 125 %",
            "120 + 20 % = 144",
            "5 × 20p = £1",
            "20 + 10 = 30 %",
            "5 − 8 = −3",
            "2.5 million + 1 million = 3.5 million",
            "£150 plus 3,200 × €0.31 = €992",
            "£3.20 ÷ 5 = 64p",
            "4000 × 3000 pixels, which makes roughly 170 dots",
        ] {
            assert_eq!(found(response), [], "{response}");
        }
    }

    #[test]
    fn what_is_no_sum_is_left_alone() {
        for response in [
            "It is not true that 2 + 2 = 5.",
            "Is 2 + 2 = 5?",
            "x + 3 × 4 = 5",
            "2x + 3 = 7",
            "3n² + 8 = 440",
            "5!/3! = 20",
            "From 9:30 - 10 = early.",
            "Read pages 3-5 = the start.",
            "```\n2 + 2 = 5\n```",
            "Chapter 2 is 30 pages long.",
            "The years 2 times are 7",
            "3 + 4 is 6 to 8.",
            "f(2) = 3 and f(3) = 4",
        ] {
            assert_eq!(found(response), [], "{response}");
        }
    }
}
