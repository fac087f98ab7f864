//! `lockwork seed`: many keys, quickly.

use crate::cli::SeedArgs;
use crate::config::Config;
use crate::people::Mail;
use crate::{files, opening};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use lockwork_app::SeedSpec;
use lockwork_model::secrets::SecretText;
use std::io::{BufWriter, Write};

/// Makes organizations and keys in the first project.
pub(crate) async fn run(config: &Config, arguments: &SeedArgs) -> Result<()> {
    let file = arguments.secrets_out.as_deref().map(files::create_private).transpose()?;
    let mut output = file.map(BufWriter::new);
    let (app, store) = opening::open(config, &Mail::none()).await?;
    let bar = ProgressBar::new(arguments.keys);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {human_pos}/{human_len} keys  {per_sec}  {eta} left",
    )?);
    let spec = SeedSpec {
        organizations: arguments.organizations,
        keys: arguments.keys,
        action: arguments.action.clone(),
        limits: arguments.limits,
    };
    let mut failure = None;
    let mut keep = |secret: &SecretText| {
        if let Some(output) = &mut output
            && let Err(error) = writeln!(output, "{}", secret.reveal())
        {
            failure.get_or_insert(error);
        }
    };
    let seeded = app.seed(&spec, &mut keep, &mut |made| bar.set_position(made)).await;
    bar.finish();
    store.close().await;
    seeded.map_err(opening::explain)?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    if let Some(mut output) = output {
        output.flush()?;
    }
    eprintln!("made {} organizations and {} keys", arguments.organizations, arguments.keys);
    Ok(())
}
