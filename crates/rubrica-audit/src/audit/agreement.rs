//! Raters against each other: every coefficient of agreement that the ratings allow.

use std::collections::{BTreeMap, BTreeSet};

use rubrica_core::{Signature, Undefined};
use rubrica_stats::agreement::{
    AgreementWeights, IccForm, KappaWeights, Metric, Ratings, cohen_kappa, fleiss_kappa, gwet_ac1,
    gwet_ac2, icc, kendall_w, krippendorff_alpha,
};
use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
use rubrica_stats::correlation::{kendall_tau_b, pearson, spearman};
use rubrica_stats::{Estimate, StatsError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Figure;
use crate::error::{AuditError, Result};
use crate::records::{is_missing, name};

/// A rating: a number on a scale, or the name of a category.
#[derive(Debug, Clone, PartialEq)]
pub enum RatedValue {
    /// A finite number.
    Number(f64),
    /// A category.
    Category(String),
}

impl<'de> Deserialize<'de> for RatedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if is_missing(&value) {
            return Err(D::Error::custom("is missing; expected a rating"));
        }
        let text = name(value).map_err(D::Error::custom)?;
        Ok(match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ => Self::Category(text),
        })
    }
}

/// One rating of one item by one rater.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ItemRating {
    /// What was rated.
    #[serde(alias = "itemId", deserialize_with = "name")]
    pub item_id: String,
    /// Who rated.
    #[serde(alias = "raterId", deserialize_with = "name")]
    pub rater_id: String,
    /// The rating.
    pub value: RatedValue,
    /// Group of the item, for a breakdown.
    #[serde(default)]
    pub stratum: Option<String>,
}

/// How to compute agreement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgreementOptions {
    /// Resamples of the items, level and seed of the intervals.
    pub bootstrap: Bootstrap,
}

/// What the ratings say of the raters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementReport {
    /// Items.
    pub items: usize,
    /// Raters, by name.
    pub raters: Vec<String>,
    /// Ratings there are, of `items` times raters.
    pub ratings: usize,
    /// The categories, when values are names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Coefficients that are defined, with bootstrap intervals over items.
    pub coefficients: BTreeMap<&'static str, Estimate>,
    /// The others, and why.
    pub undefined: BTreeMap<&'static str, Undefined>,
    /// Items by stratum, if rows have any: Cohen's kappa for two raters, else Krippendorff's nominal
    /// alpha.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_stratum: BTreeMap<String, StratumAgreement>,
    /// What produced it.
    pub signature: Signature,
}

/// Agreement on the items of one stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StratumAgreement {
    /// Items.
    pub items: usize,
    /// `cohen_kappa` or `krippendorff_alpha_nominal`.
    pub coefficient: &'static str,
    /// Its value.
    pub agreement: Figure,
}

type Coefficient = fn(&Ratings) -> rubrica_stats::Result<f64>;

/// Coefficients for values of any kind.
const NOMINAL: [(&str, Coefficient); 5] = [
    ("percent_agreement", percent_agreement),
    ("cohen_kappa", |r| kappa(r, KappaWeights::None)),
    ("fleiss_kappa", fleiss_kappa),
    ("krippendorff_alpha_nominal", |r| krippendorff_alpha(r, Metric::Nominal)),
    ("gwet_ac1", |r| gwet_ac1(r, None)),
];

