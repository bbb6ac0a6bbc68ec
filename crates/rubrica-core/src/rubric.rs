//! Rubrics: what counts, on which scale, with which weight.

use serde::{Deserialize, Serialize};

use crate::{Error, Result, Scale, sha256_hex};

/// How the scores of several criteria become one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aggregate {
    /// Mean of the criteria's scores, by weight.
    #[default]
    WeightedMean,
    /// The worst criterion decides, with its score and its distribution; weights only say whether a
    /// criterion counts (above 0).
    Minimum,
}

/// One thing that a rubric looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Short name, unique in the rubric.
    pub id: String,
    /// The question that a judge answers about the response.
    pub description: String,
    /// The scale of the answer. 1 to 5 when left out.
    #[serde(default)]
    pub scale: Scale,
    /// Share in the aggregate; 0 reports the criterion without counting it.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

impl Criterion {
    /// A criterion of weight 1 on the scale 1 to 5.
    pub fn new(id: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            description: description.into(),
            scale: Scale::default(),
            weight: 1.0,
        }
    }

    /// Description and anchors in one text, as a judge model reads it:
    /// `Is it clear? 1: garbled 5: clear`.
    pub fn full_description(&self) -> String {
        let mut text = self.description.clone();
        for (point, anchor) in &self.scale.anchors {
            text.push_str(&format!(" {point}: {anchor}"));
        }
        text
    }
}

/// A named set of weighted criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Name of the rubric.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// At least one criterion.
    pub criteria: Vec<Criterion>,
    /// How their scores become one.
    #[serde(default)]
    pub aggregate: Aggregate,
}

/// Criteria above which a rubric is taken for a mistake.
const MAX_CRITERIA: usize = 100;

impl Rubric {
    /// A rubric of one criterion with its name.
    pub fn single(criterion: Criterion) -> Self {
        Self {
            name: criterion.id.clone(),
            description: None,
            criteria: vec![criterion],
            aggregate: Aggregate::default(),
        }
    }

    /// The scale that the aggregate is given on: that of the criteria when they all have the same
    /// ends, else 0 to 1.
    pub fn output_scale(&self) -> Scale {
        let first = &self.criteria[0].scale;
        if self.criteria.iter().all(|c| (c.scale.min, c.scale.max) == (first.min, first.max)) {
            if self.criteria.len() == 1 {
                first.clone()
            } else {
                Scale { anchors: Default::default(), ..first.clone() }
            }
        } else {
            Scale::continuous(0.0, 1.0)
        }
    }

    /// The aggregate of one score a criterion (in the order of `criteria`), on [`output_scale`].
    ///
    /// `None` when no criterion with a weight above 0 has a score.
    ///
    /// [`output_scale`]: Self::output_scale
    pub fn aggregate(&self, scores: &[Option<f64>]) -> Option<f64> {
        let counted = self.criteria.iter().zip(scores).filter_map(|(criterion, score)| {
            let score = (*score)?;
            (criterion.weight > 0.0).then(|| (criterion.weight, criterion.scale.normalise(score)))
        });
        let fraction = match self.aggregate {
            Aggregate::WeightedMean => {
                let (weights, sum) = counted.fold((0.0, 0.0), |(weights, sum), (weight, x)| {
                    (weights + weight, sum + weight * x)
                });
                (weights > 0.0).then(|| sum / weights)
            }
            Aggregate::Minimum => counted.map(|(_, x)| x).min_by(f64::total_cmp),
        }?;
        Some(self.output_scale().value_at(fraction))
    }

