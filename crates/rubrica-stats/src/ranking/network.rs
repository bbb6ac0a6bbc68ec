//! A small network of scores for dueling bandits whose worth is not linear in the features, as POHF has it
//! (Lin et al., 2024): features → hidden → hidden → 1 with rectifiers, fitted anew before each duel from the
//! same random weights by full-batch Adam (Kingma & Ba, 2015) on the log-likelihood of the duels. What the
//! bandit does not know is counted along the gradients of the scores (NeuralUCB; Zhou et al., 2020).

use serde::{Deserialize, Serialize};

use super::duel::{Duel, DuelOptions, NextDuel};
use crate::rng::Rng;
use crate::{Result, StatsError, check};

/// The network and how it is fitted. The defaults are those of the official code.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkOptions {
    /// Units of each of the two hidden layers, 1 to 1024.
    pub hidden: usize,
    /// Steps of Adam, at most 100 000.
    pub steps: usize,
    /// Its learning rate, above 0.
    pub rate: f64,
    /// Seed of the weights before the fit, which are standard normal; biases are 0.
    pub seed: u64,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self { hidden: 32, steps: 30, rate: 1e-3, seed: 0 }
    }
}

/// A fitted network. Parameters lie layer by layer: weights row-major `[outputs, inputs]`, then biases.
struct Network {
    sizes: [usize; 4],
    parameters: Vec<f64>,
}

impl DuelOptions {
    /// The next pair by the scores of a network that is fitted to `history`, and the best of the candidates
    /// that somebody has compared, as [`DuelOptions::next`] and [`DuelOptions::best`] have them. The decay of
    /// the weights is `lambda / (duels + 50)`.
    ///
    /// # Errors
    /// As [`DuelOptions::next`]; options of the network out of range.
    pub fn next_by_network(
        &self,
        candidates: &[Vec<f64>],
        history: &[Duel],
        network: &NetworkOptions,
    ) -> Result<(NextDuel, Option<usize>)> {
        let features = self.checked(candidates, history)?;
        check::count("candidates", candidates.len(), 2)?;
        check::count("features", features, 1)?;
        network.check()?;
        let fitted = Network::fit(features, candidates, history, network, self.lambda)?;
        let mut directions = Vec::with_capacity(candidates.len());
        let mut scores = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let mut gradient = vec![0.0; fitted.parameters.len()];
            scores.push(fitted.differentiate(candidate, 1.0, &mut gradient));
            directions.push(gradient);
        }
        let best = Self::best_compared(&scores, history);
        Ok((self.choose(scores, &directions, history)?, best))
    }
}

impl NetworkOptions {
    fn check(&self) -> Result<()> {
        for (what, value, most) in [("hidden", self.hidden, 1024), ("steps", self.steps, 100_000)] {
            if value == 0 || value > most {
                let expected = if what == "hidden" { "1 to 1024" } else { "1 to 100000" };
                let value = value as f64;
                return Err(StatsError::OutOfRange { what: what.into(), value, expected });
            }
        }
        if !(self.rate > 0.0 && self.rate.is_finite()) {
            let (what, value) = ("rate".into(), self.rate);
            return Err(StatsError::OutOfRange { what, value, expected: "> 0" });
        }
        Ok(())
    }
}

impl Network {
    fn new(features: usize, options: &NetworkOptions) -> Self {
        let sizes = [features, options.hidden, options.hidden, 1];
        let mut rng = Rng::seeded(options.seed);
        let mut parameters = Vec::new();
        for layer in sizes.windows(2) {
            parameters.extend((0..layer[0] * layer[1]).map(|_| rng.normal()));
            parameters.extend((0..layer[1]).map(|_| 0.0));
        }
        Self { sizes, parameters }
    }

