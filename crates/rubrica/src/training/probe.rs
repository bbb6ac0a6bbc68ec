//! The probe: features of labelled rows, then two fits.

use std::collections::{BTreeMap, HashMap};

use rubrica_core::{EmbedModel, Error, Job, Preference, Result};
use rubrica_judge::probe::{
    Dense, Embedded, HeadWeights, SCALARS, TextFeatures, reward_features, reward_width,
    rubric_features, rubric_width,
};
use rubrica_train::probe::{
    Epoch, FitOptions, FittedHead, OrdinalData, PairData, Rows, fit_ordinal, fit_pairs,
};
use serde::{Deserialize, Serialize};

use crate::data::{LabelledPair, LabelledRating};

/// How much of a data set goes in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceWeight {
    /// Rows to take at most; the rest is left out by an even stride. All when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Share of the loss, against the other sources; a row's weight is this over the rows taken.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

/// What a probe is fitted on, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRecipe {
    /// Catalogue id of the result.
    pub id: String,
    /// Sources of the rubric head, over the shapes `rubric`, `grounding` and `segments`.
    pub ratings: BTreeMap<String, SourceWeight>,
    /// Sources of the reward head.
    pub pairs: BTreeMap<String, SourceWeight>,
    /// Hidden width of the rubric head; 0 is linear.
    pub rubric_hidden: usize,
    /// Hidden width of the reward head.
    pub reward_hidden: usize,
    /// Dropout of both heads.
    pub dropout: f64,
    /// Weight decay of both heads.
    pub weight_decay: f32,
    /// Highest learning rate of both heads.
    pub learning_rate: f64,
    /// Passes over the data at most.
    pub epochs: usize,
    /// Seed of everything.
    pub seed: u64,
}

/// A fitted probe.
#[derive(Debug, Clone)]
pub struct TrainedProbe {
    /// The rubric head.
    pub rubric: HeadWeights,
    /// Thresholds of the rubric head.
    pub thresholds: Vec<f32>,
    /// The reward head.
    pub reward: HeadWeights,
    /// What happened.
    pub report: ProbeReport,
}

/// What a run used and how the losses went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeReport {
    /// Rows taken, by source.
    pub ratings: BTreeMap<String, usize>,
    /// Pairs taken, by source.
    pub pairs: BTreeMap<String, usize>,
    /// Losses of the rubric head.
    pub rubric_curve: Vec<Epoch>,
    /// Losses of the reward head.
    pub reward_curve: Vec<Epoch>,
}

/// Computes features with `encoder` and fits both heads.
///
/// # Errors
/// A recipe that names a source without rows, [`Error::Cancelled`], a model error, or a fit that
/// failed.
pub async fn train_probe<E: EmbedModel>(
    encoder: &E,
    ratings: &[LabelledRating],
    pairs: &[LabelledPair],
    recipe: &ProbeRecipe,
    job: &dyn Job,
) -> Result<TrainedProbe> {
    let (ratings, rating_counts) =
        select(ratings, &recipe.ratings, |r| &r.source).map_err(|e| e.within("ratings"))?;
    let (pairs, pair_counts) =
        select(pairs, &recipe.pairs, |p| &p.source).map_err(|e| e.within("pairs"))?;
    let fit = FitOptions {
        scalars: SCALARS,
        epochs: recipe.epochs,
        learning_rate: recipe.learning_rate,
        weight_decay: recipe.weight_decay,
        dropout: recipe.dropout,
        seed: recipe.seed,
        ..FitOptions::default()
    };
    let data = rating_data(encoder, &ratings, job).await?;
    let options = FitOptions { hidden: recipe.rubric_hidden, ..fit.clone() };
    let rubric = fit_ordinal(&data, &options, job).await.map_err(failed)?;
    drop(data);
    let data = pair_data(encoder, &pairs, job).await?;
    let options = FitOptions { hidden: recipe.reward_hidden, ..fit };
    let reward = fit_pairs(&data, &options, job).await.map_err(failed)?;
    let report = ProbeReport {
        ratings: rating_counts,
        pairs: pair_counts,
        rubric_curve: rubric.curve.clone(),
        reward_curve: reward.curve.clone(),
    };
    let thresholds = rubric.thresholds.clone();
    Ok(TrainedProbe { rubric: head(rubric), thresholds, reward: head(reward), report })
}

fn failed(error: rubrica_train::TrainError) -> Error {
    match error {
        rubrica_train::TrainError::Core(error) => error,
        other => Error::Model { code: "fit_failed", message: other.to_string() },
    }
}

fn head(fitted: FittedHead) -> HeadWeights {
    let FittedHead { mean, std, layers, .. } = fitted;
    let layers = layers.into_iter().map(|(weight, bias)| Dense { weight, bias }).collect();
    HeadWeights { mean, std, layers }
}

