//! `lockwork backend-key`: the way back in when every Backend API key is lost.

use crate::cli::BackendKeyArgs;
use crate::config::Config;
use crate::opening;
use crate::people::Mail;
use anyhow::{Context, Result};
use lockwork_app::App;
use lockwork_model::access::BackendKeyScope;
use lockwork_model::backend_api_keys::NewBackendApiKey;

/// Makes a Backend API key of the first project and returns its secret; running nodes learn of it at once.
pub(crate) async fn run(config: &Config, arguments: &BackendKeyArgs) -> Result<String> {
    let (app, store) = opening::open(config, &Mail::none()).await?;
    let made = make(&app, arguments).await;
    store.close().await;
    made
}

async fn make(app: &App, arguments: &BackendKeyArgs) -> Result<String> {
    let scope =
        BackendKeyScope::from_name(&arguments.scope).context("--scope must be full, read or verify")?;
    let new = NewBackendApiKey { display_name: arguments.name.clone(), scope };
    let ctx = app.operator().await.map_err(opening::explain)?;
    let issued = app.create_backend_api_key(&ctx, new).await.map_err(opening::explain)?;
    Ok(format!("{}\n", issued.secret.reveal()))
}
