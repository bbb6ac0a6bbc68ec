//! Levenshtein distance and similarity.
//!
//! V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals",
//! Soviet Physics Doklady 10, 1966; computed 64 rows at a time after G. Myers, "A fast bit-vector
//! algorithm for approximate string matching", JACM 46(3), 1999, in the blocks of H. Hyyrö (2003).

use std::borrow::Cow;

use rubrica_core::{Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::best;
use crate::averaged::Averaged;
use crate::error;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Characters, Vocabulary, tokens};

/// What is inserted, deleted or replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevenshteinUnit {
    /// Unicode scalars.
    #[default]
    Characters,
    /// Tokens between white space.
    Words,
}

/// How texts are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LevenshteinOptions {
    /// What is inserted, deleted or replaced.
    pub unit: LevenshteinUnit,
    /// Compares small letters.
    pub ignore_case: bool,
}

/// `1 − distance / length of the longer text`, against the most similar reference; 1 for two empty
/// texts. Parts: `distance`, the insertions, deletions and replacements that turn the response into
/// the reference, each costing 1.
///
/// Takes time in proportion to the product of the lengths; over [`MAX_STEPS`] steps (each of 64
/// cells) it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Levenshtein {
    options: LevenshteinOptions,
}

/// Steps of the inner loop that a comparison may take: some 250,000 characters against as many.
const MAX_STEPS: u64 = 1_000_000_000;

impl Described for Levenshtein {
    type Options = LevenshteinOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "levenshtein",
        title: "Levenshtein similarity",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Levenshtein, Soviet Physics Doklady 10, 1966",
    };

    fn new(options: LevenshteinOptions) -> Result<Self> {
        Ok(Self { options })
    }
}

impl Averaged for Levenshtein {
    const VALUES: &'static [&'static str] = &["similarity", "distance"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let unit = match self.options.unit {
            LevenshteinUnit::Characters => "characters",
            LevenshteinUnit::Words => "words",
        };
        let case = if self.options.ignore_case { "lc" } else { "mixed" };
        signature.with("unit", unit).with("case", case)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let scores: Vec<Vec<f64>> = references
            .iter()
            .map(|reference| self.compare(segment.response, reference))
            .collect::<Result<_>>()?;
        Ok(best(scores, |values| values[0]))
    }
}

impl Levenshtein {
    /// Similarity and distance.
    fn compare(&self, response: &str, reference: &str) -> Result<Vec<f64>> {
        let [response, reference] = [response, reference].map(|text| {
            if self.options.ignore_case {
                Cow::Owned(text.to_lowercase())
            } else {
                Cow::Borrowed(text)
            }
        });
        let (a, b) = match self.options.unit {
            LevenshteinUnit::Characters => {
                let mut characters = Characters::default();
                (characters.ids(&response), characters.ids(&reference))
            }
            LevenshteinUnit::Words => {
                let mut vocabulary = Vocabulary::default();
                (vocabulary.ids(tokens(&response)), vocabulary.ids(tokens(&reference)))
            }
        };
        let longer = a.len().max(b.len());
        let distance = distance(Self::INFO.id, &a, &b)? as f64;
        let similarity = if longer == 0 { 1.0 } else { 1.0 - distance / longer as f64 };
        Ok(vec![similarity, distance])
    }
}

