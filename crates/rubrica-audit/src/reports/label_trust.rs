//! Which automatic labels can be adopted (SIGHT; Wang et al., 2023): agreement on each category between
//! people, beside that between people and the model.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::{Error, Label, Signature, Undefined};
use rubrica_stats::StatsError;
use rubrica_stats::agreement::{CategoryTrust, TrustGate, category_trust};
use rubrica_stats::regression::{Line, line};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Measured;
use crate::error::{AuditError, Result};
use crate::records::name;

/// Who is who, and how much is enough.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabelTrustOptions {
    /// The `rater_id` of the model; all others are people.
    pub model: String,
    /// How much agreement is enough.
    pub gate: TrustGate,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CategoryReport {
    /// Its kappas and the verdict.
    Trust(CategoryTrust),
    /// No kappas.
    Undefined {
        /// Why.
        error: Undefined,
    },
}

/// Agreement by category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelTrustReport {
    /// By name.
    pub categories: BTreeMap<String, CategoryReport>,
    /// The line of least squares of the model's kappa on that of people, over categories.
    pub line: Measured<Line>,
    /// What produced it.
    pub signature: Signature,
}

/// Agreement on each category of `labels`, of which the raters give one an item: Cohen's kappa, on the items
/// that both have, mean over pairs.
///
/// # Errors
/// [`AuditError::Statistic`] without labels; [`AuditError::Input`] when the model gave none; [`AuditError::Input`] for a
/// second label of a rater on an item, or limits outside `-1..=1`.
pub fn label_trust(labels: &[Label], options: &LabelTrustOptions) -> Result<LabelTrustReport> {
    if labels.is_empty() {
        return Err(StatsError::TooFew { what: "labels", found: 0, needed: 1 }.into());
    }
    // Checks the limits.
    options.gate.judge(0.0, 0.0).map_err(|e| AuditError::from(e).within("gate"))?;
    let raters: BTreeSet<&str> = labels.iter().map(|l| l.rater_id.as_str()).collect();
    if !raters.contains(options.model.as_str()) {
        let known = raters.into_iter().collect::<Vec<_>>().join(", ");
        let (path, name) = ("model".into(), options.model.clone());
        return Err(Error::Unknown { path, what: "rater", name, known }.into());
    }
    // By category, then rater, then item.
    let mut given: BTreeMap<&str, BTreeMap<&str, BTreeMap<&str, &str>>> = BTreeMap::new();
    for (index, label) in labels.iter().enumerate() {
        let of = given.entry(&label.category).or_default().entry(&label.rater_id).or_default();
        if of.insert(&label.item_id, &label.value).is_some() {
            let problem = format!(
                "{} labels {} of {} a second time",
                label.rater_id, label.category, label.item_id
            );
            return Err(AuditError::invalid(format!("[{index}]"), problem, "one label of an item"));
        }
    }
    let mut categories = BTreeMap::new();
    let (mut people, mut model) = (Vec::new(), Vec::new());
    for (category, raters) in given {
        let report = match of_category(&raters, options) {
            Ok(found) => {
                people.push(found.kappa_people);
                model.push(found.kappa_model);
                CategoryReport::Trust(found)
            }
            Err(error) => {
                let (code, reason) = (error.code().to_owned(), error.to_string());
                CategoryReport::Undefined { error: Undefined { code, reason } }
            }
        };
        categories.insert(category.to_owned(), report);
    }
    let signature = Signature::new("label-trust")
        .with("model", &options.model)
        .with("people", options.gate.people)
        .with("gate_model", options.gate.model);
    Ok(LabelTrustReport { categories, line: line(&people, &model).into(), signature })
}

fn of_category(
    raters: &BTreeMap<&str, BTreeMap<&str, &str>>,
    options: &LabelTrustOptions,
) -> rubrica_stats::Result<CategoryTrust> {
    let items: BTreeSet<&str> = raters.values().flat_map(|of| of.keys().copied()).collect();
    let row = |of: &BTreeMap<&str, &str>| -> Vec<Option<String>> {
        items.iter().map(|item| of.get(item).map(|value| (*value).to_owned())).collect()
    };
    let people: Vec<_> =
        raters.iter().filter(|(who, _)| **who != options.model).map(|(_, of)| row(of)).collect();
    let none = BTreeMap::new();
    let model = row(raters.get(options.model.as_str()).unwrap_or(&none));
    category_trust(&people, &model, &options.gate)
}

/// [`Label`], also out of CSV.
#[derive(Deserialize)]
pub(super) struct LabelRow {
    #[serde(alias = "itemId", deserialize_with = "name")]
    item_id: String,
    #[serde(alias = "raterId", deserialize_with = "name")]
    rater_id: String,
    #[serde(deserialize_with = "name")]
    category: String,
    #[serde(deserialize_with = "name")]
    value: String,
}

