//! `wasm-pack.toml`: the wasm builds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::repo::Repo;

/// The file, with its keys as they are written there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The builds, by name.
    pub build: BTreeMap<String, Build>,
    serve: Serve,
}

/// The one module that `./x serve` builds in place of all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Serve {
    /// The build that it takes crate and WebAssembly features from.
    like: String,
    /// Its features; those of all builds together.
    features: Vec<String>,
    /// Cargo profile.
    profile: String,
}

impl Manifest {
    /// The quick build. It has no passes for wasm-opt.
    pub fn serving(&self) -> Result<Build> {
        let Serve { like, features, profile } = &self.serve;
        let like = self
            .build
            .get(like)
            .with_context(|| format!("serve.like: `{like}` is none of the builds"))?;
        Ok(Build {
            features: features.clone(),
            profile: profile.clone(),
            optimise: Vec::new(),
            ..like.clone()
        })
    }

    /// Every feature of a build has to be in the module that stands in for it.
    fn validate(&self) -> Result<()> {
        for (name, build) in &self.build {
            build.validate().with_context(|| format!("build.{name}"))?;
            for feature in &build.features {
                anyhow::ensure!(
                    self.serve.features.contains(feature),
                    "serve.features: lacks `{feature}`, which build.{name} has"
                );
            }
        }
        self.serving().map(drop)
    }
}

/// One build.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Build {
    /// Package to build.
    #[serde(rename = "crate")]
    pub package: String,
    /// Its features; the default ones are off.
    pub features: Vec<String>,
    /// Features of WebAssembly, in rustc's names.
    pub target_features: Vec<String>,
    /// Cargo profile.
    pub profile: String,
    /// Stem of the output files.
    pub output: String,
    /// Passes for wasm-opt. The features are added from `target-features`.
    pub optimise: Vec<String>,
    /// Largest size allowed.
    pub budget: Sizes,
}

/// Bytes of a module as it is and as servers send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// As it is.
    pub raw: u64,
    /// gzip, level 9.
    pub gzip: u64,
    /// brotli, quality 11.
    pub brotli: u64,
}

/// rustc's name of a WebAssembly feature, and wasm-opt's flag for it.
const FLAGS: &[(&str, &str)] = &[
    ("simd128", "--enable-simd"),
    ("bulk-memory", "--enable-bulk-memory"),
    ("nontrapping-fptoint", "--enable-nontrapping-float-to-int"),
    ("sign-ext", "--enable-sign-ext"),
    ("mutable-globals", "--enable-mutable-globals"),
    ("reference-types", "--enable-reference-types"),
    ("multivalue", "--enable-multivalue"),
];

impl Build {
    /// wasm-opt's arguments. Features go by name: with `--all-features` it writes modules that
    /// browsers refuse.
    pub fn optimiser_flags(&self) -> Vec<&str> {
        let known = |feature: &String| FLAGS.iter().find(|(name, _)| name == feature);
        let features = self.target_features.iter().filter_map(known).map(|(_, flag)| *flag);
        self.optimise.iter().map(String::as_str).chain(features).collect()
    }

    /// rustc's flags.
    pub fn rustc_flags(&self) -> String {
        let features: Vec<String> = self.target_features.iter().map(|f| format!("+{f}")).collect();
        format!("-Ctarget-feature={}", features.join(","))
    }

    /// The optimised module.
    pub fn module(&self, repo: &Repo) -> PathBuf {
        folder(repo).join(format!("{}.wasm", self.output))
    }

    fn validate(&self) -> Result<()> {
        let known: Vec<&str> = FLAGS.iter().map(|(name, _)| *name).collect();
        for feature in &self.target_features {
            anyhow::ensure!(
                known.contains(&feature.as_str()),
                "target-features: `{feature}` is unknown; expected one of {}",
                known.join(", ")
            );
        }
        Ok(())
    }
}

/// Where the outputs of all builds go.
pub fn folder(repo: &Repo) -> PathBuf {
    repo.npm_package().join("wasm")
}

/// Reads the builds.
pub fn read(repo: &Repo) -> Result<Manifest> {
    let path = repo.path("wasm-pack.toml");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    parse(&text).context("wasm-pack.toml")
}

fn parse(text: &str) -> Result<Manifest> {
    let manifest: Manifest = toml::from_str(text)?;
    manifest.validate()?;
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[build.slim]
crate = "c"
features = ["a"]
target-features = ["simd128", "sign-ext"]
profile = "wasm"
output = "slim"
optimise = ["-Os"]
[build.slim.budget]
raw = 3
gzip = 2
brotli = 1
[serve]
like = "slim"
features = ["a", "b"]
profile = "quick"
"#;

    #[test]
    fn flags_follow_the_features() {
        let build = &parse(TEXT).expect("valid").build["slim"];
        assert_eq!(build.optimiser_flags(), ["-Os", "--enable-simd", "--enable-sign-ext"]);
        assert_eq!(build.rustc_flags(), "-Ctarget-feature=+simd128,+sign-ext");
    }

    #[test]
    fn the_builds_of_this_checkout_are_read() {
        let manifest = read(&Repo::find().expect("in the checkout")).expect("valid");
        assert_eq!(
            manifest.build.into_keys().collect::<Vec<_>>(),
            ["checks", "full", "slim", "statistics"]
        );
    }

    #[test]
    fn the_quick_build_stands_in_for_all() {
        let quick = parse(TEXT).expect("valid").serving().expect("like a build");
        assert_eq!((quick.package.as_str(), quick.profile.as_str()), ("c", "quick"));
        assert_eq!(quick.features, ["a", "b"]);
        assert_eq!(quick.optimise, [""; 0]);
        for (from, to, fault) in [
            (r#"["a", "b"]"#, r#"["b"]"#, "serve.features: lacks `a`, which build.slim has"),
            (r#"like = "slim""#, r#"like = "slum""#, "serve.like: `slum` is none of the builds"),
        ] {
            let error = format!("{:#}", parse(&TEXT.replacen(from, to, 1)).expect_err(fault));
            assert_eq!(error, fault);
        }
    }

    #[test]
    fn an_unknown_key_is_named() {
        for (from, to, name) in [
            ("profile", "profil", "profil"),
            ("gzip", "zstd", "zstd"),
            ("[build.slim]", "[builds.x]\na=1\n[build.slim]", "builds"),
        ] {
            let error = format!("{:#}", parse(&TEXT.replacen(from, to, 1)).expect_err(name));
            assert!(error.contains(&format!("unknown field `{name}`")), "{error}");
        }
    }

    #[test]
    fn an_unknown_feature_is_named() {
        let error = parse(&TEXT.replace("simd128", "relaxed-simd")).expect_err("unknown");
        let text = format!("{error:#}");
        assert!(
            text.starts_with("build.slim: target-features: `relaxed-simd` is unknown"),
            "{text}"
        );
    }
}
