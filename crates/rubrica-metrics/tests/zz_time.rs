use rubrica_metrics::*;
use serde_json::Value;
#[test]
fn t() {
    let size = 1 << 20;
    let long = |unit: &str| unit.repeat(size / unit.len());
    let prose: String = (0..size / 8).map(|i| format!("w{:05}. ", i * 7919 % 9973)).collect();
    let hostile = [
        long("a"),
        long("a "),
        long(" "),
        long("\n"),
        long("🎉"),
        long("e\u{301}"),
        long("שלום "),
        long("\u{0}"),
        long("a\n"),
        long(". "),
        prose,
    ];
    for info in catalogue() {
        let Ok(AnyMetric::Text(metric)) = any_metric(info.id, &Value::Null) else { continue };
        for (i, text) in hostile.iter().enumerate() {
            let other: String = text.chars().rev().collect();
            let t = std::time::Instant::now();
            let _ = metric.sentence(&Segment::new(text, &[&other]).with_context(&[&other]));
            let e = t.elapsed().as_millis();
            if e > 700 {
                println!("{} {i}: {e} ms", info.id);
            }
        }
    }
}
