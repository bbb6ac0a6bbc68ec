//! A model that counts words, for tests: what it says can be worked out by hand.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use rubrica_core::model::{Finding, GenerateOptions, JudgeInput, Rated, Scope, Unused};
use rubrica_core::{
    Criterion, CutTokens, Distribution, Evidence, GenerateModel, Job, ModelInfo, ModelSignature,
    Progress, Result, RewardModel, RubricModel, Span, Stage, Support, SupportModel,
};

/// Every `good` in the response adds 0.1 to its reward and to the place between the scale's ends
/// where it is rated, every `bad` takes as much away, from 0.5 on; `good:id` and `bad:id` count only
/// for criterion `id`. A criterion `broken` is rated NaN. A sentence with `error:p` has an error with
/// probability p.
#[derive(Debug)]
pub(crate) struct Scripted {
    info: ModelInfo,
    /// What it was made for.
    pub(crate) scope: Scope,
    /// Responses read so far.
    pub(crate) reads: Cell<usize>,
    /// What [`GenerateModel::generate`] says, in turn.
    pub(crate) replies: RefCell<VecDeque<String>>,
}

/// What a scripted model is called.
fn info(id: &str) -> ModelInfo {
    ModelInfo {
        signature: ModelSignature {
            id: id.into(),
            sha256: "5c".repeat(32),
            precision: "f32".into(),
            files: None,
        },
        device: "flex".into(),
        template: "words/1".into(),
    }
}

impl Scripted {
    pub(crate) fn new() -> Self {
        Self::named("scripted")
    }

    pub(crate) fn named(id: &str) -> Self {
        Self {
            info: info(id),
            scope: Scope::default(),
            reads: Cell::new(0),
            replies: RefCell::default(),
        }
    }

    pub(crate) fn saying(replies: &[&str]) -> Self {
        let model = Self::new();
        *model.replies.borrow_mut() = replies.iter().map(|r| (*r).to_owned()).collect();
        model
    }
}

/// Goods less bads among the words that count for `criterion`.
fn balance(text: &str, criterion: Option<&str>) -> f64 {
    text.split(|c: char| c.is_whitespace() || ".,;!?".contains(c))
        .map(|word| match word.split_once(':') {
            Some((_, only)) if Some(only) != criterion => 0.0,
            Some(("good", _)) => 0.1,
            Some(("bad", _)) => -0.1,
            None if word == "good" => 0.1,
            None if word == "bad" => -0.1,
            _ => 0.0,
        })
        .sum()
}

/// All mass on the two points around `value`, so that it is the mean.
fn around(points: Vec<f64>, value: f64) -> Distribution {
    let above = points.iter().position(|p| *p >= value).unwrap_or(points.len() - 1);
    let mut weights = vec![0.0; points.len()];
    if above == 0 {
        weights[0] = 1.0;
    } else {
        let (low, high) = (points[above - 1], points[above]);
        weights[above] = (value - low) / (high - low);
        weights[above - 1] = 1.0 - weights[above];
    }
    Distribution::new(points, weights)
}

impl RubricModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        let mut rows = Vec::new();
        for (done, input) in inputs.iter().enumerate() {
            job.step(Stage::Score, done, inputs.len()).await?;
            self.reads.set(self.reads.get() + 1);
            rows.push(criteria.iter().map(|c| rate(input, c)).collect());
        }
        Ok(rows)
    }

    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        _job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        let finding = |(part, span): (usize, &Span)| {
            let (_, after) = span.slice(input.response)?.split_once("error:")?;
            let probability = after.split_whitespace().next()?.parse().ok()?;
            let evidence = Evidence::Segment { label: "factual".into(), probability };
            Some(Finding { part, evidence })
        };
        Ok(parts.iter().enumerate().filter_map(finding).collect())
    }

    async fn unused(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        _job: &dyn Job,
    ) -> Result<Vec<Unused>> {
        let context = input.context.join("\n");
        let unused = |(part, span): (usize, &Span)| {
            let (_, after) = span.slice(&context)?.split_once("unused:")?;
            let relevant = after.split_whitespace().next()?.parse().ok()?;
            Some(Unused { part, relevant, used: 0.0 })
        };
        Ok(parts.iter().enumerate().filter_map(unused).collect())
    }
}

