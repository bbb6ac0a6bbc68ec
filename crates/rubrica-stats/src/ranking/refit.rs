//! Fits to resamples from the fit to all battles, which is not far away.
//!
//! A resample has nearly the curvature of the whole: Newton's steps with that of the whole get there too, and
//! need no new factor. For Bradley-Terry they need no exponentials either: with p the probability under the
//! whole fit and δ what the difference has moved by since, the probability is p eᵟ / (1 + p (eᵟ − 1)), and a
//! polynomial gives eᵟ − 1 to the last digits for the small δ that occur.

use super::bounds::{BootstrapBounds, Collected, check_replicates};
use super::linear::Cholesky;
use super::on_scale;
use super::paired::{PairedFit, PairedModel};
use super::resample::Resampler;
use super::win_matrix::WinMatrix;
use crate::rng::Rng;
use crate::{Result, check};

/// Steps at most; a resample takes four to six.
const STEPS: usize = 100;

/// A step this small leaves about a millionth of a point to go.
const NEAR: f64 = 1e-7;

/// δ up to here have the polynomial.
const SMALL: f64 = 0.5;

/// Cells that are worked on at once.
const BLOCK: usize = 256;

impl PairedFit {
    /// Percentile bootstrap intervals of the ratings: battles are drawn with replacement
    /// `replicates` times and fitted anew.
    ///
    /// # Errors
    /// A level out of range; too few or too many replicates.
    pub fn bootstrap(
        &self,
        counts: &WinMatrix,
        replicates: usize,
        level: f64,
        seed: u64,
    ) -> Result<BootstrapBounds> {
        check::open_unit("level", level)?;
        check_replicates(replicates, counts.models())?;
        let mut refit = Refit::new(self, counts);
        let resampler = Resampler::new(counts);
        let mut rng = Rng::seeded(seed);
        let mut outcomes = Vec::new();
        let mut all = Collected::new(counts.models());
        for _ in 0..replicates {
            resampler.draw_into(&mut rng, &mut outcomes);
            let drawn = || resampler.resampled(&outcomes);
            let ratings = match refit.ratings(&outcomes) {
                Some(ratings) => Ok(ratings),
                None => self.model.fit_from(&drawn(), Some(self)).map(|fit| fit.ratings()),
            };
            all.add(ratings, drawn);
        }
        Ok(all.bounds(level))
    }
}

/// What is known of the whole, and room to work in.
struct Refit<'f> {
    fit: &'f PairedFit,
    counts: &'f WinMatrix,
    /// By cell, the two models: all that the inner loop needs of it.
    pairs: Vec<[u32; 2]>,
    /// None for a curvature that is singular.
    factor: Option<Cholesky>,
    /// Bradley-Terry: by cell, the probability that the lower model wins.
    chances: Vec<f64>,
    /// By cell of the resample: wins of the lower model and battles, a tie being half a win.
    drawn: Vec<[f64; 2]>,
}

impl<'f> Refit<'f> {
    fn new(fit: &'f PairedFit, counts: &'f WinMatrix) -> Self {
        let mut x = fit.strengths.clone();
        x.extend(fit.tie);
        let (_, curvature) = fit.model.derivatives(counts.cells(), &x, counts.models());
        let factor = Cholesky::new(curvature, x.len());
        let chances = match fit.model {
            PairedModel::BradleyTerry => counts
                .cells()
                .iter()
                .map(|cell| 1.0 / (1.0 + (x[cell.high] - x[cell.low]).exp()))
                .collect(),
            PairedModel::RaoKupper | PairedModel::Davidson => Vec::new(),
        };
        let pairs = counts.cells().iter().map(|cell| [cell.low as u32, cell.high as u32]).collect();
        Self { fit, counts, pairs, factor, chances, drawn: Vec::new() }
    }

