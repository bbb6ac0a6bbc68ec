//! Which token comes next.

use rand_core::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use rubrica_core::{Error, GenerateOptions, Result};

/// Draws tokens as the options say. The same seed draws the same ones from the same logits.
pub(super) struct Sampler<'a> {
    options: &'a GenerateOptions,
    random: Xoshiro256PlusPlus,
}

impl<'a> Sampler<'a> {
    /// # Errors
    /// [`Error::Invalid`] with the option.
    pub(super) fn new(options: &'a GenerateOptions) -> Result<Self> {
        let GenerateOptions { temperature, top_p, min_p, .. } = *options;
        for (name, fits, found, expected) in [
            ("temperature", temperature >= 0.0 && temperature.is_finite(), temperature, ">= 0"),
            ("top_p", top_p > 0.0 && top_p <= 1.0, top_p, "above 0, at most 1"),
            ("min_p", (0.0..=1.0).contains(&min_p), min_p, "0 to 1"),
        ] {
            if !fits {
                return Err(Error::invalid(name, format!("is {found}"), expected));
            }
        }
        if options.max_tokens == 0 {
            return Err(Error::invalid("max_tokens", "is 0", ">= 1"));
        }
        if options.stop.iter().any(String::is_empty) {
            return Err(Error::invalid(
                "stop",
                "has an empty text",
                "texts of at least one character",
            ));
        }
        Ok(Self { options, random: Xoshiro256PlusPlus::seed_from_u64(options.seed) })
    }

    /// The next token after `logits`, `[vocab]`.
    pub(super) fn draw(&mut self, logits: &[f32]) -> u32 {
        let GenerateOptions { temperature, top_k, top_p, min_p, .. } = *self.options;
        if temperature == 0.0 {
            // The first of equals.
            let best = logits.iter().enumerate().fold((0, f32::NEG_INFINITY), |best, (i, &x)| {
                if x > best.1 { (i, x) } else { best }
            });
            return best.0 as u32;
        }
        let mut order: Vec<usize> = (0..logits.len()).collect();
        order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
        if top_k > 0 {
            order.truncate(top_k);
        }
        let most = f64::from(logits[order[0]]);
        let weight = |i: usize| ((f64::from(logits[i]) - most) / temperature).exp();
        let mut weights: Vec<f64> = order.iter().map(|&i| weight(i)).collect();
        let total: f64 = weights.iter().sum();
        // The fewest that reach `top_p` together.
        let mut sum = 0.0;
        let fewest = weights.iter().position(|w| {
            sum += w;
            sum >= top_p * total
        });
        weights.truncate(fewest.map_or(weights.len(), |last| last + 1));
        // The likeliest has weight 1.
        let likely = weights.iter().take_while(|&&w| w >= min_p).count().max(1);
        weights.truncate(likely);
        let unit = (self.random.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64);
        let mut left = unit * weights.iter().sum::<f64>();
        let found = weights.iter().position(|w| {
            left -= w;
            left < 0.0
        });
        order[found.unwrap_or(weights.len() - 1)] as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [0.0, 2.0, 1.0, 2.0, -4.0];

    fn counts(options: &GenerateOptions) -> [usize; 5] {
        let mut sampler = Sampler::new(options).expect("sound");
        let mut counts = [0; 5];
        for _ in 0..4000 {
            counts[sampler.draw(&LOGITS) as usize] += 1;
        }
        counts
    }

    #[test]
    fn without_a_temperature_the_first_of_the_likeliest_is_taken() {
        assert_eq!(counts(&GenerateOptions::default()), [0, 4000, 0, 0, 0]);
    }

    #[test]
    fn tokens_are_as_frequent_as_they_are_likely() {
        let options = GenerateOptions { temperature: 1.0, ..GenerateOptions::default() };
        let weights = LOGITS.map(|x| f64::from(x).exp());
        let total: f64 = weights.iter().sum();
        for (count, weight) in counts(&options).into_iter().zip(weights) {
            assert!((count as f64 / 4000.0 - weight / total).abs() < 0.03, "{count} {weight}");
        }
        assert_eq!(counts(&options), counts(&options));
        assert_ne!(counts(&options), counts(&GenerateOptions { seed: 1, ..options.clone() }));
    }

    #[test]
    fn unlikely_tokens_are_cut_off() {
        let options = GenerateOptions { temperature: 1.0, ..GenerateOptions::default() };
        let drawn = |options| counts(&options).map(|count| count > 0);
        assert_eq!(
            drawn(GenerateOptions { top_k: 1, ..options.clone() }),
            [false, true, false, false, false]
        );
        // 0.40, 0.40, 0.15, 0.05, 0.001.
        assert_eq!(
            drawn(GenerateOptions { top_p: 0.7, ..options.clone() }),
            [false, true, false, true, false]
        );
        assert_eq!(
            drawn(GenerateOptions { top_p: 0.9, ..options.clone() }),
            [false, true, true, true, false]
        );
        assert_eq!(
            drawn(GenerateOptions { min_p: 0.3, ..options.clone() }),
            [false, true, true, true, false]
        );
        assert_eq!(
            drawn(GenerateOptions { min_p: 1.0, ..options }),
            [false, true, false, true, false]
        );
    }

    #[test]
    fn options_that_make_no_sense_are_refused() {
        let sound = GenerateOptions::default();
        for (name, options) in [
            ("temperature", GenerateOptions { temperature: -1.0, ..sound.clone() }),
            ("temperature", GenerateOptions { temperature: f64::NAN, ..sound.clone() }),
            ("top_p", GenerateOptions { top_p: 0.0, ..sound.clone() }),
            ("min_p", GenerateOptions { min_p: 1.5, ..sound.clone() }),
            ("max_tokens", GenerateOptions { max_tokens: 0, ..sound.clone() }),
            ("stop", GenerateOptions { stop: vec![String::new()], ..sound }),
        ] {
            let error = Sampler::new(&options).err().expect(name);
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
