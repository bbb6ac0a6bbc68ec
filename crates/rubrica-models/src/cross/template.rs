//! What the cross-encoder reads, token by token.
//!
//! `[CLS] task criterion [SEP] · instruction [SEP] · reference [SEP] · response [SEP]`, where `task`
//! and each `·` are tokens that pre-training never used, one a task and one a field. The response is
//! segment 1, all before it segment 0. Empty fields are left out with their marker.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::features::Rarity;
use crate::{ModelError, Result, TextTokenizer};

/// What the model is asked about the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossTask {
    /// Where the response stands on a criterion.
    Rubric,
    /// How good the response is beside others.
    Reward,
    /// Whether the reference (or context) supports it, sentence by sentence.
    Grounding,
    /// Which errors each sentence has.
    Errors,
    /// What each sentence of a context is worth: the context stands in the place of the response, and
    /// the response in that of the reference.
    Context,
}

impl CrossTask {
    /// All tasks, in the order of their markers.
    pub const ALL: [Self; 5] =
        [Self::Rubric, Self::Reward, Self::Grounding, Self::Errors, Self::Context];
}

/// The versions of the template. A judge reads by the one that it was trained with; its name stands in
/// the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CrossVersion {
    /// Four tasks.
    #[serde(rename = "cross/1")]
    One,
    /// Five tasks; heads also see what can be counted ([`super::CROSS_FEATURES`]).
    #[serde(rename = "cross/2")]
    Two,
    /// Heads also see how near span and fields lie ([`super::CROSS_COSINES`]).
    #[serde(rename = "cross/3")]
    Three,
}

impl CrossVersion {
    /// What new judges are trained with.
    pub const LATEST: Self = Self::Three;

    /// Name, as it stands in `head.json` and in a signature.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "cross/1",
            Self::Two => "cross/2",
            Self::Three => "cross/3",
        }
    }

    /// What a judge can be asked, in the order of the tasks' markers.
    pub fn tasks(self) -> &'static [CrossTask] {
        match self {
            Self::One => &CrossTask::ALL[..4],
            Self::Two | Self::Three => &CrossTask::ALL,
        }
    }
}

/// The fields of one input as token ids, without special tokens. Any but the response may be empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct CrossFields<'a> {
    /// The question that the score answers.
    pub criterion: &'a [u32],
    /// What the response answers.
    pub instruction: &'a [u32],
    /// A model answer, or the context that the response should rest on.
    pub reference: &'a [u32],
    /// The text to judge.
    pub response: &'a [u32],
}

/// One input of the model: a response, or a window of a long one, with its fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CrossSequence {
    /// Token ids, special ones included.
    pub ids: Vec<u32>,
    /// Where segment 1 starts in `ids`.
    pub split: usize,
    /// Where the response starts in `ids`.
    pub response_at: usize,
    /// The tokens of the response that the sequence holds.
    pub tokens: Range<usize>,
    /// Where instruction and reference stand in `ids`.
    pub fields: [Range<usize>; 2],
    pub(super) rarity: Arc<Rarity>,
}

impl CrossSequence {
    /// A sequence that nothing but a response can be told of.
    pub fn new(ids: Vec<u32>, response_at: usize, tokens: Range<usize>) -> Self {
        Self { ids, split: response_at, response_at, tokens, ..Self::default() }
    }

    /// Positions in `ids` of the response tokens `tokens`, as far as the sequence holds them; `None`
    /// when it holds none.
    pub fn positions(&self, tokens: &Range<usize>) -> Option<Range<usize>> {
        let start = tokens.start.max(self.tokens.start);
        let end = tokens.end.min(self.tokens.end);
        let at = |token: usize| self.response_at + token - self.tokens.start;
        (start < end).then(|| at(start)..at(end))
    }

    /// Positions of all response tokens; the closing token where there is none.
    pub fn response(&self) -> Range<usize> {
        self.positions(&self.tokens).unwrap_or(self.response_at..self.response_at + 1)
    }

