//! Keys and values of tokens that were read, and which of them later tokens see.

use burn::tensor::{Bool, Device, Tensor, TensorData};

use super::DecoderConfig;
use crate::encoder::Rotation;

/// What a decoder keeps of the tokens that it has read.
///
/// A clone shares the numbers with the original: many texts can follow one beginning that was read once.
#[derive(Debug, Clone, Default)]
pub struct DecoderCache {
    read: usize,
    layers: Vec<LayerCache>,
}

/// Keys and values of one layer, each `[batch, groups, kept, head]`.
#[derive(Debug, Clone, Default)]
pub(super) struct LayerCache(Option<[Tensor<4>; 2]>);

impl DecoderCache {
    /// Tokens read, of each row.
    pub fn len(&self) -> usize {
        self.read
    }

    /// True before the first token.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// The cache of a batch of one, for `rows` rows that go on from it.
    ///
    /// # Panics
    /// When it holds another number of rows than one.
    #[must_use]
    pub fn repeat(&self, rows: usize) -> Self {
        let wide = |states: &Tensor<4>| {
            let [one, groups, kept, head] = states.dims();
            assert_eq!(one, 1, "a cache of one row");
            states.clone().expand([rows, groups, kept, head])
        };
        let layers = self
            .layers
            .iter()
            .map(|layer| LayerCache(layer.0.as_ref().map(|kv| kv.each_ref().map(wide))));
        Self { read: self.read, layers: layers.collect() }
    }

    /// The first `depth` layers.
    pub(super) fn layers(&mut self, depth: usize) -> &mut [LayerCache] {
        if self.layers.len() < depth {
            self.layers.resize_with(depth, LayerCache::default);
        }
        &mut self.layers[..depth]
    }

    pub(super) fn advance(&mut self, tokens: usize) {
        self.read += tokens;
    }
}

impl LayerCache {
    /// Adds the keys and values of new tokens; gives those of all that can still be seen, and keeps those that the
    /// next token can see.
    pub(super) fn extend(
        &mut self,
        key: Tensor<4>,
        value: Tensor<4>,
        window: Option<usize>,
    ) -> [Tensor<4>; 2] {
        let all = match self.0.take() {
            Some([keys, values]) => {
                [Tensor::cat(vec![keys, key], 2), Tensor::cat(vec![values, value], 2)]
            }
            None => [key, value],
        };
        let [_, _, count, _] = all[0].dims();
        let kept = kept(count, window);
        self.0 = (kept > 0).then(|| all.clone().map(|states| states.narrow(2, count - kept, kept)));
        all
    }
}

/// Of `read` tokens, those that a layer with `window` keeps: the next one sees itself as well.
fn kept(read: usize, window: Option<usize>) -> usize {
    window.map_or(read, |window| read.min(window - 1))
}

/// What the new tokens see, in layers that see everything and in those with a window.
pub(super) struct Sights {
    full: Sight,
    sliding: Option<Sight>,
}

/// Positions of the new tokens, and which tokens they do not see.
pub(super) struct Sight {
    pub(super) rotation: Rotation,
    /// True where a query does not see a key, `[1, 1, group * new, old + new]`, once for each query head
    /// that shares a key; absent when everything is seen.
    pub(super) hidden: Option<Tensor<4, Bool>>,
}

impl Sights {
    pub(super) fn new(
        config: &DecoderConfig,
        cache: &DecoderCache,
        new: usize,
        device: &Device,
    ) -> Self {
        let read = cache.read;
        let sight = |speeds: &[f32], window: Option<usize>| {
            let old = kept(read, window);
            let hides = |query: usize, key: usize| {
                key > query + old || window.is_some_and(|window| query + old >= key + window)
            };
            let any = (0..new).any(|query| hides(query, old + new - 1) || hides(query, 0));
            Sight {
                rotation: Rotation::new(speeds, read..read + new, device),
                hidden: any.then(|| {
                    let group = config.heads / config.groups;
                    let values: Vec<bool> = (0..group * new)
                        .flat_map(|row| (0..old + new).map(move |key| hides(row % new, key)))
                        .collect();
                    let shape = [1, 1, group * new, old + new];
                    Tensor::from_data(TensorData::new(values, shape), device)
                }),
            }
        };
        let window = config.windows.iter().flatten().next().copied();
        Self {
            full: sight(&config.speeds[0], None),
            sliding: window.map(|window| sight(&config.speeds[1], Some(window))),
        }
    }

    /// What a layer with `window` sees.
    pub(super) fn of(&self, window: Option<usize>) -> &Sight {
        match &self.sliding {
            Some(sliding) if window.is_some() => sliding,
            _ => &self.full,
        }
    }
}
