//! File, then environment, then options.

use super::setting::Kind;
use super::{Config, described};
use crate::cli::{ConfigArgs, ServeArgs};
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use toml::{Table, Value};

const DEFAULT_FILE: &str = "lockwork.toml";
const PREFIX: &str = "LOCKWORK__";

/// Reads the configuration and refuses combinations that are half set or dangerous.
pub(crate) fn load(
    arguments: &ServeArgs,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config> {
    let mut table = read_file(arguments.config.config.as_deref())?;
    for (name, value) in environment {
        if let Some(setting) = name.strip_prefix(PREFIX) {
            apply_variable(&mut table, &name, setting, &value)?;
        }
    }
    apply_arguments(&mut table, arguments)?;
    let config: Config = Value::Table(table).try_into().map_err(|error: toml::de::Error| {
        anyhow::anyhow!("the configuration is wrong: {}", error.message())
    })?;
    check(&config)?;
    Ok(config)
}

fn read_file(named: Option<&Path>) -> Result<Table> {
    let path = match named {
        Some(path) => path,
        None if Path::new(DEFAULT_FILE).exists() => Path::new(DEFAULT_FILE),
        None => return Ok(Table::new()),
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    // Read as what it is meant to be first: those errors name the line. They are not shown with the line's text,
    // for it may be a secret.
    if let Err(error) = toml::from_str::<Config>(&text) {
        let line =
            error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        bail!("{} line {line}: {}", path.display(), error.message());
    }
    Ok(text.parse()?)
}

fn apply_variable(table: &mut Table, variable: &str, setting: &str, text: &str) -> Result<()> {
    let lower = setting.to_ascii_lowercase();
    let (section, name) = lower.split_once("__").unwrap_or((&lower, ""));
    let kind = kind_of(section, name).with_context(|| {
        format!(
            "the environment variable {variable} names no setting; `lockwork config reference` lists them"
        )
    })?;
    let value = kind
        .read(text)
        .with_context(|| format!("the environment variable {variable} must be a {}", kind.noun()))?;
    set(table, section, name, value)
}

fn kind_of(section: &str, name: &str) -> Option<Kind> {
    let section = described().into_iter().find(|known| known.name == section)?;
    section.fields.into_iter().find(|field| field.name == name).map(|field| field.kind)
}

fn apply_arguments(table: &mut Table, arguments: &ServeArgs) -> Result<()> {
    let ServeArgs { config: ConfigArgs { config: _, data_dir, database_url }, .. } = arguments;
    if let Some(url) = database_url {
        section(table, "database")?.remove("url_file");
        set(table, "database", "url", Value::String(url.clone()))?;
    }
    if let Some(listen) = &arguments.listen {
        set(table, "server", "listen", Value::String(listen.clone()))?;
    }
    if arguments.tls_dev || arguments.tls_cert.is_some() {
        // The options replace whatever kind of TLS is configured.
        table.remove("tls");
        set(table, "tls", "dev", Value::Boolean(arguments.tls_dev))?;
    }
    let paths = [
        ("server", "data_dir", data_dir),
        ("tls", "cert_file", &arguments.tls_cert),
        ("tls", "key_file", &arguments.tls_key),
    ];
    for (section, name, path) in paths {
        if let Some(path) = path {
            set(table, section, name, path_value(path)?)?;
        }
    }
    Ok(())
}

fn path_value(path: &Path) -> Result<Value> {
    let text = path.to_str().with_context(|| format!("the path {} is not UTF-8", path.display()))?;
    Ok(Value::String(text.to_owned()))
}

fn set(table: &mut Table, section_name: &str, name: &str, value: Value) -> Result<()> {
    section(table, section_name)?.insert(name.to_owned(), value);
    Ok(())
}

fn section<'t>(table: &'t mut Table, name: &str) -> Result<&'t mut Table> {
    let section = table.entry(name).or_insert_with(|| Value::Table(Table::new()));
    section.as_table_mut().with_context(|| format!("[{name}] must be a section"))
}

