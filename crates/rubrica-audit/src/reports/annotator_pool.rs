//! A pool of annotators with label noise, which together stand in for a crowd (AlpacaFarm; Dubois et
//! al., 2023): one annotator is drawn for each item, and some answers are turned round.

use std::collections::BTreeMap;

use rubrica_core::{Preference, Signature};
use rubrica_stats::StatsError;
use rubrica_stats::rng::Rng;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::error::{AuditError, Result};
use crate::records::{name, truth};

/// An item with the recorded preferences of annotators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnnotatedItem {
    /// Its name, from which its chances follow.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// What each annotator prefers.
    pub annotations: BTreeMap<String, Preference>,
    /// Both responses are the same text, which is a draw whoever looks at it.
    #[serde(default, deserialize_with = "truth")]
    pub equal: bool,
}

/// How the pool answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoolOptions {
    /// Annotators of the pool; none given stands for all of each item. A name may stand more than once
    /// to be drawn more often.
    pub annotators: Option<Vec<String>>,
    /// Chance that an answer is turned round, 0 to one half; AlpacaFarm's simulated crowd has 0.25.
    pub p_label_flip: f64,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { annotators: None, p_label_flip: 0.25, seed: 0 }
    }
}

/// The answer of the pool to one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledPreference {
    /// The item.
    pub id: String,
    /// Who was drawn; none for equal responses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotator: Option<String>,
    /// The answer after noise.
    pub preferred: Preference,
    /// True when noise decided, be it for the same answer.
    pub noisy: bool,
    /// What produced it.
    pub signature: Signature,
}

/// Draws an annotator for each item, and noise: with a chance of twice `p_label_flip` the answer is that
/// of a fair coin, so that `p_label_flip` of the answers turn round. The draws of an item depend on its
/// id and the seed alone, not on the other items.
///
/// # Errors
/// [`AuditError::Statistic`] without items; [`AuditError::Input`] for a chance outside 0 to one half, an id that
/// comes twice, or an item that nobody in the pool has annotated.
pub fn annotate_pool(
    items: &[AnnotatedItem],
    options: &PoolOptions,
) -> Result<Vec<PooledPreference>> {
    if items.is_empty() {
        return Err(StatsError::TooFew { what: "items", found: 0, needed: 1 }.into());
    }
    let p = options.p_label_flip;
    if !(0.0..=0.5).contains(&p) {
        return Err(AuditError::invalid("p_label_flip", format!("is {p}"), "0 to 0.5"));
    }
    let mut signature = Signature::new("annotator-pool").with("p_label_flip", p);
    if let Some(annotators) = &options.annotators {
        signature = signature.with("annotators", annotators.join(","));
    }
    signature.seed = Some(options.seed);
    let mut seen = std::collections::BTreeSet::new();
    let answer = |(index, item): (usize, &AnnotatedItem)| {
        let path = |field: &str| format!("[{index}].{field}");
        if !seen.insert(item.id.clone()) {
            let problem = format!("is `{}` a second time", item.id);
            return Err(AuditError::invalid(path("id"), problem, "each item once"));
        }
        let (id, signature) = (item.id.clone(), signature.clone());
        if item.equal {
            let preferred = Preference::Tie;
            return Ok(PooledPreference {
                id,
                annotator: None,
                preferred,
                noisy: false,
                signature,
            });
        }
        let pool: Vec<(&String, Preference)> = match &options.annotators {
            None => item.annotations.iter().map(|(who, what)| (who, *what)).collect(),
            Some(names) => {
                names.iter().filter_map(|who| Some((who, *item.annotations.get(who)?))).collect()
            }
        };
        if pool.is_empty() {
            let problem = "has no answer of anybody in the pool";
            return Err(AuditError::invalid(path("annotations"), problem, "at least one"));
        }
        let mut rng = Rng::seeded(options.seed ^ hash(&item.id));
        let (annotator, own) = pool[rng.below(pool.len())];
        let noisy = rng.unit() < 2.0 * p;
        let coin = if rng.unit() < 0.5 { Preference::A } else { Preference::B };
        let preferred = if noisy { coin } else { own };
        Ok(PooledPreference { id, annotator: Some(annotator.clone()), preferred, noisy, signature })
    };
    items.iter().enumerate().map(answer).collect()
}

