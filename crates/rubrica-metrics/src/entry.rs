//! The line of a metric in its family, from which the catalogue makes it.

use rubrica_core::Result;
use serde_json::Value;

use crate::info::MetricInfo;
use crate::likelihood::LikelihoodMetric;
use crate::metric::{Described, Metric};
use crate::options;
use crate::semantic::EmbedMetric;

/// One metric of a family.
pub(crate) struct Entry {
    pub(crate) info: MetricInfo,
    #[cfg(test)]
    pub(crate) defaults: fn() -> Value,
    pub(crate) build: Build,
}

/// How it is made of its options, which are JSON.
pub(crate) enum Build {
    Text(fn(&Value) -> Result<Box<dyn Metric>>),
    #[cfg(feature = "models")]
    Embed(fn(&Value) -> Result<Box<dyn EmbedMetric>>),
    #[cfg(feature = "models")]
    Likelihood(fn(&Value) -> Result<Box<dyn LikelihoodMetric>>),
    /// Needs a model, in a build that runs none.
    #[cfg(not(feature = "models"))]
    Missing(&'static str),
}

/// What a metric over embeddings asks for.
pub(crate) const ENCODER: &str = "an encoder";
/// What a metric over log-probabilities asks for.
pub(crate) const LANGUAGE_MODEL: &str = "a language model";

impl Entry {
    /// The entry of a metric that needs no model.
    pub(crate) const fn text<M: Described + Metric + 'static>() -> Self {
        Self {
            info: M::INFO,
            #[cfg(test)]
            defaults: defaults::<M>,
            build: Build::Text(|options| Ok(Box::new(M::new(options::read(options)?)?))),
        }
    }

    /// The entry of a metric over embeddings.
    pub(crate) const fn embed<M: Described + EmbedMetric + 'static>() -> Self {
        Self {
            info: M::INFO,
            #[cfg(test)]
            defaults: defaults::<M>,
            #[cfg(feature = "models")]
            build: Build::Embed(|options| Ok(Box::new(M::new(options::read(options)?)?))),
            #[cfg(not(feature = "models"))]
            build: Build::Missing(ENCODER),
        }
    }

    /// The entry of a metric over log-probabilities.
    pub(crate) const fn likelihood<M: Described + LikelihoodMetric + 'static>() -> Self {
        Self {
            info: M::INFO,
            #[cfg(test)]
            defaults: defaults::<M>,
            #[cfg(feature = "models")]
            build: Build::Likelihood(|options| Ok(Box::new(M::new(options::read(options)?)?))),
            #[cfg(not(feature = "models"))]
            build: Build::Missing(LANGUAGE_MODEL),
        }
    }
}

#[cfg(test)]
fn defaults<M: Described>() -> Value {
    serde_json::to_value(M::Options::default()).unwrap_or(Value::Null)
}
