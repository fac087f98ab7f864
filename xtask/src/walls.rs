//! The walls between the crates: what each may depend on, and who may name a framework.
//!
//! `docs/decisions/0001-the-house.md` says why; `deny.toml` says the same to cargo-deny.

use crate::shell;
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A room of the house.
struct Room {
    package: &'static str,
    /// The crates of this workspace that its code may name.
    neighbours: &'static [&'static str],
    /// The only crates from outside that its code may name; `None` where anything goes that is not reserved.
    outside: Option<&'static [&'static str]>,
}

const ROOMS: &[Room] = &[
    Room {
        package: "lockwork-model",
        neighbours: &[],
        outside: Some(&[
            "hmac",
            "idna",
            "ipnet",
            "jiff",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "uuid",
        ]),
    },
    Room { package: "lockwork-store", neighbours: &["lockwork-model"], outside: None },
    Room {
        package: "lockwork-verify",
        neighbours: &["lockwork-model"],
        outside: Some(&["arc-swap", "libc", "thiserror", "uuid"]),
    },
    Room {
        package: "lockwork-app",
        neighbours: &["lockwork-identity", "lockwork-model", "lockwork-store", "lockwork-verify"],
        outside: None,
    },
    Room { package: "lockwork-identity", neighbours: &["lockwork-model"], outside: None },
    Room { package: "lockwork-http", neighbours: &["lockwork-app", "lockwork-model"], outside: None },
    Room { package: "lockwork-server", neighbours: PRODUCT, outside: None },
    Room { package: "lockwork-testkit", neighbours: PRODUCT, outside: None },
    Room { package: "lockwork", neighbours: &[], outside: None },
    Room { package: "lockwork-bench", neighbours: EVERYTHING, outside: None },
    Room { package: "lockwork-example-axum", neighbours: &["lockwork"], outside: None },
    Room { package: "xtask", neighbours: &[], outside: Some(&["anyhow", "clap", "serde_json"]) },
];

const PRODUCT: &[&str] = &[
    "lockwork-app",
    "lockwork-http",
    "lockwork-identity",
    "lockwork-model",
    "lockwork-server",
    "lockwork-store",
    "lockwork-verify",
];

const EVERYTHING: &[&str] = &[
    "lockwork",
    "lockwork-app",
    "lockwork-http",
    "lockwork-identity",
    "lockwork-model",
    "lockwork-server",
    "lockwork-store",
    "lockwork-testkit",
    "lockwork-verify",
];

/// A family of crates (its name, and every name that starts with it and a hyphen) and who may name it, in code
/// and in tests.
struct Reserved {
    family: &'static str,
    packages: &'static [&'static str],
}

const WEB: &[&str] = &["lockwork-http", "lockwork-testkit", "lockwork-bench", "lockwork-example-axum"];
/// The local sign-in provider that tests start is a web server too.
const WEB_AND_PROVIDER: &[&str] = &[
    "lockwork-http",
    "lockwork-testkit",
    "lockwork-bench",
    "lockwork-example-axum",
    "lockwork-identity",
    "lockwork",
];
const IDENTITY: &[&str] = &["lockwork-identity"];
const SQL: &[&str] = &["lockwork-store", "lockwork-testkit", "lockwork-bench"];

const RESERVED: &[Reserved] = &[
    Reserved { family: "axum", packages: WEB_AND_PROVIDER },
    Reserved { family: "hyper", packages: WEB },
    Reserved { family: "utoipa", packages: WEB },
    Reserved { family: "sqlx", packages: SQL },
    Reserved { family: "rusqlite", packages: SQL },
    Reserved { family: "libsqlite3-sys", packages: SQL },
    Reserved { family: "tokio-postgres", packages: SQL },
    Reserved { family: "argon2", packages: IDENTITY },
    Reserved { family: "lettre", packages: IDENTITY },
    Reserved { family: "openidconnect", packages: IDENTITY },
    Reserved { family: "totp-rs", packages: IDENTITY },
    Reserved { family: "webauthn-rs", packages: IDENTITY },
];

/// Any crate may test itself with this one; only `bench` may name it elsewhere.
const TESTKIT: &str = "lockwork-testkit";

/// Fails, with one sentence for each breach, when a crate names what it may not.
pub(crate) fn check() -> Result<()> {
    let breaches = breaches(&shell::metadata()?)?;
    if !breaches.is_empty() {
        bail!("{}\n(the table is in xtask/src/walls.rs)", breaches.join("\n"));
    }
    Ok(())
}

fn breaches(metadata: &Value) -> Result<Vec<String>> {
    let packages = array(metadata, "packages")?;
    let members: Vec<&str> = packages.iter().map(|package| text(package, "name")).collect::<Result<_>>()?;
    let mut breaches = Vec::new();
    for package in packages {
        let name = text(package, "name")?;
        let Some(room) = ROOMS.iter().find(|room| room.package == name) else {
            breaches.push(format!(
                "{name} is in no row of the table: say in one sentence which mistake the new crate makes impossible"
            ));
            continue;
        };
        for dependency in array(package, "dependencies")? {
            let in_tests = dependency.get("kind").and_then(Value::as_str) == Some("dev");
            let dependency = text(dependency, "name")?;
            let inside = members.contains(&dependency);
            breaches.extend(breach(room, dependency, inside, in_tests));
        }
    }
    Ok(breaches)
}

