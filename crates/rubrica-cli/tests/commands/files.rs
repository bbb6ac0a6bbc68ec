//! Results in files: nothing that was there is lost, nothing is mixed, and a run goes on where it was cut off.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::{Done, fixtures, lines, rubrica};

fn rows(n: usize) -> String {
    let row = |i: usize| {
        json!({"id": i, "response": format!("Text number {i}."), "reference": "Text.",
        "assert": [{"type": "contains", "value": "Text"}], "a": "one", "b": "two"})
    };
    lines(&(0..n).map(row).collect::<Vec<_>>())
}

/// The commands that write rows to a file, with their input and output.
fn run(command: &str, input: &Path, out: &Path, more: &[&str]) -> Done {
    let of_command: &[&str] = match command {
        "metrics" => &["-m", "bleu"],
        "check" => &[],
        _ => &["--judge", "tiny-judge"],
    };
    let [input, out] = [input, out].map(|path| path.to_str().expect("UTF-8"));
    rubrica(&[&[command, input, "-o", out], of_command, more].concat(), "")
}

const COMMANDS: [&str; 4] = ["metrics", "check", "score", "compare"];

#[test]
fn an_input_is_never_the_output() {
    let folder = TempDir::new().expect("a folder");
    let input = folder.path().join("in.jsonl");
    fs::write(&input, rows(2)).expect("writes");
    let mut others = vec![folder.path().join("./in.jsonl")];
    #[cfg(unix)]
    {
        let (soft, hard) = (folder.path().join("soft.jsonl"), folder.path().join("hard.jsonl"));
        std::os::unix::fs::symlink(&input, &soft).expect("links");
        fs::hard_link(&input, &hard).expect("links");
        others.extend([soft, hard]);
    }
    for command in COMMANDS {
        for out in [&[input.clone()], &others[..]].concat() {
            let done = run(command, &input, &out, &["--force"]);
            assert_eq!(done.code, 2, "{command} {}: {}", out.display(), done.stderr);
            assert!(done.stderr.contains("is an input of this command"), "{}", done.stderr);
            assert_eq!(fs::read_to_string(&input).expect("there"), rows(2));
        }
    }
}

#[test]
fn what_is_there_is_kept_until_the_new_is_whole() {
    let folder = TempDir::new().expect("a folder");
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out.jsonl"));
    fs::write(&input, rows(3)).expect("writes");
    for command in COMMANDS {
        let _ = fs::remove_file(&out);
        assert_eq!(run(command, &input, &out, &[]).code, 0);
        let first = fs::read_to_string(&out).expect("there");
        assert_eq!(first.lines().count(), 3);
        let again = run(command, &input, &out, &[]);
        assert_eq!(again.code, 2, "{command}");
        assert!(again.stderr.contains("is there already; --force replaces it"), "{}", again.stderr);
        assert_eq!(fs::read_to_string(&out).expect("there"), first);
        let forced = run(command, &input, &out, &["--force"]);
        assert_eq!(forced.code, 0, "{}", forced.stderr);
        assert_eq!(fs::read_to_string(&out).expect("there"), first);
        // A run that fails leaves what was there.
        let missing = folder.path().join("missing.jsonl");
        assert_eq!(run(command, &missing, &out, &["--force"]).code, 2);
        assert_eq!(fs::read_to_string(&out).expect("there"), first);
    }
    let names: Vec<_> = fs::read_dir(folder.path())
        .expect("there")
        .map(|e| e.expect("there").file_name())
        .collect();
    assert_eq!(names.len(), 2, "nothing is left beside them: {names:?}");
    let null = Path::new("/dev/null");
    if null.exists() {
        assert_eq!(run("metrics", &input, null, &[]).code, 0);
    }
}

