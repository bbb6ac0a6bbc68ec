//! All metrics, generated from their types.
//!
//! A new metric is its own file, its lines in the `mod.rs` of its family, and its golden. Nothing
//! here changes.

use rubrica_core::{Error, Result};
use serde_json::Value;

use crate::default_options::DEFAULT_OPTIONS;
use crate::entry::{Build, ENCODER, Entry, LANGUAGE_MODEL};
use crate::info::MetricInfo;
use crate::likelihood::LikelihoodMetric;
use crate::metric::Metric;
use crate::semantic::EmbedMetric;
use crate::{likelihood, objective, overlap, readability, retrieval, semantic, surface};

const FAMILIES: &[&[Entry]] = &[
    overlap::ENTRIES,
    surface::ENTRIES,
    readability::ENTRIES,
    semantic::ENTRIES,
    likelihood::ENTRIES,
    retrieval::ENTRIES,
    objective::ENTRIES,
];

fn entries() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().copied().flatten()
}

fn entry(id: &str) -> Result<&'static Entry> {
    entries().find(|entry| entry.info.id == id).ok_or_else(|| Error::Unknown {
        path: String::new(),
        what: "metric",
        name: id.to_owned(),
        known: entries().map(|entry| entry.info.id).collect::<Vec<_>>().join(", "),
    })
}

/// What every metric is, by family.
pub fn catalogue() -> Vec<MetricInfo> {
    entries().map(|entry| entry.info).collect()
}

/// The options of metric `id` with their default values, as a JSON object.
///
/// # Errors
/// [`Error::Unknown`], listing the metrics there are.
pub fn default_options(id: &str) -> Result<Value> {
    let known = entry(id)?.info.id;
    let found = DEFAULT_OPTIONS.binary_search_by(|(id, _)| id.cmp(&known));
    // A test holds the table to the catalogue.
    let text = found.map_or("{}", |place| DEFAULT_OPTIONS[place].1);
    Ok(serde_json::from_str(text).unwrap_or_default())
}

/// A metric of any kind.
pub enum AnyMetric {
    /// Needs no model.
    Text(Box<dyn Metric>),
    /// Needs an encoder: see [`crate::semantic::evaluate`].
    Embed(Box<dyn EmbedMetric>),
    /// Needs a causal language model: see [`crate::likelihood::evaluate`].
    Likelihood(Box<dyn LikelihoodMetric>),
}

impl AnyMetric {
    /// What the metric is.
    pub fn info(&self) -> MetricInfo {
        match self {
            Self::Text(metric) => metric.info(),
            Self::Embed(metric) => metric.info(),
            Self::Likelihood(metric) => metric.info(),
        }
    }
}

/// The metric `id` with `options`: a JSON object of the options that differ from the defaults, or
/// `null` for none.
///
/// # Errors
/// [`Error::Unknown`], listing the metrics there are; [`Error::Parse`] or [`Error::Invalid`] with
/// the path of an option that is unknown, of a wrong type or makes no sense; in a build without the
/// feature `models`, [`Error::MissingModel`] for a metric that needs one.
pub fn any_metric(id: &str, options: &Value) -> Result<AnyMetric> {
    match entry(id)?.build {
        Build::Text(build) => build(options).map(AnyMetric::Text),
        #[cfg(feature = "models")]
        Build::Embed(build) => build(options).map(AnyMetric::Embed),
        #[cfg(feature = "models")]
        Build::Likelihood(build) => build(options).map(AnyMetric::Likelihood),
        #[cfg(not(feature = "models"))]
        Build::Missing(needs) => Err(Error::MissingModel { protocol: entry(id)?.info.id, needs }),
    }
}

/// As [`any_metric`], for a metric that needs no model.
///
/// # Errors
/// As [`any_metric`]; [`Error::MissingModel`] for a metric that needs one.
pub fn metric(id: &str, options: &Value) -> Result<Box<dyn Metric>> {
    match any_metric(id, options)? {
        AnyMetric::Text(metric) => Ok(metric),
        AnyMetric::Embed(metric) => {
            Err(Error::MissingModel { protocol: metric.info().id, needs: ENCODER })
        }
        AnyMetric::Likelihood(metric) => {
            Err(Error::MissingModel { protocol: metric.info().id, needs: LANGUAGE_MODEL })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Tier;
    use serde_json::json;

    #[test]
    fn ids_are_unique_and_metrics_answer_to_them() {
        let infos = catalogue();
        for (i, info) in infos.iter().enumerate() {
            assert!(infos[..i].iter().all(|other| other.id != info.id), "{} twice", info.id);
            let defaults = default_options(info.id).expect("known");
            assert!(defaults.is_object(), "{}: {defaults}", info.id);
            let metric = any_metric(info.id, &defaults).expect(info.id);
            let tier = match &metric {
                AnyMetric::Text(_) => Tier::T0,
                AnyMetric::Embed(_) => Tier::T1,
                AnyMetric::Likelihood(_) => Tier::T2,
            };
            assert_eq!((metric.info(), info.tier), (*info, tier));
        }
    }

    /// The options as text, so that a wasm module need not write each of their structs.
    #[test]
    fn the_table_of_default_options_is_that_of_the_types() {
        let mut ids: Vec<&Entry> = entries().collect();
        ids.sort_unstable_by_key(|entry| entry.info.id);
        let mut text = String::from(
            "//! The options of each metric that has some, with their default values: generated by\n\
             //! `WRITE_TABLES=1 cargo test -p rubrica-metrics --lib catalogue`.\n\n\
             /// Id and JSON, sorted by id.\n\
             pub(crate) const DEFAULT_OPTIONS: &[(&str, &str)] = &[\n",
        );
        for entry in ids {
            let defaults = (entry.defaults)();
            if defaults != json!({}) {
                text += &format!("    ({:?}, r#\"{defaults}\"#),\n", entry.info.id);
            }
        }
        text += "];\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/default_options.rs");
        if std::env::var_os("WRITE_TABLES").is_some() {
            // What is compiled in is the table of before.
            return std::fs::write(path, &text).expect("writes");
        }
        assert!(std::fs::read_to_string(path).expect("a table") == text, "out of date: {path}");
        for info in catalogue() {
            let entry = entry(info.id).expect("known");
            assert_eq!(default_options(info.id).expect("known"), (entry.defaults)(), "{}", info.id);
        }
    }

    #[test]
    fn an_unknown_metric_lists_the_known_ones() {
        let error = metric("blue", &Value::Null).err().expect("unknown");
        assert_eq!(error.code(), "unknown_name");
        assert!(error.to_string().contains("unknown metric `blue`; expected one of exact_match"));
    }

    #[test]
    fn an_unknown_option_names_itself() {
        let error = metric("bleu", &json!({"tokenise": "13a"})).err().expect("unknown");
        assert_eq!((error.code(), error.path()), ("parse_error", Some("tokenise")));
        let error = metric("chrf", &json!({"char_order": "six"})).err().expect("wrong type");
        assert_eq!(error.path(), Some("char_order"));
    }

    #[test]
    fn a_metric_over_a_model_asks_for_it() {
        for id in ["bertscore", "perplexity"] {
            let error = metric(id, &Value::Null).err().expect("no model");
            assert_eq!(error.code(), "missing_model");
        }
    }
}
