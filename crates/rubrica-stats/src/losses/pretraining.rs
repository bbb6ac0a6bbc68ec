//! Corpora with preferences: tags, filters and the two losses that weigh text by its score.
//!
//! Korbak et al., "Pretraining language models with human preferences", ICML 2023. Scores are of what is *not*
//! wanted: the lower, the better. A sentence is *aligned* when its score is at most the threshold (5.6e-4 for
//! toxicity there), and tags are dropped now and then (one in a hundred) so that untagged text stays known.

use serde::{Deserialize, Serialize};

use super::{Loss, finite};
use crate::quantile::quantile;
use crate::rng::Rng;
use crate::{Result, StatsError, check};

/// The tag of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferenceTag {
    /// At most the threshold.
    Aligned,
    /// Above it.
    Misaligned,
    /// The tag was dropped by chance.
    Dropped,
}

/// How to tag.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TagThreshold {
    /// A score.
    Score(f64),
    /// The score that this share of the sentences is at or below.
    Quantile(f64),
}

/// Options of [`tag_scores`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagOptions {
    /// Where aligned ends.
    pub threshold: TagThreshold,
    /// Probability that a tag is dropped, in `0..=1`.
    #[serde(default)]
    pub drop: f64,
    /// Seed of the drops.
    #[serde(default)]
    pub seed: u64,
}

/// The tag of each score, and the threshold.
///
/// # Errors
/// No scores, one that is not finite, options out of range.
pub fn tag_scores(scores: &[f64], options: &TagOptions) -> Result<(Vec<PreferenceTag>, f64)> {
    check::values("scores", scores, 1)?;
    check::probabilities("drop", &[options.drop])?;
    let threshold = match options.threshold {
        TagThreshold::Score(score) => score,
        TagThreshold::Quantile(q) => quantile(scores, q)?,
    };
    check::values("threshold", &[threshold], 1)?;
    let mut rng = Rng::seeded(options.seed);
    let tag = |score: &f64| match (rng.unit() < options.drop, *score <= threshold) {
        (true, _) => PreferenceTag::Dropped,
        (false, true) => PreferenceTag::Aligned,
        (false, false) => PreferenceTag::Misaligned,
    };
    Ok((scores.iter().map(tag).collect(), threshold))
}

/// Which documents are kept: those whose mean score is at most `threshold` (7.8e-4 for toxicity there).
///
/// # Errors
/// A document without scores; a number that is not finite.
pub fn kept_documents(documents: &[Vec<f64>], threshold: f64) -> Result<Vec<bool>> {
    check::values("threshold", &[threshold], 1)?;
    documents.iter().map(|scores| Ok(crate::moments::mean(scores)? <= threshold)).collect()
}

/// Options of [`advantage_weighted_loss`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdvantageOptions {
    /// α: share of the cross-entropy, in `0..=1`.
    pub alpha: f64,
    /// β: temperature of the advantage, above 0.
    pub beta: f64,
    /// The largest weight.
    pub largest_weight: f64,
}

impl Default for AdvantageOptions {
    /// As configured for toxicity.
    fn default() -> Self {
        Self { alpha: 0.5, beta: 10.0, largest_weight: 1000.0 }
    }
}

/// Advantage-weighted regression of one token: `α·(−ln p)·min(e^{A/β}, 1000) + (1 − α)·(V + score)²` with
/// `A = −score − V`. The gradient is by `log_p` and by the value `V`; the weight is a constant to it.
///
/// # Errors
/// A number that is not finite, a log-probability above 0, options out of range.
pub fn advantage_weighted_loss(
    log_p: f64,
    score: f64,
    value: f64,
    options: &AdvantageOptions,
) -> Result<Loss> {
    check_log("log_p", log_p)?;
    check::values("score, value", &[score, value], 2)?;
    check::in_range("alpha", options.alpha, |a| (0.0..=1.0).contains(&a), "0 to 1")?;
    check::in_range("beta", options.beta, |b| b > 0.0, "a number > 0")?;
    check::in_range("largest_weight", options.largest_weight, |w| w > 0.0, "a number > 0")?;
    let advantage = -score - value;
    let weight = (advantage / options.beta).exp().min(options.largest_weight);
    let (likely, valued) = (options.alpha * weight, 1.0 - options.alpha);
    finite(
        -likely * log_p + valued * advantage * advantage,
        vec![-likely, -2.0 * valued * advantage],
    )
}

/// Unlikelihood of one token: `−ln p` when it is aligned, else `−α ln(1 − p)`. The gradient is by `ln p`.
///
/// # Errors
/// A log-probability above 0, or of 0 for a token that is not aligned; α below 0.
pub fn unlikelihood_loss(log_p: f64, aligned: bool, alpha: f64) -> Result<Loss> {
    check_log("log_p", log_p)?;
    check::in_range("alpha", alpha, |a| a >= 0.0, "a number >= 0")?;
    if aligned {
        return finite(-log_p, vec![-1.0]);
    }
    if log_p == 0.0 {
        let expected = "below 0 where the text is not aligned: ln(1 − p) has no value at p = 1";
        return Err(StatsError::OutOfRange { what: "log_p".into(), value: log_p, expected });
    }
    let other = -log_p.exp_m1();
    finite(-alpha * other.ln(), vec![alpha * log_p.exp() / other])
}

fn check_log(what: &str, value: f64) -> Result<()> {
    check::in_range(what, value, |p| p <= 0.0, "a log-probability, at most 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_dropped_at_the_rate() {
        let options = TagOptions { threshold: TagThreshold::Quantile(0.5), drop: 0.1, seed: 3 };
        let scores: Vec<f64> = (0..10_000).map(f64::from).collect();
        let (tags, _) = tag_scores(&scores, &options).expect("valid");
        let count = |tag| tags.iter().filter(|t| **t == tag).count() as f64;
        assert!((count(PreferenceTag::Dropped) / 1e4 - 0.1).abs() < 0.02);
        assert!(
            (count(PreferenceTag::Aligned) / count(PreferenceTag::Misaligned) - 1.0).abs() < 0.05
        );
        assert_eq!(tags, tag_scores(&scores, &options).expect("again").0);
    }

    #[test]
    fn weights_are_capped() {
        let options = AdvantageOptions { beta: 1e-3, alpha: 1.0, ..Default::default() };
        let found = advantage_weighted_loss(-2.0, -5.0, 0.0, &options).expect("valid");
        assert_eq!((found.value, found.gradient[0]), (2000.0, -1000.0));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(unlikelihood_loss(0.0, false, 1.0).expect_err("sure").code(), "out_of_range");
        assert_eq!(unlikelihood_loss(0.1, true, 1.0).expect_err("above").code(), "out_of_range");
        assert!(unlikelihood_loss(0.0, true, 1.0).is_ok());
        assert_eq!(kept_documents(&[vec![]], 1.0).expect_err("empty").code(), "too_few_values");
        let plain = AdvantageOptions::default();
        assert!(advantage_weighted_loss(f64::NAN, 0.0, 0.0, &plain).is_err());
    }
}
