use super::super::CrossTarget;
use super::*;
use crate::test::run;
use rubrica_models::{
    CrossHeads, CrossSequence, CrossTask, Encoder, EncoderConfig, NamedTensor, Precision, Weights,
    write_weights,
};
use rubrica_stats::rng::Rng;

const CONFIG: &str = r#"{"model_type":"bert","vocab_size":32,"hidden_size":16,
    "num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":32,
    "max_position_embeddings":32}"#;

/// A small encoder with random weights.
fn model() -> CrossEncoder {
    let mut rng = Rng::seeded(1);
    let mut tensors = Vec::new();
    let mut push = |name: String, shape: &[usize], base: f32| {
        let count = shape.iter().product();
        let values = (0..count).map(|_| base + 0.2 * rng.normal() as f32).collect();
        tensors.push(NamedTensor { name, shape: shape.to_vec(), values });
    };
    for (name, rows) in [("word", 32), ("position", 32), ("token_type", 2)] {
        push(format!("embeddings.{name}_embeddings.weight"), &[rows, 16], 0.0);
    }
    let mut norms = vec!["embeddings.LayerNorm".to_owned()];
    for layer in 0..2 {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        for (part, output, input) in [
            ("attention.self.query", 16, 16),
            ("attention.self.key", 16, 16),
            ("attention.self.value", 16, 16),
            ("attention.output.dense", 16, 16),
            ("intermediate.dense", 32, 16),
            ("output.dense", 16, 32),
        ] {
            push(name(&format!("{part}.weight")), &[output, input], 0.0);
            push(name(&format!("{part}.bias")), &[output], 0.0);
        }
        norms.push(name("attention.output.LayerNorm"));
        norms.push(name("output.LayerNorm"));
    }
    for name in norms {
        push(format!("{name}.weight"), &[16], 1.0);
        push(format!("{name}.bias"), &[16], 0.0);
    }
    let bytes = write_weights(&tensors, Precision::F32);
    let weights = Weights::parse(&bytes, None, &[]).expect("whole");
    let config = EncoderConfig::from_json(CONFIG.as_bytes()).expect("valid");
    let device = Device::flex().autodiff();
    CrossEncoder {
        encoder: Encoder::load(&config, &weights, &device).expect("fits"),
        heads: CrossHeads::new(16, &mut || rng.normal(), &device),
    }
}

fn sequence(tokens: &[u32]) -> CrossSequence {
    let mut ids = vec![1];
    ids.extend(tokens);
    ids.push(2);
    CrossSequence::new(ids, 1, 0..tokens.len())
}

/// Examples of all tasks; token 9 makes a response good.
fn examples() -> Vec<CrossExample> {
    let mut rng = Rng::seeded(2);
    (0..320)
        .map(|index| {
            let good = rng.below(2) == 0;
            let mut draw = |good: bool| {
                let length = 3 + rng.below(6);
                let mut tokens: Vec<u32> = (0..length).map(|_| 10 + rng.below(20) as u32).collect();
                if good {
                    tokens[1] = 9;
                }
                sequence(&tokens)
            };
            let side = f32::from(u8::from(good));
            let (sequences, target) = match index % 4 {
                0 => (vec![draw(good)], CrossTarget::Rating(side)),
                1 => (vec![draw(good), draw(!good)], CrossTarget::Pair(side)),
                2 => (vec![draw(good)], CrossTarget::Support(vec![[side, 1.0 - side, 0.0]])),
                _ => {
                    let mut errors = [0.0; 7];
                    errors[0] = 1.0 - side;
                    let mut known = [false; 7];
                    known[0] = true;
                    (vec![draw(good)], CrossTarget::Errors(vec![errors], known))
                }
            };
            let whole = matches!(target, CrossTarget::Rating(_) | CrossTarget::Pair(_));
            let spans = if whole { Vec::new() } else { vec![sequences[0].response()] };
            let source = String::new();
            CrossExample { sequences, spans, target, weight: 1.0, group: index, source }
        })
        .collect()
}

fn options() -> CrossOptions {
    CrossOptions {
        epochs: 12,
        batch_tokens: 80,
        accumulate: 2,
        encoder_rate: 2e-3,
        head_rate: 1e-2,
        warm_up: 0.1,
        weight_decay: 0.01,
        frozen_layers: 1,
        mixed_precision: false,
        task_weights: BTreeMap::new(),
        validation: 0.2,
        share: 1.0,
        validate_every: 50,
        checkpoint_every: 70,
        seed: 4,
    }
}

#[derive(Default)]
struct Recorder {
    losses: Vec<f64>,
    last: Option<CrossCheckpoint>,
}

impl CrossObserver for Recorder {
    fn step(&mut self, step: CrossStep) {
        self.losses.push(step.loss);
    }

