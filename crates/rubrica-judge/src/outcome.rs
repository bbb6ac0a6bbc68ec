//! From the judgments of single criteria to one score.

use rubrica_core::model::Rated;
use rubrica_core::{
    Aggregate, Criterion, CriterionJudgment, Distribution, Rubric, Score, Undefined,
};

/// Score, distribution and confidence over all criteria.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) score: Score,
    pub(crate) distribution: Option<Distribution>,
    pub(crate) confidence: Option<f64>,
    pub(crate) warnings: Vec<String>,
}

/// The judgment of a criterion by a model. A distribution that is not finite gives no score.
pub(crate) fn of_rating(criterion: &Criterion, rated: &Rated) -> CriterionJudgment {
    let score = match &rated.undefined {
        Some(why) => Score::Undefined(why.clone()),
        None => Score::from(rated.distribution.mean()),
    };
    let defined = score.value().is_some();
    CriterionJudgment {
        criterion: criterion.id.clone(),
        score,
        distribution: defined.then(|| rated.distribution.clone()),
        interval: rated.interval.filter(|ends| defined && ends.iter().all(|e| e.is_finite())),
        weight: criterion.weight,
    }
}

/// What ratings come with, each with the criterion that it is about.
pub(crate) fn notes(criteria: &[Criterion], rated: &[Rated]) -> Vec<String> {
    let of = |(criterion, rated): (&Criterion, &Rated)| {
        let named = |note: &String| format!("criterion `{}`: {note}", criterion.id);
        rated.notes.iter().map(named).collect::<Vec<_>>()
    };
    criteria.iter().zip(rated).flat_map(of).collect()
}

/// Aggregates `judged`, one entry a criterion of `rubric`, in its order.
pub(crate) fn aggregate(rubric: &Rubric, judged: &[CriterionJudgment]) -> Outcome {
    let scores: Vec<Option<f64>> = judged.iter().map(|j| j.score.value()).collect();
    let score = match rubric.aggregate(&scores) {
        Some(score) => Score::from(score),
        None => Score::Undefined(Undefined {
            code: "no_score".into(),
            reason: "no criterion with a weight above 0 has a score".into(),
        }),
    };
    let counted = || judged.iter().filter(|j| j.weight > 0.0 && j.score.value().is_some());
    let parts: Vec<(&Distribution, f64)> = match rubric.aggregate {
        // The worst criterion decides alone, and so does its distribution.
        Aggregate::Minimum => deciding(rubric, judged).into_iter().map(|d| (d, 1.0)).collect(),
        _ => counted().filter_map(|j| Some((j.distribution.as_ref()?, j.weight))).collect(),
    };
    let weight: f64 = parts.iter().map(|(_, w)| w).sum();
    let confidence: f64 = parts.iter().map(|(d, w)| d.confidence() * w).sum();
    let whole = parts.len() == counted().count() || rubric.aggregate == Aggregate::Minimum;
    // On mixed scales the score lies on 0 to 1, and no criterion's distribution does.
    let one_scale = same_ends(rubric);
    let distribution =
        (whole && one_scale).then(|| Distribution::mixture(parts.iter().copied())).flatten();
    let confidence = match &distribution {
        Some(mixture) => Some(mixture.confidence()),
        None => (weight > 0.0).then(|| confidence / weight),
    };
    let warnings = rubric.criteria.iter().zip(judged).filter_map(|(criterion, j)| {
        let Score::Undefined(why) = &j.score else { return None };
        Some(format!("criterion `{}` has no score and is left out: {}", criterion.id, why.reason))
    });
    let warnings = warnings.collect();
    Outcome { score, distribution, confidence, warnings }
}

fn same_ends(rubric: &Rubric) -> bool {
    let ends = |c: &Criterion| (c.scale.min, c.scale.max);
    rubric.criteria.windows(2).all(|pair| ends(&pair[0]) == ends(&pair[1]))
}

