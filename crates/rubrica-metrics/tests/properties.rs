//! Properties that hold for every metric and check, on arbitrary and on hostile text.

use proptest::prelude::*;
use rubrica_core::model::{EmbedModel, GenerateModel, GenerateOptions, ModelInfo, TokenEmbeddings};
use rubrica_core::{Error, Job, ModelSignature, Quiet, Result, Score, Span};
use rubrica_metrics::check::{
    Assertion, Check, CheckKind, CheckedRow, read_checks, read_constraints,
};
use rubrica_metrics::likelihood::{self, LikelihoodMetric};
use rubrica_metrics::semantic::{corpus, grade_by_nearest, sentence};
use rubrica_metrics::text::words;
use rubrica_metrics::{
    AnyMetric, Family, Level, Metric, MetricInfo, MetricScore, Needs, Segment, any_metric,
    catalogue, default_options, metric,
};
use serde_json::{Value, json};

fn text_metrics() -> Vec<(MetricInfo, Box<dyn Metric>)> {
    let metrics = catalogue().into_iter().filter_map(|info| {
        let metric = any_metric(info.id, &Value::Null).expect("defaults work");
        match metric {
            AnyMetric::Text(metric) => Some((info, metric)),
            AnyMetric::Embed(_) | AnyMetric::Likelihood(_) => None,
        }
    });
    metrics.collect()
}

/// True of metrics that take any text for response and reference.
fn reads_any_text((info, _): &(MetricInfo, Box<dyn Metric>)) -> bool {
    let strict = ["multiple_choice", "true_false", "numeric_match", "ordering", "table_join_f1"];
    info.needs != Needs::Lists && !strict.contains(&info.id)
}

fn some_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "the",
        "a",
        "cat",
        "Cat",
        "running",
        "3.14",
        "1,000",
        "don't",
        "z.B.",
        ".",
        ",",
        "!",
        "?",
        "-",
        "\n",
        " ",
        " ",
        " ",
        "\t",
        "\u{0}",
        "\u{1c}",
        "\u{a0}",
        "é",
        "e\u{301}",
        "ß",
        "ΣΑΣ",
        "你好",
        "。",
        "カ",
        "שלום",
        "مرحبا",
        "🎉",
        "👩‍👩‍👧",
        "&amp;",
        "<skipped>",
        "\"",
        "```",
        "\u{feff}",
        "\u{200b}",
    ]);
    let mixed = prop::collection::vec(pieces, 0..30).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => mixed, 1 => any::<String>()]
}

