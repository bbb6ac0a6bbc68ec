//! The standard normal distribution.

use statrs::distribution::{ContinuousCDF, Normal};

/// Probability of a value up to `z`.
pub(crate) fn cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The value below which a share `p` (between 0 and 1, both excluded) of the mass lies.
pub(crate) fn quantile(p: f64) -> f64 {
    debug_assert!(p > 0.0 && p < 1.0);
    Normal::standard().inverse_cdf(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_and_cdf_are_inverse() {
        // scipy.stats.norm.ppf(0.975), 1.17.1
        assert!((quantile(0.975) - 1.959963984540054).abs() < 1e-12);
        for p in [1e-9, 0.001, 0.3, 0.5, 0.9, 0.99999] {
            assert!((cdf(quantile(p)) / p - 1.0).abs() < 1e-9, "p = {p}");
        }
    }
}
