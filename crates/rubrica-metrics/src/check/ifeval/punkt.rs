//! Sentences as NLTK's Punkt splits them, which the reference code of IFEval counts.
//!
//! Kiss and Strunk, "Unsupervised multilingual sentence boundary detection", 2006, with the regular
//! expressions of NLTK written as scans. Punkt decides after an abbreviation or an initial by how
//! often it saw the next word with a capital in 20,000 words of newspaper. That table is not here:
//! short lists of common words stand in for it, so that a count may differ where an abbreviation or
//! an ellipsis comes before a rarer word.

use std::ops::Range;

use crate::text::is_python_space;

/// Abbreviations that the English model of Punkt knows, without their last full stop.
const ABBREVIATIONS: &str = " a.a a.c a.d a.g a.h a.m a.s a.t adm ala ariz aug ave bros c c.v calif cie \
    co col colo conn corp cos ct d d.c d.h d.w dec dr e e.f e.h e.l e.m f feb fla fri ft g ga gen h ill \
    inc j.b j.c j.j j.k j.p j.r jan jr k kan ky l l.a l.p lt ltd m m.b.a m.j maj messrs mg mich minn mr \
    mrs ms n n.c n.d n.h n.j n.m n.v n.y nev nov oct ok okla ore p p.m pa ph.d prof r r.a r.h r.i r.j \
    r.k r.t rep reps s s.a s.c s.g s.p.a s.s sen sep sept sr st sw t t.j tenn tues u.k u.n u.s u.s.a \
    u.s.s.r v va vs vt w w.c w.r w.va w.w wash wed wis yr ";

/// Words that, with a capital, start a sentence after an abbreviation or an ellipsis.
const STARTERS: &str = " according although always among become become begin believe better both build \
    but call carry choose consider create decide despite develop does door draw even explain eye fact \
    finally friend furthermore girl happen he hear her here hour however i idea if in include indeed \
    instead into it kill learn lose lot many mean meanwhile member minute moment moreover morning most \
    mother neither nevertheless nonetheless nor number overall pass person play please program provide \
    put question read receive remember result right seem send serve similarly since sit so some speak \
    spend stand still teach team thank thanks the therefore there these they think this though through \
    thus tomorrow try under understand very walk when which while win without yes yesterday yet you're \
    your ";

/// Further words that are often written small: a single letter before one of them ends a sentence.
const COMMON: &str = " a about add after against air all also am an and another answer any are area art as ask at avoid \
    back bad been being check click describe ensure finish follow is list note order \
    be because before best between book bring business buy can catch change city come could cut day \
    did do down during each eat every everyone fall family far few find first for from game get give go \
    good great grow had hand has have head health help high his home hope house how it's just keep know \
    last law lead leave less let let's life like line long look make man may might money more much must \
    my need never new next night no not nothing now of offer often old on once one only open or other our \
    out over own part party pay people perhaps place power produce raise reach real room run same save \
    say school second see sell service several she should show side small something sometimes soon start \
    stay stop story study such support take tell that their then thing time to today together turn two \
    until up use wait want war was watch water we week well were what where who why will with woman word \
    work world would write year you young ";

/// Whether the list `words` has `word`.
fn lists(words: &str, word: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let mut rest = words;
    while let Some(at) = rest.find(word) {
        let end = at + word.len();
        if rest[..at].ends_with(' ') && rest[end..].starts_with(' ') {
            return true;
        }
        rest = &rest[end..];
    }
    false
}

/// The sentences of `text`, as bytes.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let slices = slices(text);
    let mut sentences = Vec::with_capacity(slices.len());
    let mut realign = 0;
    for (i, slice) in slices.iter().enumerate() {
        let start = slice.start + realign;
        let closing = slices.get(i + 1).and_then(|next| closing_marks(text, next));
        if let Some((marks, all)) = closing {
            let next = slices[i + 1].start;
            sentences.push(start.min(next + marks)..next + marks);
            realign = all;
        } else {
            realign = 0;
            if start < slice.end {
                sentences.push(start..slice.end);
            }
        }
    }
    sentences
}