fn breach(room: &Room, dependency: &str, inside: bool, in_tests: bool) -> Option<String> {
    let name = room.package;
    if inside {
        let allowed = room.neighbours.contains(&dependency) || (in_tests && dependency == TESTKIT);
        return (!allowed).then(|| match dependency {
            TESTKIT => format!("{name} names {dependency}, which only tests may do"),
            _ => format!("{name} may not depend on {dependency}: it may on {}", list(room.neighbours)),
        });
    }
    if let Some(reserved) = RESERVED.iter().find(|reserved| reserved.holds(dependency))
        && !reserved.packages.contains(&name)
    {
        return Some(format!("{name} may not name {dependency}: only {} may", list(reserved.packages)));
    }
    match room.outside {
        Some(outside) if !in_tests && !outside.contains(&dependency) => {
            Some(format!("{name} may not name {dependency}: of the outside it may name {}", list(outside)))
        }
        _ => None,
    }
}

impl Reserved {
    fn holds(&self, dependency: &str) -> bool {
        let rest = dependency.strip_prefix(self.family);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "nothing of the workspace".to_owned() } else { names.join(", ") }
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value.get(key).and_then(Value::as_array).with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("cargo metadata has no text `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::{EVERYTHING, breaches};
    use serde_json::{Value, json};

    /// What cargo says of a workspace in which `package` has these dependencies, each with its kind.
    fn workspace(package: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let others = EVERYTHING.iter().filter(|name| **name != package);
        let mut packages: Vec<Value> =
            others.map(|name| json!({ "name": name, "dependencies": [] })).collect();
        let dependencies: Vec<Value> =
            dependencies.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
        packages.push(json!({ "name": package, "dependencies": dependencies }));
        json!({ "packages": packages })
    }

    fn found(package: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        breaches(&workspace(package, &[(dependency, kind)])).unwrap()
    }

    #[test]
    fn this_workspace_keeps_its_walls() {
        assert_eq!(breaches(&crate::shell::metadata().unwrap()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_the_table_allows_is_no_breach() {
        let app =
            [("lockwork-model", None), ("lockwork-store", None), ("lockwork-verify", None), ("tokio", None)];
        assert_eq!(breaches(&workspace("lockwork-app", &app)).unwrap(), Vec::<String>::new());
        let http = [("lockwork-app", None), ("axum", None), ("hyper-util", None), ("utoipa-axum", None)];
        assert_eq!(breaches(&workspace("lockwork-http", &http)).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_to_the_right_is_a_breach() {
        let sentence = "lockwork-store may not depend on lockwork-app: it may on lockwork-model";
        assert_eq!(found("lockwork-store", "lockwork-app", None), [sentence]);
        assert_eq!(found("lockwork-model", "lockwork-verify", None).len(), 1);
        assert_eq!(found("lockwork-http", "lockwork-store", None).len(), 1);
        assert_eq!(found("lockwork-verify", "lockwork-store", Some("build")).len(), 1);
    }

    #[test]
    fn only_http_names_the_web_framework_in_tests_too() {
        for kind in [None, Some("dev"), Some("build")] {
            for package in ["lockwork-app", "lockwork-server", "lockwork-store"] {
                assert_eq!(found(package, "axum", kind).len(), 1, "{package}");
                assert_eq!(found(package, "hyper-util", kind).len(), 1, "{package}");
            }
            assert!(found("lockwork-http", "axum", kind).is_empty());
        }
    }

    #[test]
    fn only_store_names_the_database_driver() {
        let sentence =
            "lockwork-app may not name sqlx: only lockwork-store, lockwork-testkit, lockwork-bench may";
        assert_eq!(found("lockwork-app", "sqlx", None), [sentence]);
        assert!(found("lockwork-store", "sqlx", None).is_empty());
    }

    #[test]
    fn a_family_is_no_longer_than_its_name() {
        assert!(found("lockwork-app", "hyperloglog", None).is_empty());
    }

    #[test]
    fn model_names_nothing_beside_its_list_but_its_tests_may() {
        assert_eq!(found("lockwork-model", "tokio", None).len(), 1);
        assert_eq!(found("lockwork-model", "tokio", Some("build")).len(), 1);
        assert!(found("lockwork-model", "proptest", Some("dev")).is_empty());
        assert!(found("lockwork-model", "sha2", None).is_empty());
    }

    #[test]
    fn testkit_is_for_tests() {
        let sentence = "lockwork-http names lockwork-testkit, which only tests may do";
        assert_eq!(found("lockwork-http", "lockwork-testkit", None), [sentence]);
        assert!(found("lockwork-http", "lockwork-testkit", Some("dev")).is_empty());
    }

    #[test]
    fn the_published_client_knows_no_crate_of_the_server() {
        assert_eq!(found("lockwork", "lockwork-model", None).len(), 1);
    }

    #[test]
    fn a_new_crate_must_be_given_a_row() {
        let breaches = found("lockwork-helpers", "serde", None);
        assert_eq!(breaches.len(), 1);
        assert!(breaches.iter().all(|sentence| sentence.starts_with("lockwork-helpers is in no row")));
    }
}
