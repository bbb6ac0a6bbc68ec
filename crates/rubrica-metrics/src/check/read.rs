//! Reading lists of checks.

use rubrica_core::{Error, Result, read_value};
use serde_json::Value;

use super::Check;

/// Reads a list of checks from JSON or YAML text. Checks without an `id` are named after their kind,
/// the second of a kind with `_2` behind it, and so on.
///
/// # Errors
/// [`Error::Parse`], [`Error::Unknown`] or [`Error::Invalid`] with the path of the option, such as
/// `[1].pattern`.
pub fn read_checks(text: &str) -> Result<Vec<Check>> {
    if text.trim().is_empty() {
        return Err(Error::EmptyText { path: "checks".into() });
    }
    read_checks_value(&read_value(text)?)
}

/// As [`read_checks`], from a JSON value.
///
/// # Errors
/// As [`read_checks`].
pub fn read_checks_value(value: &Value) -> Result<Vec<Check>> {
    let Value::Array(items) = value else {
        let message = "checks are not a list; expected a list of objects with `kind`";
        return Err(Error::Parse { path: String::new(), message: message.into() });
    };
    let mut checks: Vec<Check> = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let mut check = Check::from_value(item).map_err(|error| error.within(&format!("[{i}]")))?;
        if item.get("id").is_none() {
            let alike =
                checks.iter().filter(|other| other.kind.name() == check.kind.name()).count();
            if alike > 0 {
                check.id = format!("{}_{}", check.id, alike + 1);
            }
        }
        if checks.iter().any(|other| other.id == check.id) {
            let problem = format!("is `{}`, like an earlier one", check.id);
            return Err(Error::invalid(format!("[{i}].id"), problem, "another name"));
        }
        checks.push(check);
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_and_json_read_alike() {
        let yaml = "- kind: no_commas\n- kind: length\n  unit: words\n  max: 5\n- {kind: length, unit: sentences, min: 1}\n";
        let json = r#"[{"kind":"no_commas"},{"kind":"length","unit":"words","max":5},{"kind":"length","unit":"sentences","min":1}]"#;
        let checks = read_checks(yaml).expect("yaml");
        assert_eq!(checks, read_checks(json).expect("json"));
        let ids: Vec<&str> = checks.iter().map(Check::id).collect();
        assert_eq!(ids, ["no_commas", "length", "length_2"]);
    }

    #[test]
    fn mistakes_name_their_place() {
        let path = |text| read_checks(text).expect_err(text).path().map(str::to_owned);
        assert_eq!(
            path("[{\"kind\":\"regex\",\"pattern\":\"(\"}]").as_deref(),
            Some("[0].pattern")
        );
        assert_eq!(path("- kind: title\n- kind: nonsense").as_deref(), Some("[1].kind"));
        assert_eq!(
            path("- {id: a, kind: title}\n- {id: a, kind: quoted}").as_deref(),
            Some("[1].id")
        );
        assert_eq!(path("  ").as_deref(), Some("checks"));
        assert_eq!(path("kind: title"), None);
        assert_eq!(path("[{"), None);
    }
}
