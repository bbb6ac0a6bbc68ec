//! The name that was meant by a misspelt one.

/// The one of `known` that `name` nearly is: equal but for case, hyphens and spaces; one letter off, or from six
/// letters on two (a letter more, less or another, or two neighbours swapped). A name that goes on after an
/// underscore, such as `response_a`, is another name, and so are a few words of their own.
pub fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    /// Words that are one letter from a field and mean something else.
    const OTHERS: [&str; 6] =
        ["content", "contents", "contest", "index", "preference", "preferences"];
    let plain = folded(name);
    // Nothing that long is a slip, and the distance takes a square of the length.
    if plain.len() > 40 || OTHERS.contains(&plain.as_str()) {
        return None;
    }
    if known.iter().any(|one| name.strip_prefix(*one).is_some_and(|rest| rest.starts_with('_'))) {
        return None;
    }
    let distance_of = |one: &&'k str| {
        let other = folded(one);
        let reach = match other.chars().count() {
            0..=3 => 0,
            4..=5 => 1,
            _ => 2,
        };
        let distance = distance(&plain, &other);
        (distance <= reach).then_some((distance, *one))
    };
    known.iter().filter_map(distance_of).min_by_key(|(distance, _)| *distance).map(|(_, one)| one)
}

/// Lower case, with an underscore for what else joins words.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', ' '], "_")
}

/// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: [Vec<usize>; 3] = [vec![0; b.len() + 1], (0..=b.len()).collect(), Vec::new()];
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let other = usize::from(a[i - 1] != b[j - 1]);
            next[j] = (rows[1][j] + 1).min(next[j - 1] + 1).min(rows[1][j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(rows[0][j - 2] + 1);
            }
        }
        rows.swap(0, 1);
        rows[1] = next;
    }
    rows[1][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [&str; 8] =
        ["id", "instruction", "response", "responses", "reference", "context", "system", "prompt"];

    #[test]
    fn slips_are_found() {
        for (name, meant) in [
            ("refrence", "reference"),
            ("refernece", "reference"),
            ("Reference", "reference"),
            ("respones", "response"),
            ("resopnse", "response"),
            ("responce", "response"),
            ("contexts", "context"),
            ("intruction", "instruction"),
            ("promt", "prompt"),
            ("ID", "id"),
            ("reference2", "reference"),
        ] {
            assert_eq!(nearest(name, &FIELDS), Some(meant), "{name}");
        }
        assert_eq!(nearest("score-1", &["score_1"]), Some("score_1"));
    }

    #[test]
    fn other_names_are_left_alone() {
        for name in [
            "source",
            "model",
            "category",
            "score",
            "idx",
            "uid",
            "content",
            "contest",
            "response_a",
            "context_id",
            "",
            "preference_of_somebody",
            "répônse longue",
            "system_2",
        ] {
            assert_eq!(nearest(name, &FIELDS), None, "{name}");
        }
    }

    #[test]
    fn distances() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("ca", "abc"), 3);
    }
}
