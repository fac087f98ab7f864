//! The hosts and domains of a project's pages: what they may be, and what follows from changing them.

use crate::hosts::without_port;
use crate::redirects::check_redirect;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ProjectId;
use lockwork_model::projects::{Project, ProjectUpdate, TRUSTED_DOMAINS_MAX, default_vault_label};
use lockwork_model::text;

/// Brings the domains that a change names into their normal form.
///
/// # Errors
/// `InvalidArgument` that names the field.
pub(super) fn normalize(update: &mut ProjectUpdate, project: ProjectId, root: &str) -> Result<()> {
    if let Some(host) = update.vault_domain.take() {
        update.vault_domain = Some(vault_domain(&host, project, root)?);
    }
    if let Some(domain) = update.cookie_domain.take() {
        update.cookie_domain = Some(text::domain("cookieDomain", &domain)?);
    }
    if let Some(domains) = update.trusted_domains.take() {
        if domains.len() > TRUSTED_DOMAINS_MAX {
            let problem = format!("must have at most {TRUSTED_DOMAINS_MAX} entries");
            return Err(Error::invalid_field("trustedDomains", problem));
        }
        update.trusted_domains = Some(domains.iter().map(|domain| trusted(domain)).collect::<Result<_>>()?);
    }
    Ok(())
}

/// A host of the project's own, or its default one for an empty text.
fn vault_domain(host: &str, project: ProjectId, root: &str) -> Result<String> {
    let label = default_vault_label(project);
    let default = format!("{label}.{root}");
    if host.is_empty() || host == default || host == without_port(&default) {
        return Ok(default);
    }
    let host = text::domain("vaultDomain", host)?;
    let root = without_port(root);
    // Below the root are the hosts of other projects, of the console and of the API.
    if host == root || host.strip_suffix(root).is_some_and(|rest| rest.ends_with('.')) {
        return Err(Error::invalid_field("vaultDomain", format!("must not be {root} or below it")));
    }
    // By this the default host is told from others.
    if host.starts_with(&label) {
        return Err(Error::invalid_field("vaultDomain", format!("must not begin with {label}")));
    }
    Ok(host)
}

/// A domain whose pages may call the Frontend API; a port does not matter.
fn trusted(domain: &str) -> Result<String> {
    let domain = domain.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(domain, |(host, _)| host);
    if domain.eq_ignore_ascii_case("localhost") {
        return Ok("localhost".to_owned());
    }
    text::domain("trustedDomains", domain)
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.parse::<u16>().is_ok()
}

/// Makes the domains of a changed project fit together again, and refuses what does not; `pages_host` is where its pages
/// are now.
///
/// # Errors
/// `InvalidArgument` that names the field.
pub(super) fn settle(
    project: &mut Project,
    update: &ProjectUpdate,
    pages_host: &str,
    root: &str,
) -> Result<()> {
    let host = without_port(pages_host).to_owned();
    let fits = project.vault_domain_is_custom() && is_parent(&project.cookie_domain, &host);
    if project.cookie_domain != host && !fits {
        if update.cookie_domain.is_some() {
            let problem = "must be a vaultDomain of your own, or a domain above it such as example.com";
            return Err(Error::invalid_field("cookieDomain", problem));
        }
        // The pages have moved away from below it.
        project.cookie_domain.clone_from(&host);
    }
    let default = format!("{}.{}", default_vault_label(project.id), without_port(root));
    project.trusted_domains.extend([host, default]);
    project.trusted_domains.sort();
    project.trusted_domains.dedup();
    let redirects = [
        ("redirectUri", &project.redirects.default),
        ("afterLoginRedirectUri", &project.redirects.after_login),
        ("afterSignupRedirectUri", &project.redirects.after_signup),
    ];
    for (field, address) in redirects {
        if let Some(address) = address {
            check_redirect(field, address, &project.trusted_domains)?;
        }
    }
    Ok(())
}

/// Whether cookies of `domain` reach `host`, and no whole top-level domain.
fn is_parent(domain: &str, host: &str) -> bool {
    domain.contains('.') && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}
