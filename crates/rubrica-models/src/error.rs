//! What can go wrong with a model.

/// Result with [`ModelError`].
pub type Result<T, E = ModelError> = std::result::Result<T, E>;

/// Loading or running a model failed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// A file of the model is missing.
    #[error("{file}: is missing; expected it beside {beside}")]
    MissingFile {
        /// The file.
        file: &'static str,
        /// A file that is there.
        beside: &'static str,
    },
    /// A JSON file does not parse or lacks a field.
    #[error("{file}: {message}")]
    Config {
        /// The file.
        file: &'static str,
        /// What is wrong, with the path of the field.
        message: String,
    },
    /// The configuration names an architecture that is not implemented.
    #[error("config.json: model_type is `{found}`; expected one of {known}")]
    UnknownArchitecture {
        /// The `model_type` found.
        found: String,
        /// The ones there are.
        known: String,
    },
    /// The weights end before their header says.
    #[error("weights: file is cut short or damaged ({message}); expected {expected}")]
    Truncated {
        /// The reader's message.
        message: String,
        /// What a whole file would hold.
        expected: String,
    },
    /// A GGUF file is cut short, damaged or of a kind that cannot be read.
    #[error("gguf: at byte {at}: {message}")]
    Gguf {
        /// Where in the file.
        at: usize,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// The weights are not those of the manifest.
    #[error("weights: sha256 is {found}; expected {expected}")]
    HashMismatch {
        /// Hash of the bytes at hand.
        found: String,
        /// Hash that was asked for.
        expected: String,
    },
    /// A tensor is not in the weights.
    #[error("weights: no tensor `{name}`; expected one of shape {expected:?}")]
    MissingTensor {
        /// Name in the file, without prefix.
        name: String,
        /// Shape by the configuration.
        expected: Vec<usize>,
    },
    /// A tensor has another shape than the configuration says.
    #[error("weights: tensor `{name}` has shape {found:?}; expected {expected:?}")]
    WrongShape {
        /// Name in the file.
        name: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape by the configuration.
        expected: Vec<usize>,
    },
    /// A tensor is stored in a type that cannot be read.
    #[error(
        "weights: tensor `{name}` is {found}; expected f32, f16, bf16, i8 with a scale, or a GGUF kind up to q8_0 or from q4_k to q6_k"
    )]
    WrongType {
        /// Name in the file.
        name: String,
        /// Type in the file.
        found: String,
    },
    /// A tensor holds a number that is not finite.
    #[error("weights: tensor `{name}` has {found} at {index}; expected finite numbers")]
    WeightNotFinite {
        /// Name in the file.
        name: String,
        /// The number.
        found: f32,
        /// Where, in row-major order.
        index: usize,
    },
    /// Two files of the weights hold the same tensor.
    #[error("weights: tensor `{name}` is in two files; expected it in one")]
    Duplicate {
        /// Name in the files.
        name: String,
    },
    /// A text that must not be cut leaves no room.
    #[error("the {text} text has {tokens} tokens; expected at most {room}, as it is not to be cut")]
    TooLong {
        /// `first` or `second`.
        text: &'static str,
        /// Its tokens.
        tokens: usize,
        /// Tokens that fit.
        room: usize,
    },
    /// A text gives the model nothing to read.
    #[error("the text has no token, and the tokenizer adds none; expected at least one")]
    NoTokens,
    /// A head was asked for what it does not give.
    #[error("{name} labels {given}; expected a model that labels {asked}")]
    OtherHead {
        /// The model.
        name: String,
        /// What it labels.
        given: &'static str,
        /// What was asked for.
        asked: &'static str,
    },
    /// Nobody says what the labels mean.
    #[error(
        "config.json: the labels {labels} do not say what they mean; expected a judge card that does"
    )]
    UnnamedLabels {
        /// The labels.
        labels: String,
    },
    /// A chat cannot be written for the model.
    #[error("chat template: {0}")]
    ChatTemplate(String),
    /// The tokenizer does not load or does not fit the model.
    #[error("tokenizer.json: {0}")]
    Tokenizer(String),
    /// The device gives other numbers than the golden vector.
    #[error(
        "{device}: output differs from the golden vector by {difference:.2e} (cosine {cosine:.6}); expected at most {tolerance:.0e}"
    )]
    GoldenMismatch {
        /// The device.
        device: String,
        /// Largest absolute difference.
        difference: f64,
        /// Cosine between the two.
        cosine: f64,
        /// Largest difference allowed.
        tolerance: f64,
    },
    /// No such device here.
    #[error("{device} is not available: {reason}")]
    DeviceUnavailable {
        /// The device.
        device: &'static str,
        /// Why not.
        reason: String,
    },
    /// The device failed while it ran.
    #[error("{device} failed: {reason}")]
    DeviceLost {
        /// The device.
        device: String,
        /// What it said.
        reason: String,
    },
    /// NaN or an infinity among the weights or in what the model gives.
    #[error(
        "{what}: a value is not a finite number; expected weights that were fitted and stored whole"
    )]
    NotFinite {
        /// The model's output.
        what: String,
    },
    /// An encoder layer that the model has not.
    #[error("layer {layer} of {name} was asked for; expected 0 to {last}")]
    NoSuchLayer {
        /// The model.
        name: String,
        /// The layer asked for.
        layer: usize,
        /// The last layer there is.
        last: usize,
    },
}

impl ModelError {
    /// A stable identifier for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingFile { .. } => "model_file_missing",
            Self::Config { .. } => "model_config",
            Self::UnknownArchitecture { .. } => "unknown_architecture",
            Self::Truncated { .. } => "weights_truncated",
            Self::Gguf { .. } => "gguf",
            Self::HashMismatch { .. } => "weights_hash_mismatch",
            Self::MissingTensor { .. } => "weights_missing_tensor",
            Self::WrongShape { .. } => "weights_wrong_shape",
            Self::WrongType { .. } => "weights_wrong_type",
            Self::WeightNotFinite { .. } => "weights_not_finite",
            Self::Duplicate { .. } => "weights_duplicate_tensor",
            Self::TooLong { .. } => "text_too_long",
            Self::NoTokens => "no_tokens",
            Self::OtherHead { .. } => "other_head",
            Self::UnnamedLabels { .. } => "unnamed_labels",
            Self::ChatTemplate(_) => "chat_template",
            Self::Tokenizer(_) => "tokenizer",
            Self::GoldenMismatch { .. } => "golden_mismatch",
            Self::DeviceUnavailable { .. } => "device_unavailable",
            Self::DeviceLost { .. } => "device_lost",
            Self::NotFinite { .. } => "not_finite",
            Self::NoSuchLayer { .. } => "no_such_layer",
        }
    }
}

impl From<ModelError> for rubrica_core::Error {
    fn from(error: ModelError) -> Self {
        Self::Model { code: error.code(), message: error.to_string() }
    }
}
