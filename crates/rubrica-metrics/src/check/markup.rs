//! XML and HTML by their tags.

use std::ops::Range;

/// A tag, comment, declaration or instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag<'a> {
    Open(&'a str),
    Empty(&'a str),
    Close(&'a str),
    /// Comments, `<?...?>`, and in XML `<![CDATA[...]]>`.
    Other,
    Doctype,
    /// A comment or the like that runs to the end of the text.
    Unclosed,
}

/// Elements that HTML never closes.
const VOID: &str = " area base br col embed hr img input link meta source track wbr ";

/// Elements whose closing tag HTML lets out.
const UNCLOSED: &str =
    " p li dt dd option optgroup tr td th thead tbody tfoot colgroup rp rt html head body ";

/// Further elements of HTML.
const ELEMENTS: &str = " a abbr address article aside audio b blockquote button canvas caption cite code \
    data del details dfn dialog div dl em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header \
    i iframe ins kbd label legend main map mark menu meter nav noscript object ol output picture pre \
    progress q s samp script section select small span strong style sub summary sup svg table template \
    textarea time title u ul var video ";

/// Why `text` is no well-formed XML document, or the first of `required` that it lacks. A required
/// element is a path from the root such as `note.to`.
pub(super) fn check_xml(text: &str, required: &[String]) -> Result<(), String> {
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
pub(super) fn find_xml(text: &str, required: &[String]) -> Result<(), String> {
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

fn first_name(body: &str) -> &str {
    &body[..body.find(|c| !is_name(c)).unwrap_or(body.len())]
}

/// The tag that starts `text`, which starts with `<`, and its length.
fn read_tag(text: &str) -> Option<(Tag<'_>, usize)> {
    let until = |tag, from: usize, end: &str| match text[from..].find(end) {
        Some(length) => Some((tag, from + length + end.len())),
        None => Some((Tag::Unclosed, text.len())),
    };
    if text.starts_with("<!--") {
        return until(Tag::Other, 4, "-->");
    }
    if text.starts_with("<![CDATA[") {
        return until(Tag::Other, 9, "]]>");
    }
    if text.starts_with("<?") {
        return until(Tag::Other, 2, "?>");
    }
    if text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
        return until(Tag::Doctype, 9, ">");
    }
    let closes = text.starts_with("</");
    let start = 1 + usize::from(closes);
    let rest = &text[start..];
    if !rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let name = first_name(rest);
    let mut quote = None;
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start + name.len()) {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '<') => return None,
            (None, '>') => {
                let tag = match (closes, text[..at].ends_with('/')) {
                    (true, _) => Tag::Close(name),
                    (false, true) => Tag::Empty(name),
                    (false, false) => Tag::Open(name),
                };
                return Some((tag, at + 1));
            }
            _ => {}
        }
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '\u{b7}')
}

fn lists(words: &str, name: &str) -> bool {
    words.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(name))
}

fn is_html_name(name: &str) -> bool {
    lists(ELEMENTS, name) || lists(VOID, name) || lists(UNCLOSED, name)
}

/// Whether `text` has a tag of HTML somewhere.
pub(super) fn has_html(text: &str) -> bool {
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|offset| at + offset) {
        match read_tag(&text[start..]) {
            Some((Tag::Open(name) | Tag::Empty(name) | Tag::Close(name), _))
                if is_html_name(name) =>
            {
                return true;
            }
            Some((Tag::Doctype, _)) => return true,
            Some((_, length)) => at = start + length,
            None => at = start + 1,
        }
    }
    false
}

/// Why `text` is no piece of HTML from its first tag to its last.
pub(super) fn check_html(text: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text.trim();
    let mut known = false;
    while !rest.is_empty() {
        let raw = open.last().filter(|name| lists(" script style ", name));
        let end = match raw {
            Some(name) => rest.find(&format!("</{name}")),
            None => rest.find('<'),
        };
        let (words, tags) = rest.split_at(end.unwrap_or(rest.len()));
        if open.is_empty() && !words.trim().is_empty() {
            return Err("there is text outside of any element".into());
        }
        if tags.is_empty() {
            break;
        }
        let Some((tag, length)) = read_tag(tags) else {
            return Err("there is a `<` that starts no tag".into());
        };
        match tag {
            Tag::Open(name) => {
                known |= is_html_name(name);
                if !lists(VOID, name) {
                    open.push(name);
                }
            }
            Tag::Empty(name) => known |= is_html_name(name),
            Tag::Close(name) => loop {
                match open.pop() {
                    Some(last) if last.eq_ignore_ascii_case(name) => break,
                    Some(last) if lists(UNCLOSED, last) => {}
                    _ => return Err(format!("`</{name}>` closes nothing")),
                }
            },
            Tag::Doctype => known = true,
            Tag::Other | Tag::Unclosed => {}
        }
        rest = &tags[length..];
    }
    match open.into_iter().find(|name| !lists(UNCLOSED, name)) {
        Some(name) => Err(format!("`<{name}>` is not closed")),
        None if known => Ok(()),
        None => Err("there is no element of HTML".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml() {
        let required = ["note.to".to_owned(), "note".to_owned()];
        let good = "<?xml version=\"1.0\"?>\n<note a=\"1\" b='x>y'><to/><!-- < --><![CDATA[<&]]>&amp;</note>";
        assert_eq!(check_xml(good, &required), Ok(()));
        assert_eq!(find_xml(&format!("Here: {good} 1 < 2"), &required), Ok(()));
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "x<a/>",
            "<a b=c/>",
            "<a b='1' b='2'/>",
            "<a>&</a>",
            "<a b/>",
            "<a><b></a></b>",
            "</a>",
            "<1/>",
            "<a <b/>",
        ] {
            assert!(check_xml(bad, &[]).is_err(), "{bad}");
        }
        assert_eq!(
            check_xml("<note/>", &required).expect_err("no to"),
            "there is no element `note.to`"
        );
        assert!(find_xml("a < b > c", &[]).is_err() && find_xml("<br>", &[]).is_err());
        assert!(find_xml("<p> <a>x</a>", &["a".to_owned()]).is_ok());
    }

    #[test]
    fn html() {
        for good in [
            "<!DOCTYPE html><html><body><p>One<p>Two<br></body></html>",
            "<ul><li>a<li>b</ul>",
            "<img src=x>",
            "<my-tag><b>x</b></my-tag>",
            "<div><script>if (a < b) {}</script></div>",
        ] {
            assert_eq!(check_html(good), Ok(()), "{good}");
            assert!(has_html(&format!("See {good}.")));
        }
        for bad in
            ["", "plain", "<note>x</note>", "<div>", "<b>x</i>", "Hi <b>you</b>", "<b>a < b</b>"]
        {
            assert!(check_html(bad).is_err(), "{bad}");
        }
        assert!(!has_html("a < b and <note>") && has_html("line<br>"));
    }

    #[test]
    fn hostile_markup_takes_linear_time() {
        for piece in ["<a>", "<a b='", "<!--", "<", "</a>", "<a ", "<![CDATA[", "&"] {
            let text = piece.repeat(20_000);
            assert!(check_xml(&text, &["a".to_owned()]).is_err());
            let _ = (find_xml(&text, &[]), check_html(&text), has_html(&text));
        }
    }
}