fn within_range(info: &MetricInfo, score: &MetricScore) -> Result<(), TestCaseError> {
    if let Score::Undefined(reason) = &score.score {
        prop_assert!(!reason.code.is_empty() && !reason.reason.is_empty(), "{}", info.id);
    }
    if let Some(value) = score.value() {
        prop_assert!(value.is_finite(), "{}: {value}", info.id);
        // BLEU of a text against itself is a rounding error above 100.
        prop_assert!(info.low.is_none_or(|low| value >= low - 1e-9), "{}: {value}", info.id);
        prop_assert!(info.high.is_none_or(|high| value <= high + 1e-9), "{}: {value}", info.id);
    }
    prop_assert!(score.parts.values().all(|part| part.is_finite()), "{}: {score:?}", info.id);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn scores_lie_in_their_range(
        response in some_text(),
        references in prop::collection::vec(some_text(), 1..4),
    ) {
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let segment = Segment::new(&response, &references).with_context(&references);
        for (info, metric) in text_metrics().into_iter().filter(reads_any_text) {
            let score = metric.sentence(&segment).expect("short texts");
            within_range(&info, &score)?;
            let blank = Segment::new("", &[""]).with_context(&[""]);
            let segments = [segment.clone(), blank, segment.clone()];
            within_range(&info, &metric.corpus(&segments).expect("short texts"))?;
        }
    }

    #[test]
    fn a_text_matches_itself(text in some_text()) {
        let segment = Segment::new(&text, &[&text]);
        for (info, metric) in text_metrics() {
            // An error rate has its best value at the low end.
            let best = if info.higher_is_better == Some(false) { info.low } else { info.high };
            // METEOR takes something off for one chunk; CIDEr-D needs a corpus.
            let other = ["meteor", "cider_d"].contains(&info.id);
            let compares = info.family == Family::Overlap && !other;
            let Some(high) = best.filter(|_| compares) else { continue };
            let value = metric.sentence(&segment).expect("short texts").value().expect("defined");
            // Without anything to count, tools give 0.
            let empty = value == 0.0 && (text.is_empty() || info.id != "exact_match");
            prop_assert!((value - high).abs() < 1e-9 || empty, "{}: {value}", info.id);
            if info.id == "chrf" && text.chars().any(char::is_alphanumeric) {
                prop_assert!(value > 0.0);
            }
        }
    }

    #[test]
    fn more_references_never_hurt(
        response in some_text(),
        first in some_text(),
        second in some_text(),
    ) {
        // Not BLEU: a further reference may be the closest in length, and lower the score.
        for id in ["exact_match", "token_f1", "levenshtein", "chrf", "rouge_1", "rouge_2", "rouge_l",
            "rouge_lsum", "rouge_w", "rouge_s", "gleu", "meteor", "jaro", "jaro_winkler"]
        {
            let metric = metric(id, &Value::Null).expect("defaults work");
            let value = |references: &[&str]| {
                let segment = Segment::new(&response, references);
                metric.sentence(&segment).expect("short texts").value().expect("defined")
            };
            prop_assert!(value(&[&first, &second]) >= value(&[&first]) - 1e-12, "{id}");
        }
    }

    #[test]
    fn swapping_sides_swaps_precision_and_recall(a in some_text(), b in some_text()) {
        for id in ["token_f1", "levenshtein", "rouge_1", "rouge_2", "rouge_l", "rouge_w", "rouge_s", "gleu"]
        {
            let metric = metric(id, &Value::Null).expect("defaults work");
            let there = metric.sentence(&Segment::new(&a, &[&b])).expect("short texts");
            let back = metric.sentence(&Segment::new(&b, &[&a])).expect("short texts");
            prop_assert_eq!(there.value(), back.value(), "{}", id);
            prop_assert_eq!(there.parts.get("precision"), back.parts.get("recall"), "{}", id);
        }
    }

    #[test]
    fn a_corpus_does_not_depend_on_order_or_grouping(
        texts in prop::collection::vec((some_text(), some_text()), 1..6),
    ) {
        let segments: Vec<Segment<'_>> =
            texts.iter().map(|(a, b)| Segment::new(a, &[b]).with_context(&[b])).collect();
        for (info, metric) in text_metrics().into_iter().filter(reads_any_text) {
            let rows = metric.rows(&segments).expect("short texts");
            let whole = metric.score_rows(&rows);
            let backwards: Vec<usize> = (0..rows.len()).rev().collect();
            let again = metric.score_resample(&rows, &backwards);
            prop_assert_eq!(whole.value().is_some(), again.value().is_some(), "{}", info.id);
            if let (Some(a), Some(b)) = (whole.value(), again.value()) {
                prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{}: {a} {b}", info.id);
            }
        }
    }

    #[test]
    fn metrics_over_embeddings_keep_their_promises(a in some_text(), b in some_text()) {
        let model = Letters::new();
        for info in catalogue().into_iter().filter(|info| info.family == Family::Semantic) {
            let metric = embed_metric(info.id, Value::Null);
            let score = |a: &str, b: &str| {
                let segment = Segment::new(a, &[b]).with_instruction(Some(b));
                pollster::block_on(sentence(&*metric, &model, &segment, &Quiet)).expect("works").0
            };
            let (there, back) = (score(&a, &b), score(&b, &a));
            within_range(&info, &there)?;
            // Coverage looks at one side only.
            if info.id != "semantic_coverage" {
                let (there, back) = (there.value(), back.value());
                prop_assert_eq!(there.is_some(), back.is_some(), "{}", info.id);
                let difference = there.unwrap_or(0.0) - back.unwrap_or(0.0);
                prop_assert!(difference.abs() < 1e-6, "{}: {difference}", info.id);
            }
        }
    }

    #[test]
    fn checks_point_into_the_text(text in some_text()) {
        let length = text.chars().count();
        for check in checks() {
            let result = check.run(&text);
            prop_assert!(!result.found.is_empty() && !result.found.ends_with('.'), "{result:?}");
            prop_assert!(result.span.is_none_or(|span| span.end <= length), "{result:?}");
            prop_assert!(result.suggestion.is_none() || !result.passed, "{result:?}");
        }
    }
}

