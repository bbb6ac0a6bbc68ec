//! Numeric match: is the number that a response gives the right one?
//!
//! Cobbe et al., "Training verifiers to solve math word problems", arXiv:2110.14168, 2021; closeness
//! as in Python's `math.isclose`.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor, Mark};
use super::quantity::Quantity;
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// What units count for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitRule {
    /// Nothing.
    #[default]
    Ignore,
    /// They must be equal but for case; a reference without a unit allows any.
    Same,
    /// Quantities are compared in their base units (lengths, masses, times, volumes, bytes and
    /// percentages are known); a reference without a unit allows any but a percentage, which is then
    /// read as its share.
    Convert,
}

/// Options of [`NumericMatch`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NumericMatchOptions {
    /// Where the answer stands. Its last number counts; after a cue such as "the answer is", the one that it
    /// starts with.
    pub extract: Extract,
    /// Largest difference as a share of the larger number, 0 or more.
    pub relative: f64,
    /// Largest difference, 0 or more.
    pub absolute: f64,
    /// What units count for.
    pub units: UnitRule,
}

impl Default for NumericMatchOptions {
    fn default() -> Self {
        Self { extract: Extract::Auto, relative: 1e-6, absolute: 0.0, units: UnitRule::Ignore }
    }
}

/// 1 when the answer's number is that of a reference, within either tolerance, else 0. Part: `found`,
/// 1 when there was a number. See [`Quantity`] for what a number is.
///
/// The corpus score is the share of right answers.
#[derive(Debug, Clone)]
pub struct NumericMatch {
    options: NumericMatchOptions,
    extractor: Extractor,
}

impl Described for NumericMatch {
    type Options = NumericMatchOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "numeric_match",
        title: "Numeric match",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Cobbe et al., arXiv:2110.14168, 2021",
    };

    fn new(options: NumericMatchOptions) -> Result<Self> {
        for (path, value) in [("relative", options.relative), ("absolute", options.absolute)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::invalid(path, format!("is {value}"), "0 or more"));
            }
        }
        Ok(Self { extractor: Extractor::new(options.extract.clone())?, options })
    }
}

impl Averaged for NumericMatch {
    const VALUES: &'static [&'static str] = &["correct", "found"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let units = match self.options.units {
            UnitRule::Ignore => "ignore",
            UnitRule::Same => "same",
            UnitRule::Convert => "convert",
        };
        signature
            .with("extract", self.extractor.name())
            .with("rel", self.options.relative)
            .with("abs", self.options.absolute)
            .with("units", units)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let found = self.extractor.read(segment.response, &|answer, mark| match mark {
            Mark::Cue => Quantity::answered(answer),
            Mark::None | Mark::Form => Quantity::last(answer),
        });
        let mut correct = false;
        for reference in segment.needed_references(Self::INFO.id)? {
            let wanted = Quantity::last(reference).ok_or_else(|| {
                error::bad_form(Self::INFO.id, "reference", "has no number", "a number")
            })?;
            correct |= found.as_ref().is_some_and(|found| self.same(found, &wanted));
        }
        Ok(Some([correct, found.is_some()].map(|yes| f64::from(u8::from(yes))).to_vec()))
    }
}

impl NumericMatch {
    fn same(&self, found: &Quantity, wanted: &Quantity) -> bool {
        match self.options.units {
            UnitRule::Ignore => self.close(found.number, wanted.number),
            UnitRule::Same => {
                (wanted.unit.is_empty() || found.unit == wanted.unit)
                    && self.close(found.number, wanted.number)
            }
            UnitRule::Convert => {
                let bare = wanted.unit.is_empty();
                let share = found.in_base_unit();
                let found = if bare && !share.unit.is_empty() { found.clone() } else { share };
                let wanted = wanted.in_base_unit();
                (bare || found.unit == wanted.unit) && self.close(found.number, wanted.number)
            }
        }
    }

    fn close(&self, a: f64, b: f64) -> bool {
        let difference = (a - b).abs();
        difference <= self.options.absolute
            || difference <= self.options.relative * a.abs().max(b.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn units_as_asked_for() {
        let correct = |units, response, reference| {
            let options = NumericMatchOptions { units, ..Default::default() };
            let metric = NumericMatch::new(options).expect("valid");
            metric.sentence(&Segment::new(response, &[reference])).expect("ok").value() == Some(1.0)
        };
        use UnitRule::{Convert, Ignore, Same};
        assert!(correct(Ignore, "It is 5 miles.", "5 km"));
        assert!(!correct(Same, "It is 5 miles.", "5 km") && correct(Same, "5 KM", "5 km"));
        assert!(correct(Convert, "2500 m", "2.5 km") && !correct(Convert, "2500 g", "2.5 km"));
        assert!(correct(Convert, "50%", "0.5") && correct(Convert, "7 apples", "7"));
    }
}
