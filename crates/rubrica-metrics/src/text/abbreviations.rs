//! Words after which a full stop seldom ends a sentence.
//!
//! The lists are sorted, lower case, without the final full stop.

/// What may follow an abbreviation within its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Anything: `Dr. Who`.
    Always,
    /// Anything but a word that usually starts a sentence: `Ford Inc. builds`, `Ford Inc. The`.
    UnlessStarter,
    /// A number: `Fig. 3`.
    BeforeNumber,
    /// A word in small letters: `tea, coffee etc. are`. Every other kind allows that too.
    BeforeSmall,
}

/// Titles and connectives.
const ALWAYS: &[&str] = &[
    "brig", "bzw", "capt", "cf", "cmdr", "col", "cpl", "dr", "dra", "drs", "e.g", "eg", "esp",
    "fr", "gen", "gov", "hon", "hrsg", "i.e", "ie", "lt", "maj", "messrs", "mlle", "mme", "mr",
    "mrs", "mx", "prof", "rep", "resp", "rev", "sen", "sgt", "sra", "srta", "ud", "uds", "v",
    "vgl", "viz", "vs",
];

/// Abbreviations that also stand at the end of a sentence.
const UNLESS_STARTER: &[&str] = &[
    "al", "ave", "blvd", "bros", "co", "corp", "dept", "esq", "gmbh", "hr", "inc", "jr", "llc",
    "ltd", "ms", "mt", "plc", "rd", "sr", "st", "ste", "univ",
];

/// Abbreviations of something numbered.
const BEFORE_NUMBER: &[&str] = &[
    "abb", "abs", "app", "approx", "apr", "art", "aug", "ca", "ch", "chap", "dec", "eq", "eqs",
    "est", "excl", "feb", "fig", "figs", "incl", "jan", "jul", "jun", "kap", "mar", "max", "min",
    "no", "nos", "nov", "nr", "núm", "oct", "okt", "op", "p", "para", "pp", "pt", "ref", "refs",
    "s", "sec", "sect", "sep", "sept", "tab", "tel", "tome", "vol", "vols",
];

/// Abbreviations that end a sentence only before a capital.
const BEFORE_SMALL: &[&str] = &[
    "adj", "adv", "aprox", "avg", "bspw", "cca", "cit", "ed", "env", "etc", "evtl", "ff", "ggf",
    "ibid", "id", "inkl", "itd", "itp", "lit", "mio", "mrd", "np", "orig", "phys", "pl", "pág",
    "sing", "sog", "std", "str", "syn", "tzn", "usw", "zzgl", "др", "ред", "рис", "руб", "см",
    "стр", "тыс", "ул",
];

/// Words that usually start a sentence when they stand, capitalised, after a full stop.
const STARTERS: &[&str] = &[
    "a",
    "after",
    "all",
    "also",
    "although",
    "an",
    "and",
    "another",
    "are",
    "as",
    "at",
    "because",
    "before",
    "both",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "during",
    "each",
    "even",
    "every",
    "finally",
    "first",
    "for",
    "from",
    "had",
    "has",
    "have",
    "he",
    "hence",
    "her",
    "here",
    "his",
    "how",
    "however",
    "i",
    "if",
    "in",
    "is",
    "it",
    "its",
    "later",
    "let",
    "many",
    "may",
    "moreover",
    "most",
    "my",
    "no",
    "not",
    "now",
    "of",
    "on",
    "once",
    "one",
    "or",
    "other",
    "our",
    "overall",
    "please",
    "she",
    "should",
    "since",
    "so",
    "some",
    "such",
    "that",
    "the",
    "their",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "this",
    "those",
    "though",
    "thus",
    "to",
    "today",
    "under",
    "unlike",
    "until",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "why",
    "will",
    "with",
    "without",
    "would",
    "yes",
    "yet",
    "you",
    "your",
];

/// German months: in a date they follow a number with a full stop.
const MONTHS_AFTER_ORDINAL: &[&str] = &[
    "april",
    "august",
    "dezember",
    "februar",
    "januar",
    "juli",
    "juni",
    "mai",
    "märz",
    "november",
    "oktober",
    "september",
];

/// The kind of abbreviation that `word` (lower case, without its full stop) is.
pub(super) fn abbreviation(word: &str) -> Option<Abbreviation> {
    [
        (ALWAYS, Abbreviation::Always),
        (UNLESS_STARTER, Abbreviation::UnlessStarter),
        (BEFORE_NUMBER, Abbreviation::BeforeNumber),
        (BEFORE_SMALL, Abbreviation::BeforeSmall),
    ]
    .into_iter()
    .find_map(|(list, kind)| list.binary_search(&word).is_ok().then_some(kind))
}

/// True when `word` (lower case) usually starts a sentence where it stands capitalised.
pub(super) fn is_starter(word: &str) -> bool {
    STARTERS.binary_search(&word).is_ok()
}

/// True when `word` (lower case) is a month that German puts after an ordinal: `3. Oktober`.
pub(super) fn is_month_after_ordinal(word: &str) -> bool {
    MONTHS_AFTER_ORDINAL.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_lower_case() {
        for list in
            [ALWAYS, UNLESS_STARTER, BEFORE_NUMBER, BEFORE_SMALL, STARTERS, MONTHS_AFTER_ORDINAL]
        {
            assert!(list.windows(2).all(|w| w[0] < w[1]), "{list:?}");
            assert!(list.iter().all(|w| *w == w.to_lowercase()), "{list:?}");
        }
    }

    #[test]
    fn kinds() {
        assert_eq!(abbreviation("dr"), Some(Abbreviation::Always));
        assert_eq!(abbreviation("inc"), Some(Abbreviation::UnlessStarter));
        assert_eq!(abbreviation("fig"), Some(Abbreviation::BeforeNumber));
        assert_eq!(abbreviation("figure"), None);
    }
}