proptest! {
    #[test]
    fn a_negated_assertion_holds_where_the_plain_one_does_not(
        text in prop_oneof![some_text(), some_markup()],
    ) {
        for name in Assertion::TYPES {
            let value = match *name {
                "word-count" => json!({"min": 2, "max": 5}),
                "is-json" | "contains-json" => json!({"type": "object"}),
                "is-xml" | "contains-xml" => json!({"requiredElements": ["a"]}),
                "is-html" | "contains-html" | "is-sql" | "contains-sql" => Value::Null,
                "regex" => json!("[a-c]+"),
                _ => json!("cat"),
            };
            let result = |name: &str| {
                Assertion::new(name, Some(value.clone()), None).expect(name).result(&text)
            };
            let (plain, negated) = (result(name), result(&format!("not-{name}")));
            prop_assert_ne!(plain.pass, negated.pass, "{}: {:?}", name, text);
            prop_assert_eq!(plain.reason, negated.reason);
        }
    }
}

/// Pieces of formats in any order.
fn some_markup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<",
        ">",
        "<a>",
        "</a>",
        "<b x='1'",
        "/>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "&",
        "&amp;",
        "<!DOCTYPE html>",
        "<p>",
        "<script>",
        "</script>",
        "{",
        "}",
        "[",
        "]",
        "\"k\":",
        "1",
        ",",
        "null",
        "SELECT",
        " * ",
        " FROM ",
        "t",
        " WHERE ",
        "=",
        "'",
        ";",
        "(",
        ")",
        "--",
        "/*",
        "*/",
        "```",
        "sql\n",
        "\"",
        " ",
        "\n",
        "é",
        "I can't help",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// One check of every kind.
fn checks() -> Vec<Check> {
    let checks = read_checks(
        "
- {kind: contains, all: [a], any: [cat, é], ignore_case: true}
- {kind: not_contains, phrases: [CAT, ß], ignore_case: true, whole_words: true}
- {kind: occurrences, phrase: a, min: 1, max: 3}
- {kind: regex, pattern: '\\w+\\s\\w+'}
- {kind: json, required: [/a]}
- {kind: length, unit: words, min: 2, max: 9}
- {kind: starts_with, phrases: [the, ß], ignore_case: true}
- {kind: ends_with, phrases: [., 'ΣΑΣ'], ignore_case: true}
- {kind: bullets, max: 2}
- {kind: no_commas}
- {kind: title}
- {kind: case, case: lower}
- {kind: placeholders, min: 1}
- {kind: highlights, min: 1}
- {kind: quoted}
- {kind: max_repetition, max: 0.1}
- {kind: language, language: en}
- {kind: instruction, instruction: 'punctuation:no_comma', loose: true}
- {id: i2, kind: instruction, instruction: 'change_case:english_capital', loose: true}
- {id: i3, kind: instruction, instruction: 'change_case:capital_word_frequency', kwargs: {capital_relation: less than, capital_frequency: 3}}
- {id: i4, kind: instruction, instruction: 'keywords:forbidden_words', kwargs: {forbidden_words: [cat, 'a+']}}
- {id: i5, kind: instruction, instruction: 'length_constraints:number_sentences', kwargs: {relation: at least, num_sentences: 2}}
- {id: i6, kind: instruction, instruction: 'length_constraints:number_words', kwargs: {relation: at least, num_words: 2}}
- {id: i7, kind: instruction, instruction: 'length_constraints:nth_paragraph_first_word', kwargs: {num_paragraphs: 2, nth_paragraph: 2, first_word: cat}}
- {id: i8, kind: instruction, instruction: 'length_constraints:number_paragraphs', kwargs: {num_paragraphs: 1}}
- {id: i9, kind: instruction, instruction: 'detectable_format:number_bullet_lists', kwargs: {num_bullets: 1}}
- {id: i10, kind: instruction, instruction: 'detectable_format:number_highlighted_sections', kwargs: {num_highlights: 1}}
- {id: i11, kind: instruction, instruction: 'detectable_format:json_format'}
- {id: i12, kind: instruction, instruction: 'combination:two_responses'}
- {id: i13, kind: instruction, instruction: 'startend:end_checker', kwargs: {end_phrase: cat}}
- {id: i14, kind: instruction, instruction: 'startend:quotation'}
- {id: i15, kind: instruction, instruction: 'detectable_content:postscript', kwargs: {postscript_marker: P.S.}}
- {kind: assertion, type: icontains-any, value: [cat, É]}
- {id: a2, kind: assertion, type: is-json, value: {type: object}}
- {id: a3, kind: assertion, type: contains-json}
- {id: a4, kind: assertion, type: is-xml}
- {id: a5, kind: assertion, type: contains-xml, value: a.b}
- {id: a6, kind: assertion, type: is-html}
- {id: a7, kind: assertion, type: contains-html}
- {id: a8, kind: assertion, type: is-sql}
- {id: a9, kind: assertion, type: contains-sql}
- {id: a10, kind: assertion, type: is-refusal}
- {id: a11, kind: assertion, type: word-count, value: 3}
- {id: a12, kind: assertion, type: levenshtein, value: the cat}
",
    )
    .expect("valid");
    for kind in CheckKind::NAMES {
        assert!(checks.iter().any(|check| check.kind().name() == *kind), "{kind} is not tested");
    }
    checks
}

