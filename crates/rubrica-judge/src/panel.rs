//! A panel of judges: each criterion asks the one that knows it, and one judgment comes out.

use rubrica_core::model::{Finding, JudgeInput, Occluded, Rated, Unused};
use rubrica_core::{
    Criterion, Error, Evidence, Job, ModelInfo, Result, Rubric, RubricModel, Span, nearest,
};

/// A judge with the criteria that it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat<M> {
    /// The judge.
    pub judge: M,
    /// Ids of its criteria. A judge without any only adds what it finds in parts of the response.
    pub criteria: Vec<String>,
}

/// Several judges that act as one. The critique has what any of them finds; the signature names each, and who
/// judges what.
#[derive(Debug, Clone)]
pub struct Panel<M> {
    seats: Vec<Seat<M>>,
}

impl<M: RubricModel> Panel<M> {
    /// A panel for `rubric`. `others` judges the criteria that no seat has.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a criterion that the rubric lacks; [`Error::Invalid`] for one that is given twice;
    /// [`Error::MissingModel`] for one that nobody judges.
    pub fn new(mut seats: Vec<Seat<M>>, others: Option<M>, rubric: &Rubric) -> Result<Self> {
        let known: Vec<&str> = rubric.criteria.iter().map(|c| c.id.as_str()).collect();
        let mut given: Vec<String> = Vec::new();
        for id in seats.iter().flat_map(|seat| &seat.criteria) {
            if !known.contains(&id.as_str()) {
                let hint = nearest(id, &known);
                let list = known.join(", ");
                let known = hint.map_or(list.clone(), |near| format!("{list} (nearest: {near})"));
                let (path, what) = (String::from("judge"), "criterion");
                return Err(Error::Unknown { path, what, name: id.clone(), known });
            }
            if given.contains(id) {
                let problem = format!("names the criterion `{id}` twice");
                return Err(Error::invalid("judge", problem, "one judge for each"));
            }
            given.push(id.clone());
        }
        let rest: Vec<String> = known
            .iter()
            .filter(|id| !given.iter().any(|g| g == *id))
            .map(|id| (*id).to_owned())
            .collect();
        match others {
            Some(judge) if !rest.is_empty() => seats.push(Seat { judge, criteria: rest }),
            None if !rest.is_empty() => {
                return Err(Error::invalid(
                    "judge",
                    format!("names nobody for {}", rest.join(", ")),
                    "a judge for each criterion, or one without a criterion for the others",
                ));
            }
            _ => {}
        }
        Ok(Self { seats })
    }

    /// The judges, those of named criteria first.
    pub fn judges(&self) -> impl Iterator<Item = &M> {
        self.seats.iter().map(|seat| &seat.judge)
    }

    /// The judges with the places in `criteria` of those that they are asked for, and these.
    fn shares<'a>(
        &'a self,
        criteria: &'a [Criterion],
    ) -> impl Iterator<Item = (&'a M, Vec<usize>, Vec<Criterion>)> {
        self.seats.iter().filter_map(|seat| {
            let asked = |c: &Criterion| seat.criteria.contains(&c.id);
            let places: Vec<usize> = (0..criteria.len()).filter(|&i| asked(&criteria[i])).collect();
            let own = places.iter().map(|&i| criteria[i].clone()).collect();
            (!places.is_empty()).then_some((&seat.judge, places, own))
        })
    }

    /// True where it is one judge for all, whose results need no word about who judged what.
    fn is_one(&self) -> bool {
        self.seats.len() == 1
    }
}

/// Rows of single judges put together: `rows[i][places[k]] = part[i][k]`.
fn scatter<T>(rows: &mut [Vec<Option<T>>], places: &[usize], part: Vec<Vec<T>>) {
    for (row, part) in rows.iter_mut().zip(part) {
        for (&place, value) in places.iter().zip(part) {
            row[place] = Some(value);
        }
    }
}

fn whole<T>(rows: Vec<Vec<Option<T>>>) -> Vec<Vec<T>> {
    let row = |row: Vec<Option<T>>| row.into_iter().map(|x| x.expect("a judge for each")).collect();
    rows.into_iter().map(row).collect()
}

fn empty<T>(rows: usize, columns: usize) -> Vec<Vec<Option<T>>> {
    (0..rows).map(|_| (0..columns).map(|_| None).collect()).collect()
}

/// Whether it is about the passages or about the part as such; each is told once of a part.
fn kind(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Grounding { .. })
}

impl<M: RubricModel> RubricModel for Panel<M> {
    /// That of the first judge; [`RubricModel::infos`] has all.
    fn info(&self) -> &ModelInfo {
        self.seats[0].judge.info()
    }

    fn infos(&self) -> Vec<&ModelInfo> {
        self.judges().flat_map(RubricModel::infos).collect()
    }

    fn settings(&self, criteria: &[Criterion]) -> Vec<(String, String)> {
        let mut settings = Vec::new();
        for (judge, _, own) in self.shares(criteria) {
            if !self.is_one() {
                let id = &judge.info().signature.id;
                settings.extend(own.iter().map(|c| (format!("judge.{}", c.id), id.clone())));
            }
            settings.extend(judge.settings(&own));
        }
        settings
    }

    fn caveats(&self, criteria: &[Criterion]) -> Vec<String> {
        self.shares(criteria).flat_map(|(judge, _, own)| judge.caveats(&own)).collect()
    }

