//! Battles of named models.

use std::collections::HashMap;
use std::io::BufRead;

use rubrica_core::{Error, Preference, Result};
use rubrica_stats::StatsError;
use rubrica_stats::ranking::{Battle, Outcome, WinMatrix};
use serde::{Deserialize, Serialize};

use super::method::RankMethod;
use crate::records::{self, name};

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

/// Battles as they come in. Only methods that go by their order keep them; the others keep one
/// entry a pair of models.
#[derive(Debug, Clone, Default)]
pub struct Battles {
    pub(super) names: Vec<String>,
    numbers: HashMap<String, usize>,
    pub(super) rows: Vec<Battle>,
    counts: HashMap<(usize, usize), [u64; 3]>,
    pub(super) keep: bool,
}

impl Battles {
    /// No battles yet, for `method`.
    pub fn new(method: RankMethod) -> Self {
        Self { keep: method.is_online(), ..Self::default() }
    }

    /// Reads battles, as [`records::read`] does: `model_a`, `model_b`, `winner`.
    ///
    /// # Errors
    /// As [`records::read`] and [`Battles::push`], with the line.
    pub fn read(method: RankMethod, reader: impl BufRead) -> Result<Self> {
        let mut battles = Self::new(method);
        records::read(reader, |_, battle| battles.push(&battle))?;
        Ok(battles)
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty name, or a model against itself.
    pub fn push(&mut self, battle: &NamedBattle) -> Result<()> {
        for (path, name) in [("model_a", &battle.model_a), ("model_b", &battle.model_b)] {
            if name.trim().is_empty() {
                return Err(Error::invalid(path, "is empty", "the name of a model"));
            }
        }
        if battle.model_a == battle.model_b {
            let problem = format!("is `{}`, as model_a is", battle.model_b);
            return Err(Error::invalid("model_b", problem, "another model"));
        }
        let (first, second) = (self.number(&battle.model_a), self.number(&battle.model_b));
        let outcome = match battle.winner {
            Preference::A => Outcome::First,
            Preference::B => Outcome::Second,
            Preference::Tie => Outcome::Tie,
        };
        if self.keep {
            self.rows.push(Battle { first, second, outcome });
        }
        self.counts.entry((first, second)).or_default()[outcome as usize] += 1;
        Ok(())
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

    pub(super) fn win_matrix(&self) -> Result<WinMatrix> {
        let cells = self
            .counts
            .iter()
            .map(|(&(first, second), counts)| (first, second, counts.map(|count| count as f64)));
        WinMatrix::from_pairs(self.names.len(), cells).map_err(|e| self.told(&e))
    }

    /// The error with names for numbers.
    pub(super) fn told(&self, error: &StatsError) -> Error {
        let message = match error {
            StatsError::NotConnected { reached, missing, never } => {
                let some: Vec<&str> =
                    reached.iter().take(5).map(|&m| self.names[m].as_str()).collect();
                let more = if reached.len() > 5 { ", …" } else { "" };
                format!(
                    "{}{more} never {never} {}, not even through others, so there are no finite ratings; \
                     expected wins or ties both ways between any two groups of models",
                    some.join(", "),
                    self.names[*missing]
                )
            }
            other => other.to_string(),
        };
        Error::Statistic { code: error.code(), path: String::new(), message }
    }
}
