//! Constraints in plain English, taken apart into checks.
//!
//! After the decompose step of Ferraz et al., "LLM self-correction with DeCRIM: decompose, critique,
//! and refine", 2024, by rules instead of by a model. A clause is read whole or not at all: one with a
//! word that no rule knows goes to the clauses that were not read.

mod clauses;
mod literal;
mod within;
mod words;

use serde::Serialize;
use serde_json::{Value, json};

use std::collections::HashMap;

use self::clauses::{Token, clauses, parts, tokens};
use self::literal::{listed, opening};
pub use self::within::find_constraints;
use self::words::{FILLERS, LANGUAGES, MARKS, NEGATIONS, lists, read_number};
use super::Check;

/// What a text of constraints came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Constraints {
    /// A check for each clause that was read, with the clause as its id.
    pub checks: Vec<Check>,
    /// The clauses that were not read, as they are written.
    pub unread: Vec<String>,
}

/// Bytes of the longest clause that is looked into, so that quotation marks without an end cost little.
const MAX_CLAUSE: usize = 1_000;

/// Takes `text` apart at commas, semicolons, full stops, line ends, "and" and "but", and reads each
/// clause: "no hashtags, at most 80 words, in a list of three".
///
/// Bounds of characters, words, sentences, paragraphs, lines, bullets, placeholders and highlights;
/// marks that are forbidden; phrases in quotes that must or must not occur, start or end the text, or
/// occur a number of times, and words after "the words" without quotes; how the text starts, if that has a
/// capital ("start with Dear"); letter case; languages; JSON, XML, HTML and SQL; lists.
pub fn read_constraints(text: &str) -> Constraints {
    let mut found = Constraints::default();
    let mut reader = Reader::default();
    for clause in clauses(text) {
        if clause.len() > MAX_CLAUSE {
            found.unread.push(clause.to_owned());
            continue;
        }
        if let Some(check) = reader.read(clause) {
            found.checks.push(check);
            continue;
        }
        // What does not read whole may be two clauses with "and" between them.
        for part in parts(clause) {
            match reader.read(part) {
                Some(check) => found.checks.push(check),
                None => found.unread.push(part.to_owned()),
            }
        }
    }
    found
}

/// Reads clauses, and keeps the checks that it built: a pattern costs more to compile than to use.
#[derive(Default)]
struct Reader {
    /// By what they ask for, without the clause that asks.
    built: HashMap<String, Option<Check>>,
}

impl Reader {
    /// The check of a clause of which every word is known.
    fn read(&mut self, clause: &str) -> Option<Check> {
        let value = read_clause(clause)?;
        // Bounds that nothing can meet leave the clause unread.
        let build = || Check::from_value(&value).ok();
        let mut check = self.built.entry(value.to_string()).or_insert_with(build).clone()?;
        clause.clone_into(&mut check.id);
        Some(check)
    }
}

/// Whether a clause reads whole.
fn reads(clause: &str) -> bool {
    read_clause(clause).is_some_and(|value| Check::from_value(&value).is_ok())
}

/// What a clause asks for of which every word is known, as a check without a name.
fn read_clause(clause: &str) -> Option<Value> {
    let tokens = tokens(clause);
    let quotes: Vec<&str> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Quote(text) if !text.trim().is_empty() => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let words: Vec<&str> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => word.as_str(),
            Token::Quote(_) => "\"",
        })
        .collect();
    if quotes.is_empty() {
        plain(&words).or_else(|| listed(&words)).or_else(|| opening(clause, &words))
    } else {
        quoting(&words, &quotes)
    }
}

