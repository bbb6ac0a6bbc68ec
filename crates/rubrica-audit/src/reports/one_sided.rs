//! How good is a scorer when labels are known only for what it accepted? Every accepted item stands for
//! the 1 / p items like it, of which a share p was accepted (inverse propensity scores; Horvitz &
//! Thompson, 1952; self-normalised: Hájek, 1971).

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::bootstrap::Bootstrap;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Figure;
use crate::error::{AuditError, Result};
use crate::records::{optional_number, optional_truth, truth};

/// An item that was accepted or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneSidedItem {
    /// Whether it was accepted, so that its label is known.
    #[serde(deserialize_with = "truth")]
    pub accepted: bool,
    /// Chance with which it was accepted, above 0 and up to 1; not needed where it was not.
    #[serde(default, deserialize_with = "optional_number")]
    pub propensity: Option<f64>,
    /// The loss on it, if that is given; else it comes from score and label.
    #[serde(default, deserialize_with = "optional_number")]
    pub loss: Option<f64>,
    /// The scorer's score.
    #[serde(default, deserialize_with = "optional_number")]
    pub score: Option<f64>,
    /// Whether it is good.
    #[serde(default, deserialize_with = "optional_truth")]
    pub label: Option<bool>,
}

/// How to estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OneSidedOptions {
    /// Scores from here up say that an item is good; the loss is then 0 or 1.
    pub threshold: f64,
    /// Weights above it are cut to it, which steadies the estimate and biases it; none for no cap.
    pub cap: Option<f64>,
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

impl Default for OneSidedOptions {
    fn default() -> Self {
        Self { threshold: 0.5, cap: None, bootstrap: Bootstrap::default() }
    }
}

/// Estimates of the mean loss over all items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneSidedReport {
    /// Items.
    pub n: usize,
    /// Accepted ones.
    pub accepted: usize,
    /// Sum of loss / propensity over the accepted, divided by all items: without bias when propensities are
    /// right.
    pub ips: Figure,
    /// The same divided by the sum of 1 / propensity: steadier, with a bias that vanishes with many items.
    pub self_normalised: Figure,
    /// Mean loss of the accepted, which is wrong unless acceptance had nothing to do with the loss.
    pub naive: Figure,
    /// The largest weight, after the cap.
    pub max_weight: f64,
    /// Weights that the cap cut.
    pub capped: usize,
    /// Items accepted for sure that would be as precise: `(Σ w)² / Σ w²`.
    pub effective_n: f64,
    /// What produced it.
    pub signature: Signature,
}

/// Estimates the mean loss over all items from the accepted ones.
///
/// # Errors
/// [`AuditError::Statistic`] without an accepted item; [`AuditError::Input`] for an accepted item without
/// propensity or loss, or numbers out of range.
pub fn one_sided_eval(items: &[OneSidedItem], options: &OneSidedOptions) -> Result<OneSidedReport> {
    if !options.threshold.is_finite() {
        let problem = format!("is {}", options.threshold);
        return Err(AuditError::invalid("threshold", problem, "a finite number"));
    }
    if let Some(cap) = options.cap.filter(|cap| !(*cap >= 1.0 && cap.is_finite())) {
        return Err(AuditError::invalid("cap", format!("is {cap}"), "a weight >= 1"));
    }
    let rows: Vec<Option<(f64, f64)>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            weighed(item, options.threshold).map_err(|e| e.within(&format!("[{index}]")))
        })
        .collect::<Result<_>>()?;
    let cap = options.cap.unwrap_or(f64::INFINITY);
    let capped = rows.iter().flatten().filter(|(weight, _)| *weight > cap).count();
    let rows: Vec<Option<(f64, f64)>> =
        rows.into_iter().map(|row| row.map(|(weight, loss)| (weight.min(cap), loss))).collect();
    let weights: Vec<f64> = rows.iter().flatten().map(|(weight, _)| *weight).collect();
    if weights.is_empty() {
        let (what, expected) = ("items", "at least one that was accepted");
        return Err(StatsError::NothingToCount { what, expected }.into());
    }
    let n = items.len();
    let estimate = |of: fn(Sums) -> f64| {
        Figure::of_items(n, &options.bootstrap, |drawn| {
            let mut sums = Sums { n: drawn.len() as f64, ..Sums::default() };
            for (weight, loss) in drawn.iter().filter_map(|&i| rows[i]) {
                sums.accepted += 1.0;
                sums.loss += loss;
                sums.weight += weight;
                sums.product += weight * loss;
            }
            let value = of(sums);
            let (what, expected) = ("items", "at least one that was accepted");
            match value.is_finite() {
                true => Ok(value),
                false => Err(StatsError::NothingToCount { what, expected }),
            }
        })
    };
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    let mut signature = Signature::new("one-sided-eval")
        .with("threshold", options.threshold)
        .with("cap", options.cap.map_or("none".to_owned(), |cap| cap.to_string()))
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(OneSidedReport {
        n,
        accepted: weights.len(),
        ips: estimate(|s| s.product / s.n),
        self_normalised: estimate(|s| s.product / s.weight),
        naive: estimate(|s| s.loss / s.accepted),
        max_weight: weights.iter().copied().fold(0.0, f64::max),
        capped,
        effective_n: sum * sum / squares,
        signature,
    })
}

#[derive(Clone, Copy, Default)]
struct Sums {
    n: f64,
    accepted: f64,
    loss: f64,
    weight: f64,
    product: f64,
}

