//! The outcomes of all battles, pair by pair.

use std::collections::BTreeMap;

use crate::{Result, StatsError, check};

/// How a battle ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The first model won.
    First,
    /// The second model won.
    Second,
    /// Neither did.
    Tie,
}

/// Two different models and what came of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Battle {
    /// The first model.
    pub first: usize,
    /// The second model.
    pub second: usize,
    /// Who won.
    pub outcome: Outcome,
}

/// What happened between two models.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) low: usize,
    pub(super) high: usize,
    /// Battles that `low` won.
    pub(super) low_wins: f64,
    /// Battles that `high` won.
    pub(super) high_wins: f64,
    pub(super) ties: f64,
}

impl Cell {
    pub(super) fn battles(&self) -> f64 {
        self.low_wins + self.high_wins + self.ties
    }

    /// How often each outcome came: wins of `low`, wins of `high`, ties.
    pub(super) fn outcomes(&self) -> [f64; 3] {
        [self.low_wins, self.high_wins, self.ties]
    }

    pub(super) fn with_outcomes(&self, [low_wins, high_wins, ties]: [f64; 3]) -> Self {
        Self { low_wins, high_wins, ties, ..*self }
    }
}

/// Battles of one pair that have the same weight, where not all count once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WeightClass {
    /// Place of the pair among the cells.
    pub(super) cell: usize,
    pub(super) weight: f64,
    /// Battles: wins of `low`, wins of `high`, ties.
    pub(super) counts: [f64; 3],
}

/// Cells while they are counted: all that there can be, or with many models those that occur.
enum Cells {
    All { models: usize, cells: Vec<Cell> },
    Some(BTreeMap<(usize, usize), Cell>),
}

impl Cells {
    /// Up to so many models all cells fit into some megabytes.
    const DENSE: usize = 512;

    fn new(models: usize) -> Self {
        if models <= Self::DENSE {
            Self::All { models, cells: vec![Cell::default(); models * models] }
        } else {
            Self::Some(BTreeMap::new())
        }
    }

    fn at(&mut self, low: usize, high: usize) -> &mut Cell {
        match self {
            Self::All { models, cells } => {
                let cell = &mut cells[low * *models + high];
                (cell.low, cell.high) = (low, high);
                cell
            }
            Self::Some(cells) => {
                cells.entry((low, high)).or_insert(Cell { low, high, ..Cell::default() })
            }
        }
    }

    fn into_sorted(self) -> Vec<Cell> {
        match self {
            Self::All { cells, .. } => cells.into_iter().filter(|c| c.battles() > 0.0).collect(),
            Self::Some(cells) => cells.into_values().collect(),
        }
    }
}

/// Two models in ascending order.
fn checked(models: usize, index: usize, first: usize, second: usize) -> Result<(usize, usize)> {
    let (low, high) = (first.min(second), first.max(second));
    if high >= models {
        return Err(StatsError::UnknownClass { what: "battles", index });
    }
    if low == high {
        return Err(StatsError::OutOfRange {
            what: format!("battles[{index}].second"),
            value: high as f64,
            expected: "another model than the first",
        });
    }
    Ok((low, high))
}

/// How often each model beat, or tied with, each other.
#[derive(Debug, Clone, PartialEq)]
pub struct WinMatrix {
    models: usize,
    /// Pairs that met, in ascending order.
    cells: Vec<Cell>,
    /// The battles by their weights; empty where all count once.
    classes: Vec<WeightClass>,
}

impl WinMatrix {
    /// Counts `battles` among `models` models. Goes through them once and keeps none.
    ///
    /// # Errors
    /// A model out of range, or a battle of a model with itself.
    pub fn new(models: usize, battles: impl IntoIterator<Item = Battle>) -> Result<Self> {
        let mut cells = Cells::new(models);
        for (index, battle) in battles.into_iter().enumerate() {
            let (low, high) = checked(models, index, battle.first, battle.second)?;
            let cell = cells.at(low, high);
            match battle.outcome {
                Outcome::Tie => cell.ties += 1.0,
                Outcome::First if battle.first == low => cell.low_wins += 1.0,
                Outcome::Second if battle.second == low => cell.low_wins += 1.0,
                Outcome::First | Outcome::Second => cell.high_wins += 1.0,
            }
        }
        Ok(Self { models, cells: cells.into_sorted(), classes: Vec::new() })
    }

