//! pass@k: the chance that one of k tries succeeds.
//!
//! Chen et al., "Evaluating large language models trained on code", arXiv:2107.03374, 2021.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::staged_success::outcomes;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of [`PassAtK`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PassAtKOptions {
    /// Tries that one is picked from, at least 1.
    pub k: usize,
}

impl Default for PassAtKOptions {
    fn default() -> Self {
        Self { k: 1 }
    }
}

/// The unbiased estimate of the chance that at least one of k tries succeeds. Parts: `all_at_k`, that
/// all of them do, and `mean`, the share of tries that did.
///
/// A response holds the tries of one problem: a JSON list of true and false (or 1 and 0). Undefined
/// for fewer than k tries. The corpus score is the mean over problems.
#[derive(Debug, Clone, Copy)]
pub struct PassAtK {
    options: PassAtKOptions,
}

impl Described for PassAtK {
    type Options = PassAtKOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "pass_at_k",
        title: "pass@k",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Lists,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Chen et al., arXiv:2107.03374, 2021",
    };

    fn new(options: PassAtKOptions) -> Result<Self> {
        if options.k == 0 {
            return Err(Error::invalid("k", "is 0", "at least 1"));
        }
        Ok(Self { options })
    }
}

impl Averaged for PassAtK {
    const VALUES: &'static [&'static str] = &["pass", "all_at_k", "mean"];
    const UNDEFINED: (&'static str, &'static str) =
        ("too_few_tries", "there are fewer than k tries");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("k", self.options.k)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let tries = outcomes(Self::INFO.id, segment.response)?;
        let (n, k) = (tries.len(), self.options.k);
        let right = tries.iter().filter(|right| **right).count();
        Ok(pass_at_k(n, right, k)
            .zip(pass_at_k(n, n - right, k))
            .map(|(pass, fail)| vec![pass, 1.0 - fail, right as f64 / n as f64]))
    }
}

/// 1 − C(n − c, k) / C(n, k): the chance that k of n tries, of which `right` succeeded, hold a success;
/// `None` for k of 0 or above n.
pub fn pass_at_k(n: usize, right: usize, k: usize) -> Option<f64> {
    if k == 0 || k > n || right > n {
        return None;
    }
    if n - right < k {
        return Some(1.0);
    }
    // As a product, since the binomials themselves overflow.
    let misses: f64 = (n - right + 1..=n).map(|i| 1.0 - k as f64 / i as f64).product();
    Some(1.0 - misses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert!((pass_at_k(5, 2, 1).expect("defined") - 0.4).abs() < 1e-15);
        assert!((pass_at_k(5, 2, 2).expect("defined") - 0.7).abs() < 1e-15);
        assert_eq!(pass_at_k(3, 0, 3), Some(0.0));
        assert_eq!((pass_at_k(2, 1, 3), pass_at_k(2, 1, 0)), (None, None));
    }
}
