//! How two versions of a golden differ.

use std::fmt;

use anyhow::{Context, Result};
use toml::{Table, Value};

/// Numbers this close, as a share of the larger, are one number: libraries round in their own ways.
const SAME: f64 = 1e-12;

/// What differs between two versions of a golden.
#[derive(Debug, Default, PartialEq)]
pub struct Drift {
    /// Numbers that differ.
    numbers: usize,
    /// The largest difference, as a share of the larger number.
    largest: f64,
    /// Texts, keys or cases that differ.
    others: usize,
    /// Where the first difference is.
    first: String,
}

impl Drift {
    /// `None` where the goldens say the same.
    pub fn between(old: &str, new: &str) -> Result<Option<Self>> {
        let table = |text: &str| text.parse::<Table>().map(Value::Table);
        let (old, new) =
            (table(old).context("the kept golden")?, table(new).context("the new one")?);
        let mut drift = Self::default();
        drift.walk("", Some(&old), Some(&new));
        Ok((drift.numbers + drift.others > 0).then_some(drift))
    }

    fn walk(&mut self, path: &str, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (Some(Value::Table(old)), Some(Value::Table(new))) => {
                let added = new.keys().filter(|key| !old.contains_key(*key));
                for key in old.keys().chain(added) {
                    self.walk(&format!("{path}.{key}"), old.get(key), new.get(key));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => {
                for i in 0..old.len().max(new.len()) {
                    self.walk(&format!("{path}[{i}]"), old.get(i), new.get(i));
                }
            }
            (Some(old), Some(new)) => match (number(old), number(new)) {
                (Some(old), Some(new)) => {
                    let size = old.abs().max(new.abs());
                    let apart = if old == new { 0.0 } else { (old - new).abs() / size };
                    // NaN is no golden; infinity is only like itself.
                    if apart > SAME || apart.is_nan() {
                        self.numbers += 1;
                        self.largest = self.largest.max(apart);
                        self.mark(path);
                    }
                }
                _ if old == new => {}
                _ => self.other(path),
            },
            (None, None) => {}
            _ => self.other(path),
        }
    }

    fn other(&mut self, path: &str) {
        self.others += 1;
        self.mark(path);
    }

    fn mark(&mut self, path: &str) {
        if self.first.is_empty() {
            path.trim_start_matches('.').clone_into(&mut self.first);
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|n| n as f64))
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { numbers, largest, others, first } = self;
        write!(f, "{numbers} numbers differ, by {largest:.1e} at most, and {others} other things")?;
        write!(f, "; first at {first}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_no_drift() {
        let golden =
            |score: &str| format!("[[case]]\nname = 'a'\nexpected = {{ score = {score} }}\n");
        let between = |a: &str, b: &str| Drift::between(&golden(a), &golden(b)).expect("TOML");
        assert_eq!(between("0.1", "0.1000000000000001"), None);
        assert_eq!(between("1.0", "1"), None);
        assert_eq!(between("0.0", "0.0"), None);
        let drift = between("0.5", "0.4").expect("drifts");
        assert_eq!((drift.numbers, drift.others), (1, 0));
        assert!((drift.largest - 0.2).abs() < 1e-12);
        assert_eq!(drift.first, "case[0].expected.score");
    }

    #[test]
    fn what_is_new_or_gone_is_drift() {
        let drift = Drift::between("a = 1\nb = 'x'\n", "b = 'y'\nc = [1, 2]\n").expect("TOML");
        assert_eq!(drift.map(|drift| (drift.numbers, drift.others)), Some((0, 3)));
        assert!(Drift::between("a = ", "").is_err());
    }
}
