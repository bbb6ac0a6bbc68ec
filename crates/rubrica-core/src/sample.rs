//! One thing to be judged.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Id, Result};

/// Who speaks in a [`Message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The instructions that frame the conversation.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool's output.
    Tool,
}

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// An instruction with the response (or responses) to it, and what a judge may know besides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Names the sample in results.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "id")]
    pub id: Option<Id>,
    /// What the response answers. May be empty: an essay has no prompt.
    #[serde(default, alias = "prompt", alias = "question")]
    pub instruction: String,
    /// The text to judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// Several texts to choose from, for best of n.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<String>,
    /// A model answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Further model answers, for metrics that take several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Passages that the response should rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub context: Vec<String>,
    /// System prompt under which the response was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Earlier turns, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// Anything else; carried along, never read.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

impl Sample {
    /// A sample of one response to one instruction.
    pub fn new(instruction: impl Into<String>, response: impl Into<String>) -> Self {
        Self { instruction: instruction.into(), response: Some(response.into()), ..Self::default() }
    }

    /// The single response.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none, or several.
    pub fn single_response(&self) -> Result<&str> {
        match (&self.response, self.responses.as_slice()) {
            (Some(text), []) => Ok(text),
            (None, [text]) => Ok(text),
            (None, []) => Err(Error::invalid("response", "is missing", "the text to judge")),
            _ => Err(Error::invalid(
                "responses",
                format!(
                    "has {} texts",
                    self.responses.len() + usize::from(self.response.is_some())
                ),
                "one response here (see best of n for several)",
            )),
        }
    }

    /// All responses, `response` first.
    pub fn all_responses(&self) -> Vec<&str> {
        self.response.iter().chain(&self.responses).map(String::as_str).collect()
    }

    /// All references, `reference` first.
    pub fn all_references(&self) -> Vec<&str> {
        self.reference.iter().chain(&self.references).map(String::as_str).collect()
    }

    /// What the response answers, in one text: system prompt, earlier turns and instruction.
    pub fn full_instruction(&self) -> String {
        if self.system.is_none() && self.messages.is_empty() {
            return self.instruction.clone();
        }
        let mut parts: Vec<String> = self.system.iter().cloned().collect();
        for message in &self.messages {
            let speaker = match message.role {
                Role::System => "System",
                Role::User => "User",
                Role::Assistant => "Assistant",
                Role::Tool => "Tool",
            };
            parts.push(format!("{speaker}: {}", message.content));
        }
        if !self.instruction.is_empty() {
            parts.push(self.instruction.clone());
        }
        parts.join("\n\n")
    }
}

/// An id that may be missing or null.
pub(crate) fn id<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Id>, D::Error> {
    Option::<Id>::deserialize(d)
}

/// Context as a list of passages, or one passage as a bare string.
fn one_or_many<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a string or a list of strings")]
    enum Passages {
        None(()),
        One(String),
        Many(Vec<String>),
    }
    Ok(match Passages::deserialize(d)? {
        Passages::None(()) => Vec::new(),
        Passages::One(text) => vec![text],
        Passages::Many(texts) => texts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_loose_rows() {
        let sample: Sample = serde_json::from_str(
            r#"{"id": 7, "prompt": "Why?", "response": "Because.", "context": "a fact", "source": "x"}"#,
        )
        .expect("valid");
        assert_eq!(sample.id, Some(7.into()));
        assert_eq!(sample.instruction, "Why?");
        assert_eq!(sample.context, ["a fact"]);
        assert_eq!(sample.single_response().expect("one"), "Because.");
        let again: Sample =
            serde_json::from_str(&serde_json::to_string(&sample).expect("json")).expect("valid");
        assert_eq!(again, sample);
    }

    #[test]
    fn one_response_means_one() {
        let none = Sample::default();
        assert_eq!(none.single_response().expect_err("none").path(), Some("response"));
        let two = Sample { responses: vec!["a".into(), "b".into()], ..Sample::default() };
        assert_eq!(two.single_response().expect_err("two").path(), Some("responses"));
    }

    #[test]
    fn full_instruction_joins_the_turns() {
        let sample = Sample {
            system: Some("Be brief.".into()),
            messages: vec![Message { role: Role::User, content: "Hi".into() }],
            instruction: "Now?".into(),
            ..Sample::default()
        };
        assert_eq!(sample.full_instruction(), "Be brief.\n\nUser: Hi\n\nNow?");
    }
}
