//! Support: which sentences of a response rest on which of its passages.
//!
//! Each passage is read by itself, and the one that supports a sentence best decides: a sentence that rests on
//! two passages together finds support in neither. A passage that is longer than the model's window is read as
//! the model says, in pieces where it has a rule for them; what is cut is told.

use rubrica_core::model::JudgeInput;
use rubrica_core::{
    CutTokens, Error, Job, Result, Sample, Score, SentenceSupport, Span, Stage, Support,
    SupportJudgment, SupportModel, Undefined,
};
use rubrica_metrics::text;
use serde::{Deserialize, Serialize};

use crate::input::{Input, MAX_CHARS, cut_note};
use crate::signature;

/// Options of [`support`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SupportOptions {
    /// Probability from which a sentence counts as supported, in `0..=1`.
    pub threshold: f64,
    /// Characters above which a text is refused.
    pub max_chars: usize,
}

impl Default for SupportOptions {
    fn default() -> Self {
        Self { threshold: 0.5, max_chars: MAX_CHARS }
    }
}

/// How far each sentence of the single response of `sample` rests on its passages.
///
/// # Errors
/// No single response or an empty one, a text that is too long, no passage with text, a threshold out of range,
/// [`Error::Cancelled`], or a model error.
pub async fn support<M: SupportModel>(
    model: &M,
    sample: &Sample,
    options: &SupportOptions,
    job: &dyn Job,
) -> Result<SupportJudgment> {
    if !(0.0..=1.0).contains(&options.threshold) {
        let problem = format!("{} is out of range", options.threshold);
        return Err(Error::invalid("threshold", problem, "0 to 1"));
    }
    let checked = Input::of_sample(sample, options.max_chars)?;
    let input = checked.as_judge();
    let spans = text::sentences(input.response);
    let found = best(model, input, &spans, job).await?.ok_or_else(|| {
        Error::invalid("context", "has no passage with text", "the passages to compare with")
    })?;
    let sentences: Vec<SentenceSupport> = spans
        .iter()
        .zip(&found.parts)
        .map(|(&span, best)| SentenceSupport {
            span,
            text: span.slice(input.response).unwrap_or_default().to_owned(),
            probability: best.support.probability,
            supported: best.support.probability >= options.threshold,
            passage: best.passage,
            piece: best.support.piece,
            contradicted: best.support.contradicted,
        })
        .collect();
    let supported = sentences.iter().filter(|s| s.supported).count();
    let score = match sentences.len() {
        0 => Score::Undefined(Undefined {
            code: "no_sentence".into(),
            reason: "the response has no sentence".into(),
        }),
        all => Score::from(supported as f64 / all as f64),
    };
    let signature = signature::assemble("support", &[model.info()], None)
        .with("inputs", checked.fields())
        .with("threshold", options.threshold);
    Ok(SupportJudgment {
        id: sample.id.clone(),
        score,
        sentences,
        warnings: found.warnings(),
        signature,
    })
}

/// The best passage for each part of a response.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    pub(crate) parts: Vec<BestPassage>,
    /// What was not read, by passage.
    cut: Vec<(usize, CutTokens)>,
}

/// What the passage says that supports a part best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BestPassage {
    pub(crate) passage: usize,
    /// With the highest probability of a contradiction in any passage.
    pub(crate) support: Support,
}

impl Best {
    /// What was cut, a line a passage.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let line = |(passage, cut): &(usize, CutTokens)| {
            cut_note(*cut)
                .map(|note| format!("context[{passage}]: of the passage or the sentence, {note}"))
        };
        self.cut.iter().filter_map(line).collect()
    }
}

