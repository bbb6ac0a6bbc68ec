//! SQL by its form: statements, clauses in order, parentheses, no operand or comma left hanging.
//!
//! This is no parser of a dialect: it accepts what SQL:2016, MySQL, PostgreSQL and SQLite share in the
//! shape of their statements, and with it some text that a database would refuse.

/// A piece of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A word that is not quoted.
    Word(&'a str),
    /// A name or text in quotes, a number, or a placeholder.
    Operand,
    /// Of more than one character, or one.
    Operator,
    Star,
    Comma,
    Dot,
    Open,
    Close,
    Semicolon,
}

/// First words of statements, with words of which one has to follow somewhere, if any.
const STATEMENTS: [(&str, &str); 16] = [
    ("select", ""),
    ("with", "select insert update delete"),
    ("insert", "into"),
    ("replace", "into"),
    ("update", "set"),
    ("delete", "from"),
    (
        "create",
        "table view index database schema function procedure trigger user role sequence type",
    ),
    ("alter", "table view index database schema user role sequence type column"),
    ("drop", "table view index database schema function procedure trigger user role sequence type"),
    ("truncate", ""),
    ("merge", "into"),
    ("explain", "select insert update delete with"),
    ("grant", "to"),
    ("revoke", "from"),
    ("begin", ""),
    ("commit", ""),
];

/// Clauses of a query in their order.
const CLAUSES: [&str; 9] =
    ["select", "from", "where", "group", "having", "window", "order", "limit", "offset"];

/// Words after which an operand has to come.
const AWAIT: &str = " select from where by having and or not in like between on join into set when then \
    else union intersect except limit offset values using as distinct is ";

/// Words that are no names.
const RESERVED: &str = " select from where group having order limit offset union intersect except and or \
    not in like between on join inner left right full outer cross into set values case when then else end \
    by is null as using distinct with exists asc desc all any insert update delete create table ";

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(word))
}

/// The tables that a text names, or why it is no SQL.
pub(super) fn check_sql(text: &str) -> Result<Vec<String>, String> {
    let tokens = tokens(text)?;
    let mut tables = Vec::new();
    let mut any = false;
    for statement in tokens.split(|token| *token == Token::Semicolon) {
        if !statement.is_empty() {
            any = true;
            check_statement(statement)?;
            tables.extend(named_tables(statement));
        }
    }
    if any { Ok(tables) } else { Err("there is no statement".into()) }
}

/// The tables that the first SQL within `text` names: in a code fence, or the whole text.
pub(super) fn find_sql(text: &str) -> Result<Vec<String>, String> {
    let mut parts = text.split("```").skip(1).step_by(2);
    let fenced = parts.find_map(|part| {
        let (info, body) = part.split_once('\n')?;
        let info = info.trim();
        (info.is_empty() || lists("sql mysql postgresql postgres sqlite tsql plsql", info))
            .then(|| check_sql(body).ok())?
    });
    fenced.map_or_else(|| check_sql(text.trim()), Ok)
}

fn check_statement(tokens: &[Token<'_>]) -> Result<(), String> {
    let word = |token: &Token<'_>| match token {
        Token::Word(word) => Some(word.to_ascii_lowercase()),
        _ => None,
    };
    let first = tokens.iter().find(|token| **token != Token::Open).and_then(word);
    let first = first.ok_or("a statement starts with no word")?;
    let Some((_, needs)) = STATEMENTS.iter().find(|(name, _)| *name == first) else {
        return Err(format!("a statement starts with `{first}`"));
    };
    let has = |token: &Token<'_>| word(token).is_some_and(|word| lists(needs, &word));
    if !needs.is_empty() && !tokens.iter().any(has) {
        return Err(format!("`{first}` comes without any of: {needs}"));
    }
    // The clause that each open parenthesis, and the statement itself, is in.
    let mut clauses = vec![0_usize];
    let mut names = 0;
    for (i, token) in tokens.iter().enumerate() {
        let next = tokens.get(i + 1);
        let before_clause = next.and_then(word).is_some_and(|next| CLAUSES[1..].contains(&&*next));
        let closes = before_clause || matches!(next, None | Some(Token::Close | Token::Comma));
        names = match token {
            Token::Word(name) if !lists(RESERVED, name) => names + 1,
            Token::Operand => names + 1,
            _ => 0,
        };
        // A name, its alias, and a type or a sort order: more in a row are prose.
        if names > 3 && matches!(first.as_str(), "select" | "delete" | "update") {
            return Err("there are more than three names in a row".into());
        }
        match token {
            Token::Open => clauses.push(0),
            Token::Close => {
                clauses.pop();
                if clauses.is_empty() {
                    return Err("there is a `)` that closes nothing".into());
                }
            }
            Token::Comma if closes => return Err("there is a comma before nothing".into()),
            Token::Operator | Token::Dot if closes => {
                return Err("there is an operator before nothing".into());
            }
            Token::Word(name) => {
                if lists(AWAIT, name) && closes {
                    return Err(format!("there is nothing after `{name}`"));
                }
                read_clause(name, next, &mut clauses)?;
            }
            _ => {}
        }
    }
    if clauses.len() == 1 { Ok(()) } else { Err("there is a `(` that is not closed".into()) }
}

