//! Holds the mechanisms of published protocols to `tests/golden/protocols/*.toml` at the top level.

#[path = "protocols/gradients.rs"]
mod gradients;

use std::path::Path;

use rubrica_stats::consistency::contrast::expected_whole;
use rubrica_stats::consistency::{
    Archive, ArchiveOptions, ArchivePoint, QuestionRuns, Runs, Votes, contrast_accuracy, novelty,
};
use rubrica_stats::losses::{
    AssessmentGroup, Constraint, GapScores, ListLoss, ListLossOptions, TagOptions, TagThreshold,
    assessment, combine_rewards, gap_loss, lambda_pair_weights, list_loss, margin_loss,
    order_averaged, ranking_figures, tag_scores,
};
use rubrica_stats::retrieval::{
    Bm25, Bm25Options, Idf, dcg, expected_reciprocal_rank, ndcg, reciprocal_rank_fusion,
};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// A golden, its cases by kind.
struct Golden(Table);

impl Golden {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/protocols");
        let text = std::fs::read_to_string(folder.join(name)).expect("in the repository");
        let table: Table = text.parse().expect("valid TOML");
        assert!(table.get("source").is_some_and(Value::is_str), "{name}: no `source`");
        Self(table)
    }

    /// The cases of a kind; at least one.
    fn cases(&self, kind: &str) -> Vec<Case<'_>> {
        let tolerance = self.0["tolerance"].as_float().expect("a number");
        let cases = self.0[kind].as_array().expect("a list").iter();
        let cases: Vec<_> = cases
            .map(|case| Case { fields: case.as_table().expect("a table"), tolerance })
            .collect();
        assert!(!cases.is_empty(), "{kind}");
        cases
    }
}

struct Case<'a> {
    fields: &'a Table,
    tolerance: f64,
}

impl Case<'_> {
    fn get<T: DeserializeOwned>(&self, field: &str) -> T {
        self.fields[field].clone().try_into().unwrap_or_else(|e| panic!("{field}: {e}"))
    }

    #[track_caller]
    fn near(&self, field: &str, found: f64) {
        self.close(field, found, self.get(field));
    }

    #[track_caller]
    fn all_near(&self, field: &str, found: &[f64]) {
        let expected: Vec<f64> = self.get(field);
        assert_eq!(found.len(), expected.len(), "{field}");
        for (found, expected) in found.iter().zip(expected) {
            self.close(field, *found, expected);
        }
    }

    #[track_caller]
    fn close(&self, field: &str, found: f64, expected: f64) {
        let name = &self.fields["name"];
        let apart = (found - expected).abs();
        assert!(apart <= self.tolerance, "{name}, {field}: {found}, expected {expected}");
    }
}

#[test]
fn consistency() {
    let golden = Golden::read("consistency.toml");
    for case in golden.cases("votes") {
        let answers: Vec<Option<String>> =
            case.get::<Vec<String>>("answers").into_iter().map(Some).collect();
        let votes = Votes::count(&answers).expect("votes");
        assert_eq!(answers[votes.winner()], Some(case.get("winner")));
        case.near("share", votes.share);
        case.near("entropy", votes.entropy);
        case.near("agreement", votes.pairwise_agreement().expect("several"));
    }
    for case in golden.cases("runs") {
        let answers = case.get::<Vec<String>>("answers").into_iter().map(Some).collect();
        let runs = Runs::new(&[QuestionRuns { gold: case.get("gold"), answers }]).expect("valid");
        let at = |f: &dyn Fn(usize) -> f64| vec![f(1), f(2)];
        case.all_near("pass_at", &at(&|k| runs.pass_at(k).expect("enough")));
        case.all_near("all_at", &at(&|k| runs.all_at(k).expect("enough")));
        case.near("average", runs.average());
        case.near("majority", runs.majority_at(5).expect("enough"));
        case.near("flip_rate", runs.flip_rate().expect("several"));
    }
    for case in golden.cases("contrast") {
        let sets: Vec<Vec<bool>> = case.get("sets");
        let found = contrast_accuracy(&sets, 0.95).expect("valid");
        case.near("item_accuracy", found.item_accuracy);
        case.near("set_accuracy", found.set_accuracy.value);
        case.near("chance", expected_whole(sets.iter().map(Vec::len), 0.5));
    }
    for case in golden.cases("novelty") {
        let within: Vec<f64> = case.get("within");
        let found = novelty(&within, &[], case.get("items"), case.get("threshold")).expect("valid");
        assert_eq!(
            found.iter().map(|n| n.novel).collect::<Vec<_>>(),
            case.get::<Vec<bool>>("novel")
        );
    }
    for case in golden.cases("archive") {
        let places: Vec<Vec<f64>> = case.get("places");
        let quality: Vec<f64> = case.get("quality");
        let points: Vec<ArchivePoint> = places
            .into_iter()
            .zip(quality)
            .map(|(place, quality)| ArchivePoint { place, quality })
            .collect();
        let options = ArchiveOptions { grid: case.get("grid"), bounds: Some(case.get("bounds")) };
        let found = Archive::fill(&points, &options).expect("valid");
        case.near("coverage", found.coverage);
        case.near("qd_score", found.qd_score);
        let elites: Vec<usize> = found.cells.iter().map(|cell| cell.elite).collect();
        assert_eq!(elites, case.get::<Vec<usize>>("elites"));
    }
}

