//! Hedging: words by which a writer commits to less.
//!
//! K. Hyland, "Hedging in scientific research articles", John Benjamins, 1998; the list is our own.

use super::markers::{MarkerList, count, lower_words};

/// Hedges: modal verbs, adverbs of doubt, verbs of seeming, and phrases.
#[derive(Debug, Clone, Copy)]
pub struct Hedging;

impl MarkerList for Hedging {
    const ID: &'static str = "hedging";
    const TITLE: &'static str = "Hedging";
    const SOURCE: &'static str = "Hyland, Hedging in Scientific Research Articles, 1998";
    const VERSION: &'static str = "en/1";
    const PHRASES: &'static [&'static str] = &[
        "apparently",
        "appear to",
        "appears",
        "approximately",
        "arguably",
        "as far as i",
        "assume",
        "could",
        "doubtful",
        "fairly",
        "generally",
        "i believe",
        "i feel",
        "i guess",
        "i suppose",
        "i think",
        "in general",
        "in my opinion",
        "it depends",
        "kind of",
        "largely",
        "likely",
        "mainly",
        "may",
        "maybe",
        "might",
        "more or less",
        "mostly",
        "not certain",
        "not sure",
        "often",
        "perhaps",
        "plausible",
        "plausibly",
        "possible",
        "possibly",
        "potentially",
        "presumably",
        "probable",
        "probably",
        "rather",
        "relatively",
        "roughly",
        "seem",
        "seemed",
        "seemingly",
        "seems",
        "somewhat",
        "sort of",
        "suggest",
        "suggests",
        "supposedly",
        "tend to",
        "tends to",
        "to some extent",
        "typically",
        "uncertain",
        "unclear",
        "unlikely",
        "usually",
        "would seem",
    ];
}

/// Hedges in a text.
pub fn hedges(text: &str) -> usize {
    count::<Hedging>(&lower_words(text))
}
