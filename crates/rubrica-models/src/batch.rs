//! Windows of long texts, and batches that waste little on padding.

use std::ops::Range;

/// One piece of one text that fits the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Index of the text.
    pub text: usize,
    /// Tokens of the text (special ones not counted) that the window holds.
    pub tokens: Range<usize>,
}

/// How a set of texts is cut into windows and the windows are grouped into batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlan {
    /// All windows, in the order of the texts.
    pub windows: Vec<Window>,
    /// Indices into `windows`; within a batch, lengths are close to each other.
    pub batches: Vec<Vec<usize>>,
}

/// A window shorter than this share of the longest one in its batch starts a new batch.
const MIN_FILL: f64 = 0.85;

impl BatchPlan {
    /// Plans texts of the given `lengths` (in tokens, special ones not counted).
    ///
    /// A text of more than `max_window` tokens becomes the fewest windows that hold it, of equal
    /// length (give or take a token), so that no short rest loses its context. Windows are sorted by
    /// length and grouped until a batch reaches `budget` tokens, padding included. An empty text
    /// gets one empty window.
    pub fn new(lengths: &[usize], max_window: usize, budget: usize) -> Self {
        let max_window = max_window.max(1);
        let mut windows = Vec::new();
        for (text, &length) in lengths.iter().enumerate() {
            let parts = length.div_ceil(max_window).max(1);
            windows.extend(
                (0..parts)
                    .map(|i| Window { text, tokens: length * i / parts..length * (i + 1) / parts }),
            );
        }
        let mut order: Vec<usize> = (0..windows.len()).collect();
        order.sort_by_key(|&w| std::cmp::Reverse(windows[w].tokens.len()));
        let mut batches: Vec<Vec<usize>> = Vec::new();
        for window in order {
            let length = windows[window].tokens.len();
            if let Some(batch) = batches.last_mut() {
                let longest = windows[batch[0]].tokens.len();
                let fits = (batch.len() + 1) * longest.max(1) <= budget;
                if fits && length as f64 >= MIN_FILL * longest as f64 {
                    batch.push(window);
                    continue;
                }
            }
            batches.push(vec![window]);
        }
        Self { windows, batches }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_become_equal_windows() {
        let plan = BatchPlan::new(&[1201, 0, 510], 510, 2048);
        let tokens: Vec<_> = plan.windows.iter().map(|w| (w.text, w.tokens.clone())).collect();
        assert_eq!(tokens, [(0, 0..400), (0, 400..800), (0, 800..1201), (1, 0..0), (2, 0..510)]);
    }

    #[test]
    fn every_window_is_in_exactly_one_batch() {
        let lengths: Vec<usize> = (0..97).map(|i| (i * 37) % 700).collect();
        let plan = BatchPlan::new(&lengths, 510, 1024);
        let mut seen: Vec<usize> = plan.batches.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..plan.windows.len()).collect::<Vec<_>>());
        for batch in &plan.batches {
            let lengths: Vec<usize> = batch.iter().map(|&w| plan.windows[w].tokens.len()).collect();
            let longest = lengths[0];
            assert!(batch.len() == 1 || batch.len() * longest <= 1024);
            assert!(lengths.iter().all(|&n| n as f64 >= MIN_FILL * longest as f64));
        }
    }

    #[test]
    fn short_texts_share_a_batch() {
        let plan = BatchPlan::new(&[20; 32], 510, 1024);
        assert_eq!(plan.batches.len(), 1);
    }
}
