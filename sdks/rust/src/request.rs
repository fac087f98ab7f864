use std::net::IpAddr;

use serde::Serialize;

/// What a request asks of a key beside being good. [`Default`] asks for nothing more, at a cost of 1.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    /// A permission expression that the key must satisfy: action names with `AND`, `OR`, `NOT`, parentheses, and `*` as a
    /// whole segment (`acme.widgets.*`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<&'a str>,
    /// The end user's address. Without it a key that may be used from some networks only is refused. Take it from the
    /// connection, or from a header that your own proxy sets and nobody else can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<IpAddr>,
    /// What the request costs, in credits and in each limit: 1 if not given; 0 asks without taking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// Limits with a cost of their own, and those that count only when they are named.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub limits: &'a [NamedLimit<'a>],
}

/// A limit that a [`Request`] names.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NamedLimit<'a> {
    /// Its name; the key, its organization or one of their plans must have it.
    pub name: &'a str,
    /// What the request costs in it; `None` for the request's cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
}
