//! Rubrics as Prometheus shows them to a judge: `[criteria]`, then a line `Score 1: …` for each point.

use crate::{Criterion, Error, Result, Rubric, Scale};

/// The rubric, if `text` is one in this form.
///
/// # Errors
/// [`Error::Invalid`] for a point that is described twice or not at all, with its path.
pub(crate) fn read(text: &str) -> Option<Result<Rubric>> {
    let text = text.trim();
    let (head, points) = split(text)?;
    Some(points_of(points).map(|scale| {
        Rubric::single(Criterion { scale, ..Criterion::new("rubric", head.trim().to_owned()) })
    }))
}

/// The criteria in their brackets, and all from the first point on.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if point(line).is_some() {
            let head = text[..start].trim().strip_prefix('[')?.strip_suffix(']')?;
            return Some((head, &text[start..]));
        }
        start += line.len();
    }
    None
}

/// `Score 3: text` as point and text.
fn point(line: &str) -> Option<(i32, &str)> {
    let (point, text) = line.trim().strip_prefix("Score ")?.split_once(':')?;
    Some((point.trim().parse().ok()?, text.trim()))
}

fn points_of(text: &str) -> Result<Scale> {
    let mut scale = Scale::likert(1, 5);
    let mut last = None;
    for line in text.lines() {
        match point(line) {
            Some((at, text)) => {
                if scale.anchors.insert(at, text.to_owned()).is_some() {
                    let problem = format!("Score {at} is described twice");
                    return Err(Error::invalid(format!("score{at}"), problem, "one description"));
                }
                last = Some(at);
            }
            // A description may run over several lines.
            None => {
                if let Some(text) = last.and_then(|at| scale.anchors.get_mut(&at))
                    && !line.trim().is_empty()
                {
                    text.push(' ');
                    text.push_str(line.trim());
                }
            }
        }
    }
    Ok(scale)
}
