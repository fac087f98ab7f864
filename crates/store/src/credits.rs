//! Balances of credits, of keys and of organizations.

use crate::columns::{Column, column_amount};
use crate::db::{Queries, Result};
use crate::reach::{Reach, within};
use crate::repositories::repository;
use crate::rows::{all_made, micros, optional_time, parsed};
use crate::tx::Tx;
use lockwork_model::calendar::{Period, TimeZone};
use lockwork_model::changes::ChangeKind;
use lockwork_model::ids::{ApiKeyId, OrganizationId, ProjectId};
use lockwork_model::limits::{AMOUNT_MAX, Credits, Refill, Subject};
use lockwork_model::time::Timestamp;
use uuid::Uuid;

repository!(
    /// The credits of the keys and organizations that the scope reaches.
    CreditBalances
);

/// Reads whole balances, by a text that goes on behind the tables.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.subject_id, c.remaining, c.refill_amount, c.refill_period, c.refill_anchor, c.refilled_until,
                 c.block_size, c.version, p.time_zone
             FROM credits c JOIN projects p ON p.id = c.project_id
             WHERE c.remaining IS NOT NULL AND ",
            $rest
        )
    };
}
pub(crate) use select;

crate::repositories::sql! {
    FIND = select!("c.project_id = $1 AND c.subject_id = $2");
    FIND_FOR_UPDATE = crate::db::Sql {
        sqlite: select!("c.project_id = $1 AND c.subject_id = $2"),
        postgres: select!("c.project_id = $1 AND c.subject_id = $2 FOR UPDATE OF c"),
    };
    TIME_ZONE = "SELECT time_zone FROM projects WHERE id = $1";
    // A version is never used twice: it counts up, and no lower than the clock, should a backup have been restored.
    SET = "INSERT INTO credits (subject_id, project_id, api_key_id, organization_id, remaining, refill_amount,
               refill_period, refill_anchor, refilled_until, block_size, version)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
           ON CONFLICT (subject_id) DO UPDATE
           SET remaining = excluded.remaining, refill_amount = excluded.refill_amount,
               refill_period = excluded.refill_period, refill_anchor = excluded.refill_anchor,
               refilled_until = excluded.refilled_until, block_size = excluded.block_size,
               version = CASE WHEN credits.version >= excluded.version THEN credits.version + 1
                              ELSE excluded.version END";
    REMOVE = "UPDATE credits
              SET remaining = NULL, version = CASE WHEN version >= $3 THEN version + 1 ELSE $3 END
              WHERE project_id = $1 AND subject_id = $2";
    WRITE = "UPDATE credits SET remaining = $2, refilled_until = $3 WHERE subject_id = $1";
    KEY_HAS_CREDITS = "UPDATE api_keys SET has_credits = $3 WHERE project_id = $1 AND id = $2";
    REACHED_KEY = "SELECT id FROM api_keys WHERE project_id = $1 AND id = $2 AND organization_id = $3
                   AND (created_by_user_id = $4 OR $4 IS NULL)";
    ORGANIZATION_HAS_CREDITS = "UPDATE organizations SET has_credits = $3 WHERE project_id = $1 AND id = $2";
}

#[derive(sqlx::FromRow)]
pub(crate) struct BalanceRow {
    subject_id: Uuid,
    remaining: Option<i64>,
    refill_amount: Option<i64>,
    refill_period: Option<String>,
    refill_anchor: Option<i64>,
    refilled_until: Option<i64>,
    block_size: i64,
    version: i64,
    time_zone: String,
}

/// A balance as its row has it.
#[derive(Debug, Clone)]
pub(crate) struct Balance {
    pub(crate) subject: Uuid,
    pub(crate) credits: Credits,
    /// The end of the period that was refilled last.
    pub(crate) refilled_until: Option<Timestamp>,
    pub(crate) version: i64,
    zone: TimeZone,
}

/// The time zone that a project's row names.
pub(crate) fn time_zone(name: &str) -> Result<TimeZone> {
    parsed(name.parse().ok(), "projects", "time_zone", name)
}

pub(crate) fn balance(row: BalanceRow) -> Result<Balance> {
    let column = |name| Column { table: "credits", name, row: row.subject_id };
    let refill = match (column("refill_amount").optional_amount(row.refill_amount)?, &row.refill_period) {
        (None, None) => None,
        (Some(amount), Some(period)) => {
            let period = parsed(Period::from_name(period), "credits", "refill_period", row.subject_id)?;
            Some(Refill { amount, period, anchor: optional_time(row.refill_anchor) })
        }
        _ => return parsed(None, "credits", "refill_period", row.subject_id),
    };
    let remaining = parsed(row.remaining, "credits", "remaining", row.subject_id)?;
    Ok(Balance {
        subject: row.subject_id,
        credits: Credits {
            remaining: column("remaining").amount(remaining)?,
            refill,
            block_size: column("block_size").amount(row.block_size)?,
        },
        refilled_until: optional_time(row.refilled_until),
        version: row.version,
        zone: time_zone(&row.time_zone)?,
    })
}

impl Balance {
    /// The balance at `now`, filled up if a period began since it last was. However many began, it is filled up once;
    /// and where the project moved to another time zone, not before a whole new period begins.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        let Some(refill) = self.credits.refill else { return self };
        let period = refill.period.containing(now, refill.anchor, &self.zone);
        if self.refilled_until.is_none_or(|until| period.start >= until) {
            self.credits.remaining = self.credits.remaining.max(refill.amount);
            self.refilled_until = Some(period.end);
        }
        self
    }

    /// When the next refill is due.
    pub(crate) fn resets_at(&self) -> Option<Timestamp> {
        self.refilled_until.filter(|_| self.credits.refill.is_some())
    }

    /// Writes what is left back.
    pub(crate) async fn write(&self, tx: &mut Tx) -> Result<()> {
        let params = (self.subject, column_amount(self.credits.remaining), micros(self.refilled_until));
        tx.execute(WRITE, params).await.map(drop)
    }
}

