//! Is one system better than another, and on how many items would one know? Every two systems by their
//! scores, on the same items (paired bootstrap, approximate randomisation, Wilcoxon, McNemar) or on
//! different ones (Mann-Whitney, Newcombe, Fisher), all of them at once (Kruskal-Wallis), with p-values
//! corrected for their number (Dror et al., 2018; Card et al., 2020).

use std::collections::BTreeMap;

use rubrica_core::Signature;
use rubrica_stats::StatsError;
use rubrica_stats::moments::mean;
use rubrica_stats::significance::{Correction, KruskalWallis, kruskal_wallis};
use serde::{Deserialize, Serialize};

use super::report::{Example, Report};
use super::system_pairs::{Scores, SystemOptions, SystemPair, adjust, apart, mean_of, same_items};
use crate::audit::{Figure, Measured};
use crate::error::{AuditError, Result};
use crate::records::{name, number, optional_name};

/// One system's score on one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemScore {
    /// The system.
    #[serde(deserialize_with = "name")]
    pub system: String,
    /// The score; 1 and 0 for right and wrong.
    #[serde(deserialize_with = "number")]
    pub score: f64,
    /// The item; without items, scores of two systems are independent.
    #[serde(default, alias = "itemId", deserialize_with = "optional_name")]
    pub item_id: Option<String>,
}

/// One system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoredSystem {
    /// Its name.
    pub system: String,
    /// Mean score with its bootstrap interval.
    pub mean: Figure,
    /// Scores.
    pub n: usize,
}

/// All systems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SystemReport {
    /// Best first.
    pub systems: Vec<ScoredSystem>,
    /// Every two, in that order.
    pub pairs: Vec<SystemPair>,
    /// Whether any differs, scores taken as independent.
    pub kruskal_wallis: Measured<KruskalWallis>,
    /// What produced it.
    pub signature: Signature,
}

/// Compares every two systems of `rows`.
///
/// # Errors
/// [`AuditError::Statistic`] without rows or with options out of range; [`AuditError::Input`] for two scores of one
/// item, rows with and without items, or a score that is not finite.
pub fn compare_systems(rows: &[SystemScore], options: &SystemOptions) -> Result<SystemReport> {
    if rows.is_empty() {
        return Err(StatsError::TooFew { what: "rows", found: 0, needed: 1 }.into());
    }
    for (field, value) in [("alpha", options.alpha), ("power", options.power)] {
        if !(value > 0.0 && value < 1.0) {
            return Err(AuditError::invalid(field, format!("is {value}"), "between 0 and 1"));
        }
    }
    if options.exchanges < 10 {
        return Err(AuditError::invalid("exchanges", format!("is {}", options.exchanges), ">= 10"));
    }
    let mut of: BTreeMap<&str, Scores<'_>> = BTreeMap::new();
    let paired = rows[0].item_id.is_some();
    for (index, row) in rows.iter().enumerate() {
        // Sums of larger ones need not be finite.
        if !(0.0..=1e150).contains(&row.score.abs()) {
            let path = format!("[{index}].score");
            return Err(AuditError::invalid(path, format!("is {}", row.score), "-1e150 to 1e150"));
        }
        let empty = || Scores { system: &row.system, values: Vec::new(), items: BTreeMap::new() };
        let scores = of.entry(&row.system).or_insert_with(empty);
        scores.values.push(row.score);
        match row.item_id.as_deref() {
            Some(item) if paired => {
                if scores.items.insert(item, row.score).is_some() {
                    let problem = format!("{} has a second score on {item}", row.system);
                    return Err(AuditError::invalid(format!("[{index}]"), problem, "one score"));
                }
            }
            None if !paired => {}
            _ => {
                let path = format!("[{index}].item_id");
                let problem = if paired { "is missing" } else { "is there" };
                return Err(AuditError::invalid(path, problem, "an item in all rows or in none"));
            }
        }
    }
    let mut systems: Vec<Scores<'_>> = of.into_values().collect();
    let average = |scores: &Scores<'_>| mean(&scores.values).unwrap_or(f64::NEG_INFINITY);
    systems.sort_by(|a, b| average(b).total_cmp(&average(a)));
    let mut pairs = Vec::new();
    for (place, first) in systems.iter().enumerate() {
        for second in &systems[place + 1..] {
            pairs.push(if paired {
                same_items(first, second, options)
            } else {
                apart(first, second, options)
            });
        }
    }
    adjust(&mut pairs, options.correction);
    let groups: Vec<&[f64]> = systems.iter().map(|scores| scores.values.as_slice()).collect();
    let mut signature = Signature::new("compare-systems")
        .with("paired", paired)
        .with("correction", correction_name(options.correction))
        .with("exchanges", options.exchanges)
        .with("power", format!("{}@{}", options.power, options.alpha))
        .with("interval", format!("bootstrap:{}", options.bootstrap.replicates))
        .with("level", options.bootstrap.level);
    signature.seed = Some(options.bootstrap.seed);
    let kruskal_wallis = kruskal_wallis(&groups).into();
    Ok(SystemReport {
        systems: systems
            .iter()
            .map(|scores| ScoredSystem {
                system: scores.system.to_owned(),
                mean: mean_of(&scores.values, &options.bootstrap),
                n: scores.values.len(),
            })
            .collect(),
        pairs,
        kruskal_wallis,
        signature,
    })
}

