//! `lockwork owner-link`: the way back in when no owner can sign in any more.

use crate::config::Config;
use crate::opening;
use crate::people::Mail;
use anyhow::Result;

/// Makes a sign-up link for the console and returns it; earlier links stop working.
pub(crate) async fn run(config: &Config) -> Result<String> {
    let (app, store) = opening::open(config, &Mail::none()).await?;
    let link = app.create_sign_up_link().await.map_err(opening::explain);
    store.close().await;
    Ok(format!("{}\n", link?.reveal()))
}
