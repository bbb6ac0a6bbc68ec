//! Informality: contractions and colloquial words, which formal English avoids.
//!
//! F. Heylighen and J.-M. Dewaele, "Formality of language: definition, measurement and behavioral
//! determinants", 1999, say what sets registers apart; their measure needs parts of speech, this one
//! counts markers. The list is our own.

use super::markers::MarkerList;

/// Contractions (`don't`, `we'll`), and colloquial words and openers.
#[derive(Debug, Clone, Copy)]
pub struct Informality;

impl MarkerList for Informality {
    const ID: &'static str = "informality";
    const TITLE: &'static str = "Informal markers";
    const SOURCE: &'static str = "Heylighen and Dewaele, Formality of Language, 1999";
    const VERSION: &'static str = "en/1";
    const PHRASES: &'static [&'static str] = &[
        "ain't",
        "awesome",
        "btw",
        "bunch of",
        "cool",
        "cuz",
        "dude",
        "folks",
        "gonna",
        "gotta",
        "guys",
        "haha",
        "hey",
        "hi",
        "huh",
        "idk",
        "imo",
        "it's",
        "kid",
        "kids",
        "kinda",
        "let's",
        "lol",
        "lots of",
        "nah",
        "nope",
        "oh",
        "ok",
        "okay",
        "omg",
        "oops",
        "pls",
        "plz",
        "pretty much",
        "sorta",
        "stuff",
        "super",
        "thanks",
        "that's",
        "there's",
        "thx",
        "tons of",
        "wanna",
        "what's",
        "wow",
        "y'all",
        "yeah",
        "yep",
        "yup",
    ];

    fn is_marker(word: &str) -> bool {
        ["n't", "'ll", "'re", "'ve", "'m", "'d"].iter().any(|end| word.ends_with(end))
    }
}
