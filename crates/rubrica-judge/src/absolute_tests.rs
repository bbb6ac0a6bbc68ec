use pollster::block_on;
use rubrica_core::{Aggregate, Criterion, Evidence, Layer, Quiet, Scale, Severity, Stage};

use super::*;
use crate::scripted::{CancelAfter, Scripted};

fn rubric(ids: &[&str]) -> Rubric {
    let criteria = ids.iter().map(|id| Criterion::new(*id, "Is it good?")).collect();
    Rubric { name: "r".into(), description: None, criteria, aggregate: Aggregate::WeightedMean }
}

fn run_on(
    model: &Scripted,
    sample: &Sample,
    rubric: &Rubric,
    options: &AbsoluteOptions,
) -> Result<Judgment> {
    block_on(absolute(model, sample, rubric, options, &Quiet))
}

fn judge(response: &str, rubric: &Rubric) -> Judgment {
    let sample = Sample::new("Write.", response);
    let options = AbsoluteOptions::default();
    block_on(absolute(&Scripted::new(), &sample, rubric, &options, &Quiet)).expect("judged")
}

fn occlusions(judgment: &Judgment) -> Vec<&Point> {
    let points = judgment.critique.points.iter();
    points.filter(|p| matches!(p.evidence, Evidence::Occlusion { .. })).collect()
}

#[test]
fn weighted_criteria_make_one_score() {
    let mut rubric = rubric(&["clarity", "tone"]);
    rubric.criteria[1].weight = 3.0;
    let judgment = judge("good:clarity and bad:tone here.", &rubric);
    let scores: Vec<f64> = judgment.per_criterion.iter().filter_map(|j| j.score.value()).collect();
    // 0.5 ± 0.1 of the way from 1 to 5.
    assert!((scores[0] - 3.4).abs() < 1e-12 && (scores[1] - 2.6).abs() < 1e-12);
    let score = judgment.score.value().expect("defined");
    assert!((score - (3.4 + 3.0 * 2.6) / 4.0).abs() < 1e-12);
    let mixture = judgment.distribution.as_ref().expect("one scale");
    assert!((mixture.mean() - score).abs() < 1e-12);
    assert_eq!(judgment.confidence, Some(mixture.confidence()));
    assert!(judgment.warnings.is_empty());
    let line = judgment.signature.to_string();
    let expected = format!("|rubric:{}|template:words/1|", rubric.fingerprint());
    assert!(line.contains(&expected) && line.contains("|inputs:instruction|"), "{line}");
    let json = serde_json::to_string(&judgment).expect("json");
    assert_eq!(serde_json::from_str::<Judgment>(&json).expect("valid"), judgment);
}

#[test]
fn criteria_on_different_scales() {
    let mut rubric = rubric(&["clarity", "safe", "style"]);
    rubric.criteria[1].scale = Scale::binary();
    rubric.criteria[2].scale = Scale::continuous(-10.0, 10.0);
    let judgment = judge("A good text. And bad:style too.", &rubric);
    let scores: Vec<f64> = judgment.per_criterion.iter().filter_map(|j| j.score.value()).collect();
    assert!((scores[0] - 3.4).abs() < 1e-9 && (scores[1] - 0.6).abs() < 1e-9);
    assert!(scores[2].abs() < 1e-9);
    assert!((judgment.score.value().expect("defined") - (0.6 + 0.6 + 0.5) / 3.0).abs() < 1e-9);
    assert_eq!(judgment.distribution, None);
    assert!(judgment.confidence.is_some());
    let summary = &judgment.critique.summary;
    let start = "Scores 0.57 on a scale from 0 to 1: best on clarity (3.40), worst on style";
    assert!(summary.starts_with(start), "{summary}");
}

