//! The bootstrap of a list of battles, from its counts alone.
//!
//! To draw N battles with replacement is to draw the counts of all outcomes from a multinomial
//! distribution. Counts that are Poisson numbers, independent of each other, are multinomial once
//! their sum is known. So every outcome gets a Poisson number with a mean a little under its count,
//! and the battles that are then missing from N are drawn one by one.

use super::win_matrix::WinMatrix;
use crate::rng::Rng;

/// Counts up to here have a table each.
const TABLES: u32 = 256;

/// Draws resamples of one win matrix.
pub(super) struct Resampler<'c> {
    counts: &'c WinMatrix,
    total: u64,
    /// Where each outcome's Poisson number comes from: three for each cell.
    sources: Vec<Source>,
    /// One for each count that occurs; its mean is a little under the count.
    tables: Vec<PoissonTable>,
    /// Chooses an outcome: three for each cell.
    choice: Alias,
}

/// A source of Poisson numbers.
#[derive(Clone, Copy)]
enum Source {
    /// The outcome never came.
    Never,
    /// A table.
    Table(u32),
    /// Rejection, for this mean.
    Mean(f64),
}

impl<'c> Resampler<'c> {
    /// Counts have to be whole numbers; fractions are rounded. Where battles have weights, battles are drawn,
    /// each with its own.
    pub(super) fn new(counts: &'c WinMatrix) -> Self {
        let weights: Vec<f64> = match counts.classes() {
            [] => counts.cells().iter().flat_map(|cell| cell.outcomes().map(f64::round)).collect(),
            classes => classes.iter().flat_map(|class| class.counts.map(f64::round)).collect(),
        };
        let total = weights.iter().sum::<f64>();
        // Four deviations under the total: it is hardly ever passed.
        let rate = (1.0 - 4.0 / total.sqrt()).max(0.0);
        let mut tables = Vec::new();
        let mut places = vec![None; TABLES as usize + 1];
        let source = |&count: &f64| {
            if count == 0.0 || rate == 0.0 {
                Source::Never
            } else if count > f64::from(TABLES) {
                Source::Mean(count * rate)
            } else {
                let place = places[count as usize].get_or_insert_with(|| {
                    tables.push(PoissonTable::new(count * rate));
                    tables.len() as u32 - 1
                });
                Source::Table(*place)
            }
        };
        let sources = weights.iter().map(source).collect();
        let choice = Alias::new(&weights);
        Self { counts, total: total as u64, sources, tables, choice }
    }

    /// As many battles as there were, drawn with replacement.
    pub(super) fn draw(&self, rng: &mut Rng) -> WinMatrix {
        let mut outcomes = Vec::new();
        self.draw_into(rng, &mut outcomes);
        self.resampled(&outcomes)
    }

    /// The same as bare counts of the outcomes of every cell of the original, `[cells][3]`.
    pub(super) fn draw_into(&self, rng: &mut Rng, outcomes: &mut Vec<[f64; 3]>) {
        while !self.poisson(rng, outcomes) {}
        let classes = self.counts.classes();
        if classes.is_empty() {
            return;
        }
        let mut cells = vec![[0.0; 3]; self.counts.cells().len()];
        for (class, drawn) in classes.iter().zip(outcomes.iter()) {
            let sums = cells[class.cell].iter_mut();
            sums.zip(drawn).for_each(|(sum, count)| *sum += class.weight * count);
        }
        *outcomes = cells;
    }

    /// The win matrix that has these counts.
    pub(super) fn resampled(&self, outcomes: &[[f64; 3]]) -> WinMatrix {
        let cells = self.counts.cells().iter().zip(outcomes);
        let cells = cells.map(|(cell, outcomes)| cell.with_outcomes(*outcomes));
        self.counts.with_cells(cells.filter(|cell| cell.battles() > 0.0).collect())
    }

    /// One attempt; false when there were too many.
    fn poisson(&self, rng: &mut Rng, outcomes: &mut Vec<[f64; 3]>) -> bool {
        outcomes.clear();
        let mut drawn = 0.0;
        outcomes.extend(self.sources.chunks_exact(3).map(|cell| {
            let mut number = |at: usize| match cell[at] {
                Source::Table(table) => self.tables[table as usize].draw(rng),
                Source::Never => 0.0,
                Source::Mean(mean) => rejection(mean, rng),
            };
            let cell = [number(0), number(1), number(2)];
            drawn += cell[0] + cell[1] + cell[2];
            cell
        }));
        let drawn = drawn as u64;
        for _ in drawn..self.total {
            let outcome = self.choice.draw(rng);
            outcomes[outcome / 3][outcome % 3] += 1.0;
        }
        drawn <= self.total
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

/// Poisson numbers of a small mean. As [`Alias`], but packed: as many slots as a power of two, so that one
/// random word has the slot in its upper bits and decides with its lower half, to 2⁻³².
struct PoissonTable {
    slots: Vec<PoissonSlot>,
    shift: u32,
}

#[derive(Clone, Copy, Default)]
struct PoissonSlot {
    /// Stays below this.
    stay: u32,
    own: u16,
    other: u16,
}

impl PoissonTable {
    /// A mean of at most [`TABLES`].
    fn new(mean: f64) -> Self {
        // What lies outside has a chance under 1e-17.
        let reach = 9.0 * mean.sqrt() + 30.0;
        let (low, high) = ((mean - reach).max(0.0).floor(), (mean + reach).ceil());
        let log = |k: f64| k * mean.ln() - mean - log_factorial(k);
        let mut weights: Vec<f64> =
            (0..=(high - low) as usize).map(|i| log(low + i as f64).exp()).collect();
        weights.resize(weights.len().next_power_of_two(), 0.0);
        let slots =
            Alias::new(&weights).slots.into_iter().enumerate().map(|(slot, (stay, other))| {
                // A float above the range becomes its end: with 1 the number is its own but once in 2³² times, and
                // then that of `other`, which is itself where nothing else was put.
                let stay = (stay * 4_294_967_296.0) as u32;
                PoissonSlot {
                    stay,
                    own: low as u16 + slot as u16,
                    other: low as u16 + other as u16,
                }
            });
        let slots: Vec<PoissonSlot> = slots.collect();
        Self { shift: 64 - slots.len().trailing_zeros(), slots }
    }

    fn draw(&self, rng: &mut Rng) -> f64 {
        let word = rng.bits();
        let slot = self.slots[(word >> self.shift) as usize];
        f64::from(if (word as u32) < slot.stay { slot.own } else { slot.other })
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
