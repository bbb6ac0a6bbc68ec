//! How sure strengths are: the sandwich of Huber (1967), valid though battles need not follow the model.

use super::likelihood::sigmoid;
use super::linear::Cholesky;
use super::paired::{PairedFit, PairedModel};
use super::win_matrix::{Cell, WinMatrix};
use crate::{Result, StatsError, check, normal};

impl PairedFit {
    /// Standard errors of the ratings, from the sandwich of Huber (1967): valid though battles need
    /// not follow the model. For Bradley-Terry (as Chatbot Arena does, Chiang et al., 2024), and with
    /// the tie parameter held at its fit for the others.
    ///
    /// # Errors
    /// [`StatsError::Unsettled`] when the curvature is singular.
    pub fn standard_errors(&self, counts: &WinMatrix) -> Result<Vec<f64>> {
        let n = counts.models();
        let mut x = self.strengths.clone();
        x.extend(self.tie);
        let (_, full) = self.model.derivatives(counts.cells(), &x, n);
        let curvature: Vec<f64> =
            full.chunks(x.len()).take(n).flat_map(|row| row[..n].to_vec()).collect();
        let Some(factor) = Cholesky::new(curvature, n) else {
            return Err(StatsError::Unsettled { what: "standard errors" });
        };
        // The pseudo-inverse of the Laplacian: the mean of the strengths is fixed, not estimated.
        let inverse: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let unit: Vec<f64> =
                    (0..n).map(|j| f64::from(u8::from(i == j)) - 1.0 / n as f64).collect();
                factor.solve(&unit)
            })
            .collect();
        let mut variance = vec![0.0; n];
        // Each battle is one observation, whose score grows with its weight.
        let squared: Vec<Cell> = match counts.classes() {
            [] => Vec::new(),
            classes => {
                let mut cells: Vec<Cell> =
                    counts.cells().iter().map(|cell| cell.with_outcomes([0.0; 3])).collect();
                for class in classes {
                    let square = class.weight * class.weight;
                    let [low, high, ties] = class.counts.map(|count| square * count);
                    let cell = &mut cells[class.cell];
                    cell.low_wins += low;
                    cell.high_wins += high;
                    cell.ties += ties;
                }
                cells
            }
        };
        let cells = if squared.is_empty() { counts.cells() } else { &squared };
        for cell in cells {
            let d = self.strengths[cell.low] - self.strengths[cell.high];
            let spread = self.score_square(cell, d);
            for (v, row) in variance.iter_mut().zip(&inverse) {
                let reach = row[cell.low] - row[cell.high];
                *v += reach * reach * spread;
            }
        }
        Ok(variance.into_iter().map(|v| super::POINTS * v.sqrt()).collect())
    }

    /// Sum over the battles of a pair of the squared score (slope of the log-likelihood by d).
    fn score_square(&self, cell: &Cell, d: f64) -> f64 {
        let tie = self.tie.unwrap_or(0.0);
        let scores = match self.model {
            PairedModel::BradleyTerry => {
                let p = sigmoid(d);
                [1.0 - p, -p, 0.5 - p]
            }
            PairedModel::RaoKupper => {
                let (p, q) = (sigmoid(tie - d), sigmoid(tie + d));
                [p, -q, p - q]
            }
            PairedModel::Davidson => {
                let [p, q, _] = self.model.log_probabilities(d, self.tie).map(f64::exp);
                let mean = (p - q) / 2.0;
                [0.5 - mean, -0.5 - mean, -mean]
            }
        };
        let counts = [cell.low_wins, cell.high_wins, cell.ties];
        counts.iter().zip(scores).map(|(count, s)| count * s * s).sum()
    }

    /// Sandwich intervals of the ratings at `level`, `[models]`.
    ///
    /// # Errors
    /// As [`PairedFit::standard_errors`]; a level out of range.
    pub fn sandwich(&self, counts: &WinMatrix, level: f64) -> Result<Vec<[f64; 2]>> {
        check::open_unit("level", level)?;
        let z = normal::quantile(0.5 + level / 2.0);
        let errors = self.standard_errors(counts)?;
        Ok(self.ratings().iter().zip(errors).map(|(r, e)| [r - z * e, r + z * e]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: [[f64; 3]; 3]) -> WinMatrix {
        let [a, b, c] = pairs;
        WinMatrix::from_pairs(3, [(0, 1, a), (1, 2, b), (0, 2, c)]).expect("valid")
    }

    #[test]
    fn intervals_hold_the_rating_and_shrink() {
        let few = counts([[12.0, 8.0, 3.0], [10.0, 9.0, 1.0], [14.0, 6.0, 2.0]]);
        let many = counts([[120.0, 80.0, 30.0], [100.0, 90.0, 10.0], [140.0, 60.0, 20.0]]);
        for model in [PairedModel::BradleyTerry, PairedModel::RaoKupper, PairedModel::Davidson] {
            let width = |counts: &WinMatrix| {
                let fit = model.fit(counts).expect("connected");
                let sandwich = fit.sandwich(counts, 0.95).expect("regular");
                let bootstrap = fit.bootstrap(counts, 400, 0.95, 1).expect("regular");
                for ((rating, s), b) in fit.ratings().iter().zip(&sandwich).zip(&bootstrap.models) {
                    assert!(s[0] < *rating && *rating < s[1]);
                    // Both estimate the same spread.
                    let width = b.upper.expect("closed") - b.lower.expect("closed");
                    let ratio = width / (s[1] - s[0]);
                    assert!((0.8..1.25).contains(&ratio), "{model:?}: {ratio}");
                }
                sandwich[0][1] - sandwich[0][0]
            };
            let ratio = width(&few) / width(&many);
            assert!((ratio - 10f64.sqrt()).abs() < 0.2, "{model:?}: {ratio}");
        }
    }

    #[test]
    fn weights_are_observations_and_not_more_of_them() {
        // Twice the weight of all battles changes nothing but the scale of the counts.
        let plain = [(0, 1, [12.0, 8.0, 3.0]), (1, 2, [10.0, 9.0, 1.0]), (0, 2, [14.0, 6.0, 2.0])];
        let once = WinMatrix::from_pairs(3, plain).expect("valid");
        let doubled = plain.map(|(a, b, counts)| (a, b, 2.0, counts));
        let doubled = WinMatrix::from_weighted(3, doubled).expect("valid");
        let model = PairedModel::BradleyTerry;
        let (one, two) = (model.fit(&once).expect("fits"), model.fit(&doubled).expect("fits"));
        let errors = |fit: &PairedFit, counts| fit.standard_errors(counts).expect("regular");
        for (a, b) in errors(&one, &once).iter().zip(errors(&two, &doubled)) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
        let bounds =
            |fit: &PairedFit, counts| fit.bootstrap(counts, 400, 0.95, 1).expect("regular");
        let (one, two) = (bounds(&one, &once), bounds(&two, &doubled));
        for (a, b) in one.models.iter().zip(&two.models) {
            let width = |bounds: &super::super::Bounds| {
                bounds.upper.expect("closed") - bounds.lower.expect("closed")
            };
            assert!((width(a) / width(b) - 1.0).abs() < 0.2, "{a:?} {b:?}");
        }
        // Weights of one are counts.
        let ones = plain.map(|(a, b, counts)| (b, a, 1.0, [counts[1], counts[0], counts[2]]));
        let ones = WinMatrix::from_weighted(3, ones).expect("valid");
        assert_eq!(ones.cells(), once.cells());
        assert!(WinMatrix::from_weighted(2, [(0, 1, 0.0, [1.0; 3])]).is_err());
        assert!(WinMatrix::from_weighted(2, [(0, 1, f64::NAN, [1.0; 3])]).is_err());
    }
}