impl From<LabelRow> for Label {
    fn from(LabelRow { item_id, rater_id, category, value }: LabelRow) -> Self {
        Self { item_id, rater_id, category, value }
    }
}

impl Report for LabelTrustReport {
    const NAME: &'static str = "label-trust";
    const QUESTION: &'static str = "Which categories can a model label in place of people?";
    const SOURCE: &'static str = "SIGHT; Wang et al., 2023";
    const ROW: &'static str = "item_id, rater_id, category, value";
    const EXAMPLE: Example = Example {
        options: r#"{"model": "m"}"#,
        rows: r#"{"item_id": "1", "rater_id": "ann", "category": "c", "value": "yes"}
{"item_id": "2", "rater_id": "ann", "category": "c", "value": "no"}
{"item_id": "3", "rater_id": "ann", "category": "c", "value": "yes"}
{"item_id": "1", "rater_id": "bo", "category": "c", "value": "yes"}
{"item_id": "2", "rater_id": "bo", "category": "c", "value": "no"}
{"item_id": "3", "rater_id": "bo", "category": "c", "value": "yes"}
{"item_id": "1", "rater_id": "m", "category": "c", "value": "yes"}
{"item_id": "2", "rater_id": "m", "category": "c", "value": "no"}
{"item_id": "3", "rater_id": "m", "category": "c", "value": "yes"}
"#,
    };
    type Row = LabelRow;
    type Options = LabelTrustOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        let rows: Vec<Label> = rows.into_iter().map(Label::from).collect();
        label_trust(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_stats::agreement::Trust;

    /// Labels of two people by a table of counts; the model says what `model` does of the two labels.
    fn labels(
        category: &str,
        counts: [[usize; 2]; 2],
        model: fn(usize, usize) -> usize,
    ) -> Vec<Label> {
        let mut rows = Vec::new();
        let mut item = 0;
        for (a, line) in counts.iter().enumerate() {
            for (b, &count) in line.iter().enumerate() {
                for _ in 0..count {
                    for (rater, value) in [("h1", a), ("h2", b), ("model", model(a, b))] {
                        rows.push(Label {
                            item_id: item.to_string(),
                            rater_id: rater.into(),
                            category: category.into(),
                            value: value.to_string(),
                        });
                    }
                    item += 1;
                }
            }
        }
        rows
    }

    fn options() -> LabelTrustOptions {
        LabelTrustOptions { model: "model".into(), gate: TrustGate::default() }
    }

    /// The published tables of two people.
    #[test]
    fn categories_of_sight() {
        let mut rows = labels("general", [[207, 22], [4, 56]], |a, _| a);
        rows.extend(labels("gratitude", [[247, 1], [4, 34]], |a, _| a));
        rows.extend(labels("setup", [[275, 0], [1, 10]], |_, _| 0));
        let found = label_trust(&rows, &options()).expect("valid");
        let of = |name: &str| match &found.categories[name] {
            CategoryReport::Trust(trust) => *trust,
            CategoryReport::Undefined { error } => panic!("{error:?}"),
        };
        for (name, kappa) in [
            ("general", 0.7538169189437127),
            ("gratitude", 0.9215062026567131),
            ("setup", 0.9505703422053232),
        ] {
            assert!((of(name).kappa_people - kappa).abs() < 1e-12, "{name}");
        }
        assert_eq!(of("general").trust, Trust::Unsettled);
        assert_eq!((of("gratitude").trust, of("gratitude").n), (Trust::Adopt, 286));
        assert!((of("gratitude").kappa_model - (1.0 + 0.9215062026567131) / 2.0).abs() < 1e-12);
        assert_eq!((of("setup").trust, of("setup").kappa_model), (Trust::Review, 0.0));
        assert!(found.line.value().is_some());
    }

    #[test]
    fn mistakes_and_what_is_undefined() {
        let flat = labels("flat", [[5, 0], [0, 0]], |_, _| 0);
        let found = label_trust(&flat, &options()).expect("valid");
        assert!(matches!(&found.categories["flat"], CategoryReport::Undefined { .. }));
        assert_eq!(found.line.error().expect("no points").code, "too_few_values");
        let run = |rows: &[Label], options: &LabelTrustOptions| {
            label_trust(rows, options).expect_err("bad")
        };
        assert_eq!(run(&[], &options()).code(), "too_few_values");
        let unknown = LabelTrustOptions { model: "?".into(), ..options() };
        assert_eq!(run(&flat, &unknown).code(), "unknown_name");
        let twice = [flat.clone(), flat[..1].to_vec()].concat();
        assert_eq!(run(&twice, &options()).path(), Some("[15]"));
        let gate = TrustGate { people: 2.0, model: 0.0 };
        assert_eq!(run(&flat, &LabelTrustOptions { gate, ..options() }).path(), Some("gate"));
    }
}
