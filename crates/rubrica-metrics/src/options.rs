//! Options from JSON.

use rubrica_core::{Error, Result, from_members};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads options from a JSON object; `null` gives the defaults.
///
/// # Errors
/// [`Error::Parse`] with the path of the option that is unknown or of a wrong type.
pub(crate) fn read<T: DeserializeOwned + Default>(options: &Value) -> Result<T> {
    if options.is_null() {
        return Ok(T::default());
    }
    read_required(options)
}

/// As [`read`], where `null` is no object.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_required<T: DeserializeOwned>(options: &Value) -> Result<T> {
    let Value::Object(members) = options else {
        return Err(Error::Parse {
            path: String::new(),
            message: format!("options are `{options}`; expected an object"),
        });
    };
    from_members(members)
}

/// Options of a metric that has none: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Some {
        size: usize,
    }

    #[test]
    fn null_means_defaults_and_mistakes_name_the_option() {
        assert_eq!(read::<Some>(&Value::Null).expect("null"), Some { size: 0 });
        assert_eq!(read::<Some>(&json!({"size": 3})).expect("size"), Some { size: 3 });
        let error = read::<Some>(&json!({"size": "x"})).expect_err("string");
        assert_eq!(error.path(), Option::Some("size"));
        let error = read::<Some>(&json!({"siez": 1})).expect_err("misspelt");
        assert_eq!(error.path(), Option::Some("siez"));
        assert!(error.to_string().contains("expected `size`"), "{error}");
        assert!(read::<NoOptions>(&json!({"a": 1})).is_err());
        assert!(read::<NoOptions>(&json!([])).is_err());
    }
}
