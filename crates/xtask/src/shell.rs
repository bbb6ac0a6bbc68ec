//! Headlines, elapsed time, and child processes whose failure says what to do.

use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Runs `work` under a headline, and says how long it took.
///
/// # Errors
/// Those of `work`, with the title before them.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    println!("==> {title} (at {})", seconds(START.elapsed()));
    let result = work().with_context(|| title.to_owned());
    let outcome = if result.is_ok() { "done" } else { "FAILED" };
    println!("    {outcome} in {}: {title}", seconds(begun.elapsed()));
    result
}

/// One line about something that needs no headline of its own.
pub fn note(text: impl std::fmt::Display) {
    println!("    {text}");
}

fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        long @ 60.. => format!("{} min {:02} s", long / 60, long % 60),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

/// Runs `command` with this program's own input and output.
///
/// # Errors
/// When it does not start or does not succeed: with the command line, to copy and run by hand.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start: {}", line(command)))?;
    if !status.success() {
        bail!("{status}; by hand: {}", line(command));
    }
    Ok(())
}

/// Runs `command` and returns what it prints, without the last line break.
///
/// # Errors
/// As [`run`].
pub fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start: {}", line(command)))?;
    if !output.status.success() {
        bail!("{}; by hand: {}", output.status, line(command));
    }
    Ok(String::from_utf8(output.stdout).context("output is not UTF-8")?.trim_end().to_owned())
}

/// True when `program` can be started.
pub fn exists(program: &str) -> bool {
    succeeds(Command::new(program).arg("--version"))
}

/// True when `command` can be started and succeeds; what it prints is of no interest.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a line for a POSIX shell, with its folder and the environment that was set.
fn line(command: &Command) -> String {
    let mut words = Vec::new();
    if let Some(folder) = command.get_current_dir() {
        words.push(format!("cd {} &&", quoted(&folder.to_string_lossy())));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    words.push(quoted(&command.get_program().to_string_lossy()));
    words.extend(command.get_args().map(|arg| quoted(&arg.to_string_lossy())));
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_can_be_copied_into_a_shell() {
        let mut command = Command::new("sh");
        command.current_dir("/").env("GREETING", "it's me").args(["-c", "exit 3"]);
        let error = run(&mut command).expect_err("exits with 3").to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.ends_with(r"cd / && GREETING='it'\''s me' sh -c 'exit 3'"), "{error}");
    }

    #[test]
    fn a_step_names_itself_in_its_error() {
        let error = step("weigh", || -> Result<()> { bail!("scales broke") }).expect_err("bails");
        assert_eq!(format!("{error:#}"), "weigh: scales broke");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(seconds(Duration::from_millis(1230)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
