//! Heads: from hidden states to logits, and from logits to something with a meaning.
//!
//! A head is data: `head.json`, or what the hub's `config.json` or `modules.json` says of a task model. The raw logits
//! are always given beside the activated values.

mod activation;
mod config;
mod hub;
mod labels;
mod modules;
mod network;

pub use self::activation::Activation;
pub use self::config::{HeadConfig, HeadLayer, HeadNorm, HeadTask};
pub(crate) use self::hub::HubClass;
pub(crate) use self::labels::class_labels;
pub use self::modules::ModuleFiles;
pub use self::network::Head;
