//! The t, F, chi-squared, binomial and noncentral t distributions.
//!
//! Tails are computed as tails, not as one less the rest, so that small chances keep their digits.

use statrs::function::{beta::beta_reg, gamma::gamma_ur, gamma::ln_gamma};

use crate::normal;

/// Chance that |t| is at least this large.
pub(crate) fn t_two_sided(t: f64, degrees: f64) -> f64 {
    share(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

/// The value below which a share `p` between 0 and 1 lies.
pub(crate) fn t_quantile(p: f64, degrees: f64) -> f64 {
    let tail = p.min(1.0 - p);
    let size = falling_root(|t| t_two_sided(t, degrees) / 2.0, tail);
    if p < 0.5 { -size } else { size }
}

/// Chance of a value of at least `f`.
pub(crate) fn f_tail(f: f64, above: f64, below: f64) -> f64 {
    share(below / 2.0, above / 2.0, below / (below + above * f))
}

/// The value above which a share `tail` between 0 and 1 lies.
pub(crate) fn f_upper(tail: f64, above: f64, below: f64) -> f64 {
    falling_root(|f| f_tail(f, above, below), tail)
}

/// Chance of a value of at least `x`.
pub(crate) fn chi_squared_tail(x: f64, degrees: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_ur(degrees / 2.0, x / 2.0) }
}

/// Chance of at most `k` heads in `n` throws of a fair coin, `k` at most half of `n`.
pub(crate) fn fair_binomial_tail(k: usize, n: usize) -> f64 {
    debug_assert!(k <= n / 2);
    // Terms relative to the middle one, by the ratio of neighbours: factorials would lose digits.
    // Below the middle they fall, so that the rest can be left out once it no longer shows.
    let (mut term, mut half, mut tail) = (1.0f64, 0.0f64, 0.0f64);
    let mut i = n / 2;
    loop {
        if i <= k {
            tail += term;
        }
        // With an even number of throws, the middle belongs to both halves.
        half += if 2 * i == n { term / 2.0 } else { term };
        if i == 0 || term == 0.0 || (i <= k && term < 1e-18 * tail) {
            return (tail / (2.0 * half)).min(1.0);
        }
        term *= i as f64 / (n - i + 1) as f64;
        i -= 1;
    }
}

/// Chance of a value up to `t` when the mean is shifted by `shift` (Lenth, 1989, AS 243).
pub(crate) fn noncentral_t_cdf(t: f64, degrees: f64, shift: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - noncentral_t_cdf(-t, degrees, -shift);
    }
    let x = t * t / (t * t + degrees);
    let half = shift * shift / 2.0;
    // Poisson weights around their mode; those on both sides fall away.
    let mode = half.floor();
    let weight = |j: f64| {
        let ln = -half + j * half.ln();
        ((ln - ln_gamma(j + 1.0)).exp(), (ln - ln_gamma(j + 1.5)).exp())
    };
    let term = |j: f64| {
        let (even, odd) =
            if half > 0.0 { weight(j) } else { (crate::check::indicator(j == 0.0), 0.0) };
        let odd = odd * shift / std::f64::consts::SQRT_2;
        let (a, b) = (share(j + 0.5, degrees / 2.0, x), share(j + 1.0, degrees / 2.0, x));
        ((even * a + odd * b) / 2.0, even.max(odd.abs()))
    };
    let mut sum = 0.0;
    let mut add = |j: f64| {
        let (value, size) = term(j);
        sum += value;
        size > 1e-18
    };
    let mut j = mode;
    while add(j) && j < mode + 1e4 {
        j += 1.0;
    }
    let mut j = mode - 1.0;
    while j >= 0.0 && add(j) {
        j -= 1.0;
    }
    (normal::cdf(-shift) + sum).clamp(0.0, 1.0)
}

/// The regularised incomplete beta function, also at the ends and for infinite arguments.
fn share(a: f64, b: f64, x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { beta_reg(a, b, x.clamp(0.0, 1.0)) }
}

/// Where a function falling from its value at 0 towards 0 at infinity takes `value`.
fn falling_root(f: impl Fn(f64) -> f64, value: f64) -> f64 {
    // Halving on a logarithmic scale reaches every positive double in about 60 steps.
    let (mut low, mut high) = (-700.0f64, 700.0f64);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if f(middle.exp()) > value { low = middle } else { high = middle }
    }
    ((low + high) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
    }

    /// Expected values from SciPy 1.17.1: `t`, `f`, `chi2`, `binom`, `nct`.
    #[test]
    fn equal_to_scipy() {
        near(t_two_sided(3.5, 7.0), 0.009993040881885549);
        near(t_two_sided(40.0, 12.0), 3.851229580772032e-14);
        near(t_quantile(0.975, 11.0), 2.200985160091639);
        near(t_quantile(0.01, 2.0), -6.964556734283274);
        near(f_tail(4.2, 5.0, 18.0), 0.010498314935714815);
        near(f_upper(0.025, 7.0, 21.3), 2.9577940807901424);
        near(f_upper(0.975, 3.0, 9.0), 0.06909379033118607);
        near(chi_squared_tail(31.0, 4.0), 3.061395748316364e-06);
        near(fair_binomial_tail(12, 40), 0.008294501687487355);
        near(fair_binomial_tail(430, 1000), 5.3548688324798024e-06);
        near(noncentral_t_cdf(2.1, 19.0, 1.5), 0.7059894796286905);
        near(noncentral_t_cdf(1.98, 99.0, 5.0), 0.0013708688264621926);
        near(noncentral_t_cdf(-2.0, 9.0, 0.3), 0.020356686072505296);
        near(noncentral_t_cdf(2.0, 9.0, 0.0), 0.9617235881146495);
    }

    #[test]
    fn ends() {
        assert_eq!(t_two_sided(f64::INFINITY, 5.0), 0.0);
        assert_eq!(f_tail(f64::INFINITY, 2.0, 5.0), 0.0);
        assert_eq!(f_tail(0.0, 2.0, 5.0), 1.0);
        assert_eq!(chi_squared_tail(0.0, 2.0), 1.0);
        assert_eq!((fair_binomial_tail(0, 0), fair_binomial_tail(0, 1)), (1.0, 0.5));
        assert_eq!(fair_binomial_tail(0, 1_000_000), 0.0);
        assert!((noncentral_t_cdf(2.0, 30.0, 30.0)) < 1e-30);
    }
}
