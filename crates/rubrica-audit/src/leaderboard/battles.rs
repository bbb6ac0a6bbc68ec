//! Battles of named models.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::io::BufRead;

use rubrica_core::{Error, Preference, Result};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{Battle, Outcome, WinMatrix};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::method::RankMethod;
use crate::error::AuditError;
use crate::records::{LeftOut, RowCounts, Source, name, optional_number, read_rows};
use crate::shapes::{BattleRow, Outcomes, Strength, category, winner_of};

/// A hash of short keys, after rustc's: a multiplication a word. Files are not enemies: whoever writes one
/// so that names collide slows down nobody else.
#[derive(Debug, Clone, Copy, Default)]
struct Mix(u64);

type Mixing = BuildHasherDefault<Mix>;

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word);
            self.write_u64(u64::from_le_bytes(padded));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        // The map takes its place from the low bits, where a product has mixed least.
        self.0 ^ (self.0 >> 32)
    }
}

fn named(path: &str, name: &str) -> Result<()> {
    match name.trim().is_empty() {
        true => Err(Error::invalid(path, "is empty", "the name of a model")),
        false => Ok(()),
    }
}

/// One battle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedBattle {
    /// The first model.
    #[serde(alias = "modelA", deserialize_with = "name")]
    pub model_a: String,
    /// The second model.
    #[serde(alias = "modelB", deserialize_with = "name")]
    pub model_b: String,
    /// Who won: `model_a`, `model_b` or `tie`.
    pub winner: Preference,
}

/// A battle as it stands in most files: what is read without a copy of the names.
#[derive(Deserialize)]
struct QuickBattle<'l> {
    #[serde(borrow)]
    model_a: Cow<'l, str>,
    #[serde(borrow)]
    model_b: Cow<'l, str>,
    #[serde(borrow)]
    winner: Cow<'l, str>,
    #[serde(default, deserialize_with = "category")]
    category: Option<String>,
    #[serde(default, deserialize_with = "category")]
    subset: Option<String>,
    #[serde(default, deserialize_with = "optional_number")]
    weight: Option<f64>,
}

/// Battles that a strong verdict (`A>>B`) counts for, as on Arena-Hard.
const STRONG: f64 = 3.0;

/// What happened, for methods that go by the order.
#[derive(Debug, Clone)]
pub(super) enum Meeting {
    /// Two met; the battle counts for so many.
    Battle(Battle, f64),
    /// Several were ranked, best first.
    Ranking(Vec<Vec<usize>>),
}

/// Weights above this are taken for a mistake.
const MOST_WEIGHT: f64 = 1e9;

/// Battles that a verdict counts for.
fn factor(strength: Strength) -> f64 {
    match strength {
        Strength::Plain => 1.0,
        Strength::Strong => STRONG,
    }
}

/// Battles as they come in. Only methods that go by their order keep them; the others keep one
/// entry a pair of models.
#[derive(Debug, Clone, Default)]
pub struct Battles {
    pub(super) names: Vec<String>,
    numbers: HashMap<String, usize, Mixing>,
    pub(super) rows: Vec<Meeting>,
    counts: HashMap<(usize, usize), [u64; 3], Mixing>,
    /// Those of them that do not count once, by the bits of their weight.
    weighted: HashMap<(usize, usize, u64), [u64; 3], Mixing>,
    /// Scores that compete within a scenario, until all are there.
    scores: BTreeMap<String, Vec<(usize, f64)>>,
    pub(super) method: RankMethod,
    /// Those of each category again.
    pub(super) categories: BTreeMap<String, Battles>,
}

impl Battles {
    /// No battles yet, for `method`.
    pub fn new(method: RankMethod) -> Self {
        Self { method, ..Self::default() }
    }

    /// Reads battles, as [`records::read`] does, in the shapes of Chatbot Arena and our own (`model_a`,
    /// `model_b`, `winner`), RewardBench (`chosen_model`, `rejected_model`), ICAI (annotated pairs), K-Sort Arena
    /// (`ranking`, best first) and BenchBench (`model`, `scenario`, `score`: of two models in a scenario the
    /// higher score wins). A row counts `weight` times, a strong verdict (`A>>B`) three times as much as another;
    /// a winner may also be named. Rows with a `category` (or RewardBench's `subset`) are kept for that one too.
    ///
    /// # Errors
    /// As [`crate::records::read`] and [`Battles::push`], with the line; two scores of a model in a scenario.
    pub fn read(method: RankMethod, reader: impl BufRead) -> Result<Self> {
        Ok(Self::read_with(method, reader, &mut LeftOut::only_missing)?.0)
    }

