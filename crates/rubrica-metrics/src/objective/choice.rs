//! The letter of a choice in an answer.

/// Letters of choices, from A on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    /// How many there are, 2 to 26.
    pub(super) count: usize,
}

/// A letter that stands alone, with what is around it.
struct Standing<'a> {
    letter: char,
    capital: bool,
    bracketed: bool,
    before: &'a str,
    after: &'a str,
}

/// Words that follow a letter that was chosen, and no article or pronoun: "A because", "I is".
const AFTER_LETTER: [&str; 40] = [
    "is", "because", "since", "as", "and", "or", "but", "not", "for", "due", "which", "with",
    "would", "seems", "was", "has", "looks", "given", "based", "here", "rather", "instead",
    "should", "must", "it", "in", "on", "to", "by", "if", "when", "that", "this", "the", "are",
    "will", "can", "could", "does", "makes",
];
/// Those of them that do not follow the pronoun.
const AFTER_LETTER_I: [&str; 9] =
    ["is", "because", "since", "as", "due", "seems", "has", "looks", "rather"];
/// What follows a letter that is said to be right.
const RIGHT: [&str; 17] = [
    "is correct",
    "is right",
    "is the correct",
    "is the right",
    "is the answer",
    "is the best",
    "is the most",
    "is true",
    "is my answer",
    "is the one",
    "is my choice",
    "is therefore correct",
    "is thus correct",
    "must be correct",
    "must be right",
    "is indeed",
    "would be correct",
];
/// What follows one that is said to be wrong.
const WRONG: [&str; 20] = [
    "is wrong",
    "is incorrect",
    "is not",
    "is false",
    "is close",
    "is too",
    "isn't",
    "isn’t",
    "are wrong",
    "are incorrect",
    "are not",
    "can be ruled out",
    "can be eliminated",
    "is tempting",
    "is out",
    "fails",
    "does not",
    "doesn't",
    "cannot be",
    "can't be",
];

impl Letters {
    /// The letter that `answer` chooses. A cue (`marked`) says that it is an answer and no other text.
    ///
    /// A letter at the start counts first, then one that is said to be right, then the last one in
    /// brackets, then the last capital that stands alone, in each case unless it is said to be wrong. Behind
    /// a cue a capital stands near: "most likely B", but not "right because of vitamin B".
    pub(super) fn chosen(self, answer: &str, marked: bool) -> Option<char> {
        let standing = self.standing(answer);
        let at_start = |one: &Standing<'_>| !one.before.contains(|c: char| c.is_alphanumeric());
        if let Some(first) = standing.first().filter(|one| at_start(one) && !one.is_denied())
            && first.starts_an_answer(marked)
        {
            return Some(first.letter);
        }
        let last = |accepts: &dyn Fn(&Standing<'_>) -> bool| {
            standing.iter().rev().find(|one| !one.is_denied() && accepts(one)).map(|one| one.letter)
        };
        last(&|one| (one.capital || one.bracketed) && one.is_right())
            .or_else(|| last(&|one| one.bracketed))
            .or_else(|| last(&|one| one.is_named()))
            .or_else(|| last(&|one| one.capital && !one.is_word() && (!marked || one.is_near())))
            .or_else(|| {
                let first = standing.first().filter(|one| at_start(one) && one.capital);
                first.filter(|one| one.next().starts_with(char::is_uppercase)).map(|one| one.letter)
            })
    }

    /// The letters of choices that stand alone.
    fn standing<'a>(&self, text: &'a str) -> Vec<Standing<'a>> {
        let mut found = Vec::new();
        let mut before = None;
        for (at, c) in text.char_indices() {
            let after = &text[at + c.len_utf8()..];
            let joins = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
            let alone = !before.is_some_and(char::is_alphanumeric) && !after.starts_with(joins);
            if let Some(letter) = self.letter(c).filter(|_| alone) {
                found.push(Standing {
                    letter,
                    capital: c.is_uppercase(),
                    bracketed: before == Some('(') && after.starts_with(')'),
                    before: &text[..at],
                    after,
                });
            }
            before = Some(c);
        }
        found
    }

    /// `c` as a capital, when it is one of the choices.
    fn letter(self, c: char) -> Option<char> {
        // Full width letters are the ASCII ones, moved.
        let c = match c as u32 {
            wide @ (0xff21..=0xff3a | 0xff41..=0xff5a) => char::from_u32(wide - 0xfee0)?,
            _ => c,
        };
        let upper = c.to_ascii_uppercase();
        let place = (upper as usize).checked_sub('A' as usize)?;
        (c.is_ascii_alphabetic() && place < self.count).then_some(upper)
    }
}

