//! Rating scales.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Error, Result};

/// What values a scale has between its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScaleKind {
    /// Whole numbers from `min` to `max`.
    Likert,
    /// 0 (no) or 1 (yes).
    Binary,
    /// Any number from `min` to `max`.
    Continuous,
}

/// A rating scale, with a description of what some of its points mean.
///
/// Reads from `{"kind": "likert", "min": 1, "max": 5, "anchors": {"1": "poor"}}`, or in short from
/// `"1-5"`, `"binary"` or `"0..1"` (continuous).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scale {
    /// What values lie between the ends.
    pub kind: ScaleKind,
    /// Lowest value.
    pub min: f64,
    /// Highest value.
    pub max: f64,
    /// What whole-numbered points mean, as in a Prometheus rubric's score descriptions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub anchors: BTreeMap<i32, String>,
}

/// Levels above which a Likert scale is taken for a mistake.
const MAX_LEVELS: f64 = 101.0;

impl Scale {
    /// Whole numbers `min..=max` without anchors.
    pub fn likert(min: i32, max: i32) -> Self {
        Self {
            kind: ScaleKind::Likert,
            min: f64::from(min),
            max: f64::from(max),
            anchors: BTreeMap::new(),
        }
    }

    /// No or yes.
    pub fn binary() -> Self {
        Self { kind: ScaleKind::Binary, ..Self::likert(0, 1) }
    }

    /// Any number in `min..=max`.
    pub fn continuous(min: f64, max: f64) -> Self {
        Self { kind: ScaleKind::Continuous, min, max, anchors: BTreeMap::new() }
    }

    /// The points a distribution over this scale is given on: every value of a Likert or binary
    /// scale, eleven evenly spaced ones of a continuous scale.
    pub fn points(&self) -> Vec<f64> {
        let steps = match self.kind {
            ScaleKind::Likert | ScaleKind::Binary => (self.max - self.min) as usize,
            ScaleKind::Continuous => 10,
        };
        let step = (self.max - self.min) / steps as f64;
        (0..=steps).map(|i| self.min + step * i as f64).collect()
    }

    /// Where `value` lies between the ends, in `0..=1`.
    pub fn normalise(&self, value: f64) -> f64 {
        ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }

    /// The value at `fraction` (in `0..=1`) of the way from `min` to `max`.
    pub fn value_at(&self, fraction: f64) -> f64 {
        self.min + fraction * (self.max - self.min)
    }

    /// The anchor nearest to `value`, with the point that it describes.
    pub fn nearest_anchor(&self, value: f64) -> Option<(i32, &str)> {
        self.anchors
            .iter()
            .min_by(|a, b| {
                let distance = |point: &i32| (f64::from(*point) - value).abs();
                distance(a.0).total_cmp(&distance(b.0))
            })
            .map(|(point, text)| (*point, text.as_str()))
    }

    /// Checks ends, number of levels and anchors.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of the field that is wrong.
    pub fn validate(&self) -> Result<()> {
        let invalid = |path: &str, problem: String, expected: &str| {
            Err(Error::invalid(path, problem, expected))
        };
        if !self.min.is_finite() || !self.max.is_finite() {
            return invalid("min", "scale ends are not finite".into(), "finite numbers");
        }
        if self.min >= self.max {
            return invalid(
                "max",
                format!("max {} is not above min {}", self.max, self.min),
                "max > min",
            );
        }
        if !(self.max - self.min).is_finite() {
            let problem = format!("scale runs from {:e} to {:e}", self.min, self.max);
            return invalid("max", problem, "ends whose difference is a finite number");
        }
        match self.kind {
            ScaleKind::Binary if (self.min, self.max) != (0.0, 1.0) => {
                return invalid(
                    "min",
                    format!("binary scale runs from {} to {}", self.min, self.max),
                    "0 to 1",
                );
            }
            ScaleKind::Likert if self.min.fract() != 0.0 || self.max.fract() != 0.0 => {
                return invalid(
                    "min",
                    format!("likert scale runs from {} to {}", self.min, self.max),
                    "whole numbers",
                );
            }
            ScaleKind::Likert if self.max - self.min + 1.0 > MAX_LEVELS => {
                return invalid(
                    "max",
                    format!("likert scale has {} levels", self.max - self.min + 1.0),
                    "at most 101",
                );
            }
            _ => {}
        }
        for (&point, text) in &self.anchors {
            let path = format!("anchors.{point}");
            if f64::from(point) < self.min || f64::from(point) > self.max {
                let expected = format!("{} to {}", self.min, self.max);
                return Err(Error::invalid(path, "anchor lies outside the scale", expected));
            }
            if text.trim().is_empty() {
                return Err(Error::invalid(path, "description is empty", "a description"));
            }
        }
        Ok(())
    }
}

