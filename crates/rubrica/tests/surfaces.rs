//! The library's answers to `tests/golden/surfaces.json`, which the command line, the npm package and
//! the page have to give too: same text, same rubric, same score and signature.
//!
//! `UPDATE_GOLDENS=1 cargo test --release -p rubrica --test surfaces` writes the expectations anew.

use std::fs;
use std::path::{Path, PathBuf};

use pollster::block_on;
use rubrica::catalogue::{JudgeModel, ModelFolder};
use rubrica::core::{Point, Quiet, Sample, Signature, Span, read_comparison, read_sample};
use rubrica::judge::rubrics::Expect;
use rubrica::judge::{
    AbsoluteOptions, CritiqueOptions, PairwiseOptions, absolute, pairwise, rubrics,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize)]
struct Golden {
    about: String,
    judge: String,
    tolerance: f64,
    scores: Vec<ScoreCase>,
    comparisons: Vec<CompareCase>,
}

#[derive(Serialize, Deserialize)]
struct ScoreCase {
    rubric: String,
    sample: Value,
    expected: ExpectedScore,
}

#[derive(Serialize, Deserialize, Debug, Default)]
#[serde(default)]
struct ExpectedScore {
    score: f64,
    probabilities: Vec<f64>,
    /// The parts of the response that the critique points at, in order.
    quotes: Vec<String>,
    signature: Value,
}

#[derive(Serialize, Deserialize)]
struct CompareCase {
    comparison: Value,
    expected: ExpectedVerdict,
}

#[derive(Serialize, Deserialize, Debug, Default)]
#[serde(default)]
struct ExpectedVerdict {
    preferred: Value,
    probability: f64,
    signature: Value,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn signature(signature: &Signature) -> Value {
    serde_json::to_value(signature).expect("serialises")
}

fn quotes(sample: &Sample, points: &[Point]) -> Vec<String> {
    let text = sample.single_response().expect("one response");
    let quote = |span: Span| span.slice(text).expect("inside").to_owned();
    points.iter().filter_map(|p| p.span).map(quote).collect()
}

fn score(judge: &JudgeModel, case: &ScoreCase) -> ExpectedScore {
    let sample = read_sample(&case.sample.to_string()).expect("a sample");
    let rubric = rubrics::builtin(&case.rubric).expect("built in").rubric();
    let judgment = block_on(absolute(judge, &sample, &rubric, &AbsoluteOptions::default(), &Quiet))
        .expect("judged");
    ExpectedScore {
        score: judgment.score.value().expect("defined"),
        probabilities: judgment.distribution.map_or(vec![], |d| d.probabilities),
        quotes: quotes(&sample, &judgment.critique.points),
        signature: signature(&judgment.signature),
    }
}

fn compare(judge: &JudgeModel, case: &CompareCase) -> ExpectedVerdict {
    let pair = read_comparison(&case.comparison.to_string()).expect("a comparison");
    let verdict =
        block_on(pairwise(judge, &pair, &PairwiseOptions::default(), &Quiet)).expect("judged");
    ExpectedVerdict {
        preferred: json!(verdict.preferred),
        probability: verdict.probability,
        signature: signature(&verdict.signature),
    }
}

#[test]
fn the_library_gives_what_every_surface_gives() {
    let path = root().join("tests/golden/surfaces.json");
    let text = fs::read_to_string(&path).expect("the golden");
    let mut golden: Golden = serde_json::from_str(&text).expect("valid");
    let judge = block_on(ModelFolder::new(root().join("models")).judge(&golden.judge))
        .expect("the judge; `./x models` fetches its encoder");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        for case in &mut golden.scores {
            case.expected = score(&judge, case);
        }
        for case in &mut golden.comparisons {
            case.expected = compare(&judge, case);
        }
        fs::write(&path, serde_json::to_string_pretty(&golden).expect("serialises") + "\n")
            .expect("writes");
    }
    let close = |a: f64, b: f64| (a - b).abs() <= golden.tolerance;
    for case in &golden.scores {
        let (found, expected) = (score(&judge, case), &case.expected);
        assert!(close(found.score, expected.score), "{found:?}, expected {expected:?}");
        assert_eq!(found.probabilities.len(), expected.probabilities.len());
        for (a, b) in found.probabilities.iter().zip(&expected.probabilities) {
            assert!(close(*a, *b), "{found:?}, expected {expected:?}");
        }
        assert_eq!(found.quotes, expected.quotes);
        assert_eq!(found.signature, expected.signature);
    }
    for case in &golden.comparisons {
        let (found, expected) = (compare(&judge, case), &case.expected);
        assert!(close(found.probability, expected.probability), "{found:?}, expected {expected:?}");
        assert_eq!(
            (&found.preferred, &found.signature),
            (&expected.preferred, &expected.signature)
        );
    }
}

/// Every built-in rubric says of some cases what they are meant to show; the judge has to see it.
#[test]
fn good_cases_of_the_rubrics_score_above_bad_ones() {
    let judge = block_on(ModelFolder::new(root().join("models")).judge("rubrica-judge-mini"))
        .expect("the judge; `./x models` fetches its tokenizer");
    let options = AbsoluteOptions { critique: no_occlusion(), ..AbsoluteOptions::default() };
    for builtin in rubrics::builtins() {
        let (rubric, mut good, mut bad) = (builtin.rubric(), Vec::new(), Vec::new());
        for case in builtin.cases() {
            let judgment = block_on(absolute(&judge, &case.sample, &rubric, &options, &Quiet));
            let score = judgment.expect("judged").score.value().expect("defined");
            match case.expect {
                Expect::Good => good.push(score),
                Expect::Bad => bad.push(score),
            }
        }
        let least = good.iter().copied().fold(f64::INFINITY, f64::min);
        let most = bad.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!(least > most, "{}: good {good:?}, bad {bad:?}", builtin.id);
    }
}

fn no_occlusion() -> CritiqueOptions {
    CritiqueOptions { occlude: false, ..CritiqueOptions::default() }
}
