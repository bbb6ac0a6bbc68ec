//! Two systems by their scores, on the same items or on different ones.

use std::collections::BTreeMap;

use rubrica_stats::bootstrap::Bootstrap;
use rubrica_stats::moments::{mean, standard_deviation};
use rubrica_stats::significance::{
    Alternative, Correction, FisherExact, MannWhitney, McNemar, PairedPower, PermutationOptions,
    ProportionPower, Randomisation, RankTest, Wilcoxon, adjust_p_values, fisher_exact,
    mann_whitney, mcnemar, newcombe, paired_power, permutation_test, proportion_power,
    sign_flip_test, wilcoxon,
};
use rubrica_stats::{Estimate, StatsError, take};
use serde::{Deserialize, Serialize};

use crate::audit::{Figure, Measured};

/// How to compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SystemOptions {
    /// What is kept small over all pairs.
    pub correction: Correction,
    /// Significance level of the sample-size estimate, between 0 and 1.
    pub alpha: f64,
    /// Power of the sample-size estimate, between 0 and 1.
    pub power: f64,
    /// Exchanges of the randomisation test.
    pub exchanges: usize,
    /// Resamples, level and seed of the intervals; the seed of the exchanges too.
    pub bootstrap: Bootstrap,
}

impl Default for SystemOptions {
    fn default() -> Self {
        Self {
            correction: Correction::Holm,
            alpha: 0.05,
            power: 0.8,
            exchanges: PermutationOptions::default().exchanges,
            bootstrap: Bootstrap::default(),
        }
    }
}

/// Two systems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemPair {
    /// The one with the higher mean.
    pub first: String,
    /// The other.
    pub second: String,
    /// Whether they were compared on common items.
    pub paired: bool,
    /// Those items; for independent scores all of both.
    pub n: usize,
    /// Mean of the first less mean of the second.
    pub difference: Figure,
    /// Randomisation test of that difference: signs of differences flipped, or scores exchanged.
    pub randomisation: Measured<Randomisation>,
    /// p of that test, corrected for the number of pairs.
    pub p_adjusted: Measured,
    /// Wilcoxon's signed-rank test, on common items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wilcoxon: Option<Measured<Wilcoxon>>,
    /// McNemar's exact test, on common items that are right or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcnemar: Option<Measured<McNemar>>,
    /// The Mann-Whitney test, of independent scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mann_whitney: Option<Measured<MannWhitney>>,
    /// Newcombe's interval of the difference, of independent right and wrong scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newcombe: Option<Measured<Estimate>>,
    /// Fisher's exact test, of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fisher: Option<Measured<FisherExact>>,
    /// Items (of each system, if independent) with which such a difference would be found with the wanted
    /// power; undefined when these show no difference, or would need a billion.
    pub items_needed: Measured<usize>,
}

/// Scores of one system, by item where there are items.
pub(super) struct Scores<'r> {
    pub(super) system: &'r str,
    pub(super) values: Vec<f64>,
    pub(super) items: BTreeMap<&'r str, f64>,
}

/// The mean with its bootstrap interval.
pub(super) fn mean_of(values: &[f64], options: &Bootstrap) -> Figure {
    Figure::of_items(values.len(), options, |items| mean(&take(values, items)))
}

fn exchanges(options: &SystemOptions) -> PermutationOptions {
    PermutationOptions {
        exchanges: options.exchanges,
        seed: options.bootstrap.seed,
        alternative: Alternative::TwoSided,
    }
}

