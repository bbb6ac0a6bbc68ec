//! Files of which there is little or nothing to say: every door gives finite numbers or tells why not.

mod finite;

use std::collections::BTreeSet;

use finite::{finite, says};
use rubrica_audit::leaderboard::{Battles, Leaderboard, RankMethod, RankOptions, rank};
use rubrica_audit::{
    AgreementOptions, AuditError, ItemRating, JudgeAuditOptions, JudgedPair, agreement, audit_judge,
};

use rubrica_core::Error;
use rubrica_stats::bootstrap::Bootstrap;
use serde_json::json;

fn battles(of: &[(&str, &str, &str, usize)]) -> String {
    let line = |(a, b, winner): (&str, &str, &str)| {
        format!("{}\n", json!({"model_a": a, "model_b": b, "winner": winner}))
    };
    of.iter().map(|(a, b, winner, times)| line((a, b, winner)).repeat(*times)).collect()
}

fn ranked(text: &str, options: &RankOptions) -> Result<Leaderboard, AuditError> {
    rank(&Battles::read(options.method, text.as_bytes())?, options)
}

/// A name, a file, and what each method makes of it: a board, or the code of an error.
type Case = (&'static str, String, Vec<(RankMethod, &'static str)>);

#[test]
fn every_way_to_rank() {
    use RankMethod::{BradleyTerry, Davidson, Elo, KSort, RankCentrality, RaoKupper};
    const RANKED: &str = "ranked";
    let all = |what: &'static str| RankMethod::ALL.map(|method| (method, what)).to_vec();
    let online = |else_: &'static str| {
        let what = |m| if [Elo, KSort].contains(&m) { RANKED } else { else_ };
        RankMethod::ALL.map(|method| (method, what(method))).to_vec()
    };
    let files: Vec<Case> = vec![
        ("no rows", String::new(), all("too_few_values")),
        ("an empty array", "[]".into(), all("too_few_values")),
        ("a header alone", "model_a,model_b,winner\n".into(), all("too_few_values")),
        ("one model", battles(&[("x", "x", "tie", 1)]), all("invalid_input")),
        ("a name that is blank", battles(&[("x", " ", "tie", 1)]), all("invalid_input")),
        ("one battle", battles(&[("x", "y", "model_a", 1)]), online("not_connected")),
        (
            "one tie",
            battles(&[("x", "y", "tie", 1)]),
            vec![
                (BradleyTerry, RANKED),
                (RaoKupper, "nothing_to_count"),
                (Davidson, "nothing_to_count"),
                (RankCentrality, RANKED),
                (Elo, RANKED),
                (KSort, RANKED),
            ],
        ),
        (
            "two battles that cancel out",
            battles(&[("x", "y", "model_a", 1), ("y", "x", "model_a", 1)]),
            vec![
                (BradleyTerry, RANKED),
                (RaoKupper, "nothing_to_count"),
                (Davidson, "nothing_to_count"),
                (RankCentrality, RANKED),
                (Elo, RANKED),
                (KSort, RANKED),
            ],
        ),
        (
            "all ties",
            battles(&[("x", "y", "tie", 9), ("y", "z", "tie", 9), ("z", "x", "tie", 9)]),
            vec![
                (BradleyTerry, RANKED),
                (RaoKupper, "nothing_to_count"),
                (Davidson, "nothing_to_count"),
                (RankCentrality, RANKED),
                (Elo, RANKED),
                (KSort, RANKED),
            ],
        ),
        (
            "two groups that never met",
            battles(&[
                ("x", "y", "model_a", 5),
                ("y", "x", "model_a", 4),
                ("v", "w", "tie", 5),
                ("w", "v", "model_a", 4),
            ]),
            online("not_connected"),
        ),
        (
            "one that never lost",
            battles(&[
                ("x", "y", "model_a", 9),
                ("x", "z", "model_a", 9),
                ("y", "z", "model_a", 5),
                ("z", "y", "model_a", 5),
                ("y", "z", "tie", 2),
            ]),
            online("not_connected"),
        ),
        // Rows that cannot be read, or have no value, are left out and counted, so that none are left.
        ("not a number", "{\"model_a\": NaN}".into(), all("too_few_values")),
        ("half a row", "{\"model_a\": \"x\"".into(), all("parse_error")),
        ("another winner", battles(&[("x", "y", "nan", 1)]), all("invalid_input")),
        ("scores of one model", "model,scenario,score\nx,s,1\n".into(), all("too_few_values")),
        ("a score that is none", "model,scenario,score\nx,s,NaN\n".into(), all("too_few_values")),
    ];
    for (name, text, expected) in files {
        for (method, expected) in expected {
            for bootstrap in [0, 20] {
                let options = RankOptions { method, bootstrap, matrix: true, ..Default::default() };
                let found = match ranked(&text, &options) {
                    Ok(board) => {
                        finite(&board).unwrap_or_else(|e| panic!("{name}, {method}: {e}"));
                        RANKED.to_owned()
                    }
                    Err(error) => {
                        let error = Error::from(error);
                        assert!(says(&error), "{name}, {method}: {error}");
                        error.code().to_owned()
                    }
                };
                // One pass over the battles has no resamples.
                let expected = match (method, bootstrap) {
                    (KSort, 1..) if expected != "parse_error" => "invalid_input",
                    _ => expected,
                };
                // A bootstrap of so few battles may have too few resamples that can be ranked.
                let unstable = bootstrap > 0 && found == "unstable_statistic";
                assert!(found == expected || unstable, "{name}, {method}, {bootstrap}: {found}");
            }
        }
    }
}

