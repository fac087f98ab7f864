//! `/v1/project/branding`

use crate::error::{ReadFailures, Result, WriteFailures};
use crate::extract::{BackendCtx, Json, MaybeWrapped, NoParameters, Query, Wrap};
use crate::wire::{Patch, non_empty};
use axum::extract::State;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lockwork_app::{App, WholeBranding};
use lockwork_model::branding::{BrandingUpdate, Color, Image, ImageKind, LogInLayout, Palette, Shades};
use lockwork_model::error::Error;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What makes the project's sign-in and settings pages its own.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Branding)]
pub(crate) struct BrandingView {
    /// The colour of buttons and links, as `#rrggbb`; absent where it is that of the pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_color: Option<String>,
    /// The same on a dark ground; absent where it is `primaryColor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dark_mode_primary_color: Option<String>,
    /// Whether the pages are dark where the device is.
    detect_dark_mode_enabled: bool,
    /// How the sign-in pages are laid out: `CENTERED` or `SIDE_BY_SIDE`.
    log_in_layout: &'static str,
    /// The logo, as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    /// The logo on a dark ground, as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    dark_mode_logo: Option<String>,
    /// What browsers show beside the page's title, as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    favicon: Option<String>,
    /// What the pages are coloured with; absent without a colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    palette: Option<PaletteView>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BrandingEnvelope {
    branding: BrandingView,
}

/// What pages are coloured with, so that everything can be read whatever the chosen colour.
#[derive(Serialize, ToSchema)]
#[schema(as = Palette)]
pub(crate) struct PaletteView {
    /// On a light ground.
    light: ShadesView,
    /// On a dark ground.
    dark: ShadesView,
}

/// Colours as `#rrggbb`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Shades)]
struct ShadesView {
    /// The chosen colour itself, for the surface of main buttons.
    brand: String,
    /// The same under the pointer.
    brand_hover: String,
    /// The line around it.
    brand_edge: String,
    /// Texts on it.
    on_brand: String,
    /// Texts, links and marks in a colour as near to the chosen one as can be read on the page's grounds.
    accent: String,
    /// The same under the pointer.
    accent_hover: String,
    /// Marks on a surface of that colour.
    on_accent: String,
    /// A ground with a touch of it.
    accent_soft: String,
}

impl From<Shades> for ShadesView {
    fn from(shades: Shades) -> Self {
        Self {
            brand: shades.brand.to_string(),
            brand_hover: shades.brand_hover.to_string(),
            brand_edge: shades.brand_edge.to_string(),
            on_brand: shades.on_brand.to_string(),
            accent: shades.accent.to_string(),
            accent_hover: shades.accent_hover.to_string(),
            on_accent: shades.on_accent.to_string(),
            accent_soft: shades.accent_soft.to_string(),
        }
    }
}

impl From<Palette> for PaletteView {
    fn from(palette: Palette) -> Self {
        Self { light: palette.light.into(), dark: palette.dark.into() }
    }
}

impl From<WholeBranding> for Json<BrandingEnvelope> {
    fn from((branding, images): WholeBranding) -> Self {
        let image =
            |wanted| images.iter().find(|(kind, _)| *kind == wanted).map(|(_, image)| data_url(image));
        Self(BrandingEnvelope {
            branding: BrandingView {
                primary_color: branding.primary_color.map(|color| color.to_string()),
                dark_mode_primary_color: branding.dark_mode_primary_color.map(|color| color.to_string()),
                detect_dark_mode_enabled: branding.detect_dark_mode,
                log_in_layout: branding.layout.as_str(),
                logo: image(ImageKind::Logo),
                dark_mode_logo: image(ImageKind::DarkModeLogo),
                favicon: image(ImageKind::Favicon),
                palette: branding.palette().map(Into::into),
            },
        })
    }
}

/// A change to the branding, here or below `branding`; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateBranding {
    /// The colour of buttons and links, as `#rrggbb`; `null` for that of the pages.
    #[serde(alias = "primary_color", default)]
    #[schema(value_type = Option<String>)]
    primary_color: Patch<String>,
    /// The same on a dark ground; `null` for `primaryColor`.
    #[serde(alias = "dark_mode_primary_color", default)]
    #[schema(value_type = Option<String>)]
    dark_mode_primary_color: Patch<String>,
    /// Whether the pages are dark where the device is.
    #[serde(alias = "detect_dark_mode_enabled")]
    detect_dark_mode_enabled: Option<bool>,
    /// How the sign-in pages are laid out: `CENTERED` or `SIDE_BY_SIDE`.
    #[serde(alias = "log_in_layout")]
    log_in_layout: Option<String>,
    /// The logo: a PNG, JPEG, WebP or SVG picture of at most 64 KiB, as a `data:` URL in base64; `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    logo: Patch<String>,
    /// The logo on a dark ground; `null` for `logo`.
    #[serde(alias = "dark_mode_logo", default)]
    #[schema(value_type = Option<String>)]
    dark_mode_logo: Patch<String>,
    /// What browsers show beside the page's title; `null` for the project's initial.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    favicon: Patch<String>,
}

