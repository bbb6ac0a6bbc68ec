//! Differences of dates and times, and weekdays, worked out again.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use rubrica_core::Severity;
use rubrica_metrics::objective::figures;

use super::{Finding, Sentence, Texts};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Spans of time and weekdays that are not those of their dates.
pub(super) fn findings(texts: &Texts<'_>) -> Vec<Finding> {
    let finds = [between_dates, between_years, between_times, weekdays];
    texts.sentences.iter().flat_map(|s| finds.iter().flat_map(|find| find(s))).collect()
}

const DATE: &str = r"(?:(?P<dN>[0-9]{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mN>MONTH)|(?P<nN>MONTH)\s+(?P<eN>[0-9]{1,2})(?:st|nd|rd|th)?)(?:,?\s+(?P<yN>[0-9]{4}))?";
const MONTH: &str = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?";
const NUMBER: &str = r"(?P<n>[0-9][0-9,]*|[a-z]+(?:-[a-z]+)?)";
/// What stands between two ends and their difference.
const IS: &str = r"(?:,?\s+(?:there\s+)?(?:is|are|makes?|gives?|takes?|lasts?|was|were|that['’]s|that\s+is|that\s+makes|which\s+is)\s+(?:exactly\s+)?|\s*=\s*|\s*[(]|\s*:\s+|,\s+(?:so\s+|i\.e\.\s+)?)";

fn date(n: usize) -> String {
    let n = n.to_string();
    let named = ["d", "m", "n", "e", "y"];
    let pattern = named.iter().fold(DATE.to_owned(), |pattern, name| {
        pattern.replace(&format!("<{name}N>"), &format!("<{name}{n}>"))
    });
    pattern.replace("MONTH", MONTH)
}

/// Days since 1 March of the year 0, after Fliegel and Van Flandern's way of counting from March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1
}

/// Month, day and year of the `n`th date of a match; the day fits its month.
fn read_date(captures: &Captures<'_>, n: usize) -> Option<(i64, i64, Option<i64>)> {
    let get = |name: &str| captures.name(&format!("{name}{n}")).map(|m| m.as_str());
    let name = get("m").or_else(|| get("n"))?.to_lowercase();
    let month = MONTHS.iter().position(|month| name.starts_with(month))? as i64 + 1;
    let day: i64 = get("d").or_else(|| get("e"))?.parse().ok()?;
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let year = get("y").and_then(|year| year.parse().ok());
    (1..=longest).contains(&day).then_some((month, day, year))
}

/// The number that a match states.
fn stated(captures: &Captures<'_>) -> Option<f64> {
    let text = captures.name("n")?.as_str();
    let read = figures(text);
    let [figure] = read.found.as_slice() else { return None };
    (figure.range == (0..read.text.len())).then_some(figure.value)
}

fn doubted(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let doubts = [
        "not", "n't", "n’t", "wrong", "instead", "mistake", "?", "about", "roughly", "around",
        "nearly", "almost", "least", "weekday", "working", "business", "school",
    ];
    doubts.iter().any(|word| lower.contains(word))
}

fn finding(
    sentence: &Sentence<'_>,
    place: &regex::Match<'_>,
    found: String,
    right: String,
    message: String,
) -> Finding {
    Finding {
        span: Some(sentence.place(&place.range())),
        severity: Severity::Major,
        message,
        found,
        expected: Some(right),
        suggestion: Some("Count again.".into()),
    }
}

