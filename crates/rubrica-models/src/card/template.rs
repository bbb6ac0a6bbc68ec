//! How a judge is asked: text with fields, and special tokens between.

use std::fmt::Write as _;

use rubrica_core::Span;
use serde::Deserialize;

use crate::{ModelError, Result, TextTokenizer, TokenizedText};

/// What a template can hold a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardField {
    /// What the response answers, or a query.
    Instruction,
    /// What is judged.
    Response,
    /// The passages, in the card's format.
    Context,
    /// How many passages there are.
    Passages,
}

impl CardField {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "instruction" => Self::Instruction,
            "response" => Self::Response,
            "context" => Self::Context,
            "passages" => Self::Passages,
            _ => return None,
        })
    }
}

/// What a judge is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct CardFields<'a> {
    /// What the response answers, or a query.
    pub instruction: Option<&'a str>,
    /// What is judged.
    pub response: Option<&'a str>,
    /// The passages.
    pub context: &'a [String],
}

/// A part of a template as the card has it: text with `{field}` in it (`{{` and `}}` are braces), or a
/// special token.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum RawPart {
    Text(String),
    Token(RawToken),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawToken {
    token: String,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Field(CardField),
    /// A special token of the tokenizer.
    Token(String),
}

/// One text of an input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<RawPart>")]
pub struct CardTemplate {
    parts: Vec<Part>,
}

impl TryFrom<Vec<RawPart>> for CardTemplate {
    type Error = String;

    fn try_from(raw: Vec<RawPart>) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in raw {
            match part {
                RawPart::Token(RawToken { token }) => parts.push(Part::Token(token)),
                RawPart::Text(text) => read_text(&text, &mut parts)?,
            }
        }
        Ok(Self { parts })
    }
}

fn read_text(text: &str, parts: &mut Vec<Part>) -> Result<(), String> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        literal.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            literal.push_str(brace);
            rest = after;
            continue;
        }
        let close = rest.find('}').filter(|_| brace == "{");
        let close = close.ok_or_else(|| {
            format!(
                "template `{text}` has a lone `{brace}`; expected `{{field}}`, or the brace twice"
            )
        })?;
        let name = &rest[..close];
        let field = CardField::read(name).ok_or_else(|| {
            format!("template names `{name}`; expected instruction, response, context or passages")
        })?;
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(Part::Field(field));
        rest = &rest[close + 1..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(())
}

/// A run of a rendered text: text that is tokenised as one, or a special token.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Run {
    Text(String),
    Token(String),
}

/// A template with its fields filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    runs: Vec<Run>,
}

impl CardTemplate {
    /// Whether the template has a place for `field`.
    pub fn has(&self, field: CardField) -> bool {
        self.parts.contains(&Part::Field(field))
    }

    /// Whether `fields` fill every place.
    pub(super) fn is_filled_by(&self, fields: &CardFields<'_>) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Field(CardField::Instruction) => fields.instruction.is_some(),
            Part::Field(CardField::Response) => fields.response.is_some(),
            Part::Field(CardField::Context | CardField::Passages) => !fields.context.is_empty(),
            Part::Literal(_) | Part::Token(_) => true,
        })
    }

    /// The text for `fields`, whose passages read as `context`.
    pub(super) fn render(&self, fields: &CardFields<'_>, context: &str) -> Rendered {
        let mut runs = Vec::new();
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Field(CardField::Instruction) => {
                    text.push_str(fields.instruction.unwrap_or_default());
                }
                Part::Field(CardField::Response) => {
                    text.push_str(fields.response.unwrap_or_default());
                }
                Part::Field(CardField::Context) => text.push_str(context),
                Part::Field(CardField::Passages) => {
                    write!(text, "{}", fields.context.len()).expect("a string takes all");
                }
                Part::Token(token) => {
                    runs.push(Run::Text(std::mem::take(&mut text)));
                    runs.push(Run::Token(token.clone()));
                }
            }
        }
        runs.push(Run::Text(text));
        runs.retain(|run| *run != Run::Text(String::new()));
        Rendered { runs }
    }
}

impl Rendered {
    /// The text with special tokens spelled out, as a person would write it.
    pub fn text(&self) -> String {
        let spelled = |run: &Run| match run {
            Run::Text(text) | Run::Token(text) => text.clone(),
        };
        self.runs.iter().map(spelled).collect()
    }

    /// Its tokens. Special tokens come from the template alone: what a person wrote is plain text.
    ///
    /// # Errors
    /// [`ModelError::Tokenizer`] when the tokenizer lacks a special token of the template.
    pub(super) fn tokenize(&self, tokenizer: &TextTokenizer) -> Result<TokenizedText> {
        let mut all = TokenizedText::default();
        let mut offset = 0;
        for run in &self.runs {
            match run {
                Run::Text(text) => {
                    let tokens = tokenizer.tokenize(text)?;
                    all.ids.extend(tokens.ids);
                    let moved = |s: &Span| Span::new(s.start + offset, s.end + offset);
                    all.spans.extend(tokens.spans.iter().map(moved));
                    offset += text.chars().count();
                }
                Run::Token(token) => {
                    let id = tokenizer.token_id(token).ok_or_else(|| {
                        ModelError::Tokenizer(format!(
                            "has no token `{token}`; expected it, as the judge card's template does"
                        ))
                    })?;
                    let length = token.chars().count();
                    all.ids.push(id);
                    all.spans.push(Span::new(offset, offset + length));
                    offset += length;
                }
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(parts: &str) -> Result<CardTemplate, toml::de::Error> {
        #[derive(Deserialize)]
        struct Only {
            first: CardTemplate,
        }
        toml::from_str::<Only>(&format!("first = {parts}")).map(|only| only.first)
    }

    #[test]
    fn fields_braces_and_tokens() {
        let template =
            template(r#"["{{a}} {passages}: {context}", { token = "</s>" }, "{response}"]"#)
                .expect("valid");
        let context = ["x".to_owned(), "y".to_owned()];
        let fields =
            CardFields { response: Some("{context}"), context: &context, ..Default::default() };
        let rendered = template.render(&fields, "x\ny");
        assert_eq!(rendered.text(), "{a} 2: x\ny</s>{context}");
        assert!(template.has(CardField::Response) && !template.has(CardField::Instruction));
        assert!(template.is_filled_by(&fields));
        assert!(!template.is_filled_by(&CardFields::default()));
    }

    #[test]
    fn a_template_that_is_wrong_says_where() {
        for (parts, word) in [
            (r#"["{claim}"]"#, "claim"),
            (r#"["{response"]"#, "lone `{`"),
            (r#"["response}"]"#, "lone `}`"),
        ] {
            let error = template(parts).expect_err(parts).to_string();
            assert!(error.contains(word), "{error}");
        }
        assert!(template(r#"[{ tokens = "</s>" }]"#).is_err());
    }
}
