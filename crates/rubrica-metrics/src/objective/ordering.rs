//! Ordering: how near the items of a response stand to their right order.
//!
//! White et al., "LiveBench", ICLR 2025 (its plot unscrambling): 1 − edit distance of the orders over
//! the number of items.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor};
use super::items::{folded, items};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::overlap::{best, edit_distance};
use crate::segment::Segment;
use crate::text::{TokenMap, TokenSet, Vocabulary};

/// Pairs of items that are compared letter by letter.
const MAX_STEPS: u64 = 40_000;

/// Options of [`Ordering`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderingOptions {
    /// Where the items stand.
    pub extract: Extract,
    /// Takes an item that is in no reference for the one most like it, as LiveBench does. Otherwise
    /// it is an item too many.
    pub closest: bool,
}

impl Default for OrderingOptions {
    fn default() -> Self {
        Self { extract: Extract::Auto, closest: true }
    }
}

/// 1 − insertions, deletions and replacements that turn the order of the response into that of the
/// reference, over the items of the reference, but not below 0; against the reference that gives the
/// highest. Parts: `exact`, 1 for the right order, and `tau`, Kendall's rank correlation of the
/// items that both have (0 for fewer than two).
///
/// Response and reference list items: see [`items`]. The corpus score is the mean over segments.
#[derive(Debug, Clone)]
pub struct Ordering {
    closest: bool,
    extractor: Extractor,
}

impl Described for Ordering {
    type Options = OrderingOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "ordering",
        title: "Ordering",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "White et al., LiveBench, ICLR 2025",
    };

    fn new(options: OrderingOptions) -> Result<Self> {
        Ok(Self { closest: options.closest, extractor: Extractor::new(options.extract)? })
    }
}

impl Averaged for Ordering {
    const VALUES: &'static [&'static str] = &["ordering", "exact", "tau"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let match_by = if self.closest { "closest" } else { "equal" };
        signature.with("extract", self.extractor.name()).with("match", match_by)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let answer = self.extractor.list(segment.response);
        let answer: Vec<String> = items(&answer).iter().map(|item| folded(item)).collect();
        let mut scores = Vec::new();
        for reference in segment.needed_references(Self::INFO.id)? {
            let wanted: Vec<String> = items(reference).iter().map(|item| folded(item)).collect();
            if wanted.is_empty() {
                let expected = "a list of items";
                return Err(error::bad_form(Self::INFO.id, "reference", "is empty", expected));
            }
            let order = self.order(&answer, &wanted)?;
            let right: Vec<u32> = (0..wanted.len() as u32).collect();
            let distance = edit_distance(Self::INFO.id, &order, &right)? as f64;
            let score = (1.0 - distance / wanted.len() as f64).max(0.0);
            let exact = f64::from(u8::from(order == right));
            scores.push(vec![score, exact, kendall(&order, wanted.len())]);
        }
        Ok(best(scores, |values| values[0]))
    }
}

impl Ordering {
    /// The place of each item in the reference; its length for one that is not there.
    fn order(&self, answer: &[String], wanted: &[String]) -> Result<Vec<u32>> {
        let mut places: TokenMap<&str, u32> = TokenMap::default();
        for (place, item) in wanted.iter().enumerate() {
            places.entry(item).or_insert(place as u32);
        }
        let strange = answer.iter().filter(|item| !places.contains_key(item.as_str())).count();
        if self.closest && strange as u64 * wanted.len() as u64 > MAX_STEPS {
            let lengths = [answer.len(), wanted.len()];
            return Err(error::texts_too_long(Self::INFO.id, "items", lengths, MAX_STEPS));
        }
        let place = |item: &String| match places.get(item.as_str()) {
            Some(place) => Ok(*place),
            None if self.closest => closest(item, wanted),
            None => Ok(wanted.len() as u32),
        };
        answer.iter().map(place).collect()
    }
}

/// The place of the item most like `item`: the first with the highest `1 − distance / longer length`.
fn closest(item: &str, wanted: &[String]) -> Result<u32> {
    let mut nearest = (f64::NEG_INFINITY, 0);
    for (place, other) in wanted.iter().enumerate() {
        let mut vocabulary = Vocabulary::default();
        let (a, b) = (vocabulary.ids(item.chars()), vocabulary.ids(other.chars()));
        let longer = a.len().max(b.len()).max(1) as f64;
        let likeness = 1.0 - edit_distance(Ordering::INFO.id, &a, &b)? as f64 / longer;
        if likeness > nearest.0 {
            nearest = (likeness, place as u32);
        }
    }
    Ok(nearest.1)
}

/// Kendall's tau of the first mention of each place below `length`; 0 for fewer than two.
fn kendall(order: &[u32], length: usize) -> f64 {
    let mut seen = TokenSet::default();
    let known = order.iter().copied().filter(|place| (*place as usize) < length);
    let places: Vec<u32> = known.filter(|place| seen.insert(*place)).collect();
    let n = places.len();
    if n < 2 {
        return 0.0;
    }
    let pairs = n as f64 * (n - 1) as f64 / 2.0;
    1.0 - 2.0 * inversions(&places) as f64 / pairs
}

/// Pairs that stand in the wrong order; takes n log n steps.
fn inversions(places: &[u32]) -> u64 {
    if places.len() < 2 {
        return 0;
    }
    let (left, right) = places.split_at(places.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    left.sort_unstable();
    right.sort_unstable();
    let mut below = 0;
    for place in &left {
        while right.get(below).is_some_and(|other| other < place) {
            below += 1;
        }
        count += below as u64;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn swapped_items_cost_two() {
        let metric = Ordering::new(OrderingOptions::default()).expect("valid");
        let score = |response| {
            let segment = Segment::new(response, &["a1\nb2\nc3\nd4"]);
            metric.sentence(&segment).expect("items")
        };
        assert_eq!(score("a1\nc3\nb2\nd4").value(), Some(0.5));
        assert!((score("a1\nc3\nb2\nd4").parts["tau"] - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(score("<solution>a1, b2, c3, d4</solution>").parts["exact"], 1.0);
        assert_eq!(score("").value(), Some(0.0));
        assert_eq!(inversions(&[3, 1, 2, 0]), 5);
    }
}
