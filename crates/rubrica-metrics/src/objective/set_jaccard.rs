//! Jaccard index of two sets of items.
//!
//! Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11(2), 1912.

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor};
use super::items::{folded, items};
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::overlap::best;
use crate::segment::Segment;
use crate::text::TokenSet;

/// Options of [`SetJaccard`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetJaccardOptions {
    /// Where the items stand.
    pub extract: Extract,
}

/// Items that both have over items that either has, against the reference that gives the highest; 1
/// for two empty sets. Parts: `precision` and `recall`, 1 where there is nothing to miss.
///
/// Response and reference list items (see [`items`]), equal but for case, white space and marks at their
/// ends. The corpus score is the mean over segments.
#[derive(Debug, Clone)]
pub struct SetJaccard {
    extractor: Extractor,
}

impl Described for SetJaccard {
    type Options = SetJaccardOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "set_jaccard",
        title: "Jaccard index",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Jaccard, New Phytologist 11, 1912",
    };

    fn new(options: SetJaccardOptions) -> Result<Self> {
        Ok(Self { extractor: Extractor::new(options.extract)? })
    }
}

impl Averaged for SetJaccard {
    const VALUES: &'static [&'static str] = &["jaccard", "precision", "recall"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("extract", self.extractor.name())
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let found = set(&self.extractor.list(segment.response));
        let scores = references.iter().map(|reference| {
            let wanted = set(reference);
            let both = found.intersection(&wanted).count();
            let share = |all: usize| if all == 0 { 1.0 } else { both as f64 / all as f64 };
            let either = found.len() + wanted.len() - both;
            vec![share(either), share(found.len()), share(wanted.len())]
        });
        Ok(best(scores, |values| values[0]))
    }
}

fn set(text: &str) -> TokenSet<String> {
    items(text).iter().map(|item| folded(item)).filter(|item| !item.is_empty()).collect()
}
