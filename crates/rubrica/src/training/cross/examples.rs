//! From labelled rows to sequences with targets.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rubrica_core::{Criterion, Error, Preference, Result, Span};
use rubrica_metrics::text::sentences;
use rubrica_models::{
    CONTEXT_KINDS, CrossFields, CrossSequence, CrossTask, CrossTemplate, CrossVersion, ERROR_KINDS,
    TextTokenizer, TokenizedText,
};
use rubrica_stats::rng::Rng;
use rubrica_train::cross::{CrossExample, CrossTarget};

use super::{CrossRecipe, RatingSource, synthetic};
use crate::data::{
    LabelledContext, LabelledErrors, LabelledPair, LabelledRating, LabelledSupport, Support,
};
use crate::training::SourceWeight;

/// All labelled rows.
#[derive(Debug, Clone, Default)]
pub struct CrossData {
    /// Rows of `rubric`.
    pub ratings: Vec<LabelledRating>,
    /// Rows of `pairwise`.
    pub pairs: Vec<LabelledPair>,
    /// Rows of `grounding`.
    pub support: Vec<LabelledSupport>,
    /// Rows of `segments`.
    pub errors: Vec<LabelledErrors>,
    /// Rows of `grounding` and `segments` that mark parts of their context.
    pub contexts: Vec<LabelledContext>,
}

/// The examples of a recipe, and how many rows of each source went in, by `shape/source`.
///
/// # Errors
/// A recipe that names a source without rows or an unknown kind of error; a tokenizer that does not
/// fit the template.
pub fn cross_examples(
    data: &CrossData,
    recipe: &CrossRecipe,
    tokenizer: &TextTokenizer,
) -> Result<(Vec<CrossExample>, BTreeMap<String, usize>)> {
    let template = CrossTemplate::new(tokenizer, recipe.window, CrossVersion::LATEST)?;
    let maker = Maker { template, tokenizer };
    let mut counts = BTreeMap::new();
    let mut examples = Vec::new();
    let wanted = weights(&recipe.ratings, |s| (s.rows, s.weight));
    let ratings = take(&data.ratings, &wanted, "ratings", |r| &r.source, &mut counts)?;
    let mut rng = Rng::seeded(recipe.fit.seed ^ 0x0dd);
    for &(row, weight) in &ratings {
        let source = &recipe.ratings[&row.source];
        for _ in 0..source.repeats {
            examples.push(maker.rating(&reading(row, source, &mut rng), weight)?);
        }
    }
    let pairs = take(&data.pairs, &recipe.pairs, "pairs", |p| &p.source, &mut counts)?;
    let factors = length_factors(&pairs);
    for (&(row, weight), factor) in pairs.iter().zip(factors) {
        examples.push(maker.pair(row, weight * factor)?);
    }
    let support = take(&data.support, &recipe.grounding, "grounding", |r| &r.source, &mut counts)?;
    for &(row, weight) in &support {
        examples.extend(maker.support(row, weight)?);
    }
    let wanted = weights(&recipe.errors, |s| (s.rows, s.weight));
    for (row, weight) in take(&data.errors, &wanted, "errors", |r| &r.source, &mut counts)? {
        let labels = &recipe.errors[&row.source].labels;
        examples.extend(maker.errors(row, labels, weight)?);
    }
    let contexts = take(&data.contexts, &recipe.context, "context", |r| &r.source, &mut counts)?;
    for (row, weight) in contexts {
        examples.extend(maker.context(row, weight)?);
    }
    let made = synthetic::examples(&ratings, &pairs, &support, recipe);
    counts.insert("synthetic".into(), made.pairs.len() + made.ratings.len() + made.support.len());
    for row in &made.pairs {
        examples.push(maker.pair(row, recipe.synthetic.weight)?);
    }
    for row in &made.ratings {
        examples.push(maker.rating(row, recipe.synthetic.weight)?);
    }
    for row in &made.support {
        examples.extend(maker.support(row, recipe.synthetic.weight)?);
    }
    Ok((examples, counts))
}

/// The rows and weights of sources that say more than these.
fn weights<S>(
    sources: &BTreeMap<String, S>,
    of: impl Fn(&S) -> (Option<usize>, f64),
) -> BTreeMap<String, SourceWeight> {
    let weight = |source| {
        let (rows, weight) = of(source);
        SourceWeight { rows, weight }
    };
    sources.iter().map(|(name, source)| (name.clone(), weight(source))).collect()
}

/// A row as its source wants it read: as it stands, or without its reference.
fn reading<'r>(
    row: &'r LabelledRating,
    source: &RatingSource,
    rng: &mut Rng,
) -> Cow<'r, LabelledRating> {
    if rng.unit() >= source.without_reference {
        return Cow::Borrowed(row);
    }
    let mut row = LabelledRating { reference: None, ..row.clone() };
    if !source.criteria.is_empty() {
        let text = &source.criteria[rng.below(source.criteria.len())];
        let scale = row.criterion.scale.clone();
        row.criterion = Criterion { scale, ..Criterion::new(&row.criterion.id, text) };
    }
    Cow::Owned(row)
}

