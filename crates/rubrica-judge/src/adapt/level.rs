//! A judge of criteria made of a model of inference: each level is a hypothesis about the response.

use rubrica_core::model::{JudgeInput, Rated};
use rubrica_core::{
    Criterion, CutTokens, Job, ModelInfo, Result, RubricModel, Span, SupportModel, Undefined,
};

use super::spread;
use crate::input::cut_note;

/// A model of inference that rates criteria: the response is the premise, "the response …" with the description
/// of a level the hypothesis. The levels share the mass by how far each follows (zero-shot classification after
/// Yin et al., 2019). A criterion without anchors is asked for as a question whose answer is yes or no.
#[derive(Debug, Clone)]
pub struct LevelCriterion<M> {
    model: M,
}

/// A level of a criterion, from 0 (worst) to 1 (best), with what it says of a response.
struct Level {
    place: f64,
    hypothesis: String,
}

impl<M: SupportModel> LevelCriterion<M> {
    /// A judge of `model`.
    pub fn new(model: M) -> Self {
        Self { model }
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }

    async fn rate_one(
        &self,
        premise: &[String],
        criterion: &Criterion,
        job: &dyn Job,
    ) -> Result<Rated> {
        let levels = levels(criterion);
        let mut text = String::new();
        let mut spans = Vec::with_capacity(levels.len());
        for level in &levels {
            let start = text.chars().count();
            text.push_str(&level.hypothesis);
            spans.push(Span::new(start, text.chars().count()));
            text.push('\n');
        }
        let input = JudgeInput { response: &text, context: premise, ..JudgeInput::default() };
        let said = self.model.support(input, &spans, job).await?;
        let total: f64 = said.iter().map(|s| s.probability).sum();
        if !(total > 0.0 && total.is_finite()) {
            let id = &self.model.info().signature.id;
            let reason = format!("{id} gives the levels a probability of {total} together");
            let why = Undefined { code: "no_level".into(), reason };
            return Ok(Rated::undefined(criterion.scale.points(), why));
        }
        let masses = levels.iter().zip(&said).map(|(l, s)| (l.place, s.probability / total));
        let distribution = match criterion.scale.anchors.is_empty() {
            true => {
                let yes = masses.map(|(place, mass)| place * mass).sum::<f64>().clamp(0.0, 1.0);
                spread::of_fraction(yes, &criterion.scale)
            }
            false => spread::of_masses(masses, &criterion.scale),
        };
        let cut = said.iter().map(|s| s.cut).max_by_key(|cut: &CutTokens| cut.first + cut.second);
        let notes = cut.and_then(cut_note).into_iter().collect();
        Ok(Rated { notes, ..Rated::new(distribution, None) })
    }
}

/// The levels that have a description, or yes and no.
fn levels(criterion: &Criterion) -> Vec<Level> {
    let Criterion { description, scale, .. } = criterion;
    if scale.anchors.is_empty() {
        let answer = |place, answer| {
            let hypothesis =
                format!("The response makes the answer to this question {answer}: {description}");
            Level { place, hypothesis }
        };
        return vec![answer(0.0, "no"), answer(1.0, "yes")];
    }
    let level = |(point, anchor): (&i32, &String)| Level {
        place: scale.normalise(f64::from(*point)),
        hypothesis: format!("The response, as to “{description}”: {anchor}"),
    };
    scale.anchors.iter().map(level).collect()
}

/// What the model reads of an input.
fn premise(input: &JudgeInput<'_>) -> Vec<String> {
    let response = format!("Response: {}", input.response);
    vec![match input.instruction.trim() {
        "" => response,
        instruction => format!("Instruction: {instruction}\n{response}"),
    }]
}

impl<M: SupportModel> RubricModel for LevelCriterion<M> {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        let setting = |c: &Criterion| (format!("calibration.{}", c.id), "levels/1".into());
        criteria.iter().map(setting).collect()
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        let id = &self.model.info().signature.id;
        let caveat = |c: &Criterion| {
            format!(
                "criterion `{}`: how far {id} infers each level from the response; uncalibrated",
                c.id
            )
        };
        criteria.iter().map(caveat).collect()
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        let mut rows = Vec::with_capacity(inputs.len());
        for input in inputs {
            let premise = premise(input);
            let mut row = Vec::with_capacity(criteria.len());
            for criterion in criteria {
                row.push(self.rate_one(&premise, criterion, job).await?);
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Quiet, Scale};

    use super::*;
    use crate::scripted::Grounded;

    fn rate(criterion: &Criterion, response: &str) -> Rated {
        let model = LevelCriterion::new(Grounded::new());
        let input = JudgeInput { response, ..JudgeInput::default() };
        let rows = block_on(model.rate(&[input], std::slice::from_ref(criterion), &Quiet));
        rows.expect("rated").remove(0).remove(0)
    }

    fn anchored(anchors: &[(i32, &str)]) -> Criterion {
        let anchors = anchors.iter().map(|(point, text)| (*point, (*text).to_owned())).collect();
        let scale = Scale { anchors, ..Scale::likert(1, 3) };
        Criterion { scale, ..Criterion::new("tone", "x") }
    }

    #[test]
    fn the_levels_share_the_mass() {
        // The script counts the words of a level that the response has: six of seven, and all seven.
        let criterion = anchored(&[(1, "harsh words"), (3, "kind words")]);
        let rated = rate(&criterion, "kind words as to x the");
        let [low, middle, high] = rated.distribution.probabilities[..] else { panic!("three") };
        assert_eq!(middle, 0.0);
        assert!((low - 6.0 / 13.0).abs() < 1e-12 && (high - 7.0 / 13.0).abs() < 1e-12, "{rated:?}");
    }

    #[test]
    fn a_criterion_without_anchors_is_a_question() {
        let criterion = Criterion::new("tone", "Kind?");
        let yes = rate(&criterion, "yes kind");
        let no = rate(&criterion, "no kind");
        assert!(yes.distribution.mean() > 3.0 && no.distribution.mean() < 3.0);
        assert!((yes.distribution.mean() + no.distribution.mean() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn levels_that_nothing_speaks_for_give_no_score() {
        let model = LevelCriterion::new(Grounded::saying(0.0));
        let input = JudgeInput { response: "x", ..JudgeInput::default() };
        let rated = block_on(model.rate(&[input], &[anchored(&[(1, "a"), (2, "b")])], &Quiet));
        let rated = rated.expect("rated").remove(0).remove(0);
        assert_eq!(rated.undefined.expect("no score").code, "no_level");
    }
}
