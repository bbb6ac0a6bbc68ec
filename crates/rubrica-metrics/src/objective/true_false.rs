//! Groups of true-or-false statements, right only if all are.
//!
//! Chiu et al., "CulturalBench", ACL 2025 (its hard form); White et al., "LiveBench", ICLR 2025 (its
//! zebra puzzles).

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::extract::{Extract, Extractor};
use super::items::items;
use super::verdict::{plain_verdict, verdict};
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of [`TrueFalse`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrueFalseOptions {
    /// Where the answers stand.
    pub extract: Extract,
}

/// 1 when every statement of the group is answered right, else 0. Parts: `statements`, the share of
/// right answers, `half_credit`, the mean of the two, and `answered`, the share of the statements to which
/// the response says true or false at all.
///
/// Response and reference list one answer a statement (see [`items`]): true or false, yes or no, t or
/// f, y or n, 1 or 0. The response may say more behind a verdict ("Yes, it is faster", "Nope"). An answer
/// that is missing or is no verdict, such as "(B)", is wrong; answers beyond the last statement make the
/// group wrong. The corpus score is the share of groups that are right.
#[derive(Debug, Clone)]
pub struct TrueFalse {
    extractor: Extractor,
}

impl Described for TrueFalse {
    type Options = TrueFalseOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "true_false",
        title: "True or false, by group",
        family: Family::Objective,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Chiu et al., CulturalBench, ACL 2025",
    };

    fn new(options: TrueFalseOptions) -> Result<Self> {
        Ok(Self { extractor: Extractor::new(options.extract)? })
    }
}

impl Averaged for TrueFalse {
    const VALUES: &'static [&'static str] = &["all", "statements", "half_credit", "answered"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("extract", self.extractor.name())
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let answer = self.extractor.list(segment.response);
        let plain = verdicts(&answer, plain_verdict);
        let listed = plain.len() > 1 && plain.iter().all(Option::is_some);
        let several = verdicts(&answer, verdict);
        let mut best = [0.0; 4];
        for reference in segment.needed_references(Self::INFO.id)? {
            let truths = verdicts(reference, plain_verdict);
            if truths.is_empty() || truths.contains(&None) {
                let expected = "a list of true and false";
                return Err(error::bad_form(Self::INFO.id, "reference", "is no list", expected));
            }
            // The answer to one statement may say more than its verdict, commas included.
            let answers = if truths.len() == 1 && !listed {
                vec![self.extractor.read(segment.response, &|answer, _| verdict(answer))]
            } else {
                several.clone()
            };
            let given = answers.iter().take(truths.len()).flatten().count();
            let right = truths.iter().zip(&answers).filter(|(truth, answer)| truth == answer);
            let share = right.count() as f64 / truths.len() as f64;
            let all = f64::from(u8::from(share == 1.0 && answers.len() == truths.len()));
            if (all, share) >= (best[0], best[1]) {
                best = [all, share, (all + share) / 2.0, given as f64 / truths.len() as f64];
            }
        }
        Ok(Some(best.to_vec()))
    }
}

/// The verdict of each item; `None` for what is none.
fn verdicts(text: &str, verdict: fn(&str) -> Option<bool>) -> Vec<Option<bool>> {
    items(text).iter().map(|item| verdict(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::MetricExt;

    #[test]
    fn a_group_is_right_only_as_a_whole() {
        let metric = TrueFalse::new(TrueFalseOptions::default()).expect("valid");
        let segments = [
            Segment::new("true, False, yes, no", &["[true, false, true, false]"]),
            Segment::new("1. true\n2. false\n3. true\n4. maybe", &["[1, 0, 1, 1]"]),
        ];
        let score = metric.corpus(&segments).expect("well formed");
        assert_eq!((score.value(), score.parts["statements"]), (Some(0.5), 0.875));
        for (response, reference, expected) in [
            ("Yes, it is faster.", "yes", [1.0, 1.0]),
            ("Nope", "no", [1.0, 1.0]),
            ("No, it is slower, by far.", "yes", [0.0, 1.0]),
            ("(B)", "yes", [0.0, 0.0]),
            ("<think>yes?</think>No.", "false", [1.0, 1.0]),
            ("1. Yes, it is.\n2. No, it is not.", "[1, 0]", [1.0, 1.0]),
            ("yes, yes", "yes", [0.0, 1.0]),
        ] {
            let score = metric.sentence(&Segment::new(response, &[reference])).expect("a list");
            let found = [score.value().expect("defined"), score.parts["answered"]];
            assert_eq!(found, expected, "{response}");
        }
        let error = metric.sentence(&Segment::new("true", &["maybe"])).expect_err("no list");
        assert_eq!((error.code(), error.path()), ("bad_form", Some("reference")));
    }
}