fn agreed(text: &str) -> Result<(BTreeSet<&'static str>, BTreeSet<&'static str>), AuditError> {
    let rows = ItemRating::read_all(text.as_bytes())?;
    let bootstrap = Bootstrap { replicates: 50, ..Bootstrap::default() };
    let report = agreement(&rows, &AgreementOptions { bootstrap })?;
    finite(&report).unwrap_or_else(|e| panic!("{text}: {e}"));
    for (name, why) in &report.undefined {
        assert!(why.reason.contains("; expected") && !why.code.is_empty(), "{name}: {why:?}");
    }
    Ok((report.coefficients.into_keys().collect(), report.undefined.into_keys().collect()))
}

fn ratings(of: &[(usize, &str, &str)]) -> String {
    let head = "item_id,rater_id,value\n".to_owned();
    head + &of.iter().map(|(i, r, v)| format!("{i},{r},{v}\n")).collect::<String>()
}

#[test]
fn every_coefficient_of_agreement() {
    for (text, code) in [
        (String::new(), "too_few_values"),
        ("item_id,rater_id,value\n".into(), "too_few_values"),
        (ratings(&[(1, "a", "1"), (1, "a", "2")]), "invalid_input"),
        // No value is a missing rating, so there are none.
        ("{\"item_id\":1,\"rater_id\":\"a\",\"value\":null}".into(), "too_few_values"),
        ("{\"item_id\":1,\"rater_id\":\"a\",\"value\":NaN}".into(), "too_few_values"),
    ] {
        assert_eq!(agreed(&text).expect_err(&text).code(), code, "{text}");
    }
    let one = agreed(&ratings(&[(1, "a", "3")])).expect("one rating");
    assert!(one.0.is_empty() && one.1.len() == 22, "{one:?}");
    let alone =
        agreed(&ratings(&[(1, "a", "3"), (2, "a", "4"), (3, "a", "5")])).expect("one rater");
    assert!(alone.0.is_empty(), "{alone:?}");
    let apart = agreed(&ratings(&[(1, "a", "3"), (2, "b", "4")])).expect("no common item");
    assert!(apart.0.is_empty(), "{apart:?}");
    // All of one value: agreement that is not beyond chance is no number.
    let flat: Vec<_> = (0..9).flat_map(|i| [(i, "a", "3"), (i, "b", "3")]).collect();
    let (defined, undefined) = agreed(&ratings(&flat)).expect("constant");
    assert!(defined.contains("percent_agreement"), "{defined:?}");
    for name in ["cohen_kappa", "krippendorff_alpha_nominal", "pearson", "kendall_tau_b", "icc_2_1"]
    {
        assert!(undefined.contains(name), "{name}: {defined:?}");
    }
    // Names are two categories, and no numbers.
    let named: Vec<_> =
        (0..9).flat_map(|i| [(i, "a", "y"), (i, "b", if i < 4 { "y" } else { "x" })]).collect();
    assert!(!agreed(&ratings(&named)).expect("names").1.contains("pearson"));
    for huge in ["1e308", "-1e308", "1e-308"] {
        let rows: Vec<_> = (0..6).flat_map(|i| [(i, "a", huge), (i, "b", "1")]).collect();
        agreed(&ratings(&rows)).expect("told");
    }
    for n in 1..5 {
        let rows: Vec<_> = (0..n).flat_map(|i| [(i, "a", "1"), (i, "b", "2")]).collect();
        agreed(&ratings(&rows)).expect("told");
    }
}

