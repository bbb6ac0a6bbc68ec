//! The commands of the README, run one by one on the files that the README shows.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Fenced blocks of `language`, each with the last `name` in backticks before it.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("```") {
        let (head, body) = after.split_once('\n').expect("a fence ends its line");
        let (body, next) = body.split_once("```").expect("a fence is closed");
        if head.trim() == language {
            found.push((before.rsplit('`').nth(1).unwrap_or_default(), body));
        }
        rest = next;
    }
    found
}

#[test]
fn the_commands_of_the_readme_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).expect("the README");
    let folder = TempDir::new().expect("a folder");
    for (name, body) in blocks(&readme, "json").into_iter().chain(blocks(&readme, "yaml")) {
        fs::write(folder.path().join(name), body).expect("writes");
    }
    let shell: Vec<(&str, &str)> = blocks(&readme, "sh");
    let commands: Vec<&str> = shell
        .iter()
        .flat_map(|(_, body)| body.lines())
        .filter_map(|line| line.strip_prefix("rubrica "))
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_rubrica"))
            .args(command.split_whitespace())
            .current_dir(folder.path())
            .env("RUBRICA_MODELS", root.join("models"))
            .output()
            .expect("runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "rubrica {command}: {stderr}");
        let stdout = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(!stdout.is_empty(), "rubrica {command}");
        if !command.starts_with("models") {
            for line in stdout.lines() {
                let row: Value = serde_json::from_str(line).expect("JSON lines");
                assert!(row["error"].is_null(), "rubrica {command}: {row}");
            }
        }
    }
}