/// A clause with phrases in quotes.
fn quoting(words: &[&str], quotes: &[&str]) -> Option<Value> {
    let mut said: Vec<&str> = Vec::new();
    let mut any = false;
    let mut at = None;
    for word in words {
        match *word {
            "\"" => at = at.or(Some(said.len())),
            "or" => any = true,
            word if lists(FILLERS, word) || matches!(word, "words" | "phrases" | "following") => {}
            word => said.push(word),
        }
    }
    let at = at?;
    let forbids = said.iter().any(|word| lists(NEGATIONS, word));
    match said.as_slice() {
        [] if any => Some(json!({"kind": "contains", "any": quotes})),
        [] => Some(json!({"kind": "contains", "all": quotes})),
        ["start" | "starts" | "begin" | "begins"] if at == 1 && (any || quotes.len() == 1) => {
            Some(json!({"kind": "starts_with", "phrases": quotes}))
        }
        ["end" | "ends" | "finish" | "finishes"] if at == 1 && (any || quotes.len() == 1) => {
            Some(json!({"kind": "ends_with", "phrases": quotes}))
        }
        [_] if forbids && at == 1 => Some(json!({"kind": "not_contains", "phrases": quotes})),
        [bound @ .., "time" | "times"] if at == 0 && quotes.len() == 1 => times(bound, quotes[0]),
        [bound @ .., "once"] if at == 0 && quotes.len() == 1 => {
            times(&[bound, &["1"]].concat(), quotes[0])
        }
        [bound @ .., "twice"] if at == 0 && quotes.len() == 1 => {
            times(&[bound, &["2"]].concat(), quotes[0])
        }
        _ => None,
    }
}

fn times(bound: &[&str], phrase: &str) -> Option<Value> {
    let bounds = read_bounds(bound)?;
    Some(bounded(json!({"kind": "occurrences", "phrase": phrase}), bounds))
}

/// A clause without quotes.
fn plain(words: &[&str]) -> Option<Value> {
    let forbids = words.iter().position(|word| lists(NEGATIONS, word));
    // "no more than" and "not fewer than" are bounds.
    let compares = |at: usize| {
        matches!(
            words.get(at + 1),
            Some(&("more" | "less" | "fewer" | "longer" | "shorter" | "exceed"))
        )
    };
    if let Some(at) = forbids.filter(|at| !compares(*at)) {
        let known = |word: &&&str| !lists(FILLERS, word) && **word != "any" && **word != "marks";
        // A filler that is forbidden is no filler.
        let (before, after) = (&words[..at], &words[at + 1..]);
        let what: Vec<&str> = after.iter().filter(known).copied().collect();
        return before.iter().all(|word| lists(FILLERS, word)).then(|| forbidden(&what))?;
    }
    let said: Vec<&str> = words.iter().filter(|word| !lists(FILLERS, word)).copied().collect();
    if let Some(value) = wanted(&said) {
        return Some(value);
    }
    // "words" comes last, or before "or fewer", "at most", "maximum" and the like.
    let unit = said.iter().rposition(|word| unit_of(word).is_some())?;
    // "bullet points" and "list items" are one unit.
    let named = unit > 0
        && matches!(said[unit], "point" | "points" | "item" | "items")
        && matches!(said[unit - 1], "bullet" | "list");
    let mut bound = said[..unit - usize::from(named)].to_vec();
    let end = unit + 1;
    match (&said[end..], bound.len()) {
        ([], _) => {}
        (["or", "fewer" | "less"] | ["at", "most"] | ["max" | "maximum" | "tops"], 1) => {
            bound.insert(0, "max");
        }
        (["or", "more"] | ["at", "least"] | ["min" | "minimum"], 1) => bound.insert(0, "min"),
        (["long"] | ["length"] | ["total"], _) => {}
        _ => return None,
    }
    let bounds = read_bounds(&bound)?;
    Some(bounded(unit_of(said[unit])?, bounds))
}

