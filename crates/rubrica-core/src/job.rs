//! Progress and cancellation of long work.

use std::future::{Future, ready};
use std::pin::Pin;

use serde::Serialize;

use crate::{Error, Result};

/// The step that a [`Progress`] report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Turning text into vectors.
    Encode,
    /// Scoring criteria.
    Score,
    /// Scoring the response with parts taken out.
    Occlude,
    /// Computing metrics.
    Metrics,
    /// Fitting weights.
    Fit,
    /// Writing text, token by token.
    Generate,
}

/// How far a stage has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The step.
    pub stage: Stage,
    /// Units finished.
    pub done: usize,
    /// Units in all.
    pub total: usize,
}

/// The caller's side of a long computation: hears of progress, may cancel.
///
/// Work calls [`Job::step`] between batches. In a browser that is where the event loop gets its
/// turn, so no batch should take longer than a few hundred milliseconds.
pub trait Job {
    /// Hears of progress.
    fn progress(&self, _progress: Progress) {}

    /// True once the caller wants the work to stop.
    fn cancelled(&self) -> bool {
        false
    }

    /// Lets other tasks run. Resolves at once where that has no meaning.
    fn pause(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(ready(()))
    }
}

impl dyn Job + '_ {
    /// Reports progress, lets other tasks run, and stops when the caller cancelled.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub async fn step(&self, stage: Stage, done: usize, total: usize) -> Result<()> {
        self.progress(Progress { stage, done, total });
        self.pause().await;
        if self.cancelled() {
            return Err(Error::Cancelled { done, total, unit: stage.unit() });
        }
        Ok(())
    }
}

impl Stage {
    fn unit(self) -> &'static str {
        match self {
            Self::Encode => "texts",
            Self::Score => "criteria",
            Self::Occlude => "sentences",
            Self::Metrics => "samples",
            Self::Fit => "steps",
            Self::Generate => "tokens",
        }
    }
}

/// A job that nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Job for Quiet {}
