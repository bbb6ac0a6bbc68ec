//! The transportation problem: the cheapest way to move goods from sources to sinks.
//!
//! Successive shortest paths with potentials, as in R. Ahuja, T. Magnanti and J. Orlin, "Network
//! Flows", 1993, section 9.7; each path by Dijkstra's algorithm without a heap, since every source
//! meets every sink.

/// Amounts below this are rounding errors.
const NOTHING: f64 = 1e-12;

/// Paths that are taken for each source and sink before giving up; a handful is usual.
const PATHS_EACH: usize = 64;

/// The least cost of moving `supply` to `demand`, which have one sum. `costs` is row-major
/// `[supply, demand]`, not negative. `None` if it takes too long.
pub(super) fn transport(costs: &[f64], supply: &[f64], demand: &[f64]) -> Option<f64> {
    let (n, m) = (supply.len(), demand.len());
    let mut flow = vec![0.0; n * m];
    let (mut left, mut wanted) = (supply.to_vec(), demand.to_vec());
    let mut potential = vec![0.0; n + m];
    for _ in 0..PATHS_EACH * (n + m) {
        let Some(path) = shortest(costs, &flow, &left, &wanted, &mut potential) else {
            return Some(flow.iter().zip(costs).map(|(amount, cost)| amount * cost).sum());
        };
        // A path alternates source and sink: forwards it adds, backwards it takes back.
        let (first, last) = (path[0], path[path.len() - 1]);
        let mut amount = left[first].min(wanted[last]);
        for (i, pair) in path.windows(2).enumerate() {
            if i % 2 == 1 {
                amount = amount.min(flow[pair[1] * m + pair[0]]);
            }
        }
        for (i, pair) in path.windows(2).enumerate() {
            if i % 2 == 0 {
                flow[pair[0] * m + pair[1]] += amount;
            } else {
                settle(&mut flow[pair[1] * m + pair[0]], amount);
            }
        }
        settle(&mut left[first], amount);
        settle(&mut wanted[last], amount);
    }
    None
}

fn settle(value: &mut f64, amount: f64) {
    *value -= amount;
    if *value < NOTHING {
        *value = 0.0;
    }
}

/// The cheapest path from a source with goods left to a sink that wants some: source, sink, source,
/// ..., sink; `None` when nothing is left to move. Keeps the potentials such that no arc has a
/// negative reduced cost.
fn shortest(
    costs: &[f64],
    flow: &[f64],
    left: &[f64],
    wanted: &[f64],
    potential: &mut [f64],
) -> Option<Vec<usize>> {
    let (n, m) = (left.len(), wanted.len());
    let mut distance: Vec<f64> = left
        .iter()
        .map(|left| if *left > 0.0 { 0.0 } else { f64::INFINITY })
        .chain(std::iter::repeat_n(f64::INFINITY, m))
        .collect();
    let mut before = vec![usize::MAX; n + m];
    let mut done = vec![false; n + m];
    let target = loop {
        let open = (0..n + m).filter(|node| !done[*node] && distance[*node].is_finite());
        let node = open.min_by(|a, b| distance[*a].total_cmp(&distance[*b]))?;
        done[node] = true;
        if node >= n && wanted[node - n] > 0.0 {
            break node;
        }
        let others = if node < n { n..n + m } else { 0..n };
        for other in others {
            let (i, j) = if node < n { (node, other - n) } else { (other, node - n) };
            let cost = match node < n {
                true => costs[i * m + j],
                false if flow[i * m + j] > 0.0 => -costs[i * m + j],
                false => continue,
            };
            let reduced = (cost + potential[node] - potential[other]).max(0.0);
            if !done[other] && distance[node] + reduced < distance[other] {
                distance[other] = distance[node] + reduced;
                before[other] = node;
            }
        }
    };
    let reached = distance[target];
    potential.iter_mut().zip(&distance).for_each(|(potential, to)| *potential += to.min(reached));
    let mut path = vec![target];
    while before[path[path.len() - 1]] != usize::MAX {
        path.push(before[path[path.len() - 1]]);
    }
    path.reverse();
    Some(path.into_iter().map(|node| if node < n { node } else { node - n }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_take_the_cheapest_way() {
        // The first source's own sink is full, so that it pays to push the second one's goods on.
        let costs = [1.0, 9.0, 2.0, 3.0];
        let cost = transport(&costs, &[0.5, 0.5], &[0.5, 0.5]).expect("small");
        assert!((cost - 2.0).abs() < 1e-12, "{cost}");
        let cost = transport(&[0.0, 1.0, 1.0, 0.0], &[0.3, 0.7], &[0.6, 0.4]).expect("small");
        assert!((cost - 0.3).abs() < 1e-12, "{cost}");
        assert_eq!(transport(&[2.0], &[1.0], &[1.0]), Some(2.0));
    }

    #[test]
    fn no_swap_of_two_ways_is_cheaper() {
        // On a line the best plan keeps the order, so its cost has a closed form.
        let place = |i: usize, step: usize| (i * step % 97) as f64 / 7.0;
        let (a, b): (Vec<f64>, Vec<f64>) = (0..40).map(|i| (place(i, 31), place(i, 53))).unzip();
        let costs: Vec<f64> = a.iter().flat_map(|x| b.iter().map(move |y| (x - y).abs())).collect();
        let share = [1.0 / 40.0; 40];
        let found = transport(&costs, &share, &share).expect("small");
        let (mut a, mut b) = (a, b);
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let best: f64 = a.iter().zip(&b).map(|(x, y)| (x - y).abs() / 40.0).sum();
        assert!((found - best).abs() < 1e-9, "{found}, expected {best}");
    }
}
