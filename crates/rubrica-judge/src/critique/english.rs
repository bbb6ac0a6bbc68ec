//! A rough look at whether a text is English: formulas of readability are made for English only.

/// Share of words among the ten commonest of English, in `0..=1`; 0 for no words.
///
/// English prose has about a quarter; texts in other languages a few hundredths.
pub(super) fn common_share(words: &[&str]) -> f64 {
    const COMMON: [&str; 10] = ["the", "of", "and", "to", "a", "in", "is", "that", "it", "for"];
    let common = words.iter().filter(|w| COMMON.iter().any(|c| c.eq_ignore_ascii_case(w)));
    common.count() as f64 / words.len().max(1) as f64
}

/// Share above which a text is taken for English.
pub(super) const ENGLISH: f64 = 0.12;

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica_metrics::text;

    fn share(text: &str) -> f64 {
        common_share(&text::words(text).collect::<Vec<_>>())
    }

    #[test]
    fn tells_english_from_others() {
        for case in crate::rubrics::builtins().flat_map(|b| b.cases()) {
            let response = case.sample.single_response().expect("one");
            if text::words(response).count() >= 50 {
                assert!(share(response) > ENGLISH, "{} {response}", share(response));
            }
        }
        for other in [
            "Die Schule sollte später beginnen, weil Kinder in der Pubertät mehr Schlaf brauchen und \
             der frühe Beginn ihnen das Lernen schwer macht.",
            "L'école devrait commencer plus tard, parce que les enfants ont besoin de sommeil et que \
             le matin est un moment difficile pour apprendre à leur âge.",
            "La escuela debería empezar más tarde, porque los niños necesitan dormir más y a esa hora \
             no es fácil aprender en clase.",
        ] {
            assert!(share(other) < ENGLISH, "{} {other}", share(other));
        }
        assert_eq!(share(""), 0.0);
    }
}