    /// Counts that were made elsewhere: for each pair (first, second) its wins of the first, wins of
    /// the second, and ties. A pair may come more than once and either way round.
    ///
    /// # Errors
    /// As [`WinMatrix::new`]; a count that is negative or not finite.
    pub fn from_pairs(
        models: usize,
        pairs: impl IntoIterator<Item = (usize, usize, [f64; 3])>,
    ) -> Result<Self> {
        let mut cells = Cells::new(models);
        for (index, (first, second, [wins, losses, ties])) in pairs.into_iter().enumerate() {
            let (low, high) = checked(models, index, first, second)?;
            for (name, count) in [("wins", wins), ("losses", losses), ("ties", ties)] {
                if !count.is_finite() || count < 0.0 {
                    let what = format!("pairs[{index}].{name}");
                    return Err(StatsError::OutOfRange { what, value: count, expected: ">= 0" });
                }
            }
            let cell = cells.at(low, high);
            cell.ties += ties;
            cell.low_wins += if first == low { wins } else { losses };
            cell.high_wins += if first == low { losses } else { wins };
        }
        Ok(Self { models, cells: cells.into_sorted(), classes: Vec::new() })
    }

    /// Battles that count for more or less than one: for each pair (first, second) and weight, how many battles
    /// the first won, the second won, and neither. To fit, they are as many as their weights add up to; to
    /// resample and for the sandwich, each is one observation.
    ///
    /// # Errors
    /// As [`WinMatrix::from_pairs`]; a weight that is not finite and above 0.
    pub fn from_weighted(
        models: usize,
        pairs: impl IntoIterator<Item = (usize, usize, f64, [f64; 3])>,
    ) -> Result<Self> {
        let pairs: Vec<(usize, usize, f64, [f64; 3])> =
            pairs.into_iter().filter(|(.., counts)| counts.iter().any(|c| *c != 0.0)).collect();
        for (index, (_, _, weight, _)) in pairs.iter().enumerate() {
            if !(*weight > 0.0 && weight.is_finite()) {
                let what = format!("pairs[{index}].weight");
                return Err(StatsError::OutOfRange { what, value: *weight, expected: "> 0" });
            }
        }
        let weighted =
            pairs.iter().map(|&(a, b, weight, counts)| (a, b, counts.map(|c| c * weight)));
        let mut matrix = Self::from_pairs(models, weighted)?;
        // Each class of a pair once, in an order that does not hang on that of the rows.
        let mut classes: BTreeMap<(usize, u64), [f64; 3]> = BTreeMap::new();
        for &(first, second, weight, [wins, losses, ties]) in &pairs {
            let key = (first.min(second), first.max(second));
            let at = matrix.cells.binary_search_by_key(&key, |c| (c.low, c.high));
            let Ok(cell) = at else { continue };
            let [low, high] = if first < second { [wins, losses] } else { [losses, wins] };
            let sums = classes.entry((cell, weight.to_bits())).or_default();
            sums.iter_mut().zip([low, high, ties]).for_each(|(sum, count)| *sum += count);
        }
        let class =
            |((cell, bits), counts)| WeightClass { cell, weight: f64::from_bits(bits), counts };
        matrix.classes = classes.into_iter().map(class).collect();
        Ok(matrix)
    }

    /// Counts from a matrix of wins, row-major `[models, models]`: entry (i, j) is how often i beat j.
    /// There are no ties. Weights need not be whole numbers.
    ///
    /// # Errors
    /// A matrix of another size, or an entry that is negative or not finite.
    pub fn from_wins(models: usize, wins: &[f64]) -> Result<Self> {
        check::same_length(("models × models", models * models), ("wins", wins.len()))?;
        check::values("wins", wins, 0)?;
        if let Some(index) = wins.iter().position(|w| *w < 0.0) {
            let what = format!("wins[{index}]");
            return Err(StatsError::OutOfRange { what, value: wins[index], expected: ">= 0" });
        }
        let mut cells = Vec::new();
        for low in 0..models {
            for high in low + 1..models {
                let (low_wins, high_wins) = (wins[low * models + high], wins[high * models + low]);
                if low_wins + high_wins > 0.0 {
                    cells.push(Cell { low, high, low_wins, high_wins, ties: 0.0 });
                }
            }
        }
        Ok(Self { models, cells, classes: Vec::new() })
    }

    /// Number of models.
    pub fn models(&self) -> usize {
        self.models
    }