/// A row with its weight in the loss.
type Weighted<'r, R> = (&'r R, f32);

/// Rows that were taken, and how many of each source.
type Selected<'r, R> = (Vec<Weighted<'r, R>>, BTreeMap<String, usize>);

/// The rows of the wanted sources.
fn select<'r, R>(
    rows: &'r [R],
    wanted: &BTreeMap<String, SourceWeight>,
    source: impl Fn(&R) -> &String,
) -> Result<Selected<'r, R>> {
    let mut taken = Vec::new();
    let mut counts = BTreeMap::new();
    for (name, share) in wanted {
        let of_source: Vec<&R> = rows.iter().filter(|r| source(r) == name).collect();
        let count = share.rows.map_or(of_source.len(), |rows| of_source.len().min(rows));
        if count == 0 {
            return Err(Error::invalid(name, "has no rows in the data", "a source that has some"));
        }
        // The scale of the weights does not matter; rows of a source of average size weigh about 1.
        let weight = (share.weight * 1000.0 / count as f64) as f32;
        taken.extend((0..count).map(|i| (of_source[i * of_source.len() / count], weight)));
        counts.insert(name.clone(), count);
    }
    Ok((taken, counts))
}

/// Embeddings of distinct texts.
struct Texts(HashMap<String, Vec<f32>>);

impl Texts {
    async fn read<'t, E: EmbedModel>(
        encoder: &E,
        texts: impl Iterator<Item = &'t str>,
        job: &dyn Job,
    ) -> Result<Self> {
        let mut texts: Vec<&str> = texts.filter(|t| !t.is_empty()).collect();
        texts.sort_unstable();
        texts.dedup();
        let rows = encoder.embed(&texts, job).await?;
        Ok(Self(texts.into_iter().map(str::to_owned).zip(rows).collect()))
    }

    fn get(&self, text: &str) -> Option<&[f32]> {
        self.0.get(text).map(Vec::as_slice)
    }
}

async fn rating_data<E: EmbedModel>(
    encoder: &E,
    rows: &[Weighted<'_, LabelledRating>],
    job: &dyn Job,
) -> Result<OrdinalData> {
    let criteria: Vec<String> = rows.iter().map(|(r, _)| r.criterion.full_description()).collect();
    let fields = rows.iter().flat_map(|(r, _)| {
        [r.instruction.as_str(), &r.response].into_iter().chain(r.reference.as_deref())
    });
    let texts =
        Texts::read(encoder, fields.chain(criteria.iter().map(String::as_str)), job).await?;
    let mut data =
        OrdinalData { features: Rows::new(rubric_width(encoder.dim())), ..OrdinalData::default() };
    for ((row, weight), criterion) in rows.iter().zip(&criteria) {
        let (Some(response), Some(criterion)) = (texts.get(&row.response), texts.get(criterion))
        else {
            continue;
        };
        let reference = row.reference.as_deref();
        let text = TextFeatures::new(&row.instruction, &row.response, reference);
        let fields = Embedded {
            instruction: texts.get(&row.instruction),
            response,
            reference: reference.and_then(|r| texts.get(r)),
        };
        data.features.push(&rubric_features(fields, criterion, &text));
        data.target.push(row.target() as f32);
        data.weight.push(*weight);
        data.group.push(row.group);
    }
    Ok(data)
}

async fn pair_data<E: EmbedModel>(
    encoder: &E,
    rows: &[Weighted<'_, LabelledPair>],
    job: &dyn Job,
) -> Result<PairData> {
    let fields = rows.iter().flat_map(|(p, _)| {
        [p.prompt.as_str()].into_iter().chain(p.responses.iter().map(String::as_str))
    });
    let texts = Texts::read(encoder, fields, job).await?;
    let width = reward_width(encoder.dim());
    let mut data = PairData { a: Rows::new(width), b: Rows::new(width), ..PairData::default() };
    for (row, weight) in rows {
        let [Some(a), Some(b)] = row.responses.each_ref().map(|r| texts.get(r)) else {
            continue;
        };
        for (rows, response, embedding) in
            [(&mut data.a, &row.responses[0], a), (&mut data.b, &row.responses[1], b)]
        {
            let text = TextFeatures::new(&row.prompt, response, None);
            let fields = Embedded {
                instruction: texts.get(&row.prompt),
                response: embedding,
                reference: None,
            };
            rows.push(&reward_features(fields, &text));
        }
        data.target.push(match row.label {
            Preference::A => 1.0,
            Preference::B => 0.0,
            Preference::Tie => 0.5,
        });
        data.weight.push(*weight);
        data.group.push(row.group);
    }
    Ok(data)
}