/// What two systems have in common before any test.
fn pair(
    [first, second]: [&Scores<'_>; 2],
    n: usize,
    difference: Figure,
    test: rubrica_stats::Result<Randomisation>,
) -> SystemPair {
    SystemPair {
        first: first.system.to_owned(),
        second: second.system.to_owned(),
        paired: false,
        n,
        difference,
        // Corrected when all are known.
        p_adjusted: test.as_ref().map(|test| test.p_value).map_err(Clone::clone).into(),
        randomisation: test.into(),
        wilcoxon: None,
        mcnemar: None,
        mann_whitney: None,
        newcombe: None,
        fisher: None,
        items_needed: no_difference().into(),
    }
}

fn no_difference() -> StatsError {
    StatsError::NothingToCount { what: "scores", expected: "a difference that items could show" }
}

/// True when all scores are 0 or 1.
fn is_binary(values: &[f64]) -> bool {
    values.iter().all(|v| *v == 0.0 || *v == 1.0)
}

/// Two systems on the items that both have.
pub(super) fn same_items(
    first: &Scores<'_>,
    second: &Scores<'_>,
    options: &SystemOptions,
) -> SystemPair {
    let common = first.items.iter().filter_map(|(item, a)| Some((*a, *second.items.get(item)?)));
    let (a, b): (Vec<f64>, Vec<f64>) = common.unzip();
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let test = sign_flip_test(&differences, &exchanges(options));
    let difference = mean_of(&differences, &options.bootstrap);
    let mut pair = pair([first, second], differences.len(), difference, test);
    pair.paired = true;
    pair.wilcoxon = Some(wilcoxon(&differences, &RankTest::default()).into());
    if is_binary(&a) && is_binary(&b) {
        let only = |sign: f64| differences.iter().filter(|d| **d == sign).count();
        pair.mcnemar = Some(mcnemar(only(1.0), only(-1.0), true, true).into());
    }
    pair.items_needed = mean(&differences)
        .and_then(|mean| match (mean, standard_deviation(&differences)?) {
            (0.0, _) => Err(no_difference()),
            (_, 0.0) => Err(StatsError::Constant { what: "differences" }),
            (mean, spread) => paired_power(
                &PairedPower {
                    effect: mean / spread,
                    alpha: options.alpha,
                    alternative: Alternative::TwoSided,
                },
                options.power,
            ),
        })
        .into();
    pair
}

/// Two systems on items of their own.
pub(super) fn apart(
    first: &Scores<'_>,
    second: &Scores<'_>,
    options: &SystemOptions,
) -> SystemPair {
    let (a, b) = (&first.values, &second.values);
    let n = a.len() + b.len();
    // Each sample is drawn anew for itself.
    let strata: Vec<bool> = (0..n).map(|i| i < a.len()).collect();
    let all: Vec<f64> = a.iter().chain(b).copied().collect();
    let gap = |items: &[usize]| {
        let part = |of_first: bool| -> Vec<f64> {
            items.iter().filter(|i| strata[**i] == of_first).map(|i| all[*i]).collect()
        };
        Ok(mean(&part(true))? - mean(&part(false))?)
    };
    let difference = rubrica_stats::bootstrap::Units::stratified(&strata)
        .and_then(|units| rubrica_stats::bootstrap::bootstrap(&units, &options.bootstrap, gap));
    let apart = |a: &[f64], b: &[f64]| Ok(mean(a)? - mean(b)?);
    let test = permutation_test(a, b, &exchanges(options), apart);
    let mut pair = pair([first, second], n, difference.into(), test);
    pair.mann_whitney = Some(mann_whitney(a, b, &RankTest::default()).into());
    if is_binary(a) && is_binary(b) {
        let right = |values: &[f64]| values.iter().filter(|v| **v == 1.0).count();
        let (x, y) = (right(a), right(b));
        let level = options.bootstrap.level;
        pair.newcombe = Some(newcombe((x, a.len()), (y, b.len()), level).into());
        let row = |right: usize, n: usize| [right as u64, (n - right) as u64];
        let table = [row(x, a.len()), row(y, b.len())];
        pair.fisher = Some(fisher_exact(table, Alternative::TwoSided).into());
        let test = ProportionPower {
            first: x as f64 / a.len() as f64,
            second: y as f64 / b.len() as f64,
            alpha: options.alpha,
            alternative: Alternative::TwoSided,
        };
        pair.items_needed = match test.first == test.second {
            true => no_difference().into(),
            false => proportion_power(&test, options.power).into(),
        };
    } else {
        let expected = "scores of 0 and 1, or items in common";
        pair.items_needed = StatsError::NothingToCount { what: "scores", expected }.into();
    }
    pair
}

pub(super) fn adjust(pairs: &mut [SystemPair], correction: Correction) {
    let tested = pairs.iter_mut().filter_map(|pair| Some((*pair.p_adjusted.value()?, pair)));
    let (p, tested): (Vec<f64>, Vec<&mut SystemPair>) = tested.unzip();
    if let Ok(adjusted) = adjust_p_values(&p, correction) {
        for (pair, p) in tested.into_iter().zip(adjusted) {
            pair.p_adjusted = Measured::Value(p);
        }
    }
}
