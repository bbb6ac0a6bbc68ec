//! One or two sentences over all points.

use rubrica_core::{CriterionJudgment, Evidence, Point, Rubric, Score, Severity};

/// Difference of two criteria, as a share of their scales, below which neither stands out.
const SAME: f64 = 0.05;

/// Characters of a quotation.
const QUOTED: usize = 60;

/// What a summary is about.
pub(crate) struct Summary<'a> {
    pub(crate) rubric: &'a Rubric,
    pub(crate) judged: &'a [CriterionJudgment],
    pub(crate) score: &'a Score,
    pub(crate) points: &'a [Point],
    pub(crate) response: &'a str,
}

impl Summary<'_> {
    /// The summary in plain English.
    pub(crate) fn text(&self) -> String {
        let mut sentences = vec![self.score()];
        let count = |kind: fn(&Evidence) -> bool| {
            self.points
                .iter()
                .filter(|p| kind(&p.evidence) && p.severity > Severity::Strength)
                .count()
        };
        let unmet = count(|e| matches!(e, Evidence::Check { .. }));
        if unmet > 0 {
            let verb = if unmet == 1 { "is" } else { "are" };
            sentences.push(format!("{} {verb} not met.", plural(unmet, "check")));
        }
        let faults = count(|e| matches!(e, Evidence::Rule { .. }));
        if faults > 0 {
            sentences.push(format!("Rules find {}.", plural(faults, "fault")));
        }
        let findings = count(|e| matches!(e, Evidence::Metric { .. }));
        if findings > 0 {
            let verb = if findings == 1 { "stands" } else { "stand" };
            sentences.push(format!("{} {verb} out.", plural(findings, "measure")));
        }
        sentences.extend(self.costliest());
        sentences.join(" ")
    }

    fn score(&self) -> String {
        let score = match self.score {
            Score::Defined(score) => score,
            Score::Undefined(why) => return format!("No score: {}.", why.reason),
        };
        let scale = self.rubric.output_scale();
        let text = format!("Scores {score:.2} on a scale from {} to {}", scale.min, scale.max);
        let criteria = self.rubric.criteria.iter().zip(self.judged);
        let mut places: Vec<(f64, &str, f64)> = criteria
            .filter_map(|(c, j)| {
                let score = j.score.value()?;
                Some((c.scale.normalise(score), c.id.as_str(), score))
            })
            .collect();
        // Stable: the first of the rubric where two are level.
        places.sort_by(|a, b| b.0.total_cmp(&a.0));
        match places.as_slice() {
            [best, .., worst] if best.0 - worst.0 >= SAME => format!(
                "{text}: best on {} ({:.2}), worst on {} ({:.2}).",
                best.1, best.2, worst.1, worst.2
            ),
            [_, _, ..] => format!("{text}, about the same on all {} criteria.", places.len()),
            _ => format!("{text}."),
        }
    }

    /// The part of the response that costs most, quoted.
    fn costliest(&self) -> Option<String> {
        let cost = |p: &Point| match p.evidence {
            Evidence::Occlusion { delta, .. } if delta < 0.0 => Some(delta),
            _ => None,
        };
        // Occlusion points come in the order of their share of the scale.
        let point = self.points.iter().find(|p| cost(p).is_some())?;
        let quoted = quote(point.span?.slice(self.response)?);
        Some(format!("Most is lost on {} in {quoted}.", point.criterion.as_deref()?))
    }
}

/// The start of `text` in quotation marks, on one line.
fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return format!("“{line}”");
    }
    let cut: String = line.chars().take(QUOTED).collect();
    // Not in the middle of a word, where there are words.
    let end = cut.rfind(' ').filter(|at| *at > QUOTED / 2).unwrap_or(cut.len());
    format!("“{}…”", cut[..end].trim_end())
}

/// `1 check`, `2 checks`.
pub(crate) fn plural(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_whole() {
        assert_eq!(quote("a\n b"), "“a b”");
        let long = "word ".repeat(40);
        let quoted = quote(&long);
        assert!(quoted.ends_with("word…”") && quoted.chars().count() <= QUOTED + 3, "{quoted}");
        assert_eq!(quote(&"😀".repeat(100)).chars().count(), QUOTED + 3);
    }
}
