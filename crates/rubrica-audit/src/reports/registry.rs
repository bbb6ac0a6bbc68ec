//! All reports by name: what each reads and says, and running one on a file of rows. To add a report, write a
//! type that is a [`Report`] in a file of its own and add it to the list; command line, npm and page follow.

use std::fmt;
use std::io::BufRead;
use std::sync::LazyLock;

use rubrica_core::{Error, Result, plain_message};
use serde::{Deserializer, Serialize};

use super::report::{Example, Report};
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
    /// Options and rows to try it on.
    #[serde(skip)]
    pub example: Example,
    #[serde(skip)]
    prepare: Prepare,
}

/// Anything that can be written down.
pub type Told = dyn erased_serde::Serialize + Send + Sync;

/// Options in, a report that waits for rows out.
type Prepare = fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<PreparedReport>;

/// Rows in, the report out.
type Run = dyn Fn(
    &mut dyn BufRead,
    &mut dyn FnMut(LeftOut) -> Result<()>,
) -> Result<(Box<Told>, RowCounts)>;

/// A report with its options, which waits for rows.
pub struct PreparedReport(Box<Run>);

impl fmt::Debug for ReportInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportInfo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ReportInfo {
    /// The entry of a type.
    fn of<R: Report>() -> Self {
        Self {
            name: R::NAME,
            about: R::QUESTION,
            source: R::SOURCE,
            row: R::ROW,
            options: Box::new(R::Options::default()),
            example: R::EXAMPLE,
            prepare: prepare::<R>,
        }
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
        rows: impl BufRead,
        options: impl Deserializer<'de>,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<(Box<Told>, RowCounts)> {
        self.prepare(options)?.run(rows, left_out)
    }

    /// The report with `options`, for callers that say in their own words what is wrong with those.
    ///
    /// # Errors
    /// [`Error::Parse`] at `options` for one that is unknown or of a wrong form.
    pub fn prepare<'de>(&self, options: impl Deserializer<'de>) -> Result<PreparedReport> {
        (self.prepare)(&mut <dyn erased_serde::Deserializer>::erase(options))
    }
}

impl fmt::Debug for PreparedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedReport").finish_non_exhaustive()
    }
}

impl PreparedReport {
    /// The report on `rows`, with what became of them. Those that do not count go to `left_out`, which may refuse
    /// them.
    ///
    /// # Errors
    /// Rows that cannot be read, with their line; whatever the report or `left_out` refuses.
    pub fn run(
        &self,
        mut rows: impl BufRead,
        left_out: &mut dyn FnMut(LeftOut) -> Result<()>,
    ) -> Result<(Box<Told>, RowCounts)> {
        (self.0)(&mut rows, left_out)
    }
}

/// Reads the options of a type, and makes what reads its rows.
fn prepare<R: Report>(options: &mut dyn erased_serde::Deserializer<'_>) -> Result<PreparedReport> {
    let options: R::Options = erased_serde::deserialize(options).map_err(|e| {
        let message = plain_message(&e.to_string());
        Error::Parse { path: "options".into(), message }
    })?;
    let run = move |rows: &mut dyn BufRead,
                    left_out: &mut dyn FnMut(LeftOut) -> Result<()>|
          -> Result<(Box<Told>, RowCounts)> {
        let mut rows = Rows::read(rows, left_out, |row, records| {
            records.push(typed::<R::Row>(row)?);
            Ok(())
        })?;
        let records = std::mem::take(&mut rows.records);
        let made = R::run(records, &options).map_err(|error| rows.locate(error))?;
        Ok((Box::new(made), rows.counts))
    };
    Ok(PreparedReport(Box::new(run)))
}

/// All reports, by name.
pub fn reports() -> &'static [ReportInfo] {
    static REPORTS: LazyLock<Vec<ReportInfo>> = LazyLock::new(list);
    &REPORTS
}

/// Their types, in the order of their paths.
fn list() -> Vec<ReportInfo> {
    let mut list = vec![
        ReportInfo::of::<super::annotator_pool::PooledItems>(),
        ReportInfo::of::<super::benchmark_agreement::BenchmarkAgreement>(),
        ReportInfo::of::<super::calibrate::CalibrationReport>(),
        ReportInfo::of::<super::evenness::EvennessReport>(),
        ReportInfo::of::<super::fairness::FairnessAudit>(),
        ReportInfo::of::<super::grounded::GroundedReport>(),
        ReportInfo::of::<super::group_rankings::GroupRankings>(),
        ReportInfo::of::<super::label_trust::LabelTrustReport>(),
        ReportInfo::of::<super::lexicographic::ContextDecisions>(),
        ReportInfo::of::<super::metric_agreement::MetricAgreementReport>(),
        ReportInfo::of::<super::next::DuelReport>(),
        ReportInfo::of::<super::next::NextMatch>(),
        ReportInfo::of::<super::next::QueryReport>(),
        ReportInfo::of::<super::one_sided::OneSidedReport>(),
        ReportInfo::of::<super::one_to_many::OneToManyReport>(),
        ReportInfo::of::<super::opinion::OpinionReport>(),
        ReportInfo::of::<super::peer_exam::PeerExam>(),
        ReportInfo::of::<super::performance::ProfileReport>(),
        ReportInfo::of::<super::poststratify::Poststratified>(),
        ReportInfo::of::<super::principles::PrinciplesReport>(),
        ReportInfo::of::<super::quality::BenchmarkQualityReport>(),
        ReportInfo::of::<super::score_intervals::ScoreIntervalReport>(),
        ReportInfo::of::<super::selective::SelectiveReport>(),
        ReportInfo::of::<super::shape::ShapeReport>(),
        ReportInfo::of::<super::style_board::StyleLeaderboard>(),
        ReportInfo::of::<super::systems::SystemReport>(),
        ReportInfo::of::<super::user_ratings::NormalisedRatings>(),
        ReportInfo::of::<super::welfare::WelfareReport>(),
        ReportInfo::of::<super::wildbench::WildRewardReport>(),
        ReportInfo::of::<super::wildbench::WildScoreReport>(),
        ReportInfo::of::<super::win_rate::WinRateReport>(),
    ];
    list.sort_unstable_by_key(|report| report.name);
    list
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
