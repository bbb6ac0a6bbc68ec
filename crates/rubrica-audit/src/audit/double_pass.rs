//! How a judge of pairs fares over both orders of each, as JudgeBench (Tan et al., 2024) counts it.

use rubrica_core::Preference;
use serde::{Deserialize, Serialize};

/// How a judge fares against known labels over many pairs, as JudgeBench counts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct DoublePassReport {
    /// Pairs.
    pub n: usize,
    /// Pairs whose votes name the labelled winner.
    pub correct: usize,
    /// Pairs whose votes name the other one.
    pub incorrect: usize,
    /// Pairs whose votes cancel out, or whose passes are ties or unreadable.
    pub ties: usize,
    /// Pairs whose passes differ, an unreadable one included.
    pub inconsistent: usize,
    /// Passes without a readable verdict.
    pub unreadable: usize,
}

impl DoublePassReport {
    /// Counts one pair. `passes` are un-swapped, in terms of the original `a` and `b`.
    ///
    /// JudgeBench has no pairs that are labelled a tie. One that is counts as correct when the votes
    /// cancel out or both passes are ties, and as incorrect otherwise.
    pub fn count(&mut self, label: Preference, passes: [Option<Preference>; 2]) {
        self.n += 1;
        self.inconsistent += usize::from(passes[0] != passes[1]);
        self.unreadable += passes.iter().filter(|pass| pass.is_none()).count();
        let found = Preference::by_votes(passes.into_iter().flatten());
        *(match found {
            _ if found == label => &mut self.correct,
            Preference::Tie => &mut self.ties,
            _ => &mut self.incorrect,
        }) += 1;
    }

    /// Correct pairs of all pairs, in `0..=1`; `None` without pairs.
    pub fn accuracy(&self) -> Option<f64> {
        (self.n > 0).then(|| self.correct as f64 / self.n as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Preference::{A, B, Tie};

    #[test]
    fn counts_as_judgebench_does() {
        let mut report = DoublePassReport::default();
        report.count(A, [Some(A), Some(Tie)]);
        report.count(A, [Some(A), Some(B)]);
        report.count(A, [Some(B), None]);
        report.count(B, [Some(B), Some(B)]);
        report.count(B, [None, None]);
        let expected = DoublePassReport {
            n: 5,
            correct: 2,
            incorrect: 1,
            ties: 2,
            inconsistent: 3,
            unreadable: 3,
        };
        assert_eq!(report, expected);
        assert_eq!(report.accuracy(), Some(0.4));
        assert_eq!(DoublePassReport::default().accuracy(), None);
    }
}