/// What a word counts.
fn unit_of(word: &str) -> Option<Value> {
    let length = |unit: &str| Some(json!({"kind": "length", "unit": unit}));
    match word {
        "character" | "characters" | "chars" | "letters" => length("characters"),
        "words" | "word" => length("words"),
        "sentence" | "sentences" => length("sentences"),
        "paragraph" | "paragraphs" => length("paragraphs"),
        "line" | "lines" => length("lines"),
        "bullet" | "bullets" | "item" | "items" | "point" | "points" => {
            Some(json!({"kind": "bullets"}))
        }
        "placeholder" | "placeholders" => Some(json!({"kind": "placeholders"})),
        "highlight" | "highlights" => Some(json!({"kind": "highlights"})),
        // Marks of several characters, which are counted whole.
        "hashtag" | "hashtags" | "link" | "links" | "url" | "urls" | "emoji" | "emojis"
        | "mention" | "mentions" | "handles" | "heading" | "headings" | "header" | "headers" => {
            let (_, pattern) = MARKS.iter().find(|(names, _)| lists(names, word))?;
            Some(json!({"kind": "regex", "pattern": pattern}))
        }
        _ => None,
    }
}

fn bounded(mut value: Value, (min, max): (Option<usize>, Option<usize>)) -> Value {
    if let Some(min) = min {
        value["min"] = json!(min);
    }
    if let Some(max) = max {
        value["max"] = json!(max);
    }
    value
}

/// Least and most of `at most 80`, `between 3 and 5`, `exactly two`.
fn read_bounds(words: &[&str]) -> Option<(Option<usize>, Option<usize>)> {
    let (number, before) = words.split_last()?;
    let n = read_number(number)?;
    Some(match before {
        [] | ["exactly" | "precisely"] => (Some(n), Some(n)),
        ["at", "most"]
        | ["no" | "not", "more" | "longer", "than"]
        | ["not", "exceed"]
        | ["max" | "maximum" | "within"]
        | ["up"] => (None, Some(n)),
        ["at", "least"]
        | ["no" | "not", "fewer" | "less" | "shorter", "than"]
        | ["min" | "minimum"] => (Some(n), None),
        ["fewer" | "less" | "shorter", "than"] | ["under" | "below"] => {
            (None, Some(n.checked_sub(1)?))
        }
        ["more" | "longer", "than"] | ["over" | "above"] => (Some(n.checked_add(1)?), None),
        ["between" | "from", low] | [low] => (Some(read_number(low)?), Some(n)),
        _ => return None,
    })
}

/// A form that is asked for.
fn wanted(said: &[&str]) -> Option<Value> {
    let assertion = |name: &str| json!({"kind": "assertion", "type": name});
    Some(match said {
        ["json"] | ["json", "format" | "object"] => json!({"kind": "json"}),
        ["xml"] | ["xml", "format"] => assertion("is-xml"),
        ["html"] | ["html", "format"] => assertion("is-html"),
        ["sql"] | ["sql", "query" | "format"] => assertion("is-sql"),
        ["lowercase"] | ["lower", "case"] | ["lowercase" | "small", "letters"] => {
            json!({"kind": "case", "case": "lower"})
        }
        ["uppercase" | "caps" | "capitals"]
        | ["upper", "case"]
        | ["uppercase" | "capital", "letters"] => {
            json!({"kind": "case", "case": "upper"})
        }
        ["double", "quotes" | "quotation"]
        | ["wrapped" | "wrap" | "enclosed", "double", "quotes"] => {
            json!({"kind": "quoted"})
        }
        ["title", "double", "angular", "brackets"] => json!({"kind": "title"}),
        ["list"]
        | ["bullet" | "bulleted" | "bullets", "list"]
        | ["bullets"]
        | ["bullet", "points"] => {
            json!({"kind": "bullets", "min": 1})
        }
        ["list" | "bullets", bound @ ..] | ["bulleted" | "bullet", "list", bound @ ..] => {
            let bound = match bound {
                [bound @ .., "items" | "points" | "bullets" | "entries"] => bound,
                bound => bound,
            };
            bounded(json!({"kind": "bullets"}), read_bounds(bound)?)
        }
        [language] => {
            let (_, code) = LANGUAGES.iter().find(|(name, _)| name == language)?;
            json!({"kind": "language", "language": code})
        }
        _ => return None,
    })
}

