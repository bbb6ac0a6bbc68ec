//! Published judges: a model with its card, in the roles that it can play.

use rubrica_core::model::{Finding, JudgeInput, Occluded, Rated};
use rubrica_core::{
    ClassifierModel, Criterion, CutTokens, Error, Evidence, Job, LabelMeaning, ModelInfo, Result,
    RewardModel, RubricModel, Span, Support, SupportModel, ValueKind, sha256_hex,
};
use rubrica_judge::adapt::{Calibration, LevelCriterion, RewardCriterion, SupportCriterion};
use rubrica_models::{
    Activation, CardFields, CardJudge, CardOutcome, CardTells, DeviceChoice, DeviceReport,
    EncodeOptions, JudgeCard, ModelFiles, ModuleFiles, load_on,
};

use super::{LoadedModel, Manifest};

/// Name of the card beside the weights.
pub(super) const CARD: &str = "card.toml";
/// Name of the golden outputs.
pub(super) const GOLDEN: &str = "golden.json";

/// A published model asked as its card says: the role of its card, and what follows from it.
#[derive(Debug, Clone)]
pub struct CardRoles {
    judge: CardJudge,
    info: ModelInfo,
}

impl CardRoles {
    /// The model with its card.
    pub fn judge(&self) -> &CardJudge {
        &self.judge
    }

    fn card(&self) -> &JudgeCard {
        self.judge.card()
    }

    /// The error of a role that it does not play.
    fn other_role(&self, expected: &str) -> Error {
        let (id, tells) = (&self.info.signature.id, self.card().tells.name());
        let message = format!("{id} tells {tells}; expected a judge that tells {expected}");
        Error::Model { code: "other_role", message }
    }

    /// The label that speaks for support.
    fn supports(&self) -> Result<usize> {
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
    async fn faults(
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

/// How a published judge rates criteria.
#[derive(Debug)]
enum Rates {
    /// By its number, through a calibration.
    Number(RewardCriterion<CardRoles>),
    /// By the share of supported sentences.
    Support(SupportCriterion<CardRoles>),
    /// By levels as hypotheses.
    Levels(LevelCriterion<CardRoles>),
    /// Not at all.
    Nothing(CardRoles),
}

/// A published judge, and how it rates criteria.
#[derive(Debug)]
pub struct PublishedJudge(Rates);

impl PublishedJudge {
    fn new(roles: CardRoles) -> Result<Self> {
        let card = roles.card();
        let fitted = card.calibration.as_ref().map(|c| Calibration::Logistic {
            slope: c.slope,
            intercept: c.intercept,
            fitted_on: Some(c.fitted_on.clone()),
        });
        let own = match (card.tells, card.output.range) {
            (CardTells::Toxicity, _) => Some(Calibration::LOG_ODDS),
            (CardTells::Regression, Some([low, high])) => Some(Calibration::Range { low, high }),
            _ => None,
        };
        Ok(Self(match card.tells {
            CardTells::Grounding | CardTells::Inference => {
                Rates::Support(SupportCriterion::new(roles))
            }
            CardTells::Spans => Rates::Nothing(roles),
            _ => match fitted.or(own) {
                Some(calibration) => Rates::Number(RewardCriterion::new(roles, calibration)?),
                None => Rates::Nothing(roles),
            },
        }))
    }

    /// The model in the roles of its card.
    pub fn roles(&self) -> &CardRoles {
        match &self.0 {
            Rates::Number(rates) => rates.model(),
            Rates::Support(rates) => rates.model(),
            Rates::Levels(rates) => rates.model(),
            Rates::Nothing(roles) => roles,
        }
    }

    /// The same judge, which now takes the levels of a criterion as hypotheses about the response.
    ///
    /// # Errors
    /// A judge that tells neither inference nor grounding.
    pub fn by_levels(self) -> Result<Self> {
        match self.0 {
            Rates::Support(rates) => {
                Ok(Self(Rates::Levels(LevelCriterion::new(rates.into_model()))))
            }
            Rates::Levels(rates) => Ok(Self(Rates::Levels(rates))),
            Rates::Number(rates) => Err(rates.model().other_role("inference or grounding")),
            Rates::Nothing(roles) => Err(roles.other_role("inference or grounding")),
        }
    }

    /// Whether it tells what is at fault in parts of a response, and nothing else.
    pub fn tells_spans(&self) -> bool {
        self.roles().card().tells == CardTells::Spans
    }

    /// Whether it rates criteria.
    ///
    /// # Errors
    /// What keeps it from it.
    pub fn rates_criteria(&self) -> Result<()> {
        let Rates::Nothing(roles) = &self.0 else { return Ok(()) };
        if self.tells_spans() {
            return Err(roles.other_role("criteria (as `spans=ID` it adds its findings)"));
        }
        let id = &roles.info.signature.id;
        let message = format!(
            "{id} gives numbers without bounds, and its card has no [calibration] to place them on a scale; expected one (slope, intercept, fitted_on), or `rubrica compare`"
        );
        Err(Error::Model { code: "uncalibrated", message })
    }

    /// Whether it tells which of two responses is better.
    ///
    /// # Errors
    /// What it tells instead.
    pub fn compares(&self) -> Result<()> {
        match self.roles().card().tells {
            CardTells::Reward | CardTells::Relevance => Ok(()),
            _ => Err(self.roles().other_role("rewards or relevance")),
        }
    }

    /// Whether it tells what rests on passages.
    ///
    /// # Errors
    /// What it tells instead.
    pub fn tells_support(&self) -> Result<()> {
        match self.roles().card().tells {
            CardTells::Grounding | CardTells::Inference => self.roles().supports().map(|_| ()),
            _ => Err(self.roles().other_role("grounding or inference")),
        }
    }
}

impl RubricModel for PublishedJudge {
    fn info(&self) -> &ModelInfo {
        &self.roles().info
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        match &self.0 {
            Rates::Number(rates) => rates.settings(criteria),
            Rates::Support(rates) => rates.settings(criteria),
            Rates::Levels(rates) => rates.settings(criteria),
            Rates::Nothing(_) => Vec::new(),
        }
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        match &self.0 {
            Rates::Number(rates) => rates.caveats(criteria),
            Rates::Support(rates) => rates.caveats(criteria),
            Rates::Levels(rates) => rates.caveats(criteria),
            Rates::Nothing(_) => Vec::new(),
        }
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        match &self.0 {
            Rates::Number(rates) => rates.rate(inputs, criteria, job).await,
            Rates::Support(rates) => rates.rate(inputs, criteria, job).await,
            Rates::Levels(rates) => rates.rate(inputs, criteria, job).await,
            Rates::Nothing(_) => {
                self.rates_criteria()?;
                Ok(vec![Vec::new(); inputs.len()])
            }
        }
    }

    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        match &self.0 {
            Rates::Number(rates) => rates.rate_without(input, criteria, spans, job).await,
            Rates::Support(rates) => rates.rate_without(input, criteria, spans, job).await,
            Rates::Levels(rates) => rates.rate_without(input, criteria, spans, job).await,
            Rates::Nothing(_) => {
                self.rates_criteria()?;
                Ok(vec![Vec::new(); spans.len()])
            }
        }
    }

    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        match &self.0 {
            Rates::Support(rates) => rates.findings(input, parts, job).await,
            Rates::Nothing(roles) if self.tells_spans() => roles.faults(input, parts, job).await,
            _ => Ok(Vec::new()),
        }
    }
}

/// sha256 over the names and hashes of all files but weights, golden outputs and licence texts: what else the
/// numbers depend on, the card with it.
fn settings_sha256(manifest: &Manifest) -> String {
    let read = |name: &str| name != GOLDEN && (name.ends_with(".json") || name == CARD);
    let entries = manifest.files.iter().filter(|file| read(&file.name));
    let lines: String = entries.map(|f| format!("{} {}\n", f.name, f.sha256)).collect();
    sha256_hex(lines.as_bytes())
}

impl LoadedModel {
    /// The card of a published judge.
    ///
    /// # Errors
    /// A model without one; what is wrong with it.
    pub fn card(&self) -> Result<JudgeCard> {
        let text = std::str::from_utf8(self.required(CARD)?).map_err(|_| Error::Model {
            code: "model_config",
            message: format!("{}: {CARD}: is not UTF-8", self.manifest.id),
        })?;
        Ok(JudgeCard::from_toml(text)?)
    }

