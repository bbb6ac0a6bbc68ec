//! What a bootstrap resamples.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::rng::Rng;
use crate::{Result, check};

/// The units that are drawn with replacement: items, or clusters of items; within strata, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    /// Item indices, unit by unit.
    members: Vec<usize>,
    /// Where each unit starts in `members`; one more entry at the end.
    starts: Vec<usize>,
    /// Ranges of units that are resampled apart from each other, each as often as it is long.
    strata: Vec<Range<usize>>,
    clustered: bool,
}

impl Units {
    /// `n` items, each a unit. With 0 items the statistic itself refuses.
    pub fn items(n: usize) -> Self {
        Self {
            members: (0..n).collect(),
            starts: (0..=n).collect(),
            strata: std::iter::once(0..n).collect(),
            clustered: false,
        }
    }

    /// Items that share an id are drawn together. `ids` holds one id an item.
    ///
    /// # Errors
    /// No items.
    pub fn clusters<I: Ord>(ids: &[I]) -> Result<Self> {
        Self::clusters_in_strata(ids, &vec![(); ids.len()])
    }

    /// Items are drawn within their stratum, so that every resample has as many of each. `strata`
    /// holds one stratum an item.
    ///
    /// # Errors
    /// No items.
    pub fn stratified<S: Ord>(strata: &[S]) -> Result<Self> {
        let ids: Vec<usize> = (0..strata.len()).collect();
        Ok(Self { clustered: false, ..Self::clusters_in_strata(&ids, strata)? })
    }

    /// Clusters of items, drawn within their stratum. An id in two strata names two clusters.
    ///
    /// # Errors
    /// No items, or different lengths.
    pub fn clusters_in_strata<I: Ord, S: Ord>(ids: &[I], strata: &[S]) -> Result<Self> {
        check::same_length(("ids", ids.len()), ("strata", strata.len()))?;
        check::count("items", ids.len(), 1)?;
        let mut tree: BTreeMap<&S, BTreeMap<&I, Vec<usize>>> = BTreeMap::new();
        for (i, (id, stratum)) in ids.iter().zip(strata).enumerate() {
            tree.entry(stratum).or_default().entry(id).or_default().push(i);
        }
        let mut units =
            Self { members: Vec::new(), starts: vec![0], strata: Vec::new(), clustered: true };
        for clusters in tree.into_values() {
            let first = units.len();
            for members in clusters.into_values() {
                units.members.extend(members);
                units.starts.push(units.members.len());
            }
            units.strata.push(first..units.len());
        }
        Ok(units)
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// True when there is nothing to resample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of items.
    pub fn items_len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn is_clustered(&self) -> bool {
        self.clustered
    }

    /// All items in ascending order.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.items_len()).collect()
    }

    /// Fills `items` with the members of as many units as there are, drawn with replacement.
    pub(super) fn draw(&self, rng: &mut Rng, items: &mut Vec<usize>) {
        items.clear();
        for stratum in &self.strata {
            for _ in stratum.clone() {
                let unit = stratum.start + rng.below(stratum.len());
                items.extend_from_slice(&self.members[self.starts[unit]..self.starts[unit + 1]]);
            }
        }
    }

    /// The items without those of one unit, for each unit in turn.
    pub(super) fn leave_one_out(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        self.starts.windows(2).map(|w| [&self.members[..w[0]], &self.members[w[1]..]].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_stay_together() {
        let units = Units::clusters(&["p1", "p2", "p1", "p3", "p2"]).expect("five");
        assert_eq!((units.len(), units.items_len()), (3, 5));
        let mut rng = Rng::seeded(1);
        let mut items = Vec::new();
        for _ in 0..50 {
            units.draw(&mut rng, &mut items);
            let count = |i| items.iter().filter(|item| **item == i).count();
            assert_eq!(count(0), count(2));
            assert_eq!(count(1), count(4));
        }
        let left: Vec<Vec<usize>> = units.leave_one_out().collect();
        assert_eq!(left, [vec![1, 4, 3], vec![0, 2, 3], vec![0, 2, 1, 4]]);
    }

    #[test]
    fn strata_keep_their_size() {
        let strata = ["a", "b", "a", "b", "b"];
        let units = Units::stratified(&strata).expect("five");
        assert!(!units.is_clustered());
        let mut rng = Rng::seeded(1);
        let mut items = Vec::new();
        for _ in 0..50 {
            units.draw(&mut rng, &mut items);
            assert_eq!(items.iter().filter(|i| strata[**i] == "a").count(), 2);
            assert_eq!(items.len(), 5);
        }
    }

    #[test]
    fn a_cluster_lies_in_one_stratum() {
        let units = Units::clusters_in_strata(&[1, 1, 1], &["x", "x", "y"]).expect("three");
        assert_eq!((units.len(), units.strata.len()), (2, 2));
        assert!(Units::clusters::<u8>(&[]).is_err());
        assert!(Units::clusters_in_strata(&[1], &["x", "y"]).is_err());
        assert!(Units::items(0).is_empty());
    }
}