/// The rows of the wanted sources with their weights, whose mean over all rows is 1 where every
/// source weighs as much as it has rows.
pub(super) fn take<'r, R>(
    rows: &'r [R],
    wanted: &BTreeMap<String, SourceWeight>,
    what: &str,
    source: impl Fn(&R) -> &String,
    counts: &mut BTreeMap<String, usize>,
) -> Result<Vec<(&'r R, f32)>> {
    let mut taken = Vec::new();
    for (name, share) in wanted {
        let of_source: Vec<&R> = rows.iter().filter(|r| source(r) == name).collect();
        let count = share.rows.map_or(of_source.len(), |rows| of_source.len().min(rows));
        if count == 0 {
            let path = format!("{what}.{name}");
            return Err(Error::invalid(path, "has no rows in the data", "a source that has some"));
        }
        taken.extend((0..count).map(|i| (of_source[i * of_source.len() / count], share.weight)));
        counts.insert(format!("{what}/{name}"), count);
    }
    Ok(taken.into_iter().map(|(row, weight)| (row, weight as f32)).collect())
}

/// Factors that make the pairs whose longer response wins weigh as much as the others, source by
/// source.
fn length_factors(pairs: &[(&LabelledPair, f32)]) -> Vec<f32> {
    let longer_wins = |p: &LabelledPair| {
        let [a, b] = p.responses.each_ref().map(|r| r.chars().count());
        match p.label {
            Preference::Tie => None,
            _ if a == b => None,
            label => Some((a > b) == (label == Preference::A)),
        }
    };
    let mut counts: BTreeMap<&str, [f32; 2]> = BTreeMap::new();
    for (pair, _) in pairs {
        if let Some(longer) = longer_wins(pair) {
            counts.entry(&pair.source).or_default()[usize::from(longer)] += 1.0;
        }
    }
    pairs
        .iter()
        .map(|(pair, _)| {
            let Some(longer) = longer_wins(pair) else { return 1.0 };
            let of = counts[pair.source.as_str()];
            // A source with hardly any pairs of one kind must not hang on those few.
            let half = (of[0] + of[1]) / 2.0;
            (half / of[usize::from(longer)].max(1.0)).min(4.0)
        })
        .collect()
}

struct Maker<'t> {
    template: CrossTemplate,
    tokenizer: &'t TextTokenizer,
}

impl Maker<'_> {
    /// Tokens of criterion, instruction, reference and response.
    fn texts(&self, texts: [&str; 4]) -> Result<[TokenizedText; 4]> {
        let [criterion, instruction, reference, response] =
            texts.map(|text| self.tokenizer.tokenize(text));
        Ok([criterion?, instruction?, reference?, response?])
    }

    fn compose(&self, task: CrossTask, texts: &[TokenizedText; 4]) -> Vec<CrossSequence> {
        let [criterion, instruction, reference, response] = texts.each_ref().map(|t| &*t.ids);
        self.template.compose(task, CrossFields { criterion, instruction, reference, response })
    }

    fn rating(&self, row: &LabelledRating, weight: f32) -> Result<CrossExample> {
        let (criterion, reference) =
            (row.criterion.full_description(), row.reference.as_deref().unwrap_or_default());
        let texts = self.texts([&criterion, &row.instruction, reference, &row.response])?;
        let mut sequences = self.compose(CrossTask::Rubric, &texts);
        sequences.truncate(1);
        let target = CrossTarget::Rating(row.target() as f32);
        let (spans, source) = (Vec::new(), row.source.clone());
        Ok(CrossExample { sequences, spans, target, weight, group: row.group, source })
    }

    fn pair(&self, row: &LabelledPair, weight: f32) -> Result<CrossExample> {
        let mut texts = self.texts(["", &row.prompt, "", ""])?;
        let mut sequences = Vec::new();
        for response in &row.responses {
            texts[3] = self.tokenizer.tokenize(response)?;
            sequences.push(self.compose(CrossTask::Reward, &texts).swap_remove(0));
        }
        let target = CrossTarget::Pair(match row.label {
            Preference::A => 1.0,
            Preference::B => 0.0,
            Preference::Tie => 0.5,
        });
        let (spans, source) = (Vec::new(), row.source.clone());
        Ok(CrossExample { sequences, spans, target, weight, group: row.group, source })
    }

    fn support(&self, row: &LabelledSupport, weight: f32) -> Result<Option<CrossExample>> {
        let texts = self.texts(["", &row.question, &row.context, &row.response])?;
        let [.., response] = &texts;
        let sequence = self.compose(CrossTask::Grounding, &texts).swap_remove(0);
        let whole = match row.support {
            Support::Supported => [1.0, 0.0, 0.0],
            Support::Partly => [0.2, 0.8, 0.0],
            Support::Not => [0.0, 1.0, 0.0],
            Support::Contradicted => [0.0, 0.0, 1.0],
        };
        let (mut spans, mut targets) = (vec![sequence.response()], vec![whole]);
        for &span in &row.unsupported {
            if let Some(at) = positions(response, span, &sequence)
                && at != spans[0]
            {
                spans.push(at);
                targets.push([0.0, 1.0, 0.0]);
            }
        }
        if response.ids.is_empty() {
            return Ok(None);
        }
        let target = CrossTarget::Support(targets);
        Ok(Some(CrossExample {
            sequences: vec![sequence],
            spans,
            target,
            weight,
            group: row.group,
            source: row.source.clone(),
        }))
    }

    fn errors(
        &self,
        row: &LabelledErrors,
        labels: &BTreeMap<String, String>,
        weight: f32,
    ) -> Result<Vec<CrossExample>> {
        let mut known = [false; ERROR_KINDS.len()];
        known[0] = true;
        for kind in labels.values() {
            known[kind_index(kind)?] = true;
        }
        let texts = self.texts(["", &row.question, &row.context, &row.response])?;
        let [.., response] = &texts;
        let mut examples = Vec::new();
        for sequence in self.compose(CrossTask::Errors, &texts) {
            let (mut spans, mut targets) = (Vec::new(), Vec::new());
            for (span, found) in &row.segments {
                if let Some(at) = positions(response, *span, &sequence) {
                    let mut target = [0.0; ERROR_KINDS.len()];
                    target[0] = f32::from(u8::from(!found.is_empty()));
                    for label in found {
                        if let Some(kind) = labels.get(label) {
                            target[kind_index(kind)?] = 1.0;
                        }
                    }
                    spans.push(at);
                    targets.push(target);
                }
            }
            if !spans.is_empty() {
                let target = CrossTarget::Errors(targets, known);
                let (sequences, source) = (vec![sequence], row.source.clone());
                let group = row.group;
                examples.push(CrossExample { sequences, spans, target, weight, group, source });
            }
        }
        Ok(examples)
    }
}

