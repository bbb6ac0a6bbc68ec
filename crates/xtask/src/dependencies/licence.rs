//! SPDX licence expressions, and which of them may be shipped.

use anyhow::{Result, bail};

/// Licences that ask for no more than a notice.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates with another licence, each with the reason why that is fine.
///
/// The Mozilla Public License covers the files of the crate alone, not what they are linked with. Used unchanged,
/// it asks that whoever gets the binary is told where the source is, which the notices do. Leaving `colored` out would
/// take a fork of burn-tensor, which prints tensors with it; `buildid` comes with burn's CPU backend.
const EXCEPTIONS: &[(&str, &str)] = &[("buildid", "MPL-2.0"), ("colored", "MPL-2.0")];

/// Whether the crate may be used under `expression`.
///
/// # Errors
/// An expression that cannot be read.
pub fn is_allowed(name: &str, expression: &str) -> Result<bool> {
    let excepted = |licence: &str| EXCEPTIONS.contains(&(name, licence));
    evaluate(expression, &|licence| ALLOWED.contains(&licence) || excepted(licence))
}

/// Exceptions that no crate of `names` needs any more.
pub fn unneeded<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Vec<&'static str> {
    let is_used = |name: &str| names.clone().any(|other| other == name);
    EXCEPTIONS.iter().map(|(name, _)| *name).filter(|name| !is_used(name)).collect()
}

/// Whether one of the alternatives of `expression` is `licence` alone.
pub fn offers(expression: &str, licence: &str) -> bool {
    evaluate(expression, &|one| one == licence).unwrap_or(false)
}

/// The expression with each licence replaced by what `holds` says of it. Old manifests write `/` for `OR`.
fn evaluate(expression: &str, holds: &dyn Fn(&str) -> bool) -> Result<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = &words[..];
    match any(&mut rest, holds) {
        Some(value) if rest.is_empty() => Ok(value),
        _ => bail!("`{expression}` is no SPDX expression"),
    }
}

fn any(rest: &mut &[&str], holds: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut value = all(rest, holds)?;
    while let ["OR", after @ ..] = *rest {
        *rest = after;
        value |= all(rest, holds)?;
    }
    Some(value)
}

fn all(rest: &mut &[&str], holds: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut value = one(rest, holds)?;
    while let ["AND", after @ ..] = *rest {
        *rest = after;
        value &= one(rest, holds)?;
    }
    Some(value)
}

fn one(rest: &mut &[&str], holds: &dyn Fn(&str) -> bool) -> Option<bool> {
    match *rest {
        ["(", after @ ..] => {
            *rest = after;
            let value = any(rest, holds)?;
            let [")", after @ ..] = *rest else { return None };
            *rest = after;
            Some(value)
        }
        [")" | "OR" | "AND" | "WITH", ..] | [] => None,
        [licence, "WITH", exception, after @ ..] => {
            *rest = after;
            Some(holds(&format!("{licence} WITH {exception}")))
        }
        [licence, after @ ..] => {
            *rest = after;
            Some(holds(licence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alternative_is_enough_and_every_part_counts() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT/GPL-3.0", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(GPL-2.0 OR MIT) AND (LGPL-2.1 OR ISC)", true),
            ("MIT AND (GPL-2.0 OR LGPL-2.1)", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-2.0 WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(is_allowed("x", expression).expect("read"), expected, "{expression}");
        }
    }

    #[test]
    fn an_exception_is_for_one_crate() {
        assert!(is_allowed("colored", "MPL-2.0").expect("read"));
        assert!(!is_allowed("coloured", "MPL-2.0").expect("read"));
        assert_eq!(unneeded(["colored"].into_iter()), ["buildid"]);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for expression in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT", "MIT WITH"] {
            is_allowed("x", expression).expect_err(expression);
        }
    }

    #[test]
    fn an_offer_stands_alone() {
        assert!(offers("MIT OR Apache-2.0", "MIT"));
        assert!(!offers("MIT AND BSD-3-Clause", "MIT"));
    }
}
