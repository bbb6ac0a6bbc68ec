//! The rows of a file, judged one by one: what `score`, `compare` and `support` share.

use anyhow::Result;
use rubrica::core::Error;
use serde::Serialize;
use serde_json::Value;

use crate::lines::{FailedRow, Line, Tracker};
use crate::output::Output;
use crate::progress::Bar;

/// A row that counts.
pub(crate) enum Judged<'a, T> {
    /// What an earlier run wrote of it.
    Before(&'a Value),
    /// What was found now.
    Now(&'a T),
}

/// Judges every row and writes what comes of it, or its error. Rows that `output` has from an earlier run are
/// counted only. `count` may say what a reader should know of the row.
///
/// # Errors
/// Output that cannot be written, or an earlier line that is no JSON.
pub(crate) fn each<T: Serialize>(
    rows: &[Line],
    what: &str,
    tracker: &mut Tracker,
    mut output: Output,
    judge: impl Fn(&Line, &Bar) -> Result<T, Error>,
    mut count: impl FnMut(Judged<'_, T>) -> Option<String>,
) -> Result<()> {
    let mut done = output.done().into_iter();
    let bar = Bar::new(rows.len(), what);
    let show = |text: &str| bar.note(text);
    for row in rows {
        let id = row.id();
        tracker.row(row.number, id.as_ref(), &show);
        if let Some(line) = done.next() {
            let found: Value = serde_json::from_str(&line)?;
            match found.get("line") {
                Some(_) => tracker.fail(),
                None => _ = count(Judged::Before(&found)),
            }
            bar.advance();
            continue;
        }
        match judge(row, &bar) {
            Ok(found) => {
                if let Some(text) = count(Judged::Now(&found)) {
                    show(&tracker.message(row.number, id.as_ref(), &text));
                }
                output.line(&found)?;
            }
            Err(error) => {
                tracker.failure(row.number, id.as_ref(), &error, &show);
                output.line(&FailedRow::new(id, row.number, &error))?;
            }
        }
        bar.advance();
    }
    bar.finish();
    output.finish()?;
    tracker.finish()
}
