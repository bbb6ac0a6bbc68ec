use super::*;
use PrincipleVote::{Agree, Both, Disagree, Invalid, Neither, NotApplicable};

/// Votes of one principle, each on a comparison of its own.
fn votes(principle: &str, of: &[(PrincipleVote, usize)]) -> Vec<VotedComparison> {
    let all = of.iter().flat_map(|(vote, times)| std::iter::repeat_n(*vote, *times));
    let row = |(index, vote): (usize, PrincipleVote)| vote_on(principle, index, None, vote);
    all.enumerate().map(row).collect()
}

fn vote_on(
    principle: &str,
    comparison: usize,
    seed: Option<&str>,
    vote: PrincipleVote,
) -> VotedComparison {
    VotedComparison {
        comparison_id: comparison.to_string(),
        seed: seed.map(str::to_owned),
        votes: BTreeMap::from([(principle.to_owned(), vote)]),
    }
}

fn run(rows: &[VotedComparison], options: PrinciplesOptions) -> PrinciplesReport {
    principles(rows, &options).expect("valid")
}

#[test]
fn shares_of_votes() {
    let of = [(Agree, 6), (Disagree, 2), (Both, 1), (Neither, 3), (NotApplicable, 6), (Invalid, 2)];
    let one = run(&votes("p", &of), PrinciplesOptions::default()).principles.remove(0);
    assert_eq!((one.n, one.split, one.kept), (20, 0, true));
    assert_eq!((one.votes.both, one.votes.neither), (1, 3));
    assert_eq!((one.agreement, one.relevance, one.perf), (0.3, 0.4, 0.2));
    let Figure::Estimate(accuracy) = one.accuracy else { panic!("six of eight") };
    assert_eq!((accuracy.value, accuracy.n), (0.75, 8));
    assert!((accuracy.lower - 0.409276).abs() < 1e-6 && (accuracy.upper - 0.928521).abs() < 1e-6);
    assert!((one.perf - (accuracy.value - 0.5) * 2.0 * one.relevance).abs() < 1e-12);
    let compat = PrinciplesOptions { compat: true, ..PrinciplesOptions::default() };
    let official = run(&votes("p", &of), compat).principles.remove(0);
    assert_eq!((official.votes.both, official.votes.neither, official.n), (4, 0, 20));
}

#[test]
fn nothing_that_agrees_or_disagrees() {
    let rows = votes("p", &[(Both, 2), (Invalid, 1)]);
    let one = run(&rows, PrinciplesOptions::default()).principles.remove(0);
    let Figure::Undefined { error, .. } = &one.accuracy else { panic!("{one:?}") };
    assert_eq!(error.code, "too_few_values");
    assert!(error.reason.contains("agree or disagree"), "{}", error.reason);
    assert_eq!((one.relevance, one.perf, one.dropped), (0.0, 0.0, Some(Dropped::NoMajority)));
    let compat = PrinciplesOptions { compat: true, ..PrinciplesOptions::default() };
    let official = run(&rows, compat).principles.remove(0);
    let Figure::Estimate(accuracy) = official.accuracy else { panic!("{official:?}") };
    assert_eq!((accuracy.value, accuracy.lower, accuracy.upper), (0.0, 0.0, 1.0));
}

#[test]
fn seeds_that_differ_do_not_apply() {
    let mut rows = Vec::new();
    for (comparison, said) in [
        [Agree, Agree, Agree],
        [Agree, Agree, Disagree],
        [Agree, Disagree, Neither],
        [Invalid, Invalid, Invalid],
    ]
    .into_iter()
    .enumerate()
    {
        for (seed, vote) in ["1", "2", "3"].into_iter().zip(said) {
            rows.push(vote_on("p", comparison, Some(seed), vote));
        }
    }
    let counts = |seeds| {
        let options = PrinciplesOptions { seeds, ..PrinciplesOptions::default() };
        let one = run(&rows, options).principles.remove(0);
        (one.n, one.votes.agree, one.votes.not_applicable, one.votes.invalid, one.split)
    };
    assert_eq!(counts(SeedRule::Unanimous), (4, 1, 2, 1, 2));
    assert_eq!(counts(SeedRule::Majority), (4, 2, 1, 1, 1));
    // Half is not more than half.
    let even = [vote_on("p", 0, None, Agree), vote_on("p", 0, None, Disagree)];
    let options = PrinciplesOptions { seeds: SeedRule::Majority, ..Default::default() };
    assert_eq!(run(&even, options).principles[0].split, 1);
}

