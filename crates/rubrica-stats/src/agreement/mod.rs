//! Agreement of raters beyond chance.
//!
//! [`Ratings`] holds items by raters with cells that may be empty. Every coefficient is 1 for
//! perfect agreement and about 0 for chance; for an interval, bootstrap over
//! [`Ratings::take_items`].

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
