//! Verdicts that stand in JSON.

use super::format::{Format, Gives, Reading, number, only, ranged, score, verdict};
use super::objects::values;
use crate::arena::ArenaLabel;
use crate::parsed::Parsed;

pub(super) const WILD_BENCH_PAIR: Format = Format {
    id: "wildbench-pair",
    title: "JSON with a choice, from A++ to B++",
    source: "WildBench; Lin et al., 2024",
    gives: Gives::Verdict,
    expects: r#"a JSON object with "choice": "A++", "A+", "A=B", "B+" or "B++""#,
    example: r#"{"analysis of A": "brief", "reason of B++": "complete", "choice": "B++"}"#,
    expected: r#"{"verdict":"B>>A"}"#,
    parse: |text| choice(text).map(verdict),
};

pub(super) const OPEN_COMPASS_PAIR: Format = Format {
    id: "wildbench-pair-opencompass",
    title: "As wildbench-pair, where B++ is B+, as OpenCompass reads it",
    source: "CompassJudger-1; Cao et al., 2024",
    gives: Gives::Verdict,
    expects: r#"a JSON object with "choice": "A++", "A+", "A=B", "B+" or "B++""#,
    example: r#"{"choice": "B++"}"#,
    expected: r#"{"verdict":"B>A"}"#,
    parse: |text| {
        choice(text).map(|label| match label {
            // OpenCompass asks for `B+` before `B++`.
            ArenaLabel::BMuchBetter => verdict(ArenaLabel::BBetter),
            other => verdict(other),
        })
    },
};

pub(super) const COMPASS_JUDGER: Format = Format {
    id: "compass-judger",
    title: "JSON with the better model",
    source: "CompassJudger-2; Zhang et al., 2025",
    gives: Gives::Verdict,
    expects: r#"a JSON object with "Choice": "Model A" or "Model B""#,
    example: r#"{"Choice": "Model A"}"#,
    expected: r#"{"verdict":"A>B"}"#,
    parse: |text| {
        ranged(only(values(text, |key| key == "Choice")), |choice| match choice {
            "Model A" => Some(verdict(ArenaLabel::ABetter)),
            "Model B" => Some(verdict(ArenaLabel::BBetter)),
            _ => None,
        })
    },
};

pub(super) const WILD_BENCH_SCORE: Format = Format {
    id: "wildbench-score",
    title: "JSON with a score from 1 to 10",
    source: "WildBench; Lin et al., 2024",
    gives: Gives::Score,
    expects: r#"a JSON object with "score" from 1 to 10"#,
    example: r#"{"strengths": "clear", "weaknesses": "short", "score": "7"}"#,
    expected: r#"{"score":7.0}"#,
    parse: |text| scored(text, "score", 1.0, 10.0),
};

pub(super) const FOFO: Format = Format {
    id: "fofo",
    title: "JSON that says whether a format was followed: 0 or 1",
    source: "FoFo, as CompassJudger reads it; Cao et al., 2024",
    gives: Gives::Score,
    expects: r#"a JSON object with "format_correctness": 0 or 1"#,
    example: r#"{"format_correctness": 1, "reasons": []}"#,
    expected: r#"{"score":1.0}"#,
    parse: |text| match scored(text, "format_correctness", 0.0, 1.0) {
        Parsed::Found(Reading::Score { score }) if score.fract() != 0.0 => {
            Parsed::OutOfRange(score.to_string())
        }
        other => other,
    },
};

fn choice(text: &str) -> Parsed<ArenaLabel> {
    ranged(only(values(text, |key| key == "choice")), |choice| {
        Some(match choice {
            "A++" => ArenaLabel::AMuchBetter,
            "A+" => ArenaLabel::ABetter,
            "A=B" => ArenaLabel::Tie,
            "B+" => ArenaLabel::BBetter,
            "B++" => ArenaLabel::BMuchBetter,
            _ => return None,
        })
    })
}

fn scored(text: &str, key: &str, low: f64, high: f64) -> Parsed<Reading> {
    ranged(only(values(text, |k| k == key)), |value| number(value, low, high)).map(score)
}
