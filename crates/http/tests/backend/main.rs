//! The Backend API, in process, on SQLite; every answer is checked against the OpenAPI document.

mod api_keys;
