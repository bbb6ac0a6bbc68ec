//! Rows of many segments on all cores.

use rubrica_core::Result;

use crate::metric::Metric;
use crate::segment::Segment;

/// Segments that are worth a thread.
#[cfg(not(target_family = "wasm"))]
const WORTH: usize = 64;

/// The row of each segment by itself, or why it has none: [`Metric::statistics`] on as many threads as
/// there are cores, if there are enough segments to keep them busy. A wasm module has one thread.
pub fn each_row(metric: &dyn Metric, segments: &[Segment<'_>]) -> Vec<Result<Vec<f64>>> {
    #[cfg(not(target_family = "wasm"))]
    {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = cores.min(segments.len() / WORTH);
        if threads > 1 {
            return on_threads(metric, segments, threads);
        }
    }
    segments.iter().map(|segment| metric.statistics(segment)).collect()
}

#[cfg(not(target_family = "wasm"))]
fn on_threads(
    metric: &dyn Metric,
    segments: &[Segment<'_>],
    threads: usize,
) -> Vec<Result<Vec<f64>>> {
    let piece = segments.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let work = |piece: &'_ [Segment<'_>]| -> Vec<Result<Vec<f64>>> {
            piece.iter().map(|segment| metric.statistics(segment)).collect()
        };
        let pieces: Vec<_> =
            segments.chunks(piece).map(|piece| scope.spawn(move || work(piece))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(rows) => rows,
            // A metric panics only when an invariant is broken; that goes on here.
            Err(panic) => std::panic::resume_unwind(panic),
        };
        pieces.into_iter().flat_map(join).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric;
    use serde_json::Value;

    #[test]
    fn threads_change_nothing() {
        let texts: Vec<String> = (0..777).map(|i| format!("a {} b {}", i % 7, i % 31)).collect();
        let segments: Vec<Segment<'_>> = texts
            .iter()
            .enumerate()
            .map(|(i, text)| match i % 50 {
                0 => Segment::new(text, &[]),
                _ => Segment::new(text, &["a 3 b 4"]),
            })
            .collect();
        for id in ["bleu", "rouge_l", "characters"] {
            let metric = metric(id, &Value::Null).expect("known");
            let alone: Vec<_> = segments.iter().map(|s| metric.statistics(s)).collect();
            assert_eq!(on_threads(metric.as_ref(), &segments, 3), alone, "{id}");
            assert_eq!(each_row(metric.as_ref(), &segments), alone, "{id}");
        }
    }
}
