//! The operating system's limits for this process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors beside those of connections: database, files, logs.
const OTHERS: u64 = 200;

/// Raises the number of files that may be open as far as it goes without privileges, and returns it; `None` means
/// unlimited.
pub(crate) fn raise_open_files() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    // A refusal leaves the old limit, which is what is reported then.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    getrlimit(Resource::Nofile).current
}

/// What to say when so many connections do not fit into the limit.
pub(crate) fn open_files_warning(open_files: Option<u64>, max_connections: usize) -> Option<String> {
    let needed = max_connections as u64 + OTHERS;
    open_files.filter(|&limit| limit < needed).map(|limit| {
        format!(
            "only {limit} files may be open at once, {needed} are needed for {max_connections} connections; \
             raise the limit (ulimit -Hn, LimitNOFILE=) or lower limits.max_connections"
        )
    })
}