impl Wrap for UpdateBranding {
    const FIELDS: [&'static str; 2] = ["branding", "branding"];
}

impl UpdateBranding {
    fn read(self) -> Result<BrandingUpdate> {
        let layout = non_empty(self.log_in_layout).map(|name| {
            let problem = || Error::invalid_field("logInLayout", "must be CENTERED or SIDE_BY_SIDE");
            LogInLayout::from_name(&name).ok_or_else(problem)
        });
        let pictures = [
            (ImageKind::Logo, self.logo),
            (ImageKind::DarkModeLogo, self.dark_mode_logo),
            (ImageKind::Favicon, self.favicon),
        ];
        let color = |field: &str, color: Patch<String>| {
            let color = color.into_text();
            color.map(|text| text.map(|text| read_color(field, &text)).transpose()).transpose()
        };
        let mut images = Vec::new();
        for (kind, picture) in pictures {
            if let Some(picture) = picture.into_text() {
                images.push((kind, picture.map(|url| read_image(kind.field(), &url)).transpose()?));
            }
        }
        Ok(BrandingUpdate {
            primary_color: color("primaryColor", self.primary_color)?,
            dark_mode_primary_color: color("darkModePrimaryColor", self.dark_mode_primary_color)?,
            detect_dark_mode: self.detect_dark_mode_enabled,
            layout: layout.transpose()?,
            images,
        })
    }
}

fn read_color(field: &str, text: &str) -> Result<Color> {
    Ok(text.parse().map_err(|problem| Error::invalid_field(field, problem))?)
}

/// The picture of a `data:` URL (RFC 2397). Its bytes say what it is, whatever the URL says.
fn read_image(field: &str, url: &str) -> Result<Image> {
    let wrong = |problem| Error::invalid_field(field, problem);
    let form = "must be a data: URL in base64, such as data:image/png;base64,iVBORw0KGgo=";
    let (_, text) = url
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .ok_or_else(|| wrong(form))?;
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| wrong(form))?;
    Ok(Image::new(bytes).map_err(wrong)?)
}

fn data_url(image: &Image) -> String {
    format!("data:{};base64,{}", image.media_type().as_str(), BASE64_STANDARD.encode(image.bytes()))
}

/// Get the branding
#[utoipa::path(
    get, path = "/v1/project/branding", tag = "Project",
    responses((status = 200, body = BrandingEnvelope), ReadFailures)
)]
pub(crate) async fn get_branding(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<Json<BrandingEnvelope>> {
    Ok(app.get_branding(&ctx).await?.into())
}

/// Change the branding
///
/// In effect for whoever opens the pages next.
#[utoipa::path(
    patch, path = "/v1/project/branding", tag = "Project", request_body = UpdateBranding,
    responses((status = 200, body = BrandingEnvelope), WriteFailures)
)]
pub(crate) async fn update_branding(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(NoParameters {}): Query<NoParameters>,
    MaybeWrapped(body): MaybeWrapped<UpdateBranding>,
) -> Result<Json<BrandingEnvelope>> {
    Ok(app.update_branding(&ctx, body.read()?).await?.into())
}

/// Colours to try.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PreviewBranding {
    /// The colour of buttons and links, as `#rrggbb`.
    #[serde(alias = "primary_color")]
    primary_color: Option<String>,
    /// The same on a dark ground.
    #[serde(alias = "dark_mode_primary_color")]
    dark_mode_primary_color: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PaletteEnvelope {
    /// Absent without a colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    palette: Option<PaletteView>,
}

/// Preview colours
///
/// What the pages would be coloured with. Changes nothing.
#[utoipa::path(
    get, path = "/v1/project/branding/preview", tag = "Project", params(PreviewBranding),
    responses((status = 200, body = PaletteEnvelope), ReadFailures)
)]
pub(crate) async fn preview_branding(
    State(app): State<App>,
    BackendCtx(ctx): BackendCtx,
    Query(query): Query<PreviewBranding>,
) -> Result<Json<PaletteEnvelope>> {
    let color = |field, text: Option<String>| text.map(|text| read_color(field, &text)).transpose();
    let primary = color("primaryColor", query.primary_color)?;
    let dark_mode = color("darkModePrimaryColor", query.dark_mode_primary_color)?;
    let palette = app.preview_branding(&ctx, primary, dark_mode).await?;
    Ok(Json(PaletteEnvelope { palette: palette.map(Into::into) }))
}
