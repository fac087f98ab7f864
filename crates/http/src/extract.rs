//! Extractors that refuse in the contract's shape.

use crate::error::Refusal;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use lockwork_app::{App, Ctx};
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::ids::InvalidId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The caller of the Backend API.
pub(crate) struct BackendCtx(pub Ctx);

impl FromRequestParts<App> for BackendCtx {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let authorization = match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value.as_bytes()),
            (Some(_), Some(_)) => {
                let refusal = Error::new(ErrorCode::Unauthenticated, "send one Authorization header, not several");
                return Err(refusal.into());
            }
        };
        authenticate(app, authorization).map(Self)
    }
}

/// The caller that an `Authorization` header's value speaks for.
pub(crate) fn authenticate(app: &App, authorization: Option<&[u8]>) -> Result<Ctx, Refusal> {
    // A header that is no text is no key of ours; the empty one is refused with the right words.
    let authorization = authorization.map(|value| std::str::from_utf8(value).unwrap_or_default());
    Ok(app.authenticate_backend(authorization)?)
}

/// A JSON body.
pub(crate) struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        check_content_type(content_type(request.headers()))?;
        parse_json(&read_body(request, state).await?).map(Self)
    }
}

impl<T: Serialize> axum::response::IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

/// The body of an operation that the contract does not have, which may come wrapped or bare: since unknown fields are
/// ignored, the wrong one of the two would otherwise do nothing and say so to nobody.
pub(crate) struct MaybeWrapped<T>(pub T);

/// The field that wraps it.
pub(crate) trait Wrap {
    /// In lowerCamelCase and in snake_case.
    const FIELDS: [&'static str; 2];
}

impl<T: DeserializeOwned + Wrap, S: Send + Sync> FromRequest<S> for MaybeWrapped<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        check_content_type(content_type(request.headers()))?;
        let body = read_body(request, state).await?;
        let mut bare: serde_json::Map<String, serde_json::Value> = parse_json(&body)?;
        let wrapped = T::FIELDS.iter().find_map(|field| bare.remove(*field));
        let value = wrapped.unwrap_or(serde_json::Value::Object(bare));
        serde_path_to_error::deserialize(value).map(Self).map_err(|error| invalid_json(&error))
    }
}

/// A body that must be empty or an empty JSON object: of operations that take no arguments.
pub(crate) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = read_body(request, state).await?;
        if !body.trim_ascii().is_empty() {
            parse_json::<serde_json::Map<String, serde_json::Value>>(&body)?;
        }
        Ok(Self)
    }
}

async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(failure) if failure.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::new(failure.status(), Error::invalid("the body is too large"))
        }
        _ => Error::invalid("the body could not be read to its end").into(),
    })
}

fn content_type(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes())
}

/// Refuses a body that is not declared as JSON.
pub(crate) fn check_content_type(value: Option<&[u8]>) -> Result<(), Refusal> {
    let media_type = value.unwrap_or_default().split(|&byte| byte == b';').next().unwrap_or_default();
    if media_type.trim_ascii().eq_ignore_ascii_case(b"application/json") {
        return Ok(());
    }
    let error = Error::invalid("the body must be JSON, sent with the header \"Content-Type: application/json\"");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error))
}

/// Reads JSON; the error names the field.
pub(crate) fn parse_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Error::invalid("the body is not UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Err(Error::invalid("the body is empty; send a JSON object").into());
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| invalid_json(&error))?;
    deserializer.end().map_err(|error| Error::invalid(shown(&error.to_string())))?;
    Ok(value)
}

fn invalid_json(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let (path, problem) = (error.path().to_string(), shown(&error.inner().to_string()));
    if path == "." { Error::invalid(problem).into() } else { Error::invalid_field(shown(&path), problem).into() }
}

/// A parser's message, shortened: it may repeat what the client sent.
fn shown(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The query's parameters; unknown and repeated ones are refused.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|rejection| {
            let problem = std::error::Error::source(&rejection).map_or_else(String::new, ToString::to_string);
            Error::invalid(format!("query: {}", shown(&problem))).into()
        })
    }
}

/// The parameters of a route without any: an unknown one is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

/// The id in the path.
pub(crate) struct Id<T>(pub T);

impl<T: FromStr<Err = InvalidId>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Error::invalid("the path is not UTF-8"))?;
        let text = params.iter().next().map(|(_, text)| text).unwrap_or_default();
        Ok(Self(text.parse()?))
    }
}
