//! A bar chart as SVG, readable on light and dark ground.

use std::fmt::Write;

const BAR_HEIGHT: usize = 22;
const ROW_HEIGHT: usize = 34;
const TOP: usize = 58;
const LABEL_WIDTH: usize = 190;
const BARS_WIDTH: usize = 420;
const WIDTH: usize = 720;

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Text on its left.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// Whether it is the product's own.
    pub own: bool,
}

/// Draws horizontal bars, one below the other, each with its value and `unit`.
#[must_use]
pub fn bars(title: &str, subtitle: &str, unit: &str, bars: &[Bar]) -> String {
    let height = TOP + bars.len() * ROW_HEIGHT + 12;
    let longest = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d">
<title id="t">{title}</title>
<desc id="d">{subtitle}</desc>
<style>
  text {{ font: 14px system-ui, sans-serif; fill: #1f2328; }}
  .title {{ font-weight: 600; font-size: 16px; }}
  .muted {{ fill: #59636e; font-size: 12px; }}
  .bar {{ fill: #8c959f; }}
  .own {{ fill: #0969da; }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3; }}
    .muted {{ fill: #9198a1; }}
    .bar {{ fill: #6e7681; }}
    .own {{ fill: #4493f8; }}
  }}
</style>
<text class="title" x="12" y="24">{title}</text>
<text class="muted" x="12" y="43">{subtitle}</text>
"#,
        title = escape(title),
        subtitle = escape(subtitle),
    );
    for (index, bar) in bars.iter().enumerate() {
        let y = TOP + index * ROW_HEIGHT;
        let length = (bar.value / longest * BARS_WIDTH as f64).max(1.0);
        let class = if bar.own { "own" } else { "bar" };
        let middle = y + BAR_HEIGHT / 2 + 5;
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            r#"<text x="{label_end}" y="{middle}" text-anchor="end">{label}</text>
<rect class="{class}" x="{LABEL_WIDTH}" y="{y}" width="{length:.1}" height="{BAR_HEIGHT}" rx="3"/>
<text x="{value_begin:.1}" y="{middle}">{value} {unit}</text>"#,
            label_end = LABEL_WIDTH - 10,
            label = escape(&bar.label),
            value_begin = LABEL_WIDTH as f64 + length + 8.0,
            value = number(bar.value),
            unit = escape(unit),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A number with three significant digits at least.
#[must_use]
pub fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn large_numbers_are_grouped_and_small_ones_keep_their_digits() {
        assert_eq!(number(116_410.05), "116,410");
        assert_eq!(number(8.614), "8.61");
        assert_eq!(number(999.6), "1,000");
    }
}
