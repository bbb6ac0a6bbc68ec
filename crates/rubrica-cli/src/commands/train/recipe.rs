//! The recipe of a judge, with what a command line changes of it.

use std::path::Path;

use anyhow::{Context, Result};
use rubrica::training::cross::CrossRecipe;

use crate::lines::read_text;

/// The recipe in a file, with lines of TOML over it.
pub(super) fn read(file: &Path, changes: &[String]) -> Result<CrossRecipe> {
    let named = || file.display().to_string();
    let mut recipe: toml::Table = toml::from_str(&read_text(file)?).with_context(named)?;
    for change in changes {
        let named = || format!("--change '{change}'");
        merge(&mut recipe, toml::from_str(change).with_context(named)?);
    }
    recipe.try_into().with_context(|| match changes {
        [] => named(),
        _ => format!("{} with its changes", named()),
    })
}

/// Puts `change` over `table`, key by key.
fn merge(table: &mut toml::Table, change: toml::Table) {
    for (key, new) in change {
        match (table.get_mut(&key), new) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, new) => drop(table.insert(key, new)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_lie_over_the_recipe() {
        let mut table: toml::Table =
            toml::from_str("id = 'a'\nfit = { seed = 1, rate = 2 }").expect("TOML");
        merge(&mut table, toml::from_str("fit.seed = 3\nfit.weights = { a = 0 }").expect("TOML"));
        merge(&mut table, toml::from_str("fit.weights.b = 1").expect("TOML"));
        let expected = "id = 'a'\nfit = { seed = 3, rate = 2, weights = { a = 0, b = 1 } }";
        assert_eq!(table, toml::from_str(expected).expect("TOML"));
    }
}
