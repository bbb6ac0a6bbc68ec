//! Binomial random numbers.

use crate::rng::Rng;

/// Expected successes below which counting up is quicker than rejection.
const SMALL: f64 = 10.0;

/// The number of successes in `n` trials with probability `p` each.
///
/// Inversion for small means, else the transformed rejection BTRS of Hörmann (1993).
pub(super) fn binomial(n: u64, p: f64, rng: &mut Rng) -> u64 {
    if p <= 0.0 || n == 0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(n, 1.0 - p, rng);
    }
    if n as f64 * p < SMALL { inversion(n, p, rng) } else { rejection(n, p, rng) }
}

/// Jumps from success to success: the gaps are geometric (Devroye, 1986).
fn inversion(n: u64, p: f64, rng: &mut Rng) -> u64 {
    let log = (-p).ln_1p();
    let (mut trials, mut successes) = (0.0, 0);
    loop {
        trials += ((1.0 - rng.unit()).ln() / log).floor() + 1.0;
        if trials > n as f64 {
            return successes;
        }
        successes += 1;
    }
}

fn rejection(n: u64, p: f64, rng: &mut Rng) -> u64 {
    let count = n as f64;
    let spread = (count * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let center = count * p + 0.5;
    let v_limit = 0.92 - 4.2 / b;
    let odds = p / (1.0 - p);
    let alpha = (2.83 + 5.1 / b) * spread;
    let mode = ((count + 1.0) * p).floor();
    loop {
        let u = rng.unit() - 0.5;
        let v = 1.0 - rng.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + center).floor();
        if us >= 0.07 && v <= v_limit {
            return k as u64;
        }
        if k < 0.0 || k > count {
            continue;
        }
        let v = (v * alpha / (a / (us * us) + b)).ln();
        let bound = (mode + 0.5) * ((mode + 1.0) / (odds * (count - mode + 1.0))).ln()
            + (count + 1.0) * ((count - mode + 1.0) / (count - k + 1.0)).ln()
            + (k + 0.5) * (odds * (count - k + 1.0) / (k + 1.0)).ln()
            + stirling(mode)
            + stirling(count - mode)
            - stirling(k)
            - stirling(count - k);
        if v <= bound {
            return k as u64;
        }
    }
}

/// What Stirling's formula leaves out of ln k!.
fn stirling(k: f64) -> f64 {
    const TABLE: [f64; 10] = [
        0.08106146679532726,
        0.04134069595540929,
        0.02767792568499834,
        0.02079067210376509,
        0.01664469118982119,
        0.01387612882307075,
        0.01189670994589177,
        0.01041126526197209,
        0.009255462182712733,
        0.00833056343336287,
    ];
    if k < 10.0 {
        return TABLE[k as usize];
    }
    let next = k + 1.0;
    let square = 1.0 / (next * next);
    (1.0 / 12.0 - (1.0 / 360.0 - square / 1260.0) * square) / next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_variance_are_those_of_the_binomial() {
        let mut rng = Rng::seeded(9);
        for (n, p) in [(12, 0.3), (1000, 0.002), (500, 0.04), (900, 0.5), (100_000, 0.9)] {
            let draws: Vec<f64> = (0..20_000).map(|_| binomial(n, p, &mut rng) as f64).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
            let (expected, spread) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - expected).abs() < 4.0 * (spread / 20_000.0).sqrt(), "{n} {p}: {mean}");
            assert!((variance / spread - 1.0).abs() < 0.06, "{n} {p}: {variance} {spread}");
        }
        assert_eq!((binomial(0, 0.5, &mut rng), binomial(7, 1.0, &mut rng)), (0, 7));
    }

    #[test]
    fn every_count_is_as_likely_as_it_should_be() {
        // 40 trials at 0.4, past the limit of inversion.
        let mut rng = Rng::seeded(2);
        let mut counts = [0f64; 41];
        for _ in 0..100_000 {
            counts[binomial(40, 0.4, &mut rng) as usize] += 1.0;
        }
        let mut chance = 0.6f64.powi(40);
        let mut chi = 0.0;
        for (k, count) in counts.iter().enumerate() {
            if chance * 1e5 > 5.0 {
                chi += (count - chance * 1e5).powi(2) / (chance * 1e5);
            }
            chance *= (40 - k) as f64 / (k + 1) as f64 * (0.4 / 0.6);
        }
        // About 26 cells; the 99.9 % point of chi-square with 25 degrees of freedom is 52.6.
        assert!(chi < 52.6, "{chi}");
    }
}
