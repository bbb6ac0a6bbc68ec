//! METEOR, equal to NLTK's.
//!
//! Lavie and Agarwal, "METEOR: an automatic metric for MT evaluation with high levels of correlation
//! with human judgments", WMT 2007.

use std::collections::BTreeMap;

use rubrica_core::{Error, Result, Signature, Tier};
use serde::{Deserialize, Serialize};

use super::best;
use super::bleu_tokenize::BleuTokenizer;
use super::synonyms::Synonyms;
use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::segment::Segment;
use crate::text::{Vocabulary, porter_stem, tokens};

/// Options of [`Meteor`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeteorOptions {
    /// How texts are parted into tokens, which are compared in small letters.
    pub tokenize: BleuTokenizer,
    /// After equal words, aligns words with equal Porter stems.
    pub stem: bool,
    /// After stems, aligns a word with these others: synonyms by word, in small letters. Without a
    /// table or a file there is no such stage: no word list comes with the metric.
    pub synonyms: BTreeMap<String, Vec<String>>,
    /// The text of a file of synonyms: see [`Synonyms`]. Those of the table count too.
    pub synonym_file: String,
    /// Where there are stems, what synonyms are looked up for.
    pub look_up: LookUp,
    /// Weight of precision in the mean, 0 to 1.
    pub alpha: f64,
    /// Shape of the penalty, 0 to 10.
    pub beta: f64,
    /// Largest penalty, 0 to 1.
    pub gamma: f64,
}

/// What the synonyms of a word are looked up for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookUp {
    /// The word, compared with words.
    #[default]
    Word,
    /// Its stem, compared with stems, as NLTK does: `happi` has no synonyms.
    Stem,
}

impl Default for MeteorOptions {
    fn default() -> Self {
        Self {
            tokenize: BleuTokenizer::default(),
            stem: true,
            synonyms: BTreeMap::new(),
            synonym_file: String::new(),
            look_up: LookUp::default(),
            alpha: 0.9,
            beta: 3.0,
            gamma: 0.5,
        }
    }
}

/// Weighted harmonic mean of the precision and recall of aligned words, less a penalty for word
/// order, against the reference that gives the highest. Parts: `precision`, `recall`, and `chunks`,
/// the runs of aligned words that stand alike in both texts.
///
/// Words are aligned by form, then by stem, then by the caller's synonyms; each stage reads from the
/// end and takes the last free match, as NLTK does. NLTK asks WordNet for the stems of words, which it
/// mostly does not have; here words are asked for, as in the paper, unless `look_up` says otherwise. 0
/// where no words are aligned. A text scores slightly less than 1 against itself, since it is one chunk. A
/// corpus score is the mean over segments.
#[derive(Debug, Clone)]
pub struct Meteor {
    options: MeteorOptions,
    synonyms: Synonyms,
}

impl Described for Meteor {
    type Options = MeteorOptions;

    const INFO: MetricInfo = MetricInfo {
        id: "meteor",
        title: "METEOR",
        family: Family::Overlap,
        tier: Tier::T0,
        needs: Needs::Reference,
        low: Some(0.0),
        high: Some(1.0),
        unit: Unit::Ratio,
        higher_is_better: Some(true),
        source: "Lavie and Agarwal, WMT 2007",
    };

    fn new(mut options: MeteorOptions) -> Result<Self> {
        for (path, value, high, expected) in [
            ("alpha", options.alpha, 1.0, "0 to 1"),
            ("beta", options.beta, 10.0, "0 to 10"),
            ("gamma", options.gamma, 1.0, "0 to 1"),
        ] {
            if !(0.0..=high).contains(&value) {
                return Err(Error::invalid(path, format!("is {value}"), expected));
            }
        }
        let file = std::mem::take(&mut options.synonym_file);
        let synonyms = Synonyms::read(&file).map_err(|error| error.within("synonym_file"))?;
        Ok(Self { options, synonyms })
    }
}

impl Averaged for Meteor {
    const VALUES: &'static [&'static str] = &["meteor", "precision", "recall", "chunks"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn sign(&self, signature: Signature) -> Signature {
        let options = &self.options;
        let signature = signature
            .with("tok", options.tokenize.name())
            .with("stem", if options.stem { "porter" } else { "no" })
            .with("alpha", options.alpha)
            .with("beta", options.beta)
            .with("gamma", options.gamma);
        if !self.has_synonyms() {
            return signature;
        }
        let signature = match options.synonyms.len() {
            0 => signature,
            words => signature.with("syn", format!("table[{words}]")),
        };
        let signature = match self.synonyms.len() {
            0 => signature,
            sets => signature.with("synfile", format!("sets[{sets}]")),
        };
        match options.look_up {
            LookUp::Stem if options.stem => signature.with("lookup", "stem"),
            _ => signature,
        }
    }

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        let references = segment.needed_references(Self::INFO.id)?;
        let response = self.words(segment.response);
        let scores = references.iter().map(|text| self.compare(&response, &self.words(text)));
        Ok(best(scores, |values| values[0]))
    }
}

impl Meteor {
    fn has_synonyms(&self) -> bool {
        !(self.options.synonyms.is_empty() && self.synonyms.is_empty())
    }

    fn words(&self, text: &str) -> Vec<String> {
        tokens(&self.options.tokenize.prepared(text, true)).map(str::to_owned).collect()
    }

