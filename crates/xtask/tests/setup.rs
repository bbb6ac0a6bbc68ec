//! `./x` on a machine that lacks everything: stand-ins for the programs that install come first on the PATH,
//! count their calls, and note every one that begins before another has ended.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What every stand-in does before its own work: it notes its call, and whether another one is at work.
const NOTE: &str = r#"#!/bin/sh
name=${0##*/}
case "$*" in --version) echo v20.19.0; exit 0;; esac
echo "$name $*" >> "$STANDINS/calls"
mkdir "$STANDINS/busy" 2>/dev/null || echo "$name $*" >> "$STANDINS/overlaps"
sleep 0.1
rmdir "$STANDINS/busy" 2>/dev/null
case " $FAILING " in *" $name "*) echo "$name: no network" >&2; exit 7;; esac
"#;

/// What each leaves behind.
const WORK: &[(&str, &str)] = &[
    ("rustup", "mkdir -p \"$STANDINS/lib\""),
    ("npm", "mkdir -p node_modules/binaryen && echo '{}' > node_modules/binaryen/package.json"),
    (
        "apt-get",
        "case $1 in install) printf '#!/bin/sh\\n' > \"$STANDINS/bin/chromium\"; chmod +x \"$STANDINS/bin/chromium\"; \
         for font in Liberation CJK ColorEmoji; do : > \"$STANDINS/fonts/$font.ttf\"; done;; esac",
    ),
];

/// Programs that only answer.
const ANSWERS: &[(&str, &str)] = &[
    ("rustc", "#!/bin/sh\necho \"$STANDINS/lib\"\n"),
    ("node", "#!/bin/sh\necho v20.19.0\n"),
    ("id", "#!/bin/sh\necho 0\n"),
    (
        "cargo",
        "#!/bin/sh\ncase \"$*\" in *--version) exit 0;; metadata*) exec \"$REAL_CARGO\" \"$@\";; esac\n\
         echo \"cargo $*\" >> \"$STANDINS/compiles\"\nexit 101\n",
    ),
];

const MANIFEST: &str = r#"
[build.one]
crate = "rubrica-wasm"
features = ["a"]
target-features = ["simd128"]
profile = "wasm"
output = "one"
optimise = []
budget = { raw = 2, gzip = 2, brotli = 2 }
[build.two]
crate = "rubrica-wasm"
features = ["b"]
target-features = ["simd128"]
profile = "wasm"
output = "two"
optimise = []
budget = { raw = 1, gzip = 1, brotli = 1 }
[serve]
like = "one"
features = ["a", "b"]
profile = "quick"
"#;

/// A small checkout and a machine of its own.
struct Machine {
    top: PathBuf,
}

impl Machine {
    fn new(name: &str) -> Self {
        let top = std::env::temp_dir().join(format!("xtask-setup-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&top);
        let machine = Self { top };
        for folder in ["standins/bin", "standins/fonts", "home", "target"] {
            fs::create_dir_all(machine.path(folder)).expect("makes");
        }
        let programs = WORK.iter().map(|(name, work)| (name, format!("{NOTE}{work}\n")));
        let programs =
            programs.chain(ANSWERS.iter().map(|(name, text)| (name, (*text).to_owned())));
        for (name, text) in programs {
            let path = machine.path("standins/bin").join(name);
            fs::write(&path, text).expect("writes");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("sets");
        }
        // Nothing else of the machine that the test runs on, above all no browser, may be found.
        for tool in ["sh", "mkdir", "rmdir", "sleep", "chmod"] {
            let places = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
            let place = places.iter().find(|place| place.is_file()).expect(tool);
            std::os::unix::fs::symlink(place, machine.path("standins/bin").join(tool))
                .expect("links");
        }
        let package =
            "[package]\nname = \"rubrica-wasm\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
        let locked = |name: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
        let bindings = format!("{}{}", locked("wasm-bindgen"), locked("wasm-bindgen-cli-support"));
        for (path, text) in [
            ("repo/Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n"),
            ("repo/Cargo.lock", &bindings),
            ("repo/wasm-pack.toml", MANIFEST),
            ("repo/crates/rubrica-wasm/Cargo.toml", package),
            ("repo/crates/rubrica-wasm/src/lib.rs", ""),
            ("repo/crates/rubrica-wasm/npm/package.json", "{}"),
            ("repo/crates/rubrica-wasm/npm/packaging/package.json", "{}"),
            ("repo/www/package.json", "{}"),
            ("repo/models/README.md", ""),
        ] {
            let path = machine.path(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            fs::write(path, text).expect("writes");
        }
        machine
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.top.join(relative)
    }

    fn start(&self, arguments: &[&str], failing: &str) -> Child {
        let real = std::env::var_os("CARGO").expect("cargo runs the tests");
        let bin = self.path("standins/bin");
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("PATH", bin)
            .env("CARGO_MANIFEST_DIR", self.path("repo/crates/rubrica-wasm"))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("CARGO_HOME", self.path("home"))
            .env("HOME", self.path("home"))
            .env("STANDINS", self.path("standins"))
            .env("X_FONT_FOLDERS", self.path("standins/fonts"))
            .env("REAL_CARGO", real)
            .env("FAILING", failing)
            .env_remove("CARGO")
            .env_remove("CHROMIUM")
            .env_remove("X_WASM_CARGO_ARGS")
            .env_remove("CI")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts")
    }

    fn run(&self, arguments: &[&str], failing: &str) -> (bool, String) {
        ended(self.start(arguments, failing).wait_with_output().expect("ends"))
    }

    /// Lines of a note that the stand-ins keep.
    fn noted(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.path("standins").join(name)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.top);
    }
}

fn ended(output: Output) -> (bool, String) {
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), text.concat())
}

