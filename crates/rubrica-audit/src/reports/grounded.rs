//! Is a judge as good where it could not have answered itself? (No Free Labels; Krumdick et al., 2025.)
//! Kappa with people by the kind of reference that the judge had and by whether it knew the answer.

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::agreement::{KappaWeights, cohen_kappa};
use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::moments::mean;
use rubrica_stats::take;
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{name, optional_truth, truth};

/// One judged answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundedItem {
    /// Whether people call it correct.
    #[serde(deserialize_with = "truth")]
    pub human: bool,
    /// Whether the judge does.
    #[serde(deserialize_with = "truth")]
    pub verdict: bool,
    /// What the judge could hold it against: `none`, `self`, `wrong`, `other_model`, `human`.
    #[serde(alias = "referenceKind", deserialize_with = "name")]
    pub reference_kind: String,
    /// Whether the judge, asked first, answered rightly; none where that is not known.
    #[serde(default, alias = "judgeCorrect", deserialize_with = "optional_truth")]
    pub judge_correct: Option<bool>,
    /// Whether the answer is the judge's own.
    #[serde(default, deserialize_with = "optional_truth")]
    pub own: Option<bool>,
}

/// How to report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroundedOptions {
    /// Resamples, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

/// The items of one kind of reference and stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroundedCell {
    /// What the judge had.
    pub reference_kind: String,
    /// `judge_right`, `judge_wrong`, `unknown`; or `all`.
    pub stratum: &'static str,
    /// Items.
    pub n: usize,
    /// Cohen's kappa of judge and people.
    pub kappa: Figure,
    /// Share of items on which they agree.
    pub agreement: Figure,
}

/// Agreement by cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroundedReport {
    /// By kind of reference; within each, all items and then the strata.
    pub cells: Vec<GroundedCell>,
    /// Kappa where the judge was right less that where it was wrong, by kind of reference; only where both
    /// are defined.
    pub gap: BTreeMap<String, f64>,
    /// Kappa over all items.
    pub pooled: Figure,
    /// Share of the judge's own wrong answers that it calls correct less that of others' wrong answers.
    pub self_preference: Measured,
    /// True when some items were judged without any reference.
    pub ungrounded: bool,
    /// What produced it.
    pub signature: Signature,
}

/// Agreement of a judge with people, by reference and by what the judge knew.
///
/// # Errors
/// [`AuditError::Statistic`] without items; [`AuditError::Input`] for a kind of reference that is blank.
pub fn grounded_agreement(
    items: &[GroundedItem],
    options: &GroundedOptions,
) -> Result<GroundedReport> {
    if items.is_empty() {
        return Err(StatsError::TooFew { what: "items", found: 0, needed: 1 }.into());
    }
    let mut kinds: BTreeMap<&str, Vec<&GroundedItem>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        if item.reference_kind.trim().is_empty() {
            let path = format!("[{index}].reference_kind");
            return Err(AuditError::invalid(
                path,
                "is blank",
                "none, self, wrong, other_model or human",
            ));
        }
        kinds.entry(&item.reference_kind).or_default().push(item);
    }
    let mut cells = Vec::new();
    let mut gap = BTreeMap::new();
    for (kind, members) in kinds {
        cells.push(cell(kind, "all", &members, options));
        let mut ends = [None, None];
        for (place, (stratum, known)) in
            [("judge_right", Some(true)), ("judge_wrong", Some(false)), ("unknown", None)]
                .into_iter()
                .enumerate()
        {
            let some: Vec<&GroundedItem> =
                members.iter().copied().filter(|item| item.judge_correct == known).collect();
            if !some.is_empty() {
                let found = cell(kind, stratum, &some, options);
                if let Some(end) = ends.get_mut(place) {
                    *end = found.kappa.value();
                }
                cells.push(found);
            }
        }
        if let [Some(right), Some(wrong)] = ends {
            gap.insert(kind.to_owned(), right - wrong);
        }
    }
    let lenient = |own: bool| {
        let wrong = items.iter().filter(|item| item.own == Some(own) && !item.human);
        let passed: Vec<f64> = wrong.map(|item| f64::from(u8::from(item.verdict))).collect();
        let what = if own { "wrong answers of its own" } else { "wrong answers of others" };
        mean(&passed).map_err(|_| StatsError::TooFew { what, found: 0, needed: 1 })
    };
    let all: Vec<&GroundedItem> = items.iter().collect();
    let mut signature = Signature::new("grounded-agreement")
        .with("interval", format!("wilson;bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(GroundedReport {
        cells,
        gap,
        pooled: kappa(&all, options),
        self_preference: lenient(true).and_then(|own| Ok(own - lenient(false)?)).into(),
        ungrounded: items.iter().any(|item| item.reference_kind == "none"),
        signature,
    })
}

