//! The widgets API in axum, for signed-in users and for API keys: see the three `route_layer` lines in [`main`].

mod callers;

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use lockwork::{Caller, Client, Credentials};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use callers::{Accepted, require_caller};

/// Each organization's widgets.
type Widgets = Arc<Mutex<HashMap<String, Vec<Widget>>>>;

#[derive(Clone, Serialize, Deserialize)]
struct Widget {
    name: String,
}

async fn whoami(Extension(caller): Extension<Caller>) -> Json<Value> {
    let mut answer =
        json!({"kind": caller.credentials_type().as_str(), "organizationId": caller.organization_id()});
    if let Credentials::AccessToken(claims) = caller.credentials() {
        answer["userId"] = json!(claims.user.id);
        answer["email"] = json!(claims.user.email);
    }
    Json(answer)
}

async fn list_widgets(State(widgets): State<Widgets>, Extension(caller): Extension<Caller>) -> Json<Value> {
    let widgets = widgets.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({"widgets": widgets.get(caller.organization_id()).cloned().unwrap_or_default()}))
}

async fn create_widget(
    State(widgets): State<Widgets>,
    Extension(caller): Extension<Caller>,
    Json(widget): Json<Widget>,
) -> (StatusCode, Json<Value>) {
    let mut widgets = widgets.lock().unwrap_or_else(PoisonError::into_inner);
    widgets.entry(caller.organization_id().to_owned()).or_default().push(widget.clone());
    (StatusCode::CREATED, Json(json!({"widget": widget})))
}

/// The client for the key server that the environment names; the README lists the variables.
fn lockwork() -> Result<Client, Box<dyn Error>> {
    let builder = Client::builder(env::var("LOCKWORK_URL")?, env::var("LOCKWORK_BACKEND_API_KEY")?)
        .publishable_key(env::var("LOCKWORK_PUBLISHABLE_KEY")?);
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
        |action| from_fn_with_state(Accepted { lockwork: lockwork.clone(), action }, require_caller);
    let app = Router::new()
        .route("/whoami", get(whoami).route_layer(require(None)))
        .route("/widgets", get(list_widgets).route_layer(require(None)))
        .route("/widgets", post(create_widget).route_layer(require(Some("acme.widgets.create"))))
        .with_state(Widgets::default());

    let listen = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:5000".to_owned());
    axum::serve(tokio::net::TcpListener::bind(&listen).await?, app).await?;
    Ok(())
}
