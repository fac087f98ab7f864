//! Temporary databases: a fresh one for each test, all of them gone when the test process ends, however it ends.
//!
//! SQLite is a file in a temporary folder. PostgreSQL is one server for each test process, started by the first test
//! that asks for it from the programs of Debian's package, and in it one database for each test, copied from a
//! migrated one. Where the programs are missing the tests fail and say what to install.

use lockwork_store::{DatabaseUrl, Store};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A database of one test's own.
pub struct TestDatabase {
    store: Store,
    place: Place,
}

enum Place {
    Folder(TempDir),
    /// A database of this name.
    Server(&'static Server, String),
}

impl TestDatabase {
    /// A migrated SQLite database.
    pub async fn sqlite() -> Self {
        Self::of(Kind::Sqlite).await
    }

    /// A migrated PostgreSQL database, on a server that does not wait for the disk.
    pub async fn postgres() -> Self {
        Self::of(Kind::Postgres).await
    }

    /// A migrated PostgreSQL database on a server that keeps what it acknowledged through a crash.
    pub async fn durable_postgres() -> Self {
        Self::at(server(&DURABLE, "on").await.database(MIGRATED).await).await
    }

    /// A migrated database of this kind.
    pub async fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let database = Self::empty(kind).await;
                database.store.migrate().await.expect("the schema");
                database
            }
            Kind::Postgres => Self::at(server(&FAST, "off").await.database(MIGRATED).await).await,
        }
    }

    /// A database of this kind without a schema.
    pub async fn empty(kind: Kind) -> Self {
        Self::at(match kind {
            Kind::Sqlite => Place::Folder(tempfile::tempdir().expect("a temporary folder")),
            Kind::Postgres => server(&FAST, "off").await.database("template0").await,
        })
        .await
    }

    async fn at(place: Place) -> Self {
        let store = Store::open(&place.url()).await.expect("an open database");
        Self { store, place }
    }

    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.place {
            Place::Folder(_) => Kind::Sqlite,
            Place::Server(..) => Kind::Postgres,
        }
    }

    /// The open database. Clones share their connections.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> DatabaseUrl {
        self.place.url()
    }

    /// The command line arguments by which `lockwork` finds it.
    #[must_use]
    pub fn arguments(&self) -> [String; 2] {
        match &self.place {
            Place::Folder(folder) => ["--data-dir".into(), folder.path().display().to_string()],
            Place::Server(server, name) => ["--database-url".into(), server.url(name)],
        }
    }

    /// Executes statements past the repositories.
    pub async fn execute(&self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &self.store {
            Store::Sqlite { write, .. } => sql.execute(write).await.map(drop),
            Store::Postgres(pool) => sql.execute(pool).await.map(drop),
        }
        .expect("a statement");
    }

    /// Ends every connection to a PostgreSQL database and lets in no other until [`Self::connect`].
    pub async fn disconnect(&self) {
        let Place::Server(server, name) = &self.place else { panic!("SQLite has no connections") };
        server.execute(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity";
        server.execute(format!("{end} WHERE datname = '{name}'")).await;
    }

    /// Lets connections in again.
    pub async fn connect(&self) {
        let Place::Server(server, name) = &self.place else { panic!("SQLite has no connections") };
        server.execute(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    }

    /// Closes every connection and opens the same database anew.
    pub async fn reopen(&mut self) {
        self.store.close().await;
        self.store = Store::open(&self.url()).await.expect("an open database");
    }
}

impl Place {
    fn url(&self) -> DatabaseUrl {
        match self {
            Self::Folder(folder) => DatabaseUrl::sqlite_in(folder.path()),
            Self::Server(server, name) => DatabaseUrl::parse(&server.url(name)).expect("a URL"),
        }
    }
}

/// Makes of each test one on SQLite and one on PostgreSQL.
///
/// ```ignore
/// on_both! {
///     async fn a_key_is_found_by_its_id(db: TestDatabase) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn test($database: $crate::databases::TestDatabase) $body

            #[tokio::test]
            async fn sqlite() {
                test($crate::databases::TestDatabase::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                test($crate::databases::TestDatabase::postgres().await).await;
            }
        }
    )*};
}

