//! Texts that go round in circles.

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::Requirement;
use super::outcome::Outcome;
use crate::metric::{Described, Metric};
use crate::segment::Segment;
use crate::surface::{Repetition, RepetitionOptions};

/// At most the share `max` of the n-grams repeat an earlier one: see [`Repetition`]. A text shorter
/// than one n-gram repeats nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaxRepetition {
    /// Highest share, 0 to 1.
    pub max: f64,
    /// Words of an n-gram, 1 to 16.
    #[serde(default = "default_n")]
    pub n: usize,
}

fn default_n() -> usize {
    RepetitionOptions::default().n
}

impl MaxRepetition {
    fn metric(&self) -> Result<Repetition> {
        Repetition::new(RepetitionOptions { n: self.n, ..RepetitionOptions::default() })
    }
}

impl Requirement for MaxRepetition {
    fn validate(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.max) {
            return Err(Error::invalid("max", format!("is {}", self.max), "0 to 1"));
        }
        self.metric().map(|_| ())
    }

    fn run(&self, text: &str) -> Outcome {
        let segment = Segment::new(text, &[]);
        let score = self.metric().and_then(|metric| (&metric as &dyn Metric).sentence(&segment));
        let Some((share, score)) = score.ok().and_then(|score| Some((score.value()?, score)))
        else {
            return Outcome::pass("the text is too short to repeat itself");
        };
        let longest = score.parts.get("longest_block").copied().unwrap_or(0.0);
        let found = format!(
            "{:.0} % of the runs of {} words repeat earlier ones, the longest of {longest} words; \
             expected at most {:.0} %",
            100.0 * share,
            self.n,
            100.0 * self.max
        );
        Outcome::when(share <= self.max, found).suggest("Say each thing once.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_found() {
        let check = MaxRepetition { max: 0.2, n: 4 };
        check.validate().expect("sensible");
        let result = check.run(&"over and over again ".repeat(10)).named("");
        assert!(!result.passed);
        assert!(result.found.starts_with("89 % of the runs of 4 words"), "{}", result.found);
        assert!(check.run("Just once, and then no more of it.").named("").passed);
        assert!(check.run("").named("").passed);
    }

    #[test]
    fn limits_are_checked() {
        let error = MaxRepetition { max: f64::NAN, n: 4 }.validate().expect_err("NaN");
        assert_eq!(error.path(), Some("max"));
        let error = MaxRepetition { max: 0.5, n: 0 }.validate().expect_err("0");
        assert_eq!(error.path(), Some("n"));
    }
}
