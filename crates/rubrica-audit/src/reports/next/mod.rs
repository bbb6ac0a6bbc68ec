//! What to ask next, by name: the next match of an arena, the next duel of a bandit, the next label of a
//! preference model.

mod candidates;
mod duel;
mod matches;
mod query;

pub use candidates::{QueryCandidate, QueryLabel};
pub use duel::{DuelReport, NextDuelOptions, next_duel};
pub use matches::{ArenaModel, Meeting, NextMatch, next_match};
pub use query::{QueryOptions, QueryReport, next_query};

use std::collections::BTreeMap;

use rubrica_core::Error;

use crate::error::{AuditError, Result};

/// The place of each name.
fn places<'n>(what: &str, names: &[&'n str]) -> Result<BTreeMap<&'n str, usize>> {
    let mut places = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        if places.insert(*name, index).is_some() {
            let problem = format!("is `{name}` a second time");
            return Err(AuditError::invalid(format!("{what}[{index}]"), problem, "each name once"));
        }
    }
    Ok(places)
}

/// The place of `name`.
fn place(
    places: &BTreeMap<&str, usize>,
    path: String,
    what: &'static str,
    name: &str,
) -> Result<usize, Error> {
    places.get(name).copied().ok_or_else(|| {
        let known: Vec<&str> = places.keys().copied().collect();
        Error::Unknown { path, what, name: name.to_owned(), known: known.join(", ") }
    })
}