impl Maker<'_> {
    /// The windows of a context that hold something of worth, and one other.
    fn context(&self, row: &LabelledContext, weight: f32) -> Result<Vec<CrossExample>> {
        // The context is what is asked about; the response is what it is held to.
        let texts = self.texts(["", &row.question, &row.response, &row.context])?;
        let [.., response, context] = &texts;
        let said: BTreeSet<u32> = response.ids.iter().copied().collect();
        let known = [row.missed.is_some(), row.used.is_some()];
        let parts: Vec<(Span, [f32; CONTEXT_KINDS.len()])> = sentences(&row.context)
            .into_iter()
            .map(|span| {
                let within = |places: &Option<Vec<Span>>| {
                    places.iter().flatten().any(|place| place.overlaps(span))
                };
                let relevant = within(&row.missed) || repeated(context, span, &said);
                let flags = [relevant, within(&row.used)];
                (span, flags.map(|flag| f32::from(u8::from(flag))))
            })
            .collect();
        let (mut examples, mut idle) = (Vec::new(), None);
        for sequence in self.compose(CrossTask::Context, &texts) {
            let (mut spans, mut targets) = (Vec::new(), Vec::new());
            for (span, target) in &parts {
                if let Some(at) = positions(context, *span, &sequence) {
                    spans.push(at);
                    targets.push(*target);
                }
            }
            let matters = targets.iter().any(|t| (0..t.len()).any(|k| known[k] && t[k] > 0.0));
            let target = CrossTarget::Context(targets, known);
            let (sequences, group, source) = (vec![sequence], row.group, row.source.clone());
            if spans.is_empty() {
                continue;
            }
            let example = CrossExample { sequences, spans, target, weight, group, source };
            match matters {
                true => examples.push(example),
                false => idle = idle.or(Some(example)),
            }
        }
        examples.extend(idle);
        Ok(examples)
    }
}

/// Whether the response says most of what a sentence of its context says: nobody marked what it used
/// of the context where only what it left out is marked.
fn repeated(context: &TokenizedText, span: Span, said: &BTreeSet<u32>) -> bool {
    let tokens: BTreeSet<u32> = context
        .spans
        .iter()
        .zip(&context.ids)
        .filter(|(at, _)| at.overlaps(span))
        .map(|(_, id)| *id)
        .collect();
    let shared = tokens.intersection(said).count();
    tokens.len() >= 5 && shared as f64 >= 0.7 * tokens.len() as f64
}

fn kind_index(kind: &str) -> Result<usize> {
    ERROR_KINDS.iter().position(|k| *k == kind).ok_or_else(|| Error::Unknown {
        path: "errors.labels".into(),
        what: "kind of error",
        name: kind.into(),
        known: ERROR_KINDS.join(", "),
    })
}

/// Where the tokens that `span` touches stand in `sequence`.
fn positions(text: &TokenizedText, span: Span, sequence: &CrossSequence) -> Option<Range<usize>> {
    let start = text.spans.iter().position(|t| t.overlaps(span))?;
    let end = text.spans.iter().rposition(|t| t.overlaps(span))? + 1;
    sequence.positions(&(start..end))
}
