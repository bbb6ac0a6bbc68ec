//! Translation edit rate, equal to sacreBLEU's.
//!
//! Snover et al., "A study of translation edit rate with targeted human annotation", AMTA 2006.

use rubrica_core::{Result, Signature, Tier};

use super::ter_edits::edits;
use super::ter_tokens::TerOptions;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::segment::Segment;
use crate::text::Vocabulary;

/// Insertions, deletions, replacements and shifts of words that turn the response into the nearest
/// reference, in percent of the mean length of the references. 0 is best; long responses pass 100.
/// Parts: `edits`, `reference_length`.
///
/// The search for shifts and its limits are those of sacreBLEU: shifts of up to 10 words over up to
/// 50, a band of 25 words beside the diagonal, 1000 candidates. 100 where all references are empty and
/// the response is not. A corpus score is computed from the counts of the whole corpus. Texts
/// that would take too long are refused.
#[derive(Debug, Clone, Copy)]
pub struct Ter {
    options: TerOptions,
}

impl Described for Ter {
    type Options = TerOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "ter",
        title: "TER",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: None,
        unit: Unit::Percent,
        higher_is_better: Some(false),
        source: "Snover et al., AMTA 2006",
    };

    fn new(options: TerOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Metric for Ter {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let options = &self.options;
        let yes = |on| if on { "yes" } else { "no" };
        Signature::new(Self::INFO.id)
            .with("case", if options.case_sensitive { "mixed" } else { "lc" })
            .with("tok", "tercom")
            .with("norm", yes(options.normalized))
            .with("punct", yes(!options.no_punct))
            .with("asian", yes(options.asian_support))
    }

    /// `[edits, mean reference length]`.
    fn statistics(&self, segment: &Segment<'_>) -> Result<Vec<f64>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.options.spaced(segment.response);
        let references: Vec<String> =
            references.iter().map(|text| self.options.spaced(text)).collect();
        let mut vocabulary = Vocabulary::default();
        let response = vocabulary.ids(TerOptions::words(&response));
        let (mut fewest, mut lengths) = (f64::INFINITY, 0);
        for reference in &references {
            let reference = vocabulary.ids(TerOptions::words(reference));
            fewest = fewest.min(edits(Self::INFO.id, &response, &reference)? as f64);
            lengths += reference.len();
        }
        Ok(vec![fewest, lengths as f64 / references.len() as f64])
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        let (edits, length) = (statistics[0], statistics[1]);
        let rate = if length > 0.0 { edits / length } else { f64::from(u8::from(edits > 0.0)) };
        MetricScore::new(100.0 * rate).with("edits", edits).with("reference_length", length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn a_shift_costs_one() {
        let metric = Ter::new(TerOptions::default()).expect("valid");
        let segment = Segment::new("c d a b e f g h", &["a b c d e f g h"]);
        let score = metric.sentence(&segment).expect("has a reference");
        assert_eq!((score.parts["edits"], score.value()), (1.0, Some(12.5)));
    }
}
