//! The Porter stemmer with the extensions of NLTK, as ROUGE uses it.
//!
//! M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980; the extensions are those of
//! `nltk.stem.PorterStemmer` in its default mode: a list of irregular forms, a gentler rule for a
//! final `y`, `ies` and `ied` in short words, and three more suffixes in step 2.

/// The stem of an English word in small letters.
///
/// Words of up to two letters stay as they are.
pub fn porter_stem(word: &str) -> String {
    if let Some((_, stem)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*stem).to_owned();
    }
    if word.chars().nth(2).is_none() {
        return word.to_owned();
    }
    let mut word = word.to_owned();
    for step in [step_1a, step_1b, step_1c, step_2, step_3, step_4, step_5a, step_5b] {
        word = step(word);
    }
    word
}

const IRREGULAR: &[(&str, &str)] = &[
    ("sky", "sky"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("news", "news"),
    ("innings", "inning"),
    ("inning", "inning"),
    ("outings", "outing"),
    ("outing", "outing"),
    ("cannings", "canning"),
    ("canning", "canning"),
    ("howe", "howe"),
    ("proceed", "proceed"),
    ("exceed", "exceed"),
    ("succeed", "succeed"),
];

/// Suffixes with what replaces them where the stem's measure is above 0.
const STEP_2: &[(&str, &str)] = &[
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

/// As [`STEP_2`].
const STEP_3: &[(&str, &str)] = &[
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// Suffixes dropped where the stem's measure is above 1. `ion` also wants an `s` or `t` before it.
const STEP_4: &[&str] = &[
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou",
    "ism", "ate", "iti", "ous", "ive", "ize",
];

/// Whether each letter is a consonant: no vowel, and no `y` after a consonant.
fn consonants(word: &str) -> Vec<bool> {
    let mut flags: Vec<bool> = Vec::with_capacity(word.len());
    for letter in word.chars() {
        flags.push(match letter {
            'a' | 'e' | 'i' | 'o' | 'u' => false,
            'y' => flags.last().is_none_or(|before| !before),
            _ => true,
        });
    }
    flags
}

/// Porter's m: how often a vowel is followed by a consonant.
fn measure(stem: &str) -> usize {
    consonants(stem).windows(2).filter(|pair| !pair[0] && pair[1]).count()
}

fn has_vowel(stem: &str) -> bool {
    consonants(stem).contains(&false)
}

/// Porter's *o: ends consonant, vowel, consonant other than `w`, `x`, `y`. NLTK adds: is a vowel and
/// a consonant.
fn ends_cvc(word: &str) -> bool {
    match *consonants(word) {
        [first, second] => !first && second,
        [.., true, false, true] => !word.ends_with(['w', 'x', 'y']),
        _ => false,
    }
}

/// The last letter, when it is a consonant that stands twice.
fn double_consonant(word: &str) -> Option<char> {
    let mut letters = word.chars().rev();
    let last = letters.next()?;
    (letters.next() == Some(last) && consonants(word).ends_with(&[true])).then_some(last)
}

/// True for words of four letters, which keep the `e` of `ies` and `ied`.
fn is_short(word: &str) -> bool {
    word.chars().count() == 4
}

fn step_1a(word: String) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}{}", if is_short(&word) { "ie" } else { "i" });
    }
    if let Some(stem) = word.strip_suffix("sses") {
        return format!("{stem}ss");
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => word,
    }
}

fn step_1b(word: String) -> String {
    if let Some(stem) = word.strip_suffix("ied") {
        return format!("{stem}{}", if is_short(&word) { "ie" } else { "i" });
    }
    if let Some(stem) = word.strip_suffix("eed") {
        return if measure(stem) > 0 { format!("{stem}ee") } else { word };
    }
    let stem = ["ed", "ing"].iter().find_map(|suffix| word.strip_suffix(suffix));
    let Some(stem) = stem.filter(|stem| has_vowel(stem)) else { return word };
    if stem.ends_with("at") || stem.ends_with("bl") || stem.ends_with("iz") {
        return format!("{stem}e");
    }
    if let Some(letter) = double_consonant(stem) {
        let keep = matches!(letter, 'l' | 's' | 'z');
        let dropped = if keep { 0 } else { letter.len_utf8() };
        return stem[..stem.len() - dropped].to_owned();
    }
    let short = measure(stem) == 1 && ends_cvc(stem);
    format!("{stem}{}", if short { "e" } else { "" })
}

fn step_1c(word: String) -> String {
    match word.strip_suffix('y') {
        Some(stem) if stem.chars().nth(1).is_some() && consonants(stem).ends_with(&[true]) => {
            format!("{stem}i")
        }
        _ => word,
    }
}

fn step_2(word: String) -> String {
    // NLTK takes `alli` off first and starts the step again, so that `-ationally` loses all of it.
    if let Some(stem) = word.strip_suffix("alli").filter(|stem| measure(stem) > 0) {
        return step_2(format!("{stem}al"));
    }
    if let Some(result) = replace(&word, STEP_2) {
        return result;
    }
    // The `l` counts as part of the stem, so that `geologi` is long enough.
    match word.strip_suffix("ogi").filter(|stem| stem.ends_with('l') && measure(stem) > 0) {
        Some(stem) => format!("{stem}og"),
        None => word,
    }
}

fn step_3(word: String) -> String {
    replace(&word, STEP_3).unwrap_or(word)
}

/// The word by the first rule whose suffix it has; `None` when it has none of them.
fn replace(word: &str, rules: &[(&str, &str)]) -> Option<String> {
    let (stem, replacement) = rules
        .iter()
        .find_map(|(suffix, replacement)| Some((word.strip_suffix(suffix)?, replacement)))?;
    Some(if measure(stem) > 0 { format!("{stem}{replacement}") } else { word.to_owned() })
}

fn step_4(word: String) -> String {
    let found = STEP_4.iter().find_map(|suffix| Some((*suffix, word.strip_suffix(suffix)?)));
    match found {
        Some((suffix, stem))
            if measure(stem) > 1 && (suffix != "ion" || stem.ends_with(['s', 't'])) =>
        {
            stem.to_owned()
        }
        _ => word,
    }
}

fn step_5a(word: String) -> String {
    match word.strip_suffix('e') {
        Some(stem) if measure(stem) > 1 || (measure(stem) == 1 && !ends_cvc(stem)) => {
            stem.to_owned()
        }
        _ => word,
    }
}

fn step_5b(word: String) -> String {
    if word.ends_with("ll") && measure(&word[..word.len() - 1]) > 1 {
        word[..word.len() - 1].to_owned()
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_as_nltk_does() {
        // nltk 3.10.4, PorterStemmer().stem(word)
        for (word, stem) in [
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("dies", "die"),
            ("spied", "spi"),
            ("agreed", "agre"),
            ("feed", "feed"),
            ("hopping", "hop"),
            ("falling", "fall"),
            ("filing", "file"),
            ("happy", "happi"),
            ("enjoy", "enjoy"),
            ("relational", "relat"),
            ("rationally", "ration"),
            ("geology", "geolog"),
            ("electricity", "electr"),
            ("replacement", "replac"),
            ("adoption", "adopt"),
            ("controlling", "control"),
            ("probate", "probat"),
            ("skies", "sky"),
            ("conflated", "conflat"),
            ("yyyy", "yyyi"),
            ("42nds", "42nd"),
            ("naïve", "naïv"),
        ] {
            assert_eq!(porter_stem(word), stem, "{word}");
        }
    }
}
