//! Published judges: a model with its card, in the roles that it can play.

use rubrica_core::model::{Finding, JudgeInput, Occluded, Rated};
use rubrica_core::{Criterion, Error, Job, ModelInfo, Result, RubricModel, Span, sha256_hex};
use rubrica_judge::adapt::{Calibration, LevelCriterion, RewardCriterion, SupportCriterion};
use rubrica_models::{
    CardJudge, CardTells, DeviceChoice, DeviceReport, EncodeOptions, JudgeCard, ModelFiles,
    ModuleFiles, load_on,
};

use super::{CardRoles, LoadedModel, Manifest};

/// Name of the card beside the weights.
pub(super) const CARD: &str = "card.toml";
/// Name of the golden outputs.
pub(super) const GOLDEN: &str = "golden.json";

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
