//! Limit overrides.

use crate::columns::{Column, column_amount};
use crate::db::{Queries, Result, for_update};
use crate::listing::{Listing, listing};
use crate::reach::Reach;
use crate::repositories::repository;
use crate::rows::{parsed, time};
use crate::tx::Tx;
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::LimitOverrideId;
use lockwork_model::limit_overrides::{Identifier, LimitOverride};
use lockwork_model::limits::{LimitName, Rate};
use lockwork_model::page::{Cursor, Page, PageRequest};
use uuid::Uuid;

repository!(
    /// The limit overrides of one project.
    LimitOverrides
);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, namespace, identifier, max_amount, window_seconds, burst, created_at, updated_at
             FROM limit_overrides ",
            $rest
        )
    };
}

crate::repositories::sql! {
    INSERT = "INSERT INTO limit_overrides (id, project_id, namespace, identifier, max_amount, window_seconds, burst,
                  created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = select!("WHERE project_id = $1 AND id = $2");
    FIND_FOR_UPDATE = for_update!(select!("WHERE project_id = $1 AND id = $2"));
    UPDATE = "UPDATE limit_overrides SET max_amount = $3, window_seconds = $4, burst = $5, updated_at = $6
              WHERE project_id = $1 AND id = $2";
    DELETE = "DELETE FROM limit_overrides WHERE project_id = $1 AND id = $2";
}

pub(crate) const LIST: Listing = listing!(id_and_time: select!(
    "WHERE project_id = $5 AND (namespace = $6 OR $6 IS NULL) AND (identifier = $7 OR $7 IS NULL)"
));

/// Which overrides are wanted; `None` means any.
#[derive(Debug, Clone, Default)]
pub struct LimitOverrideFilter {
    /// In this namespace.
    pub namespace: Option<LimitName>,
    /// Of this identifier.
    pub identifier: Option<String>,
}

#[derive(sqlx::FromRow)]
struct LimitOverrideRow {
    id: Uuid,
    namespace: String,
    identifier: String,
    max_amount: i64,
    window_seconds: i64,
    burst: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

/// The columns that make a rule, read for a repository or for verification.
pub(crate) struct Rule {
    pub(crate) identifier: Identifier,
    pub(crate) limit: u64,
    pub(crate) rate: Rate,
}

/// The rule in a row's columns: namespace and identifier, the amount, the window's seconds and the burst.
pub(crate) fn rule(
    id: Uuid,
    (namespace, identifier): (&str, String),
    (max_amount, window_seconds, burst): (i64, i64, Option<i64>),
) -> Result<Rule> {
    let column = |name| Column { table: "limit_overrides", name, row: id };
    let seconds = column("window_seconds").amount(window_seconds)?;
    let rate = match column("burst").optional_amount(burst)? {
        None => Rate::Window { seconds },
        Some(burst) => Rate::Bucket { seconds, burst },
    };
    let namespace = parsed(namespace.parse().ok(), "limit_overrides", "namespace", id)?;
    Ok(Rule {
        identifier: Identifier { namespace, identifier },
        limit: column("max_amount").amount(max_amount)?,
        rate,
    })
}

const fn burst(rate: Rate) -> Option<u64> {
    match rate {
        Rate::Window { .. } => None,
        Rate::Bucket { burst, .. } => Some(burst),
    }
}

fn model(row: LimitOverrideRow) -> Result<LimitOverride> {
    let amounts = (row.max_amount, row.window_seconds, row.burst);
    let Rule { identifier, limit, rate } = rule(row.id, (&row.namespace, row.identifier), amounts)?;
    Ok(LimitOverride {
        id: LimitOverrideId::from_uuid(row.id),
        identifier,
        limit,
        rate,
        created_at: time(row.created_at),
        updated_at: time(row.updated_at),
    })
}

impl<C: Queries> LimitOverrides<'_, C> {
    /// The override of this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, id: LimitOverrideId) -> Result<Option<LimitOverride>> {
        self.conn.fetch_optional(FIND, (self.scope.project_id(), id.uuid())).await?.map(model).transpose()
    }

    /// One page of the overrides, by id or by creation time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &mut self,
        filter: &LimitOverrideFilter,
        page: &PageRequest,
    ) -> Result<Page<LimitOverride>> {
        let project = self.scope.project_id();
        let namespace = filter.namespace.as_ref().map(ToString::to_string);
        let params = |(a, b, c, d)| (a, b, c, d, project, namespace, filter.identifier.clone());
        LIST.fetch(self.conn, page, params, model, |found| Cursor {
            micros: found.created_at.as_micros(),
            name: String::new(),
            id: found.id.uuid(),
        })
        .await
    }
}

impl LimitOverrides<'_, Tx> {
    /// The override, kept from others until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_for_update(&mut self, id: LimitOverrideId) -> Result<Option<LimitOverride>> {
        let params = (self.scope.project_id(), id.uuid());
        self.conn.fetch_optional(FIND_FOR_UPDATE, params).await?.map(model).transpose()
    }

    /// Adds an override.
    ///
    /// # Errors
    /// `Conflict` when its identifier has one in the namespace already; when the database fails.
    pub async fn insert(&mut self, limit_override: &LimitOverride) -> Result<()> {
        self.conn.changed(ChangeKind::LimitOverride, limit_override.id.uuid());
        let identifier = &limit_override.identifier;
        let params = (
            limit_override.id.uuid(),
            self.scope.project_id(),
            identifier.namespace.to_string(),
            identifier.identifier.clone(),
            column_amount(limit_override.limit),
            column_amount(limit_override.rate.seconds()),
            burst(limit_override.rate).map(column_amount),
            limit_override.created_at.as_micros(),
            limit_override.updated_at.as_micros(),
        );
        self.conn.execute(INSERT, params).await.map(drop)
    }

    /// Writes an override's limit and rate back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update(&mut self, limit_override: &LimitOverride) -> Result<()> {
        self.conn.changed(ChangeKind::LimitOverride, limit_override.id.uuid());
        let params = (
            self.scope.project_id(),
            limit_override.id.uuid(),
            column_amount(limit_override.limit),
            column_amount(limit_override.rate.seconds()),
            burst(limit_override.rate).map(column_amount),
            limit_override.updated_at.as_micros(),
        );
        self.conn.execute(UPDATE, params).await.map(drop)
    }

    /// Deletes an override.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete(&mut self, id: LimitOverrideId) -> Result<()> {
        self.conn.changed(ChangeKind::LimitOverride, id.uuid());
        self.conn.execute(DELETE, (self.scope.project_id(), id.uuid())).await.map(drop)
    }
}
