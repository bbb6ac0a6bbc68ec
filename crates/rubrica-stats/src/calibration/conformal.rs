//! Split conformal prediction (Vovk et al., 2005; Papadopoulos et al., 2002).

use crate::{Result, StatsError, check};

/// The ⌈(n + 1) · coverage⌉-th smallest of n nonconformity scores.
///
/// With scores |truth − prediction| from data that the model was not fitted on, the interval
/// prediction ± quantile holds the truth of an exchangeable new item with at least this coverage.
///
/// # Errors
/// A score that is not finite, a coverage outside `0..1`, or too few scores for the coverage: 95 %
/// needs at least 19.
pub fn conformal_quantile(scores: &[f64], coverage: f64) -> Result<f64> {
    check::open_unit("coverage", coverage)?;
    check::values("scores", scores, 1)?;
    // Less a hair, so that 0.95 · 20 is 19 although 0.95 is no binary fraction.
    let rank = |n: usize| ((n + 1) as f64 * coverage - 1e-9).ceil().max(1.0) as usize;
    let n = scores.len();
    if rank(n) > n {
        let needed = (coverage / (1.0 - coverage) - 1e-9).ceil() as usize;
        return Err(StatsError::TooFew { what: "scores", found: n, needed });
    }
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted[rank(n) - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_and_least_number() {
        let scores: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(conformal_quantile(&scores, 0.95), Ok(19.0));
        assert_eq!(conformal_quantile(&scores, 0.9), Ok(18.0));
        assert_eq!(conformal_quantile(&scores, 0.5), Ok(10.0));
        assert_eq!(
            conformal_quantile(&scores[..18], 0.95),
            Err(StatsError::TooFew { what: "scores", found: 18, needed: 19 })
        );
        assert_eq!(conformal_quantile(&scores, 1.0).expect_err("all").code(), "out_of_range");
    }

    /// Coverage over many splits of one seeded stream.
    #[test]
    fn covers_as_promised() {
        let mut rng = crate::rng::Rng::seeded(5);
        let mut covered = 0;
        for _ in 0..4000 {
            let scores: Vec<f64> = (0..30).map(|_| rng.unit()).collect();
            let limit = conformal_quantile(&scores, 0.9).expect("thirty");
            covered += usize::from(rng.unit() <= limit);
        }
        // Exactly 28 / 31 in expectation; standard deviation about 0.0047.
        assert!((covered as f64 / 4000.0 - 28.0 / 31.0).abs() < 0.02, "{covered}");
    }
}