/// Where the closing marks at the start of `slice` end, and the white space after them.
fn closing_marks(text: &str, slice: &Range<usize>) -> Option<(usize, usize)> {
    let slice = text.get(slice.clone())?;
    let rest = slice.trim_start_matches(['"', '\'', ')', ']', '}', '‘', '’', '“', '”', '«', '»']);
    let marks = slice.len() - rest.len();
    let gap = rest.len() - rest.trim_start_matches(is_python_space).len();
    (marks > 0 && (gap > 0 || rest.is_empty() || rest.starts_with("--")))
        .then_some((marks, marks + gap))
}

/// A full stop, question mark or exclamation mark that may end a sentence.
#[derive(Clone, Copy)]
struct Candidate {
    /// Where the word before the mark starts.
    word: usize,
    mark: usize,
    /// Where what follows ends: one mark, or white space and a word.
    after: usize,
    /// Where the next word starts, or the mark ends.
    next: usize,
}

fn slices(text: &str) -> Vec<Range<usize>> {
    let mut slices = Vec::new();
    let mut from = 0;
    let mut test = |candidate: Candidate| {
        if breaks(&text[candidate.word..candidate.after]) {
            slices.push(from..candidate.mark + 1);
            from = candidate.next;
        }
    };
    let mut previous: Option<Candidate> = None;
    // The white space of a gap is looked at once, however many marks come before it.
    for (mark, _) in text.match_indices(['.', '?', '!']) {
        let Some((after, next)) = follows(text, mark + 1) else { continue };
        let (word, seen) = previous.map_or((0, 0), |previous| (previous.word, previous.mark));
        let space = text[seen..mark].rfind([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
        let word = space.filter(|at| *at > 0).map_or(word, |at| seen + at + 1);
        if let Some(previous) = previous.filter(|previous| previous.mark <= word) {
            test(previous);
        }
        previous = Some(Candidate { word, mark, after, next });
    }
    if let Some(previous) = previous {
        test(previous);
    }
    slices.push(from..text.trim_end_matches(is_python_space).len());
    slices
}

/// Where the context after a mark ends and where the next sentence would start, if it may.
fn follows(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = &text[at..];
    let first = rest.chars().next()?;
    if is_outside_words(first) {
        return Some((at + first.len_utf8(), at));
    }
    let word = rest.trim_start_matches(is_python_space);
    if word.is_empty() || word.len() == rest.len() {
        return None;
    }
    let next = text.len() - word.len();
    let end = word.find(is_python_space).map_or(text.len(), |end| next + end);
    Some((end, next))
}

fn is_outside_words(c: char) -> bool {
    matches!(c, ')' | '"' | ';' | '}' | ']' | '*' | ':' | '@' | '\'' | '(' | '{' | '[' | '?' | '!')
        || matches!(c, '‘' | '’' | '“' | '”' | '«' | '»')
}

/// Whether a sentence ends within `context`: a word, a mark, and what follows.
fn breaks(context: &str) -> bool {
    let tokens: Vec<&str> = context.split('\n').flat_map(tokens).collect();
    tokens.windows(2).any(|pair| ends_sentence(pair[0], pair[1]))
}

fn ends_sentence(token: &str, next: &str) -> bool {
    if matches!(token, "." | "?" | "!") {
        return true;
    }
    let Some(word) = token.strip_suffix('.') else { return false };
    let lower = word.to_lowercase();
    let ellipsis = word.chars().all(|c| c == '.');
    let abbreviation = lists(ABBREVIATIONS, &lower)
        || lower.rsplit('-').next().is_some_and(|last| lists(ABBREVIATIONS, last));
    let mut ends = !ellipsis && !word.ends_with('.') && !abbreviation;
    let next_word = next.to_lowercase();
    let next_word = next_word.strip_suffix('.').unwrap_or(&next_word);
    let capital = next.starts_with(char::is_uppercase);
    let starter = capital && lists(STARTERS, next_word);
    let initial = is_initial(word);
    if (abbreviation || ellipsis) && !initial && starter {
        ends = true;
    }
    if initial || is_number(token) {
        let continues = matches!(next, ";" | ":" | "," | "." | "!" | "?")
            || next.starts_with(char::is_lowercase);
        let name = initial && capital && !starter && !lists(COMMON, next_word);
        if continues || name {
            ends = false;
        }
    }
    ends
}

/// A single letter.
fn is_initial(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.next().is_none()
}

/// Digits with marks of numbers between them.
fn is_number(token: &str) -> bool {
    let digits = token.strip_prefix('-').unwrap_or(token);
    let digits = digits.strip_prefix(['.', ',']).unwrap_or(digits);
    digits.starts_with(char::is_numeric)
        && digits.chars().all(|c| c.is_numeric() || matches!(c, ',' | '.' | '-'))
}

/// The tokens of a line without line ends, for which full stops belong to the word before them.
fn tokens(line: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let rest = &line[at..];
        let length = if is_python_space(first) {
            at += first.len_utf8();
            continue;
        } else if let Some(length) = repeated_marks(rest) {
            length
        } else if is_word_start(first) {
            let inner = rest.char_indices().map(|(i, _)| i).skip(1);
            inner.into_iter().find(|i| ends_word(&rest[*i..])).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        tokens.push(&rest[..length]);
        at += length;
    }
    tokens
}

fn is_word_start(c: char) -> bool {
    !matches!(
        c,
        '(' | '"'
            | '`'
            | '{'
            | '['
            | ':'
            | ';'
            | '&'
            | '#'
            | '*'
            | '@'
            | ')'
            | '}'
            | ']'
            | '-'
            | ','
    )
}

fn ends_word(rest: &str) -> bool {
    let ends = |rest: &str| {
        rest.chars().next().is_none_or(|c| is_python_space(c) || is_outside_words(c))
            || starts_repeated_marks(rest)
    };
    ends(rest) || rest.strip_prefix(',').is_some_and(ends)
}

fn starts_repeated_marks(text: &str) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('-'), Some('-')) | (Some('.'), Some('.')) => true,
        (Some('.'), Some(space)) if is_python_space(space) => {
            chars.next() == Some('.')
                && chars.next().is_some_and(is_python_space)
                && chars.next() == Some('.')
        }
        _ => false,
    }
}

