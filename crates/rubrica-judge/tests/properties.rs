//! What must hold for any text and rubric, on the scripted model.

#[path = "../src/scripted.rs"]
#[allow(dead_code, reason = "shared with the unit tests, which use all of it")]
mod scripted;

use pollster::block_on;
use proptest::prelude::*;
use rubrica_core::{
    Aggregate, Comparison, Criterion, Evidence, Layer, Quiet, Rubric, Sample, Scale,
};
use rubrica_judge::prometheus::{parse_absolute, parse_relative};
use rubrica_judge::{
    AbsoluteOptions, BestOfNOptions, PairwiseOptions, absolute, best_of_n, pairwise, parse_arena,
};
use scripted::Scripted;

/// Texts of several sentences, with words that the scripted model hears, and with hostile ones.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("good"),
        Just("bad"),
        Just("good:c0"),
        Just("bad:c1"),
        Just("word"),
        Just("👩‍👩‍👧"),
        Just("\0"),
        Just("naïve"),
        Just("Dr."),
        Just("\u{202e}x"),
    ];
    let sentence = prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "));
    let end = prop_oneof![Just(". "), Just("! "), Just("\n\n"), Just(" ")];
    prop::collection::vec((sentence, end), 1..8)
        .prop_map(|parts| parts.into_iter().map(|(s, end)| format!("So {s}{end}")).collect())
}

fn rubrics() -> impl Strategy<Value = Rubric> {
    let scale = prop_oneof![
        Just(Scale::likert(1, 5)),
        Just(Scale::likert(0, 10)),
        Just(Scale::binary()),
        Just(Scale::continuous(-1.0, 1.0)),
    ];
    let criteria = prop::collection::vec((scale, 0.1..5.0f64), 1..4);
    (criteria, any::<bool>()).prop_map(|(criteria, minimum)| Rubric {
        name: "r".into(),
        description: None,
        criteria: criteria
            .into_iter()
            .enumerate()
            .map(|(i, (scale, weight))| Criterion {
                scale,
                weight,
                ..Criterion::new(format!("c{i}"), "Is it good?")
            })
            .collect(),
        aggregate: if minimum { Aggregate::Minimum } else { Aggregate::WeightedMean },
    })
}

proptest! {
    #[test]
    fn judgments_are_bounded_and_deterministic(text in texts(), rubric in rubrics()) {
        let sample = Sample::new("Write.", text.as_str());
        let options = AbsoluteOptions::default();
        let run = || {
            let model = Scripted::new();
            block_on(absolute(&model, &sample, &rubric, &options, &Quiet)).expect("judged")
        };
        let judgment = run();
        prop_assert_eq!(&judgment, &run());
        let (scale, score) = (rubric.output_scale(), judgment.score.value().expect("defined"));
        prop_assert!(scale.min - 1e-9 <= score && score <= scale.max + 1e-9);
        if let Some(distribution) = &judgment.distribution {
            prop_assert!((distribution.mean() - score).abs() < 1e-9);
        }
        prop_assert!(judgment.confidence.is_some_and(|c| (0.0..=1.0).contains(&c)));
        prop_assert!(!judgment.critique.summary.is_empty());
        let points = &judgment.critique.points;
        prop_assert!(points.windows(2).all(|w| w[0].severity >= w[1].severity));
        for point in points {
            prop_assert_eq!(point.layer, Layer::Evidence);
            let part = point.span.map(|span| span.slice(&text));
            prop_assert!(part.is_none_or(|p| p.is_some_and(|p| !p.trim().is_empty())));
            if let Evidence::Occlusion { with, without, delta, .. } = point.evidence {
                prop_assert_eq!(delta, with - without);
            }
        }
    }

    #[test]
    fn a_verdict_turns_with_its_responses(a in texts(), b in texts(), tie_margin in 0.0..0.4f64) {
        let options = PairwiseOptions { tie_margin, ..PairwiseOptions::default() };
        let pair = Comparison::new("p", a, b);
        let run = |pair: &Comparison| {
            block_on(pairwise(&Scripted::new(), pair, &options, &Quiet)).expect("judged")
        };
        let (one, two) = (run(&pair), run(&pair.swapped()));
        prop_assert_eq!(one.preferred, two.preferred.flipped());
        prop_assert!((one.probability + two.probability - 1.0).abs() < 1e-12);
        prop_assert!(one.consistent && one.per_order.len() == 2);
    }

    #[test]
    fn a_ranking_holds_every_response_once(responses in prop::collection::vec(texts(), 2..8)) {
        let n = responses.len();
        let sample = Sample { responses, ..Sample::default() };
        let options = BestOfNOptions::default();
        let ranking =
            block_on(best_of_n(&Scripted::new(), &sample, &options, &Quiet)).expect("ranked");
        let mut indices: Vec<usize> = ranking.ranking.iter().map(|r| r.index).collect();
        indices.sort_unstable();
        prop_assert_eq!(indices, (0..n).collect::<Vec<_>>());
        prop_assert!(ranking.ranking.windows(2).all(|w| w[0].rank <= w[1].rank));
        let scores: Vec<f64> = ranking.ranking.iter().filter_map(|r| r.score).collect();
        prop_assert!(scores.len() == n && scores.windows(2).all(|w| w[0] + 1e-5 >= w[1]));
        prop_assert_eq!(ranking.ranking[0].rank, 1);
        prop_assert!(!ranking.best.is_empty());
    }

    #[test]
    fn parsers_take_anything(text in any::<String>(), tail in "(\\[RESULT\\]|Score:|\\[\\[)? ?[AB0-9>=\\]/]{0,6}") {
        let text = text + &tail;
        for scale in [Scale::likert(1, 5), Scale::binary()] {
            if let Some(scored) = parse_absolute(&text, &scale).found() {
                prop_assert!(scale.min <= scored.score as f64 && scored.score as f64 <= scale.max);
            }
        }
        let _ = (parse_relative(&text), parse_arena(&text));
    }
}