/// Coefficients for numbers.
const NUMERIC: [(&str, Coefficient); 17] = [
    ("cohen_kappa_linear", |r| kappa(r, KappaWeights::Linear)),
    ("cohen_kappa_quadratic", |r| kappa(r, KappaWeights::Quadratic)),
    ("krippendorff_alpha_ordinal", |r| krippendorff_alpha(r, Metric::Ordinal)),
    ("krippendorff_alpha_interval", |r| krippendorff_alpha(r, Metric::Interval)),
    ("krippendorff_alpha_ratio", |r| krippendorff_alpha(r, Metric::Ratio)),
    ("gwet_ac2_linear", |r| gwet_ac2(r, AgreementWeights::Linear, None)),
    ("gwet_ac2_quadratic", |r| gwet_ac2(r, AgreementWeights::Quadratic, None)),
    ("icc_1_1", |r| intraclass(r, IccForm::OneWaySingle)),
    ("icc_2_1", |r| intraclass(r, IccForm::AgreementSingle)),
    ("icc_3_1", |r| intraclass(r, IccForm::ConsistencySingle)),
    ("icc_1_k", |r| intraclass(r, IccForm::OneWayMean)),
    ("icc_2_k", |r| intraclass(r, IccForm::AgreementMean)),
    ("icc_3_k", |r| intraclass(r, IccForm::ConsistencyMean)),
    ("kendall_w", |r| Ok(kendall_w(r)?.w)),
    ("pearson", |r| of_two(r, pearson)),
    ("spearman", |r| of_two(r, spearman)),
    ("kendall_tau_b", |r| of_two(r, kendall_tau_b)),
];

/// Every coefficient that is defined on `rows`.
///
/// # Errors
/// [`AuditError::Input`] when an item has two ratings of one rater or two strata, or when numbers and
/// names are mixed; [`AuditError::Statistic`] without rows, or with options out of range.
pub fn agreement(rows: &[ItemRating], options: &AgreementOptions) -> Result<AgreementReport> {
    let items = distinct(rows.iter().map(|row| row.item_id.as_str()));
    let raters = distinct(rows.iter().map(|row| row.rater_id.as_str()));
    let (codes, categories) = codes(rows)?;
    let place = |all: &[&str], name: &str| all.binary_search(&name).unwrap_or_default();
    let mut cells = vec![None; items.len() * raters.len()];
    let mut strata: Vec<Option<&str>> = vec![None; items.len()];
    for (index, (row, code)) in rows.iter().zip(codes).enumerate() {
        let item = place(&items, &row.item_id);
        let cell = &mut cells[item * raters.len() + place(&raters, &row.rater_id)];
        if cell.replace(code).is_some() {
            let problem = format!("{} rates {} a second time", row.rater_id, row.item_id);
            return Err(AuditError::invalid(
                format!("[{index}]"),
                problem,
                "one rating of an item",
            ));
        }
        if let Some(stratum) = row.stratum.as_deref() {
            let of_item = strata[item].get_or_insert(stratum);
            if *of_item != stratum {
                let problem = format!("{} is in `{of_item}` and in `{stratum}`", row.item_id);
                let path = format!("[{index}].stratum");
                return Err(AuditError::invalid(path, problem, "one stratum for an item"));
            }
        }
    }
    let ratings = Ratings::new(cells, raters.len())?;
    let numeric = categories.is_empty();
    let mut coefficients = BTreeMap::new();
    let mut undefined = BTreeMap::new();
    let wanted = NOMINAL.iter().chain(NUMERIC.iter().filter(|_| numeric));
    for &(name, coefficient) in wanted {
        match estimate(&ratings, coefficient, &options.bootstrap) {
            Ok(found) => drop(coefficients.insert(name, found)),
            Err(error) => {
                let (code, reason) = (error.code().to_owned(), error.to_string());
                undefined.insert(name, Undefined { code, reason });
            }
        }
    }
    if items.is_empty() {
        return Err(StatsError::TooFew { what: "ratings", found: 0, needed: 1 }.into());
    }
    let by_stratum = by_stratum(&ratings, &strata, &options.bootstrap);
    let mut signature = Signature::new("agreement")
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    Ok(AgreementReport {
        items: items.len(),
        ratings: rows.len(),
        raters: raters.into_iter().map(str::to_owned).collect(),
        categories,
        coefficients,
        undefined,
        by_stratum,
        signature,
    })
}