#[test]
fn losses() {
    let golden = Golden::read("losses.toml");
    for case in golden.cases("list") {
        let (labels, scores): (Vec<f64>, Vec<f64>) = (case.get("labels"), case.get("scores"));
        for loss in ListLoss::ALL {
            let options = ListLossOptions { loss, ..Default::default() };
            case.near(loss.name(), list_loss(&labels, &scores, &options).expect("valid").value);
        }
        let weights = lambda_pair_weights(&labels, &scores).expect("valid");
        case.all_near("weights", &weights.iter().map(|(_, _, w)| *w).collect::<Vec<_>>());
    }
    for case in golden.cases("margin") {
        let found = margin_loss(case.get("chosen"), case.get("rejected"), case.get("margin"));
        case.near("value", found.expect("valid").value);
    }
    for case in golden.cases("ranking") {
        let found = ranking_figures(&case.get::<Vec<f64>>("rewards")).expect("valid");
        assert_eq!(found.pairs, case.get::<usize>("pairs"));
        case.near("accuracy", found.accuracy);
        case.near("loss", found.loss);
    }
    for case in golden.cases("orders") {
        let found = order_averaged(case.get("chosen_first"), case.get("chosen_second"));
        let found = found.expect("valid");
        case.near("probability", found.probability);
        case.near("correct", found.correct);
    }
    for case in golden.cases("assessment") {
        let group =
            AssessmentGroup { positives: case.get("positives"), negatives: case.get("negatives") };
        let found = assessment(&[group], Constraint::None).expect("valid");
        case.near("accuracy", found.accuracy);
        case.near("loss", found.loss);
    }
    for case in golden.cases("gap") {
        let scores = GapScores {
            winner_loser: case.get("winner_loser"),
            winner_winner: case.get("winner_winner"),
            loser_loser: case.get("loser_loser"),
            loser_winner: case.get("loser_winner"),
        };
        case.near("value", gap_loss(&scores).expect("valid").value);
    }
    for case in golden.cases("tags") {
        let threshold = TagThreshold::Score(case.get("threshold"));
        let options = TagOptions { threshold, drop: 0.0, seed: 0 };
        let (tags, _) = tag_scores(&case.get::<Vec<f64>>("scores"), &options).expect("valid");
        assert_eq!(Value::try_from(tags).expect("names"), case.fields["tags"]);
    }
    for case in golden.cases("combined") {
        let rewards: Vec<Vec<f64>> = case.get("rewards");
        let found = combine_rewards(&rewards, &case.get::<Vec<f64>>("weights")).expect("valid");
        case.all_near("combined", &found);
    }
}

#[test]
fn retrieval() {
    let golden = Golden::read("retrieval.toml");
    for case in golden.cases("ranking") {
        let (grades, k): (Vec<f64>, usize) = (case.get("grades"), case.get("k"));
        case.near("dcg", dcg(&grades, k).expect("valid"));
        case.near("ndcg", ndcg(&grades, k).expect("valid"));
        let err = expected_reciprocal_rank(&grades, case.get("highest"), k);
        case.near("err", err.expect("valid"));
    }
    for case in golden.cases("fusion") {
        let runs: Vec<Vec<String>> = case.get("runs");
        let fused = reciprocal_rank_fusion(&runs, case.get("k")).expect("valid");
        let ids: Vec<&String> = fused.iter().map(|f| &f.id).collect();
        assert_eq!(ids, case.get::<Vec<String>>("ids").iter().collect::<Vec<_>>());
        case.all_near("scores", &fused.iter().map(|f| f.score).collect::<Vec<_>>());
        let ranks: Vec<usize> = fused.iter().map(|f| f.rank).collect();
        assert_eq!(ranks, case.get::<Vec<usize>>("ranks"));
    }
    for case in golden.cases("bm25") {
        let words = |text: &String| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
        let documents: Vec<_> = case.get::<Vec<String>>("documents").iter().map(words).collect();
        let options = Bm25Options { k1: case.get("k1"), b: case.get("b"), idf: Idf::RankBm25 };
        let index = Bm25::new(&documents, options).expect("valid");
        case.all_near("scores", &index.scores(&words(&case.get("query"))));
    }
}