fn rate(input: &JudgeInput<'_>, criterion: &Criterion) -> Rated {
    let points = criterion.scale.points();
    if criterion.id == "broken" {
        let probabilities = vec![f64::NAN; points.len()];
        return Rated::new(Distribution { points, probabilities }, None);
    }
    let fraction = (0.5 + balance(input.response, Some(&criterion.id))).clamp(0.0, 1.0);
    let value = criterion.scale.value_at(fraction);
    let interval = Some([criterion.scale.min, criterion.scale.max]);
    Rated::new(around(points, value), interval)
}

impl RewardModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// Ten times the balance, so that one word is one logit; `nan` as a response gives NaN.
    async fn reward(&self, inputs: &[JudgeInput<'_>], job: &dyn Job) -> Result<Vec<f64>> {
        let mut rewards = Vec::new();
        for (done, input) in inputs.iter().enumerate() {
            job.step(Stage::Score, done, inputs.len()).await?;
            self.reads.set(self.reads.get() + 1);
            let nan = input.response == "nan";
            rewards.push(if nan { f64::NAN } else { 10.0 * balance(input.response, None) });
        }
        Ok(rewards)
    }
}

impl GenerateModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn generate(
        &self,
        _prompt: &str,
        _options: &GenerateOptions,
        job: &dyn Job,
    ) -> Result<String> {
        job.step(Stage::Score, 0, 1).await?;
        Ok(self.replies.borrow_mut().pop_front().expect("the script has a reply left"))
    }

    /// A continuation is the likelier the nearer its number is to the last digit of the prompt's
    /// last word `near=<digit>`; all alike without one.
    async fn log_probability(
        &self,
        prompt: &str,
        continuations: &[&str],
        _job: &dyn Job,
    ) -> Result<Vec<f64>> {
        let near = prompt.rsplit("near=").next().and_then(|t| t.chars().next()?.to_digit(10));
        let distance = |text: &&str| match (near, text.trim().parse::<f64>()) {
            (Some(near), Ok(number)) => -(number - f64::from(near)).abs(),
            _ => 0.0,
        };
        Ok(continuations.iter().map(distance).collect())
    }
}

/// A part rests on a passage by the share of its words that the passage has; one with `nan` by no number.
/// `no` in the passage alone contradicts, `cut:7` in it stands for seven tokens that were not read.
#[derive(Debug)]
pub(crate) struct Grounded {
    info: ModelInfo,
    /// Said of every part, instead.
    always: Option<f64>,
    /// Parts read so far.
    pub(crate) reads: Cell<usize>,
}

impl Grounded {
    pub(crate) fn new() -> Self {
        Self { info: info("grounded"), always: None, reads: Cell::new(0) }
    }

    pub(crate) fn saying(probability: f64) -> Self {
        Self { always: Some(probability), ..Self::new() }
    }
}

impl SupportModel for Grounded {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn support(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Support>> {
        job.step(Stage::Encode, 0, parts.len()).await?;
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            words.map(str::to_lowercase).collect()
        };
        let passage = input.context.join("\n");
        let known = words(&passage);
        let cut = passage.split_once("cut:").and_then(|(_, n)| n.split(' ').next()?.parse().ok());
        let support = |part: &Span| {
            self.reads.set(self.reads.get() + 1);
            let said = words(part.slice(input.response).expect("inside"));
            let found = said.iter().filter(|word| known.contains(word)).count();
            let share = found as f64 / said.len().max(1) as f64;
            let no = "no".to_owned();
            let against = known.contains(&no) && !said.contains(&no);
            Support {
                probability: match said.contains(&"nan".to_owned()) {
                    true => f64::NAN,
                    false => self.always.unwrap_or(share),
                },
                contradicted: Some(if against { 0.9 } else { 0.0 }),
                piece: None,
                cut: CutTokens { first: cut.unwrap_or(0), second: 0 },
            }
        };
        Ok(parts.iter().map(support).collect())
    }
}

/// A job that is cancelled after so many steps, and counts what it hears.
pub(crate) struct CancelAfter {
    pub(crate) left: Cell<usize>,
    pub(crate) heard: RefCell<Vec<Progress>>,
}

impl CancelAfter {
    pub(crate) fn steps(left: usize) -> Self {
        Self { left: Cell::new(left), heard: RefCell::default() }
    }
}

impl Job for CancelAfter {
    fn progress(&self, progress: Progress) {
        self.heard.borrow_mut().push(progress);
    }

    fn cancelled(&self) -> bool {
        match self.left.get() {
            0 => true,
            left => {
                self.left.set(left - 1);
                false
            }
        }
    }
}
