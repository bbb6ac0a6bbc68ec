//! Which language a text is in: by script, then by small words and telling letters.
//!
//! Knows English, Spanish, Portuguese, French, German, Italian, Dutch, Polish, Finnish, Swedish,
//! Danish, Norwegian, Czech, Romanian, Turkish, Hungarian, Indonesian, Vietnamese, Swahili, Croatian,
//! Catalan and Tagalog in Latin letters; Russian, Ukrainian, Bulgarian and Macedonian; Arabic,
//! Persian and Urdu; Hindi, Marathi and Nepali; and languages with a script of their own. A text in
//! another language is taken for the nearest of these. A sentence is enough as a rule, a few words
//! without a small word among them are not: then Latin letters count as English.

use std::cmp::Ordering;

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::Requirement;
use super::language_words::{ARABIC, CYRILLIC, DEVANAGARI, LATIN, Profile};
use super::outcome::{Outcome, quoted};

/// Letters of which the language is told; what comes later changes nothing.
const LETTERS: usize = 5_000;

/// First and last letters.
type Ranges = &'static [(char, char)];

/// Scripts that one language here has to itself.
const SINGLE: &[(&str, Ranges)] = &[
    ("he", &[('\u{590}', '\u{5ff}')]),
    ("bn", &[('\u{980}', '\u{9ff}')]),
    ("pa", &[('\u{a00}', '\u{a7f}')]),
    ("gu", &[('\u{a80}', '\u{aff}')]),
    ("ta", &[('\u{b80}', '\u{bff}')]),
    ("te", &[('\u{c00}', '\u{c7f}')]),
    ("kn", &[('\u{c80}', '\u{cff}')]),
    ("ml", &[('\u{d00}', '\u{d7f}')]),
    ("th", &[('\u{e00}', '\u{e7f}')]),
    ("el", &[('\u{370}', '\u{3ff}'), ('\u{1f00}', '\u{1fff}')]),
    ("ko", &[('\u{1100}', '\u{11ff}'), ('\u{3130}', '\u{318f}'), ('\u{ac00}', '\u{d7af}')]),
    ("ja", &[('\u{3040}', '\u{30ff}')]),
    ("zh", &[('\u{3400}', '\u{9fff}'), ('\u{f900}', '\u{faff}'), ('\u{20000}', '\u{323af}')]),
];

/// Scripts that several languages share.
const SHARED: &[(&[Profile], Ranges)] = &[
    (LATIN, &[('A', 'Z'), ('a', 'z'), ('\u{aa}', '\u{24f}'), ('\u{1e00}', '\u{1eff}')]),
    (CYRILLIC, &[('\u{400}', '\u{52f}')]),
    (ARABIC, &[('\u{600}', '\u{6ff}'), ('\u{750}', '\u{77f}'), ('\u{fb50}', '\u{fdff}')]),
    (DEVANAGARI, &[('\u{900}', '\u{97f}')]),
];

/// The ISO 639-1 code of the language that `text` is mostly in, or `None` if it has no letters that
/// tell.
pub fn detect_language(text: &str) -> Option<&'static str> {
    let mut single = [0_usize; SINGLE.len()];
    let mut shared = [0_usize; SHARED.len()];
    let inside = |ranges: Ranges, c| ranges.iter().any(|(a, b)| (*a..=*b).contains(&c));
    for c in text.chars().filter(|c| c.is_alphabetic()).take(LETTERS) {
        if let Some(i) = SHARED.iter().position(|(_, ranges)| inside(ranges, c)) {
            shared[i] += 1;
        } else if let Some(i) = SINGLE.iter().position(|(_, ranges)| inside(ranges, c)) {
            single[i] += 1;
        }
    }
    let most = |counts: &[usize]| {
        let counts = counts.iter().copied().enumerate().filter(|(_, count)| *count > 0);
        counts.max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    // Kana between ideographs make a text Japanese.
    let [.., kana, han] = &mut single;
    if *kana * 10 > *han {
        *kana += std::mem::take(han);
    }
    // A text may quote names in Latin letters: any other script with half as many letters wins.
    let latin = shared[0];
    let others = single.iter().chain(&shared[1..]).sum::<usize>();
    if others * 2 > latin {
        shared[0] = 0;
    }
    match (most(&single), most(&shared)) {
        (None, None) => None,
        (Some((i, count)), other) if other.is_none_or(|(_, other)| count >= other) => {
            Some(SINGLE[i].0)
        }
        (_, Some((i, _))) => Some(nearest(SHARED[i].0, text)),
        (Some((i, _)), None) => Some(SINGLE[i].0),
    }
}

/// The share of the words of `text` that are small words of the language `code`, in `0..=1`: about a third
/// in prose of that language, next to nothing in others. `None` for a language that is told by its script,
/// and for one not known.
pub fn small_word_share(text: &str, code: &str) -> Option<f64> {
    let mut profiles = SHARED.iter().flat_map(|(profiles, _)| profiles.iter());
    let profile = profiles.find(|profile| profile.code == code)?;
    let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
    let text = text[..end].to_lowercase().replace('’', "'");
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || is_mark(c)));
    let (mut all, mut small) = (0_usize, 0_usize);
    for word in words.filter(|word| word.contains(char::is_alphabetic)) {
        all += 1;
        small += usize::from(profile.words.split_whitespace().any(|own| own == word));
    }
    Some(small as f64 / all.max(1) as f64)
}

