//! How likely a position is to be looked at, and what picks say once that is taken out.
//!
//! A pick (a click, a judge's choice from a list) needs that the position is looked at and the item is good:
//! `P(pick) = θ_position · γ_item`. θ is estimated by regression EM (Wang et al., WSDM 2018), here with a γ for each
//! item, or from rankings in random order; relevance by inverse propensity (Joachims et al., WSDM 2017).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Result, StatsError, check};

/// One item shown at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impression {
    /// The item (of one query), by number.
    pub item: usize,
    /// Where it stood, from 0.
    pub position: usize,
    /// Whether it was picked.
    pub picked: bool,
}

/// Options of [`position_bias`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EmOptions {
    /// θ at the start, between 0 and 1.
    pub start: f64,
    /// η: how far θ moves in a step, above 0, at most 1.
    pub step: f64,
    /// Steps at most.
    pub steps: usize,
    /// The fit ends when no θ moves more than this.
    pub tolerance: f64,
}

impl Default for EmOptions {
    fn default() -> Self {
        Self { start: 0.9, step: 1.0, steps: 20_000, tolerance: 1e-8 }
    }
}

/// What was estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PositionBias {
    /// For each position from the first, the chance to be looked at, by that of the first position: only ratios of θ
    /// are known, as the level can as well be that of the items. None for a position without impressions.
    pub propensities: Vec<Option<f64>>,
    /// For each item by number, its chance to be picked at the first position, in `0..=1`. None for one that was
    /// never shown.
    pub relevance: Vec<Option<f64>>,
    /// Impressions of each position.
    pub impressions: Vec<usize>,
    /// Steps taken.
    pub steps: usize,
    /// False when the steps ended before θ settled.
    pub settled: bool,
}

/// Estimates both by regression EM.
///
/// # Errors
/// No impressions at the first position; no picks at all; no item shown at two positions (nothing then tells
/// position from item); options out of range.
pub fn position_bias(impressions: &[Impression], options: &EmOptions) -> Result<PositionBias> {
    check::open_unit("start", options.start)?;
    check::in_range("step", options.step, |s| s > 0.0 && s <= 1.0, "a number > 0, at most 1")?;
    check::in_range("tolerance", options.tolerance, |t| t > 0.0, "a number > 0")?;
    check::count("steps", options.steps, 1)?;
    let shown = counted(impressions)?;
    let mut theta = vec![options.start; shown.positions.len()];
    let mut gamma = vec![0.5; shown.items.len()];
    let (mut steps, mut settled) = (0, false);
    while steps < options.steps && !settled {
        steps += 1;
        let (mut looked, mut good) = (vec![0.0; theta.len()], vec![0.0; gamma.len()]);
        for (&(item, position), &(all, picks)) in &shown.cells {
            let (t, g) = (theta[position], gamma[item]);
            let unpicked = (all - picks) as f64;
            // Picked at every chance: nothing was left unpicked then.
            let missed = 1.0 - t * g;
            let share = |part: f64| if missed > 0.0 { part / missed } else { 0.0 };
            looked[position] += picks as f64 + unpicked * share(t * (1.0 - g));
            good[item] += picks as f64 + unpicked * share((1.0 - t) * g);
        }
        let mut moved = 0.0f64;
        for (t, (looked, all)) in theta.iter_mut().zip(looked.iter().zip(&shown.positions)) {
            if *all > 0 {
                let new = (1.0 - options.step) * *t + options.step * looked / *all as f64;
                moved = moved.max((new - *t).abs());
                *t = new;
            }
        }
        for (g, (good, all)) in gamma.iter_mut().zip(good.iter().zip(&shown.items)) {
            if *all > 0 {
                *g = good / *all as f64;
            }
        }
        settled = moved <= options.tolerance;
    }
    let first = theta[0];
    if first <= 0.0 {
        return Err(StatsError::NothingToCount {
            what: "picks",
            expected: "a pick at the first position",
        });
    }
    let there = |all: &usize, value: f64| (*all > 0).then_some(value);
    let propensities =
        shown.positions.iter().zip(&theta).map(|(all, t)| there(all, t / first)).collect();
    let relevance =
        shown.items.iter().zip(&gamma).map(|(all, g)| there(all, (g * first).min(1.0))).collect();
    Ok(PositionBias { propensities, relevance, impressions: shown.positions, steps, settled })
}

