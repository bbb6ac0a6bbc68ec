//! Numbers that a response states and its sources do not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Span;

/// The places in `response` of numbers of at least two digits that none of `sources` holds, each
/// number once, in the order of the text.
///
/// `1,234.50` and `1234.5` are one number; a number spelt out in a source is not recognised.
pub(super) fn unsupported(response: &str, sources: &[&str]) -> Vec<Span> {
    let mut known: BTreeSet<String> =
        sources.iter().flat_map(|text| numbers(text)).map(|(_, number)| number).collect();
    let (mut byte, mut scalar) = (0, 0);
    let mut found = Vec::new();
    for (range, number) in numbers(response) {
        let digits = number.chars().filter(char::is_ascii_digit).count();
        if digits < 2 || !known.insert(number) {
            continue;
        }
        scalar += response[byte..range.start].chars().count();
        byte = range.start;
        found.push(Span::new(scalar, scalar + range.len()));
    }
    found
}

/// Numbers with their byte ranges, written alike: no grouping, no zeros after the point.
fn numbers(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, String)> + '_ {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\b|\b[0-9]+(?:\.[0-9]+)?\b")
            .expect("a valid pattern")
    });
    NUMBER.find_iter(text).map(|found| {
        let plain = found.as_str().replace(',', "");
        let plain = match plain.split_once('.') {
            Some((whole, fraction)) => match fraction.trim_end_matches('0') {
                "" => whole.to_owned(),
                fraction => format!("{whole}.{fraction}"),
            },
            None => plain,
        };
        (found.range(), plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(response: &str, sources: &[&str], expected: &[&str]) {
        let found: Vec<&str> = unsupported(response, sources)
            .into_iter()
            .map(|span| span.slice(response).expect("in the response"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_what_no_source_has() {
        check("😀 Closed on 14 March 2021.", &["on 4 March 2021"], &["14"]);
        check("It cost 3,200,000.50, not 17.", &["3200000.5 in all"], &["17"]);
        check("12 and again 12.0", &[], &["12"]);
    }

    #[test]
    fn single_digits_and_parts_of_words_do_not_count() {
        check("There are 7 of them in B52 and x86.", &["none"], &[]);
        check("", &["12"], &[]);
    }
}
