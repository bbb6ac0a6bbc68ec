//! Fields of rows that CSV and JSON write differently, beside those of [`values`](super::values).

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;

use super::values::{name, number};

/// A name that may be missing; also a number or truth value as it is written.
pub(crate) fn optional_name<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "name")] String);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(name)| name))
}

/// True or false, or the texts and numbers that stand for them.
pub(crate) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Bool(truth) => Ok(truth),
        Value::Number(number) if number.as_f64() == Some(1.0) => Ok(true),
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok(false),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" => Ok(false),
            _ => Err(D::Error::custom(format!("is `{text}`; expected true or false"))),
        },
        other => Err(D::Error::custom(format!("is {other}; expected true or false"))),
    }
}

/// A truth value that may be missing.
pub(crate) fn optional_truth<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "truth")] bool);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(truth)| truth))
}

/// A whole number from 0 up, or a text that is one.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = number(deserializer)?;
    // Above 2⁵³ not every whole number is a float.
    if value >= 0.0 && value.fract() == 0.0 && value <= 9_007_199_254_740_992.0 {
        Ok(value as u64)
    } else {
        Err(D::Error::custom(format!("is {value}; expected a whole number >= 0")))
    }
}

#[cfg(test)]
mod tests {
    use crate::records::read_all;
    use crate::reports::{Meeting, OneSidedItem, PreferenceRow, UserRating};

    #[test]
    fn tables_and_lines_are_read_alike() {
        let table = "user_id,model,score,turn,opening,group\n7,m,3,1,false,\n";
        let line = r#"{"user_id":7,"model":"m","score":3,"turn":1,"opening":false,"group":null}"#;
        let read = |text: &str| read_all::<UserRating>(text.as_bytes()).expect("valid");
        assert_eq!(read(table), read(line));
        assert_eq!((read(line)[0].turn.as_deref(), read(line)[0].opening), (Some("1"), false));
        let table = "accepted,propensity,score,label\ntrue,0.5,0.9,0\nno,,,\n";
        let items: Vec<OneSidedItem> = read_all(table.as_bytes()).expect("valid");
        assert_eq!((items[0].label, items[1].accepted), (Some(false), false));
        let rows: Vec<PreferenceRow> =
            read_all("model,preference,len\n4,1.5,\n".as_bytes()).expect("valid");
        assert_eq!((rows[0].model.as_deref(), rows[0].len), (Some("4"), None));
        let met: Vec<Meeting> =
            read_all("model_a,model_b,count\nx,y,3\n".as_bytes()).expect("valid");
        assert_eq!(met[0].count, 3);
    }

    #[test]
    fn what_is_neither_is_refused() {
        let bad = |text: &str| read_all::<OneSidedItem>(text.as_bytes()).is_err();
        assert!(bad("accepted\nmaybe\n") && bad(r#"{"accepted":2}"#) && bad(r#"{"accepted":[]}"#));
        let bad = |text: &str| read_all::<Meeting>(text.as_bytes()).is_err();
        assert!(bad("model_a,model_b,count\nx,y,-3\n") && bad("model_a,model_b,count\nx,y,1.5\n"));
    }
}
