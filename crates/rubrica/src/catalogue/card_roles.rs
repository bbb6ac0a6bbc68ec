//! The roles that a published model can play: a reward, support by passages, faults in spans.

use rubrica_core::model::{Finding, JudgeInput};
use rubrica_core::{
    ClassifierModel, CutTokens, Error, Evidence, Job, LabelMeaning, ModelInfo, Result, RewardModel,
    Span, Support, SupportModel, ValueKind,
};
use rubrica_models::{Activation, CardFields, CardJudge, CardOutcome, CardTells, JudgeCard};

/// A published model asked as its card says: the role of its card, and what follows from it.
#[derive(Debug, Clone)]
pub struct CardRoles {
    pub(super) judge: CardJudge,
    pub(super) info: ModelInfo,
}

impl CardRoles {
    /// The model with its card.
    pub fn judge(&self) -> &CardJudge {
        &self.judge
    }

    pub(super) fn card(&self) -> &JudgeCard {
        self.judge.card()
    }

    /// The error of a role that it does not play.
    pub(super) fn other_role(&self, expected: &str) -> Error {
        let (id, tells) = (&self.info.signature.id, self.card().tells.name());
        let message = format!("{id} tells {tells}; expected a judge that tells {expected}");
        Error::Model { code: "other_role", message }
    }

    /// The label that speaks for support.
    pub(super) fn supports(&self) -> Result<usize> {
        let classifier = self.judge.classifier();
        let told = [LabelMeaning::Supported, LabelMeaning::Entailed, LabelMeaning::Yes];
        let found = told.iter().find_map(|&meaning| classifier.label_of(meaning).ok());
        found
            .filter(|_| classifier.value_kind() != ValueKind::Unbounded)
            .ok_or_else(|| self.other_role("the probability that a claim is supported"))
    }

    /// The number of an outcome, higher for better: a score as it is, labels as log odds.
    fn scalar(&self, outcome: &CardOutcome) -> Result<f64> {
        let output = &self.card().output;
        let places = |wanted: &[LabelMeaning]| -> Vec<usize> {
            (0..output.meanings.len()).filter(|&i| wanted.contains(&output.meanings[i])).collect()
        };
        if let Some(&score) = places(&[LabelMeaning::Score]).first() {
            // A regression's range is that of its values.
            let regression = self.card().tells == CardTells::Regression;
            return Ok(if regression { outcome.values[score] } else { outcome.logits[score] });
        }
        let good = [
            LabelMeaning::Yes,
            LabelMeaning::Supported,
            LabelMeaning::Entailed,
            LabelMeaning::Harmless,
            LabelMeaning::Sound,
        ];
        let odds = |places: &[usize]| log_odds(output.activation, &outcome.logits, places);
        match (places(&good).as_slice(), places(&[LabelMeaning::Harmful]).as_slice()) {
            ([], []) => Err(self.other_role("how good a response is")),
            ([], harmful) => Ok(-odds(harmful)),
            (good, _) => Ok(odds(good)),
        }
    }

    /// What is at fault in each of `parts` of the response.
    pub(super) async fn faults(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        let fields = CardFields {
            instruction: Some(input.instruction).filter(|text| !text.is_empty()),
            response: Some(input.response),
            context: input.context,
        };
        let spans = self.judge.spans(&[fields], job).await?.remove(0).spans;
        let grounded = input.context.iter().any(|passage| !passage.trim().is_empty());
        let finding = |(part, place): (usize, &Span)| {
            let inside = spans.iter().filter(|span| span.span.overlaps(*place));
            let probability = inside.map(|span| span.confidence).reduce(f64::max)?;
            let evidence = match grounded {
                true => Evidence::Grounding { label: "not_supported".into(), probability },
                false => Evidence::Segment { label: "factual".into(), probability },
            };
            Some(Finding { part, evidence })
        };
        Ok(parts.iter().enumerate().filter_map(finding).collect())
    }
}

