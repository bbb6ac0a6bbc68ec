//! Which automatic labels to trust: model against people, beside people against people.
//!
//! Kappa of each category between people (H-H) and between people and the model (H-M). A model can
//! only be trusted on a category on which people agree (SIGHT; Wang et al., 2023).

use serde::{Deserialize, Serialize};

use super::{KappaWeights, cohen_kappa};
use crate::{Result, StatsError, check};

/// How much agreement is enough. The defaults are where the paper finds labels usable: above .9
/// between people came above .7 with the model, while .7 to .8 came with .3 to .5.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrustGate {
    /// Least kappa between people, `-1..=1`.
    pub people: f64,
    /// Least kappa between people and the model, `-1..=1`.
    pub model: f64,
}

impl Default for TrustGate {
    fn default() -> Self {
        Self { people: 0.9, model: 0.7 }
    }
}

/// What to do with the automatic labels of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trust {
    /// People agree, and the model agrees with them.
    Adopt,
    /// People agree, the model does not: have people check.
    Review,
    /// People do not agree: sharpen the definition of the category first.
    Unsettled,
}

impl TrustGate {
    /// The verdict for two kappas.
    ///
    /// # Errors
    /// A kappa or a limit that is not in `-1..=1`.
    pub fn judge(&self, people: f64, model: f64) -> Result<Trust> {
        for (what, value) in [
            ("people", people),
            ("model", model),
            ("gate.people", self.people),
            ("gate.model", self.model),
        ] {
            // Rounding can put a kappa of −1 beside its bound.
            if !(-1.0 - 1e-9..=1.0).contains(&value) {
                return Err(StatsError::OutOfRange {
                    what: what.into(),
                    value,
                    expected: "-1 to 1",
                });
            }
        }
        Ok(match (people >= self.people, model >= self.model) {
            (true, true) => Trust::Adopt,
            (true, false) => Trust::Review,
            (false, _) => Trust::Unsettled,
        })
    }
}

/// Agreement on one category.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CategoryTrust {
    /// Mean kappa over pairs of people.
    pub kappa_people: f64,
    /// Mean kappa over people, each against the model.
    pub kappa_model: f64,
    /// Items that at least two of people and model labelled.
    pub n: usize,
    /// The verdict.
    pub trust: Trust,
}

/// Agreement on one category, labelled yes or no (or with any labels) by people and a model.
///
/// Each list holds one label an item, `None` where there is none; a pair is compared on the items
/// that both labelled.
///
/// # Errors
/// Fewer than two people, different lengths, or a pair without a common item or whose labels are all
/// one and the same, so that kappa is not defined.
pub fn category_trust<L: Ord + Clone>(
    people: &[Vec<Option<L>>],
    model: &[Option<L>],
    gate: &TrustGate,
) -> Result<CategoryTrust> {
    check::count("people", people.len(), 2)?;
    for labels in people {
        check::same_length(("people", labels.len()), ("model", model.len()))?;
    }
    let (mut between, mut with_model) = (Vec::new(), Vec::new());
    for (i, labels) in people.iter().enumerate() {
        with_model.push(kappa(labels, model)?);
        for other in &people[..i] {
            between.push(kappa(labels, other)?);
        }
    }
    let labelled = |item: &usize| {
        let people = people.iter().filter(|labels| labels[*item].is_some()).count();
        people + usize::from(model[*item].is_some()) >= 2
    };
    let mean = crate::moments::raw_mean;
    let (kappa_people, kappa_model) = (mean(&between), mean(&with_model));
    Ok(CategoryTrust {
        kappa_people,
        kappa_model,
        n: (0..model.len()).filter(labelled).count(),
        trust: gate.judge(kappa_people, kappa_model)?,
    })
}

fn kappa<L: Ord + Clone>(a: &[Option<L>], b: &[Option<L>]) -> Result<f64> {
    let both = a.iter().zip(b).filter_map(|(a, b)| Some((a.clone()?, b.clone()?)));
    let (a, b): (Vec<L>, Vec<L>) = both.unzip();
    cohen_kappa(&a, &b, KappaWeights::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two lists of labels with this 2×2 table.
    fn labels(table: [[usize; 2]; 2]) -> (Vec<Option<bool>>, Vec<Option<bool>>) {
        let cells = [(false, false), (false, true), (true, false), (true, true)];
        let counts = table.concat();
        cells
            .into_iter()
            .zip(counts)
            .flat_map(|((a, b), n)| std::iter::repeat_n((Some(a), Some(b)), n))
            .unzip()
    }

    #[test]
    fn published_tables() {
        for (table, kappa) in [
            ([[207, 22], [4, 56]], 0.7538169189437127),
            ([[247, 1], [4, 34]], 0.9215062026567131),
            ([[275, 0], [1, 10]], 0.9505703422053232),
        ] {
            let (one, two) = labels(table);
            let found = category_trust(&[one.clone(), two.clone()], &one, &TrustGate::default());
            let found = found.expect("defined");
            assert!((found.kappa_people - kappa).abs() < 1e-12, "{found:?}");
            // The model repeats the first person: 1 with them, the same kappa with the other.
            assert!((found.kappa_model - (1.0 + kappa) / 2.0).abs() < 1e-12);
            let expected = if kappa > 0.9 { Trust::Adopt } else { Trust::Unsettled };
            assert_eq!((found.trust, found.n), (expected, one.len()));
        }
    }

    #[test]
    fn gaps_and_undefined() {
        let person = [Some(1), Some(2), None, Some(1)].to_vec();
        let model = [Some(1), Some(2), Some(1), None];
        let found =
            category_trust(&[person.clone(), person.clone()], &model, &TrustGate::default());
        let found = found.expect("defined");
        assert_eq!((found.kappa_model, found.n, found.trust), (1.0, 3, Trust::Adopt));
        let code = |people: &[Vec<Option<i32>>], model: &[Option<i32>]| {
            category_trust(people, model, &TrustGate::default()).expect_err("bad").code()
        };
        assert_eq!(code(std::slice::from_ref(&person), &model), "too_few_values");
        assert_eq!(code(&[person.clone(), person.clone()], &model[..2]), "length_mismatch");
        assert_eq!(code(&[person.clone(), person], &[None; 4]), "too_few_values");
        assert_eq!(code(&[vec![Some(1)], vec![Some(1)]], &[Some(1)]), "constant_input");
        assert_eq!(TrustGate::default().judge(0.95, 0.2), Ok(Trust::Review));
        assert!(TrustGate::default().judge(f64::NAN, 0.2).is_err());
    }
}