    /// Number of battles.
    pub fn battles(&self) -> f64 {
        self.cells.iter().map(Cell::battles).sum()
    }

    /// Number of ties.
    pub fn ties(&self) -> f64 {
        self.cells.iter().map(|c| c.ties).sum()
    }

    /// Wins of `one` over `other`, their ties, and wins of `other`.
    pub fn between(&self, one: usize, other: usize) -> [f64; 3] {
        let key = (one.min(other), one.max(other));
        let cell = self.cells.binary_search_by_key(&key, |c| (c.low, c.high));
        let Ok(at) = cell else { return [0.0; 3] };
        let Cell { low, low_wins, high_wins, ties, .. } = self.cells[at];
        if one == low { [low_wins, ties, high_wins] } else { [high_wins, ties, low_wins] }
    }

    /// Wins, ties and losses of `model` over all others.
    pub fn record(&self, model: usize) -> [f64; 3] {
        let mut record = [0.0; 3];
        for cell in self.cells.iter().filter(|c| c.low == model || c.high == model) {
            let (wins, losses) = if cell.low == model {
                (cell.low_wins, cell.high_wins)
            } else {
                (cell.high_wins, cell.low_wins)
            };
            for (sum, x) in record.iter_mut().zip([wins, cell.ties, losses]) {
                *sum += x;
            }
        }
        record
    }

    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The battles by their weights; empty where all count once.
    pub(super) fn classes(&self) -> &[WeightClass] {
        &self.classes
    }

    /// The same models with other counts.
    pub(super) fn with_cells(&self, cells: Vec<Cell>) -> Self {
        Self { models: self.models, cells, classes: Vec::new() }
    }

    /// Checks that every model can be reached from every other by wins and ties, without which no
    /// finite maximum-likelihood ratings exist (Ford, 1957).
    ///
    /// # Errors
    /// [`StatsError::TooFew`] for fewer than two models; [`StatsError::NotConnected`].
    pub fn connected(&self) -> Result<()> {
        check::count("models", self.models, 2)?;
        let mut beats = vec![Vec::new(); self.models];
        let mut beaten = vec![Vec::new(); self.models];
        for cell in &self.cells {
            let mut edge = |from: usize, to: usize| {
                beats[from].push(to);
                beaten[to].push(from);
            };
            if cell.low_wins + cell.ties > 0.0 {
                edge(cell.low, cell.high);
            }
            if cell.high_wins + cell.ties > 0.0 {
                edge(cell.high, cell.low);
            }
        }
        // Whom the first model beats, if only through others, and who beats it.
        for (edges, never) in [(&beats, "beat or tied with"), (&beaten, "lost to or tied with")] {
            let mut seen = vec![false; self.models];
            let mut stack = vec![0];
            seen[0] = true;
            while let Some(model) = stack.pop() {
                for &next in &edges[model] {
                    if !std::mem::replace(&mut seen[next], true) {
                        stack.push(next);
                    }
                }
            }
            if let Some(missing) = seen.iter().position(|s| !s) {
                let reached = (0..self.models).filter(|&m| seen[m]).collect();
                return Err(StatsError::NotConnected { reached, missing, never });
            }
        }
        Ok(())
    }

