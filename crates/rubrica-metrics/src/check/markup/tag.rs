//! Tags of XML and HTML.

/// A tag, comment, declaration or instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    Open(&'a str),
    Empty(&'a str),
    Close(&'a str),
    /// Comments, `<?...?>`, and in XML `<![CDATA[...]]>`.
    Other,
    Doctype,
    /// A comment or the like that runs to the end of the text.
    Unclosed,
}

pub(super) fn first_name(body: &str) -> &str {
    &body[..body.find(|c| !is_name(c)).unwrap_or(body.len())]
}

/// The tag that starts `text`, which starts with `<`, and its length.
pub(super) fn read_tag(text: &str) -> Option<(Tag<'_>, usize)> {
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

pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '\u{b7}')
}
