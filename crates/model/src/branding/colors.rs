//! Colours that stay readable, whichever one a project chooses (WCAG 2.2, 1.4.3 and 1.4.11).

use std::fmt;
use std::str::FromStr;

/// The least contrast of a text with its ground.
const TEXT: f64 = 4.5;
/// The least contrast of a shape with its ground.
const SHAPE: f64 = 3.0;
/// The largest number that is a colour: white.
const LARGEST: u32 = 0x00ff_ffff;
/// In how many steps a colour goes to black or white.
const STEPS: u8 = 100;

/// A colour of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

/// `#rrggbb`
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.number())
    }
}

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = "must be # and six hexadecimal digits, such as #0b6b5d";
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(problem)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(problem);
        }
        let number = i64::from_str_radix(digits, 16).map_err(|_| problem)?;
        Self::from_number(number).ok_or(problem)
    }
}

impl Color {
    const BLACK: Self = Self::of(0);
    const WHITE: Self = Self::of(LARGEST);

    const fn of(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self { red, green, blue }
    }

    /// Its three bytes as one number, for storage.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(u32::from_be_bytes([0, self.red, self.green, self.blue]))
    }

    /// The colour of this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|&number| number <= LARGEST).map(Self::of)
    }

    /// How bright it is, from 0 to 1: the relative luminance of WCAG.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The contrast of two colours, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// This colour with so many hundredths of another one in it.
    fn mixed(self, other: Self, hundredths: u8) -> Self {
        let part = u16::from(hundredths.min(STEPS));
        let mix = |from: u8, to: u8| {
            let sum = u16::from(from) * (u16::from(STEPS) - part) + u16::from(to) * part;
            u8::try_from((sum + u16::from(STEPS) / 2) / u16::from(STEPS)).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// The first on the way to `end` that is good.
    fn towards(self, end: Self, is_good: impl Fn(Self) -> bool) -> Self {
        let way = (0..=STEPS).map(|step| self.mixed(end, step));
        way.into_iter().find(|&color| is_good(color)).unwrap_or(end)
    }

    /// Black or white, whichever is read better on this colour: always with a contrast of 4.5 and more.
    fn text(self) -> Self {
        if self.contrast(Self::WHITE) >= TEXT { Self::WHITE } else { Self::BLACK }
    }
}

/// What a page is coloured with on one ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shades {
    /// The chosen colour itself, for the surface of main buttons.
    pub brand: Color,
    /// The same under the pointer.
    pub brand_hover: Color,
    /// The line around it, which shows the shape where the colour is nearly that of the ground.
    pub brand_edge: Color,
    /// Texts on it.
    pub on_brand: Color,
    /// Texts, links, marks and outlines in a colour as near to the chosen one as can be read on every ground of the page.
    pub accent: Color,
    /// The same under the pointer.
    pub accent_hover: Color,
    /// Marks on a surface of that colour.
    pub on_accent: Color,
    /// A ground with a touch of it.
    pub accent_soft: Color,
}

/// What a project's pages are coloured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// On a light ground.
    pub light: Shades,
    /// On a dark ground.
    pub dark: Shades,
}

/// The grounds of the pages (`tokens.css` has them too), and the colour that is read best on them.
struct Grounds {
    ground: Color,
    card: Color,
    raised: Color,
    best: Color,
    soft_hundredths: u8,
}

const LIGHT: Grounds = Grounds {
    ground: Color::of(0x00f7_f7f5),
    card: Color::WHITE,
    raised: Color::of(0x00f1_f1ee),
    best: Color::BLACK,
    soft_hundredths: 10,
};
const DARK: Grounds = Grounds {
    ground: Color::of(0x0011_1312),
    card: Color::of(0x0019_1c1b),
    raised: Color::of(0x0022_2625),
    best: Color::WHITE,
    soft_hundredths: 16,
};

impl Grounds {
    fn soft(&self, accent: Color) -> Color {
        self.card.mixed(accent, self.soft_hundredths)
    }

    fn shades(&self, brand: Color) -> Shades {
        let grounds = [self.ground, self.card, self.raised];
        let differs = |color: Color, least| grounds.iter().all(|ground| color.contrast(*ground) >= least);
        let accent = brand
            .towards(self.best, |color| differs(color, TEXT) && color.contrast(self.soft(color)) >= TEXT);
        let on_brand = brand.text();
        let away = if on_brand == Color::WHITE { Color::BLACK } else { Color::WHITE };
        Shades {
            brand,
            brand_hover: brand.mixed(away, 18),
            brand_edge: brand.towards(self.best, |color| differs(color, SHAPE)),
            on_brand,
            accent,
            accent_hover: accent.mixed(self.best, 25),
            on_accent: accent.text(),
            accent_soft: self.soft(accent),
        }
    }
}

impl Palette {
    /// What goes with these colours.
    #[must_use]
    pub fn of(light: Color, dark: Color) -> Self {
        Self { light: LIGHT.shades(light), dark: DARK.shades(dark) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    #[test]
    fn contrasts_are_those_of_wcag() {
        let near = |one: f64, two: f64| (one - two).abs() < 0.01;
        assert!(near(Color::BLACK.contrast(Color::WHITE), 21.0));
        assert!(near(color("#777777").contrast(Color::WHITE), 4.48));
        assert!(near(color("#767676").contrast(Color::WHITE), 4.54));
        assert!(near(color("#0000ff").contrast(color("#ffff00")), 8.0));
    }

    #[test]
    fn colours_are_read_as_they_are_written() {
        for text in ["#000000", "#ffffff", "#0b6b5d"] {
            assert_eq!(color(text).to_string(), text);
            assert_eq!(Color::from_number(color(text).number()), Some(color(text)));
        }
        assert_eq!(color("#0B6B5D"), color("#0b6b5d"));
        for wrong in ["", "#", "0b6b5d", "#fff", "#0b6b5g", "#+b6b5d", "#0b6b5d0", "red", "#äöü"] {
            wrong.parse::<Color>().unwrap_err();
        }
        for wrong in [-1, 0x0100_0000, i64::MAX] {
            assert_eq!(Color::from_number(wrong), None);
        }
    }

    #[test]
    fn whatever_the_colour_everything_can_be_read() {
        let channel = [0_u8, 17, 51, 85, 102, 119, 128, 136, 153, 170, 204, 221, 238, 255];
        for red in channel {
            for green in channel {
                for blue in channel {
                    let brand = Color { red, green, blue };
                    for grounds in [LIGHT, DARK] {
                        let shades = grounds.shades(brand);
                        assert_eq!(shades.brand, brand);
                        let texts = [
                            (shades.on_brand, shades.brand),
                            (shades.on_brand, shades.brand_hover),
                            (shades.on_accent, shades.accent),
                            (shades.on_accent, shades.accent_hover),
                            (shades.accent, shades.accent_soft),
                            (shades.accent, grounds.ground),
                            (shades.accent, grounds.card),
                            (shades.accent, grounds.raised),
                            (shades.accent_hover, grounds.raised),
                        ];
                        for (text, ground) in texts {
                            assert!(text.contrast(ground) >= TEXT, "{brand}: {text} on {ground}");
                        }
                        for ground in [grounds.ground, grounds.card, grounds.raised] {
                            assert!(shades.brand_edge.contrast(ground) >= SHAPE, "{brand} on {ground}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let blue = color("#2244cc");
        let shades = Palette::of(blue, blue).light;
        assert_eq!((shades.accent, shades.brand_edge, shades.on_brand), (blue, blue, Color::WHITE));
        assert_ne!(Palette::of(blue, blue).dark.accent, blue);
    }
}
