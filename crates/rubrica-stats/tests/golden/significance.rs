//! Goldens of tests, corrections and power.

use rubrica_stats::moments::mean;
use rubrica_stats::significance::{
    CorrelationPower, PairedPower, PermutationOptions, ProportionPower, RankTest, adjust_p_values,
    correlation_power, fisher_exact, kruskal_wallis, mann_whitney, mcnemar, newcombe, paired_power,
    permutation_test, proportion_power, sign_flip_test, wilcoxon,
};
use toml::Value;

use super::{Case, Check, number};

pub(super) fn checks() -> Vec<(&'static str, Check)> {
    vec![
        ("permutation_test", Box::new(check_permutation)),
        ("sign_flip_test", Box::new(check_sign_flip)),
        ("fisher_exact", Box::new(check_fisher)),
        ("mcnemar", Box::new(check_mcnemar)),
        ("newcombe", Box::new(check_newcombe)),
        ("wilcoxon", Box::new(check_wilcoxon)),
        ("mann_whitney", Box::new(check_mann_whitney)),
        ("kruskal_wallis", Box::new(check_kruskal)),
        ("adjust_p_values", Box::new(check_adjusted)),
        ("proportion_power", Box::new(check_proportion_power)),
        ("paired_power", Box::new(check_paired_power)),
        ("correlation_power", Box::new(check_correlation_power)),
    ]
}

fn exchanges(case: &Case<'_>) -> PermutationOptions {
    let alternative = case.option("alternative");
    PermutationOptions { alternative, ..PermutationOptions::default() }
}

fn check_permutation(case: &Case<'_>) {
    let (a, b) = (case.numbers("a"), case.numbers("b"));
    let found = permutation_test(&a, &b, &exchanges(case), |a, b| Ok(mean(a)? - mean(b)?));
    let found = found.expect("defined");
    case.equal("statistic", found.statistic);
    case.equal("p_value", found.p_value);
}

fn check_sign_flip(case: &Case<'_>) {
    let found = sign_flip_test(&case.numbers("differences"), &exchanges(case)).expect("defined");
    case.equal("statistic", found.statistic);
    case.equal("p_value", found.p_value);
}

fn check_fisher(case: &Case<'_>) {
    let t: Vec<u64> = case.counts("table").into_iter().map(|n| n as u64).collect();
    let found = fisher_exact([[t[0], t[1]], [t[2], t[3]]], case.option("alternative"));
    let found = found.expect("defined");
    case.equal("p_value", found.p_value);
    assert_eq!(found.odds_ratio.is_some(), !case.numbers("odds_ratio").is_empty());
    for (expected, found) in case.numbers("odds_ratio").iter().zip(found.odds_ratio) {
        case.near("odds_ratio", *expected, found);
    }
}

fn check_mcnemar(case: &Case<'_>) {
    let (b, c) = (case.count("first_only"), case.count("second_only"));
    let found = mcnemar(b, c, case.option("exact"), case.option("continuity")).expect("defined");
    case.equal("statistic", found.statistic);
    case.equal("p_value", found.p_value);
}

fn check_newcombe(case: &Case<'_>) {
    let (first, second) = (case.counts("first"), case.counts("second"));
    let found = newcombe((first[0], first[1]), (second[0], second[1]), 0.95).expect("valid");
    case.equal("lower", found.lower);
    case.equal("upper", found.upper);
}

fn rank_test(case: &Case<'_>) -> RankTest {
    RankTest {
        alternative: case.option("alternative"),
        null: case.option("null"),
        continuity: case.option("continuity"),
    }
}

fn check_wilcoxon(case: &Case<'_>) {
    let found = wilcoxon(&case.numbers("differences"), &rank_test(case)).expect("defined");
    case.equal("statistic", found.rank_sum);
    case.equal("p_value", found.p_value);
}

fn check_mann_whitney(case: &Case<'_>) {
    let (a, b) = (case.numbers("a"), case.numbers("b"));
    let found = mann_whitney(&a, &b, &rank_test(case)).expect("defined");
    case.equal("statistic", found.u);
    case.equal("p_value", found.p_value);
}

fn check_kruskal(case: &Case<'_>) {
    let group = |v: &Value| v.as_array().expect("a group").iter().map(number).collect();
    let groups: Vec<Vec<f64>> = case.list("groups", group);
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let found = kruskal_wallis(&slices).expect("defined");
    case.equal("h", found.h);
    case.equal("p_value", found.p_value);
}

fn check_adjusted(case: &Case<'_>) {
    let found = adjust_p_values(&case.numbers("p_values"), case.option("correction"));
    for (expected, found) in case.numbers("expected").iter().zip(found.expect("valid")) {
        case.near("adjusted", *expected, found);
    }
}

/// Sizes are 0 in the golden where the difference has the other sign.
fn check_size(case: &Case<'_>, found: rubrica_stats::Result<usize>) {
    match case.count("size") {
        0 => assert_eq!(found.expect_err("never reached").code(), "out_of_range"),
        size => assert_eq!(found, Ok(size), "{}", case.place),
    }
}

fn check_proportion_power(case: &Case<'_>) {
    let test = ProportionPower {
        first: case.number("first"),
        second: case.number("second"),
        alpha: case.number("alpha"),
        alternative: case.option("alternative"),
    };
    let items = case.counts("items");
    case.equal("power", test.at(items[0], items[1]).expect("valid"));
    check_size(case, proportion_power(&test, 0.8));
}

fn check_paired_power(case: &Case<'_>) {
    let test = PairedPower {
        effect: case.number("effect"),
        alpha: case.number("alpha"),
        alternative: case.option("alternative"),
    };
    case.equal("power", test.at(case.count("n")).expect("valid"));
    check_size(case, paired_power(&test, 0.9));
}

fn check_correlation_power(case: &Case<'_>) {
    let test = CorrelationPower {
        r: case.number("r"),
        alpha: case.number("alpha"),
        alternative: case.option("alternative"),
    };
    case.equal("power", test.at(case.count("n")).expect("valid"));
    check_size(case, correlation_power(&test, 0.8));
}
