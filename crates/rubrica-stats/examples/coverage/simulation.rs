//! Simulated data sets whose truth is known, and how often an interval holds it.

use rubrica_stats::bootstrap::{Bootstrap, BootstrapMethod, Units, bootstrap};
use rubrica_stats::correlation::{
    StandardError, correlation_interval, dependent_difference_interval, pearson,
};
use rubrica_stats::ranking::{Battle, Outcome, POINTS, PairedModel, WinMatrix};
use rubrica_stats::rng::Rng;
use rubrica_stats::significance::newcombe;
use rubrica_stats::{Estimate, IntervalMethod, Result, moments::mean, take, wilson::wilson};

/// Confidence level of every interval.
pub(crate) const LEVEL: f64 = 0.95;

/// Draws a data set and gives its interval.
type Interval = dyn Fn(&mut Rng) -> Result<Estimate>;

/// What is simulated: a name, the truth, and an interval for one data set.
pub(crate) struct Scenario {
    /// Interval, data and size.
    pub(crate) name: String,
    truth: f64,
    interval: Box<Interval>,
}

/// How the intervals of a scenario did.
pub(crate) struct Coverage {
    /// Data sets.
    pub(crate) sets: usize,
    /// Those whose interval holds the truth.
    pub(crate) held: usize,
    /// Those whose interval lies above the truth.
    pub(crate) above: usize,
    /// Mean width of the intervals.
    pub(crate) width: f64,
}

impl Coverage {
    /// Share of the data sets whose interval holds the truth.
    pub(crate) fn share(&self) -> f64 {
        self.held as f64 / self.sets as f64
    }
}

impl Scenario {
    /// Runs the scenario on seeded data sets.
    pub(crate) fn run(&self, sets: usize, seed: u64) -> Result<Coverage> {
        let mut rng = Rng::seeded(seed);
        let mut coverage = Coverage { sets, held: 0, above: 0, width: 0.0 };
        for _ in 0..sets {
            let found = (self.interval)(&mut rng)?;
            let held = found.lower <= self.truth && self.truth <= found.upper;
            coverage.held += usize::from(held);
            coverage.above += usize::from(found.lower > self.truth);
            coverage.width += (found.upper - found.lower) / sets as f64;
        }
        Ok(coverage)
    }
}

/// All scenarios, with `n` values and this many resamples a bootstrap.
pub(crate) fn scenarios(n: usize, replicates: usize) -> Vec<Scenario> {
    let mut all = Vec::new();
    for (method, method_name) in
        [(BootstrapMethod::Percentile, "percentile"), (BootstrapMethod::Bca, "BCa")]
    {
        type Draw = fn(&mut Rng) -> f64;
        let draws: [(&str, f64, Draw); 3] = [
            ("normal", 0.0, Rng::normal),
            ("Likert", 3.4, likert),
            ("exponential", 1.0, |rng| -(1.0 - rng.unit()).ln()),
        ];
        for (data, truth, draw) in draws {
            all.push(Scenario {
                name: format!("{method_name} bootstrap of the mean, {data}, n = {n}"),
                truth,
                interval: Box::new(move |rng| {
                    let values: Vec<f64> = (0..n).map(|_| draw(rng)).collect();
                    let seed = rng.bits();
                    let options = Bootstrap { replicates, level: LEVEL, seed, method };
                    bootstrap(&Units::items(n), &options, |items| mean(&take(&values, items)))
                }),
            });
        }
    }
    for (share, n) in [(0.5, 60), (0.8, 150), (0.9, 200), (0.97, 500)] {
        all.push(Scenario {
            name: format!("Wilson, share {share}, n = {n}"),
            truth: share,
            interval: Box::new(move |rng| wilson(successes(rng, share, n), n, LEVEL)),
        });
    }
    all.push(Scenario {
        name: "Newcombe, shares 0.7 and 0.5, n = 100 and 80".into(),
        truth: 0.7 - 0.5,
        interval: Box::new(|rng| {
            let (one, two) = (successes(rng, 0.7, 100), successes(rng, 0.5, 80));
            newcombe((one, 100), (two, 80), LEVEL)
        }),
    });
    all.push(Scenario {
        name: "Fisher's z of Pearson's r = 0.6, n = 40".into(),
        truth: 0.6,
        interval: Box::new(|rng| {
            let [x, _, z] = metrics(rng, 40);
            correlation_interval(pearson(&x, &z)?, 40, LEVEL, StandardError::Pearson)
        }),
    });
    all.push(Scenario {
        name: "Zou's difference of r = 0.6 and 0.4 on the same items, n = 80".into(),
        truth: 0.6 - 0.4,
        interval: Box::new(|rng| {
            let [x, y, z] = metrics(rng, 80);
            let (xz, yz, xy) = (pearson(&x, &z)?, pearson(&y, &z)?, pearson(&x, &y)?);
            let (lower, upper) = dependent_difference_interval(xz, yz, xy, 80, LEVEL)?;
            let method = IntervalMethod::FisherZ;
            Ok(Estimate {
                value: xz - yz,
                lower,
                upper,
                level: LEVEL,
                n: 80,
                clusters: None,
                method,
                left_out: 0,
            })
        }),
    });
    for (model, name) in [
        (PairedModel::BradleyTerry, "Bradley-Terry"),
        (PairedModel::Davidson, "Davidson, a fifth ties between equals,"),
    ] {
        let mean = STRENGTHS.iter().sum::<f64>() / STRENGTHS.len() as f64;
        let truth = 1000.0 + POINTS * (STRENGTHS[0] - mean);
        all.push(Scenario {
            name: format!("{name} sandwich, 5 models, 600 battles, best rating"),
            truth,
            interval: Box::new(move |rng| {
                let counts = battles(rng, model, 600)?;
                let fit = model.fit(&counts)?;
                Ok(rating(&fit.ratings(), &fit.sandwich(&counts, LEVEL)?, IntervalMethod::Normal))
            }),
        });
        all.push(Scenario {
            name: format!("{name} bootstrap, the same"),
            truth,
            interval: Box::new(move |rng| {
                let counts = battles(rng, model, 600)?;
                let fit = model.fit(&counts)?;
                let found = fit.bootstrap(&counts, replicates, LEVEL, rng.bits())?;
                let end = |end: Option<f64>, open: f64| end.unwrap_or(open);
                let ends = found.models.iter().map(|model| {
                    [end(model.lower, f64::NEG_INFINITY), end(model.upper, f64::INFINITY)]
                });
                let ends: Vec<[f64; 2]> = ends.collect();
                Ok(rating(&fit.ratings(), &ends, IntervalMethod::Percentile))
            }),
        });
    }
    all
}

