//! A judge of criteria made of a reward model.

use rubrica_core::model::{JudgeInput, Rated};
use rubrica_core::{Criterion, Error, Job, ModelInfo, Result, RewardModel, RubricModel, Undefined};

use super::spread;
use crate::input::cut_note;

/// How a reward becomes a place between the worst (0) and the best (1) of a scale.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Calibration {
    /// `1 / (1 + exp(−(slope · reward + intercept)))`.
    Logistic {
        /// Above 0: a higher reward is a better place.
        slope: f64,
        /// Log odds of the best at reward 0.
        intercept: f64,
        /// The examples that it was fitted on, in words; none where the numbers are only read so.
        fitted_on: Option<String>,
    },
    /// Along a line between the ends of the model's own scale.
    Range {
        /// The worst.
        low: f64,
        /// The best.
        high: f64,
    },
}

impl Calibration {
    /// A model whose outputs are log odds as they stand, fitted on nothing.
    pub const LOG_ODDS: Self = Self::Logistic { slope: 1.0, intercept: 0.0, fitted_on: None };

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a slope that is not above 0, a range that does not ascend, or numbers that are
    /// not finite.
    pub fn validate(&self) -> Result<()> {
        let sound = |numbers: [f64; 2]| numbers.iter().all(|x| x.is_finite());
        match *self {
            Self::Logistic { slope, intercept, .. }
                if !sound([slope, intercept]) || slope <= 0.0 =>
            {
                let problem = format!("slope is {slope} and intercept {intercept}");
                Err(Error::invalid("calibration", problem, "finite numbers, and a slope above 0"))
            }
            Self::Range { low, high } if !sound([low, high]) || low >= high => {
                let problem = format!("range is {low} to {high}");
                Err(Error::invalid("calibration", problem, "finite numbers that ascend"))
            }
            _ => Ok(()),
        }
    }

    /// The place of a reward, in `0..=1`.
    pub fn place(&self, reward: f64) -> f64 {
        match *self {
            Self::Logistic { slope, intercept, .. } => {
                1.0 / (1.0 + (-(slope * reward + intercept)).exp())
            }
            Self::Range { low, high } => ((reward - low) / (high - low)).clamp(0.0, 1.0),
        }
    }

    fn setting(&self) -> String {
        match self {
            Self::Logistic { slope, intercept, fitted_on } => {
                let kind = if fitted_on.is_some() { "logistic" } else { "uncalibrated" };
                format!("{kind}({slope},{intercept})")
            }
            Self::Range { low, high } => format!("range({low},{high})"),
        }
    }

    /// What a place is worth, after the name of the model.
    fn worth(&self) -> String {
        match self {
            Self::Logistic { fitted_on: Some(on), .. } => {
                format!("calibrated by a logistic curve on {on}")
            }
            Self::Logistic { fitted_on: None, .. } => {
                "uncalibrated: its probability is read as a place on the scale".into()
            }
            Self::Range { .. } => {
                "uncalibrated: its own scale is laid on that of the criterion".into()
            }
        }
    }
}

/// A reward model that rates criteria. It does not read them: all get the same place.
#[derive(Debug, Clone)]
pub struct RewardCriterion<M> {
    model: M,
    calibration: Calibration,
}

impl<M: RewardModel> RewardCriterion<M> {
    /// A judge of `model`, whose rewards are read by `calibration`.
    ///
    /// # Errors
    /// As [`Calibration::validate`].
    pub fn new(model: M, calibration: Calibration) -> Result<Self> {
        calibration.validate()?;
        Ok(Self { model, calibration })
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.model
    }
}