/// The balance of a subject at `now`.
pub(crate) async fn find_balance(
    conn: &mut impl Queries,
    project: ProjectId,
    subject: Subject,
    now: Timestamp,
) -> Result<Option<Balance>> {
    let row = conn.fetch_optional(FIND, (project.uuid(), subject.uuid())).await?;
    Ok(row.map(balance).transpose()?.map(|balance| balance.at(now)))
}

/// The credits of a subject at `now`.
pub(crate) async fn find(
    conn: &mut impl Queries,
    project: ProjectId,
    subject: Subject,
    now: Timestamp,
) -> Result<Option<Credits>> {
    Ok(find_balance(conn, project, subject, now).await?.map(|balance| balance.credits))
}

/// What became of adding to a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The balance is now this.
    Balance(Credits),
    /// The balance would have become larger than one may be; it stays as it is.
    TooMany,
    /// There are no credits to add to.
    NoCredits,
}

impl<C: Queries> CreditBalances<'_, C> {
    async fn reaches(&mut self, subject: Subject) -> Result<bool> {
        let (Some(organization), user) = (self.scope.organization_id(), self.scope.keys_of_id()) else {
            return Ok(true);
        };
        match subject {
            Subject::Organization(id) => Ok(user.is_none() && id.uuid() == organization),
            Subject::ApiKey(id) => {
                let params = (self.scope.project_id(), id.uuid(), organization, user);
                Ok(self.conn.fetch_optional::<(Uuid,)>(REACHED_KEY, params).await?.is_some())
            }
        }
    }

    /// The credits of a key or an organization, with the refill that is due at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&mut self, subject: Subject, now: Timestamp) -> Result<Option<Credits>> {
        if !self.reaches(subject).await? {
            return Ok(None);
        }
        find(self.conn, self.scope.project(), subject, now).await
    }
}

impl CreditBalances<'_, Tx> {
    /// Sets the balance and all else anew, or takes the credits away. What nodes have drawn before is void. A refill
    /// begins with the period after the one that `now` is in.
    ///
    /// # Errors
    /// `Dangling` when the scope reaches no such key or organization; when the database fails.
    pub async fn set(&mut self, subject: Subject, credits: Option<Credits>, now: Timestamp) -> Result<()> {
        within(self.reaches(subject).await?)?;
        let project = self.scope.project_id();
        let (sql, kind, table) = match subject {
            Subject::ApiKey(_) => (KEY_HAS_CREDITS, ChangeKind::ApiKey, "api_keys"),
            Subject::Organization(_) => (ORGANIZATION_HAS_CREDITS, ChangeKind::Organization, "organizations"),
        };
        self.conn.changed(kind, subject.uuid());
        let marked = self.conn.execute(sql, (project, subject.uuid(), credits.is_some())).await?;
        all_made(marked, 1, table)?;
        let version = now.as_micros();
        let Some(credits) = credits else {
            return self.conn.execute(REMOVE, (project, subject.uuid(), version)).await.map(drop);
        };
        let refilled_until = match credits.refill {
            None => None,
            Some(refill) => {
                let zone = self.conn.fetch_optional::<(String,)>(TIME_ZONE, (project,)).await?;
                let (zone,) = parsed(zone, "projects", "time_zone", project)?;
                Some(refill.period.containing(now, refill.anchor, &time_zone(&zone)?).end)
            }
        };
        let (api_key, organization) = match subject {
            Subject::ApiKey(id) => (Some(id), None),
            Subject::Organization(id) => (None, Some(id)),
        };
        let params = (
            subject.uuid(),
            project,
            api_key.map(ApiKeyId::uuid),
            organization.map(OrganizationId::uuid),
            column_amount(credits.remaining),
            credits.refill.map(|refill| column_amount(refill.amount)),
            credits.refill.map(|refill| refill.period.as_str().to_owned()),
            micros(credits.refill.and_then(|refill| refill.anchor)),
            micros(refilled_until),
            column_amount(credits.block_size),
            version,
        );
        self.conn.execute(SET, params).await.map(drop)
    }

    /// Adds to the balance, or takes from it, after the refill that is due at `now`; it never falls below 0. What
    /// nodes have drawn before stays theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add(&mut self, subject: Subject, amount: i64, now: Timestamp) -> Result<Added> {
        if !self.reaches(subject).await? {
            return Ok(Added::NoCredits);
        }
        let params = (self.scope.project_id(), subject.uuid());
        let Some(row) = self.conn.fetch_optional(FIND_FOR_UPDATE, params).await? else {
            return Ok(Added::NoCredits);
        };
        let mut balance = balance(row)?.at(now);
        let remaining = balance.credits.remaining.saturating_add_signed(amount);
        if remaining > AMOUNT_MAX && amount > 0 {
            return Ok(Added::TooMany);
        }
        balance.credits.remaining = remaining;
        balance.write(self.conn).await?;
        // So that nodes that were refused ask again at once.
        let kind = match subject {
            Subject::ApiKey(_) => ChangeKind::ApiKey,
            Subject::Organization(_) => ChangeKind::Organization,
        };
        self.conn.changed(kind, subject.uuid());
        Ok(Added::Balance(balance.credits))
    }
}
