//! Logs on standard error.

use crate::config::{LogConfig, LogFormat};
use anyhow::{Context, Result};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging; panics are logged from here on too.
pub(crate) fn start(config: &LogConfig) -> Result<()> {
    // The driver calls the reading of all keys at a start a slow query, and the passkey library what a browser got
    // wrong an error.
    let quiet = "sqlx::query=error,webauthn_rs=off,webauthn_rs_core=off";
    let filter = EnvFilter::try_new(format!("{quiet},{}", config.level)).with_context(|| {
        format!("log.level is `{}`; it must be error, warn, info, debug, trace or a filter", config.level)
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.format {
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("panic");
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic.location = location, "{message}");
    }));
    Ok(())
}
