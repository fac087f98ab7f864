//! What an operator can configure: one struct per concern, described once.

mod describe;
mod load;
mod setting;

pub(crate) use describe::{commented_default, reference};
pub(crate) use load::load;
use serde::Deserialize;
pub(crate) use setting::{Breached, LogFormat, OnFailure, Scheme, Secret, WhenStale};
use setting::{Field, Section, Setting};
use std::path::PathBuf;

/// Declares the sections: their structs, defaults and descriptions.
macro_rules! sections {
    ($($(#[doc = $about:literal])+ $name:ident: $Section:ident {
        $($(#[doc = $doc:literal])+ $field:ident: $kind:ty = $default:expr,)+
    })+) => {
        /// The whole configuration.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(crate) struct Config {
            $($(#[doc = $about])+ pub(crate) $name: $Section,)+
        }

        $(
            $(#[doc = $about])+
            #[derive(Debug, Clone, PartialEq, Deserialize)]
            #[serde(default, deny_unknown_fields)]
            pub(crate) struct $Section {
                $($(#[doc = $doc])+ pub(crate) $field: $kind,)+
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self { $($field: $default,)+ }
                }
            }
        )+

        /// Every section with its settings, for the default file, the reference and the environment.
        pub(crate) fn described() -> Vec<Section> {
            let config = Config::default();
            vec![$(Section {
                name: stringify!($name),
                about: &[$($about),+],
                fields: vec![$(Field {
                    name: stringify!($field),
                    about: &[$($doc),+],
                    kind: <$kind as Setting>::KIND,
                    default: config.$name.$field.literal(),
                }),+],
            }),+]
        }
    };
}

sections! {
    /// The process and its listener.
    server: ServerConfig {
        /// Address and port to listen on.
        listen: String = "127.0.0.1:7777".into(),
        /// Folder for the embedded database, the master key, the development CA and the index image.
        data_dir: Option<PathBuf> = None,
        /// Threads that serve connections. Default: one per processor.
        workers: Option<usize> = None,
    }
    /// The database. Without a URL it is SQLite in the data folder.
    database: DatabaseConfig {
        /// `postgres://user:password@host/database`.
        url: Option<Secret> = None,
        /// File that holds the URL instead.
        url_file: Option<PathBuf> = None,
    }
    /// https. Without any of these the listener speaks plain http.
    tls: TlsConfig {
        /// Certificate chain, PEM, the server's own first.
        cert_file: Option<PathBuf> = None,
        /// Its private key, PEM; not readable for others.
        key_file: Option<PathBuf> = None,
        /// Make and use a local CA, for development.
        dev: bool = false,
    }
    /// Secrets that stay outside the database.
    secrets: SecretsConfig {
        /// 32 bytes in base64 that seal signing keys. Default: `master.key` in the data folder, made at the first start.
        master_key: Option<Secret> = None,
        /// File that holds the master key instead.
        master_key_file: Option<PathBuf> = None,
        /// 32 bytes in base64 that the hashes of API keys are keyed with. Choose before the first start: it cannot be changed.
        pepper: Option<Secret> = None,
        /// File that holds the pepper instead.
        pepper_file: Option<PathBuf> = None,
    }
    /// Verification.
    verify: VerifyConfig {
        /// How old a node's knowledge of changes may grow before the node is not ready.
        max_staleness_seconds: u64 = 60,
        /// What verification does then: `answer` from what is known, or `refuse`.
        when_stale: WhenStale = WhenStale::Answer,
        /// How often the change feed is read when no notification comes.
        poll_interval_ms: u64 = 200,
        /// Keep an image of the index in the data folder, for quick starts.
        image: bool = true,
    }
    /// How long and how much clients may take, and how the limits of API keys are counted.
    limits: LimitsConfig {
        /// Connections at a time; further ones are refused.
        max_connections: usize = 15_000,
        /// From the first byte of a request to the end of its head.
        head_timeout_seconds: u64 = 10,
        /// From there to the end of a verification's body.
        body_timeout_seconds: u64 = 20,
        /// A whole request, from the end of its head to its answer.
        request_timeout_seconds: u64 = 30,
        /// Between two requests on a connection.
        idle_timeout_seconds: u64 = 75,
        /// How long a client may take none of an answer's bytes.
        write_timeout_seconds: u64 = 20,
        /// Bytes of a request's head.
        max_head_bytes: usize = 16_384,
        /// Bytes of a request's body.
        max_body_bytes: usize = 262_144,
        /// How long requests in flight may take after SIGTERM.
        shutdown_grace_seconds: u64 = 20,
        /// How many nodes share each rate limit: every node lets through its share. With 1 each node counts alone.
        rate_nodes: u64 = 1,
        /// Rate limits that are counted at a time.
        max_counters: usize = 10_000_000,
        /// What happens when a rate limit cannot be counted for want of room: `allow` or `refuse`.
        rates_on_failure: OnFailure = OnFailure::Allow,
        /// What happens when a quota cannot be drawn from the database: `allow` or `refuse`.
        quotas_on_failure: OnFailure = OnFailure::Allow,
        /// What happens when credits cannot be drawn from the database: `allow` or `refuse`.
        credits_on_failure: OnFailure = OnFailure::Refuse,
    }
    /// How long people stay signed in.
    sessions: SessionsConfig {
        /// Without a visit.
        idle_seconds: u64 = 604_800,
        /// At all.
        max_seconds: u64 = 2_592_000,
        /// How often the keys change that sign access tokens.
        signing_key_days: u64 = 30,
    }
    /// Passwords.
    passwords: PasswordsConfig {
        /// Where stolen passwords are known from: `remote`, `folder` or `off`. Of a password no more than 5 digits of its SHA-1 leave this server.
        breached: Breached = Breached::Remote,
        /// Where a list is asked that goes by the first 5 digits; they are appended.
        breached_url: String = "https://api.pwnedpasswords.com/range/".into(),
        /// Folder with such a list: a file for each 5 digits.
        breached_folder: Option<PathBuf> = None,
    }
    /// Mail. Without it people cannot sign in by e-mail, and forgotten passwords stay forgotten.
    mail: MailConfig {
        /// `smtps://user:password@host:465`, or `smtp://user:password@host:587?tls=required`.
        smtp_url: Option<Secret> = None,
        /// File that holds the URL instead.
        smtp_url_file: Option<PathBuf> = None,
        /// The address that mail comes from. Default: `no-reply` at each project's own domain.
        from: Option<String> = None,
        /// How many mails a project may send in a day (UTC).
        daily_limit: u64 = 1_000,
    }
    /// Sign-in with Google, for projects without a client of their own.
    google: GoogleConfig {
        /// The client's id.
        client_id: Option<String> = None,
        /// Its secret.
        client_secret: Option<Secret> = None,
        /// File that holds the secret instead.
        client_secret_file: Option<PathBuf> = None,
        /// Another OpenID Connect issuer in Google's place.
        issuer_url: Option<String> = None,
    }
    /// Sign-in with Microsoft, for projects without a client of their own.
    microsoft: MicrosoftConfig {
        /// The client's id.
        client_id: Option<String> = None,
        /// Its secret.
        client_secret: Option<Secret> = None,
        /// File that holds the secret instead.
        client_secret_file: Option<PathBuf> = None,
        /// Another OpenID Connect issuer in Microsoft's place, such as one tenant's.
        issuer_url: Option<String> = None,
    }
    /// Sign-in with GitHub, for projects without a client of their own.
    github: GithubConfig {
        /// The client's id.
        client_id: Option<String> = None,
        /// Its secret.
        client_secret: Option<Secret> = None,
        /// File that holds the secret instead.
        client_secret_file: Option<PathBuf> = None,
        /// GitHub Enterprise Server in GitHub's place: `https://host`.
        server_url: Option<String> = None,
    }
    /// Logs, on standard error.
    log: LogConfig {
        /// `text` for people, `json` for machines.
        format: LogFormat = LogFormat::Text,
        /// `error`, `warn`, `info`, `debug` or `trace`, or a filter such as `info,lockwork_http=debug`.
        level: String = "info".into(),
    }
    /// Names in the network.
    domains: DomainsConfig {
        /// Each project's pages get a name below this one. Default: `localhost` with the listener's port.
        root: Option<String> = None,
        /// How browsers reach the pages: `https` or `http`. Default: https with TLS, or with a root domain other than `localhost`.
        scheme: Option<Scheme> = None,
        /// Further names at which the API answers, such as a container's. Addresses, `localhost`, the root domain, `api.` and `config.` below it need no entry.
        api_hosts: Vec<String> = Vec::new(),
    }
}

impl ServerConfig {
    /// The data folder, configured or default.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| "lockwork-data".into())
    }
}
