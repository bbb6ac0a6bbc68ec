//! Numbers that a response states and its sources do not.

use std::ops::Range;

use rubrica_core::Span;
use rubrica_metrics::objective::{Figure, figures};
use rubrica_metrics::text::sentences;

/// Numbers of the sources from which others are worked out.
const MOST: usize = 60;
/// Numbers of which three are tried together.
const FEW: usize = 45;
/// Open numbers above which one look has to do.
const LONG: usize = 100;

/// The numbers of at least two digits in `response` that none of `sources` holds, with their places: each
/// number once, in the order of the text.
///
/// Decimals are left out, since they are mostly worked out, and so are fractions and times of the day. Numbers in words and in figures are one (`1,234.50`, `1234.5`, "a dozen"), rounding is none ("3 million"
/// for 2,980,000), and what follows from two or three numbers by a sum, a difference, a product, a quotient or a
/// percentage needs no source.
pub(super) fn unsupported(response: &str, sources: &[&str]) -> Vec<(Span, String)> {
    let mut known = Known::new(sources);
    let mut open: Vec<Stated> = Vec::new();
    for sentence in sentences(response) {
        let Some(text) = sentence.slice(response) else { continue };
        let read = figures(text);
        let same = *read.text == *text;
        for figure in read.found {
            let written = read.text[figure.range.clone()].to_owned();
            let digits = written.chars().filter(char::is_ascii_digit).count();
            if figure.spelt || digits < 2 || is_aside(&read.text, &figure.range) {
                known.add(figure.value);
            } else if open.iter().all(|stated| stated.figure.value != figure.value) {
                let span = if same { place(text, sentence, &figure.range) } else { sentence };
                let day = is_day(&read.text, &figure.range);
                open.push(Stated { figure, span, written, day });
            }
        }
    }
    // What was worked out may be what something else follows from.
    loop {
        let before = open.len();
        open.retain(|Stated { figure, day, .. }| {
            let follows = known.holds(figure)
                || if *day { known.leads_to(figure) } else { known.gives(figure) };
            if follows {
                known.add(figure.value);
            }
            !follows
        });
        if open.len() == before || before > LONG {
            break;
        }
    }
    let whole = |stated: &Stated| stated.figure.step >= 1.0;
    open.into_iter().filter(whole).map(|stated| (stated.span, stated.written)).collect()
}

/// A number of the response.
struct Stated {
    figure: Figure,
    span: Span,
    written: String,
    /// The day of a date.
    day: bool,
}

/// Whether a number is a fraction, part of a time of the day, or only counts the items of a list.
fn is_aside(text: &str, range: &Range<usize>) -> bool {
    let (before, behind) = (&text[..range.start], &text[range.end..]);
    let digit = |c: char| c.is_ascii_digit();
    let clock = before.strip_suffix(':').is_some_and(|rest| rest.ends_with(digit))
        || behind.strip_prefix(':').is_some_and(|rest| rest.starts_with(digit));
    let next = behind.trim_start();
    let half = ["am", "pm", "a.m", "p.m"].iter().any(|half| next.starts_with(half));
    let item =
        before.trim_start_matches(['#', '*', ' ']).is_empty() && behind.starts_with([')', '.']);
    clock || half || item || text[range.clone()].contains('/')
}

/// Whether a number is the day of a date with the name of its month.
fn is_day(text: &str, range: &Range<usize>) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (before, behind) = (&text[..range.start], &text[range.end..]);
    let month = |word: &str| {
        let start: String = word.chars().take(3).flat_map(char::to_lowercase).collect();
        MONTHS.contains(&start.as_str())
    };
    let next = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| behind.strip_prefix(ending))
        .unwrap_or(behind)
        .trim_start();
    let next = next.strip_prefix("of ").unwrap_or(next);
    month(next) || before.split_whitespace().next_back().is_some_and(month)
}

fn place(text: &str, sentence: Span, range: &Range<usize>) -> Span {
    let start = sentence.start + text[..range.start].chars().count();
    Span::new(start, start + text[range.clone()].chars().count())
}

/// What the sources say, and what follows from it.
struct Known {
    /// Each number once.
    values: Vec<f64>,
    /// The numbers of the sources as they stand there.
    listed: Vec<f64>,
}

impl Known {
    fn new(sources: &[&str]) -> Self {
        let mut known = Self { values: Vec::new(), listed: Vec::new() };
        for source in sources {
            let read = figures(source);
            for figure in &read.found {
                known.add(figure.value);
                let written = &read.text[figure.range.clone()];
                match written.split_once('/') {
                    // "412/398" may be two numbers of two columns.
                    Some((a, b)) => {
                        known.listed.extend([a, b].iter().flat_map(|n| n.parse::<f64>()))
                    }
                    None => known.listed.push(figure.value),
                }
            }
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

    /// Whether a day lies one, seven or a number of days that is spoken of from another, or is the last of
    /// its month.
    fn leads_to(&self, figure: &Figure) -> bool {
        let known = |days: f64| days == 1.0 || days == 7.0 || self.values.contains(&days);
        let near = |day: &f64| *day <= 31.0 && known((day - figure.value).abs());
        figure.value >= 28.0 || self.values.iter().any(near)
    }

    /// Whether a number follows from others.
    fn gives(&self, figure: &Figure) -> bool {
        const STEPS: [f64; 9] = [2.0, 7.0, 10.0, 12.0, 24.0, 60.0, 100.0, 365.0, 1000.0];
        let few = &self.values[..self.values.len().min(MOST)];
        let one = |a: f64| {
            STEPS.iter().any(|step| rounds(a * step, figure) || rounds(a / step, figure))
                || [100.0 - a, a + 1.0, a - 1.0].iter().any(|value| rounds(*value, figure))
        };
        let two = |a: f64, b: f64| {
            let part = a * b / 100.0;
            let worths = [a + b, a - b, a * b, a / b, 100.0 * a / b, part, a - part, a + part];
            worths.iter().any(|value| rounds(*value, figure))
        };
        let three = |a: f64, b: f64| {
            let rest = |part: f64| {
                let off = Figure { value: (figure.value - part).abs(), ..figure.clone() };
                few.iter().any(|c| *c > 1.0 && *c == off.value)
            };
            let off = |c: f64| rounds(a * (1.0 - b / 100.0) * (1.0 - c / 100.0), figure);
            few.len() <= FEW
                && (rest(a + b) || rest(a * b) || rest(a - b) || few.iter().any(|c| off(*c)))
        };
        few.iter().any(|a| one(*a) || few.iter().any(|b| two(*a, *b) || three(*a, *b)))
            || self.adds_up_to(figure)
    }

    /// Whether a number is the sum of a row or a column: of numbers next to each other, or of each second,
    /// third or fourth.
    fn adds_up_to(&self, figure: &Figure) -> bool {
        let few = &self.listed[..self.listed.len().min(MOST)];
        (0..few.len()).any(|start| {
            (1..=4).any(|step| {
                let mut sum = 0.0;
                few[start..].iter().step_by(step).any(|value| {
                    sum += value;
                    rounds(sum, figure)
                })
            })
        })
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
            .map(|(span, _)| span.slice(response).expect("in the response"))
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
        check("On 12 June 2024 at 14:30.", &["12.06.2024, 14.30"], &[]);
        check("On 15 May or 29 May.", &["14 May"], &[]);
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
        check("In all 2,005.", &["412/398, 265/301, 530/530, 744/689, 58/87"], &[]);
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
