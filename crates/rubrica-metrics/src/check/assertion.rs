//! Assertions by the names that promptfoo gives them, such as `contains-all` or `not-is-json`.

mod resemblance;
mod test;
mod values;

use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::resemblance::Resemblance;
use self::test::Test;
use super::Requirement;
use super::outcome::{Outcome, quoted};

/// An assertion of promptfoo: `{"type": "contains", "value": "refund"}`. With `not-` before the type
/// it holds where it otherwise would not.
///
/// - `equals`: the text is the value, or JSON equal to a value that is no text.
/// - `contains`, `icontains`: the text has the value, in any case with `i`.
/// - `contains-all`, `contains-any`, `icontains-all`, `icontains-any`: a list, or texts with commas.
/// - `starts-with`, `ends-with`: white space counts. `istarts-with`, `iends-with`: in any case.
/// - `regex`: in the syntax of the Rust crate `regex`, which takes linear time.
/// - `is-json`, `contains-json`: the value, if any, is a JSON Schema. Citations such as `[1]` are no JSON.
/// - `is-xml`, `contains-xml`: the value, if any, has `requiredElements` such as `note.to`.
/// - `is-html`, `contains-html`: by form.
/// - `is-sql`, `contains-sql`: in the dialect `databaseType`, or in a usual one; `allowedTables` and
///   `allowedColumns` are names, or promptfoo's patterns such as `(select|update)::null::orders`.
/// - `is-refusal`: set phrases of English.
/// - `word-count`: the words between white space, a number or `{"min": 2, "max": 9}`.
/// - `levenshtein`: a distance of at most `threshold`, 5 if there is none or 0.
/// - `rouge-n`, `rouge-l`, `rouge-s`; `bleu`, `gleu`, `meteor`: a score from 0 to 1 against the value,
///   a text or the best of a list, of at least `threshold`, 0.75 and 0.5 if there is none.
///
/// Those six come from the metrics of this crate, in small letters, so their scores are not to the digit
/// those of promptfoo, which has a brevity penalty of its own in BLEU and synonyms in METEOR: `rouge-n`
/// is the recall of ROUGE-1, on words of any script; `bleu`, `gleu` and `meteor` compare words between white space.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Assertion {
    #[serde(rename = "type")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    #[serde(skip)]
    negated: bool,
    #[serde(skip)]
    test: Test,
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    threshold: Option<f64>,
}

impl TryFrom<Written> for Assertion {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self> {
        Self::new(&written.name, written.value, written.threshold)
    }
}

impl PartialEq for Assertion {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.value, self.threshold) == (&other.name, &other.value, other.threshold)
    }
}

/// What an assertion found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssertionResult {
    /// As it was asked, `not-` included.
    #[serde(rename = "type")]
    pub name: String,
    /// Whether the assertion holds.
    pub pass: bool,
    /// The metric's score from 0 to 1 where there is one, less than 1 by it for `not-`; else 1 if the
    /// assertion holds, 0 if not.
    pub score: f64,
    /// What was found, as a clause without a full stop.
    pub reason: String,
}

impl Assertion {
    /// The types there are, each also with `not-` before it.
    pub const TYPES: &'static [&'static str] = &[
        "equals",
        "contains",
        "icontains",
        "contains-all",
        "contains-any",
        "icontains-all",
        "icontains-any",
        "starts-with",
        "istarts-with",
        "ends-with",
        "iends-with",
        "regex",
        "is-json",
        "contains-json",
        "is-xml",
        "contains-xml",
        "is-html",
        "contains-html",
        "is-sql",
        "contains-sql",
        "is-refusal",
        "word-count",
        "levenshtein",
        "rouge-n",
        "rouge-l",
        "rouge-s",
        "bleu",
        "gleu",
        "meteor",
    ];

    /// The assertion `name`, such as `not-contains`.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a type that there is not; [`Error::Invalid`] with the path of a value or
    /// threshold that is missing or wrong.
    pub fn new(name: &str, value: Option<Value>, threshold: Option<f64>) -> Result<Self> {
        let (plain, negated) = match name.strip_prefix("not-") {
            Some(plain) => (plain, true),
            None => (name, false),
        };
        if let Some(threshold) = threshold {
            let (most, expected) = if plain == "levenshtein" {
                (f64::MAX, "a number of at least 0")
            } else if Resemblance::is_named(plain) {
                (1.0, "0 to 1")
            } else {
                (-1.0, "none, but for levenshtein and the metrics")
            };
            if !(0.0..=most).contains(&threshold) {
                return Err(Error::invalid("threshold", format!("is {threshold}"), expected));
            }
        }
        let value = value.filter(|value| !value.is_null());
        let test = Test::read(name, plain, value.as_ref(), threshold)?;
        Ok(Self { name: name.to_owned(), value, threshold, negated, test })
    }

    /// Such as `not-contains`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Looks at `text`.
    pub fn result(&self, text: &str) -> AssertionResult {
        let (holds, score, reason) = if let Test::Resembles(resemblance) = &self.test {
            resemblance.run(text)
        } else {
            let (holds, reason) = self.test.run(text);
            (holds, f64::from(u8::from(holds)), reason)
        };
        AssertionResult {
            name: self.name.clone(),
            pass: holds != self.negated,
            score: if self.negated { 1.0 - score } else { score },
            reason,
        }
    }
}