#[test]
fn a_run_that_was_cut_off_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.jsonl"), rows(40)).expect("writes");
    for command in COMMANDS {
        for name in ["whole", "out", "out.partial", "out.run"] {
            let _ = fs::remove_file(path(name));
        }
        assert_eq!(run(command, &path("in.jsonl"), &path("whole"), &[]).code, 0);
        let whole = fs::read_to_string(path("whole")).expect("there");
        // A run is cut off: its rows so far are there, the last one only in part.
        let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"));
        let of_command: &[&str] = match command {
            "metrics" => &["-m", "bleu"],
            "check" => &[],
            _ => &["--judge", "tiny-judge"],
        };
        let mut child = child
            .args([command, "-", "-o"])
            .arg(path("out"))
            .args(of_command)
            .env("RUBRICA_MODELS", fixtures())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(b"").expect("is read");
        child.kill().expect("runs");
        child.wait().expect("ends");
        drop(stdin);
        let cut: String = whole.lines().take(17).map(|line| line.to_owned() + "\n").collect();
        let partial = cut + &whole.lines().nth(17).expect("a row")[..20];
        let _ = fs::remove_file(path("out.run"));
        // What the results are of is written when a run starts.
        fs::write(path("out.partial"), "").expect("writes");
        let probe = run(command, &path("in.jsonl"), &path("probe"), &[]);
        assert_eq!(probe.code, 0, "{}", probe.stderr);
        fs::write(path("out.partial"), &partial).expect("writes");
        let refused = run(command, &path("in.jsonl"), &path("out"), &[]);
        assert_eq!(refused.code, 2, "{command}");
        assert!(refused.stderr.contains("--resume goes on from there"), "{}", refused.stderr);
        // Of another run, nothing can go on.
        let other = run(command, &path("in.jsonl"), &path("out"), &["--resume"]);
        assert_eq!(other.code, 2, "{command}");
        assert!(other.stderr.contains("of another command, input or version"), "{}", other.stderr);
        let forced = run(command, &path("in.jsonl"), &path("out"), &["--force"]);
        assert_eq!(forced.code, 0, "{}", forced.stderr);
        assert_eq!(fs::read_to_string(path("out")).expect("there"), whole);
        fs::remove_file(path("probe")).expect("there");
    }
}

