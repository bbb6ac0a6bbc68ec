//! Published judges: added to a folder of models, checked, asked alone and in a panel, on tiny random checkpoints.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Done, fixtures, lines, number, rubrica};

/// A folder of models, with folders in the hub's layout beside it.
struct Store {
    folder: TempDir,
}

/// Checkpoints by class: what a model tells, and a folder of `tests/fixtures/encoders` with its tokenizer.
const NLI: (&str, &str) = ("deberta-v3-sequence", "deberta");
const REWARD: (&str, &str) = ("deberta-v2-sequence", "deberta");
const GROUNDING: (&str, &str) = ("deberta-v2-convolution", "deberta");
const SPANS: (&str, &str) = ("modernbert-tokens", "modernbert");

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => fs::copy(entry.path(), target).map(|_| ()).expect("copies"),
        }
    }
}

impl Store {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A hub folder of a checkpoint.
    fn hub(&self, (name, tokenizer): (&str, &str)) -> PathBuf {
        let hub = self.path("hub").join(name);
        let encoders = fixtures().join("../encoders");
        copy(&encoders.join(name), &hub);
        fs::copy(encoders.join(format!("tokenizers/{tokenizer}.json")), hub.join("tokenizer.json"))
            .expect("copies");
        hub
    }

    /// Runs `rubrica` with this folder of models.
    fn run(&self, args: &[&str], stdin: &str) -> Done {
        let models = self.path("models");
        rubrica(&[args, &["--models", models.to_str().expect("UTF-8")]].concat(), stdin)
    }

    fn try_add(&self, hub: &Path, card: &str, id: &str) -> Done {
        self.run(&["models", "add", hub.to_str().expect("UTF-8"), "--card", card, "--id", id], "")
    }

    fn add(&self, model: (&str, &str), card: &str, id: &str) {
        let done = self.try_add(&self.hub(model), card, id);
        assert_eq!(done.code, 0, "{}", done.stderr);
    }

    /// A card of one's own: a built-in one, with changes.
    fn card(&self, id: &str, changes: &[(&str, &str)]) -> String {
        let cards = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/cards");
        let mut text = fs::read_to_string(cards.join(format!("{id}.toml"))).expect("a card");
        for (from, to) in changes {
            assert!(text.contains(from), "{id}: {from}");
            text = text.replacen(from, to, 1);
        }
        let path = self.path(&format!("{id}-own.toml"));
        fs::write(&path, text).expect("writes");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Names in the folder of models, hidden ones too.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("models")).into_iter().flatten();
        let mut names: Vec<String> =
            entries.map(|e| e.expect("readable").file_name().to_string_lossy().into()).collect();
        names.sort();
        names
    }
}

const CALIBRATION: &str =
    "[calibration]\nslope = 2.0\nintercept = 0.5\nfitted_on = \"12 made-up ratings\"\n\n[[cases]]";

