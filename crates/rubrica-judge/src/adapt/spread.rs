//! From probabilities to a distribution over the points of a scale.

use rubrica_core::{Distribution, Scale};

/// The distribution of the share of independent events that happen, each with its probability, laid on `scale`
/// from worst (none) to best (all): the Poisson binomial distribution. Its mean is the place that the mean
/// probability has. `probabilities` are in `0..=1` and not empty.
pub(super) fn of_share(probabilities: &[f64], scale: &Scale) -> Distribution {
    // Probability of each number of events among those seen so far.
    let mut counts = vec![1.0];
    for p in probabilities {
        counts.push(0.0);
        for k in (0..counts.len()).rev() {
            let one_more = if k > 0 { counts[k - 1] * p } else { 0.0 };
            counts[k] = counts[k] * (1.0 - p) + one_more;
        }
    }
    let all = probabilities.len() as f64;
    let shares = counts.iter().enumerate().map(|(k, mass)| (k as f64 / all, *mass));
    of_masses(shares, scale)
}

/// What a single probability says of a scale: as many events of that probability as the scale has steps. On a
/// scale of two points it is the distribution itself; on others, a spread as if each step were a question of
/// its own.
pub(super) fn of_fraction(fraction: f64, scale: &Scale) -> Distribution {
    of_share(&vec![fraction; scale.points().len() - 1], scale)
}

/// Masses at places from 0 (worst) to 1 (best), each shared by the two points next to it so that the mean stays.
pub(super) fn of_masses(masses: impl Iterator<Item = (f64, f64)>, scale: &Scale) -> Distribution {
    let points = scale.points();
    let last = points.len() - 1;
    let mut weights = vec![0.0; points.len()];
    for (place, mass) in masses {
        let position = place.clamp(0.0, 1.0) * last as f64;
        let below = (position.floor() as usize).min(last - 1);
        let share = position - below as f64;
        weights[below] += mass * (1.0 - share);
        weights[below + 1] += mass * share;
    }
    Distribution::new(points, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn the_mean_is_the_place_of_the_mean_probability() {
        for scale in [Scale::likert(1, 5), Scale::binary(), Scale::continuous(-1.0, 3.0)] {
            for probabilities in [vec![0.25], vec![0.1, 0.9, 0.5], vec![0.0, 1.0], vec![0.3; 40]] {
                let mean = probabilities.iter().sum::<f64>() / probabilities.len() as f64;
                let found = of_share(&probabilities, &scale);
                assert!((found.mean() - scale.value_at(mean)).abs() < 1e-9, "{found:?}");
            }
        }
    }

    #[test]
    fn counted_by_hand() {
        let two = of_share(&[0.5, 0.2], &Scale::likert(1, 3));
        near(&two.probabilities, &[0.4, 0.5, 0.1]);
        let one = of_fraction(0.25, &Scale::likert(0, 2));
        near(&one.probabilities, &[0.5625, 0.375, 0.0625]);
        near(&of_fraction(0.25, &Scale::binary()).probabilities, &[0.75, 0.25]);
        // Half of one sentence lies between the points of a scale of four.
        let between = of_masses([(0.5, 1.0)].into_iter(), &Scale::likert(1, 4));
        near(&between.probabilities, &[0.0, 0.5, 0.5, 0.0]);
    }
}
