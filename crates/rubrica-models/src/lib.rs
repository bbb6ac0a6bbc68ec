//! Models in `burn`: encoders with heads, loaded from bytes, on the CPU or on WebGPU.
//!
//! A model is a folder of files in the hub's layout: `config.json`, `tokenizer.json`, safetensors
//! weights and, where it has one, `head.json` and `golden.json`. Nothing here reads files or the
//! network: the caller brings the bytes as [`ModelFiles`]. [`TextEncoder`] embeds text,
//! [`Classifier`] labels texts, pairs and tokens with a published head, [`CardJudge`] asks one as its
//! card says, [`CausalLm`] writes; all are built on one [`Device`], chosen at run time, and refuse a
//! device that does not reproduce the golden vector.

mod batch;
mod card;
mod causal;
mod classifier;
mod cross;
mod decoder;
mod device;
mod encoder;
mod error;
#[cfg(all(feature = "autodiff", feature = "threads"))]
mod fused;
mod gguf;
mod golden;
mod head;
mod kernels;
mod pooling;
mod select;
mod sequence;
mod text_encoder;
mod tokenizer;
mod weights;
mod write;

pub use batch::{BatchPlan, Window};
pub use card::{
    CardCalibration, CardCase, CardChunks, CardField, CardFields, CardInput, CardJudge,
    CardLicence, CardModel, CardOutcome, CardOutput, CardReading, CardSpans, CardTells,
    CardTemplate, ChunkCombine, ChunkUnit, JudgeCard, Rendered, StatedScore, builtin_card,
    builtin_cards,
};
pub use causal::{CausalFiles, CausalLm, Generated, GenerationEnd};
pub use classifier::{
    ClassGolden, ClassGoldenRow, Classifier, ClassifierOptions, LabelledSpan, SpanConfidence,
    labelled_spans,
};
pub use cross::{
    CONTEXT_KINDS, CROSS_COSINES, CROSS_FEATURES, CROSS_HIDDEN, CROSS_LEVELS, CrossBatch,
    CrossConfig, CrossEncoder, CrossFields, CrossGolden, CrossHeads, CrossJudge, CrossPart,
    CrossSequence, CrossTask, CrossTemplate, CrossVersion, ERROR_KINDS, SUPPORT_KINDS,
};
pub use decoder::{CausalDecoder, Decoder, DecoderCache, DecoderConfig};
pub use device::{Device, DeviceKind};
pub use encoder::{Encoder, EncoderConfig, EncoderInput, Nonlinearity};
pub use error::{ModelError, Result};
pub use gguf::{BlockKind, Gguf, GgufValue};
pub use golden::Golden;
pub use head::{Activation, Head, HeadConfig, HeadLayer, HeadNorm, HeadTask, ModuleFiles};
pub use pooling::Pooling;
pub use select::{DeviceChoice, DeviceReport, OnDevice, load_on};
pub use sequence::{CutSide, Truncation};
pub use text_encoder::{EncodeOptions, ModelFiles, TextEncoder};
pub use tokenizer::{TextTokenizer, TokenizedText};
pub use weights::{Precision, Weights};
pub use write::{NamedTensor, write_weights};
