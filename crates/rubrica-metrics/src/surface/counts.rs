//! Lengths: characters, words, sentences, paragraphs.
//!
//! Words and sentences are those of Unicode Standard Annex 29, as [`crate::text`] mends it.

use std::marker::PhantomData;

use rubrica_core::{Result, Tier};

use crate::averaged::Averaged;
use crate::info::{Family, MetricInfo, Needs, Unit};
use crate::metric::Described;
use crate::options::NoOptions;
use crate::segment::Segment;
use crate::text;

/// Something that a text has a number of.
pub trait Counted: Send + Sync {
    /// Name of the metric.
    const ID: &'static str;
    /// Name for people.
    const TITLE: &'static str;

    /// How many there are in `text`.
    fn count(text: &str) -> usize;
}

/// Unicode scalars, white space included.
#[derive(Debug, Clone, Copy)]
pub struct Characters;

impl Counted for Characters {
    const ID: &'static str = "characters";
    const TITLE: &'static str = "Characters";

    fn count(text: &str) -> usize {
        text.chars().count()
    }
}

/// Words: see [`text::words`].
#[derive(Debug, Clone, Copy)]
pub struct Words;

impl Counted for Words {
    const ID: &'static str = "words";
    const TITLE: &'static str = "Words";

    fn count(text: &str) -> usize {
        text::words(text).count()
    }
}

/// Sentences: see [`text::sentences`].
#[derive(Debug, Clone, Copy)]
pub struct Sentences;

impl Counted for Sentences {
    const ID: &'static str = "sentences";
    const TITLE: &'static str = "Sentences";

    fn count(text: &str) -> usize {
        text::sentences(text).len()
    }
}

/// Paragraphs: see [`text::paragraphs`].
#[derive(Debug, Clone, Copy)]
pub struct Paragraphs;

impl Counted for Paragraphs {
    const ID: &'static str = "paragraphs";
    const TITLE: &'static str = "Paragraphs";

    fn count(text: &str) -> usize {
        text::paragraphs(text).len()
    }
}

/// How many of something the response has. The corpus score is the mean over segments.
#[derive(Debug, Clone, Copy)]
pub struct Count<C>(PhantomData<C>);

impl<C: Counted> Described for Count<C> {
    type Options = NoOptions;

    const INFO: MetricInfo = MetricInfo {
        id: C::ID,
        title: C::TITLE,
        family: Family::Surface,
        tier: Tier::T0,
        needs: Needs::Nothing,
        low: Some(0.0),
        high: None,
        unit: Unit::Count,
        higher_is_better: None,
        source: "Unicode Standard Annex 29",
    };

    fn new(_options: NoOptions) -> Result<Self> {
        Ok(Self(PhantomData))
    }
}

impl<C: Counted> Averaged for Count<C> {
    const VALUES: &'static [&'static str] = &["count"];
    const UNDEFINED: (&'static str, &'static str) = ("no_segments", "there are no segments");

    fn values(&self, segment: &Segment<'_>) -> Result<Option<Vec<f64>>> {
        Ok(Some(vec![C::count(segment.response) as f64]))
    }
}