/// Texts of a megabyte that repeat a letter, a mark, or what opens something.
fn hostile() -> Vec<String> {
    // A build without optimisation is some thirty times slower.
    let size = if cfg!(debug_assertions) { 1 << 15 } else { 1 << 20 };
    let long = |unit: &str| unit.repeat(size / unit.len());
    let prose: String = (0..size / 8).map(|i| format!("w{:05}. ", i * 7919 % 9973)).collect();
    vec![
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
        long("[1,"),
        long("{\"a\":"),
        long("<a>"),
        long("<a b='"),
        long("'"),
        long("-"),
        long("`"),
        long("{"),
        long("("),
        long("* a\n"),
        long("A. "),
    ]
}

#[test]
fn a_megabyte_is_scored_or_refused() {
    let hostile = hostile();
    for (info, metric) in text_metrics() {
        for text in &hostile {
            let other: String = text.chars().rev().collect();
            match metric.sentence(&Segment::new(text, &[&other]).with_context(&[&other])) {
                Ok(score) => within_range(&info, &score).expect("in range"),
                Err(error) => {
                    assert!(
                        ["texts_too_long", "bad_form"].contains(&error.code()),
                        "{}: {error}",
                        info.id
                    );
                }
            }
        }
    }
}

#[test]
fn a_megabyte_is_checked_in_linear_time() {
    let checks = checks();
    for text in hostile() {
        for check in &checks {
            check.run(&text);
        }
    }
}

#[test]
fn hostile_assertions_and_rows_are_answered_or_refused() {
    let size = if cfg!(debug_assertions) { 1 << 15 } else { 1 << 20 };
    let assertion = |name: &str, value: Value| Assertion::new(name, Some(value), None);

    // Patterns that take a backtracking engine for ever, and such as would take all memory.
    let letters = "a".repeat(size) + "b";
    for pattern in ["(a+)+$", "(a|aa)+$", "(a*)*c", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let found = assertion("regex", json!(pattern)).expect("a pattern").result(&letters);
        assert!(!found.pass, "{pattern}");
    }
    assert!(assertion("regex", json!("(((a{999}){999}){999})")).is_err());

    // Nesting without end.
    let deep = |open: &str| open.repeat(100_000);
    for open in ["[", "{\"a\":", "[{\"a\":"] {
        for name in ["is-json", "contains-json"] {
            let found = assertion(name, Value::Null).expect("valid").result(&deep(open));
            assert!(!found.pass, "{name} {open}");
        }
        let row = format!("{{\"response\": \"a\", \"assert\": {}", deep(open));
        assert!(CheckedRow::read(&row).is_err(), "{open}");
    }
    for keyword in ["not", "items", "additionalProperties"] {
        let schema = deep(&format!("{{\"{keyword}\":")) + "true" + &deep("}");
        assert!(assertion("is-json", json!(schema)).is_err(), "{keyword}");
    }
    // A schema that means itself never comes to an end of its own.
    if let Ok(circle) = assertion("is-json", json!({"$ref": "#"})) {
        circle.result("{}");
    }

    for unit in ["a", "no ", "\"", " and ", "1,", "- ", "é"] {
        let text = unit.repeat(size / unit.len());
        let row = json!({"response": text, "constraints": text}).to_string();
        let verdict = CheckedRow::read(&row).and_then(|row| row.run());
        let found = read_constraints(&text);
        // What says something is read or listed; what does not is refused.
        let says = text.chars().any(char::is_alphabetic);
        let nothing = found.checks.is_empty() && found.unread.is_empty();
        assert!(!(says && nothing), "{unit}");
        assert_eq!(verdict.is_err(), nothing, "{unit}: {verdict:?}");
    }
}