    /// First 16 hexadecimal digits of the sha256 of the rubric's canonical JSON.
    pub fn fingerprint(&self) -> String {
        let json =
            serde_json::to_string(self).expect("a rubric holds only finite numbers and strings");
        sha256_hex(json.as_bytes())[..16].to_owned()
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the first field that is wrong, with its path, such as
    /// `criteria[2].weight`.
    pub fn validate(&self) -> Result<()> {
        if self.name.trim().is_empty() {
            return Err(Error::invalid("name", "is empty", "a name"));
        }
        if self.criteria.is_empty() {
            return Err(Error::invalid("criteria", "is empty", "at least one criterion"));
        }
        if self.criteria.len() > MAX_CRITERIA {
            let problem = format!("has {} criteria", self.criteria.len());
            return Err(Error::invalid("criteria", problem, format!("at most {MAX_CRITERIA}")));
        }
        for (i, criterion) in self.criteria.iter().enumerate() {
            criterion.validate().map_err(|e| e.within(&format!("criteria[{i}]")))?;
            if let Some(first) = self.criteria[..i].iter().position(|c| c.id == criterion.id) {
                let problem = format!("`{}` is also the id of criteria[{first}]", criterion.id);
                return Err(Error::invalid(format!("criteria[{i}].id"), problem, "a unique id"));
            }
        }
        if self.criteria.iter().all(|c| c.weight == 0.0) {
            return Err(Error::invalid("criteria", "all weights are 0", "one weight above 0"));
        }
        if !self.criteria.iter().map(|c| c.weight).sum::<f64>().is_finite() {
            let problem = "the weights add up to more than a number can hold";
            return Err(Error::invalid("criteria", problem, "a finite sum of the weights"));
        }
        Ok(())
    }
}

impl Criterion {
    fn validate(&self) -> Result<()> {
        if self.id.trim().is_empty() {
            return Err(Error::invalid("id", "is empty", "a short name"));
        }
        if self.description.trim().is_empty() {
            return Err(Error::invalid("description", "is empty", "what a judge should look at"));
        }
        if !self.weight.is_finite() || self.weight < 0.0 {
            let sign = if self.weight < 0.0 { "negative" } else { "not finite" };
            return Err(Error::invalid("weight", format!("is {sign} ({})", self.weight), ">= 0"));
        }
        self.scale.validate().map_err(|e| e.within("scale"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rubric() -> Rubric {
        let mut second = Criterion::new("tone", "Is it kind?");
        second.weight = 3.0;
        Rubric {
            name: "essay".into(),
            description: None,
            criteria: vec![Criterion::new("clarity", "Is it clear?"), second],
            aggregate: Aggregate::WeightedMean,
        }
    }

    #[test]
    fn weighted_mean_and_minimum() {
        let mut rubric = rubric();
        assert_eq!(rubric.aggregate(&[Some(1.0), Some(5.0)]), Some(4.0));
        assert_eq!(rubric.aggregate(&[Some(1.0), None]), Some(1.0));
        assert_eq!(rubric.aggregate(&[None, None]), None);
        rubric.aggregate = Aggregate::Minimum;
        assert_eq!(rubric.aggregate(&[Some(2.0), Some(5.0)]), Some(2.0));
    }

    #[test]
    fn mixed_scales_aggregate_on_zero_to_one() {
        let mut rubric = rubric();
        rubric.criteria[0].scale = Scale::binary();
        rubric.criteria[1].weight = 1.0;
        assert_eq!(rubric.output_scale(), Scale::continuous(0.0, 1.0));
        assert_eq!(rubric.aggregate(&[Some(1.0), Some(3.0)]), Some(0.75));
    }

    #[test]
    fn errors_name_the_field() {
        let mut bad = rubric();
        bad.criteria[1].weight = -0.5;
        let error = bad.validate().expect_err("negative");
        assert_eq!(error.to_string(), "criteria[1].weight: is negative (-0.5); expected >= 0");
        let mut bad = rubric();
        bad.criteria.iter_mut().for_each(|c| c.weight = 1e308);
        assert_eq!(bad.validate().expect_err("infinite").path(), Some("criteria"));
        let mut bad = rubric();
        bad.criteria[0].scale = Scale::continuous(-1e308, 1e308);
        assert_eq!(bad.validate().expect_err("endless").path(), Some("criteria[0].scale.max"));
        let mut bad = rubric();
        bad.criteria[1].id = "clarity".into();
        assert_eq!(bad.validate().expect_err("twice").path(), Some("criteria[1].id"));
        let mut bad = rubric();
        bad.criteria[0].scale.anchors.insert(9, "nine".into());
        assert_eq!(bad.validate().expect_err("anchor").path(), Some("criteria[0].scale.anchors.9"));
    }

    #[test]
    fn fingerprint_follows_content() {
        let mut other = rubric();
        assert_eq!(other.fingerprint(), rubric().fingerprint());
        other.criteria[0].description.push('!');
        assert_ne!(other.fingerprint(), rubric().fingerprint());
    }
}