impl<M: RewardModel> RubricModel for RewardCriterion<M> {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        let setting = |c: &Criterion| (format!("calibration.{}", c.id), self.calibration.setting());
        criteria.iter().map(setting).collect()
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        let id = &self.model.info().signature.id;
        let worth = self.calibration.worth();
        let caveat = |c: &Criterion| {
            format!(
                "criterion `{}`: {id} gives one number for the response and does not read the criterion; {worth}",
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
        let rewards = self.model.reward_and_cut(inputs, job).await?;
        let row = |(reward, cut)| {
            let rate = |criterion: &Criterion| {
                let place = self.calibration.place(reward);
                if !place.is_finite() {
                    let id = &self.model.info().signature.id;
                    let reason =
                        format!("{id} gives the reward {reward}; expected a finite number");
                    let why = Undefined { code: "not_finite".into(), reason };
                    return Rated::undefined(criterion.scale.points(), why);
                }
                let distribution = spread::of_fraction(place, &criterion.scale);
                let notes = cut_note(cut).into_iter().collect();
                Rated { notes, ..Rated::new(distribution, None) }
            };
            criteria.iter().map(rate).collect()
        };
        Ok(rewards.into_iter().map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Quiet, Rubric, Sample, Scale, read_rubric};

    use super::*;
    use crate::scripted::Scripted;
    use crate::{AbsoluteOptions, absolute};

    fn rubric() -> Rubric {
        read_rubric("name: x\ncriteria:\n  - {id: help, description: Does it help?}\n")
            .expect("valid")
    }

    fn judge(calibration: Calibration, response: &str) -> rubrica_core::Judgment {
        let model = RewardCriterion::new(Scripted::new(), calibration).expect("sound");
        let sample = Sample::new("", response);
        let options = AbsoluteOptions::default();
        block_on(absolute(&model, &sample, &rubric(), &options, &Quiet)).expect("judged")
    }

    #[test]
    fn a_calibrated_reward_is_a_place_on_the_scale() {
        let fitted_on = Some("100 ratings".to_owned());
        let calibration = Calibration::Logistic { slope: 2.0, intercept: -1.0, fitted_on };
        // Two goods are a reward of 2.
        let judgment = judge(calibration, "good good");
        let place = 1.0 / (1.0 + (-3.0f64).exp());
        assert!((judgment.score.value().expect("defined") - (1.0 + 4.0 * place)).abs() < 1e-9);
        assert!(judgment.warnings[0].contains("calibrated by a logistic curve on 100 ratings"));
        assert_eq!(judgment.signature.options["calibration.help"], "logistic(2,-1)");
    }

    #[test]
    fn without_calibration_the_judgment_says_so() {
        let judgment = judge(Calibration::LOG_ODDS, "plain");
        assert!((judgment.score.value().expect("defined") - 3.0).abs() < 1e-9);
        assert!(judgment.warnings[0].contains("uncalibrated"), "{:?}", judgment.warnings);
        assert!(judgment.signature.options["calibration.help"].starts_with("uncalibrated"));
        let judgment = judge(Calibration::Range { low: 0.0, high: 4.0 }, "good");
        assert!((judgment.score.value().expect("defined") - 2.0).abs() < 1e-9);
        assert!(judgment.warnings[0].contains("uncalibrated"));
        let judgment = judge(Calibration::Range { low: 0.0, high: 4.0 }, "bad");
        assert_eq!(judgment.score.value(), Some(1.0));
    }

    #[test]
    fn a_reward_that_is_none_has_no_score() {
        let judgment = judge(Calibration::LOG_ODDS, "nan");
        assert_eq!(judgment.score.value(), None);
        assert!(judgment.warnings.iter().any(|w| w.contains("NaN")), "{:?}", judgment.warnings);
    }

    #[test]
    fn calibrations_that_are_none_are_refused() {
        let logistic =
            |slope, intercept| Calibration::Logistic { slope, intercept, fitted_on: None };
        for wrong in [
            logistic(0.0, 0.0),
            logistic(-1.0, 0.0),
            logistic(f64::NAN, 0.0),
            logistic(1.0, f64::INFINITY),
            Calibration::Range { low: 1.0, high: 1.0 },
        ] {
            assert!(RewardCriterion::new(Scripted::new(), wrong.clone()).is_err(), "{wrong:?}");
        }
        let place = logistic(1.0, 0.0).place(f64::INFINITY);
        assert_eq!((place, Scale::binary().value_at(place)), (1.0, 1.0));
    }
}
