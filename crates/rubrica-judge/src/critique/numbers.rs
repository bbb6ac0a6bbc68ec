//! Numbers that a response states and its sources do not.

use std::ops::Range;

use rubrica_core::Span;
use rubrica_metrics::objective::{Figure, figures};
use rubrica_metrics::text::{sentences, words};

/// Numbers of the sources from which others are worked out.
const MOST: usize = 60;
/// Open numbers above which one look has to do.
const LONG: usize = 100;

/// The places in `response` of numbers of at least two digits that none of `sources` holds, each
/// number once, in the order of the text.
///
/// Numbers in words and in figures are one (`1,234.50`, `1234.5`, "a dozen"), rounding is none ("3 million"
/// for 2,980,000), and what follows from two numbers by a sum, a difference, a product, a quotient or a
/// percentage needs no source.
pub(super) fn unsupported(response: &str, sources: &[&str]) -> Vec<Span> {
    let mut known = Known::new(sources);
    let mut open: Vec<Stated> = Vec::new();
    for sentence in sentences(response) {
        let Some(text) = sentence.slice(response) else { continue };
        let read = figures(text);
        let same = *read.text == *text;
        let worked = is_worked(&read.text);
        for figure in read.found {
            let written = &read.text[figure.range.clone()];
            let digits = written.chars().filter(char::is_ascii_digit).count();
            if figure.spelt || digits < 2 || counts(&read.text, &figure.range) {
                known.add(figure.value);
            } else if open.iter().all(|stated| stated.figure.value != figure.value) {
                let span = if same { place(text, sentence, &figure.range) } else { sentence };
                open.push(Stated { figure, span, worked });
            }
        }
    }
    // What was worked out may be what something else follows from.
    loop {
        let before = open.len();
        open.retain(|Stated { figure, worked, .. }| {
            let follows = known.holds(figure) || *worked && known.gives(figure);
            if follows {
                known.add(figure.value);
            }
            !follows
        });
        if open.len() == before || before > LONG {
            break;
        }
    }
    open.into_iter().map(|stated| stated.span).collect()
}

/// A number of the response.
struct Stated {
    figure: Figure,
    span: Span,
    /// In a sentence that works something out.
    worked: bool,
}

/// Whether a sentence reads as if it works something out.
fn is_worked(sentence: &str) -> bool {
    const WORDS: [&str; 34] = [
        "total",
        "altogether",
        "all",
        "sum",
        "each",
        "per",
        "more",
        "less",
        "fewer",
        "difference",
        "times",
        "half",
        "twice",
        "double",
        "left",
        "remaining",
        "so",
        "makes",
        "make",
        "comes",
        "average",
        "save",
        "saves",
        "together",
        "later",
        "earlier",
        "over",
        "after",
        "before",
        "than",
        "makes",
        "leaves",
        "add",
        "equals",
    ];
    sentence.contains(['=', '+', '×', '÷', '−', '*', '%', '≈', '/'])
        || words(sentence).any(|word| WORDS.iter().any(|own| own.eq_ignore_ascii_case(word)))
}

fn place(text: &str, sentence: Span, range: &Range<usize>) -> Span {
    let start = sentence.start + text[..range.start].chars().count();
    Span::new(start, start + text[range.clone()].chars().count())
}

/// Whether a number only counts the items of a list.
fn counts(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].trim_start_matches(['#', '*', ' ']);
    before.is_empty() && text[range.end..].starts_with([')', '.'])
}

/// What the sources say, and what follows from it.
struct Known {
    values: Vec<f64>,
}

impl Known {
    fn new(sources: &[&str]) -> Self {
        let mut known = Self { values: Vec::new() };
        for source in sources {
            figures(source).found.iter().for_each(|figure| known.add(figure.value));
            // "02.06.2024" and "14:30" are several numbers.
            for run in source.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()) {
                run.parse().into_iter().for_each(|value| known.add(value));
            }
        }
        known
    }

    fn add(&mut self, value: f64) {
        if !self.values.contains(&value) {
            self.values.push(value);
        }
    }

    fn holds(&self, figure: &Figure) -> bool {
        self.values.iter().any(|value| rounds(*value, figure))
    }

    /// Whether a number follows from one or two others.
    fn gives(&self, figure: &Figure) -> bool {
        const STEPS: [f64; 9] = [2.0, 7.0, 10.0, 12.0, 24.0, 60.0, 100.0, 365.0, 1000.0];
        let few = &self.values[..self.values.len().min(MOST)];
        let one = |a: f64| {
            STEPS.iter().any(|step| rounds(a * step, figure) || rounds(a / step, figure))
                || rounds(100.0 - a, figure)
        };
        let two = |a: f64, b: f64| {
            let worths = [a + b, a - b, a * b, a / b, 100.0 * a / b, a * b / 100.0];
            worths.iter().any(|value| rounds(*value, figure))
        };
        few.iter().any(|a| one(*a) || few.iter().any(|b| two(*a, *b)))
    }
}

/// Whether a number is `value`, as exactly as it is written: "3 million" is 2,980,000.
fn rounds(value: f64, figure: &Figure) -> bool {
    let off = (value.abs() - figure.value.abs()).abs();
    if off <= 1e-9 * figure.value.abs().max(1.0) || figure.step < 1.0 && off <= figure.step / 2.0 {
        return true;
    }
    let mut step = figure.step;
    while step < figure.value.abs() && figure.value % (10.0 * step) == 0.0 {
        step *= 10.0;
    }
    off <= step / 2.0 && off <= 0.025 * figure.value.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(response: &str, sources: &[&str], expected: &[&str]) {
        let found: Vec<&str> = unsupported(response, sources)
            .into_iter()
            .map(|span| span.slice(response).expect("in the response"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_what_no_source_has() {
        check("😀 Closed on 14 March 2021.", &["on 4 March 2021"], &["14"]);
        check("It cost 3,200,000.50, not 17.", &["3200000.5 in all"], &["17"]);
        check("12 and again 12.0", &[], &["12"]);
        check("It takes 55 minutes.", &["It takes 40 minutes."], &["55"]);
    }

    #[test]
    fn other_ways_to_write_a_number_need_no_source() {
        check("There were 25 of them.", &["twenty-five guests"], &[]);
        check("Some 3 million people.", &["2,980,000 people"], &[]);
        check("It costs about £12.5.", &["£12.49"], &[]);
        check("On 2 June 2024 at 14:30.", &["02.06.2024, 14.30"], &[]);
        check("10. The tenth\n11. The eleventh", &["none"], &[]);
    }

    #[test]
    fn what_follows_needs_no_source() {
        check("That is £38, £16 each: 22 more.", &["4 people at £4, then £22 on top"], &[]);
        check(
            "So 12 × £12 = £144, and 144 + 28 = 172.",
            &["£12 a month for 12 months, £28 once"],
            &[],
        );
        check("That is 150 minutes.", &["2.5 hours"], &[]);
    }

    #[test]
    fn single_digits_and_parts_of_words_do_not_count() {
        check("There are 7 of them in B52 and x86.", &["none"], &[]);
        check("", &["12"], &[]);
    }

    #[test]
    fn long_texts_are_taken() {
        let numbers = (0..3_000).map(|n| format!("{n} ")).collect::<String>();
        assert!(unsupported(&numbers, &[&numbers]).is_empty());
    }
}