    fn validated(&mut self, _validation: &CrossValidation) {}

    fn checkpoint(&mut self, checkpoint: CrossCheckpoint) -> Result<()> {
        self.last.get_or_insert(checkpoint);
        Ok(())
    }
}

#[test]
fn a_run_that_goes_on_takes_the_same_steps() {
    let examples = examples();
    let mut whole = Recorder::default();
    let fit = |resume: Option<&CrossCheckpoint>, recorder: &mut Recorder| {
        run(fit_cross(model(), &examples, 0, &options(), resume, recorder, &rubrica_core::Quiet))
            .expect("fits")
    };
    let (model, curve) = fit(None, &mut whole);
    let checkpoint = whole.last.take().expect("one was written");
    let mut rest = Recorder::default();
    let (again, same_curve) = fit(Some(&checkpoint), &mut rest);
    // burn does not fix the order in which gradients are summed, so the last digits differ
    // between any two runs.
    assert_eq!(rest.losses.len(), whole.losses.len() - checkpoint.step);
    assert_eq!(curve.len(), same_curve.len());
    for (a, b) in rest.losses.iter().zip(&whole.losses[checkpoint.step..]) {
        assert!((a - b).abs() < 1e-3, "{a} {b}");
    }
    let tensors = |model: &CrossEncoder| run(model.tensors()).expect("on the CPU");
    for (a, b) in tensors(&model).iter().zip(&tensors(&again)) {
        let near = a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() < 1e-2);
        assert!(near, "{}", a.name);
    }

    let last = curve.last().expect("validated");
    for task in [CrossTask::Rubric, CrossTask::Reward, CrossTask::Grounding, CrossTask::Errors] {
        let measure = last.tasks[&task].measure.expect("defined");
        assert!(measure > 0.7, "{task:?}: {measure}, {:?}", last.tasks);
        assert!(last.tasks[&task].sources.values().any(|of| *of > 0.7), "{task:?}");
    }
    let config = super::super::calibrate(&model, &examples, 0, &options(), 32).expect("fits");
    assert_eq!(config.temperature.len(), 4);
    assert!(config.interval.is_some_and(|half| half < 0.9), "{config:?}");
}

#[test]
fn what_is_frozen_stays() {
    let examples = examples();
    let options = CrossOptions { epochs: 1, ..options() };
    let start = run(model().tensors()).expect("on the CPU");
    let mut recorder = Recorder::default();
    let job = rubrica_core::Quiet;
    let fit = fit_cross(model(), &examples, 0, &options, None, &mut recorder, &job);
    let end = run(run(fit).expect("fits").0.tensors()).expect("on the CPU");
    for (a, b) in start.iter().zip(&end) {
        // A constant added to all rewards changes no margin; no example asks about a context.
        let frozen = a.name.starts_with("embeddings")
            || a.name.starts_with("encoder.layer.0.")
            || a.name == "heads.reward.output.bias"
            || a.name.starts_with("heads.context.");
        assert_eq!(a.values == b.values, frozen, "{}", a.name);
    }
}

#[test]
fn a_trial_learns_from_less_and_validates_on_the_same() {
    let mut examples = examples();
    let (all, held) = split(&examples, &options());
    let (some, same) = split(&examples, &CrossOptions { share: 0.25, ..options() });
    assert_eq!(held, same);
    assert!(some.len() * 3 < all.len() && some.iter().all(|i| all.contains(i)), "{}", some.len());

    examples.iter_mut().skip(300).for_each(|example| example.weight = 0.0);
    let no_pairs = BTreeMap::from([(CrossTask::Reward, 0.0)]);
    let (some, same) = split(&examples, &CrossOptions { task_weights: no_pairs, ..options() });
    assert_eq!(held, same);
    let learns = |i: &usize| *i < 300 && examples[*i].task() != CrossTask::Reward;
    let expected: Vec<usize> = all.iter().copied().filter(learns).collect();
    assert_eq!(some, expected);
}

#[test]
fn examples_that_do_not_fit_are_refused() {
    let mut examples = examples();
    examples[2].spans.clear();
    let mut recorder = Recorder::default();
    let job = rubrica_core::Quiet;
    let options = options();
    let fit = fit_cross(model(), &examples, 0, &options, None, &mut recorder, &job);
    assert!(matches!(run(fit), Err(TrainError::Length { .. })));
}

#[test]
fn rates_rise_and_fall() {
    assert_eq!(schedule(1, 100, 0.1), 0.1);
    assert_eq!(schedule(10, 100, 0.1), 1.0);
    assert!(schedule(100, 100, 0.1) > 0.0 && schedule(100, 100, 0.1) < 0.02);
    assert_eq!(schedule(1, 1, 0.0), 1.0);
}