/// Weight and loss of an item that was accepted.
fn weighed(item: &OneSidedItem, threshold: f64) -> Result<Option<(f64, f64)>> {
    for (field, value) in [("loss", item.loss), ("score", item.score)] {
        if let Some(value) = value.filter(|v| !v.is_finite()) {
            return Err(AuditError::invalid(field, format!("is {value}"), "a finite number"));
        }
    }
    if !item.accepted {
        return Ok(None);
    }
    let Some(p) = item.propensity else {
        return Err(AuditError::invalid(
            "propensity",
            "is missing",
            "a chance for what was accepted",
        ));
    };
    // Smaller chances than this have weights whose squares are not finite.
    if !(1e-100..=1.0).contains(&p) {
        return Err(AuditError::invalid("propensity", format!("is {p}"), "above 0 and up to 1"));
    }
    let loss = match (item.loss, item.score, item.label) {
        (Some(loss), ..) => loss,
        (None, Some(score), Some(label)) => f64::from(u8::from((score >= threshold) != label)),
        _ => {
            return Err(AuditError::invalid(
                "loss",
                "is missing",
                "a loss, or a score and a label",
            ));
        }
    };
    Ok(Some((1.0 / p, loss)))
}

impl Report for OneSidedReport {
    const NAME: &'static str = "one-sided";
    const QUESTION: &'static str = "How good is a scorer when only accepted items have labels?";
    const SOURCE: &'static str = "inverse propensity scores; Horvitz & Thompson, 1952";
    const ROW: &'static str = "accepted, propensity?, loss? or score? and label?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"accepted": true, "propensity": 0.5, "score": 0.9, "label": true}
{"accepted": true, "propensity": 0.8, "score": 0.2, "label": true}
{"accepted": false}
"#,
    };
    type Row = OneSidedItem;
    type Options = OneSidedOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        one_sided_eval(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_stats::rng::Rng;

    fn item(loss: Option<f64>, propensity: f64) -> OneSidedItem {
        let (accepted, propensity) = (loss.is_some(), Some(propensity));
        OneSidedItem { accepted, propensity, loss, score: None, label: None }
    }

    #[test]
    fn four_items_by_hand() {
        let items =
            [item(Some(1.0), 0.5), item(Some(0.0), 0.25), item(Some(1.0), 1.0), item(None, 0.5)];
        let found = one_sided_eval(&items, &OneSidedOptions::default()).expect("valid");
        assert_eq!(found.ips.value(), Some(0.75));
        assert_eq!(found.self_normalised.value(), Some(3.0 / 7.0));
        assert_eq!(found.naive.value(), Some(2.0 / 3.0));
        assert_eq!((found.max_weight, found.capped, found.accepted), (4.0, 0, 3));
        assert!((found.effective_n - 49.0 / 21.0).abs() < 1e-12);
        let cap = OneSidedOptions { cap: Some(1.5), ..OneSidedOptions::default() };
        let found = one_sided_eval(&items, &cap).expect("valid");
        assert_eq!((found.ips.value(), found.capped), (Some(0.625), 2));
    }

    #[test]
    fn it_sees_through_the_selection() {
        // Half of the items are lost on; those are accepted one time in five, the others four.
        let mut rng = Rng::seeded(3);
        let items: Vec<OneSidedItem> = (0..20_000)
            .map(|i| {
                let (good, p) = if i % 2 == 0 { (true, 0.8) } else { (false, 0.2) };
                let accepted = rng.unit() < p;
                let (score, label) = (Some(0.9), accepted.then_some(good));
                OneSidedItem { accepted, propensity: Some(p), loss: None, score, label }
            })
            .collect();
        let bootstrap = Bootstrap { replicates: 50, ..Bootstrap::default() };
        let options = OneSidedOptions { bootstrap, ..OneSidedOptions::default() };
        let found = one_sided_eval(&items, &options).expect("valid");
        let value = |figure: &Figure| figure.value().expect("defined");
        // Standard deviations are about 0.01; four of them.
        assert!((value(&found.ips) - 0.5).abs() < 0.04);
        assert!((value(&found.self_normalised) - 0.5).abs() < 0.04);
        assert!((value(&found.naive) - 0.2).abs() < 0.02);
    }

    #[test]
    fn mistakes_are_named() {
        let path = |items: &[OneSidedItem], options: &OneSidedOptions| {
            let error = one_sided_eval(items, options).expect_err("bad");
            error.path().unwrap_or(error.code()).to_owned()
        };
        let plain = OneSidedOptions::default();
        assert_eq!(path(&[], &plain), "nothing_to_count");
        assert_eq!(path(&[item(None, 0.5)], &plain), "nothing_to_count");
        for p in [0.0, -1.0, 1.5, f64::NAN, 1e-200] {
            assert_eq!(path(&[item(Some(1.0), p)], &plain), "[0].propensity");
        }
        let mut bare = item(Some(1.0), 0.5);
        bare.propensity = None;
        assert_eq!(path(&[bare.clone()], &plain), "[0].propensity");
        (bare.propensity, bare.loss) = (Some(0.5), None);
        assert_eq!(path(&[bare.clone()], &plain), "[0].loss");
        bare.score = Some(f64::INFINITY);
        assert_eq!(path(&[bare], &plain), "[0].score");
        let cap = OneSidedOptions { cap: Some(0.0), ..plain.clone() };
        assert_eq!(path(&[item(Some(1.0), 0.5)], &cap), "cap");
        let one = one_sided_eval(&[item(Some(1.0), 0.5)], &plain).expect("one");
        assert_eq!((one.ips.value(), one.self_normalised.value()), (Some(2.0), Some(1.0)));
    }
}
