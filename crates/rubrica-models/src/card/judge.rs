//! A classifier that is asked as its card says.

use rubrica_core::{
    Classification, ClassifierModel as _, CutTokens, Job, LabelMeaning, ModelInfo, PairPart, Span,
    TextPair,
};

use super::chunks::{ChunkCombine, ChunkUnit, chunks, words};
use super::{CardField, CardFields, JudgeCard, fail};
use crate::classifier::{LabelledSpan, Read};
use crate::{
    ClassGolden, ClassGoldenRow, Classifier, ClassifierOptions, Device, EncodeOptions, ModelError,
    ModelFiles, Result, labelled_spans,
};

/// A published judge with its card.
#[derive(Debug, Clone)]
pub struct CardJudge {
    classifier: Classifier,
    card: JudgeCard,
    info: ModelInfo,
}

/// What a judge says of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct CardOutcome {
    /// Raw logits of the piece that decided, `[labels]`.
    pub logits: Vec<f64>,
    /// The same after the card's activation, `[labels]`.
    pub values: Vec<f64>,
    /// Which piece of the context decided.
    pub decided_by: usize,
    /// Where each piece stands in the passages as one text; one without places where the context was
    /// read whole, or is not read at all.
    pub pieces: Vec<Option<Span>>,
    /// What was left out, over all pieces.
    pub cut: CutTokens,
}

/// What a judge of spans says of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct CardSpans {
    /// Parts of the response at fault.
    pub spans: Vec<LabelledSpan>,
    /// What was left out.
    pub cut: CutTokens,
}

impl CardJudge {
    /// Loads the model of a card. `options` give batches; the window is the card's.
    ///
    /// # Errors
    /// Any [`ModelError`] that the files give rise to, among others where they contradict the card.
    pub async fn load(
        files: ModelFiles<'_>,
        card: JudgeCard,
        device: &Device,
        options: EncodeOptions,
    ) -> Result<Self> {
        card.check(files.config)?;
        let options = ClassifierOptions {
            encode: EncodeOptions { window: card.reading.window, ..options },
            truncation: card.reading.truncation,
            cut_side: card.reading.cut_side,
            activation: Some(card.output.activation),
            meanings: Some(card.output.meanings.clone()),
        };
        let classifier = Classifier::load(files, device, options).await?;
        if classifier.task() != card.output.task {
            return Err(fail(format!(
                "{}: output.task is {:?}; expected {:?}, as the files say",
                card.id,
                card.output.task,
                classifier.task()
            )));
        }
        let mut info = classifier.info().clone();
        info.template = format!("card/{}", card.id);
        Ok(Self { classifier, card, info })
    }

    /// What is loaded.
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// Its card.
    pub fn card(&self) -> &JudgeCard {
        &self.card
    }

