//! The tables and columns that statements name.

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    AssignmentTarget, Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, OrderBy, Query,
    Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement, TableFactor, Visit,
    Visitor,
};
use sqlparser::tokenizer::Span;

use super::{RESERVED, lists};

/// A table or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// What is done with it: `select`, `insert`, `update`, ...
    pub(super) action: String,
    /// The schema of a table, or the table of a column, where it is given.
    pub(super) owner: Option<String>,
    /// Its name, or `*`.
    pub(super) name: String,
}

/// What statements name.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) tables: Vec<Named>,
    pub(super) columns: Vec<Named>,
}

/// All that `statements` name. `implicit`: a common table expression may name itself without `RECURSIVE`.
pub(super) fn named(statements: &[Statement], implicit: bool) -> Names {
    let mut names = Names::default();
    for statement in statements {
        let mut aliases = Aliases::default();
        let _ = statement.visit(&mut aliases);
        let written = statement.to_string();
        let first = written.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let mut collector = Collector {
            implicit,
            aliases,
            names: Names::default(),
            action: first.to_lowercase(),
            depth: 0,
            scopes: Vec::new(),
            bodies: Vec::new(),
            functions: HashSet::new(),
        };
        let _ = statement.visit(&mut collector);
        names.tables.extend(collector.names.tables);
        names.columns.extend(collector.names.columns);
    }
    names
}

/// Why a parsed text is none that a database would take: a reserved word or a typographic quotation mark
/// in a name, or a query that selects nothing.
pub(super) fn problem(statements: &[Statement]) -> Option<String> {
    struct Problems;
    impl Problems {
        fn of(ident: &Ident) -> ControlFlow<String> {
            let quoted = ident.quote_style.is_some();
            if !quoted && lists(RESERVED, &ident.value) {
                return ControlFlow::Break(format!("`{}` stands where a name has to", ident.value));
            }
            ControlFlow::Continue(())
        }
    }
    impl Visitor for Problems {
        type Break = String;

        fn pre_visit_ident(&mut self, ident: &Ident) -> ControlFlow<String> {
            match ident.value.chars().find(|c| "“”„‘’«»".contains(*c)) {
                Some(mark) if ident.quote_style.is_none() => {
                    ControlFlow::Break(format!("`{mark}` is no quotation mark of SQL"))
                }
                _ => ControlFlow::Continue(()),
            }
        }

        fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<String> {
            name.0.iter().filter_map(|part| part.as_ident()).try_for_each(Self::of)
        }

        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<String> {
            match expr {
                // `SET x = ON`
                Expr::Identifier(ident) if !ident.value.eq_ignore_ascii_case("on") => {
                    Self::of(ident)
                }
                _ => ControlFlow::Continue(()),
            }
        }

        fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<String> {
            if select.projection.is_empty() && select.exclude.is_none() {
                return ControlFlow::Break("a query selects nothing".into());
            }
            ControlFlow::Continue(())
        }
    }
    let mut problems = Problems;
    statements.iter().find_map(|statement| match statement.visit(&mut problems) {
        ControlFlow::Break(problem) => Some(problem),
        ControlFlow::Continue(()) => None,
    })
}

/// Names that a statement gives: which tables hide behind which, and which columns are none.
#[derive(Debug, Default)]
struct Aliases {
    /// Names of tables with the tables behind them.
    tables: Vec<(String, String)>,
    /// Names of columns of queries within others, which the outer ones may use anywhere.
    inner: HashSet<String>,
    /// Those of the outermost query, which only what comes after it may use.
    outer: HashSet<String>,
    /// Where the outermost query groups, filters groups and sorts.
    late: HashSet<Span>,
    depth: usize,
}

