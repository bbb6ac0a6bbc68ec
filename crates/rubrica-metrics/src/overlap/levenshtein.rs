//! Levenshtein distance and similarity.
//!
//! V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals",
//! Soviet Physics Doklady 10, 1966; computed 256 rows at a time after G. Myers, "A fast bit-vector
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
    let change: isize = match rows.len() {
        ..=64 => in_blocks::<1>(rows, columns, ids),
        _ => in_blocks::<4>(rows, columns, ids),
    };
    Ok(rows.len().saturating_add_signed(change))
}

/// How the distance changes from a text of `rows` against nothing to one against all `columns`, in
/// blocks of `WORDS` words of rows.
fn in_blocks<const WORDS: usize>(rows: &[u32], columns: &[u32], ids: usize) -> isize {
    // Rows of the current block in which each id stands.
    let mut stands = vec![[0_u64; WORDS]; ids];
    // How the last row of the block above changes from each column to the next.
    let mut above = vec![1_i8; columns.len()];
    for block in rows.chunks(64 * WORDS) {
        for (row, id) in block.iter().enumerate() {
            stands[*id as usize][row / 64] |= 1 << (row % 64);
        }
        advance(block.len(), &stands, columns, &mut above);
        for id in block {
            stands[*id as usize] = [0; WORDS];
        }
    }
    above.iter().map(|step| isize::from(*step)).sum()
}

/// Runs one block of rows over all columns, its words as one long number. `border` holds the horizontal
/// changes above the block and, afterwards, those of its last row.
fn advance<const WORDS: usize>(
    rows: usize,
    stands: &[[u64; WORDS]],
    columns: &[u32],
    border: &mut [i8],
) {
    // Bit i: the cell of row i is one more, or one less, than the cell above it.
    let (mut up, mut down) = ([u64::MAX; WORDS], [0_u64; WORDS]);
    let (word, bit) = ((rows - 1) / 64, (rows - 1) % 64);
    for (id, change) in columns.iter().zip(border) {
        let equal = &stands[*id as usize];
        let (mut right, mut left) = ([0; WORDS], [0; WORDS]);
        let (mut carry, mut less) = (false, u64::from(*change < 0));
        for w in 0..WORDS {
            let equal = equal[w] | less;
            let (sum, over) = (equal & up[w]).overflowing_add(up[w]);
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            let same = (sum ^ up[w]) | equal;
            right[w] = down[w] | !(same | up[w]);
            left[w] = up[w] & same;
            (carry, less) = (over | again, 0);
        }
        let [mut more, mut less] = [*change > 0, *change < 0].map(u64::from);
        *change = ((right[word] >> bit) & 1) as i8 - ((left[word] >> bit) & 1) as i8;
        for w in 0..WORDS {
            let diagonal = equal[w] | down[w];
            let (next_more, next_less) = (right[w] >> 63, left[w] >> 63);
            let (right, left) = (right[w] << 1 | more, left[w] << 1 | less);
            up[w] = left | !(diagonal | right);
            down[w] = right & diagonal;
            (more, less) = (next_more, next_less);
        }
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
    use crate::metric::MetricExt;
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
            a in prop::collection::vec(0_u32..4, 0..400),
            b in prop::collection::vec(0_u32..4, 0..400),
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
