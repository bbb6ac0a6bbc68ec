//! Progress bars on standard error; nothing where it is no terminal.

use std::cell::RefCell;

use indicatif::{ProgressBar, ProgressStyle};
use rubrica::core::{Job, Progress};

use crate::notes::note;

/// A bar for the rows of a command, with a second line for what happens inside one.
pub(crate) struct Bar {
    rows: ProgressBar,
    inner: RefCell<Option<Progress>>,
}

impl Bar {
    /// A bar of `total` rows.
    pub(crate) fn new(total: usize, what: &str) -> Self {
        let rows = ProgressBar::new(total as u64);
        let template = "{msg:>9} [{bar:32}] {pos}/{len} {elapsed} (about {eta} left) {prefix}";
        rows.set_style(
            ProgressStyle::with_template(template).expect("a valid template").progress_chars("=> "),
        );
        rows.set_message(what.to_owned());
        rows.enable_steady_tick(std::time::Duration::from_millis(200));
        Self { rows, inner: RefCell::default() }
    }

    /// One more row is done.
    pub(crate) fn advance(&self) {
        self.rows.set_prefix("");
        self.rows.inc(1);
    }

    /// Prints a line above the bar.
    pub(crate) fn note(&self, text: &str) {
        self.rows.suspend(|| note(text));
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.rows.finish_and_clear();
    }
}

impl Job for Bar {
    fn progress(&self, progress: Progress) {
        if *self.inner.borrow() != Some(progress) {
            let stage = format!("{:?}", progress.stage).to_lowercase();
            self.rows.set_prefix(format!("{stage} {}/{}", progress.done, progress.total));
            *self.inner.borrow_mut() = Some(progress);
        }
    }
}