impl Visitor for Aliases {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.depth += 1;
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.inner
                .extend(cte.alias.columns.iter().map(|column| column.name.value.to_lowercase()));
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_order_by(&mut self, order_by: &OrderBy) -> ControlFlow<()> {
        self.add_late(order_by);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item {
                let names = if self.depth > 1 { &mut self.inner } else { &mut self.outer };
                names.insert(alias.value.to_lowercase());
            }
        }
        self.add_late(&select.group_by);
        if let Some(having) = &select.having {
            self.add_late(having);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        match table {
            TableFactor::Table { name, alias: Some(alias), args: None, .. } => {
                let behind = name.0.last().and_then(|part| part.as_ident());
                let behind = behind.map(|ident| ident.value.clone()).unwrap_or_default();
                self.tables.push((alias.name.value.to_lowercase(), behind));
            }
            TableFactor::Derived { alias: Some(alias), .. }
            | TableFactor::UNNEST { alias: Some(alias), .. }
            | TableFactor::Table { alias: Some(alias), .. } => {
                // Such a table may be named as a column, all of it.
                self.inner.insert(alias.name.value.to_lowercase());
                let columns = alias.columns.iter().map(|column| column.name.value.to_lowercase());
                self.inner.extend(columns);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Aliases {
    fn add_late(&mut self, part: &impl Visit) {
        struct Spans<'a>(&'a mut HashSet<Span>);
        impl Visitor for Spans<'_> {
            type Break = ();

            fn pre_visit_ident(&mut self, ident: &Ident) -> ControlFlow<()> {
                self.0.insert(ident.span);
                ControlFlow::Continue(())
            }
        }
        let _ = part.visit(&mut Spans(&mut self.late));
    }

    fn hides(&self, ident: &Ident) -> bool {
        let name = ident.value.to_lowercase();
        self.inner.contains(&name) || self.outer.contains(&name) && self.late.contains(&ident.span)
    }
}

/// Names of common table expressions, and how many of them may be used by now.
struct Scope {
    names: Vec<String>,
    visible: usize,
}

struct Collector {
    implicit: bool,
    aliases: Aliases,
    names: Names,
    /// The first word of the statement.
    action: String,
    /// Queries that are open.
    depth: usize,
    scopes: Vec<Scope>,
    /// Queries that define a common table expression: where they stand in memory, which one of the last
    /// scope it is, and whether it may name itself.
    bodies: Vec<(*const Query, usize, bool)>,
    /// Where the names of functions that stand in place of a table stand in memory.
    functions: HashSet<*const ObjectName>,
}

impl Collector {
    fn action(&self) -> String {
        if self.depth > 0 { "select".into() } else { self.action.clone() }
    }

    fn body(&self, query: &Query) -> Option<(usize, bool)> {
        let found = self.bodies.iter().rev().find(|(body, ..)| std::ptr::eq(*body, query));
        found.map(|(_, place, recursive)| (*place, *recursive))
    }

    fn add_column(&mut self, owner: Option<&Ident>, column: &str) {
        let owner = owner.map(|owner| {
            let behind =
                self.aliases.tables.iter().find(|(alias, _)| *alias == owner.value.to_lowercase());
            behind.map_or_else(|| owner.value.clone(), |(_, table)| table.clone())
        });
        let action = self.action();
        self.names.columns.push(Named { action, owner, name: column.to_owned() });
    }
}

impl Visitor for Collector {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some((place, recursive)) = self.body(query)
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.visible = if recursive { scope.names.len() } else { place };
        }
        self.depth += 1;
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        let mut names = Vec::new();
        for (i, cte) in ctes.enumerate() {
            let own = self.implicit && matches!(*cte.query.body, SetExpr::SetOperation { .. });
            self.bodies.push((&raw const *cte.query, i, recursive || own));
            names.push(cte.alias.name.value.to_lowercase());
        }
        self.scopes.push(Scope { visible: names.len(), names });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.depth -= 1;
        self.scopes.pop();
        if self.body(query).is_some()
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.visible = scope.names.len();
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: Some(args), .. } = table {
            // `FROM t (NOLOCK)` is a table with a hint.
            let hint = |arg: &FunctionArg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(hint))) => {
                    hint.value.to_ascii_lowercase().ends_with("lock")
                        || lists("readuncommitted readpast readcommitted serializable", &hint.value)
                }
                _ => false,
            };
            if args.args.is_empty() || !args.args.iter().all(hint) {
                self.functions.insert(&raw const *name);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        if self.functions.contains(&(&raw const *name)) {
            return ControlFlow::Continue(());
        }
        let parts: Vec<&Ident> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        let Some((table, owners)) = parts.split_last() else { return ControlFlow::Continue(()) };
        let lower = table.value.to_lowercase();
        let is_cte = |scope: &Scope| scope.names[..scope.visible].contains(&lower);
        if !(owners.is_empty() && self.scopes.iter().any(is_cte)) {
            let owner = owners.last().map(|owner| owner.value.clone());
            self.names.tables.push(Named {
                action: self.action(),
                owner,
                name: table.value.clone(),
            });
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for target in select.into.iter().flat_map(|into| &into.targets) {
            let name = target.to_string();
            self.names.tables.push(Named { action: "insert".into(), owner: None, name });
        }
        for item in &select.projection {
            match item {
                SelectItem::Wildcard(_) => self.add_column(None, "*"),
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    _,
                ) => {
                    let owner = name.0.last().and_then(|part| part.as_ident()).cloned();
                    self.add_column(owner.as_ref(), "*");
                }
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) => {
                let variable = ident.value.starts_with('@')
                    || ident.quote_style.is_none() && lists("default on off", &ident.value);
                if !variable && !self.aliases.hides(ident) {
                    self.add_column(None, &ident.value);
                }
            }
            Expr::CompoundIdentifier(parts) => {
                if let [.., owner, column] = parts.as_slice() {
                    self.add_column(Some(owner), &column.value);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let last = |name: &ObjectName| {
            name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.clone())
        };
        let mut targets: Vec<String> = Vec::new();
        let mut table = None;
        match statement {
            Statement::Insert(insert) => {
                if let sqlparser::ast::TableObject::TableName(name) = &insert.table {
                    table = last(name);
                }
                targets.extend(insert.columns.iter().filter_map(last));
                if insert.columns.is_empty() {
                    targets.push("*".into());
                }
            }
            Statement::Update(update) => {
                if let TableFactor::Table { name, .. } = &update.table.relation {
                    table = last(name);
                }
                for assignment in &update.assignments {
                    match &assignment.target {
                        AssignmentTarget::ColumnName(name) => targets.extend(last(name)),
                        AssignmentTarget::Tuple(names) => {
                            targets.extend(names.iter().filter_map(last))
                        }
                    }
                }
            }
            // The parser does not visit these names as relations.
            Statement::Drop { names, .. } => {
                for name in names {
                    self.pre_visit_relation(name)?;
                }
            }
            _ => {}
        }
        let owner = table.map(Ident::new);
        for target in targets {
            self.add_column(owner.as_ref(), &target);
        }
        ControlFlow::Continue(())
    }
}
