#[test] fn dump() { std::fs::write("/tmp/refpage/backend.json", lockwork_http::openapi::backend()).unwrap(); std::fs::write("/tmp/refpage/config.json", lockwork_http::openapi::config()).unwrap(); }