impl Requirement for Assertion {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        let result = self.result(text);
        Outcome::when(result.pass, result.reason)
            .suggest(format!("Make {} hold.", quoted(&self.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(name: &str, value: Value, passing: &[&str], failing: &[&str]) {
        let assertion = Assertion::new(name, Some(value.clone()), None).expect("valid");
        let negated = Assertion::new(&format!("not-{name}"), Some(value), None).expect("valid");
        for (texts, pass) in [(passing, true), (failing, false)] {
            for text in texts {
                let result = assertion.result(text);
                assert_eq!(result.pass, pass, "{name} {text:?}: {}", result.reason);
                assert_eq!(negated.result(text).pass, !pass, "not-{name} {text:?}");
            }
        }
    }

    #[test]
    fn phrases_and_patterns() {
        check("equals", json!("a"), &["a"], &["a ", "A", ""]);
        check("equals", json!({"a": 1}), &["{\"a\": 1.0}"], &["{}", "a"]);
        check("contains", json!("Cat"), &["a Cat"], &["cat", ""]);
        check("icontains", json!("ÉTÉ"), &["un été"], &["ete"]);
        check("contains", json!(42), &["it is 42."], &["4 2"]);
        check("contains-all", json!(["a", "b"]), &["b a"], &["a"]);
        check("contains-any", json!("x, \"a, b\""), &["a, b", "x"], &["a b"]);
        check("icontains-all", json!(["A", "b"]), &["aB"], &["a"]);
        check("icontains-any", json!(["A", "q"]), &["a"], &["b"]);
        check("starts-with", json!("Yes"), &["Yes!"], &[" Yes", "yes"]);
        check("istarts-with", json!("Yes"), &["yes!"], &["no"]);
        check("ends-with", json!("."), &["a."], &["a. "]);
        check("regex", json!(r"^\d{2}$"), &["42"], &["4", "422"]);
        check("word-count", json!(2), &["a b", " a\nb "], &["a", ""]);
        check("word-count", json!({"min": 2}), &["a b c"], &["a"]);
        check("word-count", json!({"min": 1, "max": 2}), &["a"], &["", "a b c"]);
        check("levenshtein", json!("kitten"), &["sitting", "kitten"], &["a long text"]);
    }

    #[test]
    fn metrics() {
        let near = "The cat sat on a mat today";
        for name in ["rouge-n", "rouge-l", "rouge-s", "bleu", "gleu", "meteor"] {
            let wanted = json!(["no", "the cat sat on a mat today"]);
            check(name, wanted, &[near], &["", "A dog", "kitten"]);
        }
        let run = |name: &str, threshold: f64| {
            let value = Some(json!("a b c d"));
            Assertion::new(name, value, Some(threshold)).expect("valid").result("a b x y")
        };
        let found = run("rouge-n", 0.5);
        assert_eq!((found.pass, found.score), (true, 0.5), "{}", found.reason);
        assert!(!run("rouge-n", 0.6).pass);
        assert!(run("rouge-n", 0.0).pass);
        let negated = run("not-gleu", 0.5);
        // Three n-grams of ten are shared.
        assert!(negated.pass && (negated.score - 0.7).abs() < 1e-12, "{}", negated.score);
    }

    #[test]
    fn rouge_in_any_script() {
        for (text, other) in [
            ("Кот сидит на ковре", "Собака съела мою обувь"),
            ("國道三號危險駕駛", "今天天氣很好"),
            ("고양이가 앉아 있다", "개는 밖에서 잔다"),
            ("القطة على السجادة", "ذهب الولد"),
            ("สวัสดีตอนเช้า", "ฝน"),
            ("Η γάτα κάθεται", "Ο σκύλος τρέχει έξω"),
            ("बिल्ली चटाई पर बैठी", "कुत्ता बाहर है"),
            ("Привет", "Пока"),
            ("🎉", "x"),
        ] {
            for name in ["rouge-n", "rouge-l", "rouge-s"] {
                check(name, json!(text), &[text], &[other, "v2"]);
            }
        }
        let partly =
            Assertion::new("rouge-n", Some(json!("Кот любит v2")), Some(0.9)).expect("valid");
        let found = partly.result("Собака съела v2");
        assert!(!found.pass && (found.score - 1.0 / 3.0).abs() < 1e-9, "{}", found.score);
    }

    #[test]
    fn formats() {
        let schema = json!({"type": "object", "required": ["a"]});
        check("is-json", Value::Null, &["{}", "3"], &["{", "x {}"]);
        check("is-json", schema.clone(), &["{\"a\": 1}"], &["{}", "[]", "x"]);
        check("is-json", json!("type: object\nrequired: [a]"), &["{\"a\": 1}"], &["{}"]);
        check("contains-json", Value::Null, &["so: {\"b\": [1]} ok", "[1]"], &["3", "{b}", "{"]);
        check(
            "contains-json",
            Value::Null,
            &[
                "See [1]: [1, 2]",
                "the list is [1, 2]",
                "[1]\n",
                "as in [1] {}",
                "so [{\"a\": 1e400}]",
                "{\"a\": \"\\ud83d\"} it is",
            ],
            &[
                "As shown in [1], it works.",
                "[1] Smith, 2020",
                "see [2, 3].",
                "both [1][2] say",
                "text [ ] no [x]",
            ],
        );
        check(
            "is-json",
            Value::Null,
            &["{\"a\": \"\\ud83d\"}", "{\"a\": 1e400}", &("[".repeat(200) + &"]".repeat(200))],
            &["[1] x"],
        );
        check("contains-json", schema, &["{} and {\"a\": 1}"], &["{\"b\": {\"a\": 1}}"]);
        check("is-xml", json!({"requiredElements": ["a.b"]}), &["<a><b/></a>"], &["<a/>", "b"]);
        check("contains-xml", json!("a.b"), &["x <a><b/></a> y"], &["<a/><b/>"]);
        check("is-html", Value::Null, &["<p>Hi</p>"], &["Hi"]);
        check("contains-html", Value::Null, &["Hi <b>you</b>"], &["1 < 2"]);
        check("is-sql", Value::Null, &["SELECT 1"], &["Hi"]);
        check(
            "is-sql",
            json!({"allowedTables": ["t"]}),
            &["SELECT * FROM T"],
            &["SELECT * FROM u"],
        );
        check("contains-sql", Value::Null, &["So:\n```sql\nSELECT 1\n```"], &["Hi"]);
        check("is-refusal", Value::Null, &["I can't help with that."], &["Paris."]);
    }

    #[test]
    fn mistakes_name_their_place() {
        let path = |name: &str, value: Value, threshold| {
            let error = Assertion::new(name, Some(value), threshold).expect_err(name);
            error.path().map(str::to_owned).unwrap_or_default()
        };
        assert_eq!(path("contians", json!("a"), None), "type");
        assert_eq!(path("not-not-contains", json!("a"), None), "type");
        assert_eq!(path("contains", json!(""), None), "value");
        assert_eq!(path("regex", json!("("), None), "value");
        assert_eq!(path("is-json", json!({"typ": "x"}), None), "value.typ");
        assert_eq!(path("is-sql", json!({"allowedColumns": [1]}), None), "value.allowedColumns[0]");
        assert_eq!(path("word-count", json!({"min": 3, "max": 2}), None), "value");
        assert_eq!(path("contains", json!("a"), Some(1.0)), "threshold");
        assert_eq!(path("bleu", json!("a"), Some(50.0)), "threshold");
        assert_eq!(path("gleu", json!([]), None), "value");
        assert_eq!(path("levenshtein", json!("a"), Some(f64::NAN)), "threshold");
    }
}