/// Asks about each passage by itself. None when no passage holds text.
///
/// # Errors
/// [`Error::Cancelled`], or a model error; a probability that is none.
pub(crate) async fn best<M: SupportModel>(
    model: &M,
    input: JudgeInput<'_>,
    parts: &[Span],
    job: &dyn Job,
) -> Result<Option<Best>> {
    let passages: Vec<usize> =
        (0..input.context.len()).filter(|&i| !input.context[i].trim().is_empty()).collect();
    let mut found: Vec<Option<BestPassage>> = vec![None; parts.len()];
    let mut cut = Vec::new();
    for (done, &passage) in passages.iter().enumerate() {
        job.step(Stage::Score, done, passages.len()).await?;
        let alone = JudgeInput { context: &input.context[passage..=passage], ..input };
        let said = model.support(alone, parts, job).await?;
        // The most that was left out for any part: each part reads the passage anew.
        let most = said.iter().map(|s| s.cut).max_by_key(|cut| cut.first + cut.second);
        cut.extend(most.filter(|cut| cut.any()).map(|cut| (passage, cut)));
        for (best, support) in found.iter_mut().zip(said) {
            if !(0.0..=1.0).contains(&support.probability) {
                let message = format!(
                    "{}: the probability of support is {}; expected 0 to 1",
                    model.info().signature.id,
                    support.probability
                );
                return Err(Error::Model { code: "not_finite", message });
            }
            *best = Some(match *best {
                None => BestPassage { passage, support },
                Some(before) => better(before, BestPassage { passage, support }),
            });
        }
    }
    job.step(Stage::Score, passages.len(), passages.len()).await?;
    let parts: Option<Vec<BestPassage>> = found.into_iter().collect();
    Ok(parts.filter(|_| !passages.is_empty()).map(|parts| Best { parts, cut }))
}

/// The first of two that support equally well.
fn better(a: BestPassage, b: BestPassage) -> BestPassage {
    let contradicted = match (a.support.contradicted, b.support.contradicted) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    let best = if b.support.probability > a.support.probability { b } else { a };
    BestPassage { support: Support { contradicted, ..best.support }, ..best }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::Quiet;

    use super::*;
    use crate::scripted::Grounded;

    fn sample(response: &str, context: &[&str]) -> Sample {
        let context = context.iter().map(|&c| c.to_owned()).collect();
        Sample { context, ..Sample::new("Why?", response) }
    }

    fn judge(sample: &Sample) -> Result<SupportJudgment> {
        block_on(support(&Grounded::new(), sample, &SupportOptions::default(), &Quiet))
    }

    #[test]
    fn each_sentence_rests_on_its_best_passage() {
        let sample = sample(
            "The sky is blue. Grass grows tall. Cats fly.",
            &["grass is green", "", "the sky is blue today"],
        );
        let found = judge(&sample).expect("judged");
        let told: Vec<(usize, f64, bool)> =
            found.sentences.iter().map(|s| (s.passage, s.probability, s.supported)).collect();
        assert_eq!(told, [(2, 1.0, true), (0, 1.0 / 3.0, false), (0, 0.0, false)]);
        assert_eq!(found.sentences[1].text, "Grass grows tall.");
        assert_eq!(found.sentences[1].span, Span::new(17, 34));
        assert_eq!(found.score, Score::Defined(1.0 / 3.0));
        assert_eq!(found.signature.models[0].id, "grounded");
        assert!(found.warnings.is_empty());
    }

    #[test]
    fn what_is_cut_and_what_contradicts_is_told() {
        let found = judge(&sample("It rains.", &["no rain", "it cut:7 rains"])).expect("judged");
        assert_eq!(found.sentences[0].contradicted, Some(0.9));
        assert_eq!(found.sentences[0].passage, 1);
        assert_eq!(found.warnings.len(), 1);
        assert!(found.warnings[0].starts_with("context[1]: "), "{}", found.warnings[0]);
        assert!(found.warnings[0].contains("7 tokens"));
    }

    #[test]
    fn bad_input_is_named() {
        for (context, path) in [(vec![], "context"), (vec![" \n"], "context")] {
            let error = judge(&sample("It rains.", &context)).expect_err("no passage");
            assert_eq!(error.path(), Some(path));
        }
        assert_eq!(judge(&sample(" ", &["a"])).expect_err("blank").path(), Some("response"));
        let options = SupportOptions { threshold: f64::NAN, ..SupportOptions::default() };
        let sample = sample("a", &["a"]);
        let error = block_on(support(&Grounded::new(), &sample, &options, &Quiet));
        assert_eq!(error.expect_err("no threshold").path(), Some("threshold"));
        let broken = judge(&self::sample("nan", &["a"])).expect_err("not a number");
        assert_eq!(broken.code(), "not_finite");
    }
}
