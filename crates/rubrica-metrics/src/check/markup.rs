//! XML and HTML by their tags.

mod tag;
mod xml;

use self::tag::{Tag, read_tag};
pub(super) use self::xml::{check_xml, find_xml};

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