    /// As [`Battles::read`], with what became of the rows. Those that do not count go to `left_out`, which may
    /// refuse them.
    ///
    /// # Errors
    /// A file that cannot be read; what `left_out` refuses.
    pub fn read_with(
        method: RankMethod,
        mut reader: impl BufRead,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<(Self, RowCounts)> {
        let mut battles = Self::new(method);
        // Two closures fill it in turn.
        let all = RefCell::new(&mut battles);
        let mut quick = |line: &str| match serde_json::from_str::<QuickBattle<'_>>(line) {
            Ok(row) => {
                let QuickBattle { model_a, model_b, winner, category, subset, weight } = row;
                let (winner, strength) = winner_of(&winner, &model_a, &model_b)?;
                let weight = weight.unwrap_or(1.0) * factor(strength);
                let all = &mut *all.borrow_mut();
                all.battle(&model_a, &model_b, winner, weight)?;
                if let Some(category) = category.or(subset) {
                    all.category(category).battle(&model_a, &model_b, winner, weight)?;
                }
                Ok(true)
            }
            // The other way of reading says what is wrong.
            Err(_) => Ok(false),
        };
        let mut slow = |_: &str, _: usize, row: &Value| {
            let mut row = BattleRow::read(row)?;
            let all = &mut *all.borrow_mut();
            let (category, weight) = (row.category(), row.weight());
            let outcomes = row.outcomes()?;
            all.add(&outcomes, weight)?;
            category.map_or(Ok(()), |category| all.category(category).add(&outcomes, weight))
        };
        let mut source = Source::new(&mut reader, left_out).with_quick(&mut quick);
        let counts = read_rows(&mut source, &mut slow)?;
        battles.settle_scores();
        Ok((battles, counts))
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty name, or a model against itself.
    pub fn push(&mut self, battle: &NamedBattle) -> Result<()> {
        self.battle(&battle.model_a, &battle.model_b, battle.winner, 1.0)
    }

    /// Adds one to all, and to those of its category.
    ///
    /// # Errors
    /// As [`Battles::push`].
    pub fn push_in(&mut self, category: &str, battle: &NamedBattle) -> Result<()> {
        self.push(battle)?;
        self.category(category.to_owned()).push(battle)
    }

    /// Adds a ranking of two or more models, best first; models of one place are level. To methods that
    /// know pairs only, it is a battle of every two.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty name, a model that comes twice, fewer than two models.
    pub fn push_ranking(&mut self, ranking: &[Vec<String>]) -> Result<()> {
        self.ranking(ranking, 1.0)
    }

    fn ranking(&mut self, ranking: &[Vec<String>], weight: f64) -> Result<()> {
        self.weighable(weight)?;
        let mut seen = BTreeSet::new();
        for name in ranking.iter().flatten() {
            named("ranking", name)?;
            if !seen.insert(name) {
                let problem = format!("has `{name}` twice");
                return Err(Error::invalid("ranking", problem, "each model once"));
            }
        }
        if seen.len() < 2 {
            let problem = format!("has {} models", seen.len());
            return Err(Error::invalid("ranking", problem, "two or more models"));
        }
        let places = ranking.iter().filter(|place| !place.is_empty());
        let places: Vec<Vec<usize>> =
            places.map(|place| place.iter().map(|name| self.number(name)).collect()).collect();
        let flat: Vec<(usize, usize)> = places
            .iter()
            .enumerate()
            .flat_map(|(place, models)| models.iter().map(move |model| (place, *model)))
            .collect();
        for (index, &(place, first)) in flat.iter().enumerate() {
            for &(other, second) in &flat[index + 1..] {
                let outcome = if place == other { Outcome::Tie } else { Outcome::First };
                let keep = self.method == RankMethod::Elo;
                self.count(Battle { first, second, outcome }, weight, keep);
            }
        }
        if self.method == RankMethod::KSort {
            self.rows.push(Meeting::Ranking(places));
        }
        Ok(())
    }

    fn battle(
        &mut self,
        model_a: &str,
        model_b: &str,
        winner: Preference,
        weight: f64,
    ) -> Result<()> {
        self.weighable(weight)?;
        named("model_a", model_a)?;
        named("model_b", model_b)?;
        if model_a == model_b {
            let problem = format!("is `{model_b}`, as model_a is");
            return Err(Error::invalid("model_b", problem, "another model"));
        }
        let (first, second) = (self.number(model_a), self.number(model_b));
        let outcome = match winner {
            Preference::A => Outcome::First,
            Preference::B => Outcome::Second,
            Preference::Tie => Outcome::Tie,
        };
        self.count(Battle { first, second, outcome }, weight, self.method.is_online());
        Ok(())
    }

    /// Weights that the method can do something with.
    fn weighable(&self, weight: f64) -> Result<()> {
        let wrong =
            |expected: &str| Err(Error::invalid("weight", format!("is {weight}"), expected));
        if !(weight > 0.0 && weight <= MOST_WEIGHT) {
            return wrong("a number above 0, at most 1e9");
        }
        match self.method {
            RankMethod::KSort if weight != 1.0 => {
                wrong("1, and no strong verdicts: beliefs of k-sort take each ranking once")
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, battle: Battle, weight: f64, keep: bool) {
        let Battle { first, second, outcome } = battle;
        if keep {
            self.rows.push(Meeting::Battle(battle, weight));
        }
        self.counts.entry((first, second)).or_default()[outcome as usize] += 1;
        if weight != 1.0 {
            let key = (first, second, weight.to_bits());
            self.weighted.entry(key).or_default()[outcome as usize] += 1;
        }
    }

    /// The battles of a category.
    fn category(&mut self, category: String) -> &mut Self {
        let method = self.method;
        self.categories.entry(category).or_insert_with(|| Self::new(method))
    }

    fn add(&mut self, outcomes: &Outcomes, weight: f64) -> Result<()> {
        match outcomes {
            Outcomes::Pairs(pairs) => pairs.iter().try_for_each(|(a, b, winner, strength)| {
                self.battle(a, b, *winner, weight * factor(*strength))
            }),
            Outcomes::Ranked(ranking) => self.ranking(ranking, weight),
            Outcomes::Scored { .. } if weight != 1.0 => {
                let expected = "none: every two scores of a scenario are one battle";
                Err(Error::invalid("weight", format!("is {weight}"), expected))
            }
            Outcomes::Scored { model, scenario, score } => {
                let number = self.number(model);
                let scores = self.scores.entry(scenario.clone()).or_default();
                if scores.iter().any(|(other, _)| *other == number) {
                    let problem = format!("{model} has a second one in its scenario");
                    return Err(Error::invalid("score", problem, "one score"));
                }
                scores.push((number, *score));
                Ok(())
            }
        }
    }

    /// Every two models of a scenario have met.
    fn settle_scores(&mut self) {
        for mut scores in std::mem::take(&mut self.scores).into_values() {
            scores.sort_by(|a, b| b.1.total_cmp(&a.1));
            for (index, &(first, score)) in scores.iter().enumerate() {
                for &(second, other) in &scores[index + 1..] {
                    let outcome = if score == other { Outcome::Tie } else { Outcome::First };
                    let keep = self.method == RankMethod::Elo;
                    self.count(Battle { first, second, outcome }, 1.0, keep);
                }
            }
            if self.method == RankMethod::KSort && scores.len() > 1 {
                let places = scores.chunk_by(|a, b| a.1 == b.1);
                let places = places.map(|place| place.iter().map(|(model, _)| *model).collect());
                self.rows.push(Meeting::Ranking(places.collect()));
            }
        }
        self.categories.values_mut().for_each(Self::settle_scores);
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }

    /// Number of battles.
    pub fn len(&self) -> usize {
        self.counts.values().flatten().sum::<u64>() as usize
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// True when some battles do not count once.
    pub(super) fn is_weighted(&self) -> bool {
        !self.weighted.is_empty()
    }

    /// How often who beat whom, each battle once.
    pub(super) fn counted(&self) -> Result<WinMatrix, AuditError> {
        let cells = self
            .counts
            .iter()
            .map(|(&(first, second), counts)| (first, second, counts.map(|count| count as f64)));
        WinMatrix::from_pairs(self.names.len(), cells).map_err(|e| self.named(e))
    }

    /// The same with the weights of the battles.
    pub(super) fn win_matrix(&self) -> Result<WinMatrix, AuditError> {
        if !self.is_weighted() {
            return self.counted();
        }
        let mut plain = self.counts.clone();
        for (&(first, second, _), counts) in &self.weighted {
            if let Some(all) = plain.get_mut(&(first, second)) {
                all.iter_mut().zip(counts).for_each(|(all, weighted)| *all -= weighted);
            }
        }
        let float = |counts: [u64; 3]| counts.map(|count| count as f64);
        let plain = plain.into_iter().map(|((a, b), counts)| (a, b, 1.0, float(counts)));
        let weighted = self
            .weighted
            .iter()
            .map(|(&(a, b, bits), &counts)| (a, b, f64::from_bits(bits), float(counts)));
        WinMatrix::from_weighted(self.names.len(), plain.chain(weighted)).map_err(|e| self.named(e))
    }

    /// The error with names for numbers.
    pub(super) fn named(&self, error: StatsError) -> AuditError {
        AuditError::of_models(error, &self.names, false)
    }
}
