//! Rows of votes of principles on comparisons, as the `principles` report reads them.

use std::collections::BTreeMap;

use rubrica_core::Preference;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::principle_features;
use super::principle_vote::PrincipleVote;
use crate::records::{name, optional_name};

/// Votes on one comparison: a row has one principle with its vote, `votes` of several, or the two
/// responses and which is preferred, on which principles vote whose features can be counted (longer,
/// more list items, more hedges, ...).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "VoteRow")]
pub struct VotedComparison {
    /// The comparison.
    pub comparison_id: String,
    /// Which vote it is, where principles vote on a comparison more than once.
    pub seed: Option<String>,
    /// What each principle says.
    pub votes: BTreeMap<String, PrincipleVote>,
}

#[derive(Deserialize)]
struct VoteRow {
    #[serde(alias = "comparisonId", alias = "comparison", deserialize_with = "name")]
    comparison_id: String,
    #[serde(default, deserialize_with = "optional_name")]
    seed: Option<String>,
    #[serde(default, deserialize_with = "optional_name")]
    principle: Option<String>,
    #[serde(default, deserialize_with = "given")]
    vote: Option<PrincipleVote>,
    #[serde(default)]
    votes: Option<BTreeMap<String, PrincipleVote>>,
    #[serde(default, alias = "text_a", alias = "responseA", alias = "response_A")]
    response_a: Option<String>,
    #[serde(default, alias = "text_b", alias = "responseB", alias = "response_B")]
    response_b: Option<String>,
    #[serde(default, alias = "preference", alias = "winner")]
    label: Option<Preference>,
}

impl VoteRow {
    /// The votes of features, for a row with responses.
    fn counted(&self) -> Result<Option<BTreeMap<String, PrincipleVote>>, &'static str> {
        match (&self.response_a, &self.response_b, self.label) {
            (Some(a), Some(b), Some(label)) => Ok(Some(principle_features::votes([a, b], label))),
            (None, None, None) => Ok(None),
            _ => Err("has a part of a comparison; expected response_a, response_b and label"),
        }
    }
}

/// A vote that is there: null is one.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PrincipleVote>, D::Error> {
    PrincipleVote::deserialize(deserializer).map(Some)
}

impl TryFrom<VoteRow> for VotedComparison {
    type Error = &'static str;

    fn try_from(row: VoteRow) -> Result<Self, &'static str> {
        let counted = row.counted()?;
        let votes = match (counted, row.principle, row.vote, row.votes) {
            (Some(counted), None, None, None) => counted,
            (Some(_), ..) => return Err("has votes beside its responses; expected one of the two"),
            (None, Some(principle), Some(vote), None) => BTreeMap::from([(principle, vote)]),
            (None, None, None, Some(votes)) => votes,
            (None, Some(_), None, None) => {
                return Err("has a principle without `vote`; expected both");
            }
            (None, None, Some(_), None) => {
                return Err("has a vote without `principle`; expected both");
            }
            (None, None, None, None) => {
                return Err("has no votes; expected principle and vote, votes by principle, or \
                            response_a, response_b and label");
            }
            _ => return Err("has `votes` beside principle or vote; expected one of the two"),
        };
        if votes.keys().any(|principle| principle.trim().is_empty()) {
            return Err("has a principle that is blank; expected its text or name");
        }
        Ok(Self { comparison_id: row.comparison_id, seed: row.seed, votes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::read_all;
    use PrincipleVote::{Agree, Both, Disagree, Invalid, Neither, NotApplicable};

    fn read(text: &str) -> Result<Vec<VotedComparison>, String> {
        read_all(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn one_vote_or_several_a_row() {
        let table = "comparison_id,principle,vote,seed\n7,p,agree,\n7,q,True,2\n";
        let lines = "{\"comparison_id\":7,\"principle\":\"p\",\"vote\":true}\n\
            {\"comparison\":\"7\",\"votes\":{\"q\":\"Agree\"},\"seed\":2}\n";
        let found = read(table).expect("valid");
        assert_eq!(found, read(lines).expect("valid"));
        assert_eq!((found[1].comparison_id.as_str(), found[1].seed.as_deref()), ("7", Some("2")));
        // What is written is read again.
        let written = serde_json::to_string(&found).expect("JSON");
        assert_eq!(read(&written).expect("valid"), found);
    }

    #[test]
    fn votes_in_all_their_words() {
        let row = r#"{"comparison_id":1,"votes":{"a":"for","b":false,"c":"Both","d":"neither","e":null,
            "f":"Not applicable","g":"invalid","h":"not-applicable"}}"#;
        let found = read(&format!("[{row}]")).expect("valid");
        let votes: Vec<PrincipleVote> = found[0].votes.values().copied().collect();
        let expected =
            [Agree, Disagree, Both, Neither, NotApplicable, NotApplicable, Invalid, NotApplicable];
        assert_eq!(votes, expected);
        let null = read(r#"{"comparison_id":1,"principle":"p","vote":null}"#).expect("a vote");
        assert_eq!(null[0].votes["p"], NotApplicable);
    }

    #[test]
    fn responses_vote_by_what_can_be_counted() {
        let line =
            r#"{"comparison_id":1,"text_a":"Short.","text_b":"- longer, perhaps","label":"B"}"#;
        let table = "comparison_id,response_a,response_b,label\n1,Short.,\"- longer, perhaps\",B\n";
        let found = read(line).expect("valid");
        assert_eq!(found, read(table).expect("valid"));
        let votes = &found[0].votes;
        assert_eq!(votes["has more list items"], Agree);
        assert_eq!((votes["is longer"], votes["is shorter"]), (Agree, Disagree));
        assert_eq!(votes["has more headings"], NotApplicable);
    }

    #[test]
    fn what_is_no_vote_is_told() {
        for (row, what) in [
            (r#"{"comparison_id":1,"principle":"p","vote":"maybe"}"#, "\"maybe\"; expected agree"),
            (r#"{"comparison_id":1,"principle":"p","vote":1}"#, "the vote is 1"),
            (r#"{"comparison_id":1,"votes":{"p":[]}}"#, "the vote is []"),
            (r#"{"comparison_id":1,"principle":"p"}"#, "without `vote`"),
            (r#"{"comparison_id":1,"vote":true}"#, "without `principle`"),
            (r#"{"comparison_id":1}"#, "no votes"),
            (r#"{"comparison_id":1,"response_a":"a","label":"A"}"#, "response_b"),
            (r#"{"comparison_id":1,"response_a":"a","response_b":"b","label":"C"}"#, "`C`"),
            (
                r#"{"comparison_id":1,"response_a":"a","response_b":"b","label":"A","votes":{}}"#,
                "beside its responses",
            ),
            (r#"{"comparison_id":1,"vote":true,"votes":{}}"#, "beside"),
            (r#"{"comparison_id":1,"votes":{" ":true}}"#, "blank"),
            (r#"{"principle":"p","vote":true}"#, "comparison_id"),
        ] {
            let error = read(row).expect_err(row);
            assert!(error.contains("line 1") && error.contains(what), "{error}");
        }
    }
}