/// Bytes of a run of hyphens or full stops, or of full stops with spaces between them.
fn repeated_marks(text: &str) -> Option<usize> {
    if !starts_repeated_marks(text) {
        return None;
    }
    let run = |mark: char| text.len() - text.trim_start_matches(mark).len();
    if text.starts_with("--") {
        return Some(run('-'));
    }
    if text.starts_with("..") {
        return Some(run('.'));
    }
    let mut end = 0;
    loop {
        let mut chars = text[end..].chars();
        let (dot, space) = (chars.next(), chars.next());
        match (dot, space) {
            (Some('.'), Some(space)) if is_python_space(space) && chars.next() == Some('.') => {
                end += 1 + space.len_utf8();
            }
            _ => return Some(end + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        sentences(text).len()
    }

    #[test]
    fn marks_abbreviations_and_quotes() {
        for (text, expected) in [
            ("", 0),
            ("One", 1),
            ("One. Two! Three? Four", 4),
            ("Dr. Who met Mr. Smith. They left.", 2),
            ("He lives in the U.S. The rest is known.", 2),
            ("J. Smith and I agree.", 1),
            ("She said \"Go.\" Then (at last.) he went.", 3),
            ("Really?! Yes!!! No.", 3),
            ("Well... The end.", 2),
            ("Well... Zanzibar it is.", 1),
            ("It costs 3.50 dollars. 4. Then more.", 3),
            ("A line\nanother line\n- item", 1),
            ("你好。再见。", 1),
        ] {
            assert_eq!(count(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_runs_take_linear_time() {
        for piece in [".", ". ", "?", "a.", "\".", "-", ".\u{2028}", "A. "] {
            let text = piece.repeat(200_000 / piece.len());
            assert!(count(&text) <= text.len());
        }
        assert!(count(&format!("{}{}x", ".".repeat(50_000), " ".repeat(50_000))) <= 2);
    }
}