#[test]
fn sentences_that_cost_or_bring_are_found() {
    let response = "😀 This is plain. Here is bad:clarity bad:clarity. That is good:clarity.";
    let judgment = judge(response, &rubric(&["clarity"]));
    let points = occlusions(&judgment);
    assert_eq!(points.len(), 2);
    let cost = points[0];
    assert_eq!(cost.severity, Severity::Major);
    assert_eq!(
        cost.span.expect("a span").slice(response),
        Some("Here is bad:clarity bad:clarity.")
    );
    assert_eq!(cost.message, "This sentence lowers clarity by 0.80.");
    let suggestion =
        "Reword or drop it: without it the response scores 3.40 on clarity, with it 2.60.";
    assert_eq!(cost.suggestion.as_deref(), Some(suggestion));
    let Evidence::Occlusion { with, without, delta, exact } = cost.evidence else {
        panic!("{cost:?}")
    };
    assert!((with - 2.6).abs() < 1e-12 && (without - 3.4).abs() < 1e-12);
    assert!((delta - (with - without)).abs() < 1e-12 && exact);
    let gain = points[1];
    assert_eq!((gain.severity, gain.suggestion.as_ref()), (Severity::Strength, None));
    assert_eq!(gain.message, "This sentence raises clarity by 0.40.");
    assert!(points.iter().all(|p| p.layer == Layer::Evidence));
    let summary = &judgment.critique.summary;
    assert!(
        summary.ends_with("Most is lost on clarity in “Here is bad:clarity bad:clarity.”."),
        "{summary}"
    );
}

#[test]
fn where_no_sentence_matters_longer_parts_are_tried() {
    let sentences = (0..60).map(|i| match i {
        30 | 31 => "This one is bad. ",
        _ => "This one is so-so. ",
    });
    let sample = Sample::new("Write.", sentences.collect::<String>());
    let critique = CritiqueOptions { min_delta: 0.5, ..CritiqueOptions::default() };
    let options = AbsoluteOptions { critique, ..AbsoluteOptions::default() };
    let judgment = run_on(&Scripted::new(), &sample, &rubric(&["clarity"]), &options);
    let judgment = judgment.expect("judged");
    // One sentence takes 0.1 of the scale; a quarter of 0.5 is asked of a part with both of them.
    let points = occlusions(&judgment);
    assert_eq!(points.len(), 1);
    assert_eq!(points[0].message, "These 5 sentences lower clarity by 0.80.");
    let quote = points[0].span.expect("a span").slice(sample.single_response().expect("one"));
    assert_eq!(quote.map(|q| q.matches("bad").count()), Some(2));
}

#[test]
fn points_are_limited_by_number_and_size() {
    let response = "A bad. B bad. C bad. D bad. E good. F good. G good.";
    let sample = Sample::new("Write.", response);
    let mut options = AbsoluteOptions::default();
    options.critique.per_criterion = 3;
    options.critique.strengths = 1;
    let run = |options: &AbsoluteOptions| {
        let rubric = rubric(&["clarity"]);
        run_on(&Scripted::new(), &sample, &rubric, options).expect("judged")
    };
    let judgment = run(&options);
    let (costs, gains): (Vec<&Point>, Vec<&Point>) =
        occlusions(&judgment).into_iter().partition(|p| p.severity > Severity::Strength);
    assert_eq!((costs.len(), gains.len()), (3, 1));
    // Equal effects: the first of the text.
    assert_eq!(costs[0].span.expect("a span").start, 0);
    options.critique.min_delta = 0.11;
    assert!(occlusions(&run(&options)).is_empty());
    options.critique.min_delta = 0.0;
    options.critique.occlude = false;
    assert!(occlusions(&run(&options)).is_empty());
}

#[test]
fn work_is_bounded_whatever_the_length() {
    let mut response = "This is a plain sentence of eight words here. ".repeat(4000);
    response.push_str("Here is a bad one.");
    let sample = Sample::new("Write.", response.as_str());
    let model = Scripted::new();
    let mut options = AbsoluteOptions::default();
    options.critique.max_segments = 48;
    let rubric = rubric(&["clarity"]);
    let judgment = run_on(&model, &sample, &rubric, &options).expect("judged");
    assert_eq!(model.reads.get(), 1 + 48);
    let point = occlusions(&judgment)[0];
    assert!(point.message.starts_with("These 8"), "{}", point.message);
    let part = point.span.and_then(|s| s.slice(&response)).expect("in the response");
    assert!(part.ends_with("Here is a bad one."));
}