fn cell(
    kind: &str,
    stratum: &'static str,
    items: &[&GroundedItem],
    options: &GroundedOptions,
) -> GroundedCell {
    let same = items.iter().filter(|item| item.human == item.verdict).count();
    GroundedCell {
        reference_kind: kind.to_owned(),
        stratum,
        n: items.len(),
        kappa: kappa(items, options),
        agreement: Figure::share(same, items.len(), options.bootstrap.level),
    }
}

fn kappa(items: &[&GroundedItem], options: &GroundedOptions) -> Figure {
    let human: Vec<bool> = items.iter().map(|item| item.human).collect();
    let judge: Vec<bool> = items.iter().map(|item| item.verdict).collect();
    Figure::of_items(items.len(), &options.bootstrap, |drawn| {
        cohen_kappa(&take(&human, drawn), &take(&judge, drawn), KappaWeights::None)
    })
}

impl Report for GroundedReport {
    const NAME: &'static str = "reference-grounding";
    const QUESTION: &'static str = "Is a judge as good where it could not have answered itself?";
    const SOURCE: &'static str = "No Free Labels; Krumdick et al., 2025";
    const ROW: &'static str = "human, verdict, reference_kind, judge_correct?, own?";
    const EXAMPLE: Example = Example {
        options: "{}",
        rows: r#"{"human": true, "verdict": true, "reference_kind": "human", "judge_correct": true}
{"human": false, "verdict": false, "reference_kind": "human", "judge_correct": false}
{"human": true, "verdict": false, "reference_kind": "human", "judge_correct": true}
{"human": false, "verdict": false, "reference_kind": "human", "judge_correct": false}
"#,
    };
    type Row = GroundedItem;
    type Options = GroundedOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        grounded_agreement(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(table: [[usize; 2]; 2], kind: &str, judge_correct: Option<bool>) -> Vec<GroundedItem> {
        let mut rows = Vec::new();
        for (a, line) in table.iter().enumerate() {
            for (b, &count) in line.iter().enumerate() {
                let (human, verdict, reference_kind) = (a == 0, b == 0, kind.to_owned());
                let row = GroundedItem { human, verdict, reference_kind, judge_correct, own: None };
                rows.extend(std::iter::repeat_n(row, count));
            }
        }
        rows
    }

    fn options() -> GroundedOptions {
        GroundedOptions { bootstrap: Bootstrap { replicates: 100, ..Bootstrap::default() } }
    }

    /// The published tables: the whole hides the weak stratum.
    #[test]
    fn strata_of_no_free_labels() {
        let mut rows = items([[40, 2], [3, 35]], "none", Some(true));
        rows.extend(items([[10, 10], [9, 11]], "none", Some(false)));
        rows.extend(items([[9, 1], [1, 9]], "human", None));
        let found = grounded_agreement(&rows, &options()).expect("valid");
        let of = |kind: &str, stratum: &str| {
            let cell =
                found.cells.iter().find(|c| c.reference_kind == kind && c.stratum == stratum);
            cell.expect("there").kappa.value().expect("defined")
        };
        assert!((of("none", "judge_right") - 0.874529).abs() < 1e-6);
        assert!((of("none", "judge_wrong") - 0.05).abs() < 1e-12);
        assert!((of("none", "all") - 0.599555).abs() < 1e-6);
        assert!((found.gap["none"] - 0.824529).abs() < 1e-6 && found.gap.len() == 1);
        assert!((of("human", "unknown") - 0.8).abs() < 1e-12 && found.ungrounded);
        assert_eq!((found.cells.len(), found.self_preference.value()), (5, None));
    }

    #[test]
    fn leniency_with_itself_is_told() {
        let mut rows = items([[3, 0], [2, 2]], "human", None);
        rows.iter_mut().for_each(|row| row.own = Some(true));
        let mut others = items([[3, 0], [1, 3]], "human", None);
        others.iter_mut().for_each(|row| row.own = Some(false));
        rows.extend(others);
        let found = grounded_agreement(&rows, &options()).expect("valid");
        assert_eq!((found.self_preference.value(), found.ungrounded), (Some(&0.25), false));
    }

    #[test]
    fn degenerate_items() {
        assert_eq!(grounded_agreement(&[], &options()).expect_err("").code(), "too_few_values");
        let one = items([[1, 0], [0, 0]], "human", None);
        let found = grounded_agreement(&one, &options()).expect("one");
        assert_eq!((found.pooled.value(), found.gap.len()), (None, 0));
        let mut blank = one;
        blank[0].reference_kind = " ".into();
        let error = grounded_agreement(&blank, &options()).expect_err("blank");
        assert_eq!(error.path(), Some("[0].reference_kind"));
    }
}