/// FNV-1a: the same on every platform for good.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What [`annotate_pool`] makes of each item.
#[derive(Serialize)]
pub(super) struct PooledItems {
    pub(super) items: Vec<PooledPreference>,
}

impl Report for PooledItems {
    const NAME: &'static str = "annotator-pool";
    const QUESTION: &'static str = "What would a crowd say that these annotators stand for?";
    const SOURCE: &'static str = "AlpacaFarm; Dubois et al., 2023";
    const ROW: &'static str = "id, annotations {annotator: A|B|tie}, equal?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"id": "1", "annotations": {"ann": "A", "bo": "A"}}
"#,
    };
    type Row = AnnotatedItem;
    type Options = PoolOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        Ok(Self { items: annotate_pool(&rows, options)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Preference::{A, B, Tie};

    fn item(id: usize, annotations: &[(&str, Preference)]) -> AnnotatedItem {
        let annotations = annotations.iter().map(|(who, what)| ((*who).into(), *what)).collect();
        AnnotatedItem { id: id.to_string(), annotations, equal: false }
    }

    fn share(items: &[AnnotatedItem], p: f64, of: Preference) -> f64 {
        let options = PoolOptions { p_label_flip: p, ..PoolOptions::default() };
        let found = annotate_pool(items, &options).expect("valid");
        found.iter().filter(|f| f.preferred == of).count() as f64 / found.len() as f64
    }

    #[test]
    fn noise_turns_its_share_round() {
        let items: Vec<AnnotatedItem> = (0..100_000).map(|i| item(i, &[("x", A)])).collect();
        // Standard deviations are 0.0014 and 0.0016; three of them.
        assert!((share(&items, 0.25, B) - 0.25).abs() < 0.0042);
        assert!((share(&items, 0.5, B) - 0.5).abs() < 0.0048);
        assert_eq!(share(&items, 0.0, B), 0.0);
    }

    #[test]
    fn everybody_is_drawn_and_an_item_keeps_its_draw() {
        let items: Vec<AnnotatedItem> =
            (0..3000).map(|i| item(i, &[("x", A), ("y", B), ("z", Tie)])).collect();
        for who in [A, B, Tie] {
            assert!((share(&items, 0.0, who) - 1.0 / 3.0).abs() < 0.03);
        }
        let options = PoolOptions::default();
        let all = annotate_pool(&items, &options).expect("valid");
        let few = annotate_pool(&items[7..9], &options).expect("valid");
        assert_eq!(all[7..9], few);
        let other = PoolOptions { seed: 1, ..options.clone() };
        assert_ne!(all, annotate_pool(&items, &other).expect("valid"));
        let only = PoolOptions { annotators: Some(vec!["y".into()]), p_label_flip: 0.0, seed: 0 };
        let found = annotate_pool(&items, &only).expect("valid");
        assert!(found.iter().all(|f| f.preferred == B && f.annotator.as_deref() == Some("y")));
    }

    #[test]
    fn equal_responses_and_mistakes() {
        let mut same = item(1, &[]);
        same.equal = true;
        let options = PoolOptions { p_label_flip: 0.5, ..PoolOptions::default() };
        let found = annotate_pool(&[same], &options).expect("a draw");
        assert_eq!((found[0].preferred, found[0].annotator.as_ref()), (Tie, None));
        let run = |items: &[AnnotatedItem], options: &PoolOptions| {
            annotate_pool(items, options).expect_err("bad")
        };
        assert_eq!(run(&[], &options).code(), "too_few_values");
        assert_eq!(run(&[item(1, &[])], &options).path(), Some("[0].annotations"));
        let twice = [item(1, &[("x", A)]), item(1, &[("x", A)])];
        assert_eq!(run(&twice, &options).path(), Some("[1].id"));
        for p in [-0.1, 0.6, f64::NAN] {
            let bad = PoolOptions { p_label_flip: p, ..PoolOptions::default() };
            assert_eq!(run(&[item(1, &[("x", A)])], &bad).path(), Some("p_label_flip"));
        }
    }
}