/// "from 3 March to 10 March is 9 days"
fn between_dates(sentence: &Sentence<'_>) -> Vec<Finding> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(
            r"(?i)\b(?:from|between)\s+{}\s+(?:to|until|till|and|through)\s+{}{IS}{NUMBER}\s+(?P<unit>days?|nights?|weeks?)\b",
            date(1), date(2)
        ))
        .expect("a valid pattern")
    });
    if doubted(sentence.text) {
        return Vec::new();
    }
    let wrong = |captures: Captures<'_>| -> Option<Finding> {
        let place = captures.get(0)?;
        let n = stated(&captures)?;
        let (m1, d1, y1) = read_date(&captures, 1)?;
        let (m2, d2, y2) = read_date(&captures, 2)?;
        // Without a year, it may be a leap year.
        let years: Vec<i64> = match y1.or(y2) {
            Some(year) => vec![year],
            None => vec![2023, 2024, 2027],
        };
        let spans: Vec<i64> = years
            .iter()
            .map(|&year| {
                let first = y1.unwrap_or(year);
                let last = y2.unwrap_or(first);
                let last = if y2.is_none() && (m2, d2) < (m1, d1) { last + 1 } else { last };
                days(last, m2, d2) - days(first, m1, d1)
            })
            .collect();
        let unit = captures["unit"].to_lowercase();
        // Both ends may be counted, of nights none.
        let fits = |span: i64| {
            let span = span as f64;
            match unit.trim_end_matches('s') {
                "night" => n == span,
                "week" => (7.0 * n - span).abs() <= 4.0,
                _ => n == span || n == span + 1.0,
            }
        };
        let right = *spans.first()?;
        if right < 0 || spans.iter().any(|span| fits(*span)) {
            return None;
        }
        let right = if unit.starts_with("week") {
            format!("{:.1} weeks", right as f64 / 7.0)
        } else if unit.starts_with("night") {
            format!("{right} nights")
        } else {
            format!("{right} days, {} with both ends", right + 1)
        };
        let message = format!("“{}” is not so: it is {right}.", place.as_str());
        Some(finding(sentence, &place, format!("{n} {unit}"), right, message))
    };
    BETWEEN.captures_iter(sentence.text).filter_map(wrong).collect()
}

/// "from 1990 to 2005 is 20 years"
fn between_years(sentence: &Sentence<'_>) -> Vec<Finding> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(
            r"(?i)\b(?:from|between)\s+(?P<a>[12][0-9]{{3}})\s+(?:to|until|till|and)\s+(?P<b>[12][0-9]{{3}}){IS}{NUMBER}\s+years?\b"
        ))
        .expect("a valid pattern")
    });
    if doubted(sentence.text) {
        return Vec::new();
    }
    let wrong = |captures: Captures<'_>| -> Option<Finding> {
        let place = captures.get(0)?;
        let n = stated(&captures)?;
        let (a, b): (f64, f64) = (captures["a"].parse().ok()?, captures["b"].parse().ok()?);
        let span = b - a;
        // Months may take one off, and both ends may be counted.
        if span < 0.0 || (n - span).abs() <= 1.0 {
            return None;
        }
        let message = format!("“{}” is not so: it is {span} years.", place.as_str());
        Some(finding(sentence, &place, format!("{n} years"), format!("{span} years"), message))
    };
    BETWEEN.captures_iter(sentence.text).filter_map(wrong).collect()
}

/// "from 9:15 to 11:00 is 2 hours"
fn between_times(sentence: &Sentence<'_>) -> Vec<Finding> {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!(
            r"(?i)\bfrom\s+(?P<h1>[0-9]{{1,2}}):(?P<m1>[0-9]{{2}})\s*(?P<p1>[ap]\.?m\b)?\s+(?:to|until|till)\s+(?P<h2>[0-9]{{1,2}}):(?P<m2>[0-9]{{2}})\s*(?P<p2>[ap]\.?m\b)?{IS}(?:(?P<hours>[0-9]+)\s*(?:h|hours?|hrs?))?(?:\s*(?:and\s+)?(?P<minutes>[0-9]+)\s*(?:min|mins|minutes?))?(?P<end>[^0-9\w]|$)"
        ))
        .expect("a valid pattern")
    });
    if doubted(sentence.text) {
        return Vec::new();
    }
    let wrong = |captures: Captures<'_>| -> Option<Finding> {
        let place = captures.get(0)?;
        let get = |name: &str| captures.name(name).map(|m| m.as_str());
        let number = |name: &str| get(name).map_or(Some(0), |text| text.parse::<i64>().ok());
        get("hours").or_else(|| get("minutes"))?;
        let stated = 60 * number("hours")? + number("minutes")?;
        let clock = |hour: &str, minute: &str, half: &str| -> Option<i64> {
            let hours = number(hour)?;
            let hours = match get(half).map(str::to_lowercase) {
                Some(half) if half.starts_with('p') => hours % 12 + 12,
                Some(_) => hours % 12,
                None => hours,
            };
            Some(60 * hours + number(minute)?)
        };
        let right = clock("h2", "m2", "p2")? - clock("h1", "m1", "p1")?;
        // A clock of twelve hours, or another day or zone.
        if (stated - right) % 720 == 0 || right <= 0 {
            return None;
        }
        let text = |minutes: i64| match (minutes / 60, minutes % 60) {
            (0, m) => format!("{m} minutes"),
            (h, 0) => format!("{h} h"),
            (h, m) => format!("{h} h {m} min"),
        };
        let said = place.as_str().trim_end_matches([',', '.', ';', ')', ' ']);
        let message = format!("“{said}” is not so: it is {}.", text(right));
        Some(finding(sentence, &place, text(stated), text(right), message))
    };
    BETWEEN.captures_iter(sentence.text).filter_map(wrong).collect()
}

