//! The bootstrap of a list of battles, from its counts alone.
//!
//! To draw N battles with replacement is to draw the counts of all outcomes from a multinomial
//! distribution. Counts that are Poisson numbers, independent of each other, are multinomial once
//! their sum is known. So every outcome gets a Poisson number with a mean a little under its count,
//! and the battles that are then missing from N are drawn one by one.

use super::win_matrix::{Cell, WinMatrix};
use crate::rng::Rng;

/// Counts up to here have a table each.
const TABLES: usize = 256;

/// Draws resamples of one win matrix.
pub(super) struct Resampler<'c> {
    counts: &'c WinMatrix,
    total: u64,
    /// Mean of an outcome's Poisson number, as a share of its count.
    rate: f64,
    /// By count: Poisson numbers with that mean times `rate`.
    tables: Vec<Option<PoissonTable>>,
    /// Chooses an outcome: three for each cell.
    choice: Alias,
}

impl<'c> Resampler<'c> {
    /// Counts have to be whole numbers; fractions are rounded.
    pub(super) fn new(counts: &'c WinMatrix) -> Self {
        let weights: Vec<f64> =
            counts.cells().iter().flat_map(|cell| cell.outcomes().map(f64::round)).collect();
        let total = weights.iter().sum::<f64>();
        // Four deviations under the total: it is hardly ever passed.
        let rate = (1.0 - 4.0 / total.sqrt()).max(0.0);
        let mut tables: Vec<Option<PoissonTable>> = Vec::new();
        tables.resize_with(TABLES + 1, || None);
        for &weight in &weights {
            if weight > 0.0 && weight <= TABLES as f64 && rate > 0.0 {
                let table = &mut tables[weight as usize];
                *table = Some(table.take().unwrap_or_else(|| PoissonTable::new(weight * rate)));
            }
        }
        Self { counts, total: total as u64, rate, tables, choice: Alias::new(&weights) }
    }

    /// As many battles as there were, drawn with replacement.
    pub(super) fn draw(&self, rng: &mut Rng) -> WinMatrix {
        let (mut cells, mut drawn) = self.poisson(rng);
        while drawn > self.total {
            (cells, drawn) = self.poisson(rng);
        }
        for _ in drawn..self.total {
            let outcome = self.choice.draw(rng);
            let cell = &mut cells[outcome / 3];
            let mut outcomes = cell.outcomes();
            outcomes[outcome % 3] += 1.0;
            *cell = cell.with_outcomes(outcomes);
        }
        cells.retain(|cell| cell.battles() > 0.0);
        self.counts.with_cells(cells)
    }

    fn poisson(&self, rng: &mut Rng) -> (Vec<Cell>, u64) {
        let mut sum = 0.0;
        let mut number = |count: f64| {
            let count = count.round();
            if count == 0.0 || self.rate == 0.0 {
                return 0.0;
            }
            let drawn = match self.tables.get(count as usize) {
                Some(Some(table)) => table.draw(rng),
                _ => rejection(count * self.rate, rng),
            };
            sum += drawn;
            drawn
        };
        let cells = self.counts.cells().iter();
        let cells =
            cells.map(|cell| cell.with_outcomes(cell.outcomes().map(&mut number))).collect();
        (cells, sum as u64)
    }
}

/// Chooses among weighted things in constant time (Walker, 1977; Vose, 1991).
struct Alias {
    /// Chance to stay, and where to go otherwise.
    slots: Vec<(f64, u32)>,
}

impl Alias {
    fn new(weights: &[f64]) -> Self {
        let n = weights.len();
        let mean = weights.iter().sum::<f64>() / n as f64;
        let mut slots: Vec<(f64, u32)> =
            weights.iter().enumerate().map(|(i, w)| (w / mean, i as u32)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..n).partition(|&i| slots[i].0 < 1.0);
        while let (Some(under), Some(&over)) = (small.pop(), large.last()) {
            slots[under].1 = over as u32;
            slots[over].0 -= 1.0 - slots[under].0;
            if slots[over].0 < 1.0 {
                large.pop();
                small.push(over);
            }
        }
        // What is left is 1 but for rounding; a thing without weight stays without.
        for i in small.into_iter().chain(large) {
            slots[i].0 = if weights[i] > 0.0 { 1.0 } else { 0.0 };
        }
        Self { slots }
    }

