//! The browser that the tests drive, and the fonts that it renders with.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::files;
use crate::lock::{self, Lock};
use crate::shell::{self, note, step};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's package of the browser.
const PACKAGE: &str = "chromium";

/// Debian's packages of fonts for the scripts and emoji that the tests render, each with a part of the name
/// that its files have.
const FONTS: &[(&str, &str)] = &[
    ("fonts-liberation", "liberation"),
    ("fonts-noto-cjk", "cjk"),
    ("fonts-noto-color-emoji", "coloremoji"),
];

/// Where Linux keeps fonts, and where a person does.
const FONT_FOLDERS: &[&str] = &["/usr/share/fonts", "/usr/local/share/fonts"];
const OWN_FONT_FOLDERS: &[&str] = &[".fonts", ".local/share/fonts"];

/// Finds a Chromium and the fonts, or installs Debian's where this program may: both with one call of apt-get.
///
/// `CHROMIUM` wins when it is set. Fonts that are missing and cannot be installed are only told, since
/// they change what is rendered and nothing else.
///
/// # Errors
/// No browser, and none that could be installed: with what to do by hand.
pub fn ensure() -> Result<PathBuf> {
    let (browser, fonts) = missing()?;
    if browser.is_some() && fonts.is_empty() {
        return found();
    }
    let wanted = |browser: &Option<PathBuf>, fonts: &[&'static str]| -> Vec<&'static str> {
        browser.is_none().then_some(PACKAGE).into_iter().chain(fonts.iter().copied()).collect()
    };
    let packages = wanted(&browser, &fonts);
    if !shell::exists("apt-get") || !is_root() {
        let by_hand = format!("on Debian, as root: apt-get install {}", packages.join(" "));
        if browser.is_some() {
            note(format_args!("no fonts for some scripts that the tests render ({by_hand})"));
            return found();
        }
        bail!(
            "no Chromium found (looked for {} on the PATH). Install one ({by_hand}), or set CHROMIUM to \
             its path",
            NAMES.join(", ")
        );
    }
    let _lock = lock::of_the_machine().map(|path| Lock::wait(&path)).transpose()?;
    // Another `./x` may have installed them while this one waited.
    let (browser, fonts) = missing()?;
    let packages = wanted(&browser, &fonts);
    if packages.is_empty() {
        return found();
    }
    let installed = step(&format!("apt-get install {}", packages.join(" ")), || {
        let apt = |arguments: &[&str]| {
            let mut command = Command::new("apt-get");
            shell::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        apt(&["update", "-q"])?;
        apt(&[&["install", "-q", "-y", "--no-install-recommends"], &packages[..]].concat())
    });
    match installed {
        Err(error) if browser.is_some() => {
            note(format_args!("{error:#}; going on without the fonts"))
        }
        other => other?,
    }
    found()
}

/// The browser that is there, and the packages of fonts that are not.
fn missing() -> Result<(Option<PathBuf>, Vec<&'static str>)> {
    let browser = chosen()?.or_else(find);
    let fonts =
        if cfg!(target_os = "linux") { missing_fonts(&font_folders())? } else { Vec::new() };
    Ok((browser, fonts))
}

fn found() -> Result<PathBuf> {
    match chosen()?.or_else(find) {
        Some(path) => Ok(path),
        None => bail!(
            "apt-get installed {PACKAGE}, yet it is not on the PATH; set CHROMIUM to its path"
        ),
    }
}

/// What `CHROMIUM` names.
fn chosen() -> Result<Option<PathBuf>> {
    let Some(chosen) = std::env::var_os("CHROMIUM").filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let chosen = PathBuf::from(chosen);
    if !chosen.is_file() {
        bail!("CHROMIUM is set to {}, which is not a file", chosen.display());
    }
    Ok(Some(chosen))
}

fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = NAMES.iter().flat_map(|name| folders.iter().map(move |f| f.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}

fn font_folders() -> Vec<PathBuf> {
    // In place of the system's, for tests.
    if let Some(folders) = std::env::var_os("X_FONT_FOLDERS") {
        return std::env::split_paths(&folders).collect();
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let own = OWN_FONT_FOLDERS.iter().filter_map(|name| Some(home.as_ref()?.join(name)));
    FONT_FOLDERS.iter().map(PathBuf::from).chain(own).collect()
}

fn missing_fonts(folders: &[PathBuf]) -> Result<Vec<&'static str>> {
    let mut names = Vec::new();
    for folder in folders {
        let files = files::under(folder, &[])?;
        names.extend(files.iter().filter_map(|path| base_name(path)));
    }
    let is_missing = |part: &str| !names.iter().any(|name| name.contains(part));
    Ok(FONTS.iter().filter(|(_, part)| is_missing(part)).map(|(package, _)| *package).collect())
}

fn base_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().to_ascii_lowercase())
}

fn is_root() -> bool {
    shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_known_by_their_files() {
        let top = std::env::temp_dir().join(format!("xtask-fonts-{}", std::process::id()));
        let all = ["fonts-liberation", "fonts-noto-cjk", "fonts-noto-color-emoji"];
        assert_eq!(missing_fonts(&[top.join("nowhere")]).expect("lists"), all);
        files::write(&top.join("opentype/noto/NotoSansCJK-Regular.ttc"), "").expect("writes");
        files::write(&top.join("truetype/noto/NotoColorEmoji.ttf"), "").expect("writes");
        let missing = missing_fonts(std::slice::from_ref(&top)).expect("lists");
        std::fs::remove_dir_all(&top).expect("removes");
        assert_eq!(missing, ["fonts-liberation"]);
    }
}