    fn fit(
        features: usize,
        candidates: &[Vec<f64>],
        history: &[Duel],
        options: &NetworkOptions,
        lambda: f64,
    ) -> Result<Self> {
        const BETAS: (f64, f64) = (0.9, 0.999);
        const EPSILON: f64 = 1e-8;
        let mut network = Self::new(features, options);
        if history.is_empty() {
            return Ok(network);
        }
        let n = history.len() as f64;
        let decay = lambda / (n + 50.0);
        let size = network.parameters.len();
        let (mut first, mut second) = (vec![0.0; size], vec![0.0; size]);
        for step in 1..=options.steps {
            let mut gradient = vec![0.0; size];
            for duel in history {
                let (a, b) = (&candidates[duel.first], &candidates[duel.second]);
                let apart = network.score(a) - network.score(b);
                // Slope of the cross entropy by the difference of the scores.
                let slope = 1.0 / (1.0 + (-apart).exp()) - check::indicator(duel.first_won);
                network.differentiate(a, slope / n, &mut gradient);
                network.differentiate(b, -slope / n, &mut gradient);
            }
            let power = i32::try_from(step).unwrap_or(i32::MAX);
            let (left, right) = (1.0 - BETAS.0.powi(power), 1.0 - BETAS.1.powi(power));
            let moments = first.iter_mut().zip(&mut second);
            for ((x, slope), (m, v)) in network.parameters.iter_mut().zip(gradient).zip(moments) {
                let slope = slope + decay * *x;
                *m = BETAS.0 * *m + (1.0 - BETAS.0) * slope;
                *v = BETAS.1 * *v + (1.0 - BETAS.1) * slope * slope;
                *x -= options.rate * (*m / left) / ((*v / right).sqrt() + EPSILON);
            }
        }
        check::values("weights of the network", &network.parameters, 1)?;
        Ok(network)
    }

    /// Values of the layers, the features first.
    fn layers(&self, features: &[f64]) -> [Vec<f64>; 4] {
        let mut layers = [features.to_vec(), Vec::new(), Vec::new(), Vec::new()];
        let mut at = 0;
        for layer in 0..3 {
            let (inputs, outputs) = (self.sizes[layer], self.sizes[layer + 1]);
            let (weights, rest) = self.parameters[at..].split_at(inputs * outputs);
            let values = weights.chunks_exact(inputs).zip(&rest[..outputs]).map(|(row, bias)| {
                let sum = row.iter().zip(&layers[layer]).map(|(w, x)| w * x).sum::<f64>() + bias;
                if layer < 2 { sum.max(0.0) } else { sum }
            });
            layers[layer + 1] = values.collect();
            at += inputs * outputs + outputs;
        }
        layers
    }

    fn score(&self, features: &[f64]) -> f64 {
        self.layers(features)[3][0]
    }

