//! Texts that lie outside of what a model was made for.
//!
//! A judge gives any text a score. Where the text is of a kind that it hardly saw, the score says little,
//! and a note says so; the score stays as it is. The thresholds were set on the graded answers in
//! `models/rubrica-judge-mini/data`, by `cargo run -p rubrica-judge --example critique_precision`.

use rubrica_core::Rubric;
use rubrica_core::model::{JudgeInput, Scope};
use rubrica_metrics::check::{detect_language, small_word_share};
use rubrica_metrics::text;

/// Words below which a language is not told.
const FEW_WORDS: usize = 8;
/// Least share of small words of a language in a text of it.
const SMALL_WORDS: f64 = 0.2;
/// How many times as many small words it has as of a language that the model knows.
const TIMES: f64 = 2.0;
/// Share of the visible characters in code from which a text is mainly code.
const CODE: f64 = 0.6;
/// Windows from which a text is far longer than one.
const WINDOWS: usize = 4;
/// Characters of a token of English, about.
const TOKEN_CHARS: usize = 4;

/// What is to be known about a score of `input` under `rubric` by a model with `scope`, as sentences without
/// a full stop: another language, code, far too long, no instruction under a rubric that asks about one.
/// Empty for a text of the usual kind.
pub fn scope_notes(input: &JudgeInput<'_>, rubric: &Rubric, scope: &Scope) -> Vec<String> {
    let response = input.response;
    let mut notes = Vec::new();
    if let Some(code) = foreign(response, scope.languages) {
        notes.push(format!(
            "the response seems to be in the language `{code}`, and the judge knows {}: its score says little",
            scope.languages.join(", ")
        ));
    }
    let code = code_share(response);
    if scope.prose && code >= CODE {
        let percent = 100.0 * code;
        notes.push(format!(
            "the response is mainly code ({percent:.0} %), of which the judge learnt next to nothing: its score says little"
        ));
    }
    if let Some(window) = scope.window {
        let tokens = response.chars().count() / TOKEN_CHARS;
        if tokens > WINDOWS * window {
            notes.push(format!(
                "the response has about {tokens} tokens, and the judge reads {window} at once: it sees parts of it, never the whole"
            ));
        }
    }
    if input.instruction.trim().is_empty() && input.reference.is_none() {
        let asks = rubric.criteria.iter().filter(|c| asks_about_instruction(&c.description));
        let ids: Vec<String> = asks.map(|c| format!("`{}`", c.id)).collect();
        if !ids.is_empty() {
            notes.push(format!(
                "there is no instruction, and {} asks about one: its score says little",
                ids.join(", ")
            ));
        }
    }
    notes
}

/// The language of a text that is none of `known`, where that is sure.
fn foreign(response: &str, known: &[&str]) -> Option<&'static str> {
    let code = detect_language(response)?;
    if known.is_empty() || known.contains(&code) {
        return None;
    }
    let Some(share) = small_word_share(response, code) else {
        // Told by its script, which no short quotation makes up half of.
        return Some(code);
    };
    let own = known.iter().filter_map(|code| small_word_share(response, code)).fold(0.0, f64::max);
    let words = text::words(response).count();
    (words >= FEW_WORDS && share >= SMALL_WORDS && share >= TIMES * own).then_some(code)
}

/// Share of the visible characters that stand in fenced code or in lines that read as code, in `0..=1`.
fn code_share(response: &str) -> f64 {
    let (mut all, mut code, mut fenced) = (0, 0, false);
    for line in response.lines() {
        let line = line.trim();
        let visible = line.chars().filter(|c| !c.is_whitespace()).count();
        if line.starts_with("```") {
            fenced = !fenced;
            continue;
        }
        all += visible;
        if fenced || reads_as_code(line) {
            code += visible;
        }
    }
    code as f64 / all.max(1) as f64
}

/// Whether a line without a fence is one of a program: it ends like one, or starts with a keyword.
fn reads_as_code(line: &str) -> bool {
    const STARTS: [&str; 14] = [
        "def ",
        "class ",
        "import ",
        "from __",
        "return ",
        "const ",
        "let ",
        "var ",
        "function ",
        "public ",
        "#include",
        "SELECT ",
        "fn ",
        "elif ",
    ];
    let starts = STARTS.iter().any(|start| line.starts_with(start));
    let marked = line.contains(['(', '=', '{', '<', '*', ';', ':']) || line.contains(" FROM ");
    starts && marked && !line.ends_with(['.', '!', '?'])
        || line.ends_with([';', '{', '}']) && line.len() > 1 && line.contains(['(', '=', '{', '}'])
}

/// Whether a criterion is about what was asked.
fn asks_about_instruction(description: &str) -> bool {
    const WORDS: [&str; 10] = [
        "instruction",
        "instructions",
        "question",
        "request",
        "asked",
        "prompt",
        "task",
        "query",
        "asks",
        "requested",
    ];
    text::words(description).any(|word| WORDS.iter().any(|own| own.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use rubrica_core::Criterion;

    use super::*;

    const MINI: Scope = Scope { languages: &["en"], window: Some(192), prose: true };

    fn notes(instruction: &str, response: &str, scope: &Scope) -> Vec<String> {
        let rubric = Rubric::single(Criterion::new("help", "Does it answer the question?"));
        let input = JudgeInput { instruction, response, ..JudgeInput::default() };
        scope_notes(&input, &rubric, scope)
    }

    #[test]
    fn another_language_is_told() {
        for response in [
            "Das Wetter ist heute sehr schön, und wir gehen zusammen in den Park.",
            "Nous aimons beaucoup le pain que vous faites dans cette petite maison.",
            "この町はとても美しいです。",
        ] {
            let found = notes("How is it?", response, &MINI);
            assert_eq!(found.len(), 1, "{response}: {found:?}");
            assert!(found[0].contains("the judge knows en"), "{found:?}");
            assert!(notes("How is it?", response, &Scope::default()).is_empty());
        }
        for response in [
            "In German one says: das ist schön. It means that something is beautiful.",
            "La Paz, Sucre.",
            "Rye 412, spelt 265, sourdough 530, baguette 744, total 2,117.",
        ] {
            assert_eq!(notes("How is it?", response, &MINI), [""; 0], "{response}");
        }
    }

    #[test]
    fn code_is_told() {
        let fenced = "Like this:\n```py\nfor x in xs:\n    print(x, flush=True)\n```";
        let bare = "def f(x):\n    return (x + 1)\n\nimport math, sys; f(2);";
        for response in [fenced, "SELECT id, name FROM t\nWHERE id = 1;"] {
            let found = notes("How?", response, &MINI);
            assert!(found.iter().any(|note| note.contains("mainly code")), "{response}: {found:?}");
        }
        assert!(code_share(bare) > CODE);
        let prose = "Let x be the side; then (x + 1) is longer.\nReturn it to the shop.";
        assert_eq!(code_share(prose), 0.0);
    }

    #[test]
    fn long_texts_and_missing_instructions_are_told() {
        let long = "The cat sat on the mat and looked at it. ".repeat(120);
        let found = notes("Why?", &long, &MINI);
        assert!(found[0].contains("reads 192 at once"), "{found:?}");
        let found = notes(" ", "The cat sat on the mat.", &MINI);
        assert_eq!(
            found,
            ["there is no instruction, and `help` asks about one: its score says little"]
        );
    }
}