    /// Token and segment ids.
    pub fn row(&self) -> (Vec<u32>, Vec<u32>) {
        let segments = (0..self.ids.len()).map(|i| u32::from(i >= self.split)).collect();
        (self.ids.clone(), segments)
    }
}

/// How fields become sequences.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossTemplate {
    start: u32,
    end: u32,
    /// A marker a task.
    tasks: Vec<u32>,
    fields: [u32; 3],
    window: usize,
    rarity: Arc<Rarity>,
}

/// Shortest window that leaves room for every field.
const MIN_WINDOW: usize = 32;
/// Tokens of a passage when a long field is cut down to what matters for the response.
const PASSAGE: usize = 32;

impl CrossTemplate {
    /// The template for a tokenizer, with windows of at most `window` tokens.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] for a vocabulary without `[CLS]`, `[SEP]` and an unused token for each
    /// task and each of three fields.
    pub fn new(tokenizer: &TextTokenizer, window: usize, version: CrossVersion) -> Result<Self> {
        let id = |token: &str| {
            tokenizer.token_id(token).ok_or_else(|| {
                ModelError::Tokenizer(format!(
                    "the vocabulary has no `{token}`; a cross-encoder's template needs it"
                ))
            })
        };
        let unused = |number: usize| id(&format!("[unused{number}]"));
        let tasks = version.tasks().len();
        Ok(Self {
            start: id("[CLS]")?,
            end: id("[SEP]")?,
            tasks: (0..tasks).map(unused).collect::<Result<_>>()?,
            fields: [unused(tasks)?, unused(tasks + 1)?, unused(tasks + 2)?],
            window: window.max(MIN_WINDOW),
            rarity: match version {
                CrossVersion::One => Arc::default(),
                CrossVersion::Two | CrossVersion::Three => Arc::new(Rarity::of(tokenizer)),
            },
        })
    }

    /// Tokens of a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// The sequences of one input: one, or as many windows as a long response needs.
    ///
    /// Where the fields do not fit together, the criterion gets at most a quarter of the window, the
    /// response at least half of the rest; a long instruction or reference is cut down to the
    /// passages that share most with the window of the response, in their order.
    pub fn compose(&self, task: CrossTask, fields: CrossFields<'_>) -> Vec<CrossSequence> {
        let room = self.window - 9;
        let lengths = [fields.criterion, fields.instruction, fields.reference, fields.response];
        let shares = shares(lengths.map(<[u32]>::len), room);
        let total = fields.response.len();
        let parts = total.div_ceil(shares[3].max(1)).max(1);
        (0..parts)
            .map(|part| {
                let tokens = total * part / parts..total * (part + 1) / parts;
                let response = &fields.response[tokens.clone()];
                let mut ids = vec![self.start, self.tasks[task as usize]];
                ids.extend(&fields.criterion[..shares[0]]);
                ids.push(self.end);
                // The first passage of an instruction says what is asked.
                let instruction = passages(fields.instruction, response, shares[1], true);
                let reference = passages(fields.reference, response, shares[2], false);
                let mut places = [0..0, 0..0];
                for (marker, field) in [instruction, reference].into_iter().enumerate() {
                    if !field.is_empty() {
                        ids.push(self.fields[marker]);
                        places[marker] = ids.len()..ids.len() + field.len();
                        ids.extend(field);
                        ids.push(self.end);
                    }
                }
                let split = ids.len();
                ids.push(self.fields[2]);
                let response_at = ids.len();
                ids.extend(response);
                ids.push(self.end);
                let rarity = Arc::clone(&self.rarity);
                CrossSequence { ids, split, response_at, tokens, fields: places, rarity }
            })
            .collect()
    }
}

/// Tokens that each field gets, in the order criterion, instruction, reference, response.
fn shares(lengths: [usize; 4], room: usize) -> [usize; 4] {
    let criterion = lengths[0].min(room / 4);
    let rest = room - criterion;
    let mut shares = [
        criterion,
        lengths[1].min(rest / 4),
        lengths[2].min(rest / 4),
        lengths[3].min(rest - 2 * (rest / 4)),
    ];
    // What is left goes to the response first, then to the reference, then to the instruction.
    let mut left = room - shares.iter().sum::<usize>();
    for field in [3, 2, 1] {
        let more = (lengths[field] - shares[field]).min(left);
        shares[field] += more;
        left -= more;
    }
    shares
}

