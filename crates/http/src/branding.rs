//! What makes the pages at a host its project's own: a style that comes over theirs, and pictures.

use crate::error::Result;
use crate::file::File;
use crate::hosts::Here;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use lockwork_app::App;
use lockwork_model::branding::{Branding, ImageKind, LogInLayout, Palette, Shades};
use lockwork_model::error::Error;
use std::fmt::Write;

/// A picture that is opened by itself may load and run nothing: an SVG is a document.
const IMAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What the pages of a project without a colour have: `tokens.css` says so too.
const OWN_BRAND: &str = "#0b6b5d";
const OWN_ON_BRAND: &str = "#ffffff";

/// The routes.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/branding.css", get(style)).route("/branding/{image}", get(image))
}

async fn style(State(app): State<App>, Here(pages): Here, headers: HeaderMap) -> Result<Response> {
    let branding = app.branding_of(&pages).await?.branding;
    Ok(File::new("text/css; charset=utf-8", css(&branding)).answer(&headers))
}

async fn image(
    State(app): State<App>,
    Here(pages): Here,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let missing = || Error::not_found("picture");
    let kind = ImageKind::ALL.into_iter().find(|kind| kind.slug() == name).ok_or_else(missing)?;
    let file = match app.image_of(&pages, kind).await? {
        Some(image) => File::new(image.media_type().as_str(), image.into_bytes()),
        None if kind == ImageKind::Favicon => {
            let palette = app.branding_of(&pages).await?.branding.palette();
            File::new("image/svg+xml", initial(&pages.project.display_name, palette))
        }
        None => return Err(missing().into()),
    };
    Ok(file.with_policy(IMAGE_POLICY).answer(&headers))
}

/// The tokens of the pages that a project has its own values for. It comes before their style, so it must weigh more.
fn css(branding: &Branding) -> String {
    let mut css = String::from("html:root {\n");
    if !branding.detect_dark_mode {
        css.push_str("  color-scheme: light;\n");
    }
    if branding.layout == LogInLayout::SideBySide {
        css.push_str("  --beside-login: grid;\n");
    }
    if let Some(Palette { light, dark }) = branding.palette() {
        for (token, shade) in TOKENS {
            let _ = writeln!(css, "  --{token}: light-dark({}, {});", shade(&light), shade(&dark));
        }
    }
    css.push_str("}\n");
    css
}

type Shade = fn(&Shades) -> lockwork_model::branding::Color;

const TOKENS: [(&str, Shade); 8] = [
    ("brand", |shades| shades.brand),
    ("brand-hover", |shades| shades.brand_hover),
    ("brand-edge", |shades| shades.brand_edge),
    ("on-brand", |shades| shades.on_brand),
    ("accent", |shades| shades.accent),
    ("accent-hover", |shades| shades.accent_hover),
    ("on-accent", |shades| shades.on_accent),
    ("accent-soft", |shades| shades.accent_soft),
];

/// The first letter of a name on the project's colour.
fn initial(name: &str, palette: Option<Palette>) -> String {
    let (ground, color) = match palette {
        Some(Palette { light, .. }) => (light.brand.to_string(), light.on_brand.to_string()),
        None => (OWN_BRAND.to_owned(), OWN_ON_BRAND.to_owned()),
    };
    // A letter or a digit needs no escape.
    let letter: String =
        name.chars().find(|c| c.is_alphanumeric()).into_iter().flat_map(char::to_uppercase).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"7\" \
         fill=\"{ground}\"/><text x=\"16\" y=\"22.5\" font-family=\"system-ui,sans-serif\" font-size=\"19\" \
         font-weight=\"600\" text-anchor=\"middle\" fill=\"{color}\">{letter}</text></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_names_what_the_project_chose_and_nothing_else() {
        assert_eq!(css(&Branding::default()), "html:root {\n}\n");
        let light = Branding { detect_dark_mode: false, ..Branding::default() };
        assert_eq!(css(&light), "html:root {\n  color-scheme: light;\n}\n");
        let beside = Branding { layout: LogInLayout::SideBySide, ..Branding::default() };
        assert_eq!(css(&beside), "html:root {\n  --beside-login: grid;\n}\n");
        let blue = Branding { primary_color: "#2244cc".parse().ok(), ..Branding::default() };
        let css = css(&blue);
        assert!(css.contains("  --brand: light-dark(#2244cc, #2244cc);\n"), "{css}");
        assert_eq!(css.matches("light-dark").count(), 8);
    }

    #[test]
    fn the_icon_is_the_first_letter_of_the_name() {
        for (name, letter) in
            [("acme", "A"), ("<Ümlaut & Co>", "Ü"), ("🦀 9 lives", "9"), ("🦀", ""), ("ß", "SS")]
        {
            let icon = initial(name, None);
            assert!(icon.contains(&format!(">{letter}</text>")), "{icon}");
        }
    }
}
