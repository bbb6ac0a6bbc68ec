//! A value of a report without an interval, or the reason why there is none.

use rubrica_core::Undefined;
use rubrica_stats::StatsError;
use serde::Serialize;

/// A value, or why there is none. Written as the value itself, or as `{"value": null, "error": {code, reason}}`, as
/// [`Figure`](super::Figure) is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured<T = f64> {
    /// The value.
    Value(T),
    /// No value.
    Undefined {
        /// Always null.
        value: (),
        /// Why.
        error: Undefined,
    },
}

impl<T> Measured<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Undefined { .. } => None,
        }
    }

    /// Why there is none.
    pub fn error(&self) -> Option<&Undefined> {
        match self {
            Self::Value(_) => None,
            Self::Undefined { error, .. } => Some(error),
        }
    }
}

impl<T> From<Undefined> for Measured<T> {
    fn from(error: Undefined) -> Self {
        Self::Undefined { value: (), error }
    }
}

impl<T> From<StatsError> for Measured<T> {
    fn from(error: StatsError) -> Self {
        Undefined { code: error.code().to_owned(), reason: error.to_string() }.into()
    }
}

impl<T> From<rubrica_stats::Result<T>> for Measured<T> {
    fn from(result: rubrica_stats::Result<T>) -> Self {
        result.map_or_else(Self::from, Self::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_bare_and_a_reason_beside_null() {
        let json = |measured: &Measured| serde_json::to_value(measured).expect("JSON");
        assert_eq!(json(&Measured::from(Ok(0.5))), serde_json::json!(0.5));
        let none = Measured::from(StatsError::Constant { what: "x" });
        assert_eq!(json(&none)["value"], serde_json::Value::Null);
        assert_eq!(json(&none)["error"]["code"], "constant_input");
        assert_eq!(
            (none.value(), none.error().map(|e| e.code.as_str())),
            (None, Some("constant_input"))
        );
    }
}
