//! From a configuration to an open product.

use crate::config::{Config, OnFailure, Scheme, WhenStale};
use crate::files;
use crate::keys::{self, Master};
use crate::people::{self, Mail};
use anyhow::{Context, Result};
use lockwork_app::{App, LimitOptions, Options, SystemEntropy};
use lockwork_model::time::SystemClock;
use lockwork_store::{DatabaseUrl, Store};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Where the database is.
pub(crate) fn database_url(config: &Config) -> Result<DatabaseUrl> {
    let database = &config.database;
    match keys::configured(database.url.as_ref(), database.url_file.as_deref())? {
        Some(url) => Ok(DatabaseUrl::parse(url.reveal())?),
        None => Ok(DatabaseUrl::sqlite_in(&config.server.data_dir())),
    }
}

/// The file of an embedded database.
pub(crate) fn embedded_file(url: &DatabaseUrl) -> Option<PathBuf> {
    match url {
        DatabaseUrl::Sqlite(path) => Some(path.clone()),
        DatabaseUrl::Postgres(_) => None,
    }
}

/// Opens the database, brings its schema up to date and opens the product on it.
pub(crate) async fn open(config: &Config, mail: &Mail) -> Result<(App, Store)> {
    let url = database_url(config)?;
    let embedded = embedded_file(&url);
    let master = Master::find(config, embedded.as_deref())?;
    let pepper = keys::pepper(config)?;
    if embedded.is_some() || config.server.data_dir.is_some() || config.verify.image {
        files::make_private_folder(&config.server.data_dir())?;
    }
    let master = master.keep()?;
    let store = Store::open(&url).await.with_context(|| format!("cannot open the database {url}"))?;
    store.migrate().await.with_context(|| format!("cannot bring the database {url} up to date"))?;
    let app = open_app(config, store.clone(), &master, pepper, mail).await?;
    Ok((app, store))
}

/// Opens the product on a database that is up to date.
pub(crate) async fn open_app(
    config: &Config,
    store: Store,
    master: &Master,
    pepper: Option<lockwork_model::secrets::Pepper>,
    mail: &Mail,
) -> Result<App> {
    let options = Options {
        master_key: master.key.clone(),
        pepper,
        scheme: scheme(config),
        api_hosts: config.domains.api_hosts.clone(),
        root_domain: root_domain(config)?,
        max_staleness: Duration::from_secs(config.verify.max_staleness_seconds),
        when_stale: match config.verify.when_stale {
            WhenStale::Answer => lockwork_app::WhenStale::Answer,
            WhenStale::Refuse => lockwork_app::WhenStale::Refuse,
        },
        poll_interval: Duration::from_millis(config.verify.poll_interval_ms),
        image_path: config.verify.image.then(|| config.server.data_dir().join("index.image")),
        limits: LimitOptions {
            nodes: config.limits.rate_nodes.max(1),
            max_counters: config.limits.max_counters,
            rates_on_failure: on_failure(config.limits.rates_on_failure),
            quotas_on_failure: on_failure(config.limits.quotas_on_failure),
            credits_on_failure: on_failure(config.limits.credits_on_failure),
        },
        people: people::options(config, mail)?,
    };
    let opened = App::open(store, options, Arc::new(SystemClock), Box::new(SystemEntropy::default())).await;
    opened.map_err(explain)
}

const fn on_failure(setting: OnFailure) -> lockwork_app::OnFailure {
    match setting {
        OnFailure::Allow => lockwork_app::OnFailure::Allow,
        OnFailure::Refuse => lockwork_app::OnFailure::Refuse,
    }
}

/// An operation's error with what operators may know and callers may not.
pub(crate) fn explain(error: lockwork_model::error::Error) -> anyhow::Error {
    match error.context() {
        Some(context) => anyhow::anyhow!("{error}: {context}"),
        None => anyhow::anyhow!("{error}"),
    }
}

/// The address to listen on.
pub(crate) fn listen_address(config: &Config) -> Result<SocketAddr> {
    let listen = &config.server.listen;
    let wrong =
        || format!("server.listen is `{listen}`; it must be an address and a port, such as 127.0.0.1:7777");
    listen.to_socket_addrs().with_context(wrong)?.next().with_context(wrong)
}

/// The host part of the address to listen on.
pub(crate) fn listen_host(config: &Config) -> &str {
    let host = config.server.listen.rsplit_once(':').map_or("", |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

fn root_domain(config: &Config) -> Result<String> {
    match &config.domains.root {
        Some(root) => Ok(root.clone()),
        None => Ok(format!("localhost:{}", listen_address(config)?.port())),
    }
}

fn scheme(config: &Config) -> lockwork_app::Scheme {
    let tls = config.tls.dev || config.tls.cert_file.is_some();
    let local = config.domains.root.as_deref().is_none_or(|root| {
        let name = root.split(':').next().unwrap_or(root);
        name.eq_ignore_ascii_case("localhost")
    });
    match config.domains.scheme {
        Some(Scheme::Http) => lockwork_app::Scheme::Http,
        Some(Scheme::Https) => lockwork_app::Scheme::Https,
        None if tls || !local => lockwork_app::Scheme::Https,
        None => lockwork_app::Scheme::Http,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_reached_over_https_unless_they_are_local_without_tls_or_it_is_said_otherwise() {
        let scheme = |text: &str| scheme(&toml::from_str(text).unwrap()).as_str();
        assert_eq!(scheme(""), "http");
        assert_eq!(scheme("domains.root = 'LOCALHOST:7777'"), "http");
        assert_eq!(scheme("domains.root = 'auth.example.com'"), "https");
        assert_eq!(scheme("domains.root = 'localhost.example.com:7777'"), "https");
        assert_eq!(scheme("tls.dev = true"), "https");
        assert_eq!(scheme("tls.cert_file = 'a'"), "https");
        assert_eq!(scheme("domains.scheme = 'https'"), "https");
        assert_eq!(scheme("tls.dev = true\ndomains.scheme = 'http'"), "http");
    }
}
