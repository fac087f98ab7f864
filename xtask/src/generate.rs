//! Files that are derived from the binary and committed, so that their diff is the review of the change.

use crate::shell::{build_server, capture, program, root};
use crate::ui;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// A committed file and the arguments with which `lockwork` prints it.
const GENERATED: &[(&str, &[&str])] = &[
    ("openapi/backend.json", &["openapi", "backend"]),
    ("openapi/frontend.json", &["openapi", "frontend"]),
    ("openapi/login.json", &["openapi", "login"]),
    ("openapi/config.json", &["openapi", "config"]),
    ("docs/reference/config.md", &["config", "reference"]),
    ("lockwork.default.toml", &["config", "default"]),
];

/// Writes every generated file.
pub(crate) fn write() -> Result<()> {
    let lockwork = build_server()?;
    for (file, arguments) in GENERATED {
        let path = root().join(file);
        let text = printed_by(&lockwork, arguments)?;
        if fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {file}"))?;
        println!("wrote {file}");
    }
    ui::generate()
}

/// Fails when a committed file is not what the binary prints.
pub(crate) fn compare() -> Result<()> {
    let lockwork = build_server()?;
    let mut stale = Vec::new();
    for (file, arguments) in GENERATED {
        let committed = fs::read_to_string(root().join(file)).unwrap_or_default();
        if let Some(difference) = first_difference(&committed, &printed_by(&lockwork, arguments)?) {
            stale.push(format!("{file} is out of date: {difference}"));
        }
    }
    if !stale.is_empty() {
        bail!("{}\nrun `make generate` and look at the diff", stale.join("\n"));
    }
    Ok(())
}

fn printed_by(lockwork: &Path, arguments: &[&str]) -> Result<String> {
    capture(program(lockwork).args(arguments))
}

fn first_difference(committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), generated.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (Some(old), Some(new)) if old == new => {}
            (None, None) => break,
            (old, new) => {
                let show = |line: Option<&str>| line.map_or("nothing".to_owned(), |text| format!("`{text}`"));
                return Some(format!("line {number} has {} instead of {}", show(old), show(new)));
            }
        }
    }
    Some("its line ends differ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn the_first_changed_line_is_named() {
        let difference = first_difference("a\nb\nc\n", "a\nx\ny\n");
        assert_eq!(difference.as_deref(), Some("line 2 has `b` instead of `x`"));
    }

    #[test]
    fn a_missing_line_is_named() {
        let difference = first_difference("a\n", "a\nb\n");
        assert_eq!(difference.as_deref(), Some("line 2 has nothing instead of `b`"));
    }

    #[test]
    fn a_missing_line_end_is_a_difference() {
        assert_eq!(first_difference("a", "a\n").as_deref(), Some("its line ends differ"));
    }
}
