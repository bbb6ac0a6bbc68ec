//! Agreement of raters beyond chance.

mod kappa;

pub use kappa::{KappaWeights, cohen_kappa, cohen_kappa_of};
