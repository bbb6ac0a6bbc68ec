//! SQL: whether a text is, and which tables and columns it names.
//!
//! The parser is that of the crate `sqlparser`. With a `databaseType` a text has to be of that dialect;
//! without one, of MySQL, PostgreSQL, SQLite, Transact-SQL or Oracle.

mod allowed;
mod names;

use rubrica_core::{Error, Result};
use serde_json::Value;
use sqlparser::ast::Statement;
use sqlparser::dialect::{
    AnsiDialect, BigQueryDialect, Dialect, HiveDialect, MsSqlDialect, MySqlDialect, OracleDialect,
    PostgreSqlDialect, RedshiftSqlDialect, SQLiteDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

use self::allowed::AllowList;
use self::names::{Named, named};

/// Bytes of the longest text that is parsed.
const LONGEST: usize = 200_000;
/// Levels of nesting that are parsed: each takes some kilobytes of stack.
const DEEPEST: usize = 25;
/// Stack of the thread that parses, where there are threads: code that is not optimised takes much more.
#[cfg(not(target_family = "wasm"))]
const STACK: usize = 32 << 20;
/// What `SHOW` shows, where it is not a statement of its own in every dialect.
const SHOWN: &str = " all binary binlog character charset client collation connection_id count engine engines \
    errors events full function grants index indexes keys master open plugins privileges procedure \
    processlist profile profiles replica replicas schemas search_path server_version slave status table tables \
    time timezone transaction triggers variables views warehouses warnings ";
/// Words that name no table or column unless they are in quotes.
const RESERVED: &str =
    " select from where group having order union join limit insert into values set and or not on ";

/// What SQL has to be of, and what it may name.
#[derive(Debug, Clone)]
pub(super) struct SqlRules {
    dialect: Option<&'static str>,
    tables: Option<AllowList>,
    columns: Option<AllowList>,
}

impl SqlRules {
    /// Reads `databaseType`, `allowedTables` and `allowedColumns`, each of them if it is there.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the path of a member that is unknown or of a wrong form.
    pub(super) fn new(value: Option<&Value>) -> Result<Self> {
        let mut rules = Self { dialect: None, tables: None, columns: None };
        let Some(value) = value else { return Ok(rules) };
        let members = "an object with `databaseType`, `allowedTables` or `allowedColumns`";
        let Some(object) = value.as_object() else {
            return Err(Error::invalid("value", format!("is `{value}`"), members));
        };
        for (member, value) in object {
            let path = format!("value.{member}");
            let is = || format!("is `{value}`");
            match member.as_str() {
                "databaseType" => {
                    let found = value.as_str().and_then(dialect_name);
                    let names = DIALECTS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
                    let expected = format!("one of {}", names.join(", "));
                    rules.dialect =
                        Some(found.ok_or_else(|| Error::invalid(path, is(), expected))?);
                }
                "allowedTables" => rules.tables = Some(AllowList::new(value, &path)?),
                "allowedColumns" => rules.columns = Some(AllowList::new(value, &path)?),
                _ => return Err(Error::invalid(path, "is unknown", members)),
            }
        }
        Ok(rules)
    }

    /// Whether all of `text` is SQL that names nothing but what is allowed; else why not.
    pub(super) fn check(&self, text: &str) -> std::result::Result<(), String> {
        with_deep_stack(|| self.check_here(text))
    }

    /// As [`SqlRules::check`], for SQL within `text`: in a code fence, or the whole text.
    pub(super) fn find(&self, text: &str) -> std::result::Result<(), String> {
        with_deep_stack(|| self.find_here(text))
    }

    fn check_here(&self, text: &str) -> std::result::Result<(), String> {
        let (statements, dialect) = self.parse(text)?;
        let found = named(&statements, matches!(dialect, "TransactSQL" | "Oracle"));
        for (list, names, kind) in
            [(&self.tables, &found.tables, "table"), (&self.columns, &found.columns, "column")]
        {
            let denied =
                list.as_ref().and_then(|list| names.iter().find(|name| !list.allows(name)));
            if let Some(Named { name, .. }) = denied {
                return Err(format!("the {kind} {} is not allowed", super::outcome::quoted(name)));
            }
        }
        Ok(())
    }

    fn find_here(&self, text: &str) -> std::result::Result<(), String> {
        let mut parts = text.split("```").skip(1).step_by(2);
        let languages = "sql mysql postgresql postgres sqlite tsql plsql";
        let fenced = parts.find_map(|part| {
            let (info, body) = part.split_once('\n')?;
            let info = info.trim().to_ascii_lowercase();
            let named = info.is_empty() || lists(languages, &info);
            (named && self.parse(body).is_ok()).then(|| self.check_here(body))
        });
        fenced.unwrap_or_else(|| self.check_here(text))
    }

    /// The statements of `text`, and the dialect that it is of.
    fn parse(&self, text: &str) -> std::result::Result<(Vec<Statement>, &'static str), String> {
        if text.len() > LONGEST {
            return Err(format!("the text has over {LONGEST} bytes"));
        }
        let usual = ["MySQL", "PostgreSQL", "Sqlite", "TransactSQL", "Oracle"];
        let dialects = self.dialect.as_ref().map_or(&usual[..], std::slice::from_ref);
        let mut problem = None;
        for dialect in dialects {
            let parsed = Parser::new(parser_of(dialect))
                .with_recursion_limit(DEEPEST)
                .try_with_sql(text)
                .and_then(|mut parser| parser.parse_statements())
                .map_err(|error| error.to_string().replace("sql parser error: ", ""))
                .and_then(|statements| sensible(&statements).map(|()| statements));
            match parsed {
                Ok(statements) => return Ok((statements, dialect)),
                Err(other) => problem = problem.or(Some(other)),
            }
        }
        Err(problem.unwrap_or_else(|| "there is no statement".into()))
    }
}

/// What `run` gives, on a thread whose stack is deep enough for nested SQL.
#[cfg(not(target_family = "wasm"))]
fn with_deep_stack(
    run: impl FnOnce() -> std::result::Result<(), String> + Send,
) -> std::result::Result<(), String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(found)) => found,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(format!("no thread to parse on: {error}")),
        }
    })
}

