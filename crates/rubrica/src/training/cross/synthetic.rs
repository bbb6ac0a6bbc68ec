//! Examples that are made: what nobody has to label.

use std::collections::BTreeSet;

use rubrica_core::{Criterion, Preference, Scale};
use rubrica_metrics::text::sentence_texts;
use rubrica_stats::rng::Rng;

use super::claims::changed;
use super::{CrossRecipe, Synthetic};
use crate::data::{LabelledPair, LabelledRating, LabelledSupport, Shape, Support};

/// Rows that were made.
pub(super) struct Made {
    pub(super) pairs: Vec<LabelledPair>,
    pub(super) ratings: Vec<LabelledRating>,
    pub(super) support: Vec<LabelledSupport>,
}

/// Makes what `recipe` asks for out of the rows that were taken.
pub(super) fn examples(
    ratings: &[(&LabelledRating, f32)],
    pairs: &[(&LabelledPair, f32)],
    support: &[(&LabelledSupport, f32)],
    recipe: &CrossRecipe,
) -> Made {
    let mut rng = Rng::seeded(recipe.fit.seed ^ 0x5eed);
    let wanted = &recipe.synthetic;
    let mut made = Made { pairs: Vec::new(), ratings: Vec::new(), support: Vec::new() };
    made.pairs = preferences(pairs, wanted, &mut rng);
    if !ratings.is_empty() {
        for _ in 0..wanted.mismatched_ratings {
            let row = ratings[rng.below(ratings.len())].0;
            let other = ratings[rng.below(ratings.len())].0;
            if other.group != row.group {
                let response = other.response.clone();
                let score = row.criterion.scale.min;
                made.ratings.push(LabelledRating { response, score, ..row.clone() });
            }
        }
    }
    made.ratings.extend(helpfulness(pairs, wanted.helpfulness_ratings, &mut rng));
    let texts: Vec<&str> = ratings.iter().map(|(row, _)| row.response.as_str()).collect();
    made.ratings.extend(fluency(&texts, wanted.fluency_ratings, &mut rng));
    let contexts: Vec<&LabelledSupport> =
        support.iter().map(|(row, _)| *row).filter(|row| !row.context.is_empty()).collect();
    for number in 0..if contexts.is_empty() { 0 } else { wanted.claims } {
        let row = contexts[rng.below(contexts.len())];
        let sentences: Vec<&str> = sentence_texts(&row.context)
            .into_iter()
            .filter(|s| (30..400).contains(&s.len()))
            .collect();
        if sentences.is_empty() {
            continue;
        }
        let claim = sentences[rng.below(sentences.len())];
        let (response, label) = if number % 2 == 0 {
            (claim.to_owned(), Support::Supported)
        } else {
            match changed(claim, &row.context, &mut rng) {
                Some(claim) => (claim, Support::Not),
                None => continue,
            }
        };
        made.support.push(LabelledSupport {
            source: "synthetic".into(),
            question: String::new(),
            response,
            support: label,
            unsupported: Vec::new(),
            ..row.clone()
        });
    }
    let rows: Vec<&LabelledSupport> = contexts.into_iter().chain(&made.support).collect();
    made.ratings.extend(consistency(&rows, wanted.consistency_ratings, &mut rng));
    made
}

/// Pairs whose worse side is made.
fn preferences(
    pairs: &[(&LabelledPair, f32)],
    wanted: &Synthetic,
    rng: &mut Rng,
) -> Vec<LabelledPair> {
    let mut made = Vec::new();
    if pairs.is_empty() {
        return made;
    }
    let words: Vec<BTreeSet<String>> = pairs.iter().map(|(row, _)| content(&row.prompt)).collect();
    let total = wanted.mismatched_pairs + wanted.neighbour_pairs + wanted.spoilt_pairs;
    for number in 0..total {
        let index = rng.below(pairs.len());
        let row = pairs[index].0;
        let good = better(row);
        let other = if number < wanted.mismatched_pairs {
            rng.below(pairs.len())
        } else {
            neighbour(index, pairs, &words, rng)
        };
        let other = pairs[other].0;
        if other.group == row.group {
            continue;
        }
        let bad = if number < wanted.mismatched_pairs + wanted.neighbour_pairs {
            better(other).to_owned()
        } else {
            spoilt(row, better(other), number % 5, rng)
        };
        if bad.trim() == good.trim() || bad.trim().is_empty() {
            continue;
        }
        let first = rng.below(2) == 0;
        let good = good.to_owned();
        made.push(LabelledPair {
            responses: if first { [good, bad] } else { [bad, good] },
            label: if first { Preference::A } else { Preference::B },
            ..row.clone()
        });
    }
    made
}

