//! The parts of a response that are taken out one at a time.

use rubrica_core::Span;

/// A run of neighbouring sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// From the start of the first sentence to the end of the last.
    pub(super) span: Span,
    pub(super) sentences: usize,
}

/// At most `limit` runs of neighbouring `sentences` (ascending, disjoint), of about equal length.
///
/// A judge has to read the rest of the text once a segment, so their number bounds the work whatever
/// the length of the text.
pub(super) fn segments(sentences: &[Span], limit: usize) -> Vec<Segment> {
    let total: usize = sentences.iter().map(|s| s.len()).sum();
    let mut groups: Vec<Segment> = Vec::new();
    let (mut before, mut last_slot) = (0, None);
    for &span in sentences {
        // The slot in which the middle of the sentence falls; rises by steps, up to limit − 1.
        let slot = if sentences.len() <= limit {
            groups.len()
        } else {
            (2 * before + span.len()) * limit / (2 * total).max(1)
        };
        match groups.last_mut() {
            Some(group) if last_slot == Some(slot) => {
                group.span.end = span.end;
                group.sentences += 1;
            }
            _ => groups.push(Segment { span, sentences: 1 }),
        }
        last_slot = Some(slot);
        before += span.len();
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(lengths: &[usize]) -> Vec<Span> {
        let mut at = 0;
        let place = |n: &usize| {
            let span = Span::new(at, at + n);
            at += n + 1;
            span
        };
        lengths.iter().map(place).collect()
    }

    #[test]
    fn few_sentences_stand_alone() {
        let found = segments(&spans(&[3, 90, 2]), 3);
        assert_eq!(found.iter().map(|s| s.sentences).collect::<Vec<_>>(), [1, 1, 1]);
        assert!(segments(&[], 3).is_empty());
    }

    #[test]
    fn many_are_grouped_evenly() {
        let found = segments(&spans(&[10; 100]), 8);
        assert_eq!(found.len(), 8);
        assert!(found.iter().all(|s| (12..=13).contains(&s.sentences)), "{found:?}");
        assert_eq!(found[0].span.start, 0);
        assert_eq!(found[7].span.end, 100 * 11 - 1);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(lengths in prop::collection::vec(1usize..200, 0..120), limit in 1usize..30) {
            let sentences = spans(&lengths);
            let found = segments(&sentences, limit);
            prop_assert!(found.len() <= limit);
            prop_assert_eq!(found.iter().map(|s| s.sentences).sum::<usize>(), sentences.len());
            prop_assert!(found.windows(2).all(|w| w[0].span.end < w[1].span.start));
        }
    }
}
