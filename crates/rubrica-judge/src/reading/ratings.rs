//! Scores: in brackets, at the end, as numbers of a scale or as its words.

use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::Scale;

use super::format::{Format, Gives, Reading, number, only, ranged, score};
use super::objects::values;
use crate::parsed::Parsed;
use crate::prometheus::parse_absolute;

pub(super) const PROMETHEUS_ABSOLUTE: Format = Format {
    id: "prometheus-absolute",
    title: "Feedback, then a score from 1 to 5",
    source: "Prometheus; Kim et al., 2024",
    gives: Gives::Score,
    expects: "[RESULT] and a whole number from 1 to 5 at the end",
    example: "Excellent. [RESULT] 5 out of 5",
    expected: r#"{"score":5.0}"#,
    parse: |text| parse_absolute(text, &Scale::likert(1, 5)).map(|found| score(found.score as f64)),
};

pub(super) const MT_BENCH_SINGLE: Format = Format {
    id: "mt-bench-single",
    title: "A rating from 1 to 10 in double brackets",
    source: "MT-Bench; Zheng et al., 2023",
    gives: Gives::Score,
    expects: "[[rating]] with a number from 1 to 10",
    example: "Helpful, with one slip. Rating: [[8.5]]",
    expected: r#"{"score":8.5}"#,
    parse: bracketed,
};

pub(super) const NUMBER_5: Format = Format {
    id: "number-5",
    title: "A number from 1 to 5",
    source: "MJ-Bench; Chen et al., 2024",
    gives: Gives::Score,
    expects: "\"RATING\" in JSON, or a last line, with a number from 1 to 5",
    example: r#"{"ANALYSIS": "It fits."} {"ALIGNMENT-RATING": 4}"#,
    expected: r#"{"score":4.0}"#,
    parse: |text| numbered(text, 1.0, 5.0),
};

pub(super) const NUMBER_10: Format = Format {
    id: "number-10",
    title: "A number from 1 to 10",
    source: "MJ-Bench; Chen et al., 2024",
    gives: Gives::Score,
    expects: "\"RATING\" in JSON, or a last line, with a number from 1 to 10",
    example: "Fine, but long.\nRating: 7",
    expected: r#"{"score":7.0}"#,
    parse: |text| numbered(text, 1.0, 10.0),
};

pub(super) const NUMBER_UNIT: Format = Format {
    id: "number-unit",
    title: "A number from 0 to 1",
    source: "MJ-Bench; Chen et al., 2024",
    gives: Gives::Score,
    expects: "\"RATING\" in JSON, or a last line, with a number from 0 to 1",
    example: r#"{"SAFETY-RATING": "0.25"}"#,
    expected: r#"{"score":0.25}"#,
    parse: |text| numbered(text, 0.0, 1.0),
};

pub(super) const LIKERT_5: Format = Format {
    id: "likert-5",
    title: "One of five words, from Extremely Poor (1) to Outstanding (5)",
    source: "MJ-Bench; Chen et al., 2024",
    gives: Gives::Score,
    expects: "\"RATING\" in JSON, or a last line: Extremely Poor, Poor, Average, Good or Outstanding",
    example: r#"{"ANALYSIS": "Not poor at all."} {"QUALITY-RATING": "Good"}"#,
    expected: r#"{"score":4.0}"#,
    parse: |text| worded(text, &WORDS_5),
};

pub(super) const LIKERT_10: Format = Format {
    id: "likert-10",
    title: "One of ten words, from Extremely Poor (1) to Outstanding (10)",
    source: "MJ-Bench; Chen et al., 2024",
    gives: Gives::Score,
    expects: "\"RATING\" in JSON, or a last line: Extremely Poor, Very Poor, Poor, Below Average, Average, \
              Above Average, Good, Very Good, Excellent or Outstanding",
    example: "It leaves half of it out.\nRating: Very Poor",
    expected: r#"{"score":2.0}"#,
    parse: |text| worded(text, &WORDS_10),
};

const WORDS_5: [&str; 5] = ["Extremely Poor", "Poor", "Average", "Good", "Outstanding"];

const WORDS_10: [&str; 10] = [
    "Extremely Poor",
    "Very Poor",
    "Poor",
    "Below Average",
    "Average",
    "Above Average",
    "Good",
    "Very Good",
    "Excellent",
    "Outstanding",
];

fn bracketed(text: &str) -> Parsed<Reading> {
    static RATING: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\[\[(-?[0-9]+(?:\.[0-9]+)?)\]\]").expect("a valid pattern"));
    let found = only(RATING.captures_iter(text).map(|capture| capture.extract::<1>().1[0]));
    ranged(found, |rating| number(rating, 1.0, 10.0)).map(score)
}

/// The rating of the JSON in a text, or else of its last line.
fn rating(text: &str) -> Parsed<String> {
    let named = |key: &str| key.to_ascii_lowercase().ends_with("rating");
    match only(values(text, named)) {
        Parsed::Missing => {}
        found => return found,
    }
    let Some(line) = text.lines().map(str::trim).rfind(|line| !line.is_empty()) else {
        return Parsed::Missing;
    };
    let (head, rest) = line.split_at_checked("rating:".len()).unwrap_or(("", line));
    let line = if head.eq_ignore_ascii_case("rating:") { rest } else { line };
    Parsed::Found(line.trim().trim_end_matches('.').to_owned())
}

fn numbered(text: &str, low: f64, high: f64) -> Parsed<Reading> {
    let told = rating(text);
    // A last line that is no number is prose; a number in the place of the rating is out of range.
    match told {
        Parsed::Found(line) if line.parse::<f64>().is_err() => Parsed::Missing,
        told => ranged(told, |value| number(value, low, high)).map(score),
    }
}

fn worded(text: &str, words: &[&str]) -> Parsed<Reading> {
    let place = |told: &str| words.iter().position(|word| word.eq_ignore_ascii_case(told));
    match rating(text) {
        Parsed::Found(told) => match place(&told) {
            Some(place) => Parsed::Found(score((place + 1) as f64)),
            None => Parsed::Missing,
        },
        other => ranged(other, |_| None),
    }
}
