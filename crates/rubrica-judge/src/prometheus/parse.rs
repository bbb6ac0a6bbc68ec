//! The strict parser of Prometheus output.

use std::sync::LazyLock;

use regex::Regex;
use rubrica_core::{Preference, Scale};
use serde::{Deserialize, Serialize};

use crate::parsed::Parsed;

/// A score with the feedback before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// The score.
    pub score: i64,
    /// The text before it, trimmed.
    pub feedback: String,
}

/// Reads the score from the end of a judge's text.
///
/// Accepted are `[RESULT] 4`, `[SCORE] 4`, `Score: 4`, `Result: 4`, `[Result]: 4` and `score of 4`,
/// in any case, the number perhaps in brackets or followed by `/5` or `out of 5` (the top of
/// `scale`), and nothing but space after it. Whatever comes earlier in the text is feedback: a judge
/// may well quote "the reference (Score 5)" first.
pub fn parse_absolute(text: &str, scale: &Scale) -> Parsed<Scored> {
    static SCORE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)
            (?: \[(?:result|score)\]:? | \b(?: score\s+of | score:? | result:? ) )
            [\s(\[]*
            (?<score> [0-9]+ )
            (?: \s*/\s*(?<slash> [0-9]+ ) | \s*out\s*of\s*(?<of> [0-9]+ ) )?
            [)\]]?
            \s*$",
        )
        .expect("a valid pattern")
    });
    let Some(found) = SCORE.captures(text) else { return Parsed::Missing };
    if let Some(top) = found.name("slash").or(found.name("of"))
        && top.as_str().parse::<f64>() != Ok(scale.max)
    {
        return Parsed::OutOfRange(format!("{} of {}", &found["score"], top.as_str()));
    }
    match found["score"].parse::<i64>() {
        Ok(score) if scale.min <= score as f64 && score as f64 <= scale.max => {
            let start = found.get(0).map_or(0, |whole| whole.start());
            Parsed::Found(Scored { score, feedback: text[..start].trim().to_owned() })
        }
        _ => Parsed::OutOfRange(found["score"].to_owned()),
    }
}

/// Reads the winner from a judge's text.
///
/// Accepted are `[RESULT] A`, `[RESULT] Response A`, `[Result: A]`, `[Response A` and, at the start
/// of a line, `Result: A`, in any case, each at the end of a line. Two that differ are no verdict.
pub fn parse_relative(text: &str) -> Parsed<Preference> {
    static WINNER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?imx)
            (?: \[result\]:? (?:\s*response\b)? | \[result: | \[response\s | ^\s*result\b:? )
            \s* (?<winner> [AB] ) \s* \]? \s* $",
        )
        .expect("a valid pattern")
    });
    let mut found: Vec<String> = Vec::new();
    for capture in WINNER.captures_iter(text) {
        let winner = capture["winner"].to_ascii_uppercase();
        if !found.contains(&winner) {
            found.push(winner);
        }
    }
    match found.as_slice() {
        [] => Parsed::Missing,
        [winner] if winner == "A" => Parsed::Found(Preference::A),
        [_] => Parsed::Found(Preference::B),
        _ => Parsed::Ambiguous(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(text: &str) -> Parsed<i64> {
        parse_absolute(text, &Scale::likert(1, 5)).map(|s| s.score)
    }

    #[test]
    fn feedback_is_what_stands_before() {
        let scored = parse_absolute("Clear, but thin. \n[RESULT] 3\n", &Scale::default());
        let expected = Scored { score: 3, feedback: "Clear, but thin.".into() };
        assert_eq!(scored, Parsed::Found(expected));
    }

    #[test]
    fn the_scale_decides() {
        assert_eq!(score("[RESULT] 7"), Parsed::OutOfRange("7".into()));
        assert_eq!(score("[RESULT] 0"), Parsed::OutOfRange("0".into()));
        assert_eq!(score("[RESULT] 4/10"), Parsed::OutOfRange("4 of 10".into()));
        assert_eq!(
            score("[RESULT] 99999999999999999999"),
            Parsed::OutOfRange("99999999999999999999".into())
        );
        let ten = Scale::likert(1, 10);
        assert_eq!(parse_absolute("[RESULT] 7 out of 10", &ten).map(|s| s.score), Parsed::Found(7));
        assert_eq!(
            parse_absolute("Result: 0", &Scale::binary()).map(|s| s.score),
            Parsed::Found(0)
        );
    }

    #[test]
    fn nothing_may_follow() {
        assert_eq!(score("[RESULT] 4, I would say"), Parsed::Missing);
        assert_eq!(score("[RESULT] 4.5"), Parsed::Missing);
        assert_eq!(score("an underscore 4"), Parsed::Missing);
        assert_eq!(score(""), Parsed::Missing);
    }

    #[test]
    fn winners_must_agree() {
        let both = Parsed::Ambiguous(vec!["A".into(), "B".into()]);
        assert_eq!(parse_relative("[RESULT] A\nNo, wait.\n[RESULT] B"), both);
        assert_eq!(parse_relative("[RESULT] b"), Parsed::Found(Preference::B));
        assert_eq!(parse_relative("Result: A\n"), Parsed::Found(Preference::A));
        assert_eq!(parse_relative("The Result: A"), Parsed::Missing);
        assert_eq!(parse_relative("[RESULT] AB"), Parsed::Missing);
    }

    #[test]
    fn a_megabyte_is_read_in_one_pass() {
        let mut text = "Score 5 of what? ".repeat(60_000);
        assert_eq!(score(&text), Parsed::Missing);
        text.push_str("[RESULT] 2");
        assert_eq!(score(&text), Parsed::Found(2));
    }
}