#[test]
fn what_is_kept_and_why_not() {
    let mut rows = Vec::new();
    for (principle, of) in [
        ("b", [(Agree, 5), (Disagree, 1), (NotApplicable, 0), (Invalid, 0)]),
        ("a", [(Agree, 4), (Disagree, 0), (NotApplicable, 6), (Invalid, 0)]),
        ("even", [(Agree, 3), (Disagree, 3), (NotApplicable, 0), (Invalid, 0)]),
        ("late", [(Agree, 2), (Disagree, 1), (NotApplicable, 0), (Invalid, 0)]),
        ("rare", [(Agree, 3), (Disagree, 1), (Both, 27), (Invalid, 0)]),
        ("garbled", [(Agree, 5), (Disagree, 0), (NotApplicable, 1), (Invalid, 6)]),
    ] {
        rows.extend(votes(principle, &of));
    }
    let limit = PrinciplesOptions { max_principles: Some(2), ..Default::default() };
    let found = run(&rows, limit.clone());
    assert_eq!((found.constitution, found.comparisons), (vec!["a".into(), "b".to_owned()], 31));
    let table: Vec<(&str, Option<Dropped>)> =
        found.principles.iter().map(|one| (one.principle.as_str(), one.dropped)).collect();
    let expected = [
        ("garbled", Some(Dropped::MostlyInvalid)),
        ("a", None),
        ("b", None),
        ("rare", Some(Dropped::TooFewAgree)),
        ("late", Some(Dropped::BeyondMax)),
        ("even", Some(Dropped::NoMajority)),
    ];
    assert_eq!(table, expected);
    assert!(found.principles.iter().all(|one| one.kept == one.dropped.is_none()));
    // The official code does not see that both responses followed it 27 times.
    let official = PrinciplesOptions { compat: true, max_principles: None, ..limit };
    assert_eq!(run(&rows, official).constitution, ["a", "b", "rare", "late"]);
    // 7 of 100 are not less than 0.07, though 0.07 · 100 is more than 7 in floats.
    let rows = votes("p", &[(Agree, 7), (NotApplicable, 93)]);
    let options = PrinciplesOptions { min_agree: 0.07, ..Default::default() };
    assert_eq!(run(&rows, options).constitution, ["p"]);
}

#[test]
fn mistakes_are_named() {
    let place = |rows: &[VotedComparison], options: &PrinciplesOptions| {
        let error = principles(rows, options).expect_err("bad");
        error.path().unwrap_or(error.code()).to_owned()
    };
    let plain = PrinciplesOptions::default();
    assert_eq!(place(&[], &plain), "too_few_values");
    let mut rows = vec![vote_on("p", 0, Some("1"), Agree), vote_on("p", 0, Some("1"), Agree)];
    assert_eq!(place(&rows, &plain), "[1]");
    rows[0].votes.clear();
    assert_eq!(run(&rows, plain.clone()).comparisons, 1);
    assert_eq!(place(&rows[..1], &plain), "too_few_values");
    let bad = |change: fn(&mut PrinciplesOptions)| {
        let mut options = PrinciplesOptions::default();
        change(&mut options);
        place(&rows, &options)
    };
    assert_eq!(bad(|o| o.min_agree = f64::NAN), "min_agree");
    assert_eq!(bad(|o| o.max_principles = Some(0)), "max_principles");
    assert_eq!(bad(|o| o.level = 1.0), "out_of_range");
}
