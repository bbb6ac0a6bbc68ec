//! Self-BLEU: how alike the responses of a corpus are.
//!
//! Zhu et al., "Texygen: a benchmarking platform for text generation models", SIGIR 2018.

use rubrica_core::{Result, Signature, Tier};

use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::{Described, Level, Metric, MetricScore};
use crate::overlap::{Bleu, BleuOptions};
use crate::segment::Segment;
use crate::text::{Vocabulary, ngram_counts, tokens};

/// The mean BLEU of each response against all others as its references, 0 to 100: the higher, the less
/// varied the responses. The options are those of BLEU, for one segment.
///
/// One response alone has no score, and [`Metric::rows`] has to see all of them at once. Takes time
/// in proportion to the length of all responses together.
#[derive(Debug, Clone, Copy)]
pub struct SelfBleu {
    options: BleuOptions,
    bleu: Bleu,
}

impl Described for SelfBleu {
    type Options = BleuOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "self_bleu",
        title: "Self-BLEU",
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: Some(100.0),
        unit: Unit::Percent,
        higher_is_better: Some(false),
        source: "Zhu et al., Texygen, SIGIR 2018",
    };

    fn new(options: BleuOptions) -> Result<Self> {
        Ok(Self { options, bleu: Bleu::new(options)? })
    }
}

impl Metric for SelfBleu {
    fn info(&self) -> MetricInfo {
        Self::INFO
    }

    fn signature(&self, _level: Level) -> Signature {
        let mut signature = self.bleu.signature(Level::Sentence);
        signature.protocol = Self::INFO.id.into();
        signature
    }

    /// `[score, responses with a score]`; zeros, since one response has none.
    fn statistics(&self, _segment: &Segment<'_>) -> Result<Vec<f64>> {
        Ok(vec![0.0, 0.0])
    }

    fn reads_whole_corpus(&self) -> bool {
        true
    }

    fn rows(&self, segments: &[Segment<'_>]) -> Result<Vec<Vec<f64>>> {
        if segments.len() < 2 {
            return segments.iter().map(|segment| self.statistics(segment)).collect();
        }
        let tokenize = self.options.tokenize;
        let spaced: Vec<String> = segments
            .iter()
            .map(|segment| tokenize.prepared(segment.response, self.options.lowercase))
            .collect();
        let mut vocabulary = Vocabulary::default();
        let texts: Vec<Vec<u32>> = spaced.iter().map(|text| vocabulary.ids(tokens(text))).collect();
        let mut lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        lengths.sort_unstable();
        let orders = self.options.max_ngram_order;
        let most: Vec<_> = (1..=orders).map(|n| most(&texts, n)).collect();
        let row = |(at, text): (usize, &Vec<u32>)| {
            let mut row = vec![text.len() as f64, closest_other(&lengths, text.len()) as f64];
            row.extend(most.iter().enumerate().map(|(i, (ngrams, most))| {
                let others =
                    |ngram| ngrams.get(ngram).map_or(0, |id| most[id as usize].without(at));
                let counts = ngram_counts(text, i + 1);
                let shared = counts.iter().map(|(ngram, n)| (*n).min(others(ngram)));
                shared.sum::<usize>() as f64
            }));
            row.extend((1..=orders).map(|n| (text.len() + 1).saturating_sub(n) as f64));
            vec![self.bleu.score(&row, Level::Sentence).value().unwrap_or(0.0), 1.0]
        };
        Ok(texts.iter().enumerate().map(row).collect())
    }

    fn score(&self, statistics: &[f64], _level: Level) -> MetricScore {
        if statistics[1] == 0.0 {
            return MetricScore::undefined("needs_corpus", "there is nothing else to compare with");
        }
        MetricScore::new(statistics[0] / statistics[1])
    }
}

/// How often the text that has an n-gram most often has it, and the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Most {
    text: usize,
    first: usize,
    second: usize,
}

impl Most {
    /// The most often of all texts but one.
    fn without(&self, text: usize) -> usize {
        if text == self.text { self.second } else { self.first }
    }
}

/// That of each n-gram, by its id.
fn most(texts: &[Vec<u32>], n: usize) -> (Vocabulary<&[u32]>, Vec<Most>) {
    let (mut ngrams, mut all) = (Vocabulary::default(), Vec::new());
    for (text, ids) in texts.iter().enumerate() {
        for (ngram, count) in ngram_counts(ids, n) {
            let id = ngrams.id(ngram) as usize;
            if id == all.len() {
                all.push(Most::default());
            }
            let most = &mut all[id];
            if count > most.first {
                *most = Most { text, first: count, second: most.first };
            } else {
                most.second = most.second.max(count);
            }
        }
    }
    (ngrams, all)
}

/// The length closest to `length` among all but one of that length; the smaller of two as close.
fn closest_other(sorted: &[usize], length: usize) -> usize {
    let start = sorted.partition_point(|other| *other < length);
    let end = sorted.partition_point(|other| *other <= length);
    if end - start > 1 {
        return length;
    }
    let below = start.checked_sub(1).map(|at| sorted[at]);
    let above = sorted.get(end).copied();
    match (below, above) {
        (Some(below), Some(above)) if above - length < length - below => above,
        (Some(below), _) => below,
        (None, above) => above.unwrap_or(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_counts_leave_out_the_text_itself() {
        assert_eq!(closest_other(&[2, 5, 9], 5), 2);
        assert_eq!(closest_other(&[1, 5, 7], 5), 7);
        assert_eq!(closest_other(&[5, 5], 5), 5);
        let texts = [vec![1, 1, 1], vec![1, 1], vec![2]];
        let (ngrams, most) = most(&texts, 1);
        let of = |ngram: &[u32]| most[ngrams.get(ngram).expect("seen") as usize];
        assert_eq!((of(&[1]).without(0), of(&[1]).without(2)), (2, 3));
        assert_eq!(of(&[2]).without(2), 0);
    }
}