/// A mark that is forbidden.
fn forbidden(what: &[&str]) -> Option<Value> {
    let name = match what {
        ["comma" | "commas"] => return Some(json!({"kind": "no_commas"})),
        ["bullets" | "lists" | "list"] | ["bullet", "points" | "lists"] => {
            return Some(json!({"kind": "bullets", "max": 0}));
        }
        ["exclamation", "mark" | "points" | "point"] | ["exclamations"] => "exclamation",
        ["question", "mark"] | ["questions"] => "question",
        ["quotation" | "quote"] => "quotes",
        ["code"] | ["code", "block" | "blocks"] => "code",
        ["bold", "text"] => "bold",
        ["html", "tags"] => "html",
        [name] => name,
        _ => return None,
    };
    let (_, pattern) = MARKS.iter().find(|(names, _)| lists(names, name))?;
    Some(json!({"kind": "regex", "pattern": pattern, "absent": true}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, passing: &str, failing: &str) {
        let found = read_constraints(text);
        assert_eq!(found.unread, Vec::<String>::new(), "{text}");
        assert_eq!(found.checks.len(), 1, "{text}: {:?}", found.checks);
        let run = |response| found.checks[0].run(response);
        assert!(run(passing).passed, "{text}: {:?}", run(passing));
        assert!(!run(failing).passed, "{text}: {:?}", run(failing));
    }

    #[test]
    fn the_example_of_the_docs() {
        let found = read_constraints("no hashtags, at most 80 words, in a list of three");
        assert!(found.unread.is_empty(), "{:?}", found.unread);
        let ids: Vec<&str> = found.checks.iter().map(Check::id).collect();
        assert_eq!(ids, ["no hashtags", "at most 80 words", "in a list of three"]);
        let verdicts =
            |text: &str| found.checks.iter().map(|c| c.run(text).passed).collect::<Vec<_>>();
        assert_eq!(verdicts("- a\n- b\n- c"), [true, true, true]);
        assert_eq!(verdicts(&"#x ".repeat(81)), [false, false, false]);
    }

    #[test]
    fn bounds() {
        check("Use at most 3 words.", "a b c", "a b c d");
        check("no more than three words", "a b c", "a b c d");
        check("The response should be fewer than 3 words", "a b", "a b c");
        check("more than 2 words", "a b c", "a b");
        check("between 2 and 3 words", "a b", "a");
        check("2-3 words", "a b", "a b c d");
        check("exactly two sentences", "One. Two.", "One.");
        check("3 words or fewer", "a", "a b c d");
        check("2 paragraphs", "a\n\nb", "a");
        check("up to 1,000 characters", "a", &"a".repeat(1001));
        check("at least two bullet points", "- a\n- b", "- a");
    }

    #[test]
    fn phrases() {
        check("Include the words \"cat\" and \"dog\"", "a cat and a dog", "a cat");
        check("mention \"cat\", or \"dog\"", "a dog", "a cow");
        check("Do not use the word 'very'", "good", "very good");
        check("start with \"Dear Ms. Lee, hello\"", "Dear Ms. Lee, hello!", "Hello");
        check("it must end with “Bye”", "So. Bye", "Hello");
        check("mention \"cat\" at least twice", "cat cat", "cat");
        check("use \"cat\" exactly 3 times", "cat cat cat", "cat");
    }

    #[test]
    fn words_without_quotes() {
        check("avoid the words good and bad", "fine, goodness", "a Good day");
        check("avoid the words good and bad", "fine", "so bad");
        check("Do not use the words good, bad, or ugly.", "fine", "an ugly one");
        check("don't use the word very", "good", "very good");
        check("never say the word sorry", "fine", "Sorry!");
        check("avoid words like good, nice", "fine", "nice");
        check("avoid words such as good", "fine", "good");
        check("without the words: cat, dog", "a cow", "a dog");
        check("include the words cat and dog", "a cat and a dog", "a cat");
        check("mention the word cat or dog", "a dog", "a cow");
        check("avoid the phrase in conclusion", "So it ends.", "In conclusion, no.");
        check("start with Dear", " Dear Ms. Lee", "Hello Dear");
        check("Begin your response with Once upon a time", "Once upon a time, a", "A time");
        check("start with Dear or Hello", "Hello", "Bye");
        check("end with Sincerely", "Yours Sincerely", "Sincerely, Bob");
        check("start with the word Dear", "Dear Ms. Lee", "Hello");
        check("end with a question mark", "Is it?", "It is.");
        check("do not start with I", "It is", "I am");
        check("at most 2 hashtags", "#one #two", "#one #two #three");
        check("exactly one hashtag", "so #good", "#a #b");
        check("include 3 hashtags", "#a #b #c", "#a #b");
        check("no hashtags", "C# and 1#2 and #1 and a.b#c", "so #größer2");
        let found = read_constraints("no hashtags").checks[0].run("so #größer2");
        assert_eq!(found.suggestion.as_deref(), Some("Leave out `#größer2`."));
        let texts = |text: &str| {
            let found = read_constraints(text);
            let ids: Vec<String> = found.checks.iter().map(|check| check.id().to_owned()).collect();
            (ids, found.unread)
        };
        let list = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            texts("avoid the words good, bad, no commas, at most 80 words"),
            (list(&["avoid the words good, bad", "no commas", "at most 80 words"]), vec![])
        );
        assert_eq!(
            texts("avoid the word good and use at most 3 sentences"),
            (list(&["avoid the word good", "use at most 3 sentences"]), vec![])
        );
        assert_eq!(
            texts("start with Dear and end with Bye"),
            (list(&["start with Dear", "end with Bye"]), vec![])
        );
        for odd in
            ["avoid words longer than five letters", "start with a question", "avoid the words"]
        {
            assert_eq!(texts(odd), (vec![], list(&[odd])), "{odd}");
        }
    }

    #[test]
    fn forms() {
        check("no commas", "a b", "a, b");
        check("Don't use exclamation marks!", "a", "a!");
        check("avoid emojis", "a", "a 😀");
        check("without links", "a", "see https://a.example");
        check("no bullet points", "a", "- a");
        check("all lowercase", "a", "A");
        check(
            "in French",
            "Le chat est sur la table et il dort.",
            "The cat is on the table and it sleeps.",
        );
        check("as JSON".trim_start_matches("as "), "{}", "x");
    }

    #[test]
    fn what_is_not_read_is_listed() {
        let found = read_constraints("Be funny and use at most 5 words; never rhyme, no hashtags");
        assert_eq!(found.unread, ["Be funny", "never rhyme"]);
        assert_eq!(found.checks.len(), 2);
        for odd in
            ["between 5 and 3 words", "words", "about 50 words", "no", "at most words", "not \"a"]
        {
            let found = read_constraints(odd);
            assert!(found.checks.is_empty(), "{odd}: {:?}", found.checks);
            assert!(!found.unread.is_empty(), "{odd}");
        }
        assert_eq!(read_constraints(" ,; \n"), Constraints::default());
    }

    #[test]
    fn hostile_constraints_are_read_in_linear_time() {
        for piece in ["a", "\"", "'", "no ", " and ", ",", "“", "1"] {
            let text = piece.repeat(100_000);
            let found = read_constraints(&text);
            assert!(found.checks.len() <= 1, "{piece}");
        }
        // A pattern is compiled once.
        let found = read_constraints(&"no hashtags,avoid the words x and y;".repeat(500));
        assert_eq!(found.checks.len(), 1_000);
    }
}