#[test]
fn a_megabyte_is_refused_or_read() {
    let sample = Sample::new("Write.", "good bad ".repeat(120_000));
    let rubric = rubric(&["clarity"]);
    let options = AbsoluteOptions::default();
    let run = |options: &AbsoluteOptions| run_on(&Scripted::new(), &sample, &rubric, options);
    assert_eq!(
        run(&options).expect_err("too long"),
        Error::TextTooLong { path: "response".into(), length: 1_080_000, limit: MAX_CHARS }
    );
    let options = AbsoluteOptions { max_chars: 2_000_000, ..options };
    // A single sentence: nothing to take out.
    let judgment = run(&options).expect("judged");
    assert!(occlusions(&judgment).is_empty());
    assert!((judgment.score.value().expect("defined") - 3.0).abs() < 1e-6);
}

#[test]
fn a_batch_keeps_going() {
    let samples = [
        Sample { id: Some("1".into()), ..Sample::new("Write.", "good") },
        Sample::new("Write.", " \n "),
        Sample { responses: vec!["a".into(), "b".into()], ..Sample::default() },
        Sample { id: Some("4".into()), ..Sample::new("Write.", "bad") },
    ];
    let (rubric, options) = (rubric(&["clarity"]), AbsoluteOptions::default());
    let model = Scripted::new();
    let judged = absolute_batch(&model, &samples, &rubric, &options, &Quiet);
    let judgments = block_on(judged).expect("ran");
    let first = judgments[0].as_ref().expect("judged");
    assert_eq!(first.id, Some("1".into()));
    assert!((first.score.value().expect("defined") - 3.4).abs() < 1e-12);
    assert_eq!(judgments[1].as_ref().expect_err("blank").code(), "empty_text");
    assert_eq!(judgments[2].as_ref().expect_err("two").path(), Some("responses"));
    let last = judgments[3].as_ref().expect("judged");
    assert!((last.score.value().expect("defined") - 2.6).abs() < 1e-12);
}

#[test]
fn a_score_that_is_not_finite_is_undefined() {
    let judgment = judge("A good text. And more.", &rubric(&["broken"]));
    assert!(matches!(&judgment.score, Score::Undefined(u) if u.code == "no_score"));
    assert_eq!(judgment.warnings.len(), 1);
    assert!(occlusions(&judgment).is_empty());
    assert!(judgment.critique.summary.starts_with("No score: "));
    let half = judge("A good text. And more.", &rubric(&["broken", "clarity"]));
    assert!((half.score.value().expect("defined") - 3.4).abs() < 1e-12);
    assert!((half.distribution.expect("of the other").mean() - 3.4).abs() < 1e-12);
}

#[test]
fn cancelling_stops_in_rating_and_in_occlusion() {
    let sample = Sample::new("Write.", "One good. Two bad. Three.");
    let (rubric, options) = (rubric(&["clarity"]), AbsoluteOptions::default());
    for steps in 0..4 {
        let job = CancelAfter::steps(steps);
        let model = Scripted::new();
        let judged = block_on(absolute(&model, &sample, &rubric, &options, &job));
        assert_eq!(judged.expect_err("cancelled").code(), "cancelled", "{steps}");
    }
    let job = CancelAfter::steps(100);
    block_on(absolute(&Scripted::new(), &sample, &rubric, &options, &job)).expect("judged");
    let heard = job.heard.borrow();
    assert!(heard.iter().any(|p| p.stage == Stage::Occlude && p.total == 3));
}

#[test]
fn without_a_model_the_score_is_undefined() {
    let sample = Sample::new("Write.", "One good. Two bad.");
    let options = AbsoluteOptions::default();
    let judgment =
        absolute_without_model(&sample, &rubric(&["clarity"]), &options).expect("judged");
    assert!(matches!(&judgment.score, Score::Undefined(u) if u.code == "missing_model"));
    assert!(judgment.signature.models.is_empty() && judgment.warnings.is_empty());
    assert!(judgment.critique.summary.starts_with("No score: absolute needs a rubric model"));
}

