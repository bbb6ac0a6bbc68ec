//! Claims that are made false: what a grounding head has to tell from the true ones.

use rubrica_stats::rng::Rng;

fn is_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
}

fn is_name(word: &str) -> bool {
    word.len() > 2 && word.chars().next().is_some_and(char::is_uppercase) && !is_number(word)
}

/// A kind of word, and where a claim has some.
type Places = (fn(&str) -> bool, Vec<usize>);

/// `claim` with a number or a name replaced by another one of `context`, or with a negation put in
/// or taken out; `None` when there is nothing to change.
pub(super) fn changed(claim: &str, context: &str, rng: &mut Rng) -> Option<String> {
    let words: Vec<&str> = claim.split(' ').collect();
    // The first word has a capital whatever it is.
    let places = |kind: fn(&str) -> bool, from: usize| -> Vec<usize> {
        (from..words.len()).filter(|&i| kind(words[i])).collect()
    };
    let kinds: [Places; 2] = [(is_number, places(is_number, 0)), (is_name, places(is_name, 1))];
    let swaps: Vec<&Places> = kinds.iter().filter(|(_, places)| !places.is_empty()).collect();
    let negated = negated(&words);
    let count = swaps.len() + usize::from(negated.is_some());
    if count == 0 {
        return None;
    }
    let Some((kind, places)) = swaps.get(rng.below(count)) else { return negated };
    let place = places[rng.below(places.len())];
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let old = bare(words[place]);
    let others: Vec<String> = context
        .split_whitespace()
        .filter(|w| kind(w))
        .map(bare)
        .filter(|w| !w.is_empty() && !w.eq_ignore_ascii_case(&old))
        .collect();
    let new = match others.len() {
        0 if is_number(words[place]) => (rng.below(90) + 2).to_string(),
        0 => return None,
        some => others[rng.below(some)].clone(),
    };
    let new = words[place].replace(&old, &new);
    let changed = [&words[..place], &[new.as_str()], &words[place + 1..]].concat().join(" ");
    (!context.contains(&changed)).then_some(changed)
}

/// The claim with `not` after its first auxiliary verb, or without the `not` that is there.
fn negated(words: &[&str]) -> Option<String> {
    const AUXILIARIES: [&str; 12] = [
        "is", "are", "was", "were", "has", "have", "had", "will", "can", "could", "would", "should",
    ];
    if let Some(at) = words.iter().position(|w| *w == "not") {
        return Some([&words[..at], &words[at + 1..]].concat().join(" "));
    }
    let at = words.iter().position(|w| AUXILIARIES.contains(w))?;
    Some([&words[..=at], &["not"], &words[at + 1..]].concat().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_claim_differs_from_the_context() {
        let context = "Anna moved to Berlin in 1990. Later Boris came from Prague in 2001.";
        let mut rng = Rng::seeded(3);
        for _ in 0..50 {
            if let Some(claim) = changed("Anna moved to Berlin in 1990.", context, &mut rng) {
                assert!(!context.contains(&claim), "{claim}");
            }
        }
        assert_eq!(negated(&["it", "is", "so"]).as_deref(), Some("it is not so"));
        assert_eq!(negated(&["it", "is", "not", "so"]).as_deref(), Some("it is so"));
        assert_eq!(changed("nothing here", context, &mut rng), None);
    }
}