    /// Ratings on the resample with these outcomes of every cell. None when the steps do not get there, which
    /// is so when there are no finite ratings.
    fn ratings(&mut self, outcomes: &[[f64; 3]]) -> Option<Vec<f64>> {
        let factor = self.factor.take()?;
        let found = match self.fit.model {
            PairedModel::BradleyTerry => {
                self.drawn.clear();
                let drawn =
                    outcomes.iter().map(|[low, high, ties]| [low + ties / 2.0, low + high + ties]);
                self.drawn.extend(drawn);
                self.steps(&factor, |refit, moved| refit.slope(moved))
            }
            PairedModel::RaoKupper | PairedModel::Davidson => {
                let cells = self.counts.cells().iter().zip(outcomes);
                let cells: Vec<_> = cells.map(|(cell, o)| cell.with_outcomes(*o)).collect();
                let start = self.start();
                self.steps(&factor, |refit, moved| {
                    let x: Vec<f64> = start.iter().zip(moved).map(|(x, m)| x + m).collect();
                    Some(refit.fit.model.slope(&cells, &x, refit.fit.strengths.len()))
                })
            }
        };
        self.factor = Some(factor);
        found
    }

    fn start(&self) -> Vec<f64> {
        self.fit.strengths.iter().copied().chain(self.fit.tie).collect()
    }

    /// Steps from the fit of the whole until they are small; `slope` is the gradient where all has moved so far.
    fn steps(
        &self,
        factor: &Cholesky,
        mut slope: impl FnMut(&Self, &[f64]) -> Option<Vec<f64>>,
    ) -> Option<Vec<f64>> {
        let n = self.fit.strengths.len();
        let start = self.start();
        let mut moved = vec![0.0; start.len()];
        let mut last = f64::INFINITY;
        for _ in 0..STEPS {
            let step = factor.solve(&slope(self, &moved)?);
            let size = step.iter().fold(0f64, |top, s| top.max(s.abs()));
            // A threshold for ties below 0 has no meaning.
            let outside =
                self.fit.model == PairedModel::RaoKupper && start[n] + moved[n] + step[n] <= 0.0;
            // Also false for what is not a number.
            let nearer = size < last / 1.5 || size < NEAR;
            if outside || !nearer {
                return None;
            }
            moved.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
            if size < NEAR {
                let strengths: Vec<f64> =
                    start[..n].iter().zip(&moved).map(|(x, m)| x + m).collect();
                return Some(on_scale(&strengths));
            }
            last = size;
        }
        None
    }

    /// Gradient of Bradley-Terry's likelihood of the resample; none beyond the polynomial's reach.
    fn slope(&self, moved: &[f64]) -> Option<Vec<f64>> {
        let reach = moved.iter().fold([0f64; 2], |[low, high], m| [low.min(*m), high.max(*m)]);
        // Also without what is not a number.
        if !(0.0..=SMALL).contains(&(reach[1] - reach[0])) {
            return None;
        }
        let still = reach == [0.0; 2];
        let mut slope = vec![0.0; moved.len()];
        let mut parts = [0.0; BLOCK];
        let blocks = self.pairs.chunks(BLOCK).zip(self.drawn.chunks(BLOCK));
        for ((pairs, drawn), chances) in blocks.zip(self.chances.chunks(BLOCK)) {
            let parts = &mut parts[..pairs.len()];
            let known = parts.iter_mut().zip(drawn).zip(chances);
            if still {
                for ((part, [wins, battles]), chance) in known {
                    *part = wins - battles * chance;
                }
            } else {
                for (part, [low, high]) in parts.iter_mut().zip(pairs) {
                    *part = moved[*low as usize] - moved[*high as usize];
                }
                for ((part, [wins, battles]), chance) in parts.iter_mut().zip(drawn).zip(chances) {
                    let grown = exp_m1(*part);
                    *part = wins - battles * (chance * (1.0 + grown) / (1.0 + chance * grown));
                }
            }
            // Neighbours share their lower model: its sum need not go through memory each time.
            let (mut lower, mut sum) = (pairs[0][0], 0.0);
            for (part, [low, high]) in parts.iter().zip(pairs) {
                if *low != lower {
                    slope[lower as usize] += sum;
                    (lower, sum) = (*low, 0.0);
                }
                sum += part;
                slope[*high as usize] -= part;
            }
            slope[lower as usize] += sum;
        }
        Some(slope)
    }
}

