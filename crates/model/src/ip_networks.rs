//! Which addresses a key may be used from.

use crate::error::{Error, Result};
use ipnet::IpNet;
use std::net::IpAddr;

/// How many networks a list may have.
pub const NETWORKS_MAX: usize = 100;

/// A list of networks; empty means every address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct IpNetworks(Box<[IpNet]>);

impl IpNetworks {
    /// Reads networks such as `10.0.0.0/8` and `2001:db8::/32`, and single addresses.
    ///
    /// # Errors
    /// `InvalidArgument` that names the entry below `field`.
    pub fn parse(field: &str, texts: &[String]) -> Result<Self> {
        if texts.len() > NETWORKS_MAX {
            return Err(Error::invalid_field(field, format!("must be at most {NETWORKS_MAX} networks")));
        }
        let network = |(index, text): (usize, &String)| {
            network(text).map_err(|problem| Error::invalid_field(format!("{field}[{index}]"), problem))
        };
        let mut networks: Vec<IpNet> = texts.iter().enumerate().map(network).collect::<Result<_>>()?;
        networks.sort_unstable();
        networks.dedup();
        Ok(Self(networks.into()))
    }

    /// Whether every address is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The networks, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }

    /// Whether `address` is allowed. A list that is not empty allows no unknown address. An IPv4 address written as an
    /// IPv6 one counts as what it is.
    #[must_use]
    pub fn allow(&self, address: Option<IpAddr>) -> bool {
        self.0.is_empty()
            || address.is_some_and(|address| {
                let address = address.to_canonical();
                self.0.iter().any(|network| network.contains(&address))
            })
    }
}

fn network(text: &str) -> std::result::Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let network: IpNet =
        text.parse().map_err(|_| "must be a network such as 10.0.0.0/8 or 2001:db8::/32, or one address")?;
    if network.trunc() != network {
        return Err(format!("has bits set behind its prefix; did you mean {}?", network.trunc()));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(texts: &[&str]) -> Result<IpNetworks> {
        IpNetworks::parse("ipAllowlist", &texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_is_allowed_inside_a_network_only() {
        let networks = parse(&["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"]).unwrap();
        let allows = |text: &str| networks.allow(Some(text.parse().unwrap()));
        for inside in ["10.1.2.3", "2001:db8::1", "192.0.2.7", "::ffff:10.1.2.3"] {
            assert!(allows(inside), "{inside}");
        }
        for outside in ["11.0.0.1", "2001:db9::1", "192.0.2.8", "::1"] {
            assert!(!allows(outside), "{outside}");
        }
        assert!(!networks.allow(None));
        assert!(IpNetworks::default().allow(None));
        assert!(parse(&["0.0.0.0/0"]).unwrap().allow(Some("8.8.8.8".parse().unwrap())));
    }

    #[test]
    fn wrong_networks_are_refused_by_their_place() {
        for wrong in ["10.0.0.1/33", "10.0.0.1/8", "10.0.0", "", "example.com", "::/129", "10.0.0.0/-1"] {
            let refused = parse(&["10.0.0.0/8", wrong]).unwrap_err();
            assert!(refused.message().starts_with("ipAllowlist[1]: "), "{wrong}: {}", refused.message());
        }
        assert!(parse(&["10.0.0.0/8"; 101]).is_err());
        assert_eq!(parse(&["10.0.0.0/8"; 100]).unwrap().iter().count(), 1);
    }
}
