//! All reports by name: what each reads and tells, and running one on a file of rows. To add a report,
//! write its function and give it an entry in [`entries`](super::entries); command line, npm and page
//! follow.

use std::fmt;
use std::io::BufRead;
use std::sync::LazyLock;

use rubrica_core::{Error, Result, plain_message};
use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize};

use super::entries::entries;
use crate::records::{LeftOut, RowCounts, Rows, typed};

/// A report that can be asked for by name.
#[derive(Serialize)]
pub struct ReportInfo {
    /// Its name.
    pub name: &'static str,
    /// The question that it answers.
    pub about: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Fields of a row; those with `?` may be missing.
    pub row: &'static str,
    /// Its options, as they are when nothing is said.
    pub options: Box<Told>,
    #[serde(skip)]
    run: Box<Run>,
}

/// Anything that can be written down.
pub type Told = dyn erased_serde::Serialize + Send + Sync;

/// Rows and options in, the report out.
type Run = dyn Fn(
        &mut dyn BufRead,
        &mut dyn erased_serde::Deserializer<'_>,
        &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<(Box<Told>, RowCounts)>
    + Send
    + Sync;

impl fmt::Debug for ReportInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ReportInfo {
    /// An entry: `report` makes of rows and options what is told.
    pub(super) fn new<R, O, T>(
        [name, about, source, row]: [&'static str; 4],
        report: impl Fn(Vec<R>, &O) -> Result<T> + Send + Sync + 'static,
    ) -> Self
    where
        R: DeserializeOwned,
        O: DeserializeOwned + Default + Serialize + Send + Sync + 'static,
        T: Serialize + Send + Sync + 'static,
    {
        let run = move |rows: &mut dyn BufRead,
                        options: &mut dyn erased_serde::Deserializer<'_>,
                        left_out: &mut dyn FnMut(LeftOut) -> Result<()>|
              -> Result<(Box<Told>, RowCounts)> {
            let options: O = erased_serde::deserialize(options).map_err(|e| {
                let message = plain_message(&e.to_string());
                Error::Parse { path: "options".into(), message }
            })?;
            let mut rows = Rows::read(rows, left_out, |row, records| {
                records.push(typed::<R>(row)?);
                Ok(())
            })?;
            let records = std::mem::take(&mut rows.records);
            let made = report(records, &options).map_err(|error| rows.locate(error))?;
            Ok((Box::new(made), rows.counts))
        };
        Self { name, about, source, row, options: Box::new(O::default()), run: Box::new(run) }
    }

    /// The report on `rows` (JSON lines, a JSON array, or CSV with a header). `options` is an object with
    /// any of the fields of [`ReportInfo::options`]. Rows without a rating are left out.
    ///
    /// # Errors
    /// Rows that cannot be read, with their line; unknown options; whatever the report refuses.
    pub fn run<'de>(
        &self,
        rows: impl BufRead,
        options: impl Deserializer<'de>,
    ) -> Result<Box<Told>> {
        Ok(self.run_with(rows, options, &mut LeftOut::only_missing)?.0)
    }

    /// As [`ReportInfo::run`], with what became of the rows. Those that do not count go to `left_out`, which may
    /// refuse them.
    ///
    /// # Errors
    /// As [`ReportInfo::run`]; what `left_out` refuses.
    pub fn run_with<'de>(
        &self,
        mut rows: impl BufRead,
        options: impl Deserializer<'de>,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<(Box<Told>, RowCounts)> {
        (self.run)(&mut rows, &mut <dyn erased_serde::Deserializer>::erase(options), left_out)
    }
}

/// All reports, by name.
pub fn reports() -> &'static [ReportInfo] {
    static REPORTS: LazyLock<Vec<ReportInfo>> = LazyLock::new(entries);
    &REPORTS
}

/// The report `name`.
///
/// # Errors
/// [`Error::Unknown`] with the names that there are.
pub fn report(name: &str) -> Result<&'static ReportInfo> {
    reports().iter().find(|report| report.name == name).ok_or_else(|| Error::Unknown {
        path: String::new(),
        what: "report",
        name: name.into(),
        known: reports().iter().map(|report| report.name).collect::<Vec<_>>().join(", "),
    })
}