    fn draw(&self, rng: &mut Rng) -> usize {
        let product = u128::from(rng.bits()) * self.slots.len() as u128;
        let slot = (product >> 64) as usize;
        let rest = (product as u64) as f64 * (1.0 / 18_446_744_073_709_551_616.0);
        let (stay, other) = self.slots[slot];
        if rest < stay { slot } else { other as usize }
    }
}

/// Poisson numbers of a small mean.
struct PoissonTable {
    low: f64,
    numbers: Alias,
}

impl PoissonTable {
    fn new(mean: f64) -> Self {
        // What lies outside has a chance under 1e-17.
        let reach = 9.0 * mean.sqrt() + 30.0;
        let (low, high) = ((mean - reach).max(0.0).floor(), (mean + reach).ceil());
        let log = |k: f64| k * mean.ln() - mean - log_factorial(k);
        let weights: Vec<f64> =
            (0..=(high - low) as usize).map(|i| log(low + i as f64).exp()).collect();
        Self { low, numbers: Alias::new(&weights) }
    }

    fn draw(&self, rng: &mut Rng) -> f64 {
        self.low + self.numbers.draw(rng) as f64
    }
}

/// A Poisson number of a mean over 10, by transformed rejection (PTRS of Hörmann, 1993).
fn rejection(mean: f64, rng: &mut Rng) -> f64 {
    if mean < 10.0 {
        return PoissonTable::new(mean).draw(rng);
    }
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.02483 * b;
    let alpha = 1.1239 + 1.1328 / (b - 3.4);
    let limit = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = rng.unit() - 0.5;
        let v = 1.0 - rng.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= limit {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        if (v * alpha / (a / (us * us) + b)).ln() <= k * mean.ln() - mean - log_factorial(k) {
            return k;
        }
    }
}

/// ln k! by Stirling's formula, whose rest is a table for small k and a series for others.
fn log_factorial(k: f64) -> f64 {
    const REST: [f64; 10] = [
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
    const HALF_LOG_TAU: f64 = 0.9189385332046727;
    let next = k + 1.0;
    let rest = if k < 10.0 {
        REST[k as usize]
    } else {
        let square = 1.0 / (next * next);
        (1.0 / 12.0 - (1.0 / 360.0 - square / 1260.0) * square) / next
    };
    (k + 0.5) * next.ln() - next + HALF_LOG_TAU + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(draw: impl FnMut() -> f64) -> (f64, f64) {
        let drawn: Vec<f64> = std::iter::repeat_with(draw).take(40_000).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let square = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        (mean, square / drawn.len() as f64)
    }

    #[test]
    fn factorials() {
        let mut log = 0.0;
        for k in 1..60 {
            log += f64::from(k).ln();
            assert!((log_factorial(f64::from(k)) - log).abs() < 1e-9, "{k}");
        }
    }

    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        let mut rng = Rng::seeded(4);
        for mean in [0.3, 4.0, 37.0, 250.0, 9000.0] {
            let table = PoissonTable::new(mean);
            for (m, v) in [moments(|| table.draw(&mut rng)), moments(|| rejection(mean, &mut rng))]
            {
                // Five deviations of the mean, and of the variance.
                assert!((m - mean).abs() < 5.0 * (mean / 40_000.0).sqrt(), "{mean}: {m}");
                let spread = ((2.0 * mean * mean + mean) / 40_000.0).sqrt();
                assert!((v - mean).abs() < 5.0 * spread, "{mean}: {v}");
            }
        }
    }

    #[test]
    fn choices_follow_their_weights() {
        let weights = [0.0, 1.0, 5.0, 0.0, 2.0, 2.0];
        let alias = Alias::new(&weights);
        let mut rng = Rng::seeded(2);
        let mut counts = [0usize; 6];
        for _ in 0..100_000 {
            counts[alias.draw(&mut rng)] += 1;
        }
        for (count, weight) in counts.iter().zip(weights) {
            assert!(count.abs_diff((weight * 10_000.0) as usize) < 700, "{counts:?}");
        }
        assert_eq!((counts[0], counts[3]), (0, 0));
    }
}