    fn compare(&self, response: &[String], reference: &[String]) -> Vec<f64> {
        let aligned = self.align(response, reference);
        let matches = aligned.iter().flatten().count() as f64;
        if matches == 0.0 {
            return vec![0.0; 4];
        }
        let precision = matches / response.len() as f64;
        let recall = matches / reference.len() as f64;
        let options = &self.options;
        let mean =
            precision * recall / (options.alpha * precision + (1.0 - options.alpha) * recall);
        let chunks = chunks(&aligned) as f64;
        let penalty = options.gamma * (chunks / matches).powf(options.beta);
        vec![(1.0 - penalty) * mean, precision, recall, chunks]
    }

    /// For each word of the response the place of its word in the reference.
    fn align(&self, response: &[String], reference: &[String]) -> Vec<Option<usize>> {
        let mut alignment =
            Alignment { places: vec![None; response.len()], taken: vec![false; reference.len()] };
        alignment.stage(response, reference, |word| vec![word.as_str()]);
        let stems = |words: &[String]| -> Vec<String> {
            words.iter().map(|word| porter_stem(word)).collect()
        };
        let stemmed = self.options.stem.then(|| (stems(response), stems(reference)));
        if let Some((response, reference)) = &stemmed {
            alignment.stage(response, reference, |stem| vec![stem.as_str()]);
        }
        if self.has_synonyms() {
            let (response, reference) = match (&stemmed, self.options.look_up) {
                (Some((response, reference)), LookUp::Stem) => (&response[..], &reference[..]),
                _ => (response, reference),
            };
            alignment.stage(response, reference, |word| {
                let table = self.options.synonyms.get(word).into_iter().flatten();
                let mut forms: Vec<&str> =
                    table.map(String::as_str).chain([word.as_str()]).collect();
                forms.extend(self.synonyms.of(word));
                forms
            });
        }
        alignment.places
    }
}

/// Which words stand for each other so far.
struct Alignment {
    places: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Alignment {
    /// Aligns each free word of the response, from the last on, with the last free word of the
    /// reference that is one of its `forms`.
    fn stage<'a>(
        &mut self,
        response: &'a [String],
        reference: &'a [String],
        forms: impl Fn(&'a String) -> Vec<&'a str>,
    ) {
        let mut words = Vocabulary::default();
        let mut free: Vec<Vec<usize>> = Vec::new();
        for (at, word) in reference.iter().enumerate().filter(|(at, _)| !self.taken[*at]) {
            let id = words.id(word.as_str()) as usize;
            if id == free.len() {
                free.push(Vec::new());
            }
            free[id].push(at);
        }
        for (at, word) in response.iter().enumerate().rev() {
            if self.places[at].is_some() {
                continue;
            }
            let ids = forms(word).into_iter().filter_map(|form| words.get(form));
            let last = |id: &u32| free[*id as usize].last().copied();
            let Some(id) = ids.max_by_key(last) else { continue };
            if let Some(place) = free[id as usize].pop() {
                self.places[at] = Some(place);
                self.taken[place] = true;
            }
        }
    }
}

/// Runs of aligned words that stand alike in both texts.
fn chunks(aligned: &[Option<usize>]) -> usize {
    let mut chunks = 0;
    let mut before = None;
    for place in aligned {
        let goes_on = matches!((before, place), (Some(last), Some(place)) if last + 1 == *place);
        chunks += usize::from(place.is_some() && !goes_on);
        before = *place;
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{Metric, MetricExt};

    #[test]
    fn synonyms_come_from_the_caller() {
        let table = BTreeMap::from([("car".to_owned(), vec!["automobile".to_owned()])]);
        let with = Meteor::new(MeteorOptions { synonyms: table, ..Default::default() });
        let without = Meteor::new(MeteorOptions::default());
        let segment = Segment::new("my car", &["my automobile"]);
        let chunks = |metric: Result<Meteor>| {
            metric.expect("valid").sentence(&segment).expect("ok").parts["recall"]
        };
        assert_eq!((chunks(without), chunks(with)), (0.5, 1.0));
    }

    #[test]
    fn a_file_knows_forms_and_its_lines_are_checked() {
        let options = |file: &str, look_up| MeteorOptions {
            synonym_file: file.to_owned(),
            look_up,
            ..Default::default()
        };
        let segment = Segment::new("two policies", &["two insurances"]);
        let matched = |look_up| {
            let metric = Meteor::new(options("n policy insurances", look_up)).expect("valid");
            metric.sentence(&segment).expect("ok").parts["recall"]
        };
        // The stem is `polici`.
        assert_eq!((matched(LookUp::Word), matched(LookUp::Stem)), (1.0, 0.5));
        let error = Meteor::new(options("car", LookUp::Word)).expect_err("no part of speech");
        assert_eq!(error.path(), Some("synonym_file"));
        let signed = Meteor::new(options("n car auto", LookUp::Stem)).expect("valid");
        let signature = signed.signature(crate::Level::Sentence).to_string();
        assert!(signature.contains("|lookup:stem|"), "{signature}");
        assert!(signature.contains("|synfile:sets[1]|"), "{signature}");
    }

    #[test]
    fn senseless_weights_are_refused() {
        let options = MeteorOptions { gamma: f64::NAN, ..MeteorOptions::default() };
        assert_eq!(Meteor::new(options).expect_err("nan").path(), Some("gamma"));
    }
}