fn check(config: &Config) -> Result<()> {
    let exclusive = [
        (
            config.database.url.is_some(),
            config.database.url_file.is_some(),
            "database.url",
            "database.url_file",
        ),
        (
            config.secrets.master_key.is_some(),
            config.secrets.master_key_file.is_some(),
            "secrets.master_key",
            "secrets.master_key_file",
        ),
        (
            config.secrets.pepper.is_some(),
            config.secrets.pepper_file.is_some(),
            "secrets.pepper",
            "secrets.pepper_file",
        ),
        (
            config.tls.dev,
            config.tls.cert_file.is_some() || config.tls.key_file.is_some(),
            "tls.dev",
            "tls.cert_file",
        ),
    ];
    for (first, second, first_name, second_name) in exclusive {
        ensure!(!(first && second), "{first_name} and {second_name} are both set; remove one of them");
    }
    match (&config.tls.cert_file, &config.tls.key_file) {
        (Some(_), None) => bail!("tls.cert_file is set without tls.key_file; set both"),
        (None, Some(_)) => bail!("tls.key_file is set without tls.cert_file; set both"),
        _ => {}
    }
    let names = config.domains.root.iter().map(|name| ("domains.root", name));
    for (setting, name) in
        names.chain(config.domains.api_hosts.iter().map(|name| ("domains.api_hosts", name)))
    {
        ensure!(
            lockwork_app::is_host_name(name),
            "{setting} has `{name}`; it must be a host's name, such as auth.example.com"
        );
    }
    let positive = [
        ("server.workers", config.server.workers.unwrap_or(1) as u64),
        ("verify.max_staleness_seconds", config.verify.max_staleness_seconds),
        ("verify.poll_interval_ms", config.verify.poll_interval_ms),
        ("limits.max_connections", config.limits.max_connections as u64),
        ("limits.head_timeout_seconds", config.limits.head_timeout_seconds),
        ("limits.body_timeout_seconds", config.limits.body_timeout_seconds),
        ("limits.request_timeout_seconds", config.limits.request_timeout_seconds),
        ("limits.max_body_bytes", config.limits.max_body_bytes as u64),
        ("limits.idle_timeout_seconds", config.limits.idle_timeout_seconds),
        ("limits.write_timeout_seconds", config.limits.write_timeout_seconds),
    ];
    for (name, value) in positive {
        ensure!(value > 0, "{name} is 0; it must be at least 1");
    }
    ensure!(
        config.limits.max_head_bytes >= 8192,
        "limits.max_head_bytes is {}; it must be at least 8192",
        config.limits.max_head_bytes
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(file: &str, variables: &[(&str, &str)], arguments: ServeArgs) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lockwork.toml");
        std::fs::write(&path, file).unwrap();
        let config = ConfigArgs { config: Some(path), ..arguments.config };
        let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        load(&ServeArgs { config, ..arguments }, variables)
    }

    fn refusal(file: &str, variables: &[(&str, &str)]) -> String {
        format!("{:#}", with(file, variables, ServeArgs::default()).unwrap_err())
    }

    #[test]
    fn options_win_over_variables_and_variables_over_the_file() {
        let file = "[server]\nlisten = \"file:1\"\n[log]\nlevel = \"warn\"\n[limits]\nmax_connections = 1\n";
        let variables = [
            ("LOCKWORK__SERVER__LISTEN", "variable:2"),
            ("LOCKWORK__LOG__LEVEL", "debug"),
            ("LOCKWORK__VERIFY__IMAGE", "false"),
            ("LOCKWORK__SERVER__WORKERS", "3"),
            ("LOCKWORK__DOMAINS__API_HOSTS", "keys, keys.internal:7777"),
            ("LOCKWORK__DOMAINS__SCHEME", "https"),
            ("LOCKWORK_URL", "another program's"),
        ];
        let arguments = ServeArgs { listen: Some("option:3".into()), ..ServeArgs::default() };
        let config = with(file, &variables, arguments).unwrap();
        assert_eq!(config.server.listen, "option:3");
        assert_eq!(config.log.level, "debug");
        assert_eq!(config.limits.max_connections, 1);
        assert_eq!(config.server.workers, Some(3));
        assert_eq!(config.domains.api_hosts, ["keys", "keys.internal:7777"]);
        assert_eq!(config.domains.scheme, Some(crate::config::Scheme::Https));
        assert!(!config.verify.image);
    }

    #[test]
    fn what_is_unknown_or_of_the_wrong_kind_is_refused_with_its_place() {
        for (file, words) in [
            ("\n[server]\nlistne = \"x\"", "line 3: unknown field `listne`"),
            ("[servre]", "line 1: unknown field `servre`"),
            ("[log]\nformat = \"xml\"", "line 2: unknown variant `xml`"),
            ("[limits]\nmax_connections = \"many\"", "line 2: invalid type"),
            ("[limits]\nmax_connections = -1", "line 2: invalid value"),
        ] {
            let refusal = refusal(file, &[]);
            assert!(refusal.contains(words), "{refusal}");
        }
        for (name, value, words) in [
            ("LOCKWORK__SERVER__LISTNE", "x", "LOCKWORK__SERVER__LISTNE names no setting"),
            ("LOCKWORK__SERVER", "x", "names no setting"),
            ("LOCKWORK__SERVER__WORKERS", "two", "must be a whole number"),
            ("LOCKWORK__VERIFY__IMAGE", "yes", "must be a true or false"),
        ] {
            let refusal = refusal("", &[(name, value)]);
            assert!(refusal.contains(words), "{refusal}");
        }
    }

    #[test]
    fn half_set_and_contradictory_settings_are_refused_with_the_fix() {
        for (file, words) in [
            ("[tls]\ncert_file = \"a\"", "tls.cert_file is set without tls.key_file; set both"),
            ("[tls]\nkey_file = \"a\"", "tls.key_file is set without tls.cert_file; set both"),
            (
                "[tls]\ndev = true\ncert_file = \"a\"\nkey_file = \"b\"",
                "tls.dev and tls.cert_file are both set",
            ),
            ("[database]\nurl = \"a\"\nurl_file = \"b\"", "database.url and database.url_file are both set"),
            ("[secrets]\npepper = \"a\"\npepper_file = \"b\"", "remove one of them"),
            ("[limits]\nidle_timeout_seconds = 0", "limits.idle_timeout_seconds is 0"),
            ("[limits]\nmax_head_bytes = 10", "at least 8192"),
            ("[domains]\nroot = \"https://a.example.com\"", "domains.root has `https://a.example.com`"),
            ("[domains]\nroot = \"127.0.0.1:7777\"", "must be a host's name"),
            ("[domains]\napi_hosts = [\"a\", \"b/c\"]", "domains.api_hosts has `b/c`"),
        ] {
            let refusal = refusal(file, &[]);
            assert!(refusal.contains(words), "{refusal}");
        }
    }

    #[test]
    fn no_message_repeats_a_secret() {
        let file = "[secrets]\nmaster_key = \"hunter2\"\n[database]\nurl = \"postgres://u:hunter2@h/d\"\n";
        let config = with(file, &[], ServeArgs::default()).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        for wrong in [
            "[secrets]\nmaster_key = [\"hunter2\"]",
            "[secrets]\nmaster_key = \"hunter2",
            "[secrets]\nx=1\npepper = \"hunter2\"",
        ] {
            let refusal = refusal(wrong, &[]);
            assert!(!refusal.contains("hunter2"), "{refusal}");
        }
    }
}
