//! XML: well-formed documents, and elements within other text.

use std::ops::Range;

use super::tag::{Tag, first_name, is_name, read_tag};

/// Why `text` is no well-formed XML document, or the first of `required` that it lacks. A required
/// element is a path from the root such as `note.to`.
pub(in crate::check) fn check_xml(text: &str, required: &[String]) -> Result<(), String> {
    let body = text.trim();
    let mut document = Document::new(required);
    document.read(body)?;
    if let Some(name) = document.open.last() {
        return Err(format!("`<{name}>` is not closed"));
    }
    if document.roots != 1 {
        return Err(format!("there are {} root elements; expected one", document.roots));
    }
    document.missing()
}

/// As [`check_xml`], for elements anywhere within other text.
pub(in crate::check) fn find_xml(text: &str, required: &[String]) -> Result<(), String> {
    let mut found = Document::new(required);
    let mut any = false;
    for range in elements(text) {
        let mut document = Document::new(required);
        if document.read(&text[range]).is_ok() {
            any = true;
            found.seen.iter_mut().zip(document.seen).for_each(|(all, one)| *all |= one);
        }
    }
    if any { found.missing() } else { Err("there is no XML element".into()) }
}

/// The outermost elements of `text` that are opened and closed in order.
fn elements(text: &str) -> Vec<Range<usize>> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|offset| at + offset) {
        let Some((tag, length)) = read_tag(&text[start..]) else {
            at = start + 1;
            continue;
        };
        at = start + length;
        let from = match tag {
            Tag::Open(name) => {
                open.push((name, start));
                continue;
            }
            Tag::Empty(_) => start,
            Tag::Close(name) => match open.pop() {
                Some((opened, from)) if opened == name => from,
                _ => {
                    open.clear();
                    continue;
                }
            },
            Tag::Other | Tag::Doctype | Tag::Unclosed => continue,
        };
        while found.last().is_some_and(|inner| inner.start > from) {
            found.pop();
        }
        found.push(from..at);
    }
    found
}

/// An XML document while it is read.
struct Document<'a, 'r> {
    open: Vec<&'a str>,
    roots: usize,
    required: &'r [String],
    seen: Vec<bool>,
}

impl<'a, 'r> Document<'a, 'r> {
    fn new(required: &'r [String]) -> Self {
        Self { open: Vec::new(), roots: 0, required, seen: vec![false; required.len()] }
    }

    fn read(&mut self, text: &'a str) -> Result<(), String> {
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find('<').unwrap_or(rest.len());
            let (words, tags) = rest.split_at(end);
            check_text(words)?;
            if self.open.is_empty() && !words.trim().is_empty() {
                return Err("there is text outside of the root element".into());
            }
            if tags.is_empty() {
                break;
            }
            let near = || tags.chars().take(20).collect::<String>();
            let (tag, length) = read_tag(tags).ok_or_else(|| format!("`{}` is no tag", near()))?;
            if matches!(tag, Tag::Open(_) | Tag::Empty(_)) {
                check_attributes(&tags[..length])?;
            }
            match tag {
                Tag::Open(name) | Tag::Empty(name) => self.enter(name, tag == Tag::Empty(name)),
                Tag::Close(name) => {
                    if self.open.pop() != Some(name) {
                        return Err(format!("`</{name}>` closes nothing"));
                    }
                }
                Tag::Unclosed => return Err(format!("`{}` is not closed", near())),
                Tag::Doctype if self.roots > 0 => return Err("the doctype comes late".into()),
                Tag::Other | Tag::Doctype => {}
            }
            rest = &tags[length..];
        }
        Ok(())
    }

    fn enter(&mut self, name: &'a str, empty: bool) {
        self.roots += usize::from(self.open.is_empty());
        self.open.push(name);
        for (path, seen) in self.required.iter().zip(&mut self.seen) {
            // A path as long as the place is deep is compared from its end.
            let mut open = self.open.iter().rev();
            let mut steps = path.rsplit('.');
            *seen |= steps.by_ref().all(|step| open.next() == Some(&step)) && open.next().is_none();
        }
        if empty {
            self.open.pop();
        }
    }

    fn missing(&self) -> Result<(), String> {
        let mut pairs = self.required.iter().zip(&self.seen);
        match pairs.find(|(_, seen)| !**seen) {
            Some((path, _)) => Err(format!("there is no element `{path}`")),
            None => Ok(()),
        }
    }
}

/// Refuses an ampersand that starts no reference.
fn check_text(text: &str) -> Result<(), String> {
    for (at, _) in text.match_indices('&') {
        let rest = &text[at + 1..];
        let name = rest.strip_prefix('#').unwrap_or(rest);
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        if end == 0 || !name[end..].starts_with(';') {
            return Err("there is an `&` that starts no reference".into());
        }
    }
    Ok(())
}

/// Refuses attributes that are not `name="value"`, and names that come twice.
fn check_attributes(tag: &str) -> Result<(), String> {
    let body = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let mut rest = body.trim_start_matches(is_name);
    let mut names: Vec<&str> = Vec::new();
    loop {
        let next = rest.trim_start();
        if next.is_empty() {
            break;
        }
        let end = next.find(|c| !is_name(c)).unwrap_or(next.len());
        let (name, after) = next.split_at(end);
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        let quote =
            value.and_then(|value| value.chars().next()).filter(|c| matches!(c, '"' | '\''));
        let inside = value.zip(quote).and_then(|(value, quote)| value[1..].split_once(quote));
        match inside {
            Some((inside, after)) if !name.is_empty() && next.len() < rest.len() => {
                check_text(inside)?;
                names.push(name);
                rest = after;
            }
            _ => {
                return Err(format!(
                    "`<{}>` has an attribute without a value in quotes",
                    first_name(body)
                ));
            }
        }
    }
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("the attribute `{}` comes twice", pair[0])),
        None => Ok(()),
    }
}
