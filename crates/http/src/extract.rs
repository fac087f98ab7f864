//! Extractors that refuse in the contract's shape.

use crate::cookies::Cookie;
use crate::error::Refusal;
use crate::origins::check_cookie_request;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use lockwork_app::{App, Ctx, Pages};
use lockwork_model::error::{Error, ErrorCode};
use lockwork_model::ids::InvalidId;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

/// The caller of the Backend API: who holds the Backend API key in the `Authorization` header, or without that header,
/// on the console's host, who is signed in there (contract §3.5).
pub(crate) struct BackendCtx(pub Ctx);

impl FromRequestParts<App> for BackendCtx {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let authorization = match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value.as_bytes()),
            (Some(_), Some(_)) => {
                let refusal =
                    Error::new(ErrorCode::Unauthenticated, "send one Authorization header, not several");
                return Err(refusal.into());
            }
        };
        match parts.extensions.get::<Arc<Pages>>().filter(|_| authorization.is_none()) {
            Some(pages) => authenticate_staff(app, pages, parts).await.map(Self),
            None => authenticate(app, authorization).map(Self),
        }
    }
}

/// The person of the console whose cookie the request comes with.
async fn authenticate_staff(app: &App, pages: &Pages, parts: &Parts) -> Result<Ctx, Refusal> {
    let token = Cookie::Access.read(&parts.headers, pages.project.id)?;
    let token = token.ok_or_else(|| Error::unauthenticated("no access token found in cookies"))?;
    check_cookie_request(pages, parts)?;
    Ok(app.authenticate_console(pages, token.reveal()).await?)
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
        let RawJson(body) = RawJson::from_request(request, state).await?;
        parse_json(&body).map(Self)
    }
}

/// A body that can be read from its bytes.
pub(crate) trait FromBody: Sized {
    /// The bytes, if they are declared as they must be.
    fn bytes<S: Send + Sync>(
        request: Request,
        state: &S,
    ) -> impl Future<Output = Result<Bytes, Refusal>> + Send;

    /// Reads the bytes.
    fn from_body(body: &[u8]) -> Result<Self, Refusal>;
}

impl<T: DeserializeOwned> FromBody for Json<T> {
    async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
        RawJson::from_request(request, state).await.map(|RawJson(body)| body)
    }

    fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        parse_json(body).map(Self)
    }
}

/// A JSON body that may be left out.
pub(crate) struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default> FromBody for OptionalJson<T> {
    async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
        let declared = content_type(request.headers()).map(<[u8]>::to_vec);
        let body = read_body(request, state).await?;
        if !body.trim_ascii().is_empty() {
            check_content_type(declared.as_deref())?;
        }
        Ok(body)
    }

    fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        let body = if body.trim_ascii().is_empty() { T::default() } else { parse_json(body)? };
        Ok(Self(body))
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        Self::from_body(&Self::bytes(request, state).await?)
    }
}

/// A JSON body that is not read yet, so that it can be read where it lies.
pub(crate) struct RawJson(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawJson {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        check_content_type(content_type(request.headers()))?;
        read_body(request, state).await.map(Self)
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
        let RawJson(body) = RawJson::from_request(request, state).await?;
        match parse_json::<Wrapped<T>>(&body)?.0 {
            Some(wrapped) => Ok(Self(wrapped)),
            None => parse_json(&body).map(Self),
        }
    }
}

/// The object below its wrapping field, if there is one.
struct Wrapped<T>(Option<T>);

impl<'de, T: Deserialize<'de> + Wrap> Deserialize<'de> for Wrapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(WrappedVisitor(PhantomData))
    }
}

struct WrappedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Wrap> Visitor<'de> for WrappedVisitor<T> {
    type Value = Wrapped<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wrapped<T>, A::Error> {
        let mut wrapped = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if !T::FIELDS.contains(&name.as_ref()) {
                map.next_value::<IgnoredAny>()?;
            } else if wrapped.replace(map.next_value::<Option<Object<T>>>()?).is_some() {
                return Err(serde::de::Error::duplicate_field(T::FIELDS[0]));
            }
        }
        Ok(Wrapped(wrapped.flatten().map(|Object(object)| object)))
    }
}

/// A value that must come as a JSON object. Derived shapes alone would also take an array of their fields.
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// Reads an optional field that must be a JSON object; for `deserialize_with`.
pub(crate) fn optional_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(object)| object))
}

/// Reads an optional field that must be an array of JSON objects; for `deserialize_with`.
pub(crate) fn optional_objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|Object(object)| object).collect()))
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
    let error =
        Error::invalid("the body must be JSON, sent with the header \"Content-Type: application/json\"");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error))
}

/// Reads a JSON object; the error names the field.
pub(crate) fn parse_json<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Error::invalid("the body is not UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Err(Error::invalid("the body is empty; send a JSON object").into());
    }
    // Following the path costs time; it is only needed to say what is wrong.
    if let Ok(Object(value)) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let Object(value) =
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| invalid_json(&error))?;
    deserializer.end().map_err(|error| Error::invalid(shown(&error.to_string())))?;
    Ok(value)
}

/// Names the field only when its value is wrong: broken JSON may break off inside a name that the client made up.
fn invalid_json(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let (path, problem) = (error.path().to_string(), shown(&error.inner().to_string()));
    let is_field = path != "." && error.inner().is_data();
    if is_field { Error::invalid_field(shown(&path), problem).into() } else { Error::invalid(problem).into() }
}

/// A parser's message, shortened, and without the value that the client sent: it may be a secret in the wrong place.
fn shown(message: &str) -> String {
    let said = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|&said| Some((said, message.strip_prefix(said)?)));
    let message = match said.and_then(|(said, rest)| {
        Some((said, rest.split([' ', ',']).next()?, rest.rsplit_once(", expected ")?.1))
    }) {
        Some((said, kind, expected)) => Cow::Owned(format!("{said}{kind}, expected {expected}")),
        None => Cow::Borrowed(message),
    };
    message.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// The query's parameters; unknown and repeated ones are refused.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        check_text(parts.uri.query().unwrap_or_default())?;
        if has_control_character(parts.uri.query().unwrap_or_default()) {
            return Err(Error::invalid("query: must not contain control characters").into());
        }
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|rejection| {
            let problem = std::error::Error::source(&rejection).map_or_else(String::new, ToString::to_string);
            Error::invalid(format!("query: {}", shown(&problem))).into()
        })
    }
}

/// Refuses what no stored text can hold; the parser would replace broken UTF-8 silently.
fn check_text(query: &str) -> Result<(), Refusal> {
    let mut decoded = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
    while let [byte, after @ ..] = rest {
        (rest, _) = match escaped(rest) {
            Some(byte) => (&rest[3..], decoded.push(byte)),
            None => (after, decoded.push(*byte)),
        };
    }
    let text = String::from_utf8(decoded).map_err(|_| Error::invalid("the query is not UTF-8"))?;
    if text.chars().any(char::is_control) {
        return Err(Error::invalid("the query must not contain control characters").into());
    }
    Ok(())
}

/// The byte that `%` and two hexadecimal digits stand for.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// Whether a query has a percent-encoded byte below 0x20, or 0x7f. No parameter needs one, and PostgreSQL takes no text
/// with a zero byte.
fn has_control_character(query: &str) -> bool {
    let coded = query.as_bytes().windows(3).filter(|window| window[0] == b'%');
    coded
        .into_iter()
        .any(|window| matches!(window[1], b'0' | b'1') || window[1..].eq_ignore_ascii_case(b"7f"))
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
