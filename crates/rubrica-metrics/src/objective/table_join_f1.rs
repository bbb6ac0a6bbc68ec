//! Table join F1: which columns of two tables belong together.
//!
//! White et al., "LiveBench", ICLR 2025 (its table joins).

use std::collections::BTreeMap;

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::extract::{Extract, Extractor};
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;

/// Options of [`TableJoinF1`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableJoinF1Options {
    /// Where the mapping stands.
    pub extract: Extract,
}

/// F1 of a mapping from names to names, both JSON objects: 2 TP / (2 TP + FP + FN). A wrong value
/// counts as FP and as FN, a key too many as FP, a key that is missing as FN. Parts: `tp`, `fp`, `fn`.
///
/// The response's object is what stands from the first `{` of the answer to its last `}`; one that is
/// no JSON has no keys. LiveBench rounds to two decimals; here nothing is rounded. Of several
/// references, the one that gives the highest counts. Undefined when response and reference are both
/// empty. The mean of LiveBench is over questions; the corpus score here is over all pairs.
#[derive(Debug, Clone)]
pub struct TableJoinF1 {
    extractor: Extractor,
}

impl Described for TableJoinF1 {
    type Options = TableJoinF1Options;

    const INFO: MetricInfo = MetricInfo {
        id: "table_join_f1",
        title: "Table join F1",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "White et al., LiveBench, ICLR 2025",
    };

    fn new(options: TableJoinF1Options) -> Result<Self> {
        Ok(Self { extractor: Extractor::new(options.extract)? })
    }
}

impl Metric for TableJoinF1 {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        Signature::new(Self::INFO.id).with("extract", self.extractor.name())
    }

    /// `[TP, FP, FN]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let answer = self.extractor.list(segment.response);
        let found = object(&answer).unwrap_or_default();
        let mut best: Option<Vec<f64>> = None;
        for reference in segment.needed_references(Self::INFO.id)? {
            let wanted = object(reference).ok_or_else(|| {
                error::bad_form(Self::INFO.id, "reference", "is no object", "a JSON object")
            })?;
            let right = found.iter().filter(|(key, value)| wanted.get(*key) == Some(value)).count();
            let row =
                vec![right as f64, (found.len() - right) as f64, (wanted.len() - right) as f64];
            let score = |row: &[f64]| f1(row).unwrap_or(0.0);
            if best.as_ref().is_none_or(|best| score(&row) > score(best)) {
                best = Some(row);
            }
        }
        Ok(best.unwrap_or_else(|| vec![0.0; 3]))
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        match f1(statistics) {
            Some(f1) => MetricScore::new(f1)
                .with("tp", statistics[0])
                .with("fp", statistics[1])
                .with("fn", statistics[2]),
            None => MetricScore::undefined("no_pairs", "neither side maps anything"),
        }
    }
}

fn f1(row: &[f64]) -> Option<f64> {
    let all = 2.0 * row[0] + row[1] + row[2];
    (all > 0.0).then(|| 2.0 * row[0] / all)
}

/// The JSON object in `text`, its values as text.
fn object(text: &str) -> Option<BTreeMap<String, String>> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    let Ok(Value::Object(map)) = serde_json::from_str(text.get(start..=end)?) else { return None };
    let as_text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    // Not collected: that sorts first, which is much code for what is in order.
    let mut object = BTreeMap::new();
    for (key, value) in map {
        object.insert(key, as_text(value));
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn a_wrong_value_counts_twice() {
        let metric = TableJoinF1::new(TableJoinF1Options::default()).expect("valid");
        let reference = r#"{"a": "1", "b": "2", "c": "3"}"#;
        let segment =
            Segment::new(r#"So: ```{"a": "1", "b": "9", "d": "4"}``` as asked"#, &[reference]);
        let score = metric.sentence(&segment).expect("an object");
        assert_eq!(score.value(), Some(1.0 / 3.0));
        assert_eq!((score.parts["fp"], score.parts["fn"]), (2.0, 2.0));
        let none = metric.sentence(&Segment::new("} {", &["{}"])).expect("an object");
        assert_eq!(none.value(), None);
    }
}
