//! Screening of observers (ITU-R BT.500, annex on the analysis of results).

use serde::{Deserialize, Serialize};

use crate::agreement::Ratings;
use crate::{Result, check, moments};

/// How often one observer was far off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Observer {
    /// Items on which the observer was far above the others.
    pub above: usize,
    /// Items on which the observer was far below them.
    pub below: usize,
    /// Items that the observer scored.
    pub items: usize,
    /// Far off often, and to both sides: unsteady rather than lenient or severe.
    pub rejected: bool,
}

/// Outcome of the screening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// One an observer, in the order of the ratings.
    pub observers: Vec<Observer>,
}

impl Screening {
    /// The rejected observers, ascending.
    pub fn rejected(&self) -> Vec<usize> {
        let rejected = |i: &usize| self.observers[*i].rejected;
        (0..self.observers.len()).filter(rejected).collect()
    }
}

/// Finds observers whose scores are unsteady.
///
/// On each item with mean and standard deviation s (divisor n − 1), a score is far off at 2 s or more
/// when the kurtosis lies in `2..=4`, so that scores look normal, and at √20 s otherwise. An observer
/// far above on P and far below on Q of L items is rejected when `(P + Q) / L > 0.05` and
/// `|P − Q| / (P + Q) < 0.3`.
///
/// An item on which all agree has no far-off scores. The standard wants one pass, not repetition. Few
/// observers are never rejected: of n scores, none can lie further than `(n − 1) / √n` s from the
/// mean.
///
/// # Errors
/// No items.
pub fn screen_observers(ratings: &Ratings) -> Result<Screening> {
    check::count("items", ratings.items(), 1)?;
    let start = Observer { above: 0, below: 0, items: 0, rejected: false };
    let mut observers = vec![start; ratings.raters()];
    for row in ratings.rows() {
        let scores: Vec<f64> = row.iter().copied().flatten().collect();
        let limit = far_off(&scores);
        for (observer, score) in observers.iter_mut().zip(row) {
            let Some(score) = score else { continue };
            observer.items += 1;
            if let Some((mean, distance)) = limit {
                observer.above += usize::from(*score >= mean + distance);
                observer.below += usize::from(*score <= mean - distance);
            }
        }
    }
    for observer in &mut observers {
        let (above, below) = (observer.above as f64, observer.below as f64);
        let far = above + below;
        observer.rejected = far > 0.05 * observer.items as f64 && (above - below).abs() < 0.3 * far;
    }
    Ok(Screening { observers })
}

/// Mean of an item, and the distance from it that counts as far off.
fn far_off(scores: &[f64]) -> Option<(f64, f64)> {
    if scores.iter().all(|s| *s == scores[0]) {
        return None;
    }
    let mean = moments::raw_mean(scores);
    let deviation = moments::standard_deviation(scores).ok()?;
    // In standard deviations, so that fourth powers stay in range.
    let n = scores.len() as f64;
    let moment =
        |power: i32| scores.iter().map(|s| ((s - mean) / deviation).powi(power)).sum::<f64>() / n;
    let kurtosis = moment(4) / moment(2).powi(2);
    let normal = (2.0..=4.0).contains(&kurtosis);
    let distance = deviation * if normal { 2.0 } else { 20.0f64.sqrt() };
    distance.is_finite().then_some((mean, distance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Twenty observers on forty items; the first turns half of the scores around, the second is
    /// generous throughout.
    fn panel() -> Ratings {
        let mut rng = Rng::seeded(2);
        let mut cells = vec![];
        for item in 0..40 {
            let quality = 20.0 + 60.0 * f64::from(item) / 39.0;
            for observer in 0..20 {
                let noise = 5.0 * rng.normal();
                let shift = match observer {
                    0 if item % 2 == 0 => 14.0,
                    0 => -14.0,
                    1 => 16.0,
                    _ => 0.0,
                };
                cells.push(quality + noise + shift);
            }
        }
        Ratings::complete(&cells, 20).expect("a panel")
    }

    #[test]
    fn unsteady_observers_are_rejected_and_generous_ones_kept() {
        let found = screen_observers(&panel()).expect("forty");
        assert_eq!(found.rejected(), [0]);
        let generous = found.observers[1];
        assert!(generous.above > 10 && generous.below == 0, "{generous:?}");
        assert_eq!(generous.items, 40);
    }

    #[test]
    fn small_and_level_panels_keep_everybody() {
        let flat = Ratings::complete(&[3.0; 12], 4).expect("three");
        assert_eq!(screen_observers(&flat).expect("three").rejected(), [0usize; 0]);
        let three = Ratings::complete(&[1.0, 5.0, 5.0, 5.0, 1.0, 1.0], 3).expect("two");
        assert_eq!(screen_observers(&three).expect("two").rejected(), [0usize; 0]);
        let gaps = Ratings::new(vec![None, Some(1.0)], 2).expect("one");
        assert_eq!(screen_observers(&gaps).expect("one").observers[0].items, 0);
        let none = Ratings::new(vec![], 2).expect("none");
        assert_eq!(screen_observers(&none).expect_err("none").code(), "too_few_values");
    }
}
