//! Judgments from Prometheus text: pasted, or written by a model here.

use rubrica_core::model::{GenerateOptions, Rated};
use rubrica_core::{
    Comparison, Criterion, CriterionJudgment, Critique, Distribution, Error, Evidence,
    GenerateModel, Id, Job, Judgment, ModelInfo, Point, Result, Rubric, Sample, ScaleKind, Score,
    Signature, Stage, Undefined,
};
use serde::{Deserialize, Serialize};

use super::{TEMPLATE, absolute_prompt, parse_absolute, relative_prompt};
use crate::double_pass::Reply;
use crate::input::{Input, MAX_CHARS};
use crate::pairwise::PairJudge;
use crate::{outcome, severity, signature};

/// Where the feedback ends and the verdict begins.
const MARK: &str = "[RESULT]";

/// Options of a judge that runs here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrometheusOptions {
    /// Tokens of feedback at most.
    pub max_tokens: usize,
    /// 0 takes the likeliest token each time.
    pub temperature: f64,
    /// Seed of the sampler.
    pub seed: u64,
    /// For pairs: a tie when the probability lies within this of one half.
    pub tie_margin: f64,
    /// Characters above which a text is refused.
    pub max_chars: usize,
}

impl Default for PrometheusOptions {
    fn default() -> Self {
        Self { max_tokens: 512, temperature: 0.0, seed: 0, tie_margin: 0.0, max_chars: MAX_CHARS }
    }
}

impl PrometheusOptions {
    fn generate(&self) -> GenerateOptions {
        GenerateOptions {
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            seed: self.seed,
            stop: vec![MARK.into()],
            ..GenerateOptions::default()
        }
    }

    fn record(&self, signature: Signature) -> Signature {
        let signature =
            signature.with("max_tokens", self.max_tokens).with("temperature", self.temperature);
        // A greedy decoder draws nothing.
        Signature { seed: (self.temperature > 0.0).then_some(self.seed), ..signature }
    }
}

/// A judgment from the texts of a judge elsewhere (T0).
///
/// `texts` holds, for each criterion of `rubric` in its order, one text or several samples. The
/// distribution of a criterion is that of its samples, its score their mean. Texts without a score
/// are left out with a warning.
///
/// # Errors
/// A rubric that is not valid, a continuous scale, or not one list of texts a criterion.
pub fn judge_texts(
    id: Option<Id>,
    rubric: &Rubric,
    texts: &[Vec<String>],
    judge: &str,
) -> Result<Judgment> {
    validate(rubric)?;
    if texts.len() != rubric.criteria.len() {
        let problem = format!("has texts for {} criteria", texts.len());
        let expected = format!("one list for each of the {}", rubric.criteria.len());
        return Err(Error::invalid("texts", problem, expected));
    }
    let (mut judged, mut points, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for (criterion, texts) in rubric.criteria.iter().zip(texts) {
        let scale = &criterion.scale;
        let mut counts = vec![0.0; scale.points().len()];
        for (i, text) in texts.iter().enumerate() {
            let parsed = parse_absolute(text, scale);
            if let Some(problem) = parsed.problem() {
                warnings.push(format!("criterion `{}`, text {}: {problem}", criterion.id, i + 1));
            }
            let Some(scored) = parsed.found() else { continue };
            counts[(scored.score as f64 - scale.min) as usize] += 1.0;
            points.extend(written(criterion, scored.score as f64, &scored.feedback, judge));
        }
        judged.push(of_weights(criterion, counts, "no text holds a score"));
    }
    let samples = texts.iter().map(Vec::len).max().unwrap_or(0);
    let signature = signature::assemble("prometheus_texts", &[], Some(rubric))
        .with("judge", judge)
        .with("samples", samples);
    Ok(finish(id, rubric, judged, points, warnings, signature))
}

/// A judgment by a causal language model: it writes feedback on each criterion, and the score is
/// the mean over the scale's points, weighted by the probability of each after that feedback.
///
/// # Errors
/// As [`judge_texts`]; an empty or too long text, [`Error::Cancelled`], or a model error.
pub async fn judge<M: GenerateModel>(
    model: &M,
    sample: &Sample,
    rubric: &Rubric,
    options: &PrometheusOptions,
    job: &dyn Job,
) -> Result<Judgment> {
    validate(rubric)?;
    let input = Input::of_sample(sample, options.max_chars)?;
    let (mut judged, mut points) = (Vec::new(), Vec::new());
    let name = &model.info().signature.id;
    for (done, criterion) in rubric.criteria.iter().enumerate() {
        job.step(Stage::Score, done, rubric.criteria.len()).await?;
        let prompt = absolute_prompt(input.as_judge(), criterion);
        let feedback = model.generate(&prompt, &options.generate(), job).await?;
        let numbers: Vec<String> = criterion.scale.points().iter().map(f64::to_string).collect();
        let weights = next_word(model, &prompt, &feedback, &numbers, job).await?;
        let judgment = of_weights(criterion, weights, "the model gives no score a probability");
        if let Some(score) = judgment.score.value() {
            points.extend(written(criterion, score, &feedback, name));
        }
        judged.push(judgment);
    }
    let mut signature = signature::assemble("prometheus", &[model.info()], Some(rubric))
        .with("inputs", input.fields());
    signature.template = Some(TEMPLATE.into());
    let signature = options.record(signature);
    Ok(finish(sample.id.clone(), rubric, judged, points, Vec::new(), signature))
}

/// A causal language model as a judge of pairs under one criterion.
#[derive(Debug)]
pub struct Relative<'m, M> {
    /// The model.
    pub model: &'m M,
    /// What it looks at.
    pub criterion: Criterion,
    /// How it decodes.
    pub options: PrometheusOptions,
}

