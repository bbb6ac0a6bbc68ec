//! How hard a text is to read, by formulas fitted on English prose.

mod ari;
mod coleman_liau;
mod flesch_kincaid_grade;
mod flesch_reading_ease;
mod formula;
mod gunning_fog;
mod smog;

pub use ari::Ari;
pub use coleman_liau::ColemanLiau;
pub use flesch_kincaid_grade::FleschKincaidGrade;
pub use flesch_reading_ease::FleschReadingEase;
pub use formula::{Counts, Formula, Readability};
pub use gunning_fog::GunningFog;
pub use smog::Smog;

use crate::catalogue::Entry;

/// The metrics of this family.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry::text::<Readability<FleschReadingEase>>(),
    Entry::text::<Readability<FleschKincaidGrade>>(),
    Entry::text::<Readability<GunningFog>>(),
    Entry::text::<Readability<Smog>>(),
    Entry::text::<Readability<ColemanLiau>>(),
    Entry::text::<Readability<Ari>>(),
];