/// The language of `profiles` that shares most words and letters with `text`; the first one when none
/// shares any.
fn nearest(profiles: &[Profile], text: &str) -> &'static str {
    let mut scores = vec![0.0_f64; profiles.len()];
    let owners = |find: &dyn Fn(&Profile) -> bool| -> Vec<usize> {
        (0..profiles.len()).filter(|i| find(&profiles[*i])).collect()
    };
    let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
    let text = text[..end].to_lowercase().replace('’', "'");
    let mut share = |owners: &[usize], weight: f64| {
        // What many languages have says little.
        owners.iter().for_each(|i| scores[*i] += weight / owners.len() as f64);
    };
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || is_mark(c))) {
        if !word.is_empty() {
            share(&owners(&|profile| profile.words.split_whitespace().any(|own| own == word)), 1.0);
        }
    }
    for c in text.chars().filter(|c| !c.is_ascii()) {
        share(&owners(&|profile| profile.letters.contains(c)), 0.5);
    }
    let best = (0..profiles.len()).max_by(|a, b| {
        scores[*a].partial_cmp(&scores[*b]).unwrap_or(Ordering::Equal).then(b.cmp(a))
    });
    best.map_or("en", |best| profiles[best].code)
}

/// Signs that belong to the letter before them in the scripts of India.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93a}'..='\u{94f}' | '\u{955}'..='\u{957}')
}

/// The text is mostly in one language: see [`detect_language`]. A text without letters is in any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// ISO 639-1 code, such as `de`.
    pub language: String,
}

impl Requirement for Language {
    fn validate(&self) -> Result<()> {
        let shared = SHARED.iter().flat_map(|(profiles, _)| profiles.iter().map(|p| p.code));
        let known: Vec<&str> = shared.chain(SINGLE.iter().map(|(code, _)| *code)).collect();
        if known.contains(&self.language.as_str()) {
            return Ok(());
        }
        Err(Error::Unknown {
            path: "language".into(),
            what: "language",
            name: self.language.clone(),
            known: known.join(", "),
        })
    }

    fn run(&self, text: &str) -> Outcome {
        match detect_language(text) {
            None => Outcome::pass("the text has no letters that tell its language"),
            Some(found) => Outcome::when(
                found == self.language,
                format!("the language is {}; expected {}", quoted(found), quoted(&self.language)),
            )
            .suggest(format!("Write in the language {}.", quoted(&self.language))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_are_those_of_their_language() {
        let text = "Das Wetter ist heute sehr schön, und wir gehen zusammen in den Park.";
        let share = |code| small_word_share(text, code).unwrap_or(f64::NAN);
        assert!(share("de") > 0.3 && share("en") < 0.15, "{} {}", share("de"), share("en"));
        assert_eq!((small_word_share("", "de"), small_word_share(text, "ja")), (Some(0.0), None));
    }

    #[test]
    fn a_sentence_tells_its_language() {
        for (code, text) in [
            ("en", "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG"),
            ("de", "Das Wetter ist heute sehr schön, und wir gehen zusammen in den Park."),
            ("fr", "Nous aimons beaucoup le pain que vous faites dans cette petite maison."),
            ("es", "La casa de mi madre está en una ciudad muy grande y tiene un jardín."),
            ("pt", "Eu não sei o que você vai fazer hoje, mas a cidade é muito bonita."),
            ("it", "Questa è la casa della mia famiglia, ma non ci abitiamo più."),
            ("sw", "Watu wa mji huu wanapenda chakula cha asubuhi na kazi ya pamoja."),
            ("fi", "Hän sanoi, että kaupunki on kaunis ja ihmiset ovat iloisia."),
            ("vi", "Tôi rất thích thành phố này vì người dân ở đây rất thân thiện."),
            ("ru", "Это очень красивый город, и мы любим гулять здесь по вечерам."),
            ("uk", "Це дуже гарне місто, і ми любимо гуляти тут увечері."),
            ("bg", "Това е много красив град и ние обичаме да се разхождаме тук."),
            ("fa", "این شهر بسیار زیبا است و ما از آن لذت می بریم."),
            ("ur", "یہ شہر بہت خوبصورت ہے اور ہم یہاں رہتے ہیں۔"),
            ("ar", "هذه المدينة جميلة جدا ونحن نحب أن نعيش في وسطها."),
            ("hi", "यह शहर बहुत सुंदर है और हम यहाँ रहते हैं।"),
            ("mr", "हे शहर खूप सुंदर आहे आणि आम्ही येथे राहतो."),
            ("ne", "यो सहर धेरै राम्रो छ र हामी यहाँ बस्छौं।"),
            ("ja", "この町はとても美しいです。"),
            ("zh", "这座城市非常美丽。"),
            ("ko", "이 도시는 매우 아름답습니다. Seoul"),
            ("he", "העיר הזאת יפה מאוד"),
        ] {
            assert_eq!(detect_language(text), Some(code), "{text}");
        }
        assert_eq!(detect_language("123 … 🎉"), None);
    }

    #[test]
    fn unknown_codes_are_refused() {
        let error = Language { language: "xx".into() }.validate().expect_err("no such language");
        assert_eq!(error.path(), Some("language"));
    }
}
