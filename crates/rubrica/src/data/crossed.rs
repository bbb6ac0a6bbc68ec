//! Crossed groups: sibling responses whose order turns round between two prompts, contexts or criteria.
//!
//! A judge that does not read the prompt orders half of their pairs, by construction. The text format is
//! one `@@` line a field:
//!
//! ```text
//! @@item DOMAIN
//! @@prompt
//! first prompt
//! @@prompt2
//! second prompt              (or @@context and @@context2, @@criterion and @@criterion2)
//! @@r 5 1.5
//! a response: 5 under the first side, 1.5 under the second
//! @@why
//! one sentence
//! ```

use std::fmt;

use rubrica_core::sha256_hex;
use serde_json::{Value, json};

/// One side of a group: what its responses are judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrossedSide {
    /// What the responses answer.
    pub prompt: String,
    /// What they should rest on.
    pub context: Option<String>,
    /// The question of the rating, with its level lines; helpfulness where there is none.
    pub criterion: Option<String>,
}

/// A response with its score on each side, from 1 to 5.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossedResponse {
    /// The response.
    pub text: String,
    /// Its scores.
    pub scores: [f64; 2],
    /// Why they are so.
    pub why: String,
}

/// Responses that are judged by two sides.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossedGroup {
    /// What it is about.
    pub domain: String,
    /// The two sides.
    pub sides: [CrossedSide; 2],
    /// Three to five responses.
    pub responses: Vec<CrossedResponse>,
    /// The line of its `@@item`, from 1.
    pub line: usize,
}

/// What is wrong in a file of groups, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossedProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

impl fmt::Display for CrossedProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Score from which a response is right on a side, and up to which it is wrong.
const RIGHT: f64 = 4.5;
const WRONG: f64 = 2.5;
/// What the mean of a response's two scores may be: a better one than all others on both sides would be
/// known without reading.
const MEANS: std::ops::RangeInclusive<f64> = 2.25..=4.25;

/// The groups of a text, and all that is wrong with it. A group with a problem is not among them.
pub fn read_crossed(text: &str) -> (Vec<CrossedGroup>, Vec<CrossedProblem>) {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut problems = Vec::new();
    let mut problem =
        |line: usize, message: String| problems.push(CrossedProblem { line, message });
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let Some(field) = line.strip_prefix("@@") else {
            match drafts.last_mut() {
                Some(draft) => draft.push(line),
                None if line.trim().is_empty() => {}
                None => problem(number, "text before the first @@item".into()),
            }
            continue;
        };
        let (key, rest) = field.trim().split_once(' ').unwrap_or((field.trim(), ""));
        if key == "item" {
            drafts.push(Draft { domain: rest.trim().to_owned(), line: number, ..Draft::default() });
            continue;
        }
        match drafts.last_mut() {
            None => problem(number, format!("@@{key} before the first @@item")),
            Some(draft) => {
                if let Err(message) = draft.field(key, rest) {
                    problem(number, message);
                }
            }
        }
    }
    let mut groups = Vec::new();
    for draft in drafts {
        let (line, group) = (draft.line, draft.finish());
        match group.and_then(|group| group.check().map(|()| group)) {
            Ok(group) => groups.push(group),
            Err(message) => problem(line, message),
        }
    }
    problems.sort_by_key(|p| p.line);
    (groups, problems)
}