fn correction_name(correction: Correction) -> &'static str {
    match correction {
        Correction::Bonferroni => "bonferroni",
        Correction::Holm => "holm",
        Correction::BenjaminiHochberg => "benjamini-hochberg",
        Correction::BenjaminiYekutieli => "benjamini-yekutieli",
        _ => "other",
    }
}

impl Report for SystemReport {
    const NAME: &'static str = "compare-systems";
    const QUESTION: &'static str =
        "Is one system better than another, and how many items would tell?";
    const SOURCE: &'static str = "Dror et al., 2018; Card et al., 2020";
    const ROW: &'static str = "system, score, item_id?";
    const EXAMPLE: Example = Example {
        options: r#"{"bootstrap": {"replicates": 50}, "exchanges": 99}"#,
        rows: r#"{"system": "x", "item_id": 1, "score": 1}
{"system": "x", "item_id": 2, "score": 2}
{"system": "x", "item_id": 3, "score": 0}
{"system": "x", "item_id": 4, "score": 1}
{"system": "y", "item_id": 1, "score": 2}
{"system": "y", "item_id": 2, "score": 0}
{"system": "y", "item_id": 3, "score": 1}
{"system": "y", "item_id": 4, "score": 2}
{"system": "z", "item_id": 1, "score": 0}
{"system": "z", "item_id": 2, "score": 1}
{"system": "z", "item_id": 3, "score": 2}
{"system": "z", "item_id": 4, "score": 0}
"#,
    };
    type Row = SystemScore;
    type Options = SystemOptions;

