//! Encoder architectures, one folder each. `config.json` decides which one is built; nothing outside
//! this folder names any of them.
//!
//! A new one is a folder with an [`Architecture`], one line in `architectures!` below, and a fixture.

mod bert;
mod blocks;
mod causal;
mod config;
mod deberta;
mod input;
mod modernbert;
mod relative;
mod rms;
mod rotation;
mod t5;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde_json::Value;

pub use self::blocks::Nonlinearity;
pub(crate) use self::blocks::{BlockSource, BlockTensors};
pub use self::config::EncoderConfig;
pub(crate) use self::config::Outline;
pub use self::input::EncoderInput;
pub(crate) use self::rms::RootMeanSquare;
pub(crate) use self::rotation::{Rotation, speeds};
use crate::head::{HeadConfig, HubClass};
use crate::{NamedTensor, Result, Weights};

/// What an architecture has to give. Pooling, heads, windows, batches, weights and tokenizers are not
/// its business.
pub(crate) trait Architecture: Module {
    /// What it reads from `config.json`.
    type Config: std::fmt::Debug + Clone;

    /// The `model_type`s that it builds.
    const MODEL_TYPES: &'static [&'static str];

    /// Reads the configuration of a model of `model_type`.
    ///
    /// # Errors
    /// [`crate::ModelError::Config`] with the field.
    fn config(model_type: &str, json: &Value) -> Result<Self::Config>;

    /// What everything else has to know of it.
    fn outline(config: &Self::Config) -> Outline;

    /// The head of a class of the hub, without labels.
    ///
    /// # Errors
    /// [`crate::ModelError::Config`] for a class whose head is another one.
    fn head(config: &Self::Config, class: &HubClass) -> Result<HeadConfig>;

    /// Loads the tensors of the hub's layout.
    ///
    /// # Errors
    /// [`crate::ModelError::MissingTensor`], [`crate::ModelError::WrongShape`],
    /// [`crate::ModelError::WrongType`], [`crate::ModelError::WeightNotFinite`].
    fn load(config: &Self::Config, source: BlockSource<'_>) -> Result<Self>;

    /// Number of layers.
    fn depth(&self) -> usize;

    /// Hidden states after `depth` layers, `[batch, seq, hidden]`; 0 is the embedding layer. The
    /// last layer's are those that heads read, with a final norm where there is one.
    fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3>;

    /// Keeps the embeddings and the first `layers` layers as they are in training.
    fn freeze_lower(self, layers: usize) -> Self;

    /// Allows products of bfloat16 numbers, where the architecture has such a way.
    fn with_mixed_precision(self, _on: bool) -> Self {
        self
    }

    /// All tensors, in the layout that [`Architecture::load`] reads.
    fn tensors(&self) -> impl Future<Output = Result<Vec<NamedTensor>>>;
}

/// Names the architectures, and makes the type that is any of them.
macro_rules! architectures {
    ($($name:ident => $architecture:ty,)+) => {
        /// An encoder of whatever architecture `config.json` asked for.
        #[derive(Module, Debug)]
        #[non_exhaustive]
        pub enum Encoder {
            $(#[doc = concat!("See `encoder/`: ", stringify!($architecture), ".")] $name($architecture),)+
        }

        /// The configuration of one of them.
        #[derive(Debug, Clone)]
        pub(crate) enum ArchitectureConfig {
            $($name(<$architecture as Architecture>::Config),)+
        }

        impl ArchitectureConfig {
            /// Reads the configuration, unless no architecture knows `model_type`.
            fn read(model_type: &str, json: &Value) -> Option<Result<Self>> {
                $(if <$architecture as Architecture>::MODEL_TYPES.contains(&model_type) {
                    return Some(
                        <$architecture as Architecture>::config(model_type, json).map(Self::$name),
                    );
                })+
                None
            }

            /// Every `model_type` that is known.
            fn known() -> String {
                [$(<$architecture as Architecture>::MODEL_TYPES),+].concat().join(", ")
            }

            fn outline(&self) -> Outline {
                match self {
                    $(Self::$name(config) => <$architecture as Architecture>::outline(config),)+
                }
            }

            fn head(&self, class: &HubClass) -> Result<HeadConfig> {
                match self {
                    $(Self::$name(config) => <$architecture as Architecture>::head(config, class),)+
                }
            }

            fn load(&self, source: BlockSource<'_>) -> Result<Encoder> {
                match self {
                    $(Self::$name(config) => {
                        <$architecture as Architecture>::load(config, source).map(Encoder::$name)
                    })+
                }
            }
        }

        impl Encoder {
            /// Number of layers.
            pub fn depth(&self) -> usize {
                match self {
                    $(Self::$name(encoder) => encoder.depth(),)+
                }
            }

            /// Hidden states after `depth` layers, `[batch, seq, hidden]`; 0 is the embedding layer.
            pub fn forward_to(&self, input: &EncoderInput, depth: usize) -> Tensor<3> {
                match self {
                    $(Self::$name(encoder) => encoder.forward_to(input, depth),)+
                }
            }

            /// The same encoder with the embeddings and the first `layers` layers kept as they are in
            /// training.
            #[must_use]
            pub fn freeze_lower(self, layers: usize) -> Self {
                match self {
                    $(Self::$name(encoder) => Self::$name(encoder.freeze_lower(layers)),)+
                }
            }

            /// The same encoder whose layers, on a CPU with a matrix unit (AMX), take products of
            /// bfloat16 numbers, with sums in f32. Elsewhere, and for architectures without such
            /// layers, nothing changes.
            #[must_use]
            pub fn with_mixed_precision(self, on: bool) -> Self {
                match self {
                    $(Self::$name(encoder) => Self::$name(encoder.with_mixed_precision(on)),)+
                }
            }

            /// All tensors, in the layout that [`Encoder::load`] reads. Async, as reading a device is.
            ///
            /// # Errors
            /// [`crate::ModelError::DeviceLost`].
            pub async fn tensors(&self) -> Result<Vec<NamedTensor>> {
                match self {
                    $(Self::$name(encoder) => encoder.tensors().await,)+
                }
            }
        }
    };
}

architectures! {
    Bert => bert::Bert,
    Deberta => deberta::Deberta,
    ModernBert => modernbert::ModernBert,
    Decoder => crate::decoder::Decoder,
    T5 => t5::T5,
}

impl Encoder {
    /// Loads the tensors of the hub's layout.
    ///
    /// # Errors
    /// [`crate::ModelError::MissingTensor`], [`crate::ModelError::WrongShape`],
    /// [`crate::ModelError::WrongType`], [`crate::ModelError::WeightNotFinite`].
    pub fn load(config: &EncoderConfig, weights: &Weights<'_>, device: &Device) -> Result<Self> {
        config.architecture().load(BlockSource::new(weights, device))
    }

    /// Hidden states of the last layer, `[batch, seq, hidden]`.
    pub fn forward(&self, input: &EncoderInput) -> Tensor<3> {
        self.forward_to(input, self.depth())
    }
}
