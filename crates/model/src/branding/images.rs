//! The pictures of a project's pages.

use std::fmt;

/// How large a picture may be, in bytes.
pub const IMAGE_MAX_BYTES: usize = 64 * 1024;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageKind {
    /// The logo.
    Logo,
    /// The logo on a dark ground; without it, `Logo` is.
    DarkModeLogo,
    /// What browsers show beside the page's title.
    Favicon,
}

impl ImageKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Logo, Self::DarkModeLogo, Self::Favicon];

    /// The field on the wire.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::DarkModeLogo => "darkModeLogo",
            Self::Favicon => "favicon",
        }
    }

    /// The name in URLs.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::DarkModeLogo => "dark-mode-logo",
            Self::Favicon => "favicon",
        }
    }

    /// The number in storage.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Logo => 1,
            Self::DarkModeLogo => 2,
            Self::Favicon => 3,
        }
    }

    /// The kind of this number in storage.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// SVG: a document, which must be served so that nothing in it runs.
    Svg,
}

impl MediaType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Webp, Self::Svg];

    /// The name of RFC 6838.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The number in storage.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Png => 1,
            Self::Jpeg => 2,
            Self::Webp => 3,
            Self::Svg => 4,
        }
    }

    /// The type of this number in storage.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.number() == number)
    }

    /// What bytes are, by how they begin.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
            let is_markup =
                ["<svg", "<?xml", "<!--", "<!DOCTYPE svg"].iter().any(|start| text.starts_with(start));
            (is_markup && text.contains("<svg")).then_some(Self::Svg)
        }
    }
}

/// A picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    media_type: MediaType,
    bytes: Vec<u8>,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image({}, {} bytes)", self.media_type.as_str(), self.bytes.len())
    }
}

impl Image {
    /// A picture, known by how its bytes begin.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if bytes.len() > IMAGE_MAX_BYTES {
            return Err("must be a picture of at most 64 KiB");
        }
        let media_type = MediaType::of(&bytes).ok_or("must be a PNG, JPEG, WebP or SVG picture")?;
        Ok(Self { media_type, bytes })
    }

    /// What it is made of.
    #[must_use]
    pub const fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes, given away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_are() {
        for (bytes, media_type) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], MediaType::Png),
            (b"\xff\xd8\xff\xe0", MediaType::Jpeg),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", MediaType::Webp),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", MediaType::Svg),
            ("\u{feff}\n<?xml version='1.0'?><!-- x --><svg/>".as_bytes(), MediaType::Svg),
        ] {
            assert_eq!(Image::new(bytes.to_vec()).unwrap().media_type(), media_type);
        }
        for wrong in [
            &b""[..],
            b"GIF89a",
            b"<html><svg/></html>",
            b"RIFF\x01\x02\x03\x04WAVE",
            b"<?xml?><a/>",
            b"\xff",
        ] {
            Image::new(wrong.to_vec()).unwrap_err();
        }
    }

    #[test]
    fn a_picture_is_of_64_kib_at_most() {
        let of = |length: usize| {
            let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
            bytes.resize(length, 0);
            Image::new(bytes)
        };
        assert_eq!(of(IMAGE_MAX_BYTES).unwrap().bytes().len(), IMAGE_MAX_BYTES);
        of(IMAGE_MAX_BYTES + 1).unwrap_err();
    }

    #[test]
    fn kinds_and_types_have_numbers() {
        for kind in ImageKind::ALL {
            assert_eq!(ImageKind::from_number(kind.number()), Some(kind));
        }
        for media_type in MediaType::ALL {
            assert_eq!(MediaType::from_number(media_type.number()), Some(media_type));
        }
        assert_eq!((ImageKind::from_number(0), MediaType::from_number(0)), (None, None));
    }
}