/// Refuses a clause that comes before one that it has to come after.
fn read_clause(name: &str, next: Option<&Token<'_>>, clauses: &mut [usize]) -> Result<(), String> {
    let Some(current) = clauses.last_mut() else { return Ok(()) };
    let name = name.to_ascii_lowercase();
    if matches!(name.as_str(), "union" | "intersect" | "except") {
        *current = 0;
    }
    let Some(place) = CLAUSES.iter().position(|clause| *clause == name) else { return Ok(()) };
    if place == 0 {
        if *current > 0 {
            return Err("a clause comes before `select`".into());
        }
        return Ok(());
    }
    let by = matches!(next, Some(Token::Word(word)) if word.eq_ignore_ascii_case("by"));
    if matches!(name.as_str(), "group" | "order") && !by {
        return Err(format!("`{name}` comes without `by`"));
    }
    if place < *current && place < 7 {
        return Err(format!("`{name}` comes after `{}`", CLAUSES[*current]));
    }
    *current = (*current).max(place);
    Ok(())
}

/// What stands where a table has to: after `from`, `join`, `into`, `update`, `table`, and after commas
/// of `from`.
fn named_tables(tokens: &[Token<'_>]) -> Vec<String> {
    let mut tables = Vec::new();
    let mut in_from = false;
    for (i, token) in tokens.iter().enumerate() {
        let starts = match token {
            Token::Word(word) => {
                let from = lists("from join", word);
                in_from =
                    from || in_from && !lists(RESERVED, word) || in_from && lists("as on", word);
                from || lists("into update table", word)
            }
            Token::Comma => in_from,
            _ => false,
        };
        let mut rest = tokens[i + 1..].iter();
        if let (true, Some(&Token::Word(mut name))) = (starts, rest.next()) {
            while let (Some(Token::Dot), Some(Token::Word(inner))) = (rest.next(), rest.next()) {
                name = inner;
            }
            if !lists(RESERVED, name) {
                tables.push(name.to_owned());
            }
        }
    }
    tables
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(c) = rest.chars().next() {
        let (token, length) = match c {
            _ if c.is_whitespace() => (None, c.len_utf8()),
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => {
                let end = rest[2..].find("*/").ok_or("there is a comment that is not closed")?;
                (None, end + 4)
            }
            '\'' => (Some(Token::Operand), quoted_length(rest, c)?),
            // Names in quotes count as words, so that their tables are known.
            '"' | '`' => {
                let length = quoted_length(rest, c)?;
                (Some(Token::Word(&rest[1..length - 1])), length)
            }
            _ if c.is_ascii_digit() => {
                (Some(Token::Operand), run(rest, |c| c.is_alphanumeric() || c == '.'))
            }
            _ if c.is_alphabetic() || matches!(c, '_' | '@' | '$') => {
                let length = run(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@'));
                (Some(Token::Word(&rest[..length])), length)
            }
            '*' => (Some(Token::Star), 1),
            '?' => (Some(Token::Operand), 1),
            ',' => (Some(Token::Comma), 1),
            '.' => (Some(Token::Dot), 1),
            '(' | '[' => (Some(Token::Open), 1),
            ')' | ']' => (Some(Token::Close), 1),
            ';' => (Some(Token::Semicolon), 1),
            '=' | '<' | '>' | '!' | '+' | '-' | '/' | '%' | '|' | '&' | '^' | '~' | ':' | '#' => {
                (Some(Token::Operator), 1)
            }
            _ => return Err(format!("`{c}` is no part of SQL")),
        };
        tokens.extend(token);
        rest = &rest[length..];
    }
    Ok(tokens)
}

fn run(text: &str, is_inside: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_inside(c)).unwrap_or(text.len())
}

/// Bytes of the quoted text that starts `text`; a doubled quote stands for itself.
fn quoted_length(text: &str, quote: char) -> Result<usize, String> {
    let mut end = 1;
    loop {
        match text[end..].find(quote) {
            None => return Err(format!("there is a {quote} that is not closed")),
            Some(at) => end += at + 1,
        }
        if !text[end..].starts_with(quote) {
            return Ok(end);
        }
        end += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        for good in [
            "SELECT * FROM users",
            "select a, count(*) as n from t x left join u on x.id = u.id where a > 3 and b in (1, 2) group by a having n > 1 order by n desc limit 3 offset 2;",
            "SELECT name FROM a UNION SELECT name FROM b ORDER BY name",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "INSERT INTO t (a, b) VALUES ('it''s', NULL)",
            "UPDATE `t` SET a = a + 1 WHERE id = ?",
            "DELETE FROM t WHERE a IS NOT NULL -- gone",
            "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL)",
            "SELECT CASE WHEN a = 1 THEN 'x' ELSE 'y' END FROM t; COMMIT",
        ] {
            assert!(check_sql(good).is_ok(), "{good}: {:?}", check_sql(good));
        }
        for bad in [
            "",
            ";",
            "Hello there",
            "SELECT",
            "SELECT * FROM",
            "SELECT * FROM t WHERE",
            "SELECT a, FROM t",
            "SELECT (a FROM t",
            "SELECT a) FROM t",
            "SELECT * FROM t WHERE a =",
            "SELECT * WHERE a = 1 FROM t",
            "SELECT * FROM t ORDER a",
            "INSERT t VALUES (1)",
            "UPDATE t WHERE a = 1",
            "SELECT 'a FROM t",
            "Select the best answer for each question below",
            "SELECT * FROM t WHERE name = “x”",
            "SELEC * FROM t",
        ] {
            assert!(check_sql(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tables_and_fences() {
        let tables = |sql| check_sql(sql).expect("SQL");
        assert_eq!(
            tables("SELECT * FROM a, s.b AS x JOIN `c` ON a.id = c.id WHERE d = 1"),
            ["a", "b", "c"]
        );
        assert_eq!(tables("INSERT INTO t SELECT * FROM (SELECT 1 FROM u) v"), ["t", "u"]);
        assert_eq!(find_sql("Run this:\n```sql\nSELECT 1\n```\nBye"), Ok(vec![]));
        assert!(find_sql("Run this: nothing").is_err());
    }
}