    fn run(rows: Vec<Self::Row>, options: &Self::Options) -> Result<Self> {
        compare_systems(&rows, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_core::Undefined;

    fn rows(of: &[(&str, &[f64])], paired: bool) -> Vec<SystemScore> {
        let mut rows = Vec::new();
        for (system, scores) in of {
            for (item, score) in scores.iter().enumerate() {
                let item_id = paired.then(|| item.to_string());
                rows.push(SystemScore { system: (*system).into(), score: *score, item_id });
            }
        }
        rows
    }

    #[test]
    fn systems_on_the_same_items() {
        let good = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let poor = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0];
        let all = rows(&[("poor", &poor), ("good", &good), ("twin", &good)], true);
        let found = compare_systems(&all, &SystemOptions::default()).expect("valid");
        assert_eq!(found.systems[0].mean.value(), Some(0.9));
        assert_eq!((found.pairs.len(), found.systems[2].system.as_str()), (3, "poor"));
        let pair = found.pairs.iter().find(|p| p.first == "good" && p.second == "poor");
        let pair = pair.expect("compared");
        assert!((pair.difference.value().expect("ten") - 0.6).abs() < 1e-12);
        // Seven items only the first has right, one only the second: 2 · (1 + 8) / 2⁸.
        let mcnemar = pair.mcnemar.as_ref().and_then(Measured::value).expect("binary");
        assert!((mcnemar.p_value - 18.0 / 256.0).abs() < 1e-12);
        let p = pair.randomisation.value().expect("ten").p_value;
        assert!((p - 18.0 / 256.0).abs() < 1e-9, "{p}");
        assert!(pair.items_needed.value().is_some_and(|n| *n > 4 && *n < 20), "{pair:?}");
        assert!(pair.p_adjusted.value() >= Some(&p) && pair.newcombe.is_none());
        let twins = found.pairs.iter().find(|p| p.second == "twin" || p.first == "twin");
        assert!(twins.is_some_and(|p| p.paired && p.n == 10));
        let same = &found.pairs[0];
        let code = |error: Option<&Undefined>| error.expect("undefined").code.clone();
        assert_eq!(code(same.items_needed.error()), "nothing_to_count");
        let wilcoxon = same.wilcoxon.as_ref().and_then(Measured::error);
        assert_eq!(code(wilcoxon), "constant_input");
        assert_eq!(code(same.mcnemar.as_ref().and_then(Measured::error)), "nothing_to_count");
        assert!(found.kruskal_wallis.value().expect("three").p_value < 0.05);
    }

    #[test]
    fn systems_on_items_of_their_own() {
        let (six, three) = ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0], [1.0; 3]);
        let three: Vec<f64> = three.into_iter().chain([0.0; 7]).collect();
        let all = rows(&[("p", &six), ("q", &three)], false);
        let found = compare_systems(&all, &SystemOptions::default()).expect("valid");
        let pair = &found.pairs[0];
        // Six and three of ten, by SciPy 1.17.1.
        let fisher = pair.fisher.as_ref().and_then(Measured::value).expect("binary");
        assert!((fisher.p_value - 0.369850).abs() < 1e-6);
        let newcombe = pair.newcombe.as_ref().and_then(Measured::value).expect("binary");
        assert!((newcombe.value - 0.3).abs() < 1e-12 && newcombe.lower < 0.0);
        assert!(!pair.paired && pair.mann_whitney.is_some() && pair.wilcoxon.is_none());
        // h = 2 asin √.6 − 2 asin √.3 and n = 2 (z.975 + z.8)² / h² = 41.8.
        assert_eq!(pair.items_needed.value(), Some(&42));
        assert!((pair.difference.value().expect("both") - 0.3).abs() < 1e-12);
    }

    #[test]
    fn degenerate_scores_and_mistakes() {
        let path = |rows: &[SystemScore], options: &SystemOptions| {
            let error = compare_systems(rows, options).expect_err("bad");
            error.path().filter(|p| !p.is_empty()).unwrap_or(error.code()).to_owned()
        };
        let plain = SystemOptions::default();
        assert_eq!(path(&[], &plain), "too_few_values");
        assert_eq!(path(&rows(&[("a", &[f64::NAN])], true), &plain), "[0].score");
        let one = rows(&[("a", &[1.0])], true);
        assert_eq!(path(&[one[0].clone(), one[0].clone()], &plain), "[1]");
        let mut mixed = rows(&[("a", &[1.0, 2.0])], true);
        mixed[1].item_id = None;
        assert_eq!(path(&mixed, &plain), "[1].item_id");
        let bad = SystemOptions { power: 1.0, ..plain.clone() };
        assert_eq!(path(&one, &bad), "power");
        let alone = compare_systems(&one, &plain).expect("one system");
        assert_eq!((alone.pairs.len(), alone.kruskal_wallis.value()), (0, None));
        let mut strangers = rows(&[("a", &[1.0]), ("b", &[2.0])], true);
        strangers[1].item_id = Some("other".into());
        let apart = compare_systems(&strangers, &plain).expect("nothing in common");
        assert_eq!((apart.pairs[0].n, apart.pairs[0].difference.value()), (0, None));
        assert!(apart.pairs[0].randomisation.error().is_some());
    }
}
