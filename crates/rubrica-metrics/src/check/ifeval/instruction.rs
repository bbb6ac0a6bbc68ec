//! One instruction: its id, its arguments, and what it asks for.

use regex::Regex;
use rubrica_core::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::arguments::{Arguments, Bound, pattern};
use super::{count, loose_variants, punkt};
use crate::check::Requirement;
use crate::check::language::detect_language;
use crate::check::outcome::{Outcome, quoted};

/// An instruction of IFEval.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Instruction {
    instruction: String,
    kwargs: Map<String, Value>,
    loose: bool,
    #[serde(skip)]
    rule: Rule,
}

/// As it is written in a list of checks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    instruction: String,
    #[serde(default)]
    kwargs: Map<String, Value>,
    #[serde(default)]
    loose: bool,
}

impl TryFrom<Written> for Instruction {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self> {
        Ok(Self { loose: written.loose, ..Self::new(&written.instruction, &written.kwargs)? })
    }
}

impl PartialEq for Instruction {
    fn eq(&self, other: &Self) -> bool {
        (&self.instruction, &self.kwargs, self.loose)
            == (&other.instruction, &other.kwargs, other.loose)
    }
}

#[derive(Debug, Clone)]
enum Rule {
    Keywords(Vec<Regex>),
    KeywordFrequency(Regex, Bound),
    ForbiddenWords(Vec<Regex>),
    LetterFrequency(char, Bound),
    Language(String),
    Sentences(Bound),
    Paragraphs(usize),
    Words(Bound),
    FirstWord { paragraphs: usize, nth: usize, word: String },
    Placeholders(usize),
    Postscript(Regex),
    Bullets(usize),
    ConstrainedResponse,
    Highlights(usize),
    Sections(Regex, usize),
    Json,
    Title,
    TwoResponses,
    RepeatPrompt(String),
    End(String),
    CapitalWords(Bound),
    EnglishCapital,
    EnglishLowercase,
    NoComma,
    Quotation,
}

impl Instruction {
    /// The ids of all instructions.
    pub const IDS: &'static [&'static str] = &[
        "change_case:capital_word_frequency",
        "change_case:english_capital",
        "change_case:english_lowercase",
        "combination:repeat_prompt",
        "combination:two_responses",
        "detectable_content:number_placeholders",
        "detectable_content:postscript",
        "detectable_format:constrained_response",
        "detectable_format:json_format",
        "detectable_format:multiple_sections",
        "detectable_format:number_bullet_lists",
        "detectable_format:number_highlighted_sections",
        "detectable_format:title",
        "keywords:existence",
        "keywords:forbidden_words",
        "keywords:frequency",
        "keywords:letter_frequency",
        "language:response_language",
        "length_constraints:nth_paragraph_first_word",
        "length_constraints:number_paragraphs",
        "length_constraints:number_sentences",
        "length_constraints:number_words",
        "punctuation:no_comma",
        "startend:end_checker",
        "startend:quotation",
    ];

    /// The instruction `id` with its arguments; `null` arguments count as missing.
    ///
    /// # Errors
    /// [`Error::Unknown`] for an id that there is not; [`Error::Invalid`] with the name of an argument
    /// that is missing, wrong, or not of this instruction.
    pub fn new(id: &str, kwargs: &Map<String, Value>) -> Result<Self> {
        let mut arguments = Arguments::new(kwargs);
        let rule = Rule::read(id, &mut arguments)?;
        arguments.finish()?;
        Ok(Self { instruction: id.to_owned(), kwargs: kwargs.clone(), loose: false, rule })
    }

    /// Such as `punctuation:no_comma`.
    pub fn id(&self) -> &str {
        &self.instruction
    }

    /// Whether `response`, as it is, follows the instruction. An empty one follows nothing.
    pub fn is_followed(&self, response: &str) -> bool {
        !count::strip(response).is_empty() && self.rule.holds(response)
    }
}

impl Requirement for Instruction {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn run(&self, text: &str) -> Outcome {
        let followed = if self.loose {
            loose_variants(text).iter().any(|variant| self.is_followed(variant))
        } else {
            self.is_followed(text)
        };
        let wish = self.rule.wish();
        let verb = if followed { "follows" } else { "does not follow" };
        Outcome::when(followed, format!("the text {verb} {}: {wish}", quoted(&self.instruction)))
            .suggest(format!("Give {wish}."))
    }
}

