//! Batches of one task and of similar length, in an order that a seed decides.

use rubrica_stats::rng::Rng;

use super::CrossExample;

/// Indices of the examples of one forward pass.
pub(super) type Batch = Vec<usize>;

/// Groups `indices` into batches of at most `budget` tokens, padding included, and shuffles them.
///
/// Lengths are jittered by a tenth before sorting, so that another seed puts other examples
/// together.
pub(super) fn batches(
    examples: &[CrossExample],
    indices: &[usize],
    budget: usize,
    seed: u64,
) -> Vec<Batch> {
    let mut rng = Rng::seeded(seed);
    let mut order: Vec<(u8, f64, usize)> = indices
        .iter()
        .map(|&i| {
            let jitter = 0.95 + 0.1 * rng.unit();
            (examples[i].task() as u8, examples[i].length() as f64 * jitter, i)
        })
        .collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut batches: Vec<Batch> = Vec::new();
    let (mut rows, mut longest) = (0, 0);
    for (task, _, index) in order {
        let (count, length) = (examples[index].sequences.len(), examples[index].length());
        let fits = batches.last().is_some_and(|batch| {
            examples[batch[0]].task() as u8 == task
                && (rows + count) * longest.max(length) <= budget
        });
        if fits && let Some(batch) = batches.last_mut() {
            batch.push(index);
            rows += count;
            longest = longest.max(length);
        } else {
            batches.push(vec![index]);
            (rows, longest) = (count, length);
        }
    }
    rng.shuffle(&mut batches);
    batches
}
