//! Models by id: what their files are, and how bytes become a judge.
//!
//! Each model is a folder with a `manifest.json`. Page, package and command line read the same
//! manifests, from the same origin or from disk ([`ModelFolder`]); nothing here fetches anything.

mod add;
mod card_roles;
mod check;
mod hub_folder;
mod judge_model;
mod loaded_model;
mod manifest;
mod model_folder;
mod probe_file;
mod published;

pub use add::{NewModel, add, remove};
pub use card_roles::CardRoles;
pub use check::{ModelCheck, check};
pub use judge_model::{JudgeModel, Role, load_encoder, load_judge};
pub use loaded_model::LoadedModel;
pub use manifest::{FileEntry, Manifest, ModelKind};
pub use model_folder::ModelFolder;
pub use probe_file::{read_probe, write_probe};
pub use published::PublishedJudge;