/// As above, on the one stack that there is.
#[cfg(target_family = "wasm")]
fn with_deep_stack(
    run: impl FnOnce() -> std::result::Result<(), String>,
) -> std::result::Result<(), String> {
    run()
}

/// Names of dialects as promptfoo has them, and what parses them.
const DIALECTS: [(&str, &dyn Dialect); 15] = [
    ("MySQL", &MySqlDialect {}),
    ("MariaDB", &MySqlDialect {}),
    ("PostgreSQL", &PostgreSqlDialect {}),
    ("Sqlite", &SQLiteDialect {}),
    ("TransactSQL", &MsSqlDialect {}),
    ("Oracle", &OracleDialect {}),
    ("BigQuery", &BigQueryDialect),
    ("Snowflake", &SnowflakeDialect),
    ("Redshift", &RedshiftSqlDialect {}),
    ("Hive", &HiveDialect {}),
    ("DB2", &AnsiDialect {}),
    ("Athena", &AnsiDialect {}),
    ("Trino", &AnsiDialect {}),
    ("FlinkSQL", &AnsiDialect {}),
    ("Noql", &PostgreSqlDialect {}),
];

fn dialect_name(name: &str) -> Option<&'static str> {
    let alias = match name.to_ascii_lowercase().as_str() {
        "postgres" => "PostgreSQL",
        "mssql" | "tsql" | "sqlserver" => "TransactSQL",
        _ => name,
    };
    DIALECTS.iter().map(|(own, _)| *own).find(|own| own.eq_ignore_ascii_case(alias))
}

fn parser_of(name: &str) -> &'static dyn Dialect {
    let found = DIALECTS.iter().find(|(own, _)| *own == name);
    found.map_or(&MySqlDialect {} as &dyn Dialect, |(_, dialect)| *dialect)
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(word))
}

