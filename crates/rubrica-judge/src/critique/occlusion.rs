//! Which sentences carry the score: the response is judged again with each part taken out.
//!
//! Occlusion after Zeiler and Fergus (2014), and the leave-one-out of Li et al. (2016) for text. A
//! difference says what the judge reacts to, which is not always what a reader would.

use rubrica_core::model::Occluded;
use rubrica_core::{
    Criterion, CriterionJudgment, Evidence, Job, Point, Result, Rubric, RubricModel, Severity,
    Stage,
};
use rubrica_metrics::text;

use super::CritiqueOptions;
use super::segments::{Segment, segments};
use crate::input::Input;
use crate::severity;

/// What one part does to one criterion.
#[derive(Clone, Copy)]
struct Effect<'a> {
    criterion: &'a Criterion,
    segment: Segment,
    with: f64,
    occluded: Occluded,
}

impl Effect<'_> {
    /// `with − without` as a share of the scale; above 0, the part helps.
    fn share(&self) -> f64 {
        let scale = &self.criterion.scale;
        (self.with - self.occluded.score) / (scale.max - scale.min)
    }
}

/// Numbers of parts to try when no finer part makes a difference, each with what is then asked of a
/// part, as a share of `min_delta`: no part of a long text moves its score as much as a sentence of
/// a short one does.
const COARSER: [(usize, f64); 2] = [(48, 0.5), (12, 0.25)];

/// Points about the parts that cost or bring most, by sentence or, in a long response where no
/// single sentence matters, by longer parts. None for a response of one sentence.
///
/// # Errors
/// [`rubrica_core::Error::Cancelled`], or a model error.
pub(super) async fn points<M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    rubric: &Rubric,
    judged: &[CriterionJudgment],
    options: &CritiqueOptions,
    job: &dyn Job,
) -> Result<Vec<Point>> {
    let sentences = text::sentences(input.response);
    let mut parts = usize::MAX;
    for (most, share) in [(options.max_segments, 1.0)].into_iter().chain(COARSER) {
        let segments = segments(&sentences, most);
        if segments.len() < 2 || segments.len() >= parts {
            continue;
        }
        parts = segments.len();
        let effects = effects(model, input, rubric, judged, &segments, job).await?;
        let least = options.min_delta * share;
        let costs = strongest(&effects, -1.0, least, options.weaknesses, options);
        let helps = strongest(&effects, 1.0, least, options.strengths, options);
        if !costs.is_empty() || !helps.is_empty() {
            return Ok(costs.into_iter().chain(helps).map(point).collect());
        }
    }
    Ok(Vec::new())
}

/// What each part does to each criterion.
async fn effects<'r, M: RubricModel>(
    model: &M,
    input: &Input<'_>,
    rubric: &'r Rubric,
    judged: &[CriterionJudgment],
    segments: &[Segment],
    job: &dyn Job,
) -> Result<Vec<Effect<'r>>> {
    job.step(Stage::Occlude, 0, segments.len()).await?;
    let spans: Vec<_> = segments.iter().map(|s| s.span).collect();
    let without = model.rate_without(input.as_judge(), &rubric.criteria, &spans, job).await?;
    job.step(Stage::Occlude, segments.len(), segments.len()).await?;
    let mut effects = Vec::new();
    for (&segment, row) in segments.iter().zip(&without) {
        for ((criterion, judgment), &occluded) in rubric.criteria.iter().zip(judged).zip(row) {
            let Some(with) = judgment.score.value().filter(|_| occluded.score.is_finite()) else {
                continue;
            };
            effects.push(Effect { criterion, segment, with, occluded });
        }
    }
    Ok(effects)
}

/// The strongest effects of one sign that reach `least`, so many in all and for each criterion. Equal
/// ones come in the order of the text, so that the choice does not hang on the sort.
fn strongest<'a>(
    effects: &[Effect<'a>],
    sign: f64,
    least: f64,
    limit: usize,
    options: &CritiqueOptions,
) -> Vec<Effect<'a>> {
    let mut sorted: Vec<Effect<'a>> =
        effects.iter().copied().filter(|e| sign * e.share() >= least).collect();
    sorted.sort_by(|a, b| (sign * b.share()).total_cmp(&(sign * a.share())));
    let mut chosen: Vec<Effect<'a>> = Vec::new();
    for effect in sorted {
        let same = chosen.iter().filter(|c| c.criterion.id == effect.criterion.id).count();
        if chosen.len() < limit && same < options.per_criterion {
            chosen.push(effect);
        }
    }
    chosen
}

fn point(effect: Effect<'_>) -> Point {
    let Effect { criterion, segment, with, occluded } = effect;
    let delta = with - occluded.score;
    let many = segment.sentences > 1;
    let what = if many {
        format!("These {} sentences", segment.sentences)
    } else {
        "This sentence".into()
    };
    let verb = match (delta < 0.0, many) {
        (true, true) => "lower",
        (true, false) => "lowers",
        (false, true) => "raise",
        (false, false) => "raises",
    };
    let severity =
        if delta < 0.0 { severity::of_loss(-effect.share()) } else { Severity::Strength };
    let about = if occluded.exact { "" } else { "about " };
    let message = format!("{what} {verb} {} by {about}{:.2}.", criterion.id, delta.abs());
    let evidence =
        Evidence::Occlusion { with, without: occluded.score, delta, exact: occluded.exact };
    let point = Point::new(severity, message, evidence).about(&criterion.id).at(segment.span);
    if delta > 0.0 {
        return point;
    }
    let it = if many { "them" } else { "it" };
    point.suggest(format!(
        "Reword or drop {it}: without {it} the response scores {about}{:.2} on {}, with {it} {with:.2}.",
        occluded.score, criterion.id
    ))
}