/// Levenshtein distance of two sequences of dense ids, for `metric`.
///
/// # Errors
/// `texts_too_long` over [`MAX_STEPS`] steps.
pub(crate) fn distance(metric: &str, a: &[u32], b: &[u32]) -> Result<usize> {
    let (a, b) = without_common_ends(a, b);
    // The shorter one goes into the bits of a word.
    let (rows, columns) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if rows.is_empty() {
        return Ok(columns.len());
    }
    if rows.len().div_ceil(64) as u64 * columns.len() as u64 > MAX_STEPS {
        let lengths = [a.len(), b.len()];
        return Err(error::texts_too_long(metric, "units", lengths, MAX_STEPS));
    }
    let ids = rows.iter().chain(columns).max().map_or(0, |max| *max as usize + 1);
    // Rows of the current block in which each id stands.
    let mut stands = vec![0_u64; ids];
    // How the last row of the block above changes from each column to the next.
    let mut above = vec![1_i8; columns.len()];
    for block in rows.chunks(64) {
        for (row, id) in block.iter().enumerate() {
            stands[*id as usize] |= 1 << row;
        }
        advance(block.len(), &stands, columns, &mut above);
        for id in block {
            stands[*id as usize] = 0;
        }
    }
    let change: isize = above.iter().map(|step| isize::from(*step)).sum();
    Ok(rows.len().saturating_add_signed(change))
}

/// Runs one block of up to 64 rows over all columns. `border` holds the horizontal changes above the
/// block and, afterwards, those of its last row.
fn advance(rows: usize, stands: &[u64], columns: &[u32], border: &mut [i8]) {
    // Bit i: the cell of row i is one more, or one less, than the cell above it.
    let (mut up, mut down) = (u64::MAX, 0_u64);
    let last = rows - 1;
    for (id, change) in columns.iter().zip(border) {
        let from_above = *change;
        let equal = stands[*id as usize];
        let diagonal = equal | down;
        let equal = equal | u64::from(from_above < 0);
        let same = ((equal & up).wrapping_add(up) ^ up) | equal;
        let right = down | !(same | up);
        let left = up & same;
        *change = ((right >> last) & 1) as i8 - ((left >> last) & 1) as i8;
        let right = right << 1 | u64::from(from_above > 0);
        let left = left << 1 | u64::from(from_above < 0);
        up = left | !(diagonal | right);
        down = right & diagonal;
    }
}

/// The sequences without what both start with and what both end with.
fn without_common_ends<'a>(a: &'a [u32], b: &'a [u32]) -> (&'a [u32], &'a [u32]) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (&a[..a.len() - end], &b[..b.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use proptest::prelude::*;

    /// The textbook table.
    fn by_table(a: &[u32], b: &[u32]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.iter().enumerate() {
                let cell = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
                diagonal = std::mem::replace(&mut row[j + 1], cell);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn blocks_agree_with_the_table(
            a in prop::collection::vec(0_u32..4, 0..200),
            b in prop::collection::vec(0_u32..4, 0..200),
        ) {
            prop_assert_eq!(distance("levenshtein", &a, &b).expect("short"), by_table(&a, &b));
        }
    }

    #[test]
    fn known_distances() {
        let score = |a, b, unit| {
            let metric = Levenshtein { options: LevenshteinOptions { unit, ignore_case: false } };
            metric.sentence(&Segment::new(a, &[b])).expect("has a reference")
        };
        let kitten = score("kitten", "sitting", LevenshteinUnit::Characters);
        assert_eq!(kitten.parts["distance"], 3.0);
        assert!((kitten.value().expect("defined") - 4.0 / 7.0).abs() < 1e-15);
        assert_eq!(score("a b c", "a  c", LevenshteinUnit::Words).parts["distance"], 1.0);
        assert_eq!(score("", "", LevenshteinUnit::Words).value(), Some(1.0));
    }

    #[test]
    fn too_long_is_told() {
        let long = |c: &str| c.repeat(400_000);
        let metric = Levenshtein { options: LevenshteinOptions::default() };
        let (a, b) = (long("a"), long("b"));
        let error = metric.sentence(&Segment::new(&a, &[&b])).expect_err("too long");
        assert_eq!(error.code(), "texts_too_long");
        // One change in the middle of a long text is no work at all.
        let c = format!("{a}x{a}");
        let d = format!("{a}y{a}");
        let score = metric.sentence(&Segment::new(&c, &[&d])).expect("common ends");
        assert_eq!(score.parts["distance"], 1.0);
    }
}