/// Kills a run in its middle and lets another one go on, until all rows are there.
#[test]
fn killed_runs_give_every_row_once() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("in.jsonl"), rows(120)).expect("writes");
    let whole = run("score", &path("in.jsonl"), &path("whole"), &[]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let mut more: &[&str] = &[];
    for _ in 0..4 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
            .args(["score", "--judge", "tiny-judge", "-o"])
            .arg(path("out"))
            .arg(path("in.jsonl"))
            .args(more)
            .env("RUBRICA_MODELS", fixtures())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let length = || fs::metadata(path("out.partial")).map_or(0, |m| m.len());
        let before = length();
        for _ in 0..400 {
            if length() > before + 20_000 || child.try_wait().expect("runs").is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let _ = child.kill();
        child.wait().expect("ends");
        more = &["--resume"];
    }
    if !path("out").exists() {
        let last = run("score", &path("in.jsonl"), &path("out"), &["--resume"]);
        assert_eq!(last.code, 0, "{}", last.stderr);
    }
    let read = |name: &str| fs::read_to_string(path(name)).expect("there");
    assert!(read("out") == read("whole"), "the same rows");
    let done = run("score", &path("in.jsonl"), &path("out"), &["--resume"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("is there as a whole"), "{}", done.stderr);
}

#[test]
fn two_runs_do_not_mix() {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let mut first = Command::new(env!("CARGO_BIN_EXE_rubrica"))
        .args(["check", "-", "-o"])
        .arg(&out)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut stdin = first.stdin.take().expect("piped");
    stdin.write_all(rows(1).as_bytes()).expect("is read");
    let partial = folder.path().join("out.partial");
    for _ in 0..500 {
        if fs::metadata(&partial).is_ok_and(|m| m.len() > 0) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let input = folder.path().join("in.jsonl");
    fs::write(&input, rows(2)).expect("writes");
    for more in [&[][..], &["--force"], &["--resume"]] {
        let second = run("check", &input, &out, more);
        assert_eq!(second.code, 2, "{more:?}");
        assert!(second.stderr.contains("another run is writing it"), "{}", second.stderr);
    }
    drop(stdin);
    assert!(first.wait().expect("ends").success());
    assert_eq!(fs::read_to_string(&out).expect("there").lines().count(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn streams_that_are_closed_or_full_make_no_panic() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("there");
    let input = rows(3);
    for args in [
        &["models"][..],
        &["metrics", "--list"],
        &["audit", "list"],
        &["check", "-"],
        &["metrics", "-", "-m", "bleu"],
    ] {
        for stdout in [true, false] {
            let (out, err) = match stdout {
                true => (Stdio::from(full()), Stdio::piped()),
                false => (Stdio::piped(), Stdio::from(full())),
            };
            let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
                .args(args)
                .env("RUBRICA_MODELS", fixtures())
                .stdin(Stdio::piped())
                .stdout(out)
                .stderr(err)
                .spawn()
                .expect("starts");
            let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
            let output = child.wait_with_output().expect("ends");
            let message = String::from_utf8_lossy(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(if stdout { 2 } else { 0 }),
                "{args:?}: {message}"
            );
            assert!(!message.contains("panicked"), "{message}");
        }
        // A reader that goes away early.
        let mut child = Command::new(env!("CARGO_BIN_EXE_rubrica"))
            .args(args)
            .env("RUBRICA_MODELS", fixtures())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        drop(child.stdout.take());
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("ends");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(0) && !message.contains("panicked"),
            "{args:?}: {message}"
        );
    }
}

#[test]
fn broken_manifests_do_not_hide_the_others() {
    let folder = TempDir::new().expect("a folder");
    let copy = |id: &str| {
        let to = folder.path().join(id);
        fs::create_dir(&to).expect("writes");
        for entry in fs::read_dir(fixtures().join("tiny-encoder")).expect("there") {
            let entry = entry.expect("there");
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copies");
        }
        to
    };
    let change = |at: &Path, from: &str, to: &str| {
        let path = at.join("manifest.json");
        let text = fs::read_to_string(&path).expect("there");
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).expect("writes");
    };
    copy("tiny-encoder");
    copy("other-name");
    change(&copy("upwards"), "config.json", "../tiny-encoder/config.json");
    change(&copy("absolute"), "config.json", "/etc/passwd");
    fs::write(copy("cut").join("manifest.json"), "{\"id\": ").expect("writes");
    let models = folder.path().to_str().expect("UTF-8");
    let done = rubrica(&["models", "--verify", "--models", models], "");
    assert_eq!(done.code, 3, "{}", done.stdout);
    assert!(done.stdout.contains("sha256 as it should be"), "{}", done.stdout);
    for id in ["other-name", "upwards", "absolute", "cut"] {
        assert!(done.stdout.contains(&format!("{id}\n    broken: ")), "{}", done.stdout);
    }
    // What a judge needs is checked against the manifest before it is used.
    fs::write(folder.path().join("tiny-encoder/tokenizer.json"), "{}").expect("writes");
    let row = "{\"response\":\"x\",\"reference\":\"y\"}\n";
    let used = rubrica(
        &["metrics", "-", "-m", "bertscore", "--models", models, "--encoder", "tiny-encoder"],
        row,
    );
    assert_eq!(used.code, 2);
    assert!(used.stderr.contains("tiny-encoder: tokenizer.json: sha256 is"), "{}", used.stderr);
    let outside = rubrica(
        &["metrics", "-", "-m", "bertscore", "--models", models, "--encoder", "../tiny-encoder"],
        row,
    );
    assert!(outside.code == 2 && outside.stderr.contains("unknown model"), "{}", outside.stderr);
}

#[cfg(unix)]
#[test]
fn links_out_of_a_model_are_not_followed() {
    let folder = TempDir::new().expect("a folder");
    let to = folder.path().join("tiny-encoder");
    fs::create_dir(&to).expect("writes");
    for entry in fs::read_dir(fixtures().join("tiny-encoder")).expect("there") {
        let entry = entry.expect("there");
        match entry.file_name().to_str() {
            Some("config.json") => {
                let from = entry.path().canonicalize().expect("there");
                std::os::unix::fs::symlink(from, to.join("config.json")).expect("links");
            }
            _ => drop(fs::copy(entry.path(), to.join(entry.file_name())).expect("copies")),
        }
    }
    let models = folder.path().to_str().expect("UTF-8");
    let done = rubrica(&["models", "--models", models], "");
    assert_eq!(done.code, 3);
    assert!(done.stdout.contains("leads out of the model's folder"), "{}", done.stdout);
}