    /// The model of the card on a device, with `golden` checked against its golden outputs.
    pub(super) async fn card_judge(
        &self,
        golden: bool,
        choice: DeviceChoice,
        options: EncodeOptions,
        now: &dyn Fn() -> f64,
    ) -> Result<(CardJudge, DeviceReport)> {
        let card = self.card()?;
        let weights = &self.manifest.weights;
        let is_part =
            |name: &str| name.ends_with(".safetensors") && !name.contains('/') && name != weights;
        let parts: Vec<&[u8]> = self
            .files
            .iter()
            .filter(|(name, _)| is_part(name))
            .map(|(_, bytes)| bytes.as_slice())
            .collect();
        let nested: Vec<(&str, &[u8])> = self
            .files
            .iter()
            .filter(|(name, _)| name.contains('/'))
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let files = ModelFiles {
            id: &self.manifest.id,
            config: self.required("config.json")?,
            tokenizer: self.required("tokenizer.json")?,
            weights: self.required(weights)?,
            weights_sha256: self.single_sha256(&parts, &nested),
            more_weights: &parts,
            modules: self.file("modules.json").map(|list| ModuleFiles { list, files: &nested }),
            golden: golden.then(|| self.required(GOLDEN)).transpose()?,
            ..ModelFiles::default()
        };
        Ok(load_on::<CardJudge>((files, &card), choice, options, now).await?)
    }

    /// The hash that the weights must have, where they are a single file; the hash of several is that of their
    /// hashes, and a folder has compared each.
    fn single_sha256(&self, parts: &[&[u8]], nested: &[(&str, &[u8])]) -> Option<&str> {
        let several = !parts.is_empty() || nested.iter().any(|(n, _)| n.ends_with(".safetensors"));
        let entry = self.manifest.file(&self.manifest.weights).filter(|_| !several)?;
        Some(&entry.sha256)
    }

    /// The published judge, checked against its golden outputs.
    pub(super) async fn published(
        &self,
        choice: DeviceChoice,
        options: EncodeOptions,
        now: &dyn Fn() -> f64,
    ) -> Result<(PublishedJudge, DeviceReport)> {
        let (judge, report) = self.card_judge(true, choice, options, now).await?;
        let mut info = judge.info().clone();
        info.signature.files = Some(settings_sha256(&self.manifest));
        Ok((PublishedJudge::new(CardRoles { judge, info })?, report))
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
