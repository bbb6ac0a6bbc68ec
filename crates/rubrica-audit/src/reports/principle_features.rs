//! Votes that need no judge: principles about what can be counted in two responses (the feature
//! annotators of Inverse Constitutional AI; Findeis et al., 2025).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rubrica_core::Preference;
use rubrica_metrics::surface::hedges;
use rubrica_metrics::text::{is_list_item, sentences, words};

use super::principle_vote::PrincipleVote;

/// A principle, and what it prefers more of.
type Feature = (&'static str, fn(&str) -> f64);

/// All of them. Those of length come both ways round; of the others the way that people may like.
const FEATURES: [Feature; 10] = [
    ("asks more questions", |text| count(text.chars(), |c| matches!(c, '?' | '？' | '؟'))),
    ("has longer sentences", |text| text_words(text) / (sentences(text).len() as f64).max(1.0)),
    ("has more bold text", |text| (text.matches("**").count() / 2) as f64),
    ("has more code blocks", |text| (count(text.lines(), is_fence) / 2.0).floor()),
    ("has more headings", |text| count(text.lines(), is_heading)),
    ("has more list items", |text| count(text.lines(), is_list_item)),
    ("has more numbers", |text| count(words(text), |w| w.contains(|c: char| c.is_numeric()))),
    ("hedges more", |text| hedges(text) as f64),
    ("is longer", text_words),
    ("is shorter", |text| -text_words(text)),
];

/// What each feature says of two responses one of which is preferred; where both have as much of it,
/// it does not apply. A tie has no votes.
pub(super) fn votes(responses: [&str; 2], label: Preference) -> BTreeMap<String, PrincipleVote> {
    let preferred = match label {
        Preference::A => Ordering::Greater,
        Preference::B => Ordering::Less,
        Preference::Tie => return BTreeMap::new(),
    };
    let vote = |of: fn(&str) -> f64| match of(responses[0]).total_cmp(&of(responses[1])) {
        Ordering::Equal => PrincipleVote::NotApplicable,
        more if more == preferred => PrincipleVote::Agree,
        _ => PrincipleVote::Disagree,
    };
    FEATURES.into_iter().map(|(name, of)| (name.to_owned(), vote(of))).collect()
}

fn count<T: Copy>(of: impl Iterator<Item = T>, is: impl Fn(T) -> bool) -> f64 {
    of.filter(|one| is(*one)).count() as f64
}

fn text_words(text: &str) -> f64 {
    words(text).count() as f64
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

/// One to six `#` and a space, as in CommonMark.
fn is_heading(line: &str) -> bool {
    let body = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - body.len())) && body.starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::PrincipleVote::{Agree, Disagree, NotApplicable};
    use super::*;

    #[test]
    fn each_feature_votes() {
        let rich = "# Sum\n\n- **One** is 1.\n- Two is 2.\n\n```rust\nlet a = 3;\n```\n\
            Is it so? Perhaps it may be that this, all in all, is what was asked for here.";
        let plain = "#no heading\nIt is so. That is it. This is all.";
        let said = votes([rich, plain], Preference::A);
        assert_eq!(said.len(), FEATURES.len());
        for (principle, vote) in &said {
            let expected = if principle == "is shorter" { Disagree } else { Agree };
            assert_eq!(*vote, expected, "{principle}");
        }
        let turned = votes([plain, rich], Preference::A);
        assert!(turned.iter().all(|(principle, vote)| *vote != said[principle]));
        assert_eq!(votes([plain, rich], Preference::B), said);
    }

    #[test]
    fn equals_and_ties_say_nothing() {
        for text in ["", "A word.", "三个词。"] {
            let said = votes([text, text], Preference::B);
            assert!(said.values().all(|vote| *vote == NotApplicable), "{text}");
        }
        assert!(votes(["a", "a b"], Preference::Tie).is_empty());
    }

    #[test]
    fn names_are_sorted() {
        assert!(FEATURES.is_sorted_by_key(|(name, _)| name));
    }
}
