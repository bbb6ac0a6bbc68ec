use super::score::rescaled;
use super::*;
use WildVerdict::{Better, MuchBetter, MuchWorse, Tie, Worse};

const VERDICTS: [WildVerdict; 5] = [MuchBetter, Better, Tie, Worse, MuchWorse];

fn judgment(verdict: Option<WildVerdict>) -> WildJudgment {
    let (baseline, len_test, len_ref) = (None, Some(100.0), Some(100.0));
    WildJudgment { verdict, swapped: false, baseline, len_test, len_ref, tags: Vec::new() }
}

/// So many verdicts of each kind, and skipped items up to `total`.
fn judgments(counts: [usize; 5], total: usize) -> Vec<WildJudgment> {
    let mut rows: Vec<WildJudgment> = VERDICTS
        .iter()
        .zip(counts)
        .flat_map(|(verdict, n)| std::iter::repeat_n(judgment(Some(*verdict)), n))
        .collect();
    rows.resize(total, judgment(None));
    rows
}

fn few() -> WildBenchOptions {
    let bootstrap = Bootstrap { replicates: 10, ..Bootstrap::default() };
    WildBenchOptions { bootstrap, ..WildBenchOptions::default() }
}

fn reward(rows: &[WildJudgment], options: &WildBenchOptions) -> f64 {
    wb_reward(rows, options).expect("judged").reward.value().expect("defined")
}

/// Published counts of models against the first baseline.
#[test]
fn rewards_of_published_counts() {
    let official = WildBenchOptions { compat: true, ..few() };
    for (counts, total, expected) in [
        ([80, 341, 148, 303, 75], 1023, 0.02346041055718475),
        ([80, 267, 229, 296, 75], 1023, -0.009286412512218963),
        ([102, 271, 221, 215, 124], 1024, 0.005859375),
    ] {
        let rows = judgments(counts, total);
        assert!((reward(&rows, &official) - expected).abs() < 1e-15);
        // Items that nobody judged say nothing.
        let judged = counts.iter().sum::<usize>() as f64;
        assert!((reward(&rows, &few()) - expected * total as f64 / judged).abs() < 1e-15);
    }
    let report = wb_reward(&judgments([80, 341, 148, 303, 75], 1023), &few()).expect("judged");
    assert_eq!((report.counts.better, report.counts.skipped), (341, 76));
    assert!(report.by_baseline.is_empty());
}

/// The margin of 1000 characters turns 74 of 341 slight wins and 7 of 303 slight losses into ties.
#[test]
fn the_margin_makes_ties() {
    let mut rows = judgments([80, 341, 148, 303, 75], 1023);
    for row in &mut rows[80..80 + 74] {
        row.len_test = Some(1101.0);
    }
    for row in &mut rows[80 + 341 + 148..][..7] {
        row.len_ref = Some(1101.0);
    }
    // Just within the margin.
    rows[80 + 74].len_test = Some(1100.0);
    // Strong wins stay.
    rows[0].len_test = Some(9999.0);
    let options = WildBenchOptions { k: 1000.0, compat: true, ..few() };
    let report = wb_reward(&rows, &options).expect("judged");
    let counts = report.counts;
    assert_eq!((counts.better, counts.ties, counts.worse), (267, 229, 296));
    assert!((report.reward.value().expect("defined") + 0.009286412512218963).abs() < 1e-15);
    let table = &report.sensitivity;
    assert_eq!(table.len(), 5);
    assert!((table[0][1] - 0.02346041055718475).abs() < 1e-15);
    assert_eq!(table[4], [1000.0, report.reward.value().expect("defined")]);
}

