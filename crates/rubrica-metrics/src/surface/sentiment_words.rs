//! The words that the sentiment rules know, and a short lexicon.
//!
//! Negations, boosters and special cases are those of vaderSentiment 3.3.2 (C. Hutto, MIT licence): the
//! rules are nothing without them. The lexicon is our own, a few hundredths of theirs in size.

/// What a word that intensifies adds, and one that dampens takes off.
const STEP: f64 = 0.293;

/// Negations. A word with `n't` is one, too.
const NEGATIONS: &[&str] = &[
    "aint", "arent", "cannot", "cant", "couldnt", "darent", "despite", "didnt", "doesnt", "dont",
    "hadnt", "hasnt", "havent", "isnt", "mightnt", "mustnt", "neednt", "neither", "never", "none",
    "nope", "nor", "not", "nothing", "nowhere", "oughtnt", "rarely", "seldom", "shant", "shouldnt",
    "uh-uh", "uhuh", "wasnt", "werent", "without", "wont", "wouldnt",
];

/// Words that make the next one stronger.
const INTENSIFIERS: &[&str] = &[
    "absolutely", "amazingly", "awfully", "completely", "considerable", "considerably", "decidedly",
    "deeply", "effing", "enormous", "enormously", "entirely", "especially", "exceptional",
    "exceptionally", "extreme", "extremely", "fabulously", "flippin", "flipping", "frackin",
    "fracking", "frickin", "fricking", "friggin", "frigging", "fuckin", "fucking", "fuggin",
    "fugging", "fully", "greatly", "hella", "highly", "hugely", "incredible", "incredibly",
    "intensely", "major", "majorly", "more", "most", "particularly", "purely", "quite", "really",
    "remarkably", "so", "substantially", "thoroughly", "total", "totally", "tremendous",
    "tremendously", "uber", "unbelievably", "unusually", "utter", "utterly", "very",
];

/// Words and phrases that make it weaker.
const DAMPENERS: &[&str] = &[
    "almost", "barely", "hardly", "just enough", "kind of", "kind-of", "kinda", "kindof", "less",
    "little", "marginal", "marginally", "occasional", "occasionally", "partly", "scarce",
    "scarcely", "slight", "slightly", "somewhat", "sort of", "sort-of", "sorta", "sortof",
];

/// True of a negation in small letters.
pub(super) fn is_negation(word: &str) -> bool {
    word.contains("n't") || NEGATIONS.binary_search(&word).is_ok()
}

/// What a word or phrase in small letters adds to the strength of another; 0 for most.
pub(super) fn booster(phrase: &str) -> f64 {
    if INTENSIFIERS.binary_search(&phrase).is_ok() {
        STEP
    } else if DAMPENERS.binary_search(&phrase).is_ok() {
        -STEP
    } else {
        0.0
    }
}

/// The valence of a phrase that means something else than its words.
pub(super) fn special(phrase: &str) -> Option<f64> {
    Some(match phrase {
        "the shit" | "the bomb" | "to die for" => 3.0,
        "beating heart" => 3.5,
        "bad ass" | "badass" => 1.5,
        "bus stop" => 0.0,
        "kiss of death" => -1.5,
        "yeah right" => -2.0,
        _ => return None,
    })
}

/// The valence of a word of our own lexicon, −4 to 4.
pub(super) fn own(word: &str) -> Option<f64> {
    let at = LEXICON.binary_search_by_key(&word, |(word, _)| word).ok()?;
    Some(f64::from(LEXICON[at].1) / 2.0)
}

