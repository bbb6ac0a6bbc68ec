use super::*;

/// Three systems on four items; `good` follows people, `bad` only knows the systems' order.
fn rows() -> Vec<MetricScore> {
    let human = [[1.0, 2.0, 3.0, 4.0], [3.0, 4.0, 6.0, 5.0], [7.0, 6.0, 8.0, 9.0]];
    let bad = [[1.3, 1.2, 1.1, 1.0], [2.3, 2.2, 2.0, 2.1], [3.2, 3.3, 3.1, 3.0]];
    let mut rows = Vec::new();
    for (system, (human, bad)) in human.iter().zip(bad).enumerate() {
        for (item, (human, bad)) in human.iter().zip(bad).enumerate() {
            let good = 2.0 * human + if item == 0 { 0.3 } else { 0.0 };
            for (metric, score) in [("human", *human), ("good", good), ("bad", bad)] {
                rows.push(MetricScore {
                    system: format!("s{system}"),
                    item_id: format!("i{item}"),
                    metric: metric.into(),
                    score,
                });
            }
        }
    }
    rows
}

fn value(figure: &Figure) -> f64 {
    figure.value().unwrap_or_else(|| panic!("{figure:?}"))
}

#[test]
fn each_level_asks_its_own_question() {
    let options =
        MetricAgreementOptions { correlation: MetricCorrelation::KendallB, ..Default::default() };
    let found = metric_agreement(&rows(), &options).expect("valid");
    let (bad, good) = (&found.metrics[0], &found.metrics[1]);
    assert_eq!((bad.metric.as_str(), bad.n, found.items), ("bad", 12, 4));
    for figure in [&bad.system, &bad.by_item, &good.system, &good.by_system] {
        assert!((value(figure) - 1.0).abs() < 1e-12, "{figure:?}");
    }
    assert!((value(&bad.by_system) + 1.0).abs() < 1e-12);
    assert_eq!((value(&bad.system_accuracy), value(&good.accuracy_with_ties)), (1.0, 1.0));
    assert_eq!(good.epsilon.value(), Some(&0.0));
    assert!(value(&bad.segment) < value(&good.segment));
}

#[test]
fn the_better_metric_is_told_apart() {
    let found = metric_agreement(&rows(), &MetricAgreementOptions::default()).expect("valid");
    let [difference] = &found.differences[..] else { panic!("one pair of metrics") };
    assert_eq!((difference.first.as_str(), difference.n), ("bad", 12));
    let told = *difference.difference.value().expect("defined");
    let williams = difference.williams.value().expect("defined");
    assert!(told < 0.0 && williams.p_value < 0.05 && williams.degrees == Some(9));
    assert_eq!(difference.p_adjusted.value(), Some(&williams.p_value));
    let [lower, upper] = *difference.interval.value().expect("defined");
    assert!(lower < told && told < upper && upper < 0.0, "{difference:?}");
}

#[test]
fn what_is_undefined_says_why_and_mistakes_where() {
    let path = |rows: &[MetricScore], options: &MetricAgreementOptions| {
        let error = metric_agreement(rows, options).expect_err("bad");
        error.path().filter(|p| !p.is_empty()).unwrap_or(error.code()).to_owned()
    };
    let plain = MetricAgreementOptions::default();
    assert_eq!(path(&[], &plain), "too_few_values");
    let people = MetricAgreementOptions { gold: "people".into(), ..plain.clone() };
    assert_eq!(path(&rows(), &people), "gold");
    let far = MetricAgreementOptions { epsilon: Some(-1.0), ..plain.clone() };
    assert_eq!(path(&rows(), &far), "epsilon");
    assert_eq!(path(&rows()[..1], &plain), "rows");
    let twice = [rows()[0].clone(), rows()[0].clone()];
    assert_eq!(path(&[twice[0].clone(), rows()[1].clone(), twice[1].clone()], &plain), "[2]");
    let mut flat = rows();
    flat.iter_mut().filter(|row| row.metric == "bad").for_each(|row| row.score = 1.0);
    let found = metric_agreement(&flat, &plain).expect("told");
    assert_eq!(found.metrics[0].system.value(), None);
    let [first, ..] = &found.differences[..] else { panic!("one pair of metrics") };
    for error in [first.williams.error(), first.p_adjusted.error(), first.interval.error()] {
        assert_eq!(error.expect("undefined").code, "constant_input");
    }
    // One output: nothing to correlate.
    let one = metric_agreement(&rows()[..2], &plain).expect("told").metrics;
    assert_eq!((one[0].n, one[0].segment.value(), one[0].epsilon.value()), (1, None, None));
}