impl Rule {
    fn read(id: &str, arguments: &mut Arguments<'_>) -> Result<Self> {
        Ok(match id {
            "keywords:existence" => Self::Keywords(arguments.keywords("keywords")?),
            "keywords:frequency" => {
                let keyword = arguments.keyword("keyword")?;
                Self::KeywordFrequency(keyword, arguments.bound("relation", "frequency")?)
            }
            "keywords:forbidden_words" => {
                Self::ForbiddenWords(arguments.keywords("forbidden_words")?)
            }
            "keywords:letter_frequency" => {
                let letter = arguments.letter("letter")?;
                let letter = letter.to_lowercase().next().unwrap_or(letter);
                Self::LetterFrequency(letter, arguments.bound("let_relation", "let_frequency")?)
            }
            "language:response_language" => Self::Language(arguments.text("language")?.to_owned()),
            "length_constraints:number_sentences" => {
                Self::Sentences(arguments.bound("relation", "num_sentences")?)
            }
            "length_constraints:number_paragraphs" => {
                Self::Paragraphs(arguments.count("num_paragraphs")?)
            }
            "length_constraints:number_words" => {
                Self::Words(arguments.bound("relation", "num_words")?)
            }
            "length_constraints:nth_paragraph_first_word" => {
                let paragraphs = arguments.count("num_paragraphs")?;
                let nth = arguments.count("nth_paragraph")?;
                if nth == 0 || nth > paragraphs {
                    let expected = format!("1 to num_paragraphs, {paragraphs}");
                    return Err(Error::invalid("nth_paragraph", format!("is {nth}"), expected));
                }
                let word = arguments.text("first_word")?.to_lowercase();
                Self::FirstWord { paragraphs, nth, word }
            }
            "detectable_content:number_placeholders" => {
                Self::Placeholders(arguments.count("num_placeholders")?)
            }
            "detectable_content:postscript" => {
                Self::Postscript(postscript(arguments.text("postscript_marker")?)?)
            }
            "detectable_format:number_bullet_lists" => {
                Self::Bullets(arguments.count("num_bullets")?)
            }
            "detectable_format:constrained_response" => Self::ConstrainedResponse,
            "detectable_format:number_highlighted_sections" => {
                Self::Highlights(arguments.count("num_highlights")?)
            }
            "detectable_format:multiple_sections" => {
                let marker = sections(arguments.text("section_spliter")?)?;
                Self::Sections(marker, arguments.count("num_sections")?)
            }
            "detectable_format:json_format" => Self::Json,
            "detectable_format:title" => Self::Title,
            "combination:two_responses" => Self::TwoResponses,
            "combination:repeat_prompt" => {
                let prompt = arguments.text("prompt_to_repeat")?;
                Self::RepeatPrompt(count::strip(prompt).to_lowercase())
            }
            "startend:end_checker" => {
                Self::End(count::strip(arguments.text("end_phrase")?).to_lowercase())
            }
            "change_case:capital_word_frequency" => {
                Self::CapitalWords(arguments.bound("capital_relation", "capital_frequency")?)
            }
            "change_case:english_capital" => Self::EnglishCapital,
            "change_case:english_lowercase" => Self::EnglishLowercase,
            "punctuation:no_comma" => Self::NoComma,
            "startend:quotation" => Self::Quotation,
            _ => {
                return Err(Error::Unknown {
                    path: String::new(),
                    what: "instruction",
                    name: id.to_owned(),
                    known: Instruction::IDS.join(", "),
                });
            }
        })
    }