#[test]
fn every_signature_names_the_metric_and_default_options_change_nothing() {
    for (info, plain) in text_metrics() {
        let defaults = default_options(info.id).expect("known");
        let same = metric(info.id, &defaults).expect("defaults are valid options");
        for level in [Level::Sentence, Level::Corpus] {
            let signature = plain.signature(level);
            assert_eq!(signature.protocol, info.id);
            assert_eq!(signature, same.signature(level));
        }
        let unknown = serde_json::json!({"no_such_option": 1});
        let error = metric(info.id, &unknown).err().expect("unknown option");
        assert_eq!(error.path(), Some("no_such_option"), "{}", info.id);
    }
}

/// Embeds a word as counts of its letters: close words have close vectors.
struct Letters {
    info: ModelInfo,
}

impl Letters {
    fn new() -> Self {
        let signature = ModelSignature {
            id: "letters".into(),
            sha256: "0".into(),
            precision: "f32".into(),
            files: None,
        };
        Self { info: ModelInfo { signature, device: "none".into(), template: String::new() } }
    }

    fn vector(word: &str) -> Vec<f32> {
        let mut counts = vec![0.1; 27];
        for c in word.chars() {
            let place = c.to_ascii_lowercase() as usize;
            counts[place.wrapping_sub('a' as usize).min(26)] += 1.0;
        }
        counts
    }
}

impl EmbedModel for Letters {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn dim(&self) -> usize {
        27
    }

    async fn embed(&self, texts: &[&str], _job: &dyn Job) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| Self::vector(text)).collect())
    }

    async fn embed_tokens(
        &self,
        texts: &[&str],
        layer: Option<usize>,
        _job: &dyn Job,
    ) -> Result<Vec<TokenEmbeddings>> {
        if let Some(layer) = layer.filter(|layer| *layer > 2) {
            return Err(Error::invalid("layer", format!("is {layer}"), "0 to 2"));
        }
        let embed = |text: &&str| {
            let words: Vec<&str> = words(text).collect();
            TokenEmbeddings {
                dim: 27,
                vectors: words.iter().flat_map(|word| Self::vector(word)).collect(),
                spans: (0..words.len()).map(|i| Span::new(i, i + 1)).collect(),
                ids: words.iter().map(|word| word.len() as u32).collect(),
                embedding: Self::vector(text),
            }
        };
        Ok(texts.iter().map(embed).collect())
    }
}

fn embed_metric(id: &str, options: Value) -> Box<dyn rubrica_metrics::semantic::EmbedMetric> {
    match any_metric(id, &options).expect("valid options") {
        AnyMetric::Embed(metric) => metric,
        AnyMetric::Text(_) | AnyMetric::Likelihood(_) => panic!("{id} needs no encoder"),
    }
}

