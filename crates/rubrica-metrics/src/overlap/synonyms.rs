//! Synonyms from a file that the caller brings, with the inflected forms that WordNet knows.
//!
//! Fellbaum (ed.), "WordNet: an electronic lexical database", 1998; forms as in `morphy` of NLTK.

use crate::text::TokenMap;
use std::collections::BTreeSet;

use rubrica_core::{Error, Result};

/// Words that stand for each other, by part of speech.
///
/// The file is text, a line a set: a part of speech (`n` noun, `v` verb, `a` adjective, `r` adverb), then
/// the words of the set, with single spaces between them. A line that starts with `=` is an irregular form:
/// `=n mice mouse` or, with several base forms, `=v lay lay lie`. Lines that are empty or start with `#`
/// tell nothing. `wordnet_synonyms.py` beside this crate's manifest writes it from WordNet.
///
/// ```text
/// # car, and a form of mouse
/// n car auto automobile
/// =n mice mouse
/// ```
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    sets: Vec<Vec<String>>,
    /// Places in `sets` by part of speech and word in small letters.
    places: TokenMap<(Part, String), Vec<usize>>,
    irregular: TokenMap<(Part, String), Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Noun,
    Verb,
    Adjective,
    Adverb,
}

impl Part {
    const ALL: [Self; 4] = [Self::Noun, Self::Verb, Self::Adjective, Self::Adverb];

    fn read(letter: &str) -> Option<Self> {
        Some(match letter {
            "n" => Self::Noun,
            "v" => Self::Verb,
            "a" => Self::Adjective,
            "r" => Self::Adverb,
            _ => return None,
        })
    }

    /// Endings of regular forms, and what stands in their place in the base form.
    fn endings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Noun => &[
                ("s", ""),
                ("ses", "s"),
                ("ves", "f"),
                ("xes", "x"),
                ("zes", "z"),
                ("ches", "ch"),
                ("shes", "sh"),
                ("men", "man"),
                ("ies", "y"),
            ],
            Self::Verb => &[
                ("s", ""),
                ("ies", "y"),
                ("es", "e"),
                ("es", ""),
                ("ed", "e"),
                ("ed", ""),
                ("ing", "e"),
                ("ing", ""),
            ],
            Self::Adjective => &[("er", ""), ("est", ""), ("er", "e"), ("est", "e")],
            Self::Adverb => &[],
        }
    }
}

impl Synonyms {
    /// The synonyms that `file` lists.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the number of a line that is neither a set nor an irregular form.
    pub fn read(file: &str) -> Result<Self> {
        let mut found = Self::default();
        for (i, line) in file.lines().enumerate() {
            let (irregular, told) = match line.strip_prefix('=') {
                Some(told) => (true, told),
                None => (false, line),
            };
            let mut words = told.split_ascii_whitespace();
            let Some(first) = words.next() else { continue };
            if line.starts_with('#') {
                continue;
            }
            let part = Part::read(first).ok_or_else(|| {
                let problem = format!("line {} starts with `{first}`", i + 1);
                Error::invalid("", problem, "n, v, a or r, or a # before a remark")
            })?;
            let words: Vec<String> = words.map(str::to_owned).collect();
            match words.as_slice() {
                [form, base @ ..] if irregular && !base.is_empty() => {
                    found.irregular.insert((part, form.clone()), base.to_vec());
                }
                [_, ..] if !irregular => {
                    for word in &words {
                        let places = found.places.entry((part, word.to_lowercase())).or_default();
                        places.push(found.sets.len());
                    }
                    found.sets.push(words);
                }
                _ => {
                    let problem = format!("line {} has {} words", i + 1, words.len());
                    let expected = "a word at least, or a form and its base after =";
                    return Err(Error::invalid("", problem, expected));
                }
            }
        }
        Ok(found)
    }

    /// How many sets there are.
    pub fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether there is no set.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// All words in a set with `word`, or with a base form of it in any part of speech; ascending, each
    /// once. Empty for a word that the file does not know.
    pub fn of(&self, word: &str) -> Vec<&str> {
        let mut found = BTreeSet::new();
        let word = word.to_lowercase();
        for part in Part::ALL {
            for base in self.bases(part, &word) {
                let places = self.places.get(&(part, base)).into_iter().flatten();
                found.extend(places.flat_map(|place| &self.sets[*place]).map(String::as_str));
            }
        }
        found.into_iter().collect()
    }

    /// `word` and what it may be a form of, whether or not there are such words.
    fn bases(&self, part: Part, word: &str) -> Vec<String> {
        let mut bases = vec![word.to_owned()];
        match self.irregular.get(&(part, word.to_owned())) {
            Some(irregular) => bases.extend(irregular.iter().cloned()),
            None => bases.extend(
                part.endings()
                    .iter()
                    .filter_map(|(end, base)| Some(word.strip_suffix(*end)?.to_owned() + *base)),
            ),
        }
        bases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# A remark\n\nn car auto\nn mouse\nn Paris paname\nv lie tell\na big large\n\
                        =n mice mouse\n=v lay lay lie\nr well\nn well spring\n";

    #[test]
    fn forms_lead_to_their_sets() {
        let synonyms = Synonyms::read(FILE).expect("well formed");
        assert_eq!((synonyms.len(), synonyms.is_empty()), (7, false));
        assert_eq!(synonyms.of("car"), ["auto", "car"]);
        assert_eq!(synonyms.of("Cars"), ["auto", "car"]);
        assert_eq!(synonyms.of("mice"), ["mouse"]);
        assert_eq!(synonyms.of("lay"), ["lie", "tell"]);
        assert_eq!(synonyms.of("biggest"), Vec::<&str>::new());
        assert_eq!(synonyms.of("larger"), ["big", "large"]);
        assert_eq!(synonyms.of("paris"), ["Paris", "paname"]);
        assert_eq!(synonyms.of("wells"), ["spring", "well"]);
        assert_eq!(synonyms.of("s"), Vec::<&str>::new());
    }

    #[test]
    fn a_line_of_another_kind_is_refused() {
        for (file, line) in [("n a\nx b c", "line 2"), ("n", "line 1"), ("=n mice", "line 1")] {
            let error = Synonyms::read(file).expect_err("no set").to_string();
            assert!(error.contains(line), "{file}: {error}");
        }
        assert!(Synonyms::read("").expect("nothing").is_empty());
    }
}
