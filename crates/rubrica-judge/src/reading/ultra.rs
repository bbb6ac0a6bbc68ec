//! UltraFeedback (Cui et al., 2023): ratings of several responses by one aspect, and an overall score.

use std::sync::LazyLock;

use regex::Regex;

use super::format::{Format, Gives, Reading, number, only, ranged, score};
use crate::parsed::Parsed;

pub(super) const ASPECT: Format = Format {
    id: "ultrafeedback-aspect",
    title: "Ratings of two to four responses by one aspect (instruction following, honesty, truthfulness, helpfulness)",
    source: "UltraFeedback; Cui et al., 2023",
    gives: Gives::Scores,
    expects: "two to four blocks with a blank line between them, each with one line `Rating: ` and 1 to 5 or N/A",
    example: "Rating: 4\nRationale: It does what is asked.\n\nType: 1\nRationale: A wrong date.\nRating: 2\nRationale: One error.",
    expected: r#"{"scores":[4.0,2.0]}"#,
    parse: aspect,
};

pub(super) const CRITIQUE: Format = Format {
    id: "ultrafeedback-critique",
    title: "Feedback and an overall score from 1 to 10",
    source: "UltraFeedback; Cui et al., 2023",
    gives: Gives::Score,
    expects: "a line `Overall Score: ` with a number from 1 to 10",
    example: "Say first what it is for.\nOverall Score: 7/10",
    expected: r#"{"score":7.0}"#,
    parse: overall,
};

fn aspect(text: &str) -> Parsed<Reading> {
    static BLANK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\r?\n[ \t]*\r?\n").expect("a valid pattern"));
    static RATING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?m)^[ \t]*Rating:[ \t]*(.*?)[ \t\r]*$").expect("a valid pattern")
    });
    let mut scores = Vec::new();
    for block in BLANK.split(text) {
        let told = only(RATING.captures_iter(block).map(|capture| capture.extract::<1>().1[0]));
        if told == Parsed::Missing {
            continue;
        }
        match ranged(told, |rating| match rating {
            "N/A" => Some(None),
            rating => number(rating, 1.0, 5.0).map(Some),
        }) {
            Parsed::Found(rating) => scores.push(rating),
            Parsed::Missing => {}
            Parsed::OutOfRange(found) => return Parsed::OutOfRange(found),
            Parsed::Ambiguous(found) => return Parsed::Ambiguous(found),
        }
    }
    match scores.len() {
        0 => Parsed::Missing,
        2..=4 => Parsed::Found(Reading::Scores { scores }),
        n => Parsed::OutOfRange(format!("{n} ratings")),
    }
}

fn overall(text: &str) -> Parsed<Reading> {
    static OVERALL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?im)^[ \t#*]*overall score:?[ \t*]*:?[ \t*]*(-?[0-9]+(?:\.[0-9]+)?)(?:[ \t]*/[ \t]*10)?[ \t*.\r]*$")
            .expect("a valid pattern")
    });
    let found = only(OVERALL.captures_iter(text).map(|capture| capture.extract::<1>().1[0]));
    ranged(found, |told| number(told, 1.0, 10.0)).map(score)
}

/// The mean of the ratings that are given; none without any.
pub fn fine_grained_score(ratings: &[Option<f64>]) -> Option<f64> {
    let given: Vec<f64> = ratings.iter().copied().flatten().collect();
    (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64)
}

/// What becomes of an overall score beside the mean of the four aspects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Repaired {
    /// The score stands, or is the one that a slip was made for.
    Score(f64),
    /// The two contradict each other, and only a new annotation can tell.
    Annotate,
}

/// Repairs an overall score of 10, which stands for 1 in some of the published annotations: beside a mean of at
/// most 2 it is 1, of at most 4 it has to be annotated again, above that it stands.
pub fn repaired_overall(overall: f64, fine_grained: f64) -> Repaired {
    match overall {
        10.0 if fine_grained <= 2.0 => Repaired::Score(1.0),
        10.0 if fine_grained <= 4.0 => Repaired::Annotate,
        _ => Repaired::Score(overall),
    }
}
