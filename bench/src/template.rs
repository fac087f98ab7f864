//! Configuration templates: `{{name}}` is replaced, lines marked `# @limit` stay only with limits on.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

/// Renders `source` into `target`.
///
/// # Errors
/// A file cannot be read or written, or a placeholder has no value.
pub fn render(source: &Path, target: &Path, limits: bool, values: &[(&str, String)]) -> Result<()> {
    let text = fs::read_to_string(source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut text = keep_limits(&text, limits);
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    ensure!(!text.contains("{{"), "{} has a placeholder without a value", source.display());
    fs::write(target, text).with_context(|| format!("cannot write {}", target.display()))
}

fn keep_limits(text: &str, limits: bool) -> String {
    let kept = text.lines().filter(|line| limits || !line.contains("# @limit"));
    kept.flat_map(|line| [line.trim_end_matches("# @limit"), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::keep_limits;

    #[test]
    fn a_marked_line_stays_only_with_limits_on() {
        let text = "a\nb; # @limit\n";
        assert_eq!(keep_limits(text, true), "a\nb; \n");
        assert_eq!(keep_limits(text, false), "a\n");
    }
}