struct Shown {
    /// Impressions and picks by item and position.
    cells: BTreeMap<(usize, usize), (usize, usize)>,
    positions: Vec<usize>,
    items: Vec<usize>,
}

/// Numbers of items and positions above which tables are refused.
const MOST: usize = 10_000_000;

fn counted(impressions: &[Impression]) -> Result<Shown> {
    check::count("impressions", impressions.len(), 1)?;
    let (mut cells, mut positions, mut items) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (i, shown) in impressions.iter().enumerate() {
        for (what, number) in [("item", shown.item), ("position", shown.position)] {
            let what = format!("impressions[{i}].{what}");
            check::in_range(&what, number as f64, |n| n < MOST as f64, "a number below 10000000")?;
        }
        let grow = |counts: &mut Vec<usize>, at: usize| {
            counts.resize(counts.len().max(at + 1), 0);
            counts[at] += 1;
        };
        grow(&mut positions, shown.position);
        grow(&mut items, shown.item);
        let cell: &mut (usize, usize) = cells.entry((shown.item, shown.position)).or_default();
        cell.0 += 1;
        cell.1 += usize::from(shown.picked);
    }
    let nothing = |expected| Err(StatsError::NothingToCount { what: "impressions", expected });
    if positions[0] == 0 {
        return nothing("an impression at the first position");
    }
    if cells.values().all(|(_, picks)| *picks == 0) {
        return nothing("a pick");
    }
    let keys: Vec<_> = cells.keys().collect();
    if !keys.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return nothing("an item that was shown at two positions");
    }
    Ok(Shown { cells, positions, items })
}

/// Propensities from rankings in random order: there, the picks of a position by those of the first are its
/// propensity. Takes impressions and picks of each position.
///
/// # Errors
/// No positions, more picks than impressions, a position without impressions, no picks at the first one.
pub fn randomised_propensities(counts: &[(usize, usize)]) -> Result<Vec<f64>> {
    check::count("positions", counts.len(), 1)?;
    for (i, &(all, picks)) in counts.iter().enumerate() {
        check::count("impressions of a position", all, 1)?;
        let expected = "at most the impressions";
        check::in_range(&format!("picks[{i}]"), picks as f64, |p| p <= all as f64, expected)?;
    }
    let rate = |&(all, picks): &(usize, usize)| picks as f64 / all as f64;
    let first = rate(&counts[0]);
    if first == 0.0 {
        let expected = "a pick at the first position";
        return Err(StatsError::NothingToCount { what: "picks", expected });
    }
    Ok(counts.iter().map(|count| rate(count) / first).collect())
}