impl Standing<'_> {
    /// The text behind the letter, without marks.
    fn next(&self) -> &str {
        self.after.trim_start_matches([')', ']', '*', '_', '"', '\'', '`', '$', '}', ' '])
    }

    /// The last word before it, without marks.
    fn last_word(&self) -> String {
        let before = self.before.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '\n');
        let start = before.len() - before.len().min(24);
        let start = (start..).find(|at| before.is_char_boundary(*at)).unwrap_or_default();
        let near = &before[start..];
        let word = near.rsplit(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
        word.into_iter().next().unwrap_or_default().to_lowercase()
    }

    /// Whether it may be an article or a pronoun: "A man", "I think".
    fn is_word(&self) -> bool {
        let spaced = self.after.starts_with([' ', '\u{a0}', '\n']) && !self.bracketed;
        if !spaced || !matches!(self.letter, 'A' | 'I') {
            return false;
        }
        let next = self.next();
        let word: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
        let follows: &[&str] = if self.letter == 'I' { &AFTER_LETTER_I } else { &AFTER_LETTER };
        if word.is_empty() || follows.contains(&&*word.to_lowercase()) {
            return false;
        }
        // Within a sentence an article is no capital.
        let within = self.before.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == ',');
        self.letter == 'I' || !within
    }

    /// Whether a text that starts with it starts with a choice: "B", "B)", "B: because", but not "A man".
    fn starts_an_answer(&self, marked: bool) -> bool {
        match self.after.chars().next() {
            None => true,
            Some(c) if c.is_whitespace() => {
                let next = self.next();
                let upper = next.starts_with(char::is_uppercase);
                // "C or D" chooses nothing yet.
                self.capital
                    && !starts_lower(next, "or")
                    && (!self.is_word() || marked && self.letter == 'A' && upper)
            }
            Some(_) => true,
        }
    }

    /// Whether few words stand before it, and none that gives a reason.
    fn is_near(&self) -> bool {
        let reasons = ["because", "since", "as", "if", "of", "in", "why", "when", "for"];
        let words =
            self.before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let mut near = words.take(5);
        near.by_ref().take(4).all(|word| !reasons.contains(&word)) && near.next().is_none()
    }

    /// Whether a word before it says that it is a choice: "option A".
    fn is_named(&self) -> bool {
        let names = ["option", "choice", "answer", "letter", "choose", "pick", "select"];
        (self.capital || self.bracketed) && names.contains(&&*self.last_word())
    }

    fn is_right(&self) -> bool {
        let next = self.next();
        RIGHT.iter().any(|words| starts_lower(next, words))
    }

    fn is_denied(&self) -> bool {
        let next = self.next();
        WRONG.iter().any(|words| starts_lower(next, words))
            || matches!(
                &*self.last_word(),
                "not" | "than" | "out" | "isn't" | "eliminate" | "neither" | "nor" | "except"
            )
    }
}

/// Whether `text` starts with `words`, in any case, and no letter goes on.
fn starts_lower(text: &str, words: &str) -> bool {
    text.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
        && !text[words.len()..].starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_with_and_without_a_cue() {
        let letters = Letters { count: 10 };
        for (answer, marked, choice) in [
            ("A because B is too small.", true, Some('A')),
            ("I because H is too small.", true, Some('I')),
            ("A Paris", true, Some('A')),
            ("A dog came", true, None),
            ("A is correct.", false, Some('A')),
            ("A - Paris", false, Some('A')),
            ("A\n\nbecause", false, Some('A')),
            ("Option A is right; B is wrong.", false, Some('A')),
            ("I think it is A since B is not.", false, Some('A')),
            ("I think (I) is right", false, Some('I')),
            ("Both B and C are wrong, so it must be A in the end.", false, Some('A')),
            ("A man came in", false, None),
            ("I would say so", false, None),
            ("It is B, not C.", false, Some('B')),
            ("We can rule out C. A it is.", false, Some('A')),
            ("right because of vitamin B", true, None),
            ("most likely B", true, Some('B')),
            ("C is wrong", true, None),
            ("not C", true, None),
            ("B is right rather than D", true, Some('B')),
            ("Ｂ", false, Some('B')),
            ("**A** is the answer", false, Some('A')),
            ("A British man", false, Some('A')),
        ] {
            assert_eq!(letters.chosen(answer, marked), choice, "{answer}");
        }
    }
}
