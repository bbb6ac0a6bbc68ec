//! How the words around it change a word's valence: the rules of VADER, quirks included.
//!
//! Order matters throughout, and is that of vaderSentiment 3.3.2.

use std::collections::BTreeSet;

use super::sentiment_words::{booster, is_negation, special};
use crate::text::TokenMap;

/// What capitals add to a word, where others are in small letters.
const CAPITALS: f64 = 0.733;
/// What a negation multiplies by.
const NEGATED: f64 = -0.74;
/// What `never so` and `never this` multiply by.
const NEVER_SO: f64 = 1.25;
/// What boosters weigh one, two and three words before.
const NEARNESS: [f64; 3] = [1.0, 0.95, 0.9];

/// A word of a text.
pub(super) struct Word {
    /// In small letters.
    pub(super) lower: String,
    /// All letters are capitals.
    pub(super) capitals: bool,
    /// Valence in the lexicon.
    pub(super) valence: Option<f64>,
}

/// The valence of each word in its place.
pub(super) fn valences(words: &[Word]) -> Vec<f64> {
    let capitals = words.iter().filter(|word| word.capitals).count();
    let text = Text { words, mixed: capitals > 0 && capitals < words.len() };
    let mut valences: Vec<f64> = (0..words.len()).map(|i| text.valence(i)).collect();
    if let Some(but) = words.iter().position(|word| word.lower == "but") {
        weigh_around(&mut valences, but);
    }
    valences
}

struct Text<'a> {
    words: &'a [Word],
    /// Some words are in capitals and some are not.
    mixed: bool,
}

impl Text<'_> {
    fn lower(&self, i: usize) -> &str {
        &self.words[i].lower
    }

    /// True when the word `back` places before `i` is one of `words`.
    fn before(&self, i: usize, back: usize, words: &[&str]) -> bool {
        i >= back && words.contains(&self.lower(i - back))
    }

    fn valence(&self, i: usize) -> f64 {
        let word = &self.words[i];
        let next = self.words.get(i + 1);
        let kind_of = word.lower == "kind" && next.is_some_and(|next| next.lower == "of");
        let known = word.valence.filter(|_| !kind_of && booster(&word.lower) == 0.0);
        let Some(in_lexicon) = known else { return 0.0 };
        let mut valence = in_lexicon;
        if word.lower == "no" && next.is_some_and(|next| next.valence.is_some()) {
            valence = 0.0;
        }
        let or = self.before(i, 3, &["no"]) && self.before(i, 1, &["or", "nor"]);
        if self.before(i, 1, &["no"]) || self.before(i, 2, &["no"]) || or {
            valence = in_lexicon * NEGATED;
        }
        if word.capitals && self.mixed {
            valence += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        for back in 1..=3.min(i) {
            if self.words[i - back].valence.is_none() {
                valence += self.boost(i - back, valence) * NEARNESS[back - 1];
                valence *= self.negation(i, back);
                if back == 3 {
                    valence = self.phrases(i, valence);
                }
            }
        }
        let least = self.before(i, 1, &["least"]) && self.words[i - 1].valence.is_none();
        if least && !self.before(i, 2, &["at", "very"]) { valence * NEGATED } else { valence }
    }

    /// What the word at `at` adds to a valence.
    fn boost(&self, at: usize, valence: f64) -> f64 {
        let word = &self.words[at];
        let mut boost = booster(&word.lower);
        if boost == 0.0 {
            return 0.0;
        }
        if valence < 0.0 {
            boost = -boost;
        }
        if word.capitals && self.mixed {
            boost += if valence > 0.0 { CAPITALS } else { -CAPITALS };
        }
        boost
    }

    /// What the word `back` places before `i` multiplies by.
    fn negation(&self, i: usize, back: usize) -> f64 {
        let so = |back| self.before(i, back, &["so", "this"]);
        let doubt = |back| self.before(i, back, &["doubt"]);
        let never = self.before(i, back, &["never"]);
        let without = self.before(i, back, &["without"]);
        match back {
            2 if never && so(1) => NEVER_SO,
            3 if never && so(2) || so(1) && back == 3 => NEVER_SO,
            2 if without && doubt(1) => 1.0,
            3 if without && (doubt(2) || doubt(1)) => 1.0,
            _ if is_negation(self.lower(i - back)) => NEGATED,
            _ => 1.0,
        }
    }

    /// The valence after special phrases around `i`, and boosters of several words before it.
    fn phrases(&self, i: usize, mut valence: f64) -> f64 {
        let phrase = |from: usize, to: usize| {
            self.words[from..=to].iter().map(|word| &*word.lower).collect::<Vec<_>>().join(" ")
        };
        let two_one = phrase(i - 2, i - 1);
        let three_two_one = phrase(i - 3, i - 1);
        let three_two = phrase(i - 3, i - 2);
        let before = [&phrase(i - 1, i), &phrase(i - 2, i), &two_one, &three_two_one, &three_two];
        if let Some(found) = before.into_iter().find_map(|phrase| special(phrase)) {
            valence = found;
        }
        for length in 1..=2 {
            if i + length < self.words.len()
                && let Some(found) = special(&phrase(i, i + length))
            {
                valence = found;
            }
        }
        valence + [three_two_one, three_two, two_one].iter().map(|p| booster(p)).sum::<f64>()
    }
}

/// Halves what stands before `but` and raises what stands after it by half.
///
/// As the tool does it: for each word in turn, not its own valence is weighed, but the first one in the
/// text that equals it.
fn weigh_around(valences: &mut [f64], but: usize) {
    let mut places: TokenMap<u64, BTreeSet<usize>> = TokenMap::default();
    for (i, valence) in valences.iter().enumerate().filter(|(_, valence)| **valence != 0.0) {
        places.entry(valence.to_bits()).or_default().insert(i);
    }
    for i in 0..valences.len() {
        let valence = valences[i];
        let first = places.get(&valence.to_bits()).and_then(|places| places.first().copied());
        let Some(first) = first.filter(|_| valence != 0.0) else { continue };
        let weight = match first.cmp(&but) {
            std::cmp::Ordering::Less => 0.5,
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => 1.5,
        };
        if let Some(places) = places.get_mut(&valence.to_bits()) {
            places.remove(&first);
        }
        valences[first] = valence * weight;
        places.entry(valences[first].to_bits()).or_default().insert(first);
    }
}
