//! The control of a judge: itself, with all but the response taken away.
//!
//! A judge that reads scores far better than its blind control. One that does not has learnt how good
//! answers are written.

use rubrica_core::{Criterion, Job, Result};

use super::scorer::{Local, Scorer};
use crate::data::{LabelledPair, LabelledRating, Shape};

/// A scorer that sees neither prompt, criterion, reference nor context.
pub struct Blind<'s>(pub &'s dyn Scorer);

impl Scorer for Blind<'_> {
    fn name(&self) -> String {
        format!("{}, blind", self.0.name())
    }

    fn margins<'a>(
        &'a self,
        pairs: &'a [&'a LabelledPair],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let blanked: Vec<LabelledPair> = pairs
                .iter()
                .map(|pair| LabelledPair { prompt: String::new(), ..(*pair).clone() })
                .collect();
            self.0.margins(&blanked.iter().collect::<Vec<_>>(), job).await
        })
    }

    fn scores<'a>(
        &'a self,
        ratings: &'a [&'a LabelledRating],
        job: &'a dyn Job,
    ) -> Local<'a, Result<Vec<f64>>> {
        Box::pin(async move {
            let blanked: Vec<LabelledRating> = ratings
                .iter()
                .map(|rating| {
                    let mut scale = rating.criterion.scale.clone();
                    scale.anchors.clear();
                    LabelledRating {
                        instruction: String::new(),
                        reference: None,
                        criterion: Criterion {
                            scale,
                            ..Criterion::new(&rating.criterion.id, "Quality.")
                        },
                        ..(*rating).clone()
                    }
                })
                .collect();
            self.0.scores(&blanked.iter().collect::<Vec<_>>(), job).await
        })
    }

    fn threshold(&self, shape: Shape) -> Option<f64> {
        self.0.threshold(shape)
    }

    fn tie_margin(&self) -> f64 {
        self.0.tie_margin()
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Preference, Quiet};

    use super::*;

    /// Prefers what shares its first letter with the prompt.
    struct Reader;

    impl Scorer for Reader {
        fn name(&self) -> String {
            "reader".into()
        }

        fn margins<'a>(
            &'a self,
            pairs: &'a [&'a LabelledPair],
            _job: &'a dyn Job,
        ) -> Local<'a, Result<Vec<f64>>> {
            let fits = |p: &LabelledPair, i: usize| {
                let first = p.prompt.chars().next();
                f64::from(u8::from(first.is_some() && first == p.responses[i].chars().next()))
            };
            Box::pin(async move { Ok(pairs.iter().map(|p| fits(p, 0) - fits(p, 1)).collect()) })
        }

        fn scores<'a>(
            &'a self,
            ratings: &'a [&'a LabelledRating],
            _job: &'a dyn Job,
        ) -> Local<'a, Result<Vec<f64>>> {
            let seen = |r: &LabelledRating| {
                let texts = [r.instruction.as_str(), r.reference.as_deref().unwrap_or_default()];
                texts.iter().map(|t| t.len() as f64).sum()
            };
            Box::pin(async move { Ok(ratings.iter().map(|r| seen(r)).collect()) })
        }
    }

    #[test]
    fn a_reader_knows_nothing_once_it_is_blind() {
        let pair = LabelledPair {
            source: "s".into(),
            group: 0,
            prompt: "apples?".into(),
            responses: ["a".into(), "b".into()],
            label: Preference::A,
            distance: None,
            surface: None,
            in_domain: false,
        };
        let margins = |scorer: &dyn Scorer| block_on(scorer.margins(&[&pair], &Quiet));
        assert_eq!(margins(&Reader).expect("scores"), [1.0]);
        assert_eq!(margins(&Blind(&Reader)).expect("scores"), [0.0]);
        assert_eq!(Blind(&Reader).name(), "reader, blind");
    }
}
