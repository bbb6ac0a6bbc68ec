//! What a user says after a good reply, and after a bad one. Our own wording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Things that a user may say next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUps {
    /// After a good reply.
    pub positive: Vec<String>,
    /// After a bad one.
    pub negative: Vec<String>,
}

type Wording = (&'static str, [&'static str; 3], [&'static str; 3]);

const ENGLISH: &[Wording] = &[
    (
        "understanding",
        [
            "You got exactly what I meant.",
            "Yes, that is what I was asking.",
            "You understood me well.",
        ],
        [
            "That is not what I asked.",
            "You misunderstood my question.",
            "No, I meant something else.",
        ],
    ),
    (
        "relevance",
        [
            "That is right on topic.",
            "This is just what I needed to know.",
            "Great, that answers it.",
        ],
        [
            "What does that have to do with it?",
            "That is off topic.",
            "Why are you telling me this?",
        ],
    ),
    (
        "correctness",
        ["Yes, that is correct.", "I checked, and you are right.", "That is true."],
        ["That is wrong.", "I checked, and that is not true.", "No, you made a mistake."],
    ),
    (
        "engagingness",
        ["This is so interesting!", "Wow, tell me more!", "I love talking with you."],
        ["This is boring.", "I do not want to talk any more.", "Can we stop here?"],
    ),
    (
        "informativeness",
        ["Thanks, I learned a lot.", "That is a lot of useful detail.", "Now I know all I need."],
        ["That tells me nothing new.", "Can you be more specific?", "This is far too vague."],
    ),
    (
        "following",
        [
            "You did just as I said.",
            "That is exactly the format I wanted.",
            "You kept to every point.",
        ],
        [
            "You did not do what I said.",
            "You ignored my instructions.",
            "That is not the format I wanted.",
        ],
    ),
];

/// Three follow-ups of each kind on each of six dimensions.
pub(super) fn english() -> BTreeMap<String, FollowUps> {
    let owned = |texts: &[&str; 3]| texts.iter().map(|text| (*text).to_owned()).collect();
    ENGLISH
        .iter()
        .map(|(dimension, positive, negative)| {
            let follow_ups = FollowUps { positive: owned(positive), negative: owned(negative) };
            ((*dimension).to_owned(), follow_ups)
        })
        .collect()
}