/// The distribution of the criterion with the lowest score.
fn deciding<'a>(rubric: &Rubric, judged: &'a [CriterionJudgment]) -> Option<&'a Distribution> {
    let counted = rubric.criteria.iter().zip(judged).filter(|(_, j)| j.weight > 0.0);
    let scored = counted.filter_map(|(c, j)| Some((c.scale.normalise(j.score.value()?), j)));
    let (_, lowest) = scored.min_by(|a, b| a.0.total_cmp(&b.0))?;
    lowest.distribution.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Scale;

    fn rubric(scales: &[Scale]) -> Rubric {
        let criteria = scales.iter().enumerate().map(|(i, scale)| Criterion {
            scale: scale.clone(),
            weight: (i + 1) as f64,
            ..Criterion::new(format!("c{i}"), "Is it?")
        });
        Rubric {
            name: "r".into(),
            description: None,
            criteria: criteria.collect(),
            aggregate: Aggregate::WeightedMean,
        }
    }

    fn rated(scale: &Scale, weights: &[f64]) -> Rated {
        let points = scale.points();
        Rated::new(Distribution::new(points, weights.to_vec()), None)
    }

    fn judge(rubric: &Rubric, weights: &[&[f64]]) -> Outcome {
        let judged: Vec<CriterionJudgment> = rubric
            .criteria
            .iter()
            .zip(weights)
            .map(|(c, w)| of_rating(c, &rated(&c.scale, w)))
            .collect();
        aggregate(rubric, &judged)
    }

    #[test]
    fn the_mixture_has_the_score_as_its_mean() {
        let rubric = rubric(&[Scale::likert(1, 3), Scale::likert(1, 3)]);
        let outcome = judge(&rubric, &[&[1.0, 1.0, 2.0], &[4.0, 1.0, 0.0]]);
        let (score, mixture) = (outcome.score.value(), outcome.distribution.expect("one scale"));
        assert!((score.expect("defined") - mixture.mean()).abs() < 1e-12);
        assert_eq!(outcome.confidence, Some(mixture.confidence()));
    }

    #[test]
    fn mixed_scales_have_a_score_and_confidence_but_no_distribution() {
        let rubric = rubric(&[Scale::binary(), Scale::likert(1, 3)]);
        let outcome = judge(&rubric, &[&[0.0, 1.0], &[0.0, 1.0, 0.0]]);
        // (1 · 1 + 2 · 0.5) / 3
        assert!((outcome.score.value().expect("defined") - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((outcome.distribution, outcome.confidence), (None, Some(1.0)));
    }

    #[test]
    fn the_worst_criterion_decides_with_its_distribution() {
        let mut rubric = rubric(&[Scale::likert(1, 3), Scale::likert(1, 3)]);
        rubric.aggregate = Aggregate::Minimum;
        let outcome = judge(&rubric, &[&[0.0, 0.0, 1.0], &[1.0, 1.0, 0.0]]);
        assert_eq!(outcome.score, Score::Defined(1.5));
        assert_eq!(outcome.distribution.expect("decided").probabilities, [0.5, 0.5, 0.0]);
    }

    #[test]
    fn what_is_not_finite_is_left_out_with_a_warning() {
        let rubric = rubric(&[Scale::likert(1, 3), Scale::likert(1, 3)]);
        let points = rubric.criteria[0].scale.points();
        let broken = Distribution { points, probabilities: vec![f64::NAN; 3] };
        let broken = Rated::new(broken, Some([1.0, 2.0]));
        let fine = rated(&rubric.criteria[1].scale, &[0.0, 1.0, 0.0]);
        let judged =
            [of_rating(&rubric.criteria[0], &broken), of_rating(&rubric.criteria[1], &fine)];
        assert_eq!((&judged[0].distribution, judged[0].interval), (&None, None));
        let outcome = aggregate(&rubric, &judged);
        assert_eq!(outcome.score, Score::Defined(2.0));
        assert_eq!(outcome.warnings.len(), 1);
        assert!(outcome.warnings[0].contains("`c0`"));
        let outcome = aggregate(&rubric, &[judged[0].clone(), judged[0].clone()]);
        assert!(matches!(&outcome.score, Score::Undefined(u) if u.code == "no_score"));
        assert_eq!((outcome.distribution, outcome.confidence), (None, None));
    }
}
