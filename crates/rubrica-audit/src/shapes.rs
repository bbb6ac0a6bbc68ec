//! Published shapes of rows: what JudgeBench, ICAI, Chatbot Arena, RewardBench and BenchBench write, each declared
//! in one file, and read as battles, ratings and judged pairs. A file that is one JSON object is spread out into its
//! rows first, in [`crate::records`].

mod arena;
mod battle;
mod bench_bench;
mod icai;
mod judge_bench;
mod judged;
mod rated;
mod reward_bench;

pub(crate) use arena::{Strength, winner_of};
pub(crate) use battle::{BattleRow, Outcomes};
pub(crate) use bench_bench::BenchBenchRow;
pub(crate) use reward_bench::RewardBenchScores;

use rubrica_core::Error;
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;

use crate::records::name;

/// True when a row has one of these members.
pub(crate) fn has(row: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| row.get(name).is_some())
}

/// The error of a row that no shape has all fields of.
pub(crate) fn no_shape(row: &Value, shapes: &str) -> Error {
    let message = match row {
        Value::Object(_) => format!("expected {shapes}"),
        Value::Array(_) => "is a list; expected an object".into(),
        _ => "is a single value; expected an object".into(),
    };
    Error::Parse { path: String::new(), message }
}

/// The category of a row, when it is a name; files have other things under that word too.
pub(crate) fn category<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(name(Value::deserialize(deserializer)?).ok())
}

/// Number of characters, as a length.
fn chars(text: Option<&str>) -> Option<f64> {
    text.map(|text| text.chars().count() as f64)
}
