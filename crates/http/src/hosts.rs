//! Sends each request to what its host serves (contract §3.1; which host that is decides `lockwork_app::Site`).
//!
//! The fast lane does not ask for the host: its two routes are answered to whoever holds a Backend API key, at any
//! name that leads here, since neither a cookie nor a project's host has a say in them.

use crate::error::{Refusal, Result};
use crate::{RouterOptions, api_routes, console_routes, health, layers, origins, portal_routes};
use axum::Router;
use axum::extract::{Extension, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use axum::response::Response;
use lockwork_app::{App, Pages, Site};
use lockwork_model::error::{Error, ErrorCode};
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// What there is, by host.
struct Sites {
    app: App,
    request_timeout: Duration,
    api: Router,
    portal: Router,
    console: Router,
    /// Refuses every request, with the refusal that was put into its extensions.
    nowhere: Router,
}

/// Every route, behind the choice of its host.
pub(crate) fn router(app: App, options: RouterOptions) -> Router {
    let pages = |routes| {
        let routes = layers::with_refusals(routes).layer(from_fn(origins::answer_preflight));
        layers::enclose(routes, &options).with_state(app.clone())
    };
    let sites = Arc::new(Sites {
        request_timeout: options.request_timeout,
        api: layers::surround(api_routes(options.dev_mailbox.clone()), &options).with_state(app.clone()),
        portal: pages(portal_routes()),
        console: pages(console_routes()),
        nowhere: layers::enclose(Router::new().fallback(refuse), &options),
        app: app.clone(),
    });
    Router::new().fallback(move |request: Request| {
        let sites = sites.clone();
        async move { sites.answer(request).await }
    })
}

impl Sites {
    async fn answer(&self, mut request: Request) -> Response {
        if health::PATHS.contains(&request.uri().path()) {
            return send(&self.api, request).await;
        }
        let host = host_of(&request).map(|host| host.map(str::to_owned));
        let site = tokio::time::timeout(self.request_timeout, self.site(host)).await;
        match site.unwrap_or_else(|_| Err(layers::late())) {
            Ok(Site::Api) => send(&self.api, request).await,
            Ok(Site::Pages(pages)) => {
                let router = if pages.is_console { &self.console } else { &self.portal };
                let asked = origins::Asked::of(&request);
                request.extensions_mut().insert(pages.clone());
                let mut response = send(router, request).await;
                asked.finish(&pages, response.headers_mut());
                response
            }
            Err(refusal) => {
                request.extensions_mut().insert(refusal);
                send(&self.nowhere, request).await
            }
        }
    }

    async fn site(&self, host: Result<Option<String>>) -> Result<Site> {
        let site = self.app.site(host?.as_deref()).await?;
        let unknown = || {
            let message = "no project is served at this host; a project is at the host that its vaultDomain names, \
                           the API at the root domain and at those of domains.api_hosts";
            Error::new(ErrorCode::NotFound, message).into()
        };
        site.ok_or_else(unknown)
    }
}

/// The host that a request names: in its `Host` header, or in its target (HTTP/2 has it there, RFC 9113 §8.3.1).
fn host_of(request: &Request) -> Result<Option<&str>> {
    let wrong = |message: &str| Refusal::from(Error::invalid(message));
    let target = request.uri().authority().map(|authority| authority.as_str());
    let mut headers = request.headers().get_all(header::HOST).iter().map(HeaderValue::to_str);
    let header = headers.next().transpose().map_err(|_| wrong("the Host header is no text"))?;
    if headers.next().is_some() {
        return Err(wrong("send one Host header, not several"));
    }
    match (target, header) {
        (Some(target), Some(header)) if !target.eq_ignore_ascii_case(header) => {
            Err(wrong("the request's target and its Host header name two hosts"))
        }
        (target, header) => Ok(target.or(header)),
    }
}

async fn send(router: &Router, request: Request) -> Response {
    let Ok(response) = router.clone().oneshot(request).await;
    response
}

async fn refuse(Extension(refusal): Extension<Refusal>) -> Refusal {
    refusal
}

/// The pages whose host the request was sent to.
pub(crate) struct Here(pub Arc<Pages>);

impl<S: Sync> FromRequestParts<S> for Here {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let missing = || Error::internal("a route of the pages is served at another host").into();
        parts.extensions.get().cloned().map(Self).ok_or_else(missing)
    }
}