#[test]
fn a_judge_is_added_checked_shown_and_removed() {
    let store = Store::new();
    store.add(NLI, "nli-deberta-v3", "nli");
    let manifest = fs::read(store.path("models/nli/manifest.json")).expect("written");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!(manifest["kind"], "published");
    let named: Vec<&str> = manifest["files"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|f| f["name"].as_str())
        .collect();
    for file in ["card.toml", "config.json", "golden.json", "model.safetensors", "tokenizer.json"] {
        assert!(named.contains(&file), "{named:?}");
    }
    let done = store.run(&["models", "check", "--json"], "");
    assert_eq!((done.code, done.lines.len()), (0, 1), "{}", done.stderr);
    let row = &done.lines[0];
    assert_eq!(row["class"], "DebertaV2ForSequenceClassification");
    assert_eq!((&row["id"], &row["role"]), (&json!("nli"), &json!("inference")));
    assert_eq!((&row["precision"], &row["device"]), (&json!("f32"), &json!("flex")));
    assert!(number(&row["golden_error"]) <= number(&row["tolerance"]), "{row}");
    assert!(number(&row["bytes"]) > 40_000.0);
    let shown = store.run(&["models", "show", "nli"], "");
    assert!(shown.stdout.contains("inference") && shown.stdout.contains("Apache-2.0"));
    assert!(store.run(&["models"], "").stdout.contains("nli\n"));
    assert_eq!(store.run(&["models", "list", "--verify"], "").code, 0);
    let again = store.try_add(&store.hub(NLI), "nli-deberta-v3", "nli");
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    let hub = store.hub(NLI);
    let forced = [
        "models",
        "add",
        hub.to_str().expect("UTF-8"),
        "--card",
        "nli-deberta-v3",
        "--id",
        "nli",
        "--force",
    ];
    assert_eq!(store.run(&forced, "").code, 0);
    assert_eq!(store.names(), ["nli"]);
    assert_eq!(store.run(&["models", "remove", "nli"], "").code, 0);
    assert!(store.names().is_empty());
    assert_eq!(store.run(&["models", "remove", "nli"], "").code, 2);
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_left_behind() {
    let store = Store::new();
    let refused = |done: Done, word: &str| {
        assert_eq!(done.code, 2, "{word}: {}", done.stdout);
        assert!(done.stderr.contains(word), "{word}: {}", done.stderr);
        assert!(store.names().is_empty(), "{word}: {:?}", store.names());
    };
    let hub = store.hub(NLI);
    refused(store.try_add(&hub, "nli-deberta-v4", "x"), "unknown card `nli-deberta-v4`");
    refused(store.try_add(&hub, "./none.toml", "x"), "none.toml");
    refused(store.try_add(&hub, "ms-marco-minilm", "x"), "BertForSequenceClassification");
    refused(store.try_add(&hub, "factcg-deberta-large", "x"), "labels");
    for id in ["../x", "a/b", "..", ".x", ""] {
        refused(store.try_add(&hub, "nli-deberta-v3", id), "plain name");
    }
    refused(store.try_add(&store.path("nowhere"), "nli-deberta-v3", "x"), "no folder");
    let break_by = |file: &str, bytes: Option<&[u8]>| {
        let _ = fs::remove_dir_all(&hub);
        let hub = store.hub(NLI);
        match bytes {
            Some(bytes) => fs::write(hub.join(file), bytes).expect("writes"),
            None => fs::remove_file(hub.join(file)).expect("removes"),
        }
        store.try_add(&hub, "nli-deberta-v3", "x")
    };
    refused(break_by("config.json", None), "config.json");
    refused(break_by("tokenizer.json", None), "--tokenizer");
    refused(break_by("tokenizer.json", Some(b"{}")), "tokenizer.json");
    refused(
        break_by("model.safetensors", Some(b"\xff\xff\xff\xff\xff\xff\xff\x7f{}")),
        "cut short",
    );
    refused(break_by("modules.json", Some(br#"[{"path": "../1", "type": "x"}]"#)), "modules.json");
    let mut weights = fs::read(hub.join("model.safetensors")).expect("there");
    let end = weights.len();
    weights[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    refused(break_by("model.safetensors", Some(&weights)), "NaN");
    let header = String::from_utf8_lossy(&weights[8..]).find("classifier.weight").expect("a head");
    let mut renamed = fs::read(store.hub(NLI).join("model.safetensors")).expect("there");
    renamed[8 + header] = b'X';
    refused(break_by("model.safetensors", Some(&renamed)), "no tensor `classifier.weight`");
    let _ = fs::remove_dir_all(&hub);
    let hub = store.hub(NLI);
    fs::rename(hub.join("model.safetensors"), hub.join("pytorch_model.bin")).expect("renames");
    refused(store.try_add(&hub, "nli-deberta-v3", "x"), "pytorch_model.bin");
}

#[test]
fn a_broken_model_is_told_with_exit_code_one() {
    let store = Store::new();
    store.add(NLI, "nli-deberta-v3", "nli");
    store.add(REWARD, "oasst-reward-deberta-v3", "reward");
    let golden = store.path("models/nli/golden.json");
    let text = fs::read_to_string(&golden).expect("there");
    fs::write(&golden, text.replacen("0.", "1.", 1)).expect("writes");
    let done = store.run(&["models", "check", "--json"], "");
    assert_eq!(done.code, 1, "{}", done.stdout);
    assert_eq!(done.lines[0]["error"]["code"], "file_hash_mismatch");
    assert!(done.lines[1].get("error").is_none());
    assert_eq!(store.run(&["models", "check", "reward"], "").code, 0);
    assert_eq!(store.run(&["models", "check", "none"], "").code, 2);
    // Even where the manifest goes along with it.
    let manifest = store.path("models/nli/manifest.json");
    let mut value: Value =
        serde_json::from_slice(&fs::read(&manifest).expect("there")).expect("JSON");
    let mut golden_value: Value =
        serde_json::from_slice(&fs::read(&golden).expect("there")).expect("JSON");
    let logit = number(&golden_value["rows"][0]["logits"][0]);
    golden_value["rows"][0]["logits"][0] = json!(logit + 0.5);
    let bytes = golden_value.to_string();
    fs::write(&golden, &bytes).expect("writes");
    for file in value["files"].as_array_mut().expect("a list") {
        if file["name"] == "golden.json" {
            file["sha256"] = json!(::rubrica::core::sha256_hex(bytes.as_bytes()));
        }
    }
    fs::write(&manifest, value.to_string()).expect("writes");
    let done = store.run(&["models", "check", "nli", "--json"], "");
    assert_eq!((done.code, &done.lines[0]["error"]["code"]), (1, &json!("golden_mismatch")));
    let done = store.run(&["support", "-", "--judge", "nli"], "{\"response\": \"a\"}\n");
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("golden"), "{}", done.stderr);
}

#[test]
fn support_tells_each_sentence_and_its_passage() {
    let store = Store::new();
    store.add(NLI, "nli-deberta-v3", "nli");
    let long = "A small model reads a small text. ".repeat(60);
    let input = lines(&[
        json!({"id": "a", "response": "The model is small. The judge is kind.",
            "context": ["A small model reads.", "The judge scores the essay."]}),
        json!({"id": "b", "response": "It is long.", "context": [long]}),
        json!({"id": "c", "response": "Nothing to rest on."}),
    ]);
    let done = store.run(&["support", "-", "--judge", "nli"], &input);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert_eq!(done.lines.len(), 3);
    let sentences = done.lines[0]["sentences"].as_array().expect("a list");
    assert_eq!(sentences.len(), 2);
    for sentence in sentences {
        assert!((0.0..=1.0).contains(&number(&sentence["probability"])), "{sentence}");
        assert!(number(&sentence["passage"]) < 2.0);
    }
    assert_eq!(sentences[1]["text"], "The judge is kind.");
    assert_eq!(done.lines[0]["signature"]["models"][0]["id"], "nli");
    assert_eq!(done.lines[0]["signature"]["template"], "card/nli-deberta-v3");
    let told = done.lines[1]["warnings"][0].as_str().expect("a warning");
    assert!(told.starts_with("context[0]") && told.contains("not read"), "{told}");
    assert_eq!(done.lines[2]["error"]["path"], "context");
    // A judge of rewards says nothing of passages.
    store.add(REWARD, "oasst-reward-deberta-v3", "reward");
    let done = store.run(&["support", "-", "--judge", "reward"], &input);
    assert!(done.code == 2 && done.stderr.contains("tells reward"), "{}", done.stderr);
}

#[test]
fn a_reward_compares_and_scores_only_with_a_calibration() {
    let store = Store::new();
    store.add(REWARD, "oasst-reward-deberta-v3", "reward");
    let own = store.card("oasst-reward-deberta-v3", &[("[[cases]]", CALIBRATION)]);
    store.add(REWARD, &own, "fitted");
    let pairs = lines(&[
        json!({"prompt": "What is blue?", "a": "The sky.", "b": "A small model reads."}),
        json!({"prompt": "What is blue?", "a": "A small model reads.", "b": "The sky."}),
    ]);
    let done = store.run(&["compare", "-", "--judge", "reward"], &pairs);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let p: Vec<f64> = done.lines.iter().map(|v| number(&v["probability"])).collect();
    assert!((p[0] + p[1] - 1.0).abs() < 1e-5 && (p[0] - 0.5).abs() > 1e-6, "{p:?}");
    let answer = "{\"instruction\": \"What is blue?\", \"response\": \"The sky.\"}\n";
    let done = store.run(&["score", "-", "--judge", "reward"], answer);
    assert!(done.code == 2 && done.stderr.contains("[calibration]"), "{}", done.stderr);
    let done = store.run(&["score", "-", "--judge", "fitted"], answer);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!((1.0..=5.0).contains(&number(&done.lines[0]["score"])));
    assert!(done.lines[0]["warnings"].to_string().contains("12 made-up ratings"));
    assert_eq!(store.run(&["compare", "-", "--judge", "a=reward"], &pairs).code, 2);
}

#[test]
fn a_panel_asks_each_judge_and_signs_with_all() {
    let store = Store::new();
    copy(&fixtures().join("tiny-judge"), &store.path("models/tiny-judge"));
    copy(&fixtures().join("tiny-encoder"), &store.path("models/tiny-encoder"));
    store.add(NLI, "nli-deberta-v3", "nli");
    store.add(GROUNDING, "factcg-deberta-large", "facts");
    let rubric = store.path("r.yaml");
    fs::write(&rubric, "name: r\ncriteria:\n  - {id: faithfulness, description: Does it rest on the context?}\n  - {id: tone, description: Is it kind?}\n  - {id: clarity, description: Is it clear?}\n")
        .expect("writes");
    let rubric = rubric.to_str().expect("UTF-8");
    let score = |judge: &str, input: &str| {
        store.run(&["score", "-", "--rubric", rubric, "--judge", judge], input)
    };
    let input = lines(&[
        json!({"id": 1, "response": "The model is small. It is kind.", "context": ["A small model."]}),
        json!({"id": 2, "response": "The model is small."}),
    ]);
    let done = score("faithfulness=facts,tone=nli:levels,tiny-judge", &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let row = &done.lines[0];
    let models: Vec<&str> = row["signature"]["models"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|model| model["id"].as_str())
        .collect();
    assert_eq!(models, ["facts", "nli", "tiny-judge+tiny-encoder"]);
    let options = &row["signature"]["options"];
    assert_eq!(options["judge.faithfulness"], "facts");
    assert_eq!(options["judge.tone"], "nli");
    assert_eq!(options["judge.clarity"], "tiny-judge+tiny-encoder");
    assert!(row["warnings"].to_string().contains("uncalibrated"), "{}", row["warnings"]);
    let judged = row["per_criterion"].as_array().expect("a list");
    let ids: Vec<&Value> = judged.iter().map(|j| &j["criterion"]).collect();
    assert_eq!(ids, ["faithfulness", "tone", "clarity"]);
    assert!(judged.iter().all(|j| (1.0..=5.0).contains(&number(&j["score"]))), "{row}");
    // Without context one criterion has no score, and the others have theirs.
    let second = &done.lines[1]["per_criterion"];
    assert_eq!(second[0]["error"]["code"], "missing_context");
    assert!(number(&second[1]["score"]) >= 1.0);
    for (judge, word) in [
        ("faith=facts,tiny-judge", "unknown criterion `faith`"),
        ("faithfulness=nobody,tiny-judge", "unknown model `nobody`"),
        ("faithfulness=facts,faithfulness=nli,tiny-judge", "twice"),
        ("faithfulness=facts:none,tiny-judge", "ID:levels"),
        ("faithfulness=,tiny-judge", "lacks a side"),
        ("spans=nli,tiny-judge", "does not tell spans"),
        ("faithfulness=../facts,tiny-judge", "unknown model"),
    ] {
        let done = score(judge, &input);
        assert!(done.code == 2 && done.stderr.contains(word), "{judge}: {}", done.stderr);
    }
}

#[test]
fn a_judge_of_spans_adds_what_it_finds() {
    let store = Store::new();
    copy(&fixtures().join("tiny-judge"), &store.path("models/tiny-judge"));
    copy(&fixtures().join("tiny-encoder"), &store.path("models/tiny-encoder"));
    let hub = store.hub(SPANS);
    let config = fs::read_to_string(hub.join("config.json")).expect("there");
    let mut config: Value = serde_json::from_str(&config).expect("JSON");
    config["max_position_embeddings"] = json!(512);
    fs::write(hub.join("config.json"), config.to_string()).expect("writes");
    let card = store.card(
        "lettucedetect",
        &[
            ("window = 4096", "window = 512"),
            ("\"sound\", \"faulty\"", "\"supported\", \"faulty\""),
        ],
    );
    let done = store.try_add(&hub, &card, "spans");
    assert_eq!(done.code, 0, "{}", done.stderr);
    let input = lines(&[
        json!({"instruction": "What is a rubric?", "context": ["A small model reads a small text."],
        "response": "The judge scores the essay, and says why. A list of criteria with a scale."}),
    ]);
    let done = store.run(&["score", "-", "--judge", "tiny-judge,spans=spans"], &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let points = done.lines[0]["critique"]["points"].as_array().expect("a list");
    assert!(points.iter().any(|p| p["evidence"]["kind"] == "grounding"), "{points:?}");
    assert_eq!(done.lines[0]["signature"]["models"][0]["id"], "spans");
    let done = store.run(&["score", "-", "--judge", "spans"], &input);
    assert!(done.code == 2 && done.stderr.contains("tells spans"), "{}", done.stderr);
}