/// A group as far as it has been read.
#[derive(Default)]
struct Draft {
    domain: String,
    line: usize,
    /// Fields of the sides by name, and the texts and reasons of the responses, in their order.
    fields: Vec<(Field, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Field {
    Prompt(usize),
    Context(usize),
    Criterion(usize),
    Response([f64; 2]),
    Why,
}

impl Draft {
    fn push(&mut self, line: &str) {
        if let Some((_, text)) = self.fields.last_mut() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }

    fn field(&mut self, key: &str, rest: &str) -> Result<(), String> {
        let (name, side) = key.strip_suffix('2').map_or((key, 0), |name| (name, 1));
        let field = match (name, side) {
            ("prompt", side) => Field::Prompt(side),
            ("context", side) => Field::Context(side),
            ("criterion", side) => Field::Criterion(side),
            ("why", 0) => Field::Why,
            ("r", 0) => {
                let scores: Vec<f64> =
                    rest.split_whitespace().filter_map(|s| s.parse().ok()).collect();
                let &[first, second] = scores.as_slice() else {
                    return Err(format!("@@r {rest}: expected two scores from 1 to 5"));
                };
                if ![first, second].iter().all(|s| (1.0..=5.0).contains(s)) {
                    return Err(format!("@@r {rest}: expected scores from 1 to 5"));
                }
                self.fields.push((Field::Response([first, second]), String::new()));
                return Ok(());
            }
            _ => {
                return Err(format!(
                    "@@{key}: unknown; expected item, prompt, context, criterion (each also with a 2), r or why"
                ));
            }
        };
        let repeated = self.fields.iter().any(|(f, _)| *f == field && field != Field::Why);
        if repeated {
            return Err(format!("@@{key} stands twice in the item of line {}", self.line));
        }
        self.fields.push((field, rest.to_owned()));
        Ok(())
    }

    fn finish(self) -> Result<CrossedGroup, String> {
        let text = |wanted: Field| {
            let found = self.fields.iter().find(|(field, _)| *field == wanted)?;
            let text = found.1.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let side = |of: fn(usize) -> Field, side: usize| match side {
            0 => text(of(0)),
            _ => text(of(1)).or_else(|| text(of(0))),
        };
        let sides = [0, 1].map(|k| {
            Some(CrossedSide {
                prompt: side(Field::Prompt, k)?,
                context: side(Field::Context, k),
                criterion: side(Field::Criterion, k),
            })
        });
        let [Some(first), Some(second)] = sides else {
            return Err("the item has no @@prompt".into());
        };
        let mut responses: Vec<CrossedResponse> = Vec::new();
        for (field, text) in &self.fields {
            match (field, responses.last_mut()) {
                (Field::Response(scores), _) => responses.push(CrossedResponse {
                    text: text.trim().to_owned(),
                    scores: *scores,
                    why: String::new(),
                }),
                (Field::Why, Some(response)) => response.why = text.trim().to_owned(),
                _ => {}
            }
        }
        Ok(CrossedGroup { domain: self.domain, sides: [first, second], responses, line: self.line })
    }
}

impl CrossedGroup {
    /// Whether the group keeps the rules, or which one it breaks.
    fn check(&self) -> Result<(), String> {
        let responses = &self.responses;
        if !(3..=5).contains(&responses.len()) {
            return Err(format!("{} responses; expected three to five", responses.len()));
        }
        if self.sides[0] == self.sides[1] {
            return Err(
                "both sides are the same; expected another prompt, context or criterion".into()
            );
        }
        for (index, response) in responses.iter().enumerate() {
            let number = index + 1;
            if response.text.is_empty() || response.why.is_empty() {
                return Err(format!("response {number} has no text or no @@why"));
            }
            let mean = response.scores.iter().sum::<f64>() / 2.0;
            if !MEANS.contains(&mean) {
                return Err(format!(
                    "response {number} has {mean} on average; expected {} to {}",
                    MEANS.start(),
                    MEANS.end()
                ));
            }
        }
        for side in 0..2 {
            let turns =
                |r: &CrossedResponse| r.scores[side] >= RIGHT && r.scores[1 - side] <= WRONG;
            if !responses.iter().any(turns) {
                return Err(format!(
                    "no response is right on side {} alone; expected {RIGHT} or more there and {WRONG} or less on the other",
                    side + 1
                ));
            }
        }
        let lengths = || responses.iter().map(|r| r.text.chars().count());
        let (shortest, longest) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
        if longest as f64 > 2.2 * shortest as f64 + 40.0 {
            return Err(format!(
                "responses of {shortest} to {longest} characters; expected about the same length"
            ));
        }
        Ok(())
    }

    fn hash(&self) -> String {
        let first = self.responses.first().map_or("", |r| &r.text);
        sha256_hex(format!("{}{first}", self.sides[0].prompt).as_bytes())
    }

    /// Whether the group is kept for measuring: one in ten, by a hash of its text.
    pub fn is_held_out(&self) -> bool {
        let digits = self.hash();
        let rest = digits.chars().filter_map(|c| c.to_digit(16)).fold(0, |r, d| (r * 16 + d) % 10);
        rest == 0
    }

    /// Its pairs, as rows of `pairwise`: those that differ in score on a side, with the context behind the
    /// prompt. A group whose criteria differ has none, as a preference names no criterion.
    pub fn pairs(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        if self.sides[0].criterion != self.sides[1].criterion {
            return rows;
        }
        let group = &self.hash()[..10];
        for (k, side) in self.sides.iter().enumerate() {
            for (i, a) in self.responses.iter().enumerate() {
                for (j, b) in self.responses.iter().enumerate().take(i) {
                    if a.scores[k] != b.scores[k] {
                        // The order of a pair must say nothing either.
                        let (a, b) = if (i + j + k) % 2 == 0 { (a, b) } else { (b, a) };
                        rows.push(json!({
                            "id": format!("crossed:{group}-{k}:{j}{i}"), "source": "crossed_own", "group": group,
                            "domain": self.domain, "prompt": with_context(side), "a": a.text, "b": b.text,
                            "label": if a.scores[k] > b.scores[k] { "a" } else { "b" },
                            "score_a": a.scores[k], "score_b": b.scores[k], "in_domain": true,
                        }));
                    }
                }
            }
        }
        rows
    }

    /// Its ratings, as rows of `rubric`.
    pub fn ratings(&self) -> Vec<Value> {
        let group = &self.hash()[..10];
        let mut rows = Vec::new();
        for (k, side) in self.sides.iter().enumerate() {
            let criterion = side.criterion.as_deref().unwrap_or(HELPFULNESS);
            let (question, levels) = criterion.split_once('\n').unwrap_or((criterion, ""));
            let levels: Vec<&str> = levels
                .lines()
                .filter_map(|line| line.split_once(':').map(|(_, text)| text.trim()))
                .collect();
            for (index, response) in self.responses.iter().enumerate() {
                rows.push(json!({
                    "id": format!("crossed:{group}-{k}:{index}"), "source": "crossed_own", "group": group,
                    "domain": self.domain, "instruction": with_context(side), "response": response.text,
                    "criteria": question.trim(), "score_descriptions": levels, "score": response.scores[k],
                    "min": 1, "max": 5, "doc": format!("{group}-{k}"), "in_domain": true,
                }));
            }
        }
        rows
    }
}

/// The criterion of a group that names none.
const HELPFULNESS: &str = "Helpfulness: does the response do what was asked, right and specific?";

fn with_context(side: &CrossedSide) -> String {
    match &side.context {
        Some(context) => format!("{}\n\n{context}", side.prompt),
        None => side.prompt.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "@@item maths
@@prompt
A jacket of 80 is reduced by a quarter. What do I pay?
@@prompt2
A jacket of 80 goes up by a quarter. What do I pay?
@@r 5 1.5
You pay 60 at the till.
@@why 80 less 20
@@r 1.5 5
You pay 100 at the till.
@@why 80 and 20
@@r 2.5 2.5
It changes by 20 at the till.
@@why evades
";

    #[test]
    fn a_group_has_two_sides_and_turns_round() {
        let (groups, problems) = read_crossed(GROUP);
        assert_eq!(problems, []);
        let group = &groups[0];
        assert_eq!((group.domain.as_str(), group.responses.len(), group.line), ("maths", 3, 1));
        assert_eq!(group.responses[1].why, "80 and 20");
        let pairs = group.pairs();
        assert_eq!(pairs.len(), 6);
        let better = |row: &Value| {
            let side = if row["label"] == "a" { "a" } else { "b" };
            row[side].as_str().map(str::to_owned)
        };
        // What is right on one side is wrong on the other, so a judge of responses alone gets half.
        let wins = |text: &str| pairs.iter().filter(|r| better(r).as_deref() == Some(text)).count();
        assert_eq!(wins("You pay 60 at the till."), 2);
        assert_eq!(wins("You pay 100 at the till."), 2);
        assert_eq!(group.ratings().len(), 6);
    }

    #[test]
    fn problems_name_their_line() {
        let cases = [
            ("@@r 5 1.5", "@@r 5", "line 6: @@r 5: expected two scores"),
            ("@@r 5 1.5", "@@r 5 9", "expected scores from 1 to 5"),
            ("@@r 5 1.5", "@@r 5 5", "has 5 on average"),
            ("@@prompt2", "@@promt2", "line 4: @@promt2: unknown"),
            ("@@why evades", "", "response 3 has no text or no @@why"),
            ("@@r 1.5 5", "@@r 2.5 3", "right on side 2 alone"),
            ("@@item maths", "", "before the first @@item"),
        ];
        for (old, new, want) in cases {
            let (groups, problems) = read_crossed(&GROUP.replace(old, new));
            let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert!(text.join("; ").contains(want), "{new}: {text:?}");
            assert!(groups.is_empty(), "{new}");
        }
        let (_, problems) = read_crossed(&GROUP.replace("goes up by", "is reduced by"));
        assert!(problems[0].message.starts_with("both sides are the same"));
    }

    #[test]
    fn hostile_text_is_told_and_does_not_panic() {
        for text in ["@@", "@@item", "@@item x\n@@r NaN 5\n", "@@r\n@@why", "\u{feff}@@item"] {
            let (groups, problems) = read_crossed(text);
            assert!(groups.is_empty() && !problems.is_empty(), "{text:?}");
        }
        assert_eq!(read_crossed(""), (Vec::new(), Vec::new()));
    }
}
