//! Circles between the modules of a crate: files of which each uses the next, and the last the first. They can only
//! be read, and moved, as one.
//!
//! What a module uses of the folder that it lies in, or that folder of it, is no circle: they are one house.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::paths::Source;
use crate::files;

/// Path of a module below its crate: `["encoder", "bert"]`.
type Module = Vec<String>;

/// The circles among the sources under `src`, each in order, as `encoder::bert`.
///
/// # Errors
/// A source that cannot be read.
pub fn circles(src: &Path) -> Result<Vec<Vec<String>>> {
    let mut modules = BTreeMap::new();
    for path in files::under(src, &["bin"])? {
        if let Some(module) = module_of(path.strip_prefix(src)?) {
            let text =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            modules.insert(module, Source::read(&text));
        }
    }
    let tree = Tree(modules);
    Ok(groups(&tree.edges())
        .into_iter()
        .map(|group| group.iter().map(|m| m.join("::")).collect())
        .collect())
}

/// The module that a file holds. Tests in files of their own are none.
fn module_of(path: &Path) -> Option<Module> {
    let mut names: Module =
        path.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if path.extension()? != "rs"
        || names.iter().any(|name| name == "tests" || name.ends_with("_tests"))
    {
        return None;
    }
    let last = names.last()?;
    if last == "mod" || (names.len() == 1 && (last == "lib" || last == "main")) {
        names.pop();
    }
    Some(names)
}

struct Tree(BTreeMap<Module, Source>);

impl Tree {
    /// Which modules each uses.
    fn edges(&self) -> BTreeMap<Module, Vec<Module>> {
        let edges = self.0.iter().map(|(module, source)| {
            let used = source.paths.iter().filter_map(|path| self.resolve(module, path, 0));
            let used = used.filter(|to| !to.starts_with(module) && !module.starts_with(to));
            (module.clone(), used.collect())
        });
        edges.collect()
    }

    /// The module in which the item at `path` is defined, as far as it is in this crate.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut rest = path;
        let mut at: Module = match rest.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => from.clone(),
            // A module beside the `use`, or another crate.
            name if self.0.contains_key(&child(from, name)) => child(from, name),
            _ => return None,
        };
        while let [first, after @ ..] = rest {
            if first == "super" {
                at.pop()?;
            } else if !matches!(first.as_str(), "crate" | "self") && at != child(from, first) {
                break;
            }
            rest = after;
        }
        while let [name, after @ ..] = rest {
            let below = child(&at, name);
            if !self.0.contains_key(&below) {
                return self.definition(&at, name, depth);
            }
            at = below;
            rest = after;
        }
        Some(at)
    }

    /// The module that defines what `module` calls `name`.
    fn definition(&self, module: &Module, name: &str, depth: usize) -> Option<Module> {
        // Exports that lead to each other are the compiler's business.
        if depth > 16 {
            return None;
        }
        let source = self.0.get(module)?;
        if source.items.iter().any(|item| item == name) {
            return Some(module.clone());
        }
        let exported = |wanted: &str| {
            let wanted = wanted.to_owned();
            source.exports.iter().filter(move |(name, _)| *name == wanted).map(|(_, path)| path)
        };
        if let Some(path) = exported(name).next() {
            return self.resolve(module, path, depth + 1).or_else(|| Some(module.clone()));
        }
        let mut globs = exported("*").filter_map(|path| {
            let target = self.resolve(module, path, depth + 1)?;
            let Source { exports, items, .. } = self.0.get(&target)?;
            let named = items.iter().chain(exports.iter().map(|(name, _)| name));
            if !named.into_iter().any(|known| known == name) {
                return None;
            }
            self.definition(&target, name, depth + 1)
        });
        globs.next().or_else(|| Some(module.clone()))
    }
}

fn child(module: &Module, name: &str) -> Module {
    let mut path = module.clone();
    path.push(name.to_owned());
    path
}

/// Groups of modules that reach each other.
fn groups(edges: &BTreeMap<Module, Vec<Module>>) -> Vec<Vec<Module>> {
    let reach: BTreeMap<&Module, Vec<&Module>> =
        edges.keys().map(|from| (from, reachable(edges, from))).collect();
    let mut groups: Vec<Vec<Module>> = Vec::new();
    for (from, reached) in &reach {
        if groups.iter().any(|group| group.contains(from)) || !reached.contains(from) {
            continue;
        }
        let back = |to: &&&Module| reach.get(*to).is_some_and(|reached| reached.contains(from));
        let mut group: Vec<Module> = reached.iter().filter(back).map(|to| (*to).clone()).collect();
        group.sort();
        groups.push(group);
    }
    groups
}

fn reachable<'e>(edges: &'e BTreeMap<Module, Vec<Module>>, from: &Module) -> Vec<&'e Module> {
    let mut seen: Vec<&Module> = Vec::new();
    let mut open: Vec<&Module> = edges.get(from).into_iter().flatten().collect();
    while let Some(module) = open.pop() {
        if !seen.contains(&module) {
            seen.push(module);
            open.extend(edges.get(module).into_iter().flatten());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sources: &[(&str, &str)]) -> Vec<Vec<String>> {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let top =
            std::env::temp_dir().join(format!("xtask-modules-{}-{number}", std::process::id()));
        for (path, text) in sources {
            files::write(&top.join(path), text).expect("writes");
        }
        let circles = circles(&top).expect("reads");
        fs::remove_dir_all(&top).expect("removes");
        circles
    }

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let sources = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "pub struct B(super::a::A);"),
            ("c.rs", "use crate::{a::A, b::B};"),
        ];
        assert_eq!(found(&sources), [["a", "b"]]);
    }

    #[test]
    fn a_circle_may_go_over_exports_and_folders() {
        let sources = [
            ("lib.rs", "mod a; mod b; pub use b::*; pub use a::x::X;"),
            ("a/mod.rs", "pub mod x; mod y; pub use y::Y;"),
            ("a/x.rs", "use crate::Z; pub struct X;"),
            ("a/y.rs", "use super::x::X; pub struct Y;"),
            ("b/mod.rs", "mod z; pub use z::Z;"),
            ("b/z.rs", "use crate::a::Y; pub struct Z;"),
        ];
        // `crate::Z` is exported by a glob of what `b` itself exports by name, which is followed to `b::z`.
        let circles = found(&sources);
        assert_eq!(circles, [["a::x", "a::y", "b::z"]]);
    }

    #[test]
    fn a_folder_and_its_files_are_one_house() {
        let sources = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod x; use x::X; pub struct A;"),
            ("a/x.rs", "use super::A; pub struct X;"),
            ("a/tests.rs", "use super::x::X;"),
        ];
        assert_eq!(found(&sources), [[""; 0]; 0]);
    }

    #[test]
    fn a_line_is_no_circle() {
        let sources = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "pub struct C;\n#[cfg(test)]\nmod tests {\n use crate::a::A;\n}"),
        ];
        assert_eq!(found(&sources), [[""; 0]; 0]);
    }
}
