//! `--judge` of `rubrica score`: one judge, or one for each criterion.

use anyhow::{Context, Result, bail};
use rubrica::catalogue::{JudgeModel, Role};
use rubrica::core::Rubric;
use rubrica::judge::{Panel, Seat};

use crate::store::{DEFAULT_JUDGE, ModelArgs};

/// What stands for a judge of spans, which rates no criterion.
const SPANS: &str = "spans";

/// Judges by the order in which they are named.
#[derive(Debug, Default, PartialEq)]
struct Named<'a> {
    /// The one for the criteria that nobody else has.
    others: Option<&'a str>,
    /// Criteria with their judges.
    criteria: Vec<(&'a str, &'a str)>,
}

impl<'a> Named<'a> {
    /// Reads `ID`, `CRITERION=ID` or several of them with commas between.
    fn read(text: &'a str) -> Result<Self> {
        let mut named = Self::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=').map(|(c, id)| (c.trim(), id.trim())) {
                _ if part.is_empty() => bail!("--judge {text}: has an empty part; {EXPECTED}"),
                Some((criterion, id)) if criterion.is_empty() || id.is_empty() => {
                    bail!("--judge {text}: `{part}` lacks a side; {EXPECTED}")
                }
                Some(pair) => named.criteria.push(pair),
                None if named.others.is_some() => {
                    bail!("--judge {text}: names two judges for all other criteria; {EXPECTED}")
                }
                None => named.others = Some(part),
            }
        }
        Ok(named)
    }

    /// The judges that are named for criteria, each once, with theirs.
    fn seats(&self, rubric: &Rubric) -> Vec<(&'a str, Vec<&'a str>)> {
        let mut seats: Vec<(&str, Vec<&str>)> = Vec::new();
        let known = |criterion: &str| rubric.criteria.iter().any(|c| c.id == criterion);
        for &(criterion, id) in &self.criteria {
            let spans = criterion == SPANS && !known(SPANS);
            let place = match seats.iter().position(|(other, _)| *other == id) {
                Some(place) => place,
                None => {
                    seats.push((id, Vec::new()));
                    seats.len() - 1
                }
            };
            if !spans {
                seats[place].1.push(criterion);
            }
        }
        seats
    }
}

const EXPECTED: &str = "expected ID, or CRITERION=ID with commas between";

/// The judges of `args` for `rubric`. The judge of all other criteria is only loaded where there are any.
///
/// # Errors
/// A text that makes no sense; a judge that cannot be loaded or does not rate criteria; a criterion that the rubric
/// lacks.
pub(crate) fn load(args: &ModelArgs, rubric: &Rubric) -> Result<Panel<JudgeModel>> {
    let named = Named::read(args.judge_id())?;
    let mut seats = Vec::new();
    for (id, criteria) in named.seats(rubric) {
        let judge = rating(args, id, !criteria.is_empty())?;
        seats.push(Seat { judge, criteria: criteria.into_iter().map(str::to_owned).collect() });
    }
    let given = |id: &str| named.criteria.iter().any(|(criterion, _)| *criterion == id);
    let rest = rubric.criteria.iter().any(|c| !given(&c.id));
    let others =
        rest.then(|| rating(args, named.others.unwrap_or(DEFAULT_JUDGE), true)).transpose()?;
    if let (false, Some(id)) = (rest, named.others) {
        bail!("--judge {}: {id} is left with no criterion; {EXPECTED}", args.judge_id());
    }
    Panel::new(seats, others, rubric).context("--judge")
}

/// The judge `ID` or `ID:levels`, which rates criteria, or only finds faults in parts of a response.
fn rating(args: &ModelArgs, name: &str, rates: bool) -> Result<JudgeModel> {
    let (id, levels) = match name.split_once(':') {
        None => (name, false),
        Some((id, "levels")) => (id, true),
        Some((_, form)) => bail!("--judge: `{name}` asks for `{form}`; expected ID, or ID:levels"),
    };
    let judge = args.load(id)?;
    if levels {
        return match judge {
            JudgeModel::Published(judge) => Ok(JudgeModel::Published(Box::new(judge.by_levels()?))),
            _ => bail!("--judge {name}: {id} reads criteria as it is; expected {id} alone"),
        };
    }
    match (&judge, rates) {
        (_, true) => judge.plays(Role::Criterion)?,
        (JudgeModel::Published(published), false) if !published.tells_spans() => {
            bail!("--judge {SPANS}={id}: {id} does not tell spans; expected a judge that does")
        }
        _ => {}
    }
    Ok(judge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rubrica::core::read_rubric;

    #[test]
    fn one_judge_or_one_a_criterion() {
        let named = Named::read("a=x, b=y,c=x,rest,spans=z").expect("sound");
        assert_eq!(named.others, Some("rest"));
        let rubric = "name: r\ncriteria:\n  - {id: a, description: d}\n  - {id: b, description: d}\n  - {id: c, description: d}\n";
        let rubric = read_rubric(rubric).expect("valid");
        let seats = named.seats(&rubric);
        assert_eq!(seats, [("x", vec!["a", "c"]), ("y", vec!["b"]), ("z", vec![])]);
        assert_eq!(Named::read("rest").expect("one").criteria, []);
        for wrong in ["", "a=", "=x", "x,y", "a=x,,b=y"] {
            let error = Named::read(wrong).expect_err(wrong).to_string();
            assert!(error.contains("expected ID"), "{error}");
        }
    }
}