    async fn rate(
        &self,
        inputs: &[JudgeInput<'_>],
        criteria: &[Criterion],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Rated>>> {
        let mut rows = empty(inputs.len(), criteria.len());
        for (judge, places, own) in self.shares(criteria) {
            scatter(&mut rows, &places, judge.rate(inputs, &own, job).await?);
        }
        Ok(whole(rows))
    }

    async fn rate_without(
        &self,
        input: JudgeInput<'_>,
        criteria: &[Criterion],
        spans: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Vec<Occluded>>> {
        let mut rows = empty(spans.len(), criteria.len());
        for (judge, places, own) in self.shares(criteria) {
            scatter(&mut rows, &places, judge.rate_without(input, &own, spans, job).await?);
        }
        Ok(whole(rows))
    }

    /// What any judge finds. What the passages support is told once of a part, by the first that says it.
    async fn findings(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Finding>> {
        let mut all: Vec<Finding> = Vec::new();
        for judge in self.judges() {
            for finding in judge.findings(input, parts, job).await? {
                let told = |f: &Finding| {
                    f.part == finding.part && kind(&f.evidence) == kind(&finding.evidence)
                };
                if !all.iter().any(told) {
                    all.push(finding);
                }
            }
        }
        Ok(all)
    }

    /// What the first judge says that says anything.
    async fn unused(
        &self,
        input: JudgeInput<'_>,
        parts: &[Span],
        job: &dyn Job,
    ) -> Result<Vec<Unused>> {
        for judge in self.judges() {
            let unused = judge.unused(input, parts, job).await?;
            if !unused.is_empty() {
                return Ok(unused);
            }
        }
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use pollster::block_on;
    use rubrica_core::{Judgment, Quiet, Sample, read_rubric};

    use super::*;
    use crate::scripted::Scripted;
    use crate::{AbsoluteOptions, absolute};

    const RUBRIC: &str = "name: x\ncriteria:\n  - {id: a, description: Is it a?}\n  - {id: b, description: Is it b?}\n  - {id: c, description: Is it c?}\n";

    fn rubric() -> Rubric {
        read_rubric(RUBRIC).expect("valid")
    }

    fn seat(id: &str, criteria: &[&str]) -> Seat<Scripted> {
        let criteria = criteria.iter().map(|&c| c.to_owned()).collect();
        Seat { judge: Scripted::named(id), criteria }
    }

    fn judge(panel: &Panel<Scripted>, response: &str) -> Judgment {
        let sample = Sample::new("", response);
        let options = AbsoluteOptions::default();
        block_on(absolute(panel, &sample, &rubric(), &options, &Quiet)).expect("judged")
    }

    #[test]
    fn each_criterion_asks_its_judge_and_the_signature_names_all() {
        let panel =
            Panel::new(vec![seat("one", &["c", "a"])], Some(Scripted::named("rest")), &rubric());
        let panel = panel.expect("a judge for each");
        let judgment = judge(&panel, "One good:a thing. And bad:b ones. Plain words here.");
        let scores: Vec<Option<f64>> =
            judgment.per_criterion.iter().map(|j| j.score.value()).collect();
        let near =
            |found: Option<f64>, expected: f64| (found.expect("a score") - expected).abs() < 1e-9;
        assert!(near(scores[0], 3.4) && near(scores[1], 2.6) && near(scores[2], 3.0), "{scores:?}");
        let models: Vec<&str> = judgment.signature.models.iter().map(|m| m.id.as_str()).collect();
        assert_eq!(models, ["one", "rest"]);
        let options = &judgment.signature.options;
        let of = |c: &str| options[&format!("judge.{c}")].as_str();
        assert_eq!([of("a"), of("b"), of("c")], ["one", "rest", "one"]);
        // The sentences that matter are found with whoever judges the criterion.
        let moved: Vec<&str> =
            judgment.critique.points.iter().filter_map(|p| p.criterion.as_deref()).collect();
        assert!(moved.contains(&"a") && moved.contains(&"b"), "{moved:?}");
    }

    #[test]
    fn a_panel_of_one_judges_as_that_one_does() {
        let alone = Scripted::named("only");
        let sample = Sample::new("", "A good:b text. Bad:a one.");
        let options = AbsoluteOptions::default();
        let expected = block_on(absolute(&alone, &sample, &rubric(), &options, &Quiet));
        let panel = Panel::new(Vec::new(), Some(Scripted::named("only")), &rubric()).expect("one");
        assert_eq!(judge(&panel, "A good:b text. Bad:a one."), expected.expect("judged"));
    }

    #[test]
    fn a_judge_without_criteria_adds_what_it_finds() {
        let panel = Panel::new(vec![seat("spans", &[])], Some(Scripted::named("rest")), &rubric());
        let judgment = judge(&panel.expect("sound"), "Fine. This is error:0.9 wrong.");
        let found = judgment.critique.points.iter();
        let segments = found.filter(|p| matches!(p.evidence, Evidence::Segment { .. })).count();
        assert_eq!(segments, 1, "both find it; it is told once");
        assert_eq!(judgment.signature.models.len(), 2);
    }

    #[test]
    fn panels_that_do_not_fit_the_rubric_are_refused() {
        let error = |seats, others| Panel::new(seats, others, &rubric()).expect_err("wrong");
        let unknown = error(vec![seat("x", &["d"])], Some(Scripted::new()));
        assert_eq!(unknown.code(), "unknown_name");
        let twice = error(vec![seat("x", &["a"]), seat("y", &["a"])], Some(Scripted::new()));
        assert!(twice.to_string().contains("`a` twice"), "{twice}");
        let nobody = error(vec![seat("x", &["a"])], None);
        assert!(nobody.to_string().contains("b, c"), "{nobody}");
        assert!(Panel::new(vec![seat("x", &["a", "b", "c"])], None, &rubric()).is_ok());
    }
}
