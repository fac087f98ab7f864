//! Lockwork's own listener with nothing behind it: the same reading and writing, a constant answer.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};

use anyhow::Result;
use lockwork_http::fast_lane::{Answered, HotPath, HotRequest};
use lockwork_http::serve::{ServeOptions, serve};

/// As long as a verdict with a name and one action.
const ANSWER: &[u8] = br#"{"valid":true,"code":"VALID","apiKeyId":"api_key_03cg8mvklvq0pv4pew9njegff","organizationId":"org_c07mn4m95d0y443zarb4oq0zl","displayName":"Key 1000000","actions":["bench.keys.use"]}"#;

#[derive(Clone)]
struct Constant;

impl HotPath for Constant {
    type Waiting = Infallible;

    fn answer(
        &self,
        _request: &HotRequest<'_>,
        _head: &mut Vec<u8>,
        body: &mut Vec<u8>,
    ) -> Answered<Infallible> {
        body.extend_from_slice(ANSWER);
        Answered::Done(200)
    }

    async fn wait(&self, waiting: Infallible) {
        match waiting {}
    }
}

/// Serves until the process is ended.
///
/// # Errors
/// The address is taken, or the listener fails.
pub fn run(listen: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(listen)?;
    let router = axum::Router::new().route("/readyz", axum::routing::get(|| async { "ready\n" }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = serve(listener, None, Constant, router, ServeOptions::default(), std::future::pending());
    Ok(runtime.block_on(served)?)
}