#[test]
fn tasks_are_weighted() {
    let given = [
        ("Information/Advice seeking", 0.106494),
        ("Planning & Reasoning", 0.017771),
        ("Coding & Debugging", -0.081461),
        ("Creative Tasks", 0.037815),
        ("Math & Data Analysis", 0.0),
    ];
    let mut tasks: BTreeMap<String, f64> =
        given.iter().map(|(task, value)| ((*task).to_owned(), *value)).collect();
    let of = |tasks: &_, options: &_| *task_macro(tasks, options).value().expect("tasks");
    let found = of(&tasks, &few());
    // The inputs are rounded to six digits.
    assert!((found - 0.004034757).abs() < 1e-6, "{found}");
    tasks.remove("Coding & Debugging");
    let sum = 0.75 * 0.106494 + 1.25 * 0.017771 + 0.5 * 0.037815;
    let own = of(&tasks, &few());
    assert!((own - sum / 3.5).abs() < 1e-15);
    let official = WildBenchOptions { compat: true, ..few() };
    assert!((of(&tasks, &official) - sum / 4.75).abs() < 1e-15);
    let none = task_macro(&BTreeMap::new(), &official);
    assert_eq!(none.error().expect("no task").code, "nothing_to_count");
}

#[test]
fn an_item_counts_in_each_of_its_tasks_and_baselines_are_mixed() {
    let mut rows = judgments([1, 0, 0, 1, 0], 2);
    rows[0].tags = vec!["Math".into(), "Data Analysis".into(), "Planning".into()];
    rows[1].tags = vec!["Planning".into()];
    let report = wb_reward(&rows, &few()).expect("judged");
    assert_eq!(report.by_task["Math & Data Analysis"], 1.0);
    assert_eq!(report.by_task["Planning & Reasoning"], 0.25);
    let mut rows = judgments([3, 0, 1, 0, 2], 6);
    for (index, row) in rows.iter_mut().enumerate() {
        row.baseline = Some(if index < 4 { "weak" } else { "strong" }.into());
    }
    rows[4].swapped = true;
    let report = wb_reward(&rows, &few()).expect("judged");
    assert_eq!(report.by_baseline["weak"].value(), Some(0.75));
    // One of the two was told the other way round.
    assert_eq!(report.by_baseline["strong"].value(), Some(0.0));
    assert_eq!(report.reward.value(), Some(0.375));
}

#[test]
fn scores_are_set_around_five() {
    assert!((rescaled(7.970645792563601) - 5.941291585127202).abs() < 1e-12);
    let score = |score, tag: &str| WildScore { score, tags: vec![tag.into()] };
    let rows = [score(7.0, "Editing"), score(4.0, "Math"), score(10.0, "unheard of")];
    let report = wb_score(&rows, &few()).expect("three");
    assert_eq!((report.score.value(), report.mean), (Some(4.0), 7.0));
    assert_eq!(report.by_task["unheard of"], 10.0);
    // 0.5 · 4 + 1 · (−2), of the tasks that are there.
    assert_eq!(report.task_macro.value(), Some(&0.0));
    let low = wb_score(&[score(0.0, "Math")], &few()).expect_err("below 1");
    assert_eq!(low.path(), Some("[0].score"));
    assert_eq!(wb_score(&[], &few()).expect_err("none").code(), "too_few_values");
}

#[test]
fn mistakes_are_named() {
    let code = |rows: &[WildJudgment], options: &WildBenchOptions| {
        let error = wb_reward(rows, options).expect_err("bad");
        (error.code(), error.path().unwrap_or("").to_owned())
    };
    assert_eq!(code(&[], &few()).0, "too_few_values");
    assert_eq!(code(&[judgment(None)], &few()).0, "too_few_values");
    let official = WildBenchOptions { compat: true, ..few() };
    assert_eq!(code(&[judgment(None)], &official).0, "too_few_values");
    let mut bare = judgment(Some(Better));
    bare.len_ref = None;
    let margin = WildBenchOptions { k: 0.0, ..few() };
    assert_eq!(code(&[bare.clone()], &margin), ("invalid_input", "[0].len_ref".into()));
    // Without a margin lengths are not needed; the table then has the row without.
    let report = wb_reward(&[bare.clone()], &few()).expect("no margin");
    assert_eq!(report.sensitivity, [[-1.0, 0.5]]);
    bare.len_test = Some(f64::NAN);
    assert_eq!(code(&[bare], &few()).1, "[0].len_test");
    let mut weights = few();
    weights.weights.insert("Math".into(), 0.0);
    assert_eq!(code(&[judgment(Some(Tie))], &weights).1, "weights.Math");
    let row: WildJudgment = serde_json::from_str(r#"{"verdict":"B++"}"#).expect("valid");
    assert_eq!(row.verdict, Some(MuchWorse));
}