    fn holds(&self, text: &str) -> bool {
        let is_language =
            |language: &str| detect_language(text).is_none_or(|found| found == language);
        match self {
            Self::Keywords(keywords) => keywords.iter().all(|keyword| keyword.is_match(text)),
            Self::KeywordFrequency(keyword, bound) => bound.holds(keyword.find_iter(text).count()),
            Self::ForbiddenWords(words) => !words.iter().any(|word| count::has_word(word, text)),
            Self::LetterFrequency(letter, bound) => {
                bound.holds(text.to_lowercase().matches(*letter).count())
            }
            Self::Language(language) => is_language(language),
            Self::Sentences(bound) => bound.holds(punkt::sentences(text).len()),
            Self::Paragraphs(wanted) => count::starred_paragraphs(text) == Some(*wanted),
            Self::Words(bound) => bound.holds(count::words(text)),
            Self::FirstWord { paragraphs, nth, word } => {
                let (found, first) = count::first_word(text, *nth);
                found == *paragraphs && first.is_some_and(|first| first == *word)
            }
            Self::Placeholders(least) => count::placeholders(text) >= *least,
            Self::Postscript(marker) => marker.is_match(&text.to_lowercase()),
            Self::Bullets(wanted) => count::bullets(text) == *wanted,
            Self::ConstrainedResponse => ["yes", "no", "maybe"]
                .iter()
                .any(|answer| text.contains(&format!("My answer is {answer}."))),
            Self::Highlights(least) => count::highlights(text) >= *least,
            Self::Sections(marker, least) => marker.find_iter(text).count() >= *least,
            Self::Json => count::is_json(text),
            Self::Title => count::has_title(text),
            Self::TwoResponses => count::is_two_responses(text),
            Self::RepeatPrompt(prompt) => {
                count::strip(text).to_lowercase().starts_with(prompt.as_str())
            }
            Self::End(phrase) => {
                let body = count::strip(text).trim_matches('"').to_lowercase();
                body.ends_with(phrase.as_str())
            }
            Self::CapitalWords(bound) => bound.holds(count::capital_words(text)),
            Self::EnglishCapital => count::is_upper(text) && is_language("en"),
            Self::EnglishLowercase => count::is_lower(text) && is_language("en"),
            Self::NoComma => !text.contains(','),
            Self::Quotation => {
                let body = count::strip(text);
                body.len() > 1 && body.starts_with('"') && body.ends_with('"')
            }
        }
    }

    /// What is asked for, as a noun phrase.
    fn wish(&self) -> String {
        let list = |words: &[Regex]| {
            let words: Vec<String> = words.iter().map(|word| quoted(word.as_str())).collect();
            words.join(", ")
        };
        match self {
            Self::Keywords(words) => format!("a text with {}", list(words)),
            Self::KeywordFrequency(word, bound) => {
                bound.of(&format!("times {}", quoted(word.as_str())))
            }
            Self::ForbiddenWords(words) => format!("a text without {}", list(words)),
            Self::LetterFrequency(letter, bound) => bound.of(&format!("times `{letter}`")),
            Self::Language(language) => format!("a text in the language `{language}`"),
            Self::Sentences(bound) => bound.of("sentences"),
            Self::Paragraphs(count) => format!("{count} paragraphs with `***` between them"),
            Self::Words(bound) => bound.of("words"),
            Self::FirstWord { paragraphs, nth, word } => {
                format!(
                    "{paragraphs} paragraphs, of which number {nth} starts with {}",
                    quoted(word)
                )
            }
            Self::Placeholders(count) => format!("at least {count} placeholders such as `[name]`"),
            Self::Postscript(_) => "a postscript with its marker".into(),
            Self::Bullets(count) => format!("exactly {count} bullet points"),
            Self::ConstrainedResponse => {
                "`My answer is yes.`, `My answer is no.` or `My answer is maybe.`".into()
            }
            Self::Highlights(count) => format!("at least {count} highlights such as `*this*`"),
            Self::Sections(_, count) => format!("at least {count} sections with their marker"),
            Self::Json => "JSON and nothing else".into(),
            Self::Title => "a title such as `<<title>>`".into(),
            Self::TwoResponses => "two different responses with `******` between them".into(),
            Self::RepeatPrompt(_) => "the request word for word, and then the answer".into(),
            Self::End(phrase) => format!("a text that ends with {}", quoted(phrase)),
            Self::CapitalWords(bound) => bound.of("words in capitals"),
            Self::EnglishCapital => "an English text in capitals".into(),
            Self::EnglishLowercase => "an English text in small letters".into(),
            Self::NoComma => "a text without commas".into(),
            Self::Quotation => "a text in double quotes".into(),
        }
    }
}

/// What finds a postscript in small letters.
fn postscript(marker: &str) -> Result<Regex> {
    let space = count::SPACE;
    let text = match count::strip(marker) {
        "P.P.S" => format!(r"p\.{space}?p\.{space}?s"),
        "P.S." => format!(r"p\.{space}?s\."),
        other => other.to_lowercase(),
    };
    pattern(&text)
        .ok_or_else(|| Error::invalid("postscript_marker", "is too large", "a shorter one"))
}

/// What finds the head of a section: the marker and a number.
fn sections(marker: &str) -> Result<Regex> {
    let space = count::SPACE;
    let after = |marker: &str| Regex::new(&format!(r"{space}?{marker}{space}?\d+{space}?"));
    let marker = count::strip(marker);
    after(marker)
        .or_else(|_| after(&regex::escape(marker)))
        .map_err(|_| Error::invalid("section_spliter", "is too large", "a shorter one"))
}