/// eˣ − 1 for |x| up to [`SMALL`], by Taylor's series to x¹³.
fn exp_m1(x: f64) -> f64 {
    const FACTORS: [f64; 12] = [
        1.0 / 13.0,
        1.0 / 12.0,
        1.0 / 11.0,
        1.0 / 10.0,
        1.0 / 9.0,
        1.0 / 8.0,
        1.0 / 7.0,
        1.0 / 6.0,
        1.0 / 5.0,
        1.0 / 4.0,
        1.0 / 3.0,
        1.0 / 2.0,
    ];
    // x (1 + x/2 (1 + x/3 (…))).
    x * FACTORS.iter().fold(1.0, |inner, factor| 1.0 + x * factor * inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(seed: u64, models: usize, battles: f64) -> WinMatrix {
        let mut rng = Rng::seeded(seed);
        let mut rows = Vec::new();
        for low in 0..models {
            for high in low + 1..models {
                let gap = (high - low) as f64 / models as f64;
                let win = 1.0 / (1.0 + (-gap).exp());
                let ties = (battles * 0.1).round();
                let wins = (battles * win * (0.8 + 0.4 * rng.unit())).round();
                rows.push((low, high, [wins, battles - wins.min(battles), ties]));
            }
        }
        WinMatrix::from_pairs(models, rows).expect("valid")
    }

    #[test]
    fn the_series_has_all_digits() {
        for i in -100..=100 {
            let x = f64::from(i) * 0.005;
            assert!((exp_m1(x) - x.exp_m1()).abs() <= 3e-15 * x.abs(), "{x}");
        }
    }

    #[test]
    fn a_resample_has_the_ratings_of_a_whole_fit() {
        for (seed, models, battles) in [(1, 5, 40.0), (2, 23, 60.0), (3, 40, 9.0)] {
            let counts = counts(seed, models, battles);
            let resampler = Resampler::new(&counts);
            let mut rng = Rng::seeded(seed);
            let mut outcomes = Vec::new();
            for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson]
            {
                let fit = model.fit(&counts).expect("connected");
                let mut refit = Refit::new(&fit, &counts);
                let mut near = 0;
                for _ in 0..10 {
                    resampler.draw_into(&mut rng, &mut outcomes);
                    let Ok(whole) = model.fit(&resampler.resampled(&outcomes)) else { continue };
                    let Some(found) = refit.ratings(&outcomes) else { continue };
                    near += 1;
                    for (found, expected) in found.iter().zip(whole.ratings()) {
                        assert!((found - expected).abs() < 1e-5, "{model:?} {found} {expected}");
                    }
                }
                assert!(near >= 7, "{model:?} {models}: {near}");
            }
        }
    }

    #[test]
    fn what_moves_far_is_left_to_the_whole_fit() {
        let counts = WinMatrix::from_pairs(2, [(0, 1, [4.0, 4.0, 0.0])]).expect("valid");
        let fit = PairedModel::BradleyTerry.fit(&counts).expect("connected");
        let mut refit = Refit::new(&fit, &counts);
        // Level, far off, and without an end.
        assert_eq!(refit.ratings(&[[4.0, 4.0, 0.0]]), Some(vec![1000.0; 2]));
        assert_eq!(refit.ratings(&[[1.0, 7.0, 0.0]]), None);
        assert_eq!(refit.ratings(&[[8.0, 0.0, 0.0]]), None);
        let found = fit.bootstrap(&counts, 200, 0.95, 0).expect("mostly defined");
        let [lower, upper] = [found.models[0].lower, found.models[0].upper];
        assert!(lower.expect("closed") < 900.0 && upper.expect("closed") > 1100.0, "{found:?}");
    }
}
