//! What SQL may name: plain names, or promptfoo's patterns such as `(select|update)::null::orders`.

use rubrica_core::{Error, Result};
use serde_json::Value;

use super::names::Named;
use crate::check::pattern::Pattern;

/// Names that are allowed.
#[derive(Debug, Clone)]
pub(super) struct AllowList(Vec<Allowed>);

#[derive(Debug, Clone)]
enum Allowed {
    /// A name, or a name with that of its table or schema before it, in small letters.
    Name(String),
    /// Of action, owner and name with `::` between them, in any case.
    Pattern(Pattern),
}

impl AllowList {
    /// Reads a list of texts.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of what is no text, or no pattern.
    pub(super) fn new(value: &Value, path: &str) -> Result<Self> {
        let Some(items) = value.as_array() else {
            return Err(Error::invalid(path, format!("is `{value}`"), "a list of texts"));
        };
        let read = |(i, item): (usize, &Value)| {
            let path = format!("{path}[{i}]");
            let Some(text) = item.as_str().filter(|text| !text.trim().is_empty()) else {
                return Err(Error::invalid(
                    path,
                    format!("is `{item}`"),
                    "a text that is not empty",
                ));
            };
            if !text.contains("::") {
                return Ok(Allowed::Name(text.trim().to_lowercase()));
            }
            let pattern = Pattern::new(&format!("(?i)^(?:{text})$"));
            let expected = "a pattern of action, owner and name, such as `select::null::orders`";
            pattern.map(Allowed::Pattern).map_err(|_| {
                Error::invalid(path, format!("is `{text}`, no regular expression"), expected)
            })
        };
        Ok(Self(items.iter().enumerate().map(read).collect::<Result<_>>()?))
    }

    /// Whether what is named is allowed. As in promptfoo, an empty list allows all.
    pub(super) fn allows(&self, named: &Named) -> bool {
        let Named { action, owner, name } = named;
        let owned = |owner: &str| format!("{owner}.{name}").to_lowercase();
        let allows = |allowed: &Allowed| match allowed {
            Allowed::Name(own) => {
                *own == name.to_lowercase()
                    || owner.as_deref().is_some_and(|owner| *own == owned(owner))
            }
            Allowed::Pattern(pattern) => {
                // A star is `(.*)` to promptfoo's parser.
                let name = if name == "*" { "(.*)" } else { name };
                let owner = owner.as_deref().unwrap_or("null");
                pattern.is_match(&format!("{action}::{owner}::{name}"))
                    || pattern.is_match(&format!("{action}::null::{name}"))
            }
        };
        self.0.is_empty() || self.0.iter().any(allows)
    }
}