fn distinct<'r>(names: impl Iterator<Item = &'r str>) -> Vec<&'r str> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Values as numbers; names become their places in the sorted list of names, which comes with them.
fn codes(rows: &[ItemRating]) -> Result<(Vec<f64>, Vec<String>)> {
    let mut names = BTreeSet::new();
    let mut numbers = Vec::new();
    for row in rows {
        match &row.value {
            RatedValue::Number(number) => numbers.push(*number),
            RatedValue::Category(name) => drop(names.insert(name.as_str())),
        }
    }
    if names.is_empty() {
        return Ok((numbers, Vec::new()));
    }
    let as_name = |value: &RatedValue| match value {
        RatedValue::Number(number) => number.to_string(),
        RatedValue::Category(name) => name.clone(),
    };
    // A number among names is one more name.
    let all: BTreeSet<String> = rows.iter().map(|row| as_name(&row.value)).collect();
    let all: Vec<String> = all.into_iter().collect();
    let code =
        |row: &ItemRating| all.binary_search(&as_name(&row.value)).unwrap_or_default() as f64;
    Ok((rows.iter().map(code).collect(), all))
}

fn estimate(
    ratings: &Ratings,
    coefficient: Coefficient,
    options: &Bootstrap,
) -> rubrica_stats::Result<Estimate> {
    let units = Units::items(ratings.items());
    bootstrap(&units, options, |items| coefficient(&ratings.take_items(items)))
}

fn by_stratum(
    ratings: &Ratings,
    strata: &[Option<&str>],
    options: &Bootstrap,
) -> BTreeMap<String, StratumAgreement> {
    let (name, coefficient): (_, Coefficient) = match ratings.raters() {
        2 => ("cohen_kappa", |r| kappa(r, KappaWeights::None)),
        _ => ("krippendorff_alpha_nominal", |r| krippendorff_alpha(r, Metric::Nominal)),
    };
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (item, stratum) in strata.iter().enumerate() {
        if let Some(stratum) = stratum {
            members.entry((*stratum).to_owned()).or_default().push(item);
        }
    }
    let report = |items: Vec<usize>| StratumAgreement {
        items: items.len(),
        coefficient: name,
        agreement: estimate(&ratings.take_items(&items), coefficient, options).into(),
    };
    members.into_iter().map(|(stratum, items)| (stratum, report(items))).collect()
}

/// The ratings of two raters on the items that both rated.
fn pairs_of_two(ratings: &Ratings) -> rubrica_stats::Result<(Vec<f64>, Vec<f64>)> {
    if ratings.raters() != 2 {
        let (what, value) = ("raters".to_owned(), ratings.raters() as f64);
        return Err(StatsError::OutOfRange { what, value, expected: "two raters" });
    }
    Ok(ratings.rows().filter_map(|row| Some((row[0]?, row[1]?))).unzip())
}

fn of_two(
    ratings: &Ratings,
    statistic: fn(&[f64], &[f64]) -> rubrica_stats::Result<f64>,
) -> rubrica_stats::Result<f64> {
    let (a, b) = pairs_of_two(ratings)?;
    statistic(&a, &b)
}

fn kappa(ratings: &Ratings, weights: KappaWeights) -> rubrica_stats::Result<f64> {
    let (a, b) = pairs_of_two(ratings)?;
    let mut points: Vec<f64> = a.iter().chain(&b).copied().collect();
    points.sort_by(f64::total_cmp);
    points.dedup();
    let place = |values: &[f64]| -> Vec<usize> {
        values.iter().map(|v| points.partition_point(|p| p < v)).collect()
    };
    cohen_kappa(&place(&a), &place(&b), weights)
}

fn intraclass(ratings: &Ratings, form: IccForm) -> rubrica_stats::Result<f64> {
    Ok(icc(ratings, form, 0.95)?.value)
}