    /// The model.
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// One outcome an input, `[inputs]`. A context that is longer than the card's pieces is read in
    /// pieces, and the one that decides is told.
    ///
    /// # Errors
    /// [`rubrica_core::Error::Cancelled`], a missing field, or a model error.
    pub async fn judge(
        &self,
        inputs: &[CardFields<'_>],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<CardOutcome>> {
        let mut reads = Vec::new();
        let mut pieces = Vec::new();
        for fields in inputs {
            let spans = self.pieces(fields)?;
            let context = self.card.context(fields);
            for span in &spans {
                let piece = match span {
                    Some(span) => span.slice(&context).unwrap_or(&context),
                    None => &context,
                };
                reads.push(self.read(fields, piece)?);
            }
            pieces.push(spans);
        }
        let mut found = self.classifier.classify_reads(&reads, job).await?.into_iter();
        let outcomes = pieces.into_iter().map(|pieces| {
            let of_pieces: Vec<Classification> = found.by_ref().take(pieces.len()).collect();
            self.combine(of_pieces, pieces)
        });
        outcomes.collect::<Result<Vec<_>>>().map_err(Into::into)
    }

    /// The parts of each response that are at fault, `[inputs]`.
    ///
    /// # Errors
    /// As [`CardJudge::judge`]; a model that says nothing of tokens.
    pub async fn spans(
        &self,
        inputs: &[CardFields<'_>],
        job: &dyn Job,
    ) -> rubrica_core::Result<Vec<CardSpans>> {
        let reads = inputs
            .iter()
            .map(|fields| self.read(fields, &self.card.context(fields)))
            .collect::<Result<Vec<_>>>()?;
        let found = self.classifier.label_reads(&reads, job).await?;
        let sound: Vec<usize> = (0..self.card.output.meanings.len())
            .filter(|&label| self.card.output.meanings[label] != LabelMeaning::Faulty)
            .collect();
        let confidence = self.card.output.span_confidence;
        Ok(found
            .into_iter()
            .map(|row| {
                // The passages are read to be compared with, not judged.
                let judged: Vec<_> =
                    row.tokens.into_iter().filter(|t| t.part == PairPart::Second).collect();
                CardSpans {
                    spans: labelled_spans(&judged, &sound, |_| None, confidence),
                    cut: row.cut,
                }
            })
            .collect())
    }

    /// What every device has to give for the texts of the card's cases, as this one computes it: the
    /// `golden.json` of the model, made on the CPU when it is added.
    ///
    /// # Errors
    /// A model error.
    pub async fn golden(&self, tolerance: f64) -> rubrica_core::Result<ClassGolden> {
        let cases = &self.card.cases;
        let inputs: Vec<TextPair<'_>> = cases
            .iter()
            .map(|case| TextPair { first: &case.first, second: case.second.as_deref() })
            .collect();
        let logits = self.classifier.golden_logits(&inputs).await?;
        let rows = cases.iter().zip(logits).map(|(case, logits)| ClassGoldenRow {
            first: case.first.clone(),
            second: case.second.clone(),
            logits,
        });
        Ok(ClassGolden {
            tool: format!("rubrica {} on {}", rubrica_core::VERSION, self.info.device),
            rows: rows.collect(),
            tolerance,
        })
    }

    fn read(&self, fields: &CardFields<'_>, context: &str) -> Result<Read> {
        let input = self.card.input(fields)?;
        let tokenizer = self.classifier.tokenizer();
        let first = input.first.render(fields, context).tokenize(tokenizer)?;
        let second = input.second.as_ref().map(|t| t.render(fields, context).tokenize(tokenizer));
        self.classifier.compose(first, second.transpose()?)
    }

    /// The pieces of the context, if the card has a rule and the context is longer than one.
    fn pieces(&self, fields: &CardFields<'_>) -> Result<Vec<Option<Span>>> {
        let input = self.card.input(fields)?;
        let places = input.first.has(CardField::Context)
            || input.second.as_ref().is_some_and(|second| second.has(CardField::Context));
        let Some(rule) = self.card.chunks.filter(|_| places) else { return Ok(vec![None]) };
        let context = self.card.context(fields);
        let tokenizer = self.classifier.tokenizer();
        let text: Vec<char> = context.chars().collect();
        let tokens = tokenizer.tokenize(&context)?.spans;
        // What the rest of the template leaves of the window; a few tokens may differ at the seams.
        let rest = {
            let first = input.first.render(fields, "").tokenize(tokenizer)?.ids.len();
            let second = match &input.second {
                Some(second) => second.render(fields, "").tokenize(tokenizer)?.ids.len(),
                None => 0,
            };
            first + second + SEAMS
        };
        let room = self.classifier.room(input.second.is_some());
        if room <= rest {
            return Err(ModelError::TooLong { text: "judged", tokens: rest, room });
        }
        let fits = room - rest;
        let spans = match rule.unit {
            ChunkUnit::Tokens => chunks(&text, &tokens, rule.most.min(fits)),
            ChunkUnit::Words => {
                let words = words(&text);
                // So many words as surely fit, by the tokens that a word has here.
                let each = tokens.len().div_ceil(words.len().max(1)).max(1);
                let most =
                    if tokens.len() <= fits { rule.most } else { rule.most.min(fits / each) };
                chunks(&text, &words, most)
            }
        };
        Ok(if spans.len() < 2 { vec![None] } else { spans.into_iter().map(Some).collect() })
    }

    fn combine(
        &self,
        found: Vec<Classification>,
        pieces: Vec<Option<Span>>,
    ) -> Result<CardOutcome> {
        let mut cut = CutTokens::default();
        for row in &found {
            cut.first += row.cut.first;
            cut.second += row.cut.second;
        }
        let decided_by = match self.card.chunks {
            Some(rule) if found.len() > 1 => {
                let label = self.classifier.label_of(rule.label)?;
                let value = |index: usize| found[index].values[label];
                let better = |a: usize, b: usize| match rule.combine {
                    ChunkCombine::Highest => value(b) > value(a),
                    ChunkCombine::Lowest => value(b) < value(a),
                };
                (0..found.len()).reduce(|a, b| if better(a, b) { b } else { a }).unwrap_or(0)
            }
            _ => 0,
        };
        let decisive = found.into_iter().nth(decided_by).ok_or(ModelError::NoTokens)?;
        Ok(CardOutcome {
            logits: decisive.logits,
            values: decisive.values,
            decided_by,
            pieces,
            cut,
        })
    }
}

/// Tokens that may be more at the seams of template and context than in either by itself.
const SEAMS: usize = 4;
