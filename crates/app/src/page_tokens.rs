//! Page tokens: sealed, so that they are opaque and cannot be forged or carried to another list or tenant.

use crate::app::App;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use lockwork_model::error::{Error, Result};
use lockwork_model::ids::ProjectId;
use lockwork_model::page::{Cursor, Order, PageRequest};
use uuid::Uuid;

/// Longest page token, in characters.
const TOKEN_MAX_CHARS: usize = 4096;

fn purpose(list: &str, project: ProjectId, order: Order) -> String {
    format!("page token of {list} of {project} ordered {order:?}")
}

fn write(cursor: &Cursor) -> Vec<u8> {
    let mut bytes = cursor.micros.to_be_bytes().to_vec();
    bytes.extend_from_slice(cursor.id.as_bytes());
    bytes.extend_from_slice(cursor.name.as_bytes());
    bytes
}

fn read(bytes: &[u8]) -> Option<Cursor> {
    let (micros, rest) = bytes.split_first_chunk::<8>()?;
    let (id, name) = rest.split_first_chunk::<16>()?;
    Some(Cursor {
        micros: i64::from_be_bytes(*micros),
        id: Uuid::from_bytes(*id),
        name: std::str::from_utf8(name).ok()?.to_owned(),
    })
}

impl App {
    /// The text that leads to the next page of `list`.
    #[must_use]
    pub fn page_token(&self, list: &str, project: ProjectId, order: Order, cursor: &Cursor) -> String {
        let purpose = purpose(list, project, order);
        let sealed = self.page_token_key().seal(&purpose, &write(cursor), &mut **self.entropy());
        URL_SAFE.encode(sealed.unwrap_or_default())
    }

    /// The page that a token leads to.
    ///
    /// # Errors
    /// `InvalidArgument` for a token that this list of this project did not give out.
    pub fn page_request(
        &self,
        list: &str,
        project: ProjectId,
        size: u32,
        order: Order,
        token: Option<&str>,
    ) -> Result<PageRequest> {
        let after = match token {
            None | Some("") => None,
            Some(token) => {
                let opened = (token.len() <= TOKEN_MAX_CHARS)
                    .then(|| URL_SAFE.decode(token).ok())
                    .flatten()
                    .and_then(|sealed| self.page_token_key().open(&purpose(list, project, order), &sealed))
                    .and_then(|bytes| read(&bytes));
                let problem = "is not a token that this list gave out; repeat the request with the same orderBy, \
                               or start again without a pageToken";
                Some(opened.ok_or_else(|| Error::invalid_field("pageToken", problem))?)
            }
        };
        Ok(PageRequest { size, order, after })
    }
}
