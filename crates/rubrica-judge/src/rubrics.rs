//! The rubrics that come with Rubrica.
//!
//! Each is one file, `rubrics/<id>.yaml`: the rubric itself, which can be pasted anywhere a rubric is
//! read, and after the line `---` its test cases. A new one is a file and a name in the list below.

use rubrica_core::{Error, Result, Rubric, Sample};
use serde::{Deserialize, Serialize};

macro_rules! files {
    ($($id:literal),+ $(,)?) => {
        &[$(($id, include_str!(concat!("../rubrics/", $id, ".yaml")))),+]
    };
}

/// Id and file of each rubric.
const FILES: &[(&str, &str)] = files![
    "clarity",
    "coherence",
    "completeness",
    "conciseness",
    "correctness",
    "essay",
    "faithfulness",
    "harmlessness",
    "helpfulness",
    "student_answer",
    "summary",
    "tone",
];

/// What a test case is meant to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Belongs near the upper end of the scale.
    Good,
    /// Belongs near the lower end.
    Bad,
}

/// A test case of a built-in rubric; also an example to click.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RubricCase {
    /// What the case is meant to show.
    pub expect: Expect,
    /// Why it is good or bad, in one sentence.
    pub why: String,
    /// The case.
    pub sample: Sample,
}

/// A rubric that comes with Rubrica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// Its name in options and on the command line.
    pub id: &'static str,
    file: &'static str,
}

impl Builtin {
    /// The rubric as YAML, ready to be edited.
    pub fn yaml(&self) -> &'static str {
        self.parts().0
    }

    /// The rubric.
    pub fn rubric(&self) -> Rubric {
        rubrica_core::read_rubric(self.yaml()).expect("a test reads every file")
    }

    /// Its test cases, at least one good and one bad.
    pub fn cases(&self) -> Vec<RubricCase> {
        serde_saphyr::from_str(self.parts().1).expect("a test reads every file")
    }

    fn parts(&self) -> (&'static str, &'static str) {
        self.file.split_once("\n---\n").expect("a test reads every file")
    }
}

/// All rubrics that come with Rubrica, by id.
pub fn builtins() -> impl ExactSizeIterator<Item = Builtin> {
    FILES.iter().map(|(id, file)| Builtin { id, file })
}

/// The rubric with this id.
///
/// # Errors
/// [`Error::Unknown`], which lists the ids there are.
pub fn builtin(id: &str) -> Result<Builtin> {
    builtins().find(|b| b.id == id).ok_or_else(|| Error::Unknown {
        path: String::new(),
        what: "rubric",
        name: id.to_owned(),
        known: FILES.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rubrics");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is in the repository")
            .map(|entry| entry.expect("readable").path())
            .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
            .collect();
        files.sort();
        assert_eq!(files, FILES.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    }

    #[test]
    fn every_rubric_is_whole() {
        for builtin in builtins() {
            let rubric = builtin.rubric();
            assert_eq!(rubric.name, builtin.id);
            assert!(rubric.description.is_some(), "{}: no description", builtin.id);
            for criterion in &rubric.criteria {
                let points: Vec<i32> = criterion.scale.anchors.keys().copied().collect();
                assert_eq!(points, [1, 2, 3, 4, 5], "{}, {}", builtin.id, criterion.id);
                assert!(criterion.description.ends_with('?'), "{}", criterion.description);
            }
        }
    }

    #[test]
    fn every_rubric_has_a_good_and_a_bad_case() {
        for builtin in builtins() {
            let cases = builtin.cases();
            for expect in [Expect::Good, Expect::Bad] {
                assert!(cases.iter().any(|c| c.expect == expect), "{}: {expect:?}", builtin.id);
            }
            for case in &cases {
                assert!(!case.why.trim().is_empty(), "{}", builtin.id);
                assert!(!case.sample.instruction.trim().is_empty(), "{}", builtin.id);
                let response = case.sample.single_response().expect("one response");
                assert!(!response.trim().is_empty(), "{}", builtin.id);
            }
            let needs_context = ["faithfulness", "summary"].contains(&builtin.id);
            assert!(cases.iter().all(|c| c.sample.context.is_empty() != needs_context));
        }
    }

    #[test]
    fn the_yaml_reads_back_as_the_rubric() {
        let builtin = builtin("essay").expect("known");
        assert!(!builtin.yaml().contains("expect:"));
        let rubric = rubrica_core::read_rubric(builtin.yaml()).expect("valid");
        assert_eq!(rubric.fingerprint(), builtin.rubric().fingerprint());
        assert_eq!(rubric.criteria.len(), 4);
    }

    #[test]
    fn an_unknown_id_lists_the_known_ones() {
        let error = builtin("helpfullness").expect_err("misspelt");
        assert_eq!(error.code(), "unknown_name");
        let message = error.to_string();
        assert!(
            message.contains("`helpfullness`") && message.contains("helpfulness, "),
            "{message}"
        );
    }
}
