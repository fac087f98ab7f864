//! Which host serves what (contract §3.1): one listener serves them all, by the name that a request is sent to.
//!
//! Ports are ignored wherever hosts are compared: they part neither cookies nor projects, and proxies lose them.

use crate::app::App;
use crate::redirects;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ProjectId;
use lockwork_model::projects::{Project, default_vault_label};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// How browsers reach the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Unencrypted; browsers keep the pages' cookies then only on `localhost` and below it.
    Http,
    /// Encrypted, by this process or by a proxy in front of it.
    Https,
}

impl Scheme {
    /// As URLs write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// What a host serves.
#[derive(Debug, Clone)]
pub enum Site {
    /// The Backend API and the Config API.
    Api,
    /// A project's pages, its Login API and its Frontend API.
    Pages(Arc<Pages>),
}

/// The host of a project's pages, as a request named it.
#[derive(Debug, Clone)]
pub struct Pages {
    /// Whose they are.
    pub project: Project,
    /// Whether the project is the console's, whose people also reach the Backend API here.
    pub is_console: bool,
    /// The host as the browser sent it: in lower case, with its port if it has one.
    pub host: String,
    /// The domain that the pages' cookies are for, where it is a wider one than the host alone.
    pub cookie_domain: Option<String>,
}

impl App {
    /// What a host serves, by the value of the `Host` header; `None` where no project is. API hosts are recognised
    /// without the database.
    ///
    /// # Errors
    /// `InvalidArgument` when `host` is no host; when the database fails.
    pub async fn site(&self, host: Option<&str>) -> Result<Option<Site>> {
        // HTTP/1.0 needs no host, and the target of HTTP/1.1 may have an empty one (RFC 9112 §3.2).
        let Some(text) = host.filter(|text| !text.is_empty()) else { return Ok(Some(Site::Api)) };
        let malformed = || Error::invalid("the request's host is neither a name nor an address");
        let host = Host::parse(text).ok_or_else(malformed)?;
        if self.is_api_host(&host) {
            return Ok(Some(Site::Api));
        }
        let console = self.console_project().await?;
        let Some((project, at_own_domain)) = self.project_at(&host, console).await? else { return Ok(None) };
        // At the default host a wider domain would show the cookies to the other projects below the root.
        let cookie_domain = Some(&project.cookie_domain)
            .filter(|domain| at_own_domain && host.name != **domain && host.is_or_is_below(domain))
            .cloned();
        let is_console = console == Some(project.id);
        let pages = Pages { project, is_console, host: host.to_string(), cookie_domain };
        Ok(Some(Site::Pages(Arc::new(pages))))
    }

    /// The host of a project's pages, with its port: the default one below the root domain of today, or the
    /// project's own.
    #[must_use]
    pub fn pages_host(&self, project: &Project) -> String {
        let root = &self.options().root_domain;
        if self.known_console_project() == Some(project.id) {
            format!("console.{root}")
        } else if project.vault_domain_is_custom() {
            project.vault_domain.clone()
        } else {
            format!("{}.{root}", default_vault_label(project.id))
        }
    }

    /// The origin of a project's pages: scheme and host.
    #[must_use]
    pub fn pages_origin(&self, project: &Project) -> String {
        format!("{}://{}", self.options().scheme.as_str(), self.pages_host(project))
    }

    /// The origin of the console's pages.
    #[must_use]
    pub fn console_origin(&self) -> String {
        format!("{}://console.{}", self.options().scheme.as_str(), self.options().root_domain)
    }

    /// The domain that the cookies of a project's pages are for: the project's choice where the pages have a host
    /// of their own, else that host alone.
    #[must_use]
    pub fn cookie_domain(&self, project: &Project) -> String {
        if project.vault_domain_is_custom() {
            project.cookie_domain.clone()
        } else {
            without_port(&self.pages_host(project)).to_owned()
        }
    }

    fn is_api_host(&self, host: &Host) -> bool {
        let options = self.options();
        host.is_address
            || host.name == "localhost"
            || matches!(self.label_below_root(host), Some("" | "api" | "config"))
            || options.api_hosts.iter().any(|name| without_port(name).eq_ignore_ascii_case(&host.name))
    }