/// Prompts that a neighbour is looked for among.
const CANDIDATES: usize = 300;

/// The pair whose prompt shares the largest part of its words with that of `index`, out of some.
fn neighbour(
    index: usize,
    pairs: &[(&LabelledPair, f32)],
    words: &[BTreeSet<String>],
    rng: &mut Rng,
) -> usize {
    let candidates: Vec<usize> = (0..CANDIDATES).map(|_| rng.below(pairs.len())).collect();
    let near = |&i: &usize| {
        let shared = words[index].intersection(&words[i]).count();
        shared as f64 / (1 + words[index].union(&words[i]).count()) as f64
    };
    let of_others = candidates.iter().filter(|i| pairs[**i].0.group != pairs[index].0.group);
    of_others.copied().max_by(|a, b| near(a).total_cmp(&near(b))).unwrap_or(index)
}

/// The longer words of the start of a text.
fn content(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 3)
        .take(40)
        .map(str::to_lowercase)
        .collect()
}

/// The better response of a pair made worse in one of five ways.
fn spoilt(row: &LabelledPair, other: &str, way: usize, rng: &mut Rng) -> String {
    let text = better(row);
    let mut sentences = sentence_texts(text);
    match way {
        0 => shuffled(text, rng),
        1 => {
            let strange = sentence_texts(other);
            for _ in 0..(1 + sentences.len() / 3).min(strange.len()) {
                let at = rng.below(sentences.len() + 1);
                sentences.insert(at, strange[rng.below(strange.len())]);
            }
            sentences.join(" ")
        }
        2 => {
            if !sentences.is_empty() {
                let again = sentences[rng.below(sentences.len())];
                sentences.insert(rng.below(sentences.len() + 1), again);
            }
            sentences.join(" ")
        }
        3 => no_answer(&row.prompt, rng),
        _ => {
            let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
            let kept = words.len() * (30 + rng.below(40)) / 100;
            words[..kept].concat()
        }
    }
}

/// What answers nothing: random letters, a word again and again, the prompt itself, a shrug.
fn no_answer(prompt: &str, rng: &mut Rng) -> String {
    const SHRUGS: [&str; 8] = [
        "I don't know.",
        "Because it is.",
        "ok",
        "lol",
        "?",
        "No comment.",
        "It depends.",
        "Yes, that is a good question.",
    ];
    match rng.below(4) {
        0 => {
            let words: Vec<String> = (0..2 + rng.below(12))
                .map(|_| {
                    (0..2 + rng.below(7)).map(|_| char::from(b'a' + rng.below(26) as u8)).collect()
                })
                .collect();
            words.join(" ")
        }
        1 => {
            let words: Vec<&str> = prompt.split_whitespace().collect();
            let word = if words.is_empty() { "word" } else { words[rng.below(words.len())] };
            vec![word; 3 + rng.below(30)].join(" ")
        }
        2 => prompt.to_owned(),
        _ => SHRUGS[rng.below(SHRUGS.len())].to_owned(),
    }
}