/// "Monday, 3 March 2026"
fn weekdays(sentence: &Sentence<'_>) -> Vec<Finding> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = format!(
            r"(?i)\b(?P<w>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+(?:the\s+)?{}",
            date(1)
        );
        Regex::new(&pattern).expect("a valid pattern")
    });
    let wrong = |captures: Captures<'_>| -> Option<Finding> {
        let place = captures.get(0)?;
        let (month, day, year) = read_date(&captures, 1)?;
        let year = year.filter(|year| (1800..2200).contains(year))?;
        // 1 March of the year 0 was a Wednesday.
        let right = WEEKDAYS[usize::try_from((days(year, month, day) + 2).rem_euclid(7)).ok()?];
        let said = format!("{}day", &captures["w"]).to_lowercase();
        let valid = month != 2 || day < 29 || days(year, 3, 1) - days(year, 2, 28) == 2;
        if said == right || !valid {
            return None;
        }
        let name = format!("{}{}", right[..1].to_uppercase(), &right[1..]);
        let message = format!("“{}” is not so: that day is a {name}.", place.as_str());
        Some(finding(sentence, &place, said, name, message))
    };
    DAY.captures_iter(sentence.text).filter_map(wrong).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(response: &str) -> Vec<String> {
        let texts = Texts::new("", response);
        findings(&texts).into_iter().filter_map(|f| f.expected).collect()
    }

    #[test]
    fn wrong_differences_are_told() {
        for (response, right) in [
            ("😀 From 3 March to 10 March is 9 days.", "7 days, 8 with both ends"),
            ("From March 3 to March 10 there are ten days.", "7 days, 8 with both ends"),
            ("We stay from 28 December to 2 January, which is 4 nights.", "5 nights"),
            ("It ran from 1990 to 2005, 20 years.", "15 years"),
            ("The class is from 9:15 to 11:00 (2 hours).", "1 h 45 min"),
            ("Come on Monday, 3 March 2026.", "Tuesday"),
            ("Come on Sunday 29 February 2024.", "Thursday"),
        ] {
            assert_eq!(found(response), [right], "{response}");
        }
    }

    #[test]
    fn right_ones_are_left_alone() {
        for response in [
            "From 3 March to 10 March is 7 days.",
            "From 3 March to 10 March is 8 days.",
            "From 1 February to 1 March is 29 days.",
            "From 1 February to 1 March 2023 is 28 days, and from 1 June to 1 July is 30 days.",
            "It ran from 1990 to 2005, 15 years.",
            "The class is from 9:15 to 11:00 (1 h 45 min).",
            "The class is from 9:00 am to 1:00 pm, 4 hours.",
            "Come on Tuesday, 3 March 2026, or Monday 2 March.",
            "From 30 February to 45 March is 9 days.",
            "From 3 March to 10 March, nobody is there.",
            "From 3 March to 10 March it is not 9 days.",
        ] {
            assert_eq!(found(response), [] as [String; 0], "{response}");
        }
    }
}