/// Relevance of each item by number: the mean of `picked / max(propensity, least)`, which can pass 1 by chance. None
/// for an item that was never shown.
///
/// # Errors
/// No impressions, a position without a propensity, a propensity not above 0 or so small that 1 by it is not finite,
/// `least` outside `0..=1`.
pub fn inverse_propensity_relevance(
    impressions: &[Impression],
    propensities: &[f64],
    least: f64,
) -> Result<Vec<Option<f64>>> {
    check::count("impressions", impressions.len(), 1)?;
    check::probabilities("least", &[least])?;
    for (i, p) in propensities.iter().enumerate() {
        check::in_range(&format!("propensities[{i}]"), *p, |p| p > 0.0, "a number > 0")?;
    }
    let mut sums: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
    for (index, shown) in impressions.iter().enumerate() {
        let Some(p) = propensities.get(shown.position) else {
            return Err(StatsError::UnknownClass { what: "position of impressions", index });
        };
        let expected = "a number below 10000000";
        let what = format!("impressions[{index}].item");
        check::in_range(&what, shown.item as f64, |n| n < MOST as f64, expected)?;
        let sum = sums.entry(shown.item).or_insert((0.0, 0));
        sum.0 += check::indicator(shown.picked) / p.max(least);
        sum.1 += 1;
        // 1 by a propensity near 0.
        if !sum.0.is_finite() {
            return Err(StatsError::NotFinite { what: "weight of impressions", index });
        }
    }
    let items = sums.keys().next_back().map_or(0, |last| last + 1);
    let mean = |item| sums.get(&item).map(|(sum, n)| sum / *n as f64);
    Ok((0..items).map(mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Picks of twenty items in random order, of which the positions are looked at less and less.
    fn synthetic(theta: &[f64]) -> (Vec<Impression>, Vec<f64>) {
        let mut rng = Rng::seeded(11);
        let good: Vec<f64> = (0..20).map(|i| 0.05 + 0.045 * f64::from(i)).collect();
        let mut shown = Vec::new();
        for _ in 0..40_000 {
            let mut order: Vec<usize> = (0..good.len()).collect();
            rng.shuffle(&mut order);
            for (position, (&item, looked)) in order.iter().zip(theta).enumerate() {
                let picked = rng.unit() < looked * good[item];
                shown.push(Impression { item, position, picked });
            }
        }
        (shown, good)
    }

    #[test]
    fn finds_what_made_the_picks() {
        let theta = [1.0, 0.7, 0.5, 0.3];
        let (shown, good) = synthetic(&theta);
        let found = position_bias(&shown, &EmOptions { steps: 400, ..Default::default() });
        let found = found.expect("fits");
        let propensities: Vec<f64> = found.propensities.iter().flatten().copied().collect();
        for (found, made) in propensities.iter().zip(theta) {
            assert!((found - made).abs() < 0.02, "{propensities:?}");
        }
        let weighted = inverse_propensity_relevance(&shown, &propensities, 0.0).expect("valid");
        for (item, good) in good.iter().enumerate() {
            assert!((found.relevance[item].expect("shown") - good).abs() < 0.04);
            assert!((weighted[item].expect("shown") - good).abs() < 0.04);
        }
        let mut counts = vec![(0, 0); theta.len()];
        for s in &shown {
            counts[s.position].0 += 1;
            counts[s.position].1 += usize::from(s.picked);
        }
        for (found, made) in randomised_propensities(&counts).expect("valid").iter().zip(theta) {
            assert!((found - made).abs() < 0.02);
        }
    }

    #[test]
    fn mistakes_are_named() {
        let shown = |item, position, picked| Impression { item, position, picked };
        let code = |impressions: &[Impression]| {
            position_bias(impressions, &EmOptions::default()).expect_err("bad").code()
        };
        assert_eq!(code(&[]), "too_few_values");
        assert_eq!(code(&[shown(0, 1, true)]), "nothing_to_count");
        assert_eq!(code(&[shown(0, 0, false), shown(0, 1, false)]), "nothing_to_count");
        assert_eq!(code(&[shown(0, 0, true), shown(1, 1, true)]), "nothing_to_count");
        assert_eq!(code(&[shown(usize::MAX, 0, true)]), "out_of_range");
        assert!(randomised_propensities(&[(0, 0)]).is_err());
        assert!(randomised_propensities(&[(1, 2)]).is_err());
        let error = inverse_propensity_relevance(&[shown(0, 3, true)], &[1.0], 0.0);
        assert_eq!(error.expect_err("no propensity").code(), "unknown_class");
        let error = inverse_propensity_relevance(&[shown(0, 0, true)], &[1e-320], 0.0);
        assert_eq!(error.expect_err("1 by almost 0").code(), "not_finite");
    }
}
