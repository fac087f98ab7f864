//! The widgets API in axum, protected by API keys: see the two `route_layer` lines in [`main`].

mod keys;

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use lockwork::{Client, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use keys::{Accepted, require_key};

/// Each organization's widgets.
type Widgets = Arc<Mutex<HashMap<Option<String>, Vec<Widget>>>>;

#[derive(Clone, Serialize, Deserialize)]
struct Widget {
    name: String,
}

async fn list_widgets(State(widgets): State<Widgets>, Extension(key): Extension<Verdict>) -> Json<Value> {
    let widgets = widgets.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({"widgets": widgets.get(&key.organization_id).cloned().unwrap_or_default()}))
}

async fn create_widget(
    State(widgets): State<Widgets>,
    Extension(key): Extension<Verdict>,
    Json(widget): Json<Widget>,
) -> (StatusCode, Json<Value>) {
    let mut widgets = widgets.lock().unwrap_or_else(PoisonError::into_inner);
    widgets.entry(key.organization_id).or_default().push(widget.clone());
    (StatusCode::CREATED, Json(json!({"widget": widget})))
}

/// The client for the key server that the environment names; the README lists the variables.
fn lockwork() -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder(env::var("LOCKWORK_URL")?, env::var("LOCKWORK_BACKEND_API_KEY")?);
    let builder = match env::var("LOCKWORK_CA_FILE") {
        Ok(path) => builder.ca_certificate_pem(std::fs::read(path)?),
        Err(_) => builder,
    };
    Ok(builder.build()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let lockwork = lockwork()?;
    let require =
        |permissions| from_fn_with_state(Accepted { lockwork: lockwork.clone(), permissions }, require_key);
    let app = Router::new()
        .route("/widgets", get(list_widgets).route_layer(require(None)))
        .route("/widgets", post(create_widget).route_layer(require(Some("acme.widgets.create"))))
        .with_state(Widgets::default());

    let listen = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:5000".to_owned());
    axum::serve(tokio::net::TcpListener::bind(&listen).await?, app).await?;
    Ok(())
}
