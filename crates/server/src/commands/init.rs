//! `lockwork init`: database and first project.

use crate::config::Config;
use crate::opening;
use crate::people::Mail;
use anyhow::Result;
use lockwork_app::Initialized;
use serde_json::json;

const PROJECT_NAME: &str = "My project";

/// Makes what is missing and returns the text to print.
pub(crate) async fn run(config: &Config, as_json: bool) -> Result<String> {
    let (app, store) = opening::open(config, &Mail::none()).await?;
    let initialized = app.initialize(PROJECT_NAME).await.map_err(opening::explain);
    store.close().await;
    let initialized = initialized?;
    Ok(if as_json { machine_text(&initialized) } else { next_steps(config, &initialized) })
}

fn machine_text(initialized: &Initialized) -> String {
    let object = json!({
        "projectId": initialized.project.to_string(),
        "backendApiKey": initialized.backend_api_key.as_ref().map(|secret| secret.reveal()),
        "publishableKey": initialized.publishable_key.to_string(),
        "signUpLink": initialized.sign_up_link.as_ref().map(|link| link.reveal()),
    });
    format!("{object}\n")
}

fn next_steps(config: &Config, initialized: &Initialized) -> String {
    let (project, publishable_key) = (&initialized.project, &initialized.publishable_key);
    let start = match (&config.server.data_dir, config.database.url.is_some()) {
        (_, true) => "lockwork serve --database-url …".to_owned(),
        (Some(folder), false) => format!("lockwork serve --data-dir {}", folder.display()),
        (None, false) => "lockwork serve".to_owned(),
    };
    let base = format!("http://{}", config.server.listen);
    let key = initialized.backend_api_key.as_ref();
    let (shown, bearer) = match key {
        Some(secret) => {
            (format!("{}\n                   (shown now only: keep it)", secret.reveal()), secret.reveal())
        }
        None => (
            "was shown when this project was made; lockwork backend-key makes another".to_owned(),
            "$BACKEND_API_KEY",
        ),
    };
    let console = match &initialized.sign_up_link {
        Some(link) => format!(
            "Sign up on the console as the first owner; the link works once, for a day (lockwork\nowner-link makes \
             another):\n\n  {}",
            link.reveal()
        ),
        None => "The console has its owner; lockwork owner-link makes a link for one more.".to_owned(),
    };
    format!(
        "\
Lockwork is ready.

  Project          {project}
  Backend API key  {shown}
  Publishable key  {publishable_key}

Start the server:

  {start}

{console}

Then make an organization, from another terminal (its API keys are off until a
PATCH of it says {{\"apiKeysEnabled\": true}}):

  curl -s {base}/v1/organizations \\
    -H \"Authorization: Bearer {bearer}\" \\
    -H 'Content-Type: application/json' \\
    -d '{{\"displayName\": \"Acme\"}}'

The API reference is at {base}/docs
"
    )
}
