//! Progress and cancellation across the boundary.

use std::future::Future;
use std::pin::Pin;

use js_sys::Promise;
use rubrica::core::{Job, Progress};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(typescript_custom_section)]
const HOOKS: &str = r#"
/** What a long call reports to, and asks. */
export interface Hooks {
  progress(stage: string, done: number, total: number): void;
  cancelled(): boolean;
  /** Resolves after other tasks of the event loop had their turn. */
  pause(): Promise<void>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The caller's hooks.
    #[wasm_bindgen(typescript_type = "Hooks")]
    pub type Hooks;

    #[wasm_bindgen(method, structural)]
    fn progress(this: &Hooks, stage: &str, done: f64, total: f64);

    #[wasm_bindgen(method, structural)]
    fn cancelled(this: &Hooks) -> bool;

    #[wasm_bindgen(method, structural)]
    fn pause(this: &Hooks) -> Promise;
}

/// A [`Job`] that a JavaScript caller watches.
pub(crate) struct WatchedJob(pub(crate) Hooks);

impl Job for WatchedJob {
    fn progress(&self, progress: Progress) {
        let stage = serde_json::to_value(progress.stage).unwrap_or_default();
        let stage = stage.as_str().unwrap_or_default();
        self.0.progress(stage, progress.done as f64, progress.total as f64);
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }

    fn pause(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            // A pause that fails is no reason to stop the work.
            let _ = JsFuture::from(self.0.pause()).await;
        })
    }
}
