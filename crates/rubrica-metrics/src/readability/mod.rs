//! How hard a text is to read, by formulas fitted on English prose.
//!
//! ```
//! use rubrica_metrics::readability::{FleschReadingEase, Readability};
//! use rubrica_metrics::{Described, MetricExt, NoOptions, Segment};
//!
//! let ease = Readability::<FleschReadingEase>::new(NoOptions {})?;
//! let score = ease.sentence(&Segment::new("The cat sat on the mat.", &[]))?;
//! assert!((score.value().unwrap_or(0.0) - 116.145).abs() < 1e-9);
//! # Ok::<(), rubrica_core::Error>(())
//! ```

mod ari;
mod coleman_liau;
mod dale_chall;
mod flesch_kincaid_grade;
mod flesch_reading_ease;
mod formula;
mod gunning_fog;
mod linsear_write;
mod smog;

pub use ari::Ari;
pub use coleman_liau::ColemanLiau;
pub use dale_chall::{DaleChall, DaleChallOptions};
pub use flesch_kincaid_grade::FleschKincaidGrade;
pub use flesch_reading_ease::FleschReadingEase;
pub use formula::{Formula, Readability};
pub use gunning_fog::GunningFog;
pub use linsear_write::LinsearWrite;
pub use smog::Smog;

pub use crate::text::Counts;

use crate::entry::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<Readability<FleschReadingEase>>(),
    Entry::text::<Readability<FleschKincaidGrade>>(),
    Entry::text::<Readability<GunningFog>>(),
    Entry::text::<Readability<Smog>>(),
    Entry::text::<Readability<ColemanLiau>>(),
    Entry::text::<Readability<Ari>>(),
    Entry::text::<Readability<LinsearWrite>>(),
    Entry::text::<DaleChall>(),
];