impl<M: GenerateModel> PairJudge for Relative<'_, M> {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn template(&self) -> &str {
        TEMPLATE
    }

    async fn answer(&self, pair: &Comparison, job: &dyn Job) -> Result<Option<Reply>> {
        let prompt = relative_prompt(pair, &self.criterion);
        let feedback = self.model.generate(&prompt, &self.options.generate(), job).await?;
        let letters = ["A".to_owned(), "B".to_owned()];
        let weights = next_word(self.model, &prompt, &feedback, &letters, job).await?;
        let total: f64 = weights.iter().sum();
        let reply = Reply::of_probability(weights[0] / total, self.options.tie_margin);
        Ok((total > 0.0 && total.is_finite()).then_some(reply))
    }
}

/// Relative probability of each word after the feedback, `[words]`; not normalised, NaN where the
/// model gives NaN.
async fn next_word<M: GenerateModel>(
    model: &M,
    prompt: &str,
    feedback: &str,
    words: &[String],
    job: &dyn Job,
) -> Result<Vec<f64>> {
    let prefix = format!("{prompt}{} {MARK}", feedback.trim());
    let words: Vec<String> = words.iter().map(|word| format!(" {word}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let logs = model.log_probability(&prefix, &words, job).await?;
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(logs.iter().map(|log| (log - top).exp()).collect())
}

fn of_weights(criterion: &Criterion, weights: Vec<f64>, none: &str) -> CriterionJudgment {
    let total: f64 = weights.iter().sum();
    if total > 0.0 && total.is_finite() {
        let distribution = Distribution::new(criterion.scale.points(), weights);
        return outcome::of_rating(criterion, &Rated::new(distribution, None));
    }
    CriterionJudgment {
        criterion: criterion.id.clone(),
        score: Score::Undefined(Undefined { code: "no_verdict".into(), reason: none.into() }),
        distribution: None,
        interval: None,
        weight: criterion.weight,
    }
}

fn written(criterion: &Criterion, score: f64, feedback: &str, model: &str) -> Option<Point> {
    let feedback = feedback.trim();
    let severity = severity::of_fraction(criterion.scale.normalise(score));
    let evidence = Evidence::Written { model: model.into() };
    (!feedback.is_empty()).then(|| Point::new(severity, feedback, evidence).about(&criterion.id))
}

fn finish(
    id: Option<Id>,
    rubric: &Rubric,
    judged: Vec<CriterionJudgment>,
    points: Vec<Point>,
    mut warnings: Vec<String>,
    signature: Signature,
) -> Judgment {
    let outcome = outcome::aggregate(rubric, &judged);
    warnings.extend(outcome.warnings);
    Judgment {
        id,
        score: outcome.score,
        distribution: outcome.distribution,
        confidence: outcome.confidence,
        per_criterion: judged,
        critique: Critique::new(String::new(), points),
        warnings,
        signature,
    }
}

/// Prometheus scores are whole numbers.
fn validate(rubric: &Rubric) -> Result<()> {
    rubric.validate().map_err(|e| e.within("rubric"))?;
    match rubric.criteria.iter().position(|c| c.scale.kind == ScaleKind::Continuous) {
        Some(i) => Err(Error::invalid(
            format!("rubric.criteria[{i}].scale"),
            "is continuous",
            "whole numbers, such as `1-5`",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Layer, Preference, Quiet, Scale, Severity};

    use super::*;
    use crate::pairwise::{PairwiseOptions, pairwise_double};
    use crate::scripted::{CancelAfter, Scripted};

    fn rubric(ids: &[&str]) -> Rubric {
        let criteria = ids.iter().map(|id| Criterion::new(*id, "Is it good?")).collect();
        Rubric { criteria, ..Rubric::single(Criterion::new("r", "Is it good?")) }
    }

    fn texts(texts: &[&[&str]]) -> Vec<Vec<String>> {
        texts.iter().map(|t| t.iter().map(|t| (*t).to_owned()).collect()).collect()
    }

    #[test]
    fn samples_become_a_distribution() {
        let pasted =
            texts(&[&["Fine. [RESULT] 4", "So so. [RESULT] 3", "Good. [RESULT] 4", "Hm."]]);
        let judgment =
            judge_texts(Some("1".into()), &rubric(&["clarity"]), &pasted, "pasted").expect("read");
        let score = judgment.score.value().expect("defined");
        assert!((score - 11.0 / 3.0).abs() < 1e-12);
        let probabilities = judgment.distribution.expect("one scale").probabilities;
        assert_eq!(probabilities, [0.0, 0.0, 1.0 / 3.0, 2.0 / 3.0, 0.0]);
        assert_eq!(judgment.warnings, ["criterion `clarity`, text 4: no verdict was found"]);
        assert_eq!(judgment.critique.points.len(), 3);
        let point = &judgment.critique.points[0];
        assert_eq!((point.layer, point.message.as_str()), (Layer::Written, "So so."));
        assert_eq!(point.severity, Severity::Note);
        assert!(judgment.signature.models.is_empty());
    }

    #[test]
    fn a_criterion_without_a_score_is_undefined() {
        let pasted = texts(&[&["[RESULT] 2"], &["[RESULT] 9"]]);
        let judgment = judge_texts(None, &rubric(&["a", "b"]), &pasted, "pasted").expect("read");
        assert_eq!(judgment.score.value(), Some(2.0));
        assert!(
            matches!(&judgment.per_criterion[1].score, Score::Undefined(u) if u.code == "no_verdict")
        );
        assert_eq!(judgment.warnings.len(), 2);
        let none = judge_texts(None, &rubric(&["a"]), &texts(&[&[]]), "pasted").expect("read");
        assert_eq!(none.score.value(), None);
    }

    #[test]
    fn bad_calls_are_refused() {
        let error = judge_texts(None, &rubric(&["a", "b"]), &texts(&[&["[RESULT] 2"]]), "x");
        assert_eq!(error.expect_err("one list").path(), Some("texts"));
        let mut continuous = rubric(&["a", "b"]);
        continuous.criteria[1].scale = Scale::continuous(0.0, 1.0);
        let error = judge_texts(None, &continuous, &texts(&[&[], &[]]), "x").expect_err("scale");
        assert_eq!(error.path(), Some("rubric.criteria[1].scale"));
    }

    #[test]
    fn a_model_scores_by_probability_after_its_feedback() {
        let model = Scripted::saying(&["Clear enough, near=4", "  "]);
        let sample = Sample::new("Why?", "Because.");
        let options = PrometheusOptions::default();
        let rubric = rubric(&["a", "b"]);
        let judged = judge(&model, &sample, &rubric, &options, &Quiet);
        let judgment = block_on(judged).expect("judged");
        // exp(−|n − 4|) over 1 to 5.
        let weights: Vec<f64> = (1..=5).map(|n| (-(f64::from(n) - 4.0).abs()).exp()).collect();
        let mean = weights.iter().zip(1..).map(|(w, n)| w * f64::from(n)).sum::<f64>()
            / weights.iter().sum::<f64>();
        let first = judgment.per_criterion[0].score.value().expect("defined");
        assert!((first - mean).abs() < 1e-12);
        // Without a hint all scores are alike; blank feedback is no point.
        assert!((judgment.per_criterion[1].score.value().expect("defined") - 3.0).abs() < 1e-12);
        assert_eq!(judgment.critique.points.len(), 1);
        assert_eq!(judgment.critique.points[0].message, "Clear enough, near=4");
        assert_eq!(judgment.signature.template.as_deref(), Some(TEMPLATE));
        assert_eq!(judgment.signature.seed, None);
    }

    #[test]
    fn a_model_compares_in_both_orders() {
        let criterion = Criterion::new("clarity", "Is it clear?");
        let model = Scripted::saying(&["Hm.", "Hm."]);
        let judge = Relative { model: &model, criterion, options: PrometheusOptions::default() };
        let pair = Comparison::new("p", "x", "y");
        let verdict = block_on(pairwise_double(&judge, &pair, &PairwiseOptions::default(), &Quiet));
        let verdict = verdict.expect("judged");
        assert_eq!((verdict.preferred, verdict.consistent), (Preference::Tie, true));
        assert_eq!(verdict.signature.template.as_deref(), Some(TEMPLATE));
    }

    #[test]
    fn cancelling_stops_between_criteria() {
        let model = Scripted::saying(&["Hm.", "Hm."]);
        let job = CancelAfter::steps(2);
        let sample = Sample::new("Why?", "Because.");
        let options = PrometheusOptions::default();
        let rubric = rubric(&["a", "b"]);
        let judged = judge(&model, &sample, &rubric, &options, &job);
        assert_eq!(block_on(judged).expect_err("cancelled").code(), "cancelled");
        assert_eq!(model.replies.borrow().len(), 1);
    }
}