    /// The host's labels below the root domain; empty for the root domain itself.
    fn label_below_root<'h>(&self, host: &'h Host) -> Option<&'h str> {
        let root = without_port(&self.options().root_domain).to_ascii_lowercase();
        let label = host.name.strip_suffix(&root)?;
        if label.is_empty() { Some(label) } else { label.strip_suffix('.') }
    }

    /// The project at a host that is no API host, and whether that host is its own rather than a default one.
    async fn project_at(&self, host: &Host, console: Option<ProjectId>) -> Result<Option<(Project, bool)>> {
        let default_host = match self.label_below_root(host) {
            Some("console") => Some(console),
            Some(label) => project_of_label(label).map(Some),
            None => None,
        };
        let mut conn = self.store().read().await?;
        match default_host {
            Some(None) => Ok(None),
            Some(Some(id)) => Ok(conn.system().find_project(id).await?.map(|project| (project, false))),
            None => {
                let found = conn.system().find_project_by_vault_domain(&host.name).await?;
                // The default host below an earlier root domain is no project's any more.
                Ok(found.filter(Project::vault_domain_is_custom).map(|project| (project, true)))
            }
        }
    }
}

impl Pages {
    /// Whether pages of this origin may call the project's APIs with the browser's cookies (contract §3.5): those of
    /// the host itself, and of the project's trusted domains and everything below them; over https, or from
    /// `localhost`.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        let Some(from) = secure_origin(origin) else { return false };
        let trusted = |domain: &String| from.is_or_is_below(without_port(domain));
        self.is_own(&from) || self.project.trusted_domains.iter().any(trusted)
    }

    /// Whether pages of this origin are those of the host itself.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        secure_origin(origin).is_some_and(|from| self.is_own(&from))
    }

    /// Refuses an address to send a browser to that is neither here nor on a trusted domain.
    ///
    /// # Errors
    /// `InvalidArgument` that names `field`.
    pub(crate) fn check_redirect(&self, field: &str, address: &str) -> Result<()> {
        let mut domains = self.project.trusted_domains.clone();
        domains.push(without_port(&self.host).to_owned());
        redirects::check_redirect(field, address, &domains)
    }

    /// Refuses an address that is not on these very pages.
    ///
    /// # Errors
    /// `InvalidArgument` that names `field`.
    pub(crate) fn check_own_url(&self, field: &str, address: &str) -> Result<()> {
        redirects::check_redirect(field, address, &[without_port(&self.host).to_owned()])?;
        let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
        if origin.strip_suffix(&self.host).is_some_and(|scheme| scheme.ends_with("://")) {
            return Ok(());
        }
        Err(Error::invalid_field(field, "must be on the host that this request was sent to"))
    }

    fn is_own(&self, from: &Host) -> bool {
        from.name == without_port(&self.host)
    }
}

/// Whether a text is the name of a host, with or without a port: no address, no URL.
#[must_use]
pub fn is_host_name(text: &str) -> bool {
    Host::parse(text).is_some_and(|host| !host.is_address)
}

/// A host without its port.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    }
}

/// The project whose default host begins with this label.
fn project_of_label(label: &str) -> Option<ProjectId> {
    format!("project_{}", label.strip_prefix("project-")?).parse().ok()
}

/// The host of an origin (RFC 6454 §6.2: `scheme://host[:port]` and nothing else) whose pages nobody on the way can
/// have written.
fn secure_origin(origin: &str) -> Option<Host> {
    let (scheme, host) = origin.split_once("://")?;
    let host = Host::parse(host)?;
    match scheme {
        "https" => Some(host),
        "http" => Some(host).filter(|host| host.is_or_is_below("localhost")),
        _ => None,
    }
}

/// A host, as URLs and the `Host` header name one (RFC 3986 §3.2.2), in lower case and without the dot that may end
/// a name.
#[derive(Debug, PartialEq, Eq)]
struct Host {
    name: String,
    port: Option<u16>,
    is_address: bool,
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) = rest.split_once(']')?;
                let address: Ipv6Addr = address.parse().ok()?;
                let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
                (format!("[{address}]"), port)
            }
            None => {
                let (name, port) =
                    text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
                (domain(name)?, port)
            }
        };
        let port = port.map(read_port);
        if port == Some(None) {
            return None;
        }
        let is_address = name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok();
        Some(Self { name, port: port.flatten(), is_address })
    }

    /// Whether it is this domain or below it.
    fn is_or_is_below(&self, domain: &str) -> bool {
        match self.name.strip_suffix(domain) {
            Some("") => true,
            Some(labels) => !self.is_address && labels.ends_with('.') && !domain.is_empty(),
            None => false,
        }
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A name of legal length whose labels are of letters, digits, `-` and the `_` that container networks use.
fn domain(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(legal);
    (name.len() <= 253 && name.split('.').all(label)).then_some(name)
}

fn read_port(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests;
