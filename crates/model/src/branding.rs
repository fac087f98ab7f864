//! What makes a project's pages its own: a colour, pictures, a layout.

mod colors;
mod images;

pub use colors::{Color, Palette, Shades};
pub use images::{IMAGE_MAX_BYTES, Image, ImageKind, MediaType};

/// How the sign-in pages are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogInLayout {
    /// A card in the middle.
    #[default]
    Centered,
    /// Beside a surface in the project's colour, where there is room.
    SideBySide,
}

impl LogInLayout {
    /// Every layout.
    pub const ALL: [Self; 2] = [Self::Centered, Self::SideBySide];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Centered => "CENTERED",
            Self::SideBySide => "SIDE_BY_SIDE",
        }
    }

    /// The number in storage.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Centered => 1,
            Self::SideBySide => 2,
        }
    }

    /// The layout of this number in storage.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.number() == number)
    }

    /// The layout of this name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.as_str() == name)
    }
}

/// What makes a project's pages its own. Its pictures lie beside it, for they are large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branding {
    /// The colour of buttons and links; `None` for that of the pages.
    pub primary_color: Option<Color>,
    /// The same on a dark ground; `None` for `primary_color`.
    pub dark_mode_primary_color: Option<Color>,
    /// Whether the pages are dark where the device is; they are light otherwise.
    pub detect_dark_mode: bool,
    /// How the sign-in pages are laid out.
    pub layout: LogInLayout,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            primary_color: None,
            dark_mode_primary_color: None,
            detect_dark_mode: true,
            layout: LogInLayout::default(),
        }
    }
}

/// A change to it; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct BrandingUpdate {
    /// Another colour, or that of the pages.
    pub primary_color: Option<Option<Color>>,
    /// Another colour on a dark ground, or none of its own.
    pub dark_mode_primary_color: Option<Option<Color>>,
    /// Whether the pages are dark where the device is.
    pub detect_dark_mode: Option<bool>,
    /// Another layout.
    pub layout: Option<LogInLayout>,
    /// Pictures to set, or to take away.
    pub images: Vec<(ImageKind, Option<Image>)>,
}

impl Branding {
    /// What the pages are coloured with; `None` without a colour.
    #[must_use]
    pub fn palette(&self) -> Option<Palette> {
        let light = self.primary_color.or(self.dark_mode_primary_color)?;
        Some(Palette::of(light, self.dark_mode_primary_color.unwrap_or(light)))
    }

    /// What is there after `update`, apart from the pictures.
    #[must_use]
    pub fn updated(self, update: &BrandingUpdate) -> Self {
        Self {
            primary_color: update.primary_color.unwrap_or(self.primary_color),
            dark_mode_primary_color: update.dark_mode_primary_color.unwrap_or(self.dark_mode_primary_color),
            detect_dark_mode: update.detect_dark_mode.unwrap_or(self.detect_dark_mode),
            layout: update.layout.unwrap_or(self.layout),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_colour_is_that_of_both_grounds() {
        let (blue, pink): (Color, Color) = ("#2244cc".parse().unwrap(), "#ff66aa".parse().unwrap());
        let branding = |light, dark| Branding {
            primary_color: light,
            dark_mode_primary_color: dark,
            ..Branding::default()
        };
        assert_eq!(branding(None, None).palette(), None);
        assert_eq!(branding(Some(blue), None).palette(), Some(Palette::of(blue, blue)));
        assert_eq!(branding(None, Some(pink)).palette(), Some(Palette::of(pink, pink)));
        assert_eq!(branding(Some(blue), Some(pink)).palette(), Some(Palette::of(blue, pink)));
    }

    #[test]
    fn an_update_keeps_what_it_does_not_name() {
        let blue: Color = "#2244cc".parse().unwrap();
        let before = Branding {
            primary_color: Some(blue),
            detect_dark_mode: false,
            layout: LogInLayout::SideBySide,
            ..Branding::default()
        };
        assert_eq!(before.clone().updated(&BrandingUpdate::default()), before);
        let update = BrandingUpdate { primary_color: Some(None), ..BrandingUpdate::default() };
        assert_eq!(before.clone().updated(&update), Branding { primary_color: None, ..before });
    }

    #[test]
    fn layouts_have_a_name_and_a_number() {
        for layout in LogInLayout::ALL {
            assert_eq!(LogInLayout::from_name(layout.as_str()), Some(layout));
            assert_eq!(LogInLayout::from_number(layout.number()), Some(layout));
        }
        assert_eq!((LogInLayout::from_name("centered"), LogInLayout::from_number(0)), (None, None));
    }
}