/// At most `budget` tokens of `field`: all of it, or the passages that share the rarest tokens with
/// `response`, in their order.
fn passages(field: &[u32], response: &[u32], budget: usize, keep_first: bool) -> Vec<u32> {
    if field.len() <= budget {
        return field.to_vec();
    }
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for &id in field {
        *counts.entry(id).or_default() += 1;
    }
    let wanted: std::collections::HashSet<u32> = response.iter().copied().collect();
    let pieces: Vec<&[u32]> = field.chunks(PASSAGE).collect();
    let score = |piece: &[u32]| {
        let mut shared: Vec<u32> = piece.iter().copied().filter(|id| wanted.contains(id)).collect();
        shared.sort_unstable();
        shared.dedup();
        shared.iter().map(|id| 1.0 / f64::from(counts[id])).sum::<f64>()
    };
    let scores: Vec<f64> = pieces.iter().map(|p| score(p)).collect();
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    if keep_first {
        order.retain(|&i| i != 0);
        order.insert(0, 0);
    }
    let mut left = budget;
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for index in order {
        let length = pieces[index].len().min(left);
        if length == 0 {
            break;
        }
        taken.push((index, length));
        left -= length;
    }
    taken.sort_unstable();
    taken.into_iter().flat_map(|(index, length)| pieces[index][..length].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(window: usize) -> CrossTemplate {
        let rarity = Arc::default();
        let (tasks, fields) = (vec![3, 4, 5, 6, 10], [7, 8, 9]);
        CrossTemplate { start: 1, end: 2, tasks, fields, window, rarity }
    }

    #[test]
    fn short_fields_stand_one_after_the_other() {
        let fields = CrossFields {
            criterion: &[10, 11],
            instruction: &[20],
            reference: &[],
            response: &[30, 31],
        };
        let sequences = template(64).compose(CrossTask::Reward, fields);
        assert_eq!(sequences.len(), 1);
        let sequence = &sequences[0];
        assert_eq!(sequence.ids, [1, 4, 10, 11, 2, 7, 20, 2, 9, 30, 31, 2]);
        assert_eq!((sequence.split, sequence.response()), (8, 9..11));
        assert_eq!(sequence.fields, [6..7, 0..0]);
        assert_eq!(sequence.positions(&(1..9)), Some(10..11));
        assert_eq!(sequence.positions(&(2..9)), None);
        assert_eq!(sequence.row().1, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    }

    #[test]
    fn windows_hold_every_token_of_the_response_once() {
        let long: Vec<u32> = (100..700).collect();
        let fields = CrossFields {
            criterion: &long[..50],
            instruction: &long,
            reference: &long,
            response: &long,
        };
        let sequences = template(128).compose(CrossTask::Rubric, fields);
        assert!(sequences.iter().all(|s| s.ids.len() <= 128));
        let tokens: Vec<usize> = sequences.iter().flat_map(|s| s.tokens.clone()).collect();
        assert_eq!(tokens, (0..600).collect::<Vec<_>>());
        for s in &sequences {
            assert_eq!(s.ids[s.response()], long[s.tokens.clone()]);
        }
    }

    #[test]
    fn an_empty_response_has_one_sequence() {
        let sequences = template(64).compose(CrossTask::Rubric, CrossFields::default());
        assert_eq!(sequences[0].ids, [1, 3, 2, 9, 2]);
        assert_eq!(sequences[0].response(), 4..5);
    }

    #[test]
    fn long_fields_keep_what_the_response_shares() {
        let mut field: Vec<u32> = vec![0; 32 * 10];
        field[32 * 7] = 5;
        let kept = passages(&field, &[5], 64, true);
        assert_eq!((kept.len(), kept.iter().filter(|&&id| id == 5).count()), (64, 1));
        assert_eq!(passages(&field, &[5], 400, true), field);
    }
}