#[test]
fn metrics_over_embeddings_run_on_a_model() {
    let model = Letters::new();
    let segments: Vec<Segment<'_>> = [
        ("the cat sat", vec!["a cat sat down", "dogs"]),
        ("same words", vec!["same words"]),
        (" ", vec!["blank response"]),
        ("blank reference", vec!["\n"]),
        ("🎉", vec!["no words at all"]),
    ]
    .into_iter()
    .map(|(response, references)| {
        let instruction = Some("same words");
        Segment::new(response, &references).with_instruction(instruction)
    })
    .collect();
    let with_options = [
        ("bertscore", serde_json::json!({"idf": true, "layer": 1})),
        ("wmd", serde_json::json!({"idf": true})),
        ("wmd", serde_json::json!({"relaxed": true})),
        ("semantic_coverage", serde_json::json!({"threshold": 0.9})),
    ];
    let plain = catalogue().into_iter().filter(|info| info.family == Family::Semantic);
    for (id, options) in plain.map(|info| (info.id, Value::Null)).chain(with_options) {
        let metric = embed_metric(id, options);
        let info = metric.info();
        let run = corpus(&*metric, &model, &segments, &Quiet);
        let (score, signature) = pollster::block_on(run).expect("a model that works");
        within_range(&info, &score).expect("in range");
        assert!(score.value().expect("defined") > 0.1, "{id}: {score:?}");
        assert_eq!(signature.models[0].id, "letters");
        let counted = signature.options.get("nrefs").map(String::as_str);
        assert_eq!(counted, (info.needs == Needs::Reference).then_some("var"), "{id}");
        let run = sentence(&*metric, &model, &segments[1], &Quiet);
        let (score, _) = pollster::block_on(run).expect("a model that works");
        // A text is closest to itself; with idf over one reference no token has weight.
        let best = if info.higher_is_better == Some(true) { info.high } else { info.low };
        let is_best = |value: f64| best.is_none_or(|best| (value - best).abs() < 1e-6);
        assert!(score.value().is_none_or(is_best), "{id}: {score:?}");
    }
    let cosine = embed_metric("embedding_cosine", Value::Null);
    let run = sentence(&*cosine, &model, &segments[2], &Quiet);
    let (blank, _) = pollster::block_on(run).expect("blank text is no error");
    assert_eq!(blank.value(), None);
}

#[test]
fn what_a_model_or_caller_gets_wrong_is_told() {
    let model = Letters::new();
    let metric = embed_metric("bertscore", serde_json::json!({"layer": 9}));
    let segments = [Segment::new("a", &["b"]), Segment::new("a", &[])];
    let run = sentence(&*metric, &model, &segments[0], &Quiet);
    assert_eq!(pollster::block_on(run).expect_err("no such layer").path(), Some("layer"));
    let run = corpus(&*metric, &model, &segments, &Quiet);
    let error = pollster::block_on(run).expect_err("no reference");
    assert_eq!((error.code(), error.path()), ("missing_reference", Some("[1].reference")));
    let metric = embed_metric("answer_relevance", Value::Null);
    let run = corpus(&*metric, &model, &segments, &Quiet);
    let error = pollster::block_on(run).expect_err("no instruction");
    assert_eq!((error.code(), error.path()), ("missing_instruction", Some("[0].instruction")));
    let metric = embed_metric("wmd", Value::Null);
    let long = "word ".repeat(2_000);
    let segment = Segment::new(&long, &[&long]);
    let run = sentence(&*metric, &model, &segment, &Quiet);
    assert_eq!(pollster::block_on(run).expect_err("too long").code(), "texts_too_long");
}

#[test]
fn an_answer_gets_the_grade_of_the_nearest() {
    let model = Letters::new();
    let graded = [("", 9.0), ("photosynthesis", 4.0), ("the sun shines", 1.0)];
    let run = grade_by_nearest(&model, "photo synthesis", &graded, &Quiet);
    let found = pollster::block_on(run).expect("a model that works").expect("not blank");
    assert_eq!((found.nearest, found.grade), (1, 4.0));
    let run = grade_by_nearest(&model, " ", &graded, &Quiet);
    assert_eq!(pollster::block_on(run).expect("a model that works"), None);
}

struct Stop;

impl Job for Stop {
    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn a_cancelled_job_stops() {
    let metric = embed_metric("embedding_cosine", Value::Null);
    let model = Letters::new();
    let segments = [Segment::new("a", &["b"])];
    let run = corpus(&*metric, &model, &segments, &Stop);
    assert_eq!(pollster::block_on(run).expect_err("cancelled").code(), "cancelled");
}

/// Finds a continuation unlikely by one nat a character that the prompt has not.
struct Echo {
    info: ModelInfo,
    /// What it answers in place of that, if anything.
    answer: Option<f64>,
}

impl Echo {
    fn new(answer: Option<f64>) -> Self {
        Self { info: Letters::new().info, answer }
    }
}

impl GenerateModel for Echo {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    async fn generate(
        &self,
        prompt: &str,
        _options: &GenerateOptions,
        _job: &dyn Job,
    ) -> Result<String> {
        Ok(prompt.to_owned())
    }

