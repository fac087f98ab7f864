//! Express and PostgreSQL: what most products that check API keys do today.

use std::time::Instant;

use anyhow::Result;

use super::Load;
use crate::{paths, postgres::Postgres, process::Spec, rounds::Target, template::render, tools};

const PORT: u16 = 18105;
const DATABASE_PORT: u16 = 18106;

/// Starts PostgreSQL with the hash of every key in an indexed table, and Express before it.
///
/// # Errors
/// One of them cannot be started.
pub fn start(load: &Load) -> Result<Target> {
    let begin = Instant::now();
    let postgres = Postgres::start(DATABASE_PORT)?;
    postgres.run_file(&paths::peer("express").join("schema.sql"))?;
    let script = paths::work("express-database")?.join("load.sql");
    let values = [("keys", load.keys_file.display().to_string())];
    render(&paths::peer("express").join("load.sql"), &script, load.limits, &values)?;
    postgres.run_file(&script)?;
    let spec = Spec::new("express", "node")
        .args([tools::express()?.join("server.js")])
        .env("NODE_ENV", "production")
        .env("PORT", PORT.to_string())
        .env("DATABASE_URL", postgres.url());
    let mut target = super::start(&spec, PORT, &load.keys_file)?;
    target.servers.push(postgres.server);
    // As with the other peers, loading the keys is part of becoming ready.
    target.ready = begin.elapsed();
    Ok(target)
}
