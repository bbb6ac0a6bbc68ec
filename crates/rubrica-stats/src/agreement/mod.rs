//! Agreement of raters beyond chance.
//!
//! [`Ratings`] holds items by raters with cells that may be empty. Every coefficient is 1 for
//! perfect agreement and about 0 for chance. Intervals come from a bootstrap over items:
//!
//! ```
//! use rubrica_stats::agreement::{Metric, Ratings, krippendorff_alpha};
//! use rubrica_stats::bootstrap::{Bootstrap, Units, bootstrap};
//!
//! let given = [1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 5.0, 4.0, 2.0, 2.0, 4.0, 4.0];
//! let ratings = Ratings::complete(&given, 2)?;
//! let alpha = bootstrap(&Units::items(ratings.items()), &Bootstrap::default(), |items| {
//!     krippendorff_alpha(&ratings.take_items(items), Metric::Ordinal)
//! })?;
//! assert!(alpha.lower < alpha.value && alpha.value <= alpha.upper);
//! # Ok::<(), rubrica_stats::StatsError>(())
//! ```

mod fleiss;
mod gwet;
mod icc;
mod kappa;
mod kendall_w;
mod krippendorff;
mod ratings;
mod strata;
mod trust;
mod weights;

pub use fleiss::{fleiss_kappa, fleiss_kappa_of_counts};
pub use gwet::{gwet_ac1, gwet_ac2};
pub use icc::{Icc, IccForm, MeanSquares, icc};
pub use kappa::{KappaWeights, cohen_kappa, cohen_kappa_of};
pub use kendall_w::{Concordance, kendall_w};
pub use krippendorff::{Metric, krippendorff_alpha};
pub use ratings::Ratings;
pub use strata::{KappaStrata, Stratum, kappa_by_stratum};
pub use trust::{CategoryTrust, Trust, TrustGate, category_trust};
pub use weights::AgreementWeights;