/// Log-strengths of the models that fight.
const STRENGTHS: [f64; 5] = [0.8, 0.3, 0.0, -0.2, -0.9];

/// Battles of pairs drawn at random, as the model has it; ν of Davidson is a half.
fn battles(rng: &mut Rng, model: PairedModel, n: usize) -> Result<WinMatrix> {
    let models = STRENGTHS.len();
    let battles = (0..n).map(|_| {
        let first = rng.below(models);
        let second = (first + 1 + rng.below(models - 1)) % models;
        let apart = STRENGTHS[first] - STRENGTHS[second];
        let (one, other) = ((apart / 2.0).exp(), (-apart / 2.0).exp());
        let tie = if model == PairedModel::Davidson { 0.5 } else { 0.0 };
        let at = rng.unit() * (one + other + tie);
        let outcome = match at {
            at if at < one => Outcome::First,
            at if at < one + other => Outcome::Second,
            _ => Outcome::Tie,
        };
        Battle { first, second, outcome }
    });
    WinMatrix::new(models, battles.collect::<Vec<_>>())
}

/// The first model's rating with its interval.
fn rating(ratings: &[f64], intervals: &[[f64; 2]], method: IntervalMethod) -> Estimate {
    let (value, [lower, upper]) = (ratings[0], intervals[0]);
    Estimate {
        value,
        lower,
        upper,
        level: LEVEL,
        n: ratings.len(),
        clusters: None,
        method,
        left_out: 0,
    }
}

/// Two metrics and people, who correlate at .6 and .4 with them; the metrics also share an error.
fn metrics(rng: &mut Rng, n: usize) -> [Vec<f64>; 3] {
    let mut all = [const { Vec::new() }; 3];
    for _ in 0..n {
        let (people, shared) = (rng.normal(), rng.normal());
        let mut metric = |r: f64| {
            let error = (shared + rng.normal()) / 2.0f64.sqrt();
            r * people + (1.0 - r * r).sqrt() * error
        };
        all[0].push(metric(0.6));
        all[1].push(metric(0.4));
        all[2].push(people);
    }
    all
}

fn successes(rng: &mut Rng, share: f64, n: usize) -> usize {
    (0..n).filter(|_| rng.unit() < share).count()
}

/// Points 1 to 5 with chances .1, .1, .2, .5 and .1.
fn likert(rng: &mut Rng) -> f64 {
    let point = rng.unit();
    1.0 + [0.1, 0.2, 0.4, 0.9].iter().filter(|limit| point >= **limit).count() as f64
}