/// Refuses what the parser takes and no database would.
fn sensible(statements: &[Statement]) -> std::result::Result<(), String> {
    if statements.is_empty() {
        return Err("there is no statement".into());
    }
    for statement in statements {
        if let Statement::ShowVariable { variable } = statement
            && !variable.first().is_some_and(|name| lists(SHOWN, &name.value))
        {
            return Err("`SHOW` is followed by nothing that it shows".into());
        }
        if let Statement::CreateTable(table) = statement {
            let source = table.query.is_some() || table.like.is_some() || table.clone.is_some();
            let parent = table.partition_of.is_some() || table.inherits.is_some();
            if table.columns.is_empty() && table.constraints.is_empty() && !source && !parent {
                return Err("a table is created without columns".into());
            }
        }
    }
    names::problem(statements).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(value: Value) -> SqlRules {
        SqlRules::new(Some(&value)).expect("valid")
    }

    #[test]
    fn statements() {
        let any = SqlRules::new(None).expect("valid");
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
            "SELECT id FROM orders WHERE a IS DISTINCT FROM b",
            "SELECT name FROM orders ORDER BY id FETCH FIRST 5 ROWS ONLY",
            "SHOW TABLES",
            "SHOW CREATE TABLE t",
            "SHOW COLUMNS FROM t",
            "SHOW search_path",
            "SET @a = 1",
            "SET search_path TO x",
            "SELECT TOP 5 name FROM [order details]",
            "SELECT a::int, b->>'x' FROM t WHERE c ILIKE '%x%'",
            "SELECT SUM(a) OVER (PARTITION BY b ORDER BY c) FROM t",
            "INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING RETURNING id",
            "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2",
            "SELECT \"select\" FROM t",
            "EXPLAIN SELECT 1",
            "CALL p(1)",
            "SELECT DISTINCT ON (a) a FROM t",
        ] {
            assert_eq!(any.check(good), Ok(()), "{good}");
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
            "UPDATE t WHERE a = 1",
            "SELECT 'a FROM t",
            "Select the best answer for each question below",
            "SELECT * FROM t WHERE name = “x”",
            "SELEC * FROM t",
            "SELECT * FORM t",
            "SELECT a b c FROM t",
            "SELECT * FROM a JOIN ON a.id = b.id",
            "SELECT * FROM select",
            "SELECT FROM t",
            "SELECT * FROM t GROUP a",
            "SELECT * FROM t LIMIT",
            "SELECT * FROM t WHERE a NOT 5",
            "SELECT * FROM t WHER a = 1",
            "SELECT count(* FROM t",
            "INSERT INTO t (a VALUES (1)",
            "DELETE * FROM t",
            "DROP TABLE",
            "CREATE TABLE t",
            "Show me the tables",
            "SELECT * FROM t WHERE a = = 1",
            "SELECT a FROM t,",
            "With that, we can select from the menu",
        ] {
            assert!(any.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn tables_and_columns() {
        let orders = json!({"allowedTables": ["orders"]});
        for (value, sql, allowed) in [
            (orders.clone(), "SELECT EXTRACT(YEAR FROM created_at) AS y FROM orders", true),
            (orders.clone(), "SELECT TRIM(BOTH ' ' FROM name) FROM orders", true),
            (orders.clone(), "SELECT SUBSTRING(name FROM 2 FOR 3) FROM s.Orders o", true),
            (orders.clone(), "WITH r AS (SELECT * FROM orders) SELECT * FROM r", true),
            (orders.clone(), "WITH orders AS (SELECT * FROM secrets) SELECT * FROM orders", false),
            (
                orders.clone(),
                "WITH secrets AS (SELECT * FROM secrets) SELECT * FROM secrets",
                false,
            ),
            (
                orders.clone(),
                "WITH RECURSIVE r(n) AS (SELECT 1 FROM orders UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
                true,
            ),
            (orders.clone(), "SELECT * FROM orders, LATERAL (SELECT 1) x", true),
            (orders.clone(), "SELECT * FROM orders, unnest(tags) t", true),
            (orders.clone(), "SELECT * FROM orders WHERE id IN (SELECT id FROM secrets)", false),
            (orders.clone(), "SELECT * FROM orders JOIN secrets USING (id)", false),
            (orders.clone(), "SELECT id FROM [secrets]", false),
            (orders.clone(), "SELECT id FROM \"secrets\"", false),
            (orders.clone(), "SELECT id FROM orders; DROP TABLE secrets", false),
            (orders.clone(), "TRUNCATE TABLE secrets", false),
            (orders.clone(), "ALTER TABLE secrets ADD COLUMN x INT", false),
            (orders.clone(), "CREATE TABLE secrets (a INT)", false),
            (orders.clone(), "CREATE INDEX i ON secrets (a)", false),
            (orders.clone(), "DESCRIBE secrets", false),
            (
                orders.clone(),
                "MERGE INTO secrets USING orders ON 1 = 1 WHEN MATCHED THEN DELETE",
                false,
            ),
            (orders.clone(), "SELECT * INTO secrets FROM orders", false),
            (orders.clone(), "INSERT INTO secrets SELECT * FROM orders", false),
            (orders.clone(), "DELETE FROM secrets", false),
            (orders.clone(), "UPDATE secrets SET a = 1", false),
            (orders.clone(), "SELECT 1", true),
            (
                json!({"databaseType": "TransactSQL", "allowedTables": ["orders"]}),
                "SELECT id FROM [secrets]",
                false,
            ),
            (
                json!({"databaseType": "TransactSQL", "allowedTables": ["orders"]}),
                "SELECT id FROM secrets (NOLOCK)",
                false,
            ),
            (
                json!({"databaseType": "MySQL", "allowedTables": ["(select|update)::null::orders"]}),
                "SELECT id FROM orders",
                true,
            ),
            (
                json!({"allowedTables": ["(select|update)::null::orders"]}),
                "DELETE FROM orders",
                false,
            ),
            (json!({"allowedTables": ["select::shop::(.*)"]}), "SELECT a FROM shop.x", true),
            (json!({"allowedTables": ["select::shop::(.*)"]}), "SELECT a FROM x", false),
            (json!({"allowedTables": ["shop.orders"]}), "SELECT a FROM shop.orders", true),
            (json!({"allowedTables": ["shop.orders"]}), "SELECT a FROM other.orders", false),
            (json!({"allowedColumns": ["select::null::id"]}), "SELECT id FROM orders", true),
            (json!({"allowedColumns": ["select::null::id"]}), "SELECT name FROM orders", false),
            (
                json!({"allowedColumns": ["id", "name"]}),
                "SELECT o.ID, name n FROM t o ORDER BY n",
                true,
            ),
            (json!({"allowedColumns": ["id"]}), "SELECT id FROM t WHERE pin = 1", false),
            (json!({"allowedColumns": ["id"]}), "SELECT 1 AS pin FROM t WHERE pin = 1", false),
            (json!({"allowedColumns": ["id"]}), "SELECT * FROM t", false),
            (json!({"allowedColumns": ["*"]}), "SELECT * FROM t", true),
            (json!({"allowedColumns": ["id"]}), "SELECT COUNT(*) FROM t", true),
            (json!({"allowedColumns": ["select::t::id"]}), "SELECT x.id FROM t AS x", true),
            (json!({"allowedColumns": ["id"]}), "INSERT INTO t (id, pin) VALUES (1, 2)", false),
            (json!({"allowedColumns": ["id"]}), "UPDATE t SET pin = 1", false),
            (json!({"allowedColumns": ["update::t::pin"]}), "UPDATE t SET pin = 1", true),
        ] {
            assert_eq!(rules(value.clone()).check(sql).is_ok(), allowed, "{value} {sql}");
        }
    }

    #[test]
    fn fences_and_dialects() {
        let any = SqlRules::new(None).expect("valid");
        assert_eq!(any.find("Run this:\n```sql\nSELECT 1\n```\nBye"), Ok(()));
        assert!(any.find("Run this: nothing").is_err());
        assert!(rules(json!({"databaseType": "MySQL"})).check("SELECT a FROM [t]").is_err());
        let path = |value: Value| {
            SqlRules::new(Some(&value)).expect_err("a mistake").path().map(str::to_owned)
        };
        assert_eq!(path(json!({"databaseType": "x"})).as_deref(), Some("value.databaseType"));
        assert_eq!(path(json!({"allowedTable": []})).as_deref(), Some("value.allowedTable"));
        assert_eq!(path(json!({"allowedTables": "("})).as_deref(), Some("value.allowedTables"));
        assert_eq!(
            path(json!({"allowedTables": ["a::("]})).as_deref(),
            Some("value.allowedTables[0]")
        );
    }

    #[test]
    fn hostile_statements_end_soon() {
        let any = SqlRules::new(None).expect("valid");
        for piece in ["(", "SELECT ", "a,", "'", "CASE WHEN ", "NOT ", "SELECT (", "[", "a."] {
            let text = format!("SELECT {}", piece.repeat(301));
            assert!(any.check(&text).is_err(), "{piece}");
        }
    }
}