/// Words and emoticons with twice their valence, sorted.
const LEXICON: &[(&str, i8)] = &[
    (":(", -4), (":)", 4), (":-(", -4), (":-)", 4), (":d", 5), (";)", 3),
    ("abuse", -6), ("afraid", -4), ("agree", 3), ("amazing", 6), ("angry", -5), ("annoyed", -3),
    ("annoying", -4), ("appreciate", 4), ("ashamed", -4), ("attractive", 4), ("awesome", 6),
    ("awful", -4), ("bad", -5), ("beautiful", 6), ("best", 6), ("better", 4), ("boring", -3),
    ("brilliant", 6), ("broken", -4), ("calm", 3), ("care", 4), ("charming", 5), ("clever", 4),
    ("comfortable", 3), ("complain", -3), ("confused", -3), ("confusing", -2), ("crash", -3),
    ("cruel", -6), ("cry", -4), ("danger", -5), ("dangerous", -4), ("dead", -6), ("delight", 6),
    ("delighted", 5), ("dirty", -4), ("disappointed", -4), ("disappointing", -4), ("disaster", -6),
    ("disgusting", -5), ("dislike", -3), ("doubt", -3), ("dreadful", -4), ("easy", 4),
    ("enjoy", 4), ("enjoyed", 4), ("enthusiastic", 4), ("error", -3), ("evil", -7),
    ("excellent", 5), ("excited", 3), ("exciting", 4), ("fail", -5), ("failed", -5),
    ("failure", -5), ("fair", 3), ("fake", -4), ("fantastic", 5), ("fear", -4), ("fine", 2),
    ("fool", -4), ("free", 5), ("fresh", 3), ("friendly", 4), ("frustrated", -5),
    ("frustrating", -4), ("fun", 5), ("funny", 4), ("generous", 5), ("glad", 4), ("good", 4),
    ("gorgeous", 6), ("great", 6), ("guilty", -4), ("happiness", 5), ("happy", 5), ("harm", -5),
    ("harmful", -5), ("hate", -5), ("hated", -6), ("healthy", 3), ("help", 3), ("helpful", 4),
    ("helpless", -4), ("honest", 5), ("hope", 4), ("hopeless", -4), ("horrible", -5), ("hurt", -5),
    ("important", 2), ("impressed", 4), ("impressive", 5), ("interesting", 3), ("joy", 6),
    ("kill", -7), ("kind", 5), ("lazy", -3), ("lie", -3), ("like", 3), ("liked", 4), ("lol", 4),
    ("lonely", -3), ("lose", -3), ("loss", -3), ("love", 6), ("loved", 6), ("lovely", 6),
    ("lucky", 4), ("mad", -4), ("mess", -3), ("miserable", -4), ("miss", -1), ("mistake", -3),
    ("nasty", -5), ("nice", 4), ("no", -2), ("ok", 2), ("pain", -5), ("painful", -4), ("panic", -5),
    ("peace", 5), ("perfect", 5), ("pleasant", 5), ("please", 3), ("pleased", 4), ("poor", -4),
    ("positive", 5), ("pretty", 4), ("problem", -3), ("proud", 4), ("rude", -4), ("sad", -4),
    ("safe", 4), ("scared", -4), ("selfish", -4), ("sick", -5), ("smart", 3), ("smile", 3),
    ("sorry", -1), ("strong", 5), ("stupid", -5), ("success", 5), ("successful", 6), ("superb", 6),
    ("terrible", -4), ("terrific", 4), ("thank", 3), ("thanks", 4), ("tired", -4), ("tragic", -4),
    ("trouble", -3), ("true", 4), ("trust", 5), ("ugly", -5), ("unfair", -4), ("unhappy", -4),
    ("upset", -3), ("useful", 4), ("useless", -4), ("violent", -6), ("warm", 2), ("weak", -4),
    ("welcome", 4), ("win", 6), ("wise", 4), ("wonderful", 5), ("worried", -2), ("worse", -4),
    ("worst", -6), ("worthless", -4), ("wow", 6), ("wrong", -4), ("yay", 5), ("yes", 3),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [NEGATIONS, INTENSIFIERS, DAMPENERS] {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
        let unsorted = LEXICON.windows(2).find(|pair| pair[0].0 >= pair[1].0);
        assert_eq!(unsorted, None);
        assert!(LEXICON.iter().all(|(_, twice)| (-8..=8).contains(twice)));
        assert_eq!((own("good"), own("chair"), booster("kind of")), (Some(2.0), None, -STEP));
    }
}