fn audited(text: &str) -> Result<serde_json::Value, AuditError> {
    let bootstrap = Bootstrap { replicates: 50, ..Bootstrap::default() };
    let options = JudgeAuditOptions { bootstrap, ..JudgeAuditOptions::default() };
    let audit = audit_judge(&JudgedPair::read_all(text.as_bytes(), &options)?, &options)?;
    finite(&audit).unwrap_or_else(|e| panic!("{text}: {e}"));
    Ok(serde_json::to_value(&audit).expect("JSON"))
}

#[test]
fn every_figure_of_a_judge() {
    for (text, code) in [
        ("", "too_few_values"),
        ("[]", "too_few_values"),
        ("{\"id\":1,\"label\":\"C\"}", "parse_error"),
        ("id,label,len_a\n1,A,-1\n", "invalid_input"),
        ("id,label,probability\n1,A,1.5\n", "invalid_input"),
    ] {
        assert_eq!(audited(text).expect_err(text).code(), code, "{text}");
    }
    // A length that is not there is missing: nothing is counted of it.
    for text in ["{\"id\":1,\"label\":\"A\",\"len_a\":NaN}", "id,label,len_a\n1,A,NaN\n"] {
        assert!(audited(text).expect(text).get("length").is_none(), "{text}");
    }
    let undefined = |audit: &serde_json::Value, path: &str| {
        let figure = audit.pointer(path).unwrap_or_else(|| panic!("no {path}"));
        assert!(
            figure["value"].is_null() && figure["error"]["code"].is_string(),
            "{path}: {figure}"
        );
    };
    let silent = audited("id,label,len_a,len_b,probability\n1,tie,5,5,0.5\n").expect("told");
    for path in [
        "/position/prefers_first",
        "/length/prefers_longer",
        "/length/excess",
        "/length/accuracy_longer_better",
        "/calibration/brier",
        "/kappa",
    ] {
        undefined(&silent, path);
    }
    // One verdict throughout, and one label throughout: perfect separation and none.
    let mut rows = String::from("id,label,verdict_ab,verdict_ba,len_a,len_b,probability\n");
    for i in 0..9 {
        rows += &format!("{i},A,A,A,9,4,1\n");
    }
    let sure = audited(&rows).expect("constant");
    assert_eq!(sure["accuracy"]["value"], 1.0);
    undefined(&sure, "/kappa");
    undefined(&sure, "/length/accuracy_shorter_better");
    let wrong = audited(&rows.replace(",A,A,A,", ",B,A,A,")).expect("constant");
    assert_eq!(wrong["accuracy"]["value"], 0.0);
    assert_eq!(wrong["calibration"]["brier"]["value"], 1.0);
}
