//! Records that statistics read: ratings, rankings, labels, leaderboard rows.

use serde::{Deserialize, Serialize};

/// One rating of one item by one rater.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Who rated.
    pub rater_id: String,
    /// What was rated.
    pub item_id: String,
    /// The system that produced the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The criterion rated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The rating, on the criterion's scale.
    pub score: f64,
    /// Group of the rater or item, for breakdowns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Several responses to one prompt with graded labels (LiPO's ψ) and model scores (s).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListExample {
    /// What the responses answer.
    pub prompt: String,
    /// The responses.
    pub responses: Vec<String>,
    /// Graded relevance or quality of each, `[responses]`.
    pub labels: Vec<f64>,
    /// A model's score of each, `[responses]`, if there is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<f64>,
}

/// One rater's category for one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What was labelled.
    pub item_id: String,
    /// Who labelled.
    pub rater_id: String,
    /// The question asked.
    pub category: String,
    /// The answer given.
    pub value: String,
}

/// One cell of a leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreRow {
    /// The system.
    pub model: String,
    /// The benchmark or task.
    pub scenario: String,
    /// The score.
    pub score: f64,
    /// Where the number comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_round_trip() {
        let text = r#"{"rater_id":"r","item_id":"i","score":4.0,"group":"g"}"#;
        let rating: Rating = serde_json::from_str(text).expect("valid");
        assert_eq!(serde_json::to_string(&rating).expect("json"), text);
        let text = r#"{"prompt":"p","responses":["a","b"],"labels":[1.0,0.0]}"#;
        let list: ListExample = serde_json::from_str(text).expect("valid");
        assert_eq!(serde_json::to_string(&list).expect("json"), text);
    }
}