    /// Adds `times` the gradient of the score by the parameters; returns the score.
    fn differentiate(&self, features: &[f64], times: f64, gradient: &mut [f64]) -> f64 {
        let layers = self.layers(features);
        let mut back = vec![times];
        let mut end = self.parameters.len();
        for layer in (0..3).rev() {
            let (inputs, outputs) = (self.sizes[layer], self.sizes[layer + 1]);
            let start = end - inputs * outputs - outputs;
            let mut below = vec![0.0; inputs];
            for (output, slope) in back.iter().enumerate() {
                let row = start + output * inputs;
                for (input, x) in layers[layer].iter().enumerate() {
                    gradient[row + input] += slope * x;
                    below[input] += slope * self.parameters[row + input];
                }
                gradient[start + inputs * outputs + output] += slope;
            }
            // A rectifier that is closed lets nothing through.
            let open = layers[layer].iter().map(|x| layer == 0 || *x > 0.0);
            back = below.into_iter().zip(open).map(|(b, o)| if o { b } else { 0.0 }).collect();
            end = start;
        }
        layers[3][0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates() -> Vec<Vec<f64>> {
        // Worth lies in the middle, which no line can say.
        vec![vec![-1.0, 0.2], vec![-0.5, 0.2], vec![0.0, 0.2], vec![0.5, 0.2], vec![1.0, 0.2]]
    }

    fn history() -> Vec<Duel> {
        let duel = |first, second| Duel { first, second, first_won: true };
        [(2, 0), (2, 4), (1, 0), (3, 4), (2, 1), (2, 3)].map(|(a, b)| duel(a, b)).repeat(5)
    }

    #[test]
    fn gradients_are_those_of_the_score() {
        let options = NetworkOptions { hidden: 5, seed: 3, ..NetworkOptions::default() };
        let mut network = Network::new(2, &options);
        let x = [0.3, -0.7];
        let mut gradient = vec![0.0; network.parameters.len()];
        let score = network.differentiate(&x, 1.0, &mut gradient);
        assert!((score - network.score(&x)).abs() < 1e-15);
        assert_eq!(gradient.len(), 2 * 5 + 5 + 5 * 5 + 5 + 5 + 1);
        for (i, slope) in gradient.iter().enumerate() {
            let at = network.parameters[i];
            network.parameters[i] = at + 1e-6;
            let up = network.score(&x);
            network.parameters[i] = at - 1e-6;
            let numeric = (up - network.score(&x)) / 2e-6;
            network.parameters[i] = at;
            assert!((numeric - slope).abs() < 1e-6, "{i}: {numeric} {slope}");
        }
    }

    #[test]
    fn a_network_learns_what_a_line_cannot() {
        let duel = DuelOptions::default();
        let options = NetworkOptions { steps: 600, rate: 1e-2, ..NetworkOptions::default() };
        let (next, best) =
            duel.next_by_network(&candidates(), &history(), &options).expect("valid");
        assert_eq!((next.first, best), (2, Some(2)), "{next:?}");
        assert!(next.second != 2 && next.deviations[2] == 0.0 && next.deviations[0] > 0.0);
        let again = duel.next_by_network(&candidates(), &history(), &options).expect("valid");
        assert_eq!(again, (next, best));
        let weights = duel.weights(&candidates(), &history()).expect("a line");
        let line = duel.next(&candidates(), &history(), &weights).expect("valid");
        // By symmetry the line says nothing.
        assert!((line.scores[0] - line.scores[4]).abs() < 1e-9);
    }

    #[test]
    fn duels_make_their_directions_known() {
        let duel = DuelOptions::default();
        let options = NetworkOptions { steps: 1, rate: 1e-12, ..NetworkOptions::default() };
        let spread = |history: &[Duel]| -> f64 {
            let (next, _) = duel.next_by_network(&candidates(), history, &options).expect("valid");
            next.deviations.iter().sum()
        };
        let (none, best) = duel.next_by_network(&candidates(), &[], &options).expect("valid");
        assert_eq!(best, None);
        assert!(spread(&history()) < none.deviations.iter().sum());
    }

    #[test]
    fn mistakes_are_refused() {
        let duel = DuelOptions::default();
        let code = |candidates: &[Vec<f64>], options: NetworkOptions| {
            duel.next_by_network(candidates, &[], &options).expect_err("bad").code()
        };
        let plain = NetworkOptions::default();
        assert_eq!(code(&candidates()[..1], plain), "too_few_values");
        assert_eq!(code(&[vec![], vec![]], plain), "too_few_values");
        assert_eq!(code(&[vec![1.0], vec![f64::NAN]], plain), "not_finite");
        assert_eq!(code(&[vec![1e300], vec![-1e300]], plain), "not_finite");
        assert_eq!(code(&candidates(), NetworkOptions { hidden: 0, ..plain }), "out_of_range");
        assert_eq!(code(&candidates(), NetworkOptions { steps: 0, ..plain }), "out_of_range");
        assert_eq!(code(&candidates(), NetworkOptions { rate: 0.0, ..plain }), "out_of_range");
    }
}
