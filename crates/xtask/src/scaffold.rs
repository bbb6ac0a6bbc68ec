//! `./x new-metric`: the three files of a new metric.

use anyhow::Result;

use crate::repo::Repo;

pub fn new_metric(_: &Repo, _: &str, _: &str) -> Result<()> {
    anyhow::bail!("see crates/rubrica-metrics")
}
