//! The kinds of settings, and how they are described.

use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// A section of the configuration.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) about: &'static [&'static str],
    pub(crate) fields: Vec<Field>,
}

/// One setting.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) about: &'static [&'static str],
    pub(crate) kind: Kind,
    /// As TOML writes it; `None` if it is not set by default.
    pub(crate) default: Option<String>,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Secret,
    Integer,
    Boolean,
    List,
}

impl Kind {
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Secret => "secret text",
            Self::Integer => "whole number",
            Self::Boolean => "true or false",
            Self::List => "list of texts",
        }
    }

    /// Reads the text of an environment variable.
    pub(crate) fn read(self, text: &str) -> Option<toml::Value> {
        match self {
            Self::Text | Self::Secret => Some(toml::Value::String(text.to_owned())),
            Self::Integer => text.parse().ok().map(toml::Value::Integer),
            Self::Boolean => text.parse().ok().map(toml::Value::Boolean),
            Self::List => Some(toml::Value::Array(split(text).map(toml::Value::from).collect())),
        }
    }
}

/// The texts between commas.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A type of settings.
pub(crate) trait Setting {
    const KIND: Kind;
    /// The value as TOML writes it.
    fn literal(&self) -> Option<String>;
}

impl Setting for String {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        Some(toml::Value::String(self.clone()).to_string())
    }
}

impl Setting for PathBuf {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        self.display().to_string().literal()
    }
}

impl Setting for bool {
    const KIND: Kind = Kind::Boolean;
    fn literal(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for u64 {
    const KIND: Kind = Kind::Integer;
    fn literal(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for usize {
    const KIND: Kind = Kind::Integer;
    fn literal(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for Vec<String> {
    const KIND: Kind = Kind::List;
    fn literal(&self) -> Option<String> {
        Some(toml::Value::from(self.clone()).to_string())
    }
}

impl<T: Setting> Setting for Option<T> {
    const KIND: Kind = T::KIND;
    fn literal(&self) -> Option<String> {
        self.as_ref().and_then(Setting::literal)
    }
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Setting for Secret {
    const KIND: Kind = Kind::Secret;
    fn literal(&self) -> Option<String> {
        None
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Setting for LogFormat {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        Some(if *self == Self::Text { "\"text\"" } else { "\"json\"" }.to_owned())
    }
}

/// What verification does without the change feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WhenStale {
    Answer,
    Refuse,
}

impl Setting for WhenStale {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        Some(if *self == Self::Answer { "\"answer\"" } else { "\"refuse\"" }.to_owned())
    }
}

/// Where stolen passwords are known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Breached {
    Remote,
    Folder,
    Off,
}

impl Setting for Breached {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        let name = match self {
            Self::Remote => "remote",
            Self::Folder => "folder",
            Self::Off => "off",
        };
        Some(format!("\"{name}\""))
    }
}

/// How browsers reach the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Setting for Scheme {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        Some(if *self == Self::Http { "\"http\"" } else { "\"https\"" }.to_owned())
    }
}

/// What happens where a limit cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnFailure {
    Allow,
    Refuse,
}

impl Setting for OnFailure {
    const KIND: Kind = Kind::Text;
    fn literal(&self) -> Option<String> {
        Some(if *self == Self::Allow { "\"allow\"" } else { "\"refuse\"" }.to_owned())
    }
}