    /// Checks that models of ties have finite parameters. Else differences of strengths could grow without
    /// end, and with them the tie parameter, while all that was seen only gets likelier: that is so unless
    /// somewhere the way along wins (from the winner to the loser) and ties leads back to where it began with
    /// more wins than ties.
    ///
    /// # Errors
    /// [`StatsError::NothingToCount`].
    pub(super) fn tells_ties(&self) -> Result<()> {
        if self.cells.iter().any(|cell| cell.low_wins > 0.0 && cell.high_wins > 0.0) {
            return Ok(());
        }
        // A way that gains each time round never stops growing (Bellman, 1958).
        let mut gain = vec![0i64; self.models];
        for _ in 0..self.models {
            let mut grown = false;
            for &Cell { low, high, low_wins, high_wins, ties } in &self.cells {
                for (there, from, to, step) in [
                    (low_wins, low, high, 1),
                    (high_wins, high, low, 1),
                    (ties, low, high, -1),
                    (ties, high, low, -1),
                ] {
                    if there > 0.0 && gain[from] + step > gain[to] {
                        gain[to] = gain[from] + step;
                        grown = true;
                    }
                }
            }
            if !grown {
                let expected = "two models that beat each other at least, or Bradley-Terry";
                return Err(StatsError::NothingToCount { what: "wins beyond ties", expected });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn battle(first: usize, second: usize, outcome: Outcome) -> Battle {
        Battle { first, second, outcome }
    }

    #[test]
    fn battles_are_counted_from_either_side() {
        let counts = WinMatrix::new(
            3,
            [
                battle(0, 1, Outcome::First),
                battle(1, 0, Outcome::First),
                battle(1, 0, Outcome::Second),
                battle(2, 1, Outcome::Tie),
            ],
        )
        .expect("in range");
        assert_eq!(counts.between(0, 1), [2.0, 0.0, 1.0]);
        assert_eq!(counts.between(1, 0), [1.0, 0.0, 2.0]);
        assert_eq!(counts.record(1), [1.0, 1.0, 2.0]);
        assert_eq!((counts.battles(), counts.ties()), (4.0, 1.0));
        assert!(counts.connected().is_ok());
        assert!(WinMatrix::new(2, [battle(0, 2, Outcome::Tie)]).is_err());
        assert!(WinMatrix::new(2, [battle(1, 1, Outcome::Tie)]).is_err());
    }

    #[test]
    fn what_is_not_connected_is_named() {
        let one_way = [battle(0, 1, Outcome::First), battle(1, 2, Outcome::First)];
        let error = WinMatrix::new(3, one_way).expect("counted").connected().expect_err("chain");
        assert_eq!(error.code(), "not_connected");
        assert!(WinMatrix::new(1, []).expect("counted").connected().is_err());
    }

    #[test]
    fn ties_are_told_from_wins_by_a_round_of_more_wins() {
        let tells = |models, pairs: &[(usize, usize, [f64; 3])]| {
            let counts = WinMatrix::from_pairs(models, pairs.iter().copied()).expect("valid");
            assert!(counts.connected().is_ok());
            counts.tells_ties().is_ok()
        };
        assert!(tells(2, &[(0, 1, [1.0, 1.0, 9.0])]));
        assert!(!tells(2, &[(0, 1, [5.0, 0.0, 1.0])]));
        let (won, tied) = ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0]);
        // Three in a round, two ways from the first to the last, and back by one tie or by two.
        assert!(tells(3, &[(0, 1, won), (1, 2, won), (2, 0, won)]));
        assert!(tells(3, &[(0, 1, won), (1, 2, won), (2, 0, tied)]));
        assert!(!tells(3, &[(0, 1, won), (1, 2, tied), (2, 0, tied)]));
        assert!(!tells(4, &[(0, 1, won), (1, 2, won), (2, 3, tied), (3, 0, tied)]));
    }

    #[test]
    fn many_models_are_counted_as_few_are() {
        let rows = [(0, 1, [2.0, 1.0, 0.0]), (4, 0, [1.0, 0.0, 3.0]), (1, 0, [5.0, 0.0, 0.0])];
        let few = WinMatrix::from_pairs(5, rows).expect("valid");
        let many = WinMatrix::from_pairs(5000, rows).expect("valid");
        assert_eq!(few.cells(), many.cells());
        assert_eq!(few.between(1, 0), [6.0, 0.0, 2.0]);
        assert!(WinMatrix::from_pairs(5, [(0, 1, [-1.0, 0.0, 0.0])]).is_err());
    }

    #[test]
    fn a_resample_has_as_many_battles() {
        let wins: Vec<f64> = (0..25).map(|i| if i % 6 == 0 { 0.0 } else { 40.0 }).collect();
        let counts = WinMatrix::from_wins(5, &wins).expect("valid");
        let resampler = super::super::resample::Resampler::new(&counts);
        let mut rng = crate::rng::Rng::seeded(1);
        let (mut sum, mut square) = (0.0, 0.0);
        for _ in 0..2000 {
            let drawn = resampler.draw(&mut rng);
            assert_eq!(drawn.battles(), 800.0);
            let wins = drawn.between(3, 1)[0];
            sum += wins;
            square += wins * wins;
        }
        // 800 draws with a chance of 1 in 20: mean 40, variance 38.
        let mean = sum / 2000.0;
        let variance = square / 2000.0 - mean * mean;
        assert!((mean - 40.0).abs() < 0.6 && (variance - 38.0).abs() < 5.0, "{mean} {variance}");
    }
}