#[test]
fn checks_and_metrics_need_no_model() {
    let sample = Sample::new("Write in at most 2 words.", "One good thing. Two bad things.");
    let json =
        r#"{"critique": {"checks": [{"id": "title", "kind": "contains", "all": ["Title"]}]}}"#;
    let options: AbsoluteOptions = serde_json::from_str(json).expect("valid");
    let judgment =
        absolute_without_model(&sample, &rubric(&["clarity"]), &options).expect("judged");
    let kinds: Vec<&Evidence> = judgment.critique.points.iter().map(|p| &p.evidence).collect();
    let (first, second) = (kinds[0], kinds[1]);
    assert!(matches!(first, Evidence::Check { check, .. } if check == "title"), "{kinds:?}");
    assert!(matches!(second, Evidence::Metric { metric, .. } if metric == "words"), "{kinds:?}");
    let summary = &judgment.critique.summary;
    assert!(summary.ends_with("1 check is not met. 1 measure stands out."), "{summary}");
    let misspelt = r#"{"critique": {"checks": [{"kind": "contains", "al": ["Title"]}]}}"#;
    assert!(serde_json::from_str::<AbsoluteOptions>(misspelt).is_err());
}

#[test]
fn rules_need_no_model_and_can_be_left_out() {
    let sample = Sample::new("What are 12 times 7, in lower case?", "So 12 × 7 = 74.");
    let mut options = AbsoluteOptions::default();
    let judge = |options: &AbsoluteOptions| {
        absolute_without_model(&sample, &rubric(&["clarity"]), options).expect("judged").critique
    };
    let critique = judge(&options);
    let evidence =
        Evidence::Rule { rule: "sums".into(), found: "74".into(), expected: Some("84".into()) };
    assert_eq!(critique.points[0].evidence, evidence);
    assert!(critique.summary.ends_with("Rules find 1 fault."), "{}", critique.summary);
    options.critique.rules = false;
    assert!(judge(&options).points.is_empty());
}

#[test]
fn a_text_outside_of_the_scope_of_a_model_is_noted_and_scored() {
    let german = "Das Wetter ist heute sehr schön, und wir gehen zusammen in den Park.";
    let sample = Sample::new("How is it?", german);
    let run = |model: &Scripted| {
        run_on(model, &sample, &rubric(&["clarity"]), &AbsoluteOptions::default()).expect("judged")
    };
    let plain = run(&Scripted::new());
    let mut model = Scripted::new();
    model.scope.languages = &["en"];
    let noted = run(&model);
    assert_eq!((plain.warnings.len(), noted.warnings.len()), (0, 1));
    assert!(noted.warnings[0].contains("language `de`"), "{:?}", noted.warnings);
    assert_eq!(plain.score, noted.score);
}

#[test]
fn options_and_rubrics_are_checked() {
    let sample = Sample::new("Write.", "One.");
    let run = |rubric: &Rubric, options: &AbsoluteOptions| {
        let error = run_on(&Scripted::new(), &sample, rubric, options).expect_err("bad");
        error.path().expect("a place").to_owned()
    };
    let mut options = AbsoluteOptions::default();
    assert_eq!(run(&rubric(&["a", "a"]), &options), "rubric.criteria[1].id");
    options.critique.max_segments = 1;
    assert_eq!(run(&rubric(&["a"]), &options), "critique.max_segments");
    options.critique.max_segments = 2;
    options.critique.min_delta = f64::NAN;
    assert_eq!(run(&rubric(&["a"]), &options), "critique.min_delta");
    let read = serde_json::from_str::<AbsoluteOptions>;
    assert!(read(r#"{"critique": {"weeknesses": 1}}"#).is_err());
    assert_eq!(read("{}").expect("defaults"), AbsoluteOptions::default());
}