const NPM_CI: &str = "npm ci --ignore-scripts --no-audit --no-fund";

#[test]
fn each_thing_is_had_once_and_nothing_at_the_same_time() {
    let machine = Machine::new("once");
    let (passed, text) = machine.run(&["setup"], "");
    assert!(passed, "{text}");
    let calls = machine.noted("calls");
    let install = "apt-get install -q -y --no-install-recommends chromium fonts-liberation fonts-noto-cjk \
                   fonts-noto-color-emoji";
    // One call of npm for each of the three folders.
    let add = "rustup target add wasm32-unknown-unknown";
    let expected = [add, NPM_CI, NPM_CI, NPM_CI, "apt-get update -q", install];
    assert_eq!(calls, expected, "{text}");
    let (passed, text) = machine.run(&["setup"], "");
    assert!(passed, "{text}");
    assert_eq!(machine.noted("calls"), calls, "a second run installs again");
    assert_eq!(machine.noted("overlaps"), [""; 0]);
}

#[test]
fn fonts_that_cannot_be_had_stop_nothing() {
    let machine = Machine::new("fonts");
    let browser = machine.path("standins/bin/chromium");
    fs::write(&browser, "").expect("writes");
    let (passed, text) = machine.run(&["setup"], "apt-get");
    assert!(passed && text.contains("going on without the fonts"), "{text}");
}

#[test]
fn two_at_once_wait_for_each_other() {
    let machine = Machine::new("two");
    let both = [machine.start(&["setup"], ""), machine.start(&["setup"], "")];
    let both = both.map(|child| ended(child.wait_with_output().expect("ends")));
    assert!(both.iter().all(|(passed, _)| *passed), "{both:?}");
    // Who it is stands in the file a moment after it is locked.
    let waiting = "another ./x is at work (";
    assert_eq!(both.iter().filter(|(_, text)| text.contains(waiting)).count(), 1, "{both:?}");
    assert_eq!(machine.noted("calls").len(), 6, "{both:?}");
    assert_eq!(machine.noted("overlaps"), [""; 0]);
}

#[test]
fn lanes_install_nothing_and_each_compiles() {
    let machine = Machine::new("lanes");
    let (passed, text) = machine.run(&["build"], "");
    assert!(!passed, "the stand-in for cargo compiles nothing");
    assert_eq!(
        machine.noted("calls"),
        ["rustup target add wasm32-unknown-unknown", NPM_CI],
        "{text}"
    );
    assert_eq!(machine.noted("compiles").len(), 2, "{text}");
    assert_eq!(machine.noted("overlaps"), [""; 0]);
}

#[test]
fn a_failure_is_told_at_once_with_what_to_do_by_hand() {
    for (command, failing, by_hand, before) in [
        ("serve", "rustup", "by hand: rustup target add wasm32-unknown-unknown", 1),
        ("serve", "npm", "npm && npm ci --ignore-scripts --no-audit --no-fund", 2),
        ("test", "apt-get", "by hand: DEBIAN_FRONTEND=noninteractive apt-get update -q", 5),
    ] {
        let machine = Machine::new(failing);
        let begun = Instant::now();
        let port = if command == "serve" { &["--port", "0"][..] } else { &[] };
        let (passed, text) = machine.run(&[&[command], port].concat(), failing);
        assert!(!passed && text.contains(by_hand), "{text}");
        assert!(text.contains("setup stopped before anything was compiled"), "{text}");
        assert_eq!(machine.noted("calls").len(), before, "{text}");
        assert_eq!(machine.noted("compiles"), [""; 0], "{text}");
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert_eq!(text.contains("First run, about "), command == "serve", "{text}");
    }
}
