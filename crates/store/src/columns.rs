//! Columns that several tables have: lists as JSON texts, NULL being the empty one, and amounts.

use crate::db::Result;
use crate::rows::parsed;
use lockwork_model::api_keys::Lifetime;
use lockwork_model::ip_networks::IpNetworks;
use lockwork_model::limits::Limit;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where a column stands, for the error about a row that holds what it never should.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<R> {
    pub(crate) table: &'static str,
    pub(crate) name: &'static str,
    pub(crate) row: R,
}

impl<R: ToString> Column<R> {
    /// A list; NULL is the empty one, and anything that cannot be read an error.
    pub(crate) fn list<T: DeserializeOwned>(self, text: Option<&str>) -> Result<Vec<T>> {
        let Some(text) = text else { return Ok(Vec::new()) };
        parsed(serde_json::from_str(text).ok(), self.table, self.name, self.row)
    }

    /// A list of networks.
    pub(crate) fn networks(self, text: Option<&str>) -> Result<IpNetworks> {
        let networks = |text| {
            let texts: Vec<String> = serde_json::from_str(text).ok()?;
            IpNetworks::parse(self.name, &texts).ok()
        };
        let Some(text) = text else { return Ok(IpNetworks::default()) };
        parsed(networks(text), self.table, self.name, self.row)
    }

    /// An amount, which is never negative.
    pub(crate) fn amount(self, amount: i64) -> Result<u64> {
        parsed(u64::try_from(amount).ok(), self.table, self.name, self.row)
    }

    /// An amount, if there is one.
    pub(crate) fn optional_amount(self, amount: Option<i64>) -> Result<Option<u64>> {
        amount.map(|amount| self.amount(amount)).transpose()
    }
}

/// How long keys may live, from a column in seconds.
pub(crate) fn lifetime(
    seconds: Option<i64>,
    table: &'static str,
    row: impl ToString,
) -> Result<Option<Lifetime>> {
    let Some(seconds) = seconds else { return Ok(None) };
    let lifetime = u64::try_from(seconds).ok().and_then(Lifetime::from_seconds);
    parsed(lifetime, table, "max_key_lifetime_seconds", row).map(Some)
}

/// How long keys may live, for its column.
pub(crate) fn lifetime_seconds(lifetime: Option<Lifetime>) -> Option<i64> {
    lifetime.map(|lifetime| column_amount(lifetime.seconds()))
}

/// The text of a list; `None` for the empty one.
pub(crate) fn list_text<T: Serialize>(list: &[T]) -> Result<Option<String>> {
    if list.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(list);
    text.map(Some).map_err(|error| crate::error::StoreError::Database(error.to_string()))
}

/// The text of limits.
pub(crate) fn limits_text(limits: &[Limit]) -> Result<Option<String>> {
    list_text(limits)
}

/// The text of networks.
pub(crate) fn networks_text(networks: &IpNetworks) -> Result<Option<String>> {
    let texts: Vec<String> = networks.iter().map(ToString::to_string).collect();
    list_text(&texts)
}

/// An amount for a column. What is too large for it is larger than any that is legal.
pub(crate) fn column_amount(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