/// A PostgreSQL server of this process.
struct Server {
    folder: PathBuf,
    /// Its standard input closes when this process ends; then the guardian stops the server and removes the folder.
    _guardian: Child,
}

static FAST: OnceCell<Server> = OnceCell::const_new();
static DURABLE: OnceCell<Server> = OnceCell::const_new();

/// The database that tests' own are copied from.
const MIGRATED: &str = "migrated";

/// Starts the server and outlives the test process by as long as it takes to leave nothing behind.
///
/// What `initdb` makes is kept in one file beside the folders, since making it takes longer than the start.
const GUARDIAN: &str = r#"
set -eu
umask 077
programs=$1 temp=$2 version=$3 fsync=$4
folder=$(mktemp -d "$temp/lockwork-postgres-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cache=$temp/lockwork-postgres-$version.tar
if [ -f "$cache" ] && [ ! -L "$cache" ] && [ -O "$cache" ]; then
    tar -C "$folder" -xf "$cache"
else
    "$programs/initdb" --username=lockwork --auth=trust --encoding=UTF8 --no-locale --no-sync --wal-segsize=1 \
        -D "$folder/data" >"$folder/log"
    tar -C "$folder" -cf "$folder/cache" data
    mv -n "$folder/cache" "$cache" || true
fi
"$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=200 \
    -c fsync="$fsync" -c full_page_writes="$fsync" >>"$folder/log" 2>&1 &
server=$!
echo "$folder"
read -r _ || true
kill -QUIT "$server"
wait "$server" || true
"#;

async fn server(cell: &'static OnceCell<Server>, fsync: &str) -> &'static Server {
    cell.get_or_init(|| async move {
        let server = Server::start(fsync);
        server.wait_until_ready().await;
        server.execute(format!("CREATE DATABASE {MIGRATED}")).await;
        let url = DatabaseUrl::parse(&server.url(MIGRATED)).expect("a URL");
        let migrated = Store::open(&url).await.expect("an open database");
        migrated.migrate().await.expect("the schema");
        migrated.close().await;
        server
    })
    .await
}

impl Server {
    fn start(fsync: &str) -> Self {
        let (version, programs) = newest_programs().expect(
            "these tests need the PostgreSQL server programs in /usr/lib/postgresql: sudo apt-get install postgresql",
        );
        let mut guardian = shell_that_may_run_postgres();
        guardian.args(["-c", GUARDIAN, "guardian"]).arg(programs).arg(std::env::temp_dir());
        guardian.args([version.to_string().as_str(), fsync]);
        // Of its own group, so that Ctrl-C reaches only the tests.
        guardian.current_dir("/").process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut guardian = guardian.spawn().expect("a shell");
        let mut folder = String::new();
        let stdout = guardian.stdout.take().expect("the shell's output");
        BufReader::new(stdout).read_line(&mut folder).expect("the shell's output");
        assert!(!folder.is_empty(), "PostgreSQL did not start, see the messages above");
        Self { folder: folder.trim_end().into(), _guardian: guardian }
    }

    async fn wait_until_ready(&self) {
        for _ in 0..1000 {
            if PgConnection::connect_with(&self.options("postgres")).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        panic!("PostgreSQL does not answer; its log:\n{log}");
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        self.url(database).parse().expect("a URL")
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://lockwork@localhost/{database}?host={}", self.folder.display())
    }

    async fn execute(&self, sql: String) {
        let mut conn = PgConnection::connect_with(&self.options("postgres")).await.expect("a connection");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.expect("an administrator's statement");
        conn.close().await.expect("a closed connection");
    }

    /// A new database, a copy of `template`.
    async fn database(&'static self, template: &str) -> Place {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.execute(format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Place::Server(self, name)
    }
}

/// The newest version that is installed as Debian does it.
fn newest_programs() -> Option<(u32, PathBuf)> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file() && programs.join("postgres").is_file())
        .max()
}

/// PostgreSQL refuses to run as root: root becomes the user that Debian's package made.
fn shell_that_may_run_postgres() -> Command {
    let root = Path::new("/proc/self").metadata().is_ok_and(|process| process.uid() == 0);
    if !root {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    command
}