/// Responses to the prompts of pairs under the question whether they help, without a reference.
fn helpfulness(pairs: &[(&LabelledPair, f32)], count: usize, rng: &mut Rng) -> Vec<LabelledRating> {
    let ours = rubrica_judge::rubrics::builtin("helpfulness").map(|b| b.rubric().criteria);
    let ours = ours.map_or_else(|_| String::new(), |criteria| criteria[0].full_description());
    let criteria = [
        ours.as_str(),
        "Helpfulness: does the response answer what was asked?",
        "Relevance: does the response stay with the question?",
        "How useful is the response to the person who asked?",
        "Overall quality of the response.",
    ];
    let mut made = Vec::new();
    for number in 0..if pairs.is_empty() { 0 } else { count } {
        let row = pairs[rng.below(pairs.len())].0;
        let other = pairs[rng.below(pairs.len())].0;
        let (response, score) = match number % 4 {
            0 => (better(row).to_owned(), 4.2),
            1 => (worse(row).to_owned(), 3.2),
            2 if other.group == row.group => continue,
            2 => (better(other).to_owned(), 1.0),
            _ => (no_answer(&row.prompt, rng), 1.0),
        };
        let criterion = criteria[rng.below(criteria.len())];
        made.push(rating(criterion, &row.prompt, response, row.group, score));
    }
    made
}

/// A rating under a made criterion on a scale of 1 to 5.
fn rating(
    criterion: &str,
    instruction: &str,
    response: String,
    group: u64,
    score: f64,
) -> LabelledRating {
    LabelledRating {
        source: "synthetic".into(),
        shape: Shape::Rubric,
        dimension: String::new(),
        group,
        instruction: instruction.into(),
        response,
        reference: None,
        criterion: Criterion { scale: Scale::likert(1, 5), ..Criterion::new("made", criterion) },
        score,
        faults: Vec::new(),
        part: None,
        in_domain: false,
    }
}

/// Texts as they stand, and spoilt word by word, under the question of fluency.
fn fluency(texts: &[&str], count: usize, rng: &mut Rng) -> Vec<LabelledRating> {
    const CRITERIA: [&str; 3] = [
        "Fluency: is the text well written, without errors of grammar?",
        "Is the response grammatical and easy to read?",
        "Naturalness: could a native speaker have written this?",
    ];
    let mut made = Vec::new();
    for number in 0..if texts.is_empty() { 0 } else { count } {
        let text = texts[rng.below(texts.len())];
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.len() < 4 {
            continue;
        }
        let criterion = CRITERIA[rng.below(CRITERIA.len())];
        let (response, score) = match number % 2 {
            0 => (text.to_owned(), 5.0),
            _ => {
                let mut words = words;
                // One word in three to one in twenty suffers.
                let hits = (words.len() / (3 + rng.below(18))).max(1);
                for _ in 0..hits {
                    let at = rng.below(words.len() - 1);
                    match rng.below(3) {
                        0 => words.swap(at, at + 1),
                        1 => words.insert(at, words[at]),
                        _ if words.len() > 3 => drop(words.remove(at)),
                        _ => {}
                    }
                }
                let share = hits as f64 / words.len() as f64;
                (words.join(" "), if share > 0.15 { 1.0 } else { 2.5 })
            }
        };
        made.push(rating(criterion, "", response, number as u64, score));
    }
    made
}

/// Claims under the question whether their context supports them.
fn consistency(rows: &[&LabelledSupport], count: usize, rng: &mut Rng) -> Vec<LabelledRating> {
    const CRITERIA: [&str; 3] = [
        "Consistency: is everything in the summary supported by the article?",
        "Is the response factually consistent with its source?",
        "Faithfulness: does the text say only what the source says?",
    ];
    let mut made = Vec::new();
    for _ in 0..if rows.is_empty() { 0 } else { count } {
        let row = rows[rng.below(rows.len())];
        let score = match row.support {
            Support::Supported => 5.0,
            Support::Partly => 3.0,
            Support::Not => 2.0,
            Support::Contradicted => 1.0,
        };
        let criterion = CRITERIA[rng.below(CRITERIA.len())];
        let instruction = format!("Summarize the article.\n\n{}", row.context);
        made.push(rating(criterion, &instruction, row.response.clone(), row.group, score));
    }
    made
}

fn better(pair: &LabelledPair) -> &str {
    &pair.responses[usize::from(pair.label == Preference::B)]
}

fn worse(pair: &LabelledPair) -> &str {
    &pair.responses[usize::from(pair.label != Preference::B)]
}

fn shuffled(text: &str, rng: &mut Rng) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    rng.shuffle(&mut words);
    words.join(" ")
}
