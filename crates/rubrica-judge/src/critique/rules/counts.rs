//! Numbers that do not fit what stands beside them: "three reasons:" over a list of four, a total that
//! is not that of its lines.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::{Severity, Span};
use rubrica_metrics::objective::figures;
use rubrica_metrics::text::is_list_item;

use super::{Finding, Texts};

/// Lists whose length or total is another than stated.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    let lines = lines(texts.response);
    let mut findings = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let list = items(&lines[at + 1..]);
        findings.extend(announced(line, &list));
        findings.extend(total(&lines[..=at]));
    }
    findings
}

/// A line with its place in scalars.
struct Line<'a> {
    text: &'a str,
    start: usize,
}

impl Line<'_> {
    fn place(&self, bytes: Range<usize>) -> Span {
        let start = self.start + self.text[..bytes.start].chars().count();
        Span::new(start, start + self.text[bytes].chars().count())
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let place = |line| {
        let placed = Line { text: line, start };
        start += placed.text.chars().count() + 1;
        placed
    };
    text.split('\n').map(place).collect()
}

/// The items of the list that `lines` start with, nested ones left out.
fn items<'a>(lines: &'a [Line<'a>]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut indent = None;
    for line in lines {
        let body = line.text.trim_start();
        let depth = line.text.len() - body.len();
        if body.is_empty() {
            continue;
        }
        if !is_list_item(body) {
            // What an item goes on with is indented.
            if depth == 0 || found.is_empty() {
                break;
            }
            continue;
        }
        if depth <= *indent.get_or_insert(depth) {
            found.push(body);
        }
    }
    found
}

/// A number of things announced over a list.
fn announced(line: &Line<'_>, items: &[&str]) -> Option<Finding> {
    static ANNOUNCES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^.*\b(?<n> two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|1[0-9] )\s+(?:[\w-]+\s+){0,2}?
            (?<what> reasons|ways|things|steps|points|tips|ideas|options|rules|kinds|types|questions|examples|
              advantages|disadvantages|benefits|risks|causes|effects|parts|stages|phases|factors|mistakes|items|
              features|methods|arguments|suggestions|strategies|techniques|elements|principles|signs|symptoms )
            \b[^.!?:]{0,40}:\s*\**\s*$",
        )
        .expect("a valid pattern")
    });
    if items.len() < 2 || is_list_item(line.text) {
        return None;
    }
    // The last number is the one that the colon belongs to, hence the pattern's greedy start.
    let captures = ANNOUNCES.captures(line.text)?;
    let number = captures.name("n")?;
    let before = line.text[..number.start()].to_lowercase();
    let loose = ["least", "than", "about", "to ", "or ", "of the", "these", "other", "over"];
    if loose.iter().any(|word| before.trim_end().ends_with(word.trim())) {
        return None;
    }
    let said = figures(number.as_str()).found.first()?.value;
    let count = items.len();
    if said == count as f64 {
        return None;
    }
    let what = &captures["what"];
    Some(Finding {
        span: Some(line.place(number.range())),
        severity: Severity::Minor,
        message: format!("“{}” announces {said} {what}, and {count} follow.", number.as_str()),
        found: format!("{count} list items"),
        expected: Some(format!("{said} {what}")),
        suggestion: Some(format!("Say {count}, or list {said}.")),
    })
}

/// A line with a total under a list of amounts.
fn total(lines: &[Line<'_>]) -> Option<Finding> {
    static TOTAL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^[\s*_|•-]*(?:grand\s+)?(?:total|sum|in\s+all|altogether)(?:\s+(?:cost|price|amount))?\b[^0-9]{0,12}([0-9][0-9,]*(?:\.[0-9]+)?)[^0-9]{0,12}$")
            .expect("a valid pattern")
    });
    static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"([0-9][0-9,]*(?:\.[0-9]+)?)[^0-9]{0,12}$").expect("a valid pattern")
    });
    let (last, before) = lines.split_last()?;
    let number = TOTAL.captures(last.text)?.get(1)?;
    let value = |text: &str| text.replace(',', "").parse::<f64>().ok();
    let stated = value(number.as_str())?;
    let mut amounts = Vec::new();
    for line in before.iter().rev() {
        let body = line.text.trim();
        if body.is_empty() || body.chars().all(|c| "-|:_= ".contains(c)) {
            continue;
        }
        // A line with several numbers may hold a product, a date or a total of its own.
        let alone = figures(body).found.iter().filter(|f| !f.spelt).count() == 1;
        let listed = is_list_item(body) || body.starts_with('|');
        let amount = AMOUNT.captures(body).and_then(|captures| value(captures.get(1)?.as_str()));
        match amount.filter(|_| alone && listed) {
            Some(amount) => amounts.push(amount),
            // A header has no number; anything else makes the sum unsure.
            None if figures(body).found.is_empty() => break,
            None => return None,
        }
    }
    let sum: f64 = amounts.iter().sum();
    if amounts.len() < 2 || (sum - stated).abs() < 0.011 * sum.abs().max(1.0) {
        return None;
    }
    let shown = (sum * 100.0).round() / 100.0;
    Some(Finding {
        span: Some(last.place(number.range())),
        severity: Severity::Major,
        message: format!(
            "The total is {}, but the lines over it add up to {shown}.",
            number.as_str()
        ),
        found: number.as_str().to_owned(),
        expected: Some(shown.to_string()),
        suggestion: Some("Add the lines up again.".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(response: &str) -> Vec<(String, String)> {
        let texts = Texts::new("", response);
        let told = |f: Finding| {
            let place = f.span.and_then(|s| s.slice(response)).unwrap_or_default().to_owned();
            (place, f.message)
        };
        findings(&texts).into_iter().map(told).collect()
    }

    #[test]
    fn lists_are_as_long_as_announced() {
        let wrong = found("😀 Yes.\nThere are three reasons:\n- a\n- b\n- c\n- d\n\nThat is all.");
        assert_eq!(wrong, [("three".into(), "“three” announces 3 reasons, and 4 follow.".into())]);
        for right in [
            "Three reasons:\n\n1. a\n   - more\n   - and more\n2. b\n3. c",
            "At least three reasons:\n- a\n- b\n- c\n- d",
            "Of two things there are four kinds:\n- a\n- b\n- c\n- d",
            "Three reasons: a, b and c.",
            "Three reasons:\n- a",
            "Two or three steps:\n- a\n- b",
        ] {
            assert_eq!(found(right), [], "{right}");
        }
    }

    #[test]
    fn totals_are_those_of_their_lines() {
        let wrong = found("- Rent: £600\n- Food: £250\n- Bus: £40\n\n**Total: £990**");
        let message = "The total is 990, but the lines over it add up to 890.";
        assert_eq!(wrong, [("990".into(), message.into())]);
        for right in [
            "- Rent: £600\n- Food: £250\nTotal: £850",
            "- 3 × £5: £15\n- Food: £250\nTotal: £300",
            "Some text with 12 words.\nTotal: 5",
            "Rent 600, food 250.\nTotal: 900",
        ] {
            assert_eq!(found(right), [], "{right}");
        }
    }
}