/// The long form of a scale.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullScale {
    #[serde(default = "likert")]
    kind: ScaleKind,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    anchors: BTreeMap<i32, String>,
}

fn likert() -> ScaleKind {
    ScaleKind::Likert
}

impl From<FullScale> for Scale {
    fn from(full: FullScale) -> Self {
        let FullScale { kind, min, max, anchors } = full;
        let (low, high) = if kind == ScaleKind::Likert { (1.0, 5.0) } else { (0.0, 1.0) };
        Self { kind, min: min.unwrap_or(low), max: max.unwrap_or(high), anchors }
    }
}

/// By hand rather than untagged: the paths and messages of errors survive, and so do number keys.
impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScaleVisitor;

        impl<'de> Visitor<'de> for ScaleVisitor {
            type Value = Scale;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`1-5`, `binary`, `0..1` or {kind, min, max, anchors}")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scale, E> {
                parse_short(text.trim())
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scale, A::Error> {
                FullScale::deserialize(MapAccessDeserializer::new(map)).map(Into::into)
            }
        }

        deserializer.deserialize_any(ScaleVisitor)
    }
}

fn parse_short(text: &str) -> Option<Scale> {
    if text == "binary" {
        return Some(Scale::binary());
    }
    if let Some((min, max)) = text.split_once("..") {
        return Some(Scale::continuous(min.trim().parse().ok()?, max.trim().parse().ok()?));
    }
    let (min, max) = text.split_once(['-', '–'])?;
    Some(Scale::likert(min.trim().parse().ok()?, max.trim().parse().ok()?))
}

impl Default for Scale {
    /// 1 to 5, the scale of Prometheus rubrics.
    fn default() -> Self {
        Self::likert(1, 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Scale, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn reads_short_and_full_forms() {
        assert_eq!(read(r#""1-5""#).expect("valid"), Scale::likert(1, 5));
        assert_eq!(read(r#""binary""#).expect("valid"), Scale::binary());
        assert_eq!(read(r#""0..1""#).expect("valid"), Scale::continuous(0.0, 1.0));
        let full =
            read(r#"{"kind":"likert","min":0,"max":3,"anchors":{"0":"none"}}"#).expect("valid");
        assert_eq!((full.min, full.max, full.anchors[&0].as_str()), (0.0, 3.0, "none"));
        assert_eq!(read(&serde_json::to_string(&full).expect("json")).expect("valid"), full);
    }

    #[test]
    fn refuses_nonsense() {
        assert!(read(r#""good-bad""#).expect_err("bad").to_string().contains("expected `1-5`"));
        let mut scale = Scale::likert(1, 5);
        scale.anchors.insert(7, "seven".into());
        assert_eq!(scale.validate().expect_err("outside").path(), Some("anchors.7"));
        assert!(Scale::likert(5, 1).validate().is_err());
        assert!(Scale::likert(0, 500).validate().is_err());
    }

    #[test]
    fn points_cover_the_scale() {
        assert_eq!(Scale::likert(1, 5).points(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(Scale::binary().points(), [0.0, 1.0]);
        assert_eq!(Scale::continuous(0.0, 1.0).points().len(), 11);
    }
}
