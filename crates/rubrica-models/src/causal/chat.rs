//! Chat templates: how the turns of a conversation are written for a model.

use minijinja::{Environment, Error, ErrorKind, context};
use rubrica_core::Message;

use crate::{ModelError, Result, TextTokenizer};

/// Steps after which a template is stopped.
const FUEL: u64 = 1_000_000;
/// Characters that stand for nothing, of which one that no message has breaks up special tokens.
const SHIELDS: std::ops::RangeInclusive<char> = '\u{fdd0}'..='\u{fdef}';

/// A template with what it may name.
#[derive(Debug, Clone)]
pub(super) struct ChatTemplate {
    environment: Environment<'static>,
    first: String,
    end: String,
}

fn fail(error: &Error) -> ModelError {
    ModelError::ChatTemplate(format!("{error:#}"))
}

impl ChatTemplate {
    pub(super) fn new(source: &str, first: String, end: String) -> Result<Self> {
        let mut environment = Environment::new();
        // As the reference sets it up.
        environment.set_trim_blocks(true);
        environment.set_lstrip_blocks(true);
        environment.set_fuel(Some(FUEL));
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", |message: String| -> Result<String, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        });
        environment.add_template_owned("chat", source.to_owned()).map_err(|error| fail(&error))?;
        Ok(Self { environment, first, end })
    }

    /// The text of a chat, up to where the answer begins.
    fn render(&self, messages: &[Message]) -> Result<String> {
        let template = self.environment.get_template("chat").map_err(|error| fail(&error))?;
        let values = context! {
            messages,
            bos_token => self.first,
            eos_token => self.end,
            add_generation_prompt => true,
        };
        template.render(values).map_err(|error| fail(&error))
    }

    /// The ids of a chat. What messages spell is never a special token: each is broken up before the template sees
    /// it, and put together again after the template's own ones were found.
    pub(super) fn ids(&self, messages: &[Message], tokenizer: &TextTokenizer) -> Result<Vec<u32>> {
        let specials = tokenizer.special_tokens();
        let free = |shield: &char| messages.iter().all(|m| !m.content.contains(*shield));
        let shield = SHIELDS.clone().find(free).ok_or_else(|| {
            ModelError::ChatTemplate("the messages hold every noncharacter; expected text".into())
        })?;
        let messages: Vec<Message> = messages
            .iter()
            .map(|message| Message {
                content: broken_up(&message.content, &specials, shield),
                ..message.clone()
            })
            .collect();
        let text = self.render(&messages)?;
        let mut ids = Vec::new();
        let mut rest = text.as_str();
        loop {
            let next = next_special(rest, &specials);
            let end = next.map_or(rest.len(), |(at, ..)| at);
            ids.extend(tokenizer.tokenize(&rest[..end].replace(shield, ""))?.ids);
            let Some((at, token, id)) = next else { return Ok(ids) };
            ids.push(id);
            rest = &rest[at + token.len()..];
        }
    }
}

/// The first special token in `text`, the longest of those that begin there.
fn next_special<'s>(text: &str, specials: &'s [(String, u32)]) -> Option<(usize, &'s str, u32)> {
    let found = specials
        .iter()
        .filter_map(|(token, id)| text.find(token.as_str()).map(|at| (at, token.as_str(), *id)));
    found.min_by_key(|(at, token, _)| (*at, usize::MAX - token.len()))
}

/// `text` with `shield` after the first character of each special token.
fn broken_up(text: &str, specials: &[(String, u32)], shield: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, ..)) = next_special(rest, specials) {
        let first = rest[at..].chars().next().map_or(0, char::len_utf8);
        out.push_str(&rest[..at + first]);
        out.push(shield);
        rest = &rest[at + first..];
    }
    out.push_str(rest);
    out
}
