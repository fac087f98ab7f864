//! When keys were last used.

use crate::db::{Result, Sql};
use crate::json_rows::json_texts;
use crate::system::System;
use crate::tx::Tx;
use lockwork_model::ids::ApiKeyId;
use lockwork_model::time::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

crate::repositories::sql! {
    RECORD_USE = Sql {
        sqlite: "UPDATE api_keys SET last_used_at = u.value ->> 1 FROM json_each($1) u
                 WHERE api_keys.id = unhex(u.value ->> 0)
                   AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < u.value ->> 1)",
        // In the order of ids, so that two nodes do not wait for each other.
        postgres: "WITH used AS (SELECT CAST(value ->> 0 AS UUID) AS id, CAST(value ->> 1 AS BIGINT) AS used_at
                                 FROM json_array_elements(CAST($1 AS JSON))),
                        locked AS (SELECT k.id, u.used_at FROM api_keys k JOIN used u ON u.id = k.id
                                   WHERE k.last_used_at IS NULL OR k.last_used_at < u.used_at
                                   ORDER BY k.id FOR NO KEY UPDATE OF k)
                   UPDATE api_keys SET last_used_at = l.used_at FROM locked l
                   WHERE api_keys.id = l.id AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < l.used_at)",
    };
}

impl System<'_, Tx> {
    /// Notes when keys were let in; of several times of a key the latest counts, the one known before included. Nobody
    /// needs to learn of it. Tells how many keys have a later time now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_use(&mut self, uses: &[(ApiKeyId, Timestamp)]) -> Result<u64> {
        let mut latest = BTreeMap::new();
        for &(id, at) in uses {
            let known = latest.entry(id).or_insert(at);
            *known = at.max(*known);
        }
        let rows = latest.into_iter().map(|(id, at)| json!([id.uuid().simple(), at.as_micros()]));
        self.conn.execute(RECORD_USE, (json_texts(rows.collect()),)).await
    }
}
