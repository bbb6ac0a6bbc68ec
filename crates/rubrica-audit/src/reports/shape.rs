//! Does a score grow steadily with scale, or all at once? (BIG-bench; Srivastava et al., 2022.)

use std::collections::BTreeMap;

use rubrica_core::{Signature, Undefined};
use rubrica_stats::StatsError;
use rubrica_stats::moments::mean;
use rubrica_stats::scale_shape::{ScaleShape, scale_shape};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::Measured;
use crate::error::{AuditError, Result};
use crate::records::{number, optional_name};

/// A score at one scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaledScore {
    /// Parameters of the model, tokens of training, or any other size.
    #[serde(deserialize_with = "number")]
    pub scale: f64,
    /// The score.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// The task; rows without it are those of one task.
    #[serde(default, deserialize_with = "optional_name")]
    pub task: Option<String>,
}

/// There is nothing to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShapeOptions {}

/// The shape of one task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskShape {
    /// The task; empty for rows without one.
    pub task: String,
    /// Scales.
    pub n: usize,
    /// The shape; none where it is undefined.
    #[serde(flatten)]
    pub shape: Option<ScaleShape>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Undefined>,
}

/// Shapes of all tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShapeReport {
    /// By name.
    pub tasks: Vec<TaskShape>,
    /// Mean linearity over the tasks that have one.
    pub mean_linearity: Measured,
    /// Mean breakthroughness over the tasks that have one.
    pub mean_breakthroughness: Measured,
    /// What produced it.
    pub signature: Signature,
}

/// Linearity and breakthroughness of each task's scores over scales.
///
/// # Errors
/// [`AuditError::Statistic`] without rows; [`AuditError::Input`] for a number that is not finite.
pub fn scale_shapes(rows: &[ScaledScore], _: &ShapeOptions) -> Result<ShapeReport> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    let mut of: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        for (field, value) in [("scale", row.scale), ("score", row.score)] {
            if !value.is_finite() {
                let path = format!("[{index}].{field}");
                return Err(AuditError::invalid(path, format!("is {value}"), "a finite number"));
            }
        }
        let (scales, scores) = of.entry(row.task.as_deref().unwrap_or("")).or_default();
        scales.push(row.scale);
        scores.push(row.score);
    }
    let tasks: Vec<TaskShape> = of
        .into_iter()
        .map(|(task, (scales, scores))| {
            let found = scale_shape(&scales, &scores);
            let error = found.as_ref().err().map(|error| Undefined {
                code: error.code().to_owned(),
                reason: error.to_string(),
            });
            TaskShape { task: task.to_owned(), n: scales.len(), shape: found.ok(), error }
        })
        .collect();
    let average = |of: fn(&ScaleShape) -> Option<f64>| {
        let values: Vec<f64> = tasks.iter().filter_map(|task| of(task.shape.as_ref()?)).collect();
        Measured::from(mean(&values))
    };
    Ok(ShapeReport {
        mean_linearity: average(|shape| Some(shape.linearity)),
        mean_breakthroughness: average(|shape| shape.breakthroughness),
        tasks,
        signature: Signature::new("scale-shape"),
    })
}

impl Report for ShapeReport {
    const NAME: &'static str = "scale-shape";
    const QUESTION: &'static str = "Does a score grow steadily with scale, or all at once?";
    const SOURCE: &'static str = "BIG-bench; Srivastava et al., 2022";
    const ROW: &'static str = "scale, score, task?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"scale": 1, "score": 0.1}
{"scale": 10, "score": 0.2}
{"scale": 100, "score": 0.9}
"#,
    };
    type Row = ScaledScore;
    type Options = ShapeOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        scale_shapes(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(task: Option<&str>, scores: &[f64]) -> Vec<ScaledScore> {
        let task = task.map(str::to_owned);
        let row = |(i, score): (usize, &f64)| ScaledScore {
            scale: 10f64.powi(i as i32),
            score: *score,
            task: task.clone(),
        };
        scores.iter().enumerate().map(row).collect()
    }

    #[test]
    fn a_breakthrough_and_a_steady_rise() {
        let mut all = rows(Some("jump"), &[0.02, 0.03, 0.03, 0.05, 0.45]);
        all.extend(rows(Some("rise"), &[0.1, 0.2, 0.3]));
        all.extend(rows(Some("flat"), &[0.1, 0.1]));
        let found = scale_shapes(&all, &ShapeOptions::default()).expect("three");
        let jump = found.tasks[1].shape.expect("defined");
        assert!((jump.improvement - 0.43).abs() < 1e-12);
        assert!((jump.linearity - 2.14665).abs() < 5e-6, "{jump:?}");
        let breakthrough = jump.breakthroughness.expect("defined");
        assert!((breakthrough - 27.1956).abs() < 5e-5, "{jump:?}");
        let error = found.tasks[0].error.as_ref().expect("flat");
        assert_eq!((found.tasks[0].task.as_str(), error.code.as_str()), ("flat", "constant_input"));
        let rise = found.tasks[2].shape.expect("defined");
        let mean = (jump.linearity + rise.linearity) / 2.0;
        assert!((found.mean_linearity.value().expect("two") - mean).abs() < 1e-12);
    }

    #[test]
    fn degenerate_scores() {
        let none = scale_shapes(&[], &ShapeOptions::default()).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let one = scale_shapes(&rows(None, &[1.0]), &ShapeOptions::default()).expect("one");
        assert_eq!(one.tasks[0].error.as_ref().expect("one").code, "too_few_values");
        for mean in [&one.mean_linearity, &one.mean_breakthroughness] {
            assert_eq!(mean.error().expect("none has one").code, "too_few_values");
        }
        let mut twice = rows(None, &[1.0, 2.0]);
        twice[1].scale = 1.0;
        let twice = scale_shapes(&twice, &ShapeOptions::default()).expect("told");
        assert_eq!(twice.tasks[0].error.as_ref().expect("twice").code, "duplicate_entry");
        let nan = scale_shapes(&rows(None, &[f64::NAN]), &ShapeOptions::default());
        assert_eq!(nan.expect_err("nan").path(), Some("[0].score"));
    }
}
