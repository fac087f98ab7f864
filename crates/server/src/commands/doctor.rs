//! `lockwork doctor`: the checks of a start, and live probes, without changing anything.

use crate::config::Config;
use crate::keys::{self, Master};
use crate::people::Mail;
use crate::{limits, opening, tls};
use anyhow::{Context, Result, bail};
use lockwork_model::time::{Clock, SystemClock, Timestamp};
use lockwork_store::{DatabaseUrl, Store};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;

/// How a check went, with one line about it.
enum Finding {
    Ok(String),
    Warn(String),
    Fail(String),
}

use Finding::{Fail, Ok as Good, Warn};

/// Prints a line per check. Fails if one failed.
pub(crate) async fn run(config: Result<Config>) -> Result<ExitCode> {
    let mut findings = Vec::new();
    match config {
        Err(error) => findings.push(("configuration", Fail(format!("{error:#}")))),
        Ok(config) => {
            findings.push(("configuration", Good("complete and consistent".into())));
            findings.push(("listener", from_result(check_listener(&config))));
            findings.push(("data folder", from_result(check_data_dir(&config))));
            findings.push(("tls", from_result(check_tls(&config))));
            findings.push(("mail", from_result(check_mail(&config))));
            findings.push(("open files", check_open_files(&config)));
            findings.push(("huge pages", check_huge_pages()));
            findings.push(("clock", check_clock(SystemClock.now())));
            findings.push(("database", from_result(check_database(&config).await)));
        }
    }
    let mut failed = false;
    for (name, finding) in findings {
        let (word, text) = match finding {
            Good(text) => ("ok  ", text),
            Warn(text) => ("warn", text),
            Fail(text) => {
                failed = true;
                ("fail", text)
            }
        };
        println!("{word}  {name}: {text}");
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn from_result(result: Result<Finding>) -> Finding {
    result.unwrap_or_else(|error| Fail(format!("{error:#}")))
}

fn check_mail(config: &Config) -> Result<Finding> {
    let mail = Mail::of(config, false)?;
    Ok(if mail.worker.is_some() {
        Good("goes out by SMTP".into())
    } else {
        Warn(
            "not set up: nobody can sign in by e-mail or replace a forgotten password; set mail.smtp_url"
                .into(),
        )
    })
}

fn check_listener(config: &Config) -> Result<Finding> {
    let address = opening::listen_address(config)?;
    if !address.ip().is_loopback() && !config.tls.dev && config.tls.cert_file.is_none() {
        return Ok(Warn(format!(
            "{address} is reachable from other machines without https; set tls.cert_file and tls.key_file, or put \
             a proxy with https in front"
        )));
    }
    Ok(Good(address.to_string()))
}

fn check_data_dir(config: &Config) -> Result<Finding> {
    let folder = config.server.data_dir();
    let shown = folder.display();
    let Ok(metadata) = fs::metadata(&folder) else {
        return Ok(Warn(format!("{shown} does not exist yet; lockwork init makes it")));
    };
    if !metadata.is_dir() {
        bail!("{shown} is not a folder");
    }
    if metadata.permissions().readonly() {
        bail!("{shown} cannot be written");
    }
    if metadata.mode() & 0o007 != 0 {
        return Ok(Warn(format!("every user of this machine can look into {shown}; run: chmod o= {shown}")));
    }
    Ok(Good(shown.to_string()))
}

fn check_tls(config: &Config) -> Result<Finding> {
    if config.tls.dev {
        return Ok(Warn("a development CA; browsers and clients must be told to trust it".into()));
    }
    Ok(match tls::server_config(config, opening::listen_host(config))? {
        Some(_) => Good("certificate and key fit".into()),
        None => Good("off".into()),
    })
}

fn check_open_files(config: &Config) -> Finding {
    let open_files = limits::raise_open_files();
    match limits::open_files_warning(open_files, config.limits.max_connections) {
        Some(warning) => Warn(warning),
        None => Good(open_files.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string())),
    }
}

fn check_huge_pages() -> Finding {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled";
    match fs::read_to_string(path) {
        Ok(text) if text.contains("[never]") => Warn(format!(
            "off; with many keys verification is about a third slower. Switch on: echo madvise > {path}"
        )),
        Ok(_) => Good("available".into()),
        Err(_) => Warn("unknown; with many keys verification may be slower".into()),
    }
}

fn check_clock(now: Timestamp) -> Finding {
    const FIRST_PLAUSIBLE: &str = "2025-01-01T00:00:00Z";
    match FIRST_PLAUSIBLE.parse::<Timestamp>() {
        Ok(first) if now < first => Fail(format!("it shows {now}; set it, keys would expire at wrong times")),
        _ => Good(now.to_string()),
    }
}

async fn check_database(config: &Config) -> Result<Finding> {
    let url = opening::database_url(config)?;
    if let DatabaseUrl::Sqlite(path) = &url
        && !path.exists()
    {
        return Ok(Warn(format!("{} does not exist yet; run: lockwork init", path.display())));
    }
    let store = Store::open(&url).await.with_context(|| format!("{url} cannot be reached"))?;
    let finding = check_store(config, &url, &store).await;
    store.close().await;
    finding
}

async fn check_store(config: &Config, url: &DatabaseUrl, store: &Store) -> Result<Finding> {
    if !store.is_migrated().await? {
        return Ok(Warn(format!("{url} is not up to date; lockwork init or lockwork serve migrates it")));
    }
    let master = Master::find(config, opening::embedded_file(url).as_deref())?;
    opening::open_app(config, store.clone(), &master, keys::pepper(config)?, &Mail::none()).await?;
    Ok(Good(format!("{url}, up to date; the master key and the pepper fit")))
}