/// Share of pairs of ratings of one item that are equal.
fn percent_agreement(ratings: &Ratings) -> rubrica_stats::Result<f64> {
    let (mut equal, mut pairs) = (0usize, 0usize);
    for row in ratings.rows() {
        let given: Vec<f64> = row.iter().copied().flatten().collect();
        for (i, a) in given.iter().enumerate() {
            pairs += given.len() - i - 1;
            equal += given[i + 1..].iter().filter(|b| a == *b).count();
        }
    }
    if pairs == 0 {
        let expected = "an item with two ratings";
        return Err(StatsError::NothingToCount { what: "ratings", expected });
    }
    Ok(equal as f64 / pairs as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(item: usize, rater: &str, value: RatedValue) -> ItemRating {
        let (item_id, rater_id) = (item.to_string(), rater.to_owned());
        ItemRating { item_id, rater_id, value, stratum: None }
    }

    fn number(value: f64) -> RatedValue {
        RatedValue::Number(value)
    }

    /// The ratings of two people by category, as a table of counts.
    fn table(counts: [[usize; 2]; 2], stratum: &str, first: usize) -> Vec<ItemRating> {
        let mut rows = Vec::new();
        let mut item = first;
        for (a, line) in counts.iter().enumerate() {
            for (b, &count) in line.iter().enumerate() {
                for _ in 0..count {
                    for (rater, value) in [("people", a), ("judge", b)] {
                        let mut one = row(item, rater, RatedValue::Category(format!("c{value}")));
                        one.stratum = Some(stratum.into());
                        rows.push(one);
                    }
                    item += 1;
                }
            }
        }
        rows
    }

    /// The strata of No Free Labels, from the published tables.
    #[test]
    fn strata_show_what_the_whole_hides() {
        let mut rows = table([[40, 2], [3, 35]], "right", 0);
        rows.extend(table([[10, 10], [9, 11]], "wrong", 1000));
        let report = agreement(&rows, &AgreementOptions::default()).expect("two raters");
        let kappa = report.coefficients["cohen_kappa"].value;
        assert!((kappa - 0.599555).abs() < 1e-6, "{kappa}");
        let of = |stratum: &str| report.by_stratum[stratum].agreement.value().expect("defined");
        assert!((of("right") - 0.874529).abs() < 1e-6);
        assert!((of("wrong") - 0.05).abs() < 1e-9);
        assert_eq!(report.categories, ["c0", "c1"]);
        assert!(!report.coefficients.contains_key("pearson"));
        let bounds = &report.coefficients["cohen_kappa"];
        assert!(bounds.lower < kappa && kappa < bounds.upper);
    }

    #[test]
    fn numbers_have_all_coefficients() {
        let given =
            [[1.0, 1.0, 2.0], [2.0, 3.0, 2.0], [4.0, 4.0, 5.0], [3.0, 3.0, 3.0], [5.0, 4.0, 5.0]];
        let mut rows = Vec::new();
        for (item, values) in given.iter().enumerate() {
            for (rater, value) in ["x", "y", "z"].into_iter().zip(values) {
                rows.push(row(item, rater, number(*value)));
            }
        }
        let report = agreement(&rows, &AgreementOptions::default()).expect("three raters");
        for name in ["krippendorff_alpha_interval", "icc_2_1", "kendall_w", "gwet_ac2_quadratic"] {
            assert!(report.coefficients[name].value > 0.6, "{name}");
        }
        assert_eq!(report.undefined["pearson"].code, "out_of_range");
        assert_eq!((report.items, report.ratings, report.raters.len()), (5, 15, 3));
        // A missing rating leaves those that allow for it.
        rows.pop();
        let report = agreement(&rows, &AgreementOptions::default()).expect("one is missing");
        assert!(report.coefficients.contains_key("krippendorff_alpha_ordinal"));
        assert!(report.undefined.contains_key("icc_1_1"));
    }

    #[test]
    fn mistakes_are_named() {
        let twice = [row(1, "x", number(1.0)), row(1, "x", number(2.0))];
        let error = agreement(&twice, &AgreementOptions::default()).expect_err("twice");
        assert!(error.path() == Some("[1]") && error.to_string().contains("a second time"));
        let none = agreement(&[], &AgreementOptions::default()).expect_err("none");
        assert_eq!(none.code(), "too_few_values");
        let one = [row(1, "x", number(1.0))];
        let report =
            agreement(&one, &AgreementOptions::default()).expect("a report without figures");
        assert!(report.coefficients.is_empty());
        assert!(report.undefined.len() > 10);
    }
}