/// Log odds of any of the labels at `places`, by the activation.
fn log_odds(activation: Activation, logits: &[f64], places: &[usize]) -> f64 {
    let of = |inside: bool| {
        let chosen = (0..logits.len()).filter(move |i| places.contains(i) == inside);
        chosen.map(|i| logits[i]).collect::<Vec<f64>>()
    };
    let top = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if activation == Activation::Sigmoid {
        // Each label by itself: the likeliest decides.
        return top(&of(true));
    }
    let sum = |values: Vec<f64>| {
        let top = top(&values);
        top + values.iter().map(|x| (x - top).exp()).sum::<f64>().ln()
    };
    sum(of(true)) - sum(of(false))
}

impl RewardModel for CardRoles {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn reward(&self, inputs: &[JudgeInput<'_>], job: &dyn Job) -> Result<Vec<f64>> {
        let rewards = self.reward_and_cut(inputs, job).await?;
        Ok(rewards.into_iter().map(|(reward, _)| reward).collect())
    }

    async fn reward_and_cut(
        &self,
        inputs: &[JudgeInput<'_>],
        job: &dyn Job,
    ) -> Result<Vec<(f64, CutTokens)>> {
        let tells = self.card().tells;
        // A judge of relevance reads the response as the passage that answers the query.
        let passages: Vec<[String; 1]> = match tells {
            CardTells::Relevance => inputs.iter().map(|i| [i.response.to_owned()]).collect(),
            _ => Vec::new(),
        };
        let asks = matches!(tells, CardTells::Reward | CardTells::Relevance);
        let mut fields = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            fields.push(CardFields {
                instruction: Some(input.instruction).filter(|text| asks || !text.is_empty()),
                response: Some(input.response),
                context: passages.get(index).map_or(input.context, |passage| passage.as_slice()),
            });
        }
        let outcomes = self.judge.judge(&fields, job).await?;
        outcomes.iter().map(|outcome| Ok((self.scalar(outcome)?, outcome.cut))).collect()
    }
}

impl SupportModel for CardRoles {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn support(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Support>> {
        let label = self.supports()?;
        let against = self.judge.classifier().label_of(LabelMeaning::Contradicted).ok();
        let instruction = Some(input.instruction).filter(|text| !text.is_empty());
        let mut fields = Vec::with_capacity(parts.len());
        for part in parts {
            let response = part.slice(input.response).ok_or_else(|| {
                let problem = format!("{part:?} lies outside the response");
                Error::invalid("parts", problem, "a part of it")
            })?;
            let response = Some(response);
            fields.push(CardFields { instruction, response, context: input.context });
        }
        let before = self.card().reading.passage.split_once("{passage}").map_or("", |(b, _)| b);
        let before = before.replace("{n}", "1").chars().count();
        let outcomes = self.judge.judge(&fields, job).await?;
        let support = |outcome: CardOutcome| {
            let piece = outcome.pieces.get(outcome.decided_by).copied().flatten();
            let inside = match input.context {
                [passage] => Some(passage.chars().count()),
                _ => None,
            };
            let moved = |(span, length): (Span, usize)| {
                let at = |place: usize| place.saturating_sub(before).min(length);
                Span::new(at(span.start), at(span.end))
            };
            Support {
                probability: outcome.values[label],
                contradicted: against.map(|label| outcome.values[label]),
                piece: piece.zip(inside).map(moved),
                cut: outcome.cut,
            }
        };
        Ok(outcomes.into_iter().map(support).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_odds_follow_the_activation() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        near(log_odds(Activation::Softmax, &[0.0, 1.5], &[1]), 1.5);
        let odds = log_odds(Activation::Softmax, &[1.0, 0.0, 1.0], &[0]);
        near(odds, 1.0 - (1.0f64 + 1.0f64.exp()).ln());
        near(log_odds(Activation::Sigmoid, &[-1.0, 2.0, 0.5], &[0, 1]), 2.0);
        near(log_odds(Activation::Softmax, &[900.0, -900.0], &[0]), 1800.0);
    }
}
