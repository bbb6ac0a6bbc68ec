//! Quote attribution: do the quotations of a response stand in its source?
//!
//! After the quote check of Menick et al., "Teaching language models to support answers with verified
//! quotes", arXiv:2203.11147, 2022.

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::fragments::Source;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;

/// Options of [`QuoteAttribution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuoteAttributionOptions {
    /// Shortest quotation that counts, in words, 1 to 100; a quoted word or two is often a term.
    pub min_words: usize,
}

impl Default for QuoteAttributionOptions {
    fn default() -> Self {
        Self { min_words: 3 }
    }
}

/// The share of quotations whose words stand, in that order and without others between, in a passage
/// of the context, 0 to 1. Parts: `quotations`, and `words`, the share of quoted words that stand in
/// such a quotation.
///
/// A quotation stands between marks of one kind (`"…"`, `“…”`, `„…“`, `«…»`, `「…」`, `『…』`) within one
/// paragraph. Case and punctuation do not count; an ellipsis in a quotation parts it in two. Undefined
/// without quotations. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct QuoteAttribution {
    options: QuoteAttributionOptions,
}

impl Described for QuoteAttribution {
    type Options = QuoteAttributionOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "quote_attribution",
        title: "Quote attribution",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Context,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Menick et al., arXiv:2203.11147, 2022",
    };

    fn new(options: QuoteAttributionOptions) -> Result<Self> {
        if !(1..=100).contains(&options.min_words) {
            let problem = format!("is {}", options.min_words);
            return Err(Error::invalid("min_words", problem, "1 to 100"));
        }
        Ok(Self { options })
    }
}

impl Averaged for QuoteAttribution {
    const VALUES: &'static [&'static str] = &["attributed", "quotations", "words"];
    const UNDEFINED: (&'static str, &'static str) = ("no_quotations", "the text quotes nothing");

    fn sign(&self, signature: Signature) -> Signature {
        signature.with("min", self.options.min_words)
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let mut source = Source::new(segment.needed_context(Self::INFO.id)?);
        let (mut all, mut found, mut words, mut found_words) = (0.0, 0.0, 0.0, 0.0);
        for quotation in quotations(segment.response) {
            let parts = quotation.split("...").flat_map(|part| part.split('…'));
            let parts: Vec<Vec<u32>> = parts.map(|part| source.ids(part)).collect();
            let length: usize = parts.iter().map(Vec::len).sum();
            if length < self.options.min_words {
                continue;
            }
            all += 1.0;
            words += length as f64;
            if parts.iter().all(|part| source.longest(part) == part.len()) {
                found += 1.0;
                found_words += length as f64;
            }
        }
        Ok((all > 0.0).then(|| vec![found / all, all, found_words / words]))
    }
}

/// What stands between quotation marks.
fn quotations(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    // Start of the open quotation, and the marks that close it.
    let mut open: Option<(usize, &[char])> = None;
    for (at, c) in text.char_indices() {
        match open {
            Some((start, closers)) if closers.contains(&c) => {
                found.push(&text[start..at]);
                open = None;
            }
            // A paragraph ends; the mark was none.
            Some(_) if c == '\n' => open = None,
            Some(_) => {}
            None => {
                let closers: &[char] = match c {
                    '"' => &['"'],
                    '“' => &['”'],
                    '„' => &['“', '”'],
                    '«' => &['»'],
                    '「' => &['」'],
                    '『' => &['』'],
                    _ => continue,
                };
                open = Some((at + c.len_utf8(), closers));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_one_kind_within_a_paragraph() {
        assert_eq!(quotations("a \"b c\" “d” „e“ «f» 「g」"), ["b c", "d", "e", "f", "g"]);
        assert_eq!(quotations("5\" wide\n\"x\" “not \"closed"), ["x"]);
    }
}
