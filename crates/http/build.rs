//! Puts the built apps of `ui/` into the binary, as tables of their files. Without Node there are none to put: then one
//! line says so at their place, and everything else of Lockwork works.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><title>Lockwork</title><p>This Lockwork was built without its pages. <code>make build</code> builds both.</p></html>";

fn main() -> io::Result<()> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui").canonicalize()?;
    let mut tables = String::new();
    for (name, app) in [("PORTAL", "portal"), ("CONSOLE", "console")] {
        let built = ui.join(app).join("dist");
        let _ = writeln!(tables, "const {name}: &[Built] = &[");
        if built.join("index.html").is_file() {
            println!("cargo:rerun-if-changed={}", built.display());
            add(&built, &built, &mut tables)?;
        } else {
            // Cargo would run this at every build for a path that is not there, so the nearest one that is.
            let above = if ui.join(app).is_dir() { ui.join(app) } else { ui.clone() };
            println!("cargo:rerun-if-changed={}", above.display());
            let _ = writeln!(
                tables,
                "Built {{ path: \"index.html\", plain: {PLACEHOLDER:?}.as_bytes(), brotli: None }},"
            );
        }
        tables.push_str("];\n");
    }
    let output = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&output).join("built.rs"), tables)
}

/// Adds every file below `folder`, in the order of their names so that builds are alike.
fn add(built: &Path, folder: &Path, tables: &mut String) -> io::Result<()> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(built, &path, tables)?;
        } else if path.extension().is_none_or(|extension| extension != "br") {
            let name = path.strip_prefix(built).map_err(io::Error::other)?;
            let compressed = path.with_added_extension("br");
            let brotli = match compressed.is_file() {
                true => format!("Some(include_bytes!({:?}))", compressed.display().to_string()),
                false => "None".to_owned(),
            };
            let _ = writeln!(
                tables,
                "Built {{ path: {:?}, plain: include_bytes!({:?}), brotli: {brotli} }},",
                name.display().to_string(),
                path.display().to_string()
            );
        }
    }
    Ok(())
}