    async fn log_probability(
        &self,
        prompt: &str,
        continuations: &[&str],
        _job: &dyn Job,
    ) -> Result<Vec<f64>> {
        let cost = |text: &&str| {
            let new = text.chars().filter(|c| !prompt.contains(*c)).count();
            self.answer.unwrap_or(-(new as f64) - 0.1)
        };
        Ok(continuations.iter().map(cost).collect())
    }
}

fn likelihood_metric(id: &str, options: Value) -> Box<dyn LikelihoodMetric> {
    match any_metric(id, &options).expect("valid options") {
        AnyMetric::Likelihood(metric) => metric,
        _ => panic!("{id} is not over log-probabilities"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn metrics_over_a_language_model_keep_their_promises(
        texts in prop::collection::vec((some_text(), some_text(), some_text()), 1..4),
    ) {
        let model = Echo::new(None);
        let segments: Vec<Segment<'_>> = texts
            .iter()
            .map(|(a, b, c)| Segment::new(a, &[b, c]).with_instruction(Some(c)))
            .collect();
        let backwards: Vec<Segment<'_>> = segments.iter().rev().cloned().collect();
        for info in catalogue().into_iter().filter(|info| info.family == Family::Likelihood) {
            let metric = likelihood_metric(info.id, Value::Null);
            let score = |segments: &[Segment<'_>]| {
                let run = likelihood::corpus(&*metric, &model, segments, &Quiet);
                pollster::block_on(run).expect("a model that works").0
            };
            let (there, back) = (score(&segments), score(&backwards));
            within_range(&info, &there)?;
            prop_assert_eq!(there.value().is_some(), back.value().is_some(), "{}", info.id);
            let difference = there.value().unwrap_or(0.0) - back.value().unwrap_or(0.0);
            let size = there.value().unwrap_or(0.0).abs().max(1.0);
            prop_assert!(difference.abs() < 1e-9 * size, "{}: {difference}", info.id);
        }
    }
}

#[test]
fn content_and_discontent_are_opposites() {
    let follow_ups = |a: &str, b: &str| serde_json::json!({"dimensions": {"one": {"positive": [a], "negative": [b]}}});
    let model = Echo::new(None);
    let segment = Segment::new("xyz", &[]).with_instruction(Some("Why?"));
    let score = |options: Value| {
        let metric = likelihood_metric("follow_up_likelihood", options);
        let run = likelihood::sentence(&*metric, &model, &segment, &Quiet);
        pollster::block_on(run).expect("a model that works").0.value().expect("defined")
    };
    let (there, back) = (score(follow_ups("zyx", "bcd")), score(follow_ups("bcd", "zyx")));
    assert!(there > 0.0 && (there + back).abs() < 1e-12, "{there} {back}");
    for (options, path) in [
        (serde_json::json!({"dimensions": {}}), "dimensions"),
        (follow_ups("a", " "), "dimensions.one.negative"),
    ] {
        let error = any_metric("follow_up_likelihood", &options).err().expect("refused");
        assert_eq!(error.path(), Some(path));
    }
}

#[test]
fn what_a_language_model_gets_wrong_is_told() {
    let metric = likelihood_metric("perplexity", Value::Null);
    let segment = Segment::new("a b", &[]);
    for answer in [f64::NAN, f64::NEG_INFINITY, 0.5] {
        let model = Echo::new(Some(answer));
        let run = likelihood::sentence(&*metric, &model, &segment, &Quiet);
        assert_eq!(pollster::block_on(run).expect_err("refused").code(), "bad_likelihood");
    }
    let model = Echo::new(Some(-1e6));
    let run = likelihood::sentence(&*metric, &model, &segment, &Quiet);
    let (score, signature) = pollster::block_on(run).expect("a model that works");
    let Score::Undefined(reason) = score.score else { panic!("{score:?}") };
    assert_eq!((&*reason.code, signature.models.len()), ("too_unlikely", 1));
    let metric = likelihood_metric("conditional_likelihood", Value::Null);
    let segments = [segment];
    let run = likelihood::corpus(&*metric, &model, &segments, &Quiet);
    let error = pollster::block_on(run).expect_err("no reference");
    assert_eq!((error.code(), error.path()), ("missing_reference", Some("[0].reference")));
}
